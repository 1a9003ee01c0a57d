//! A performance being set up.

use std::path::Path;
use std::sync::{Arc, Mutex};

use tokio::sync::mpsc::unbounded_channel;

use super::Planned;
use super::journaled::Foreseen;
use super::planned::given;
use super::termination::Performing;
use crate::conduct::local::{self, Ended, House, Interrupt, Orchestra, Recorder, Seen, Setting, View};
use crate::conduct::scribe::{Scribe, Verdict};
use crate::engine::evaluate::{Evaluator, Given};
use crate::engine::{Engine, Memories, Operation, Profiles as _, Step, What};
use crate::instrument::{Ask, Cache, CallId, Judging, Opening, Outcome, Request};
use crate::journal::{Journal, JournalError, Memory};
use crate::load::OwnPrice;
use crate::models::{Held, Prices};
use crate::plan::{Expr, MovementId, Outside, Plan};
use crate::value::{Instrument, Money, Value};

/// A performance of one movement, being set up.
pub struct Performance {
    plan: Arc<Plan>,
    movement: MovementId,
    arguments: Vec<Value>,
    given: Given,
    people: Option<Arc<dyn Ask>>,
    view: Arc<dyn View>,
    at_once: Option<usize>,
    folder: Arc<Path>,
    orchestra: Orchestra,
    /// What lasts as long as it does: the folder of a test's files.
    keeps: Option<tempfile::TempDir>,
    recorder: Option<Arc<Recorder>>,
    budget: Option<Money>,
    cache: Option<Arc<dyn Cache>>,
    memories: Option<Arc<Mutex<Memories>>>,
    scribe: Scribe,
    /// The run's name.
    run: Arc<str>,
}

/// Sees nothing.
struct Unwatched;

impl View for Unwatched {
    fn see(&self, _seen: Seen) {}

    fn live(&self) -> bool {
        false
    }
}

impl Performance {
    /// A performance of this movement with the defaults of its parameters (`nothing` where there is none),
    /// unwatched, with nobody to ask. What the plan takes from the environment is read here, once.
    #[must_use]
    pub fn new(planned: &Planned, movement: MovementId) -> Self {
        let given = given(&planned.plan);
        let params = planned.plan.movements.get(movement.0 as usize).map(|movement| &movement.params);
        let default = |default: &Expr| planned.constant(default, &given).unwrap_or(Value::Nothing);
        let arguments =
            params.into_iter().flatten().map(|param| param.default.as_ref().map_or(Value::Nothing, default));
        let arguments = arguments.collect();
        Self {
            plan: planned.plan.clone(),
            movement,
            arguments,
            given,
            people: None,
            view: Arc::new(Unwatched),
            at_once: None,
            folder: Arc::from(Path::new(".")),
            orchestra: Orchestra::default(),
            keeps: None,
            recorder: None,
            budget: None,
            cache: None,
            memories: None,
            scribe: Scribe::new(Box::new(Memory::default())),
            run: Arc::from(""),
        }
    }

    /// A performance in a house of its own, as tests have it.
    pub(super) fn in_house(&mut self, house: House, folder: Option<tempfile::TempDir>) {
        if let Some(folder) = &folder {
            self.folder = Arc::from(folder.path());
        }
        self.keeps = folder;
        self.orchestra.house = Some(Arc::new(house));
        self.miss_no_secret();
    }

    /// Where stand-ins play, a secret that is not there is not missed.
    fn miss_no_secret(&mut self) {
        for name in Outside::of(&self.plan).secrets {
            self.given.secrets.entry(name).or_default();
        }
    }

    /// What it takes from outside.
    #[must_use]
    pub const fn given(&self) -> &Given {
        &self.given
    }

    /// Puts another instrument into the chair of a declared one.
    pub fn seat(&mut self, chair: &str, instrument: Arc<Instrument>) {
        self.given.seats.insert(chair.to_owned(), instrument);
    }

    /// The movement's arguments in order.
    pub fn arguments(&mut self, arguments: Vec<Value>) {
        self.arguments = arguments;
    }

    /// Who watches.
    pub fn view(&mut self, view: Arc<dyn View>) {
        self.view = view;
    }

    /// Who is asked.
    pub fn people(&mut self, people: Arc<dyn Ask>) {
        self.people = Some(people);
    }

    /// At most so many calls at the same time.
    pub fn at_once(&mut self, at_once: Option<usize>) {
        self.at_once = at_once;
    }

    /// The folder that relative paths are meant from.
    pub fn folder(&mut self, folder: Arc<Path>) {
        self.folder = folder;
    }

    /// Records what is asked and what comes back.
    pub fn record(&mut self, recorder: Arc<Recorder>) {
        self.recorder = Some(recorder);
    }

    /// What models cost, where it is not what is known of them.
    pub fn prices(&mut self, own: Vec<OwnPrice>) {
        self.orchestra.prices = Arc::new(Prices::new(own));
    }

    /// What models cost when the run began: that goes on holding.
    pub fn hold_prices(&mut self, held: Vec<Held>) {
        let prices = self.orchestra.prices.as_ref().clone();
        self.orchestra.prices = Arc::new(prices.holding(held));
    }

    /// Models that cost something else now than when the run began.
    #[must_use]
    pub fn changed_prices(&self) -> Vec<&str> {
        self.orchestra.prices.changed()
    }

    /// What the models cost that may play in it, as far as that can be seen before it is performed.
    pub(super) fn prices_to_hold(&self, planned: &Planned) -> Vec<Held> {
        let seats = &self.given.seats;
        let declared = planned.plan.instruments.iter().filter(|declared| declared.params.is_empty());
        let declared = declared.filter_map(|declared| {
            let seated = seats.get(&*declared.name).map(|seated| Value::Instrument(seated.clone()));
            seated.or_else(|| planned.constant(&declared.value, &self.given).ok())
        });
        let mut found = Vec::new();
        for value in declared.chain(self.arguments.iter().cloned()) {
            self.orchestra.prices_in(&value, &mut found);
        }
        found
    }

    /// What all its calls may cost.
    pub fn budget(&mut self, budget: Money) {
        self.budget = Some(budget);
    }

    /// Has calls that were answered before answered from here.
    pub fn cache(&mut self, cache: Arc<dyn Cache>) {
        self.cache = Some(cache);
    }

    /// Has instruments remember what was said in earlier runs, and later ones what is said in this.
    pub fn memories(&mut self, memories: Arc<Mutex<Memories>>) {
        self.memories = Some(memories);
    }

    /// The name of the run: it goes into the idempotency keys of its calls.
    pub fn in_run(&mut self, run: impl Into<Arc<str>>) {
        self.run = run.into();
    }

    /// Has a recording play instead of everybody, people and the world included.
    pub fn replay(&mut self, recording: std::path::PathBuf) {
        self.orchestra.recording = Some(Arc::from(recording));
        self.miss_no_secret();
    }

    /// Has stand-ins play.
    pub fn rehearse(&mut self, rehearsal: bool) {
        self.orchestra.rehearsal = rehearsal;
        if rehearsal {
            self.miss_no_secret();
        }
    }

    /// Has stand-ins play, and shows what the instruments themselves would send: `Event::Request`. Secrets that are
    /// not there stand in it by their names, as all do.
    pub fn show_requests(&mut self) {
        self.orchestra.rehearsal = true;
        self.orchestra.shows_requests = true;
        for name in Outside::of(&self.plan).secrets {
            let by_name = format!("<secret {name}>");
            self.given.secrets.entry(name).or_insert(by_name);
        }
    }

    /// What all its calls may cost.
    pub(super) const fn allowance(&self) -> Option<Money> {
        self.budget
    }

    /// Which movement it is of.
    pub(super) const fn movement(&self) -> MovementId {
        self.movement
    }

    /// The movement's arguments in order.
    pub(super) fn values(&self) -> &[Value] {
        &self.arguments
    }

    /// Environment variables as they were when the run began, in place of what they are now.
    pub fn environment(&mut self, env: &[(String, String)]) {
        for (name, value) in env {
            if let Some(known) = self.given.env.get_mut(name) {
                known.clone_from(value);
            } else {
                self.given.env.insert(name.clone(), value.clone());
            }
        }
    }

    /// Who writes it down.
    pub(super) fn scribed(&mut self, make: impl FnOnce(fn(Box<dyn Journal>) -> Scribe) -> Scribe) {
        self.scribe = make(Scribe::new);
    }

    /// Replays what is recorded, and says of all that is wanted then why, and what people are asked.
    pub(super) fn dry(
        self,
        make: impl FnOnce(fn(Box<dyn Journal>) -> Scribe) -> Scribe,
    ) -> Result<Foreseen, JournalError> {
        let mut scribe = make(Scribe::new);
        let mut engine = self.engine_after(&mut scribe)?;
        let replayed = scribe.replay(&mut engine, &mut |_| {})?;
        let (mut questions, mut late) = (Vec::<Request>::new(), Vec::new());
        for operation in replayed.wanted {
            let Operation::Start { id, what } = operation else { continue };
            if what != What::Play {
                let until = scribe.deadline(id);
                late.extend(
                    until
                        .filter(|until| *until <= jiff::Timestamp::now().as_millisecond())
                        .map(|until| (until, id)),
                );
                continue;
            }
            let Some(mut request) = engine.render(id) else { continue };
            let person = self.orchestra.profile(&request.instrument, Opening::default()).person;
            let repeatable = self.orchestra.repeatable(&request);
            let verdict = scribe.judge(&mut request, person, repeatable, &engine)?;
            if person && matches!(verdict, Verdict::Go) {
                questions.push(request);
            } else {
                questions.extend(scribe.open_within(id, &verdict)?);
            }
        }
        late.sort_unstable();
        let mut expired = Vec::new();
        for (until, timer) in late {
            for call in expire(&mut engine, timer) {
                let at = questions.iter().position(|request| request.call == call);
                expired.extend(at.map(|at| (questions.remove(at), until)));
            }
        }
        Ok(Foreseen { explained: scribe.take_explained(), questions, expired })
    }

    fn engine(&self) -> Engine {
        let (plan, given, profiles) =
            (self.plan.clone(), self.given.clone(), Arc::new(self.orchestra.clone()));
        let engine = Engine::new(plan, self.movement, self.arguments.clone(), given, profiles)
            .in_run(self.run.clone());
        match self.budget {
            Some(budget) => engine.within_budget(budget),
            None => engine,
        }
    }

    /// The same with what was spent before, where there is a limit in money.
    fn engine_after(&self, scribe: &mut Scribe) -> Result<Engine, JournalError> {
        let engine = self.engine();
        let limited = self.budget.is_some() || scribe.has_limits() || engine.has_limits();
        if !limited || !scribe.goes_on() {
            return Ok(engine);
        }
        let mut before = scribe.spent_before(self.engine())?;
        for attempt in before.attempts.drain(..) {
            attempt.bill(&mut |note| self.view.see(Seen::Before(note)));
        }
        Ok(engine.having_spent(before))
    }

    /// Performs, and lets the first Ctrl-C end it gently and the second at once.
    ///
    /// # Errors
    /// If the journal could not be written.
    pub fn run(self) -> Result<Ended, Box<JournalError>> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Box::new(JournalError::not_written(error)))?;
        let _performing = Performing::begin();
        let ended = runtime.block_on(self.perform());
        // A question on the terminal may still block a thread: nothing is lost by not waiting for it.
        runtime.shutdown_background();
        ended.map_err(Box::new)
    }

    /// Performs on the runtime of whoever awaits it, with the same signals. Dropped, it is cut off: nothing more is
    /// started or recorded.
    ///
    /// # Errors
    /// If the journal could not be written.
    pub async fn perform(mut self) -> Result<Ended, JournalError> {
        let given = self.given.clone();
        let plan = self.plan.clone();
        let functions = Arc::new(move |function: &Value, arguments: &[Value]| {
            Evaluator::new(&plan, &given).apply(function, arguments).map_err(|failed| failed.failure)
        });
        let (given, plan) = (self.given.clone(), self.plan.clone());
        let judging: Judging =
            Arc::new(move |judged| judged(&mut Evaluator::new(&plan, &given).conditions()));
        let mut scribe = std::mem::replace(&mut self.scribe, Scribe::new(Box::new(Memory::default())));
        let engine = self.engine_after(&mut scribe)?;
        let setting = Setting {
            cache: self.cache,
            memories: self.memories,
            scribe,
            people: self.people,
            view: self.view,
            at_once: self.at_once,
            recorder: self.recorder,
            orchestra: self.orchestra,
            functions,
            judging,
            folder: self.folder,
        };
        let (interrupt, interrupts) = unbounded_channel();
        let signals = tokio::spawn(async move {
            let mut first = true;
            while interrupted().await.is_ok() {
                let wish = if first { Interrupt::Gently } else { Interrupt::AtOnce };
                first = false;
                if interrupt.send(wish).is_err() {
                    return;
                }
            }
        });
        let ended = local::perform(engine, setting, interrupts).await;
        signals.abort();
        ended
    }
}

/// Lets a deadline pass, and gives the calls that end with it.
fn expire(engine: &mut Engine, late: CallId) -> Vec<CallId> {
    engine.deliver(late, Outcome::Fired);
    while matches!(engine.step(1_000), Step::More) {}
    let cancelled = engine.take_operations().into_iter().filter_map(|operation| match operation {
        Operation::Cancel(id) => Some(id),
        Operation::Start { .. } => None,
    });
    cancelled.collect()
}

/// Waits for Ctrl-C or, where there is one, for the signal to terminate.
async fn interrupted() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            found = tokio::signal::ctrl_c() => found,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    {
        tokio::signal::ctrl_c().await
    }
}
