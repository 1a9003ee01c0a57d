//! One performance.

use std::collections::{HashMap, HashSet, VecDeque};
use std::path::Path;
use std::sync::Arc;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::AbortHandle;

use super::cache::Lookups;
use super::clocks::Clocks;
use super::{Orchestra, Profiled, Recorder};
use crate::backend;
use crate::engine::{Clock, Engine, Note, Operation, Profiles as _, Report, Step, What};
use crate::instrument::{
    Ask, Cabinet, Cache, CallId, Class, Event, Failure, Judging, Opening, Outcome, PlayFuture, Request,
    Stage, Usage, Watch,
};
use crate::journal::{Entry, Journal, JournalError};
use crate::value::Value;

/// How many steps the engine takes before interrupts are looked at.
const FUEL: u32 = 10_000;

/// How often those who play are given a turn before time is passed over.
const ROUNDS: u32 = 16;

/// What a performance is performed with.
pub struct Setting {
    /// Records it.
    pub journal: Box<dyn Journal>,
    /// Asks people; `None`: nobody can be asked.
    pub people: Option<Arc<dyn Ask>>,
    /// Watches it.
    pub view: Arc<dyn View>,
    /// At most so many calls at the same time; questions don't count.
    pub at_once: Option<usize>,
    /// Records what is asked and what comes back.
    pub recorder: Option<Arc<Recorder>>,
    /// Answers of earlier runs; `None`: every call is made.
    pub cache: Option<Arc<dyn Cache>>,
    /// Who plays.
    pub orchestra: Orchestra,
    /// Calls small functions of the score.
    pub functions: Arc<dyn Fn(&Value, &[Value]) -> Result<Value, Failure> + Send + Sync>,
    /// Judges the conditions of the score's types.
    pub judging: Judging,
    /// The folder that relative paths are meant from.
    pub folder: Arc<Path>,
}

/// How a performance ended.
#[derive(Debug)]
pub enum Ended {
    /// With this result.
    Done(Value),
    /// It failed.
    Failed(Box<Report>),
    /// Everything is done that could be done without these answers of people.
    Waiting(Vec<Request>),
    /// It was interrupted twice: what was in flight was cut off.
    CutOff,
}

/// A wish to end early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interrupt {
    /// Start nothing more, cancel what thinks, let acts in flight end.
    Gently,
    /// End now.
    AtOnce,
}

/// Something to be seen of a performance.
#[derive(Debug)]
pub enum Seen {
    /// A call, or another try of one, begins.
    Began(Began),
    /// What the engine notes: a call began, ended, was tried again; a line was said.
    Note(Note),
    /// What is seen of one call in progress.
    Event(CallId, Event),
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

/// Performs to the end.
///
/// # Errors
/// If the journal could not be written. Nothing was started after that.
pub async fn perform(
    engine: Engine,
    setting: Setting,
    interrupts: UnboundedReceiver<Interrupt>,
) -> Result<Ended, JournalError> {
    let (ends, ended) = unbounded_channel();
    let cabinet = Arc::new(Cabinet::default());
    let performance = Performance {
        engine,
        lookups: Lookups::new(setting.cache.clone()),
        setting,
        ends,
        cabinet,
        playing: HashMap::new(),
        queue: VecDeque::new(),
        asking: HashMap::new(),
        real: HashSet::new(),
        owing: HashSet::new(),
        parked: Vec::new(),
        clocks: Clocks::new(),
        entries: Vec::new(),
    };
    performance.run(ended, interrupts).await
}

type End = (CallId, Outcome);

struct Performance {
    engine: Engine,
    setting: Setting,
    ends: UnboundedSender<End>,
    cabinet: Arc<Cabinet>,
    /// Calls in flight but for questions.
    playing: HashMap<CallId, AbortHandle>,
    /// Calls that wait for a place.
    queue: VecDeque<CallId>,
    /// Questions being asked.
    asking: HashMap<CallId, AbortHandle>,
    /// In a test, those in flight that are no stand-ins.
    real: HashSet<CallId>,
    /// Calls that were cut off, and may have cost something.
    owing: HashSet<CallId>,
    /// Questions that nobody can be asked.
    parked: Vec<Request>,
    clocks: Clocks,
    lookups: Lookups,
    /// Ends to be recorded with the intents they cause.
    entries: Vec<Entry>,
}

impl Performance {
    async fn run(
        mut self,
        mut ended: UnboundedReceiver<End>,
        mut interrupts: UnboundedReceiver<Interrupt>,
    ) -> Result<Ended, JournalError> {
        loop {
            let step = self.advance()?;
            let more = match step {
                Step::Done(value) => return Ok(Ended::Done(value)),
                Step::Failed(report) => return Ok(Ended::Failed(report)),
                Step::Idle if self.is_stuck() => return Ok(Ended::Waiting(std::mem::take(&mut self.parked))),
                Step::Idle => false,
                Step::More => true,
            };
            self.clocks.set_performing(!self.playing.is_empty() || !self.queue.is_empty());
            let timer = self.clocks.due();
            let idle = self.skips_time() && timer.is_some() && !more;
            tokio::select! {
                biased;
                interrupt = interrupts.recv() => match interrupt {
                    Some(Interrupt::Gently) => self.engine.interrupt("the run was interrupted"),
                    Some(Interrupt::AtOnce) => return Ok(Ended::CutOff),
                    None => {}
                },
                end = ended.recv() => {
                    self.take(end);
                    while let Ok(end) = ended.try_recv() {
                        self.take(Some(end));
                    }
                }
                () = settled(), if idle => self.skip_time(),
                () = sleep_until(timer), if !idle => {}
                () = std::future::ready(()), if more => {}
            }
            for id in self.clocks.fired() {
                self.deliver(id, Outcome::Fired);
            }
        }
    }

    /// Whether time that is waited for passes at once: in a test, as long as only stand-ins play.
    fn skips_time(&self) -> bool {
        self.setting.orchestra.house.is_some() && self.real.is_empty()
    }

    fn skip_time(&mut self) {
        let passed = self.clocks.skip();
        if let Some(house) = &self.setting.orchestra.house {
            // The machine has moved on by less than this since the timer began.
            house.pass(i64::try_from(passed.as_nanos().div_ceil(1_000_000)).unwrap_or(i64::MAX));
        }
    }

    /// Nothing is going on, and nothing ever will without an answer.
    fn is_stuck(&mut self) -> bool {
        self.playing.is_empty() && self.queue.is_empty() && self.asking.is_empty() && self.clocks.is_quiet()
    }

    /// Lets the engine go on, records, then starts what it asked for.
    fn advance(&mut self) -> Result<Step, JournalError> {
        let step = self.engine.step(FUEL);
        let mut timers = Vec::new();
        for operation in self.engine.take_operations() {
            match operation {
                Operation::Start { id, what: What::Play } => self.queue.push_back(id),
                Operation::Start { id, what: What::Timer { millis, clock } } => {
                    self.entries.push(Entry::Intended { id, path: Arc::from(""), class: None, hold: None });
                    timers.push((id, millis, clock));
                }
                Operation::Cancel(id) => self.cancel(id),
            }
        }
        let requests = self.dequeue();
        if !self.entries.is_empty() {
            self.setting.journal.append(&self.entries)?;
            self.entries.clear();
        }
        let (notes, _lost) = self.engine.take_notes();
        for note in notes {
            self.lookups.noted(&note);
            self.setting.view.see(Seen::Note(note));
        }
        for (id, millis, clock) in timers {
            self.clocks.start(id, millis, clock == Clock::Wall);
        }
        for request in requests {
            self.start(request);
        }
        Ok(step)
    }

    /// Calls that may start now, rendered, their intents among the entries.
    fn dequeue(&mut self) -> Vec<Request> {
        let places = self.setting.at_once.unwrap_or(usize::MAX).saturating_sub(self.playing.len());
        let mut requests = Vec::new();
        let mut taken = 0;
        while taken < places
            && let Some(id) = self.queue.pop_front()
        {
            let Some(request) = self.engine.render(id) else { continue };
            if !self.asks_a_person(&request) {
                taken += 1;
            }
            let (path, class) = (request.path.clone(), Some(request.class));
            let hold = self.engine.hold(id);
            self.entries.push(Entry::Intended { id, path, class, hold });
            requests.push(request);
        }
        requests
    }

    fn start(&mut self, request: Request) {
        let id = request.call;
        let person = self.asks_a_person(&request);
        if person && self.setting.people.is_none() {
            self.parked.push(request);
            return;
        }
        let known = self.lookups.look(&request, &self.setting.orchestra);
        self.setting.view.see(Seen::Began(Began {
            id,
            path: request.path.clone(),
            instrument: request.instrument.name.clone(),
            constructor: request.instrument.constructor.clone(),
            class: request.class,
            attempt: request.attempt,
            cached: known.is_some(),
        }));
        if let Some(reply) = known {
            let ends = self.ends.clone();
            let task = tokio::spawn(async move {
                let _ = ends.send((id, Outcome::Done(reply)));
            });
            self.playing.insert(id, task.abort_handle());
            return;
        }
        let stage = self.stage(id);
        if self.setting.orchestra.house.is_some() {
            backend::note(&request, &stage);
            if !Profiled.profile(&request.instrument, Opening::default()).stand_in {
                self.real.insert(id);
            }
        }
        let recording = self.setting.recorder.clone().map(|recorder| (recorder, request.clone()));
        let play: PlayFuture<'static> = self.setting.orchestra.play(request, stage);
        let ends = self.ends.clone();
        let task = tokio::spawn(async move {
            let end = play.await;
            if let Some((recorder, request)) = recording {
                recorder.note(&request, &end);
            }
            let outcome = match end {
                Ok(reply) => Outcome::Done(reply),
                Err(failure) => Outcome::Failed(failure),
            };
            let _ = ends.send((id, outcome));
        });
        let flight = if person { &mut self.asking } else { &mut self.playing };
        flight.insert(id, task.abort_handle());
    }

    /// Whether a person plays it; in rehearsals and tests nobody is asked.
    fn asks_a_person(&self, request: &Request) -> bool {
        let orchestra = &self.setting.orchestra;
        !orchestra.rehearsal
            && orchestra.house.is_none()
            && Profiled.profile(&request.instrument, Opening::default()).person
    }

    fn stage(&self, id: CallId) -> Stage {
        let orchestra = self.setting.orchestra.clone();
        let live = self.setting.view.live();
        Stage {
            watch: Arc::new(CallWatch { id, view: self.setting.view.clone(), live }),
            people: self.setting.people.clone(),
            functions: self.setting.functions.clone(),
            judging: self.setting.judging.clone(),
            orchestra: Arc::new(move |request, stage| orchestra.play(request, stage)),
            folder: self.setting.folder.clone(),
            cabinet: self.cabinet.clone(),
        }
    }

    fn cancel(&mut self, id: CallId) {
        self.real.remove(&id);
        if let Some(task) = self.playing.remove(&id).or_else(|| self.asking.remove(&id)) {
            task.abort();
            if self.engine.owes(id) {
                self.owing.insert(id);
            }
            return;
        }
        let before = self.queue.len() + self.parked.len();
        self.queue.retain(|queued| *queued != id);
        self.parked.retain(|parked| parked.call != id);
        if self.queue.len() + self.parked.len() == before {
            self.clocks.cancel(id);
        } else if self.engine.owes(id) {
            // It never began.
            self.deliver(id, Outcome::Settled(Usage::NOTHING));
        }
    }

    /// Takes what has ended, unless it was cancelled meanwhile.
    fn take(&mut self, end: Option<End>) {
        let Some((id, outcome)) = end else { return };
        self.real.remove(&id);
        if self.playing.remove(&id).or_else(|| self.asking.remove(&id)).is_some() {
            self.lookups.ended(id, &outcome);
            self.deliver(id, outcome);
        } else if self.owing.remove(&id) {
            // It had ended before it could be cut off: what it took is on the bill.
            let took = match outcome {
                Outcome::Done(reply) => Some(reply.usage),
                Outcome::Failed(failure) if failure.may_be_billed() => failure.took,
                Outcome::Failed(failure) => Some(failure.took.unwrap_or(Usage::NOTHING)),
                _ => None,
            };
            if let Some(took) = took {
                self.deliver(id, Outcome::Settled(took));
            }
        }
    }

    fn deliver(&mut self, id: CallId, outcome: Outcome) {
        self.entries.push(Entry::Ended { id, outcome: outcome.clone() });
        self.engine.deliver(id, outcome);
    }
}

/// Waits until all that can go on without time has gone on.
async fn settled() {
    for _ in 0..ROUNDS {
        tokio::task::yield_now().await;
    }
}

async fn sleep_until(at: Option<tokio::time::Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// Passes what is seen of one call on to the view.
struct CallWatch {
    id: CallId,
    view: Arc<dyn View>,
    live: bool,
}

impl Watch for CallWatch {
    fn event(&self, event: Event) {
        self.view.see(Seen::Event(self.id, event));
    }

    fn wants_text(&self) -> bool {
        self.live
    }
}
