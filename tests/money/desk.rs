//! Performs a score by hand: what is in flight is looked at by its path, and answered one by one.

use std::sync::Arc;

use score_lang::conduct::local::Orchestra;
use score_lang::engine::evaluate::Given;
use score_lang::engine::{Before, Engine, Operation, Report, Step, What};
use score_lang::instrument::{CallId, Failure, FailureKind, Outcome, Reply, ToolCall, Usage};
use score_lang::plan::MovementId;
use score_lang::session::{Parsed, Planned};
use score_lang::value::{Money, Value};

pub fn planned(text: &str) -> Planned {
    let checked = Parsed::text("money.score", text)
        .check()
        .map_err(|problems| problems.diagnostics().map(|problem| problem.to_string()).collect::<Vec<_>>());
    checked.expect("it is a score").plan().ok().expect("a plan")
}

pub struct Desk {
    pub engine: Engine,
    open: Vec<(String, CallId)>,
    cut: Vec<(String, CallId)>,
    pub end: Option<Result<Value, Box<Report>>>,
}

pub fn cents(cents: i64) -> Money {
    Money::from_nanos(cents * 10_000_000)
}

impl Desk {
    pub fn new(text: &str, budget: Option<Money>) -> Self {
        Self::with(text, budget, Before::default())
    }

    /// A run that goes on.
    pub fn going_on(text: &str, budget: Money, before: Before) -> Self {
        Self::with(text, Some(budget), before)
    }

    fn with(text: &str, budget: Option<Money>, before: Before) -> Self {
        let planned = planned(text);
        let engine = Engine::new(
            Arc::new(planned.plan().clone()),
            planned.movement(None).unwrap_or(MovementId(0)),
            Vec::new(),
            Given::default(),
            Arc::new(Orchestra::default()),
        );
        let engine = match budget {
            Some(budget) => engine.within_budget(budget),
            None => engine,
        };
        let engine = engine.having_spent(before);
        let mut desk = Self { engine, open: Vec::new(), cut: Vec::new(), end: None };
        desk.go();
        desk
    }

    fn go(&mut self) {
        loop {
            match self.engine.step(100) {
                Step::More => {}
                Step::Idle => break,
                Step::Done(value) => {
                    self.end = Some(Ok(value));
                    break;
                }
                Step::Failed(report) => {
                    self.end = Some(Err(report));
                    break;
                }
            }
        }
        for operation in self.engine.take_operations() {
            match operation {
                Operation::Start { id, what } => {
                    let name = match what {
                        What::Timer { millis, .. } => format!("{millis}ms"),
                        What::Play => {
                            let request = self.engine.render(id).expect("it is in flight");
                            let path = request.path.trim_start_matches("main/").to_owned();
                            let same = self.open.iter().any(|(open, _)| *open == path);
                            if same { format!("{path}+") } else { path }
                        }
                    };
                    self.open.push((name, id));
                }
                Operation::Cancel(id) => {
                    let at = self.open.iter().position(|(_, open)| *open == id).expect("it was started");
                    self.cut.push(self.open.remove(at));
                }
            }
        }
    }

    /// What is in flight, in the order in which it was started.
    pub fn open(&self) -> Vec<&str> {
        self.open.iter().map(|(name, _)| &**name).collect()
    }

    /// Which operation this is.
    pub fn id(&self, name: &str) -> CallId {
        self.open.iter().find(|(open, _)| open == name).expect("it is in flight").1
    }

    pub fn deliver(&mut self, name: &str, outcome: Outcome) {
        let at = self.open.iter().position(|(open, _)| open == name);
        let at = at.unwrap_or_else(|| panic!("{name} is not in flight: {:?}", self.open()));
        let id = match outcome {
            Outcome::Unpaid => self.open[at].1,
            _ => self.open.remove(at).1,
        };
        self.engine.deliver(id, outcome);
        self.go();
    }

    /// An answer that took so much.
    pub fn answer(&mut self, name: &str, took: Money) {
        let usage = Usage { spend: Some(took), ..Usage::default() };
        self.deliver(name, Outcome::Done(Reply::text("good").with_usage(usage)));
    }

    pub fn call(&mut self, name: &str, tool: &str, took: Money) {
        let usage = Usage { spend: Some(took), ..Usage::default() };
        let arguments = score_lang::instrument::Answer::Text("{}".to_owned());
        let reply = Reply::calls("", vec![ToolCall::new(tool, arguments)]);
        self.deliver(name, Outcome::Done(reply.with_usage(usage)));
    }

    pub fn fail(&mut self, name: &str, kind: FailureKind) {
        self.deliver(name, Outcome::Failed(Failure::new(kind, "it did not work")));
    }

    /// Something that was cut off has taken so much.
    pub fn settle(&mut self, name: &str, took: Money) {
        let at = self.cut.iter().position(|(cut, _)| cut == name).expect("it was cut off");
        let (_, id) = self.cut.remove(at);
        let usage = Usage { spend: Some(took), ..Usage::default() };
        self.engine.deliver(id, Outcome::Settled(usage));
        self.go();
    }

    pub fn cut(&self) -> Vec<&str> {
        self.cut.iter().map(|(name, _)| &**name).collect()
    }

    /// Spent, held and possibly spent of the budget, in cents.
    pub fn budget(&self) -> (i64, i64, i64) {
        let budget = self.engine.budget().expect("it has one");
        let of = |money: Money| money.nanos / 10_000_000;
        (of(budget.spent), of(budget.held), of(budget.maybe))
    }

    pub fn kind(&self) -> Option<FailureKind> {
        match &self.end {
            Some(Err(report)) => Some(report.failure.kind),
            _ => None,
        }
    }
}
