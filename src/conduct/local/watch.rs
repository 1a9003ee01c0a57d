//! What is noted of a call while it is on its way: for whoever looks, for its turn, and when it was.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use super::turns::Turn;
use super::{Seen, View};
use crate::instrument::{CallId, Clearance, Event, Watch};
use crate::journal::Times;

/// Passes what is seen of one call on to the view.
pub(super) struct CallWatch {
    pub(super) id: CallId,
    pub(super) view: Arc<dyn View>,
    pub(super) live: bool,
    /// Where it matters whether it was sent.
    pub(super) turn: Option<Turn>,
    /// Where it is recorded when it was.
    pub(super) stopwatch: Option<Arc<Stopwatch>>,
}

impl Watch for CallWatch {
    fn event(&self, event: Event) {
        self.view.see(Seen::Event(self.id, event));
    }

    fn wants_text(&self) -> bool {
        self.live
    }

    fn queued(&self, why: String) {
        if let Some(turn) = &self.turn {
            turn.queued(self.id);
        }
        self.event(Event::Waiting(why));
    }

    fn sending(&self) -> Option<Clearance<'_>> {
        match self.turn.as_ref().and_then(|turn| turn.sending(self.id)) {
            Some(cleared) => Some(Box::pin(async {
                cleared.await?;
                self.note(Stopwatch::sent);
                Ok(())
            })),
            None => {
                self.note(Stopwatch::sent);
                None
            }
        }
    }

    fn answering(&self) {
        self.note(Stopwatch::answering);
    }
}

impl CallWatch {
    fn note(&self, note: fn(&Stopwatch)) {
        if let Some(watch) = &self.stopwatch {
            note(watch);
        }
    }
}

const NEVER: u32 = u32::MAX;

/// When a call is on its way, in milliseconds after it was begun.
pub(super) struct Stopwatch {
    begun: Instant,
    sent: AtomicU32,
    first_byte: AtomicU32,
}

impl Stopwatch {
    pub(super) fn start() -> Self {
        Self { begun: Instant::now(), sent: AtomicU32::new(NEVER), first_byte: AtomicU32::new(NEVER) }
    }

    /// It is sent, perhaps once more: no answer to that has come yet.
    fn sent(&self) {
        self.sent.store(self.millis(), Ordering::Relaxed);
        self.first_byte.store(NEVER, Ordering::Relaxed);
    }

    fn answering(&self) {
        self.first_byte.store(self.millis(), Ordering::Relaxed);
    }

    fn millis(&self) -> u32 {
        u32::try_from(self.begun.elapsed().as_millis()).unwrap_or(NEVER - 1)
    }

    pub(super) fn times(&self) -> Times {
        let at = |time: &AtomicU32| Some(time.load(Ordering::Relaxed)).filter(|millis| *millis != NEVER);
        Times { sent: at(&self.sent), first_byte: at(&self.first_byte) }
    }
}
