//! Calls that wait for their turn at whoever plays them: for room, a rate limit, a service that wants to be left
//! alone. Where it matters whether one was sent, that it waits is recorded, and that it is about to be sent before it is.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, Ordering};

use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

use super::perform::Performance;
use super::within::Asked;
use crate::engine::IdHasher;
use crate::instrument::{CallId, Class, Clearance, Failure, FailureKind, Outcome, Request, Usage};
use crate::journal::JournalError;

/// What a call under way says to the performance.
pub(super) enum Saying {
    /// It asks something.
    Asks(Asked),
    /// It waits for its turn. The number is that of its [`Turn`].
    Queues(CallId, u64),
    /// It is about to be sent, once it is told that this is recorded.
    Sends(CallId, u64, oneshot::Sender<()>),
}

/// The turn of one play of a call.
pub(super) struct Turn {
    /// Tells it from earlier plays of the same call.
    number: u64,
    stage: AtomicU8,
    says: UnboundedSender<Saying>,
}

const FRESH: u8 = 0;
const QUEUED: u8 = 1;
const SENT: u8 = 2;

impl Turn {
    /// Says that it waits, unless it was sent before: then nothing more can be said of it.
    pub(super) fn queued(&self, id: CallId) {
        let first = self.stage.compare_exchange(FRESH, QUEUED, Ordering::AcqRel, Ordering::Acquire);
        if first.is_ok() {
            // A performance that is over needs to know nothing.
            let _ = self.says.send(Saying::Queues(id, self.number));
        }
    }

    pub(super) fn sending(&self, id: CallId) -> Option<Clearance<'_>> {
        if self.stage.swap(SENT, Ordering::AcqRel) != QUEUED {
            return None;
        }
        let (told, cleared) = oneshot::channel();
        let _ = self.says.send(Saying::Sends(id, self.number, told));
        Some(Box::pin(async {
            cleared.await.map_err(|_| Failure::new(FailureKind::Cancelled, "the call was given up"))
        }))
    }
}

/// The calls of which it matters whether they were sent.
#[derive(Default)]
pub(super) struct Turns {
    count: u64,
    /// The number of the turn of each that is under way, and whether it is recorded that it waits.
    open: HashMap<CallId, (u64, bool), IdHasher>,
    /// Who is to be told once it is recorded.
    told: Vec<oneshot::Sender<()>>,
}

impl Turns {
    /// A call begins, perhaps once more.
    fn begin(&mut self, id: CallId, says: UnboundedSender<Saying>) -> Turn {
        self.count += 1;
        self.open.insert(id, (self.count, false));
        Turn { number: self.count, stage: AtomicU8::new(FRESH), says }
    }

    /// A call is over; says whether it is recorded that it was not sent.
    pub(super) fn over(&mut self, id: CallId) -> bool {
        self.open.remove(&id).is_some_and(|(_, unsent)| unsent)
    }

    /// Tells what is recorded by now.
    pub(super) fn tell(&mut self) {
        for told in self.told.drain(..) {
            // Who waits no more was cancelled meanwhile.
            let _ = told.send(());
        }
    }

    /// Whether this is said of the play of the call that is under way; notes whether it waits.
    fn note(&mut self, id: CallId, number: u64, unsent: bool) -> bool {
        let open = self.open.get_mut(&id).filter(|(current, _)| *current == number);
        open.map(|(_, waits)| *waits = unsent).is_some()
    }
}

impl Performance {
    /// The turn of a call that begins, where it matters whether it was sent: it acts, or money is held for it.
    pub(super) fn turn(&mut self, request: &Request) -> Option<Turn> {
        let matters = self.setting.scribe.lasts()
            && (request.class == Class::Acts || self.engine.hold(request.call).is_some())
            && self.setting.orchestra.tells_when_sent(request);
        matters.then(|| self.turns.begin(request.call, self.says.clone()))
    }

    /// Takes what a call under way says.
    pub(super) fn hear(&mut self, saying: Saying) -> Result<(), JournalError> {
        match saying {
            Saying::Asks(asked) => return self.ask_within(asked),
            Saying::Queues(id, number) => {
                if self.turns.note(id, number, true) {
                    self.setting.scribe.queued(id);
                }
            }
            Saying::Sends(id, number, told) => {
                if self.turns.note(id, number, false) {
                    self.setting.scribe.sent(id);
                    self.turns.told.push(told);
                }
            }
        }
        Ok(())
    }

    /// Ends the calls that wait for their turn. They are made when the run goes on.
    pub(super) fn stop_unsent(&mut self) {
        let unsent = self.turns.open.iter().filter(|(_, (_, unsent))| *unsent).map(|(id, _)| *id);
        let unsent: Vec<CallId> = unsent.collect();
        for id in unsent {
            self.turns.over(id);
            let Some(task) = self.playing.remove(&id) else { continue };
            task.abort();
            let failure = Failure::new(FailureKind::Cancelled, "the run was interrupted before it was sent");
            // Not recorded: nothing came of it.
            self.engine.deliver(id, Outcome::Failed(failure.with_took(Usage::NOTHING)));
        }
    }
}
