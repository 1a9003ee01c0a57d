//! What is recorded.

use std::sync::Arc;

use crate::instrument::{CallId, Class, Outcome};
use crate::value::Money;

/// One record of a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// A call or a timer is about to be started.
    Intended {
        /// Which.
        id: CallId,
        /// Its readable path.
        path: Arc<str>,
        /// What it does to the world; `None` for a timer.
        class: Option<Class>,
        /// What it may cost at most, where a limit in money is around it: so much may have been spent if it is never
        /// said how it ended.
        hold: Option<Money>,
    },
    /// It has ended.
    Ended {
        /// Which.
        id: CallId,
        /// How.
        outcome: Outcome,
    },
}

/// Why a record could not be made.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[error("the run's journal could not be written: {reason}")]
#[diagnostic(
    code(score::journal::not_written),
    help("Nothing more was started. Free some space or mend the disk, then run it again.")
)]
pub struct JournalError {
    /// What the system said.
    pub reason: String,
}
