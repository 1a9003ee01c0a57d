//! Secrets: values that nothing prints.

/// A secret. Its value reaches a request's header and nothing else.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    /// The name it is asked for by, such as `OPENAI_API_KEY`.
    pub name: String,
    value: String,
}

impl Secret {
    /// A secret by this name.
    #[must_use]
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into() }
    }

    /// The secret itself. For a header or a constructor; never for anything that is shown or kept.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.value
    }
}

/// Shows the name only.
impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<secret {}>", self.name)
    }
}
