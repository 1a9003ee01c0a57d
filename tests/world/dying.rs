//! A journal that dies with its process.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use score_lang::instrument::Outcome;
use score_lang::journal::{Entry, Intent, Journal, JournalError, Sqlite};

/// Dies at the commit with this number: before it, or right after.
pub struct Dying {
    pub journal: Sqlite,
    pub commits: Arc<AtomicUsize>,
    pub at: Option<(usize, When)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    Before,
    After,
}

impl Journal for Dying {
    fn append(&mut self, entries: &[Entry], performed: Duration) -> Result<(), JournalError> {
        let number = self.commits.fetch_add(1, Ordering::SeqCst);
        let dies = self.at.filter(|(at, _)| *at == number).map(|(_, when)| when);
        if dies == Some(When::Before) {
            return Err(JournalError::not_written("dead"));
        }
        self.journal.append(entries, performed)?;
        if dies == Some(When::After) { Err(JournalError::not_written("dead")) } else { Ok(()) }
    }

    fn outcome(&mut self, seq: u64) -> Result<Outcome, JournalError> {
        self.journal.outcome(seq)
    }

    fn intent(&mut self, seq: u64) -> Result<Intent, JournalError> {
        self.journal.intent(seq)
    }

    fn lasts(&self) -> bool {
        true
    }
}
