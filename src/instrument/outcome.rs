//! How an operation ended. This is what a journal records and what an engine takes.

use std::fmt;

use super::{Failure, Reply, Usage};

/// The identity of an operation: where it stands in the performance, not when it was made.
///
/// Packed, so that what holds one among smaller things takes no more room than they do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(Rust, packed(8))]
pub struct CallId(pub u128);

impl fmt::Debug for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(id) = *self;
        write!(f, "{id:032x}")
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
    /// A call that was cancelled took this after all, or surely nothing: what was reckoned with until now ends.
    Settled(Usage),
    /// What is recorded of this call stands for another one, so that it is not paid yet: the operation is cancelled, and
    /// started again when there is room for it.
    Unpaid,
}
