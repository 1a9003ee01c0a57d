//! One performance.

use std::collections::{HashMap, HashSet, VecDeque};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::AbortHandle;

use super::cache::Lookups;
use super::clocks::{Clocks, Ticking};
use super::turns::{Saying, Turns};
use super::watch::{CallWatch, Stopwatch};
use super::within::{Asking, Within};
use super::{Began, Orchestra, Profiled, Recorder, Seen, View};
use crate::backend;
use crate::conduct::scribe::{Doubtful, Scribe, Told, Verdict};
use crate::engine::{Engine, IdHasher, Memories, Operation, Profiles as _, Report, Step, What};
use crate::instrument::{
    Ask, Cabinet, Cache, CallId, Class, Failure, Judging, Opening, Outcome, PlayFuture, Request, Stage, Usage,
};
use crate::journal::{JournalError, Times};
use crate::value::Value;

/// How many steps the engine takes before interrupts are looked at.
const FUEL: u32 = 10_000;

/// From so many calls under way on, it pays to have another thread wait for the disk.
const MANY: usize = 8;

/// How often those who play are given a turn before time is passed over.
const ROUNDS: u32 = 16;

/// How often it is looked for answers that people have left elsewhere.
const LOOK: Duration = Duration::from_millis(500);

/// What a performance is performed with.
pub struct Setting {
    /// Records it.
    pub scribe: Scribe,
    /// Asks people; `None`: nobody can be asked.
    pub people: Option<Arc<dyn Ask>>,
    /// Watches it.
    pub view: Arc<dyn View>,
    /// At most so many calls at the same time; questions don't count.
    pub at_once: Option<usize>,
    /// Records what is asked and what comes back.
    pub recorder: Option<Arc<Recorder>>,
    /// What instruments remember from earlier runs, and keep for later ones; `None`: each run begins anew.
    pub memories: Option<Arc<Mutex<Memories>>>,
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
    /// Everything is done that could be done without these answers of people and these decisions.
    Waiting(Vec<Request>, Vec<Doubtful>),
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
    let (says, said) = unbounded_channel();
    let clocks = Clocks::after(setting.scribe.performed());
    let cabinet = Arc::new(Cabinet::default());
    let engine = match &setting.memories {
        Some(before) => engine.remembering(before.lock().unwrap_or_else(PoisonError::into_inner).clone()),
        None => engine,
    };
    let mut performance = Performance {
        engine,
        lookups: Lookups::new(setting.cache.clone()),
        setting,
        ends,
        says,
        within: Within::default(),
        turns: Turns::default(),
        cabinet,
        playing: HashMap::default(),
        queue: VecDeque::new(),
        asking: HashMap::default(),
        real: HashSet::default(),
        owing: HashSet::default(),
        parked: Vec::new(),
        doubts: Vec::new(),
        wanted: Vec::new(),
        clocks,
        looked: tokio::time::Instant::now(),
        interrupted: false,
    };
    let ended = performance.run(ended, said, interrupts).await;
    if let Some(after) = &performance.setting.memories {
        let memories = performance.engine.memories().clone();
        *after.lock().unwrap_or_else(PoisonError::into_inner) = memories;
    }
    let ended = ended?;
    let Setting { scribe, view, .. } = &mut performance.setting;
    for attempt in scribe.spent_aside()? {
        attempt.bill(&mut |note| view.see(Seen::Before(note)));
    }
    Ok(ended)
}

/// How a call ended, and when it was on its way.
pub(super) type End = (CallId, Outcome, Times);

pub(super) struct Performance {
    pub(super) engine: Engine,
    pub(super) setting: Setting,
    pub(super) ends: UnboundedSender<End>,
    pub(super) says: UnboundedSender<Saying>,
    /// Questions of calls.
    pub(super) within: Within,
    /// Calls that wait for their turn at whoever plays them.
    pub(super) turns: Turns,
    cabinet: Arc<Cabinet>,
    /// Calls in flight but for questions.
    pub(super) playing: HashMap<CallId, AbortHandle, IdHasher>,
    /// Calls that wait for a place.
    queue: VecDeque<CallId>,
    /// Questions being asked.
    asking: HashMap<CallId, AbortHandle, IdHasher>,
    /// In a test, those in flight that are no stand-ins.
    pub(super) real: HashSet<CallId, IdHasher>,
    /// Calls that were cut off, and may have cost something.
    owing: HashSet<CallId, IdHasher>,
    /// Questions that nobody can be asked.
    pub(super) parked: Vec<Request>,
    /// Acts that somebody must decide about.
    doubts: Vec<(CallId, Doubtful)>,
    /// What is to be started first: what a run that goes on wants beyond what is recorded.
    wanted: Vec<Operation>,
    pub(super) clocks: Clocks,
    lookups: Lookups,
    /// When it was last looked for answers that people have left.
    looked: tokio::time::Instant,
    /// Whether it has just been interrupted.
    interrupted: bool,
}

impl Drop for Performance {
    /// Nothing goes on that nobody records.
    fn drop(&mut self) {
        for task in self.playing.values().chain(self.asking.values()) {
            task.abort();
        }
    }
}

impl Performance {
    async fn run(
        &mut self,
        mut ended: UnboundedReceiver<End>,
        mut said: UnboundedReceiver<Saying>,
        mut interrupts: UnboundedReceiver<Interrupt>,
    ) -> Result<Ended, JournalError> {
        self.go_on()?;
        loop {
            let step = self.advance().await?;
            self.within.tell();
            self.turns.tell();
            if std::mem::take(&mut self.interrupted) && !self.playing.is_empty() {
                self.setting.view.see(Seen::Ending(self.playing.len()));
            }
            let more = match step {
                Step::Done(value) => return Ok(Ended::Done(value)),
                Step::Failed(report) => return Ok(Ended::Failed(report)),
                Step::Idle if self.is_stuck() => {
                    // An answer may have been left at the last moment.
                    if self.look_for_answers()? {
                        continue;
                    }
                    return self.wait_for_people();
                }
                Step::Idle => false,
                Step::More => true,
            };
            self.clocks.set_performing(!self.playing.is_empty() || !self.queue.is_empty());
            let timer = self.clocks.due();
            let idle = self.skips_time() && timer.is_some() && !more;
            let open = self.setting.scribe.lasts() && !(self.parked.is_empty() && self.asking.is_empty());
            tokio::select! {
                biased;
                interrupt = interrupts.recv() => match interrupt {
                    Some(Interrupt::Gently) => {
                        self.engine.interrupt("the run was interrupted");
                        self.stop_unsent();
                        self.interrupted = true;
                    }
                    Some(Interrupt::AtOnce) => return self.cut_off(),
                    None => {}
                },
                end = ended.recv() => {
                    self.take(end);
                    while let Ok(end) = ended.try_recv() {
                        self.take(Some(end));
                    }
                }
                saying = said.recv() => if let Some(saying) = saying { self.hear(saying)? },
                () = settled(), if idle => self.skip_time(),
                () = sleep_until(timer), if !idle => {}
                () = std::future::ready(()), if more => {}
                () = tokio::time::sleep_until(self.looked + LOOK), if open => { self.look_for_answers()?; }
            }
            for id in self.clocks.fired() {
                self.deliver(id, Outcome::Fired);
            }
        }
    }

    /// Feeds what is recorded of a run that goes on.
    fn go_on(&mut self) -> Result<(), JournalError> {
        let Setting { scribe, orchestra, folder, view, .. } = &mut self.setting;
        if !scribe.goes_on() {
            return Ok(());
        }
        let (cabinet, lookups) = (&self.cabinet, &mut self.lookups);
        let replayed = scribe.replay(&mut self.engine, &mut |told| match told {
            Told::Recalled(request) => {
                orchestra.recalled(request, folder, cabinet);
                lookups.recalled(request, orchestra);
            }
            Told::Noted(note) => view.see(Seen::Before(note)),
        })?;
        self.wanted = replayed.wanted;
        scribe.look_for_answers()?;
        view.see(Seen::GoesOn(scribe.reused()));
        Ok(())
    }

    fn wait_for_people(&mut self) -> Result<Ended, JournalError> {
        self.setting.scribe.waits();
        self.setting.scribe.commit(self.clocks.performed())?;
        let doubts = self.doubts.drain(..).map(|(_, doubtful)| doubtful).collect();
        Ok(Ended::Waiting(std::mem::take(&mut self.parked), doubts))
    }

    fn cut_off(&mut self) -> Result<Ended, JournalError> {
        self.setting.scribe.cut_off();
        self.setting.scribe.commit(self.clocks.performed())?;
        Ok(Ended::CutOff)
    }

    /// Takes the answers that people have left elsewhere; who is being asked the same is asked no more.
    /// Says whether there were any.
    fn look_for_answers(&mut self) -> Result<bool, JournalError> {
        self.looked = tokio::time::Instant::now();
        if self.parked.is_empty() && self.asking.is_empty() || !self.setting.scribe.look_for_answers()? {
            return Ok(false);
        }
        let parked = self.parked.iter().map(|request| request.call);
        let open: Vec<CallId> = parked.chain(self.asking.keys().copied()).collect();
        for id in open {
            if let Some(outcome) = self.setting.scribe.answer(id)
                && !self.answer_within(id, &outcome)?
            {
                self.cancel(id);
                self.deliver(id, outcome);
            }
        }
        Ok(true)
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
        let quiet = self.clocks.is_quiet(!self.parked.is_empty());
        self.playing.is_empty() && self.queue.is_empty() && self.asking.is_empty() && quiet
    }

    /// Lets the engine go on, records, then starts what it asked for.
    async fn advance(&mut self) -> Result<Step, JournalError> {
        let mut step = self.engine.step(FUEL);
        let mut timers = Vec::new();
        let mut operations = std::mem::take(&mut self.wanted);
        operations.extend(self.engine.take_operations());
        for operation in operations {
            match operation {
                Operation::Start { id, what: What::Play } => self.queue.push_back(id),
                Operation::Start { id, what: What::Timer { millis, clock, within } } => {
                    let now = jiff::Timestamp::now().as_millisecond();
                    let left = self.setting.scribe.time(id, millis, clock, within, now);
                    timers.push((id, left, Ticking::of(clock, within)));
                }
                Operation::Cancel(id) => self.cancel(id),
            }
        }
        let requests = self.dequeue(&mut step)?;
        match &step {
            Step::Done(value) => self.setting.scribe.done(value),
            Step::Failed(report) => self.setting.scribe.failed(report, self.engine.failed_by()),
            Step::Idle | Step::More => {}
        }
        self.commit().await?;
        let (notes, _lost) = self.engine.take_notes();
        for note in notes {
            self.lookups.noted(&note);
            self.setting.view.see(Seen::Note(note));
        }
        for (id, left, ticking) in timers {
            self.clocks.start(id, left, ticking);
        }
        for request in requests {
            self.start(request);
        }
        Ok(step)
    }

    /// Makes durable what has happened. Where many calls are under way, they go on meanwhile: their answers are read
    /// while the disk is waited for.
    async fn commit(&mut self) -> Result<(), JournalError> {
        let performed = self.clocks.performed();
        if self.playing.len() < MANY || !self.setting.scribe.lasts() {
            return self.setting.scribe.commit(performed);
        }
        self.setting.scribe.commit_elsewhere(performed).await
    }

    /// Calls that may start now, rendered, their intents among what is to be recorded. Where a call need not be
    /// made there is more to step.
    fn dequeue(&mut self, step: &mut Step) -> Result<Vec<Request>, JournalError> {
        let places = self.setting.at_once.unwrap_or(usize::MAX).saturating_sub(self.playing.len());
        let mut requests = Vec::with_capacity(places.min(self.queue.len()));
        let mut taken = 0;
        while taken < places
            && let Some(id) = self.queue.pop_front()
        {
            let Some(mut request) = self.engine.render(id) else { continue };
            let person = self.asks_a_person(&request);
            let repeatable = request.class == Class::Acts && self.setting.orchestra.repeatable(&request);
            match self.setting.scribe.judge(&mut request, person, repeatable, &self.engine)? {
                Verdict::Go => {}
                Verdict::Known(outcome) => {
                    self.lookups.recalled(&request, &self.setting.orchestra);
                    self.engine.deliver(id, outcome);
                    *step = Step::More;
                    continue;
                }
                Verdict::Doubtful(doubtful) => {
                    self.doubts.push((id, *doubtful));
                    continue;
                }
            }
            self.setting.scribe.price(|| self.setting.orchestra.to_hold(&request.instrument));
            self.setting.scribe.intend(&request, person, repeatable, &self.engine);
            if let Some(outcome) = self.setting.scribe.answer(id) {
                self.deliver(id, outcome);
                *step = Step::More;
                continue;
            }
            taken += usize::from(!person);
            requests.push(request);
        }
        Ok(requests)
    }

    pub(super) fn start(&mut self, request: Request) {
        let id = request.call;
        self.within.begin(id);
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
            answer: request.answer.clone(),
            cached: known.is_some(),
        }));
        if let Some(reply) = known {
            let ends = self.ends.clone();
            if let Some(recorder) = &self.setting.recorder {
                recorder.note(&request, &Ok(reply.clone()));
            }
            let task = tokio::spawn(async move {
                let _ = ends.send((id, Outcome::Done(reply), Times::default()));
            });
            self.playing.insert(id, task.abort_handle());
            return;
        }
        let stopwatch = self.setting.scribe.lasts().then(|| Arc::new(Stopwatch::start()));
        let stage = self.stage(&request, stopwatch.clone());
        if self.setting.scribe.failed_before(&request) {
            self.setting.orchestra.recalled(&request, &self.setting.folder, &self.cabinet);
        }
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
            let times = stopwatch.map(|watch| watch.times()).unwrap_or_default();
            let _ = ends.send((id, outcome, times));
        });
        let flight = if person { &mut self.asking } else { &mut self.playing };
        flight.insert(id, task.abort_handle());
    }

    /// Whether a person plays it; in rehearsals and tests nobody is asked.
    fn asks_a_person(&self, request: &Request) -> bool {
        let orchestra = &self.setting.orchestra;
        !orchestra.rehearsal
            && orchestra.house.is_none()
            && orchestra.recording.is_none()
            && Profiled.profile(&request.instrument, Opening::default()).person
    }

    fn stage(&mut self, request: &Request, stopwatch: Option<Arc<Stopwatch>>) -> Stage {
        let id = request.call;
        let turn = self.turn(request);
        let orchestra = self.setting.orchestra.clone();
        let live = self.setting.view.live();
        Stage {
            watch: Arc::new(CallWatch { id, view: self.setting.view.clone(), live, turn, stopwatch }),
            people: self.setting.people.clone(),
            asks: Some(Arc::new(Asking::new(id, self.says.clone()))),
            functions: self.setting.functions.clone(),
            judging: self.setting.judging.clone(),
            orchestra: Arc::new(move |request, stage| orchestra.play(request, stage)),
            folder: self.setting.folder.clone(),
            cabinet: self.cabinet.clone(),
        }
    }

    fn cancel(&mut self, id: CallId) {
        self.real.remove(&id);
        if self.cancel_within(id) {
            return;
        }
        if let Some(task) = self.playing.remove(&id).or_else(|| self.asking.remove(&id)) {
            task.abort();
            let unsent = self.turns.over(id);
            if !self.engine.owes(id) {
                return;
            }
            if unsent {
                self.deliver(id, Outcome::Settled(Usage::NOTHING));
            } else {
                self.owing.insert(id);
            }
            return;
        }
        let before = self.queue.len() + self.parked.len() + self.doubts.len();
        self.queue.retain(|queued| *queued != id);
        self.parked.retain(|parked| parked.call != id);
        self.doubts.retain(|(doubted, _)| *doubted != id);
        if self.queue.len() + self.parked.len() + self.doubts.len() == before {
            self.clocks.cancel(id);
        } else if self.engine.owes(id) {
            // It never began.
            self.deliver(id, Outcome::Settled(Usage::NOTHING));
        }
    }

    /// Takes what has ended, unless it was cancelled meanwhile.
    fn take(&mut self, end: Option<End>) {
        let Some((id, outcome, times)) = end else { return };
        if self.end_within(id, &outcome) {
            return;
        }
        self.real.remove(&id);
        self.over_within(id);
        self.turns.over(id);
        if self.playing.remove(&id).or_else(|| self.asking.remove(&id)).is_some() {
            self.lookups.ended(id, &outcome);
            self.setting.scribe.ended(id, &outcome, times);
            self.engine.deliver(id, outcome);
        } else if self.owing.remove(&id) {
            // It had ended before it could be cut off: what it took is on the bill.
            let took = match outcome {
                Outcome::Done(reply) => Some(reply.usage),
                Outcome::Failed(failure) if failure.may_be_billed() => failure.usage(),
                Outcome::Failed(failure) => Some(failure.usage().unwrap_or(Usage::NOTHING)),
                _ => None,
            };
            if let Some(took) = took {
                self.deliver(id, Outcome::Settled(took));
            }
        }
    }

    pub(super) fn deliver(&mut self, id: CallId, outcome: Outcome) {
        self.setting.scribe.end(id, &outcome);
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
