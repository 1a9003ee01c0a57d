//! What a run records, and in which order: everything that shows or repeats a run comes from here.

mod entry;
mod memory;

pub use entry::{Entry, JournalError};
pub use memory::Memory;

/// Records a run.
///
/// The contract with a conductor: `append` returns only when all its entries are durable, all or none of
/// them. Nothing that an outcome causes (a request, a printed result, a timer, a question) leaves the
/// process before the outcome is.
pub trait Journal: Send {
    /// Records these entries, in this order, at once.
    ///
    /// # Errors
    /// If they could not be made durable. The run then stops before its next effect.
    fn append(&mut self, entries: &[Entry]) -> Result<(), JournalError>;
}
