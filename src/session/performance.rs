//! A performance being set up.

use std::path::Path;
use std::sync::Arc;

use tokio::sync::mpsc::unbounded_channel;

use super::Planned;
use super::planned::given;
use crate::conduct::local::{self, Ended, House, Interrupt, Orchestra, Recorder, Seen, Setting, View};
use crate::engine::Engine;
use crate::engine::evaluate::{Evaluator, Given};
use crate::instrument::{Ask, Cache, Judging};
use crate::journal::{JournalError, Memory};
use crate::load::OwnPrice;
use crate::models::Prices;
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

    /// What all its calls may cost.
    pub fn budget(&mut self, budget: Money) {
        self.budget = Some(budget);
    }

    /// Has calls that were answered before answered from here.
    pub fn cache(&mut self, cache: Arc<dyn Cache>) {
        self.cache = Some(cache);
    }

    /// The name of the run: it goes into the idempotency keys of its calls.
    pub fn in_run(&mut self, run: impl Into<Arc<str>>) {
        self.run = run.into();
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

    /// Performs, and lets the first Ctrl-C end it gently and the second at once.
    ///
    /// # Errors
    /// If the journal could not be written.
    pub fn run(self) -> Result<Ended, Box<JournalError>> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Box::new(JournalError { reason: error.to_string() }))?;
        let ended = runtime.block_on(self.perform());
        // A question on the terminal may still block a thread: nothing is lost by not waiting for it.
        runtime.shutdown_background();
        ended.map_err(Box::new)
    }

    async fn perform(self) -> Result<Ended, JournalError> {
        let given = self.given.clone();
        let plan = self.plan.clone();
        let functions = Arc::new(move |function: &Value, arguments: &[Value]| {
            Evaluator::new(&plan, &given).apply(function, arguments).map_err(|failed| failed.failure)
        });
        let (given, plan) = (self.given.clone(), self.plan.clone());
        let judging: Judging =
            Arc::new(move |judged| judged(&mut Evaluator::new(&plan, &given).conditions()));
        let profiles = Arc::new(self.orchestra.clone());
        let engine = Engine::new(self.plan, self.movement, self.arguments, self.given, profiles);
        let engine = match self.budget {
            Some(budget) => engine.within_budget(budget),
            None => engine,
        };
        let engine = engine.in_run(self.run);
        let setting = Setting {
            cache: self.cache,
            journal: Box::new(Memory::default()),
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
