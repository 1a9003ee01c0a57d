//! Instruments as values: a constructor and its settings. What plays them is a backend's business.

use std::sync::Arc;

use super::{Map, Value};

/// An instrument.
#[derive(Clone, Debug, PartialEq)]
pub struct Instrument {
    /// The name in the score that it was declared under; the constructor's where it has none.
    pub name: Arc<str>,
    /// The constructor: `openai`, `human`, `script` …
    pub constructor: Arc<str>,
    /// Settings by parameter name, in the constructor's order; parameters left out are absent. A
    /// constructor that takes any number of arguments (`fallback(a, b)`) has them as one list.
    pub settings: Map,
}

impl Instrument {
    /// A setting, if it was given.
    #[must_use]
    pub fn setting(&self, name: &str) -> Option<&Value> {
        self.settings.get(name).filter(|value| **value != Value::Nothing)
    }
}
