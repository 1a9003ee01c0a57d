//! What can be seen of a performance, and who watches it.

use std::sync::Arc;

use crate::engine::Note;
use crate::instrument::{CallId, Class, Event};
use crate::types::Type;

/// Something to be seen of a performance.
#[derive(Debug)]
pub enum Seen {
    /// A call, or another try of one, begins.
    Began(Began),
    /// What the engine notes: a call began, ended, was tried again; a line was said.
    Note(Note),
    /// What is seen of one call in progress.
    Event(CallId, Event),
    /// What the engine notes of what was done in earlier starts of the run.
    Before(Note),
    /// The run goes on, and so many calls need not be made again.
    GoesOn(usize),
    /// It was interrupted, and so many calls that act are let end.
    Ending(usize),
}

/// A call that begins.
#[derive(Debug, Clone)]
pub struct Began {
    /// Which operation.
    pub id: CallId,
    /// Its readable path.
    pub path: Arc<str>,
    /// Who plays: the name in the score.
    pub instrument: Arc<str>,
    /// What the instrument is: its constructor.
    pub constructor: Arc<str>,
    /// What it does to the world.
    pub class: Class,
    /// Which try, from 0.
    pub attempt: u32,
    /// The type that is asked for.
    pub answer: Type,
    /// Whether it is answered from the cache.
    pub cached: bool,
}

/// Watches a performance. Never blocks for long.
pub trait View: Send + Sync {
    /// Takes one thing to be seen.
    fn see(&self, seen: Seen);

    /// Whether anyone looks at answers while they are being given.
    fn live(&self) -> bool;
}
