//! What comes back from an instrument.

use crate::value::{Money, Value};

/// An instrument's answer as it came.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Words, still to be read as the wanted type.
    Text(String),
    /// A value in the wanted shape or one that turns into it (a form filled in, a command's result).
    Value(Value),
}

/// A complete reply.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// The answer.
    pub answer: Answer,
    /// What it took.
    pub usage: Usage,
}

impl Reply {
    /// A reply in words that took nothing worth counting.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self { answer: Answer::Text(text.into()), usage: Usage::default() }
    }

    /// A reply that is a value already.
    #[must_use]
    pub fn value(value: Value) -> Self {
        Self { answer: Answer::Value(value), usage: Usage::default() }
    }
}

/// What a call took. Absent figures are unknown, not zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Usage {
    /// Tokens read, cached ones included.
    pub tokens_in: Option<u64>,
    /// Tokens written.
    pub tokens_out: Option<u64>,
    /// Tokens read from the provider's cache.
    pub tokens_cached: Option<u64>,
    /// What it cost.
    pub spend: Option<Money>,
}
