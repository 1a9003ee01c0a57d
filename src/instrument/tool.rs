//! What a model may call while it answers.

use std::sync::Arc;

use crate::base::Name;
use crate::types::{RecordType, Type};

use super::Answer;

/// Something that may be called.
#[derive(Clone, Debug)]
pub struct Tool {
    /// Its name, as the score's `using` has it.
    pub name: Name,
    /// Its documentation; empty if none.
    pub doc: Arc<str>,
    /// What it is given: a field for each parameter, those that may be left out optional.
    pub params: Arc<RecordType>,
}

impl Tool {
    /// The type of its arguments.
    #[must_use]
    pub fn arguments(&self) -> Type {
        Type::Record(Arc::clone(&self.params))
    }
}

/// A call of a tool, as a model wants it.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolCall {
    /// Tells it apart in its conversation; nine letters and digits. What a provider calls it is of no interest:
    /// a reply has it empty.
    pub id: Arc<str>,
    /// The name that the model gave: perhaps of no tool.
    pub tool: Name,
    /// The arguments by name, still to be read.
    pub arguments: Answer,
}

impl ToolCall {
    /// A call as it came from a model.
    #[must_use]
    pub fn new(tool: impl Into<Name>, arguments: Answer) -> Self {
        Self { id: Arc::from(""), tool: tool.into(), arguments }
    }
}
