//! What comes back from an instrument.

use crate::value::{Money, Value, json_text};

use super::ToolCall;

/// An instrument's answer as it came.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Words, still to be read as the wanted type.
    Text(String),
    /// A value in the wanted shape or one that turns into it (a form filled in, a command's result).
    Value(Value),
}

impl Answer {
    /// The words, or the value as JSON.
    #[must_use]
    pub fn said(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Value(value) => json_text(value),
        }
    }
}

/// A complete reply.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// The answer; where tools are called, what was said beside that.
    pub answer: Answer,
    /// The tools that are to be called first, in order. None: it is the answer.
    pub calls: Vec<ToolCall>,
    /// What it took.
    pub usage: Usage,
}

impl Reply {
    /// A reply in words that took nothing worth counting.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self { answer: Answer::Text(text.into()), calls: Vec::new(), usage: Usage::default() }
    }

    /// Calls of tools instead of an answer, and what was said beside them.
    #[must_use]
    pub fn calls(said: impl Into<String>, calls: Vec<ToolCall>) -> Self {
        Self { answer: Answer::Text(said.into()), calls, usage: Usage::default() }
    }

    /// A reply that is a value already.
    #[must_use]
    pub fn value(value: Value) -> Self {
        Self { answer: Answer::Value(value), calls: Vec::new(), usage: Usage::default() }
    }

    /// The same with what it took.
    #[must_use]
    pub const fn with_usage(mut self, usage: Usage) -> Self {
        self.usage = usage;
        self
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
