//! What a builtin is: a row with its signature, its function and an example.

use crate::instrument::{Class, Failure, FailureKind};
use crate::types::{Signature, Type};
use crate::value::{Money, Value};

use super::Need;

/// One builtin: everything the checker, the evaluator, the docs and the completion need.
pub struct Builtin {
    /// Its name.
    pub name: &'static str,
    /// One line of documentation.
    pub doc: &'static str,
    /// An expression and what it gives, both as one writes them: `("len([1, 2])", "2")`. For those of
    /// the world and those that depend on what is given from outside the second is empty.
    pub example: (&'static str, &'static str),
    /// Its signature; [`crate::types::Type::Variable`] stands for types that are inferred, also in
    /// the fields of anonymous records. [`crate::types::Type::Unknown`] stands where any type will do.
    pub signature: fn() -> Signature,
    /// What the types its variables stand for must be, by variable; others may be anything.
    pub needs: &'static [(u32, Need)],
    /// How the size of a list it takes flows into the list it gives.
    pub size: SizeFlow,
    /// What it does.
    pub run: Run,
}

impl Builtin {
    /// What stands for an argument that was left out, by its place, where the call gives values of type
    /// `gives`: `nothing`, but the zero of what is added up, so that an empty sum of money is money.
    #[must_use]
    pub fn left_out(&self, at: usize, gives: &Type) -> Value {
        let signature = (self.signature)();
        let adds = |variable| self.needs.contains(&(variable, Need::Added));
        match (signature.params.get(at).map(|param| &param.ty), &signature.returns) {
            (Some(Type::Variable(one)), Type::Variable(other)) if one == other && adds(*one) => zero(gives),
            _ => Value::Nothing,
        }
    }
}

fn zero(ty: &Type) -> Value {
    match ty.shape() {
        Type::Money => Value::Money(Money::ZERO),
        Type::Duration => Value::Duration(0),
        Type::Number => Value::Number(0.0),
        _ => Value::Int(0),
    }
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
    /// At most as many as the argument at the first place, and at most the number that the argument
    /// at the second place is, where it is a literal.
    AtMostNumber(usize, usize),
}

/// What a builtin does. An argument that was left out is [`Value::Nothing`], or absent at the end.
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
    /// Its kind: `bad_shape` where something was to be read, else `require_failed`.
    pub kind: FailureKind,
    /// What went wrong, in a sentence.
    pub message: String,
}

impl Trouble {
    /// A trouble of a computation.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { kind: FailureKind::RequireFailed, message: message.into() }
    }

    /// Something could not be read as what it was to be.
    #[must_use]
    pub fn shape(message: impl Into<String>) -> Self {
        Self { kind: FailureKind::BadShape, message: message.into() }
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        Self::new(trouble.kind, trouble.message)
    }
}
