//! What a run records, and in which order: everything that shows or repeats a run comes from here.
//!
//! [`entry`] is what is recorded, [`coded`] how it is written down, [`sqlite`] the file it is written to,
//! [`past`] what stands in one, [`store`] the big values beside it, [`shelf`] the folder in which runs are kept
//! and [`owner`] who performs one. [`cache`] keeps answers beyond their runs.

mod body;
mod cache;
mod coded;
mod entry;
mod error;
mod memory;
mod owner;
mod past;
mod shelf;
mod sqlite;
mod store;

use std::time::Duration;

use crate::instrument::{CallId, Outcome};

pub use cache::DiskCache;
pub use entry::{Beginning, Entry, Inner, Intent, Seated, Stop, Times, Timing};
pub use error::JournalError;
pub use memory::Memory;
pub use past::{Past, Record, Spent, Started, State};
pub use shelf::{Found, Shelf};
pub use sqlite::{Event, Glance, Inboxed, Reader, Sqlite};

/// Records a run.
///
/// The contract with a conductor: `append` returns only when all its entries are durable, all or none of
/// them. Nothing that an outcome causes (a request, a printed result, a timer, a question) leaves the
/// process before the outcome is.
pub trait Journal: Send {
    /// Records these entries, in this order, at once; `performed` is the performing time so far, over all
    /// starts of the run.
    ///
    /// # Errors
    /// If they could not be made durable. The run then stops before its next effect.
    fn append(&mut self, entries: &[Entry], performed: Duration) -> Result<(), JournalError>;

    /// The outcome that was recorded under this number.
    ///
    /// # Errors
    /// If it can't be read, or is none.
    fn outcome(&mut self, seq: u64) -> Result<Outcome, JournalError>;

    /// The intent that was recorded under this number.
    ///
    /// # Errors
    /// If it can't be read, or is none.
    fn intent(&mut self, seq: u64) -> Result<Intent, JournalError>;

    /// Answers of people that were left for this run and not looked at yet.
    ///
    /// # Errors
    /// If that can't be read.
    fn answers(&mut self) -> Result<Vec<(CallId, String)>, JournalError> {
        Ok(Vec::new())
    }

    /// Whether what is recorded outlasts the process.
    fn lasts(&self) -> bool;
}
