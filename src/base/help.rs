//! What to do about an error.

use std::fmt;

use super::Span;

/// A stretch of a source, and what is to stand there instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty where something is put in.
    pub span: Span,
    /// What stands there then; empty where something is deleted.
    pub replacement: String,
}

/// What to do about an error: a sentence, and the edits that do it where it is sure which they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Help {
    text: String,
    edits: Vec<Edit>,
}

impl Help {
    /// A sentence.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), edits: Vec::new() }
    }

    /// "Did you mean …?"
    #[must_use]
    pub fn meant(word: &str, span: Span) -> Self {
        Self::new(format!("Did you mean `{word}`?")).replacing(span, word)
    }

    /// The same, done by replacing a stretch.
    #[must_use]
    pub fn replacing(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.edits.push(Edit { span, replacement: replacement.into() });
        self
    }

    /// The same, done by these edits, too.
    #[must_use]
    pub fn with(mut self, edits: impl IntoIterator<Item = Edit>) -> Self {
        self.edits.extend(edits);
        self
    }

    /// The edits, none of which touches another.
    #[must_use]
    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }

    /// The sentence.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Help {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<T: Into<String>> From<T> for Help {
    fn from(text: T) -> Self {
        Self::new(text)
    }
}
