//! What comes back from an instrument.

use std::sync::Arc;

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
    /// What its provider wants to see again where the conversation goes on.
    pub memo: Option<Memo>,
}

/// What a provider wants to see again with a turn that it gave, such as reasoning that it signed: of meaning to the
/// backend that wrote it alone. Others, and those who read a recording, do without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memo {
    /// Whose it is: a protocol and a model.
    pub of: Arc<str>,
    /// What is kept.
    pub kept: Arc<str>,
}

impl Reply {
    /// A reply in words that took nothing worth counting.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self { answer: Answer::Text(text.into()), calls: Vec::new(), usage: Usage::default(), memo: None }
    }

    /// Calls of tools instead of an answer, and what was said beside them.
    #[must_use]
    pub fn calls(said: impl Into<String>, calls: Vec<ToolCall>) -> Self {
        Self { answer: Answer::Text(said.into()), calls, usage: Usage::default(), memo: None }
    }

    /// A reply that is a value already.
    #[must_use]
    pub fn value(value: Value) -> Self {
        Self { answer: Answer::Value(value), calls: Vec::new(), usage: Usage::default(), memo: None }
    }

    /// The same with what it took.
    #[must_use]
    pub const fn with_usage(mut self, usage: Usage) -> Self {
        self.usage = usage;
        self
    }

    /// The same with what its provider wants to see again.
    #[must_use]
    pub fn with_memo(mut self, memo: Option<Memo>) -> Self {
        self.memo = memo;
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
    /// Tokens read from the provider's cache, of those read.
    pub tokens_cached: Option<u64>,
    /// Tokens put into the provider's cache, of those read.
    pub tokens_stored: Option<u64>,
    /// Tokens read from sounds, of those read.
    pub tokens_heard: Option<u64>,
    /// Images made, characters spoken, seconds heard: what is billed by the piece.
    pub units: Option<u64>,
    /// What it cost.
    pub spend: Option<Money>,
}

impl Usage {
    /// What a call took that was surely not billed.
    pub const NOTHING: Self = Self {
        tokens_in: None,
        tokens_out: None,
        tokens_cached: None,
        tokens_stored: None,
        tokens_heard: None,
        units: None,
        spend: Some(Money::ZERO),
    };

    /// The sum of what two calls took; what is unknown of one is left out.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        fn add<T>(a: Option<T>, b: Option<T>, sum: fn(T, T) -> T) -> Option<T> {
            match (a, b) {
                (Some(a), Some(b)) => Some(sum(a, b)),
                (one, None) | (None, one) => one,
            }
        }
        let count = |a, b| add(a, b, u64::saturating_add);
        Self {
            tokens_in: count(self.tokens_in, other.tokens_in),
            tokens_out: count(self.tokens_out, other.tokens_out),
            tokens_cached: count(self.tokens_cached, other.tokens_cached),
            tokens_stored: count(self.tokens_stored, other.tokens_stored),
            tokens_heard: count(self.tokens_heard, other.tokens_heard),
            units: count(self.units, other.units),
            spend: add(self.spend, other.spend, |a, b| Money::from_nanos(a.nanos.saturating_add(b.nanos))),
        }
    }
}
