//! What is told of a performance: how it failed, and what a view may show while it lasts.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::base::{Name, Span};
use crate::instrument::{CallId, Class, Failure, Usage};
use crate::value::Money;

/// Why a performance failed, with all that a person needs to see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// What failed, with what was sent and what came back.
    pub failure: Failure,
    /// Where it is written.
    pub span: Span,
    /// The readable path of the call, or of the body in which it failed.
    pub path: Arc<str>,
    /// The part or builtin that was played, if it was a call.
    pub part: Option<Name>,
    /// Who played it.
    pub instrument: Option<Name>,
    /// Answers that would not do, and what was said of them.
    pub tries: Vec<Tried>,
    /// The movements it stands in, innermost first.
    pub stack: Vec<Site>,
}

/// A movement that was under way.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// The movement.
    pub movement: Name,
    /// Where it was called; `None` for the one that was started from outside.
    pub called: Option<Span>,
}

/// An answer that would not do.
#[derive(Debug, Clone, PartialEq)]
pub struct Tried {
    /// What came back, for reading.
    pub answer: Arc<str>,
    /// What the player was told.
    pub complaint: Arc<str>,
}

/// Something worth showing while a performance lasts.
#[derive(Debug, Clone, PartialEq)]
pub enum Note {
    /// A call, or another try of it, was handed out.
    Started {
        /// Which operation.
        id: CallId,
        /// The part or builtin.
        part: Name,
        /// Who plays it.
        instrument: Name,
        /// What it does to the world.
        class: Class,
        /// Which try, from 0.
        attempt: u32,
        /// Where it is written.
        span: Span,
    },
    /// A call was answered.
    Finished {
        /// Which operation.
        id: CallId,
        /// What it took.
        usage: Usage,
    },
    /// Whoever plays a call calls a tool.
    Called {
        /// The operation that was answered with it.
        id: CallId,
        /// The tool, as it was named.
        tool: Name,
        /// What it is given, as it came.
        arguments: Arc<str>,
        /// What was wrong with it, if it is not performed.
        wrong: Option<Arc<str>>,
    },
    /// An answer would not do; another try follows or the call fails.
    Tried {
        /// Which operation.
        id: CallId,
        /// What was wrong.
        complaint: Arc<str>,
        /// What it took.
        usage: Usage,
    },
    /// A call failed.
    Failed {
        /// Which operation.
        id: CallId,
        /// How.
        failure: Box<Failure>,
        /// Where it is written.
        span: Span,
    },
    /// A call failed, and the next instrument of a `fallback` plays.
    FellOver {
        /// Which operation.
        id: CallId,
        /// How.
        failure: Box<Failure>,
        /// Who plays next.
        next: Name,
    },
    /// A call was cancelled.
    Cancelled {
        /// Which operation.
        id: CallId,
    },
    /// A call may have cost something, and nobody has told what.
    MayCost {
        /// Which operation.
        id: CallId,
        /// The most, where a limit in money reckoned with it.
        most: Option<Money>,
    },
    /// What a cancelled call took is known after all: what was said of what it may cost is void.
    Settled {
        /// Which operation.
        id: CallId,
        /// What it took.
        usage: Usage,
    },
    /// A failure was caught.
    Caught {
        /// What.
        report: Box<Report>,
        /// The `otherwise` that caught it.
        span: Span,
    },
    /// A `say`.
    Said {
        /// The line.
        text: Arc<str>,
        /// Where it is written.
        span: Span,
    },
}

/// Notes that nobody has taken yet: the latest, and how many older ones were lost.
#[derive(Debug, Default)]
pub struct Notes {
    kept: VecDeque<Note>,
    lost: u64,
    /// Whether nobody will ask for any.
    pub unwatched: bool,
}

impl Notes {
    const KEPT: usize = 65_536;

    /// Adds one; it is not even made where nobody watches.
    pub fn push(&mut self, note: impl FnOnce() -> Note) {
        if self.unwatched {
            return;
        }
        if self.kept.len() == Self::KEPT {
            self.kept.pop_front();
            self.lost += 1;
        }
        self.kept.push_back(note());
    }

    /// Takes all, oldest first, and the number of those lost before them.
    pub fn take(&mut self) -> (Vec<Note>, u64) {
        (self.kept.drain(..).collect(), std::mem::take(&mut self.lost))
    }
}
