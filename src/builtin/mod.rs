//! What every score can call without a `use`: one file per topic, one row per builtin.

use crate::instrument::Class;
use crate::types::Signature;
use crate::value::Value;

/// One builtin: everything the checker, the evaluator, the docs and the completion need.
pub struct Builtin {
    /// Its name.
    pub name: &'static str,
    /// One line of documentation.
    pub doc: &'static str,
    /// An expression and what it gives, both as one writes them: `("len([1, 2])", "2")`. For those of
    /// the world the second is empty.
    pub example: (&'static str, &'static str),
    /// Its signature; [`crate::types::Type::Variable`] stands for types that are inferred.
    pub signature: fn() -> Signature,
    /// How the size of a list it takes flows into the list it gives.
    pub size: SizeFlow,
    /// What it does.
    pub run: Run,
}

/// How sizes of lists flow through a builtin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizeFlow {
    /// They don't.
    None,
    /// As many as the argument at this place.
    Same(usize),
    /// At most as many as the argument at this place.
    AtMost(usize),
    /// At most the number given as a literal at the second place, and at most as many as at the first.
    AtMostNumber(usize, usize),
}

/// What a builtin does.
pub enum Run {
    /// Computes from its arguments alone.
    Pure(fn(&[Value]) -> Result<Value, Trouble>),
    /// Computes and calls functions it was given.
    Apply(fn(&[Value], &mut dyn Apply) -> Result<Value, Trouble>),
    /// Is performed by an internal instrument as a call of its own, in the order of its class.
    World {
        /// The constructor of the instrument (`files`, `clock`, `random`).
        instrument: &'static str,
        /// What it does to the world.
        class: Class,
    },
    /// Means something to the checker and the plan only (`values`, `env`, `secret`, `call_id`).
    Special,
}

/// Calls functions on behalf of a builtin.
pub trait Apply {
    /// What `function` gives for these arguments.
    ///
    /// # Errors
    /// The trouble inside the function.
    fn apply(&mut self, function: &Value, arguments: &[Value]) -> Result<Value, Trouble>;
}

/// Why a computation has no value. Knows no place; whoever evaluates adds it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Trouble {
    /// What went wrong, in a sentence.
    pub message: String,
}

impl Trouble {
    /// A trouble with this message.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}
