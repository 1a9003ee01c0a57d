//! What an engine wants done, and what a step of it comes to.

use crate::instrument::CallId;
use crate::value::Value;

use super::report::Report;

/// What an engine wants done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Start this and deliver its outcome.
    Start {
        /// Which; new in the performance.
        id: CallId,
        /// What.
        what: What,
    },
    /// Stop this; its outcome is not wanted any more. Only of what was started before.
    Cancel(CallId),
}

/// What is to be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A call: [`super::Engine::render`] says which.
    Play,
    /// A timer: the outcome is [`crate::instrument::Outcome::Fired`].
    Timer {
        /// How long.
        millis: i64,
        /// By which clock.
        clock: Clock,
        /// Whether it bounds one call: then it begins anew where that is made again, and where it is a
        /// question's nobody has to wait for it.
        within: bool,
    },
}

/// How time is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// Only while something besides open questions is performed.
    Performing,
    /// As on the wall.
    Wall,
}

/// What a step has come to.
#[derive(Debug)]
pub enum Step {
    /// There is more to do at once.
    More,
    /// Nothing is to be done before an outcome is delivered.
    Idle,
    /// The performance is over, and this is its value.
    Done(Value),
    /// The performance has failed, and nothing is in flight any more.
    Failed(Box<Report>),
}
