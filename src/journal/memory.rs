//! A journal that lasts as long as the process.

use std::time::Duration;

use super::{Entry, Intent, Journal, JournalError};
use crate::instrument::Outcome;

/// Keeps only how much was recorded: nothing can be resumed from it, so nothing else would be read.
#[derive(Debug, Default)]
pub struct Memory {
    entries: u64,
}

impl Memory {
    /// How many entries were recorded.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.entries
    }

    /// Whether nothing was recorded.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.entries == 0
    }
}

impl Journal for Memory {
    fn append(&mut self, entries: &[Entry], _performed: Duration) -> Result<(), JournalError> {
        self.entries += entries.len() as u64;
        Ok(())
    }

    fn outcome(&mut self, seq: u64) -> Result<Outcome, JournalError> {
        Err(not_kept(seq))
    }

    fn intent(&mut self, seq: u64) -> Result<Intent, JournalError> {
        Err(not_kept(seq))
    }

    fn lasts(&self) -> bool {
        false
    }
}

fn not_kept(seq: u64) -> JournalError {
    JournalError::NotRead { path: String::from("in memory"), reason: format!("record {seq} was not kept") }
}
