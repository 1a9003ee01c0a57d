//! What an evaluation takes from around it, and how it fails.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::Span;
use crate::instrument::Failure;
use crate::plan::Slot;
use crate::value::{Instrument, Value};

/// Where an expression's slots are read from.
pub trait Slots {
    /// What this slot holds. Asked only for slots that hold a value.
    fn value(&self, slot: Slot) -> &Value;
}

impl Slots for [Value] {
    fn value(&self, slot: Slot) -> &Value {
        self.get(slot as usize).unwrap_or(&Value::Nothing)
    }
}

impl<S: Slots + ?Sized> Slots for &S {
    fn value(&self, slot: Slot) -> &Value {
        (**self).value(slot)
    }
}

/// What a performance was given from outside, resolved once before it starts.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// Environment variables that the plan names.
    pub env: BTreeMap<String, String>,
    /// Secrets that the plan names; those that are absent are not here.
    pub secrets: BTreeMap<String, String>,
    /// Other instruments put into the chairs of declared ones (`--with`), by name of the chair.
    pub seats: BTreeMap<String, Arc<Instrument>>,
}

/// A failure with the place in the source that it points at.
#[derive(Debug, Clone, PartialEq)]
pub struct Failed {
    /// What failed.
    pub failure: Failure,
    /// Where.
    pub span: Span,
}
