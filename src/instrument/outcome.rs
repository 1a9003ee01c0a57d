//! How an operation ended. This is what a journal records and what an engine takes.

use std::fmt;

use super::{Failure, Reply};

/// The identity of an operation: where it stands in the performance, not when it was made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallId(pub u128);

impl fmt::Debug for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// How an operation ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The call was answered.
    Done(Reply),
    /// The call failed.
    Failed(Failure),
    /// The timer fired.
    Fired,
}
