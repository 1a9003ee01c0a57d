//! Performs a program with random completion orders and holds it against the rules as it goes.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::chance::Chance;
use super::lower::{Cast, plan};
use super::program::Program;
use crate::engine::doing::{Doing, Order};
use crate::engine::evaluate::Given;
use crate::engine::operation::{Operation, Step, What};
use crate::engine::{Engine, Note, Report};
use crate::instrument::{CallId, Class, Failure, FailureKind, Outcome, Reply, Request};
use crate::plan::{Kind, MovementId};
use crate::value::Value;

/// Where an operation is written: a step per frame from the outermost.
type Position = Vec<Place>;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    node: u32,
    /// The arm, the lane, the round; the else of a repeat after all rounds.
    inner: u64,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    Lanes,
    For,
    Repeat,
    /// A movement that is one thought outside.
    Thinks,
}

/// An operation that was started.
#[derive(Debug, Clone)]
struct Started {
    at: Position,
    class: Class,
    ordered: bool,
}

/// What came of a performance.
#[derive(Debug, Clone, PartialEq)]
pub struct Performed {
    pub result: Result<Value, Box<Report>>,
    /// Tags of acts in the order in which they were started, with who is acted for.
    pub acts: Vec<i64>,
    /// Operations and notes, hashed in order.
    pub events: u64,
    pub operations: usize,
}

/// How a performance is driven.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    pub seed: u64,
    pub fuel: u32,
    /// Calls fail once in so many; never for 0.
    pub faults: u64,
    /// Outcomes delivered at a time at most.
    pub batch: usize,
    /// Whether positions are judged (slow).
    pub judged: bool,
}

impl Manner {
    pub fn seeded(seed: u64) -> Self {
        Self { seed, fuel: 1_000, faults: 0, batch: 1, judged: true }
    }
}

/// What a part answers: a number that its arguments decide.
pub fn answer(arguments: &[Value]) -> i64 {
    let text = format!("{arguments:?}");
    let hash = blake3::hash(text.as_bytes());
    i64::from(hash.as_bytes()[0] % 16)
}

/// Whether a call fails: its arguments decide that, too.
pub fn fails(arguments: &[Value], faults: u64) -> bool {
    let hash = blake3::hash(format!("fail {arguments:?}").as_bytes());
    faults > 0 && u64::from(hash.as_bytes()[1]) % faults == 0
}

pub fn outcome(request: &Request, faults: u64) -> Outcome {
    let arguments: Vec<Value> = request.arguments.iter().map(|(_, value)| value.clone()).collect();
    if fails(&arguments, faults) {
        return Outcome::Failed(Failure::new(FailureKind::Unavailable, format!("no {:?}", arguments[0])));
    }
    Outcome::Done(Reply::value(Value::Int(answer(&arguments))))
}

pub struct Driver {
    pub engine: Engine,
    manner: Manner,
    chance: Chance,
    in_flight: Vec<CallId>,
    requests: HashMap<CallId, Option<Request>>,
    started: HashMap<CallId, Started>,
    all: Vec<Started>,
    ids: HashSet<CallId>,
    acts: Vec<i64>,
    events: u64,
    operations: usize,
}

pub fn perform(program: &Program, manner: Manner) -> Performed {
    let plan = Arc::new(plan(program));
    let arguments = program.movements[0].params.iter().map(|_| Value::Int(4)).collect();
    let engine = Engine::new(plan, MovementId(0), arguments, Given::default(), Arc::new(Cast));
    Driver::new(engine, manner).finish()
}

impl Driver {
    pub fn new(engine: Engine, manner: Manner) -> Self {
        Self {
            engine,
            manner,
            chance: Chance(manner.seed),
            in_flight: Vec::new(),
            requests: HashMap::new(),
            started: HashMap::new(),
            all: Vec::new(),
            ids: HashSet::new(),
            acts: Vec::new(),
            events: 0,
            operations: 0,
        }
    }

    fn event(&mut self, text: &str) {
        let hash = blake3::hash(text.as_bytes());
        let mut half = [0; 8];
        half.copy_from_slice(&hash.as_bytes()[..8]);
        self.events = self.events.rotate_left(5) ^ u64::from_le_bytes(half);
    }

    pub fn finish(mut self) -> Performed {
        loop {
            match self.engine.step(self.manner.fuel) {
                Step::More => {}
                Step::Done(value) => return self.end(Ok(value)),
                Step::Failed(report) => return self.end(Err(report)),
                Step::Idle => {
                    self.take();
                    assert!(!self.in_flight.is_empty(), "idle with nothing in flight");
                    for _ in 0..=self.chance.below(self.manner.batch) {
                        self.deliver();
                    }
                }
            }
        }
    }

    fn end(mut self, result: Result<Value, Box<Report>>) -> Performed {
        self.take();
        assert!(self.in_flight.is_empty(), "over with {} in flight", self.in_flight.len());
        assert_eq!(self.engine.state.frames.len(), 0, "frames are left");
        assert_eq!(self.engine.state.doings.len(), 0, "open nodes are left");
        let Self { acts, events, operations, .. } = self;
        Performed { result, acts, events, operations }
    }

    fn deliver(&mut self) {
        if self.in_flight.is_empty() {
            return;
        }
        let at = self.chance.below(self.in_flight.len());
        let id = self.in_flight.swap_remove(at);
        let outcome = match self.requests.remove(&id) {
            Some(Some(request)) => outcome(&request, self.manner.faults),
            _ => Outcome::Fired,
        };
        self.started.remove(&id);
        self.engine.deliver(id, outcome);
    }

    fn take(&mut self) {
        let operations = self.engine.take_operations();
        for note in self.engine.take_notes().0 {
            let text = match &note {
                Note::Caught { .. } => "caught".to_owned(),
                other => format!("{other:?}"),
            };
            self.event(&text);
        }
        let positions: Vec<Option<Started>> =
            operations.iter().map(|operation| self.position(operation)).collect();
        for (operation, started) in operations.into_iter().zip(positions) {
            self.event(&format!("{operation:?}"));
            match operation {
                Operation::Cancel(id) => {
                    self.in_flight.retain(|other| *other != id);
                    self.started.remove(&id);
                }
                Operation::Start { id, what } => {
                    self.operations += 1;
                    let request = self.engine.render(id);
                    assert_eq!(request.is_some(), what == What::Play);
                    if let (Some(started), true) = (started, self.manner.judged) {
                        self.judge(&started);
                        self.all.push(started.clone());
                        self.started.insert(id, started);
                    }
                    if let Some(request) = &request
                        && request.class == Class::Acts
                        && let Value::Int(tag) = &request.arguments[0].1
                    {
                        self.acts.push(*tag);
                    }
                    assert!(self.ids.insert(id), "an id came twice");
                    let fires = !matches!(what, What::Timer { millis: 60_000, .. });
                    self.requests.insert(id, request);
                    if fires {
                        self.in_flight.push(id);
                    }
                }
            }
        }
    }

    /// Where an operation is written, while its frames are there.
    fn position(&self, operation: &Operation) -> Option<Started> {
        let Operation::Start { id, .. } = operation else { return None };
        let state = &self.engine.state;
        let flight = state.flights.get(state.flights.find(*id)?)?;
        let (class, ordered) = match state.doing(flight.at) {
            Some(Doing::Call(calling)) => (calling.seat.class, calling.order == Order::Act),
            Some(Doing::Wait(_)) => (Class::Acts, true),
            _ => return None,
        };
        let mut at = Vec::new();
        let (mut handle, mut node) = flight.at;
        loop {
            let frame = state.frames.get(handle)?;
            let Some(parent) = frame.parent else {
                at.push(Place { node, inner: 0, form: Form::Plain });
                break;
            };
            let around = state.frames.get(parent.0)?;
            let round = u64::from(frame.round.unwrap_or(0));
            let (inner, form) = match &self.engine.fixed.node(around.body, parent.1).kind {
                Kind::Together(_) => (u64::from(frame.part), Form::Lanes),
                Kind::For(each) if each.lanes => (round, Form::Lanes),
                Kind::For(_) => (round, Form::For),
                Kind::Repeat(_) => (round + u64::from(frame.part) * 1_000, Form::Repeat),
                Kind::Movement { movement, .. }
                    if self.engine.fixed.plan.movements[movement.0 as usize].thinks =>
                {
                    (0, Form::Thinks)
                }
                _ => (u64::from(frame.part), Form::Plain),
            };
            at.push(Place { node, inner, form });
            (handle, node) = parent;
        }
        at.reverse();
        Some(Started { at, class, ordered })
    }

    /// What is started must not be above what was started before and had to wait for it, nor below what is in
    /// flight and must be over first.
    fn judge(&self, new: &Started) {
        for old in &self.all {
            assert!(!must_wait(new, old), "{new:?} is started after {old:?}, which is below it");
        }
        for old in self.started.values() {
            assert!(!must_wait(old, new), "{new:?} is started with {old:?} above it in flight");
        }
    }
}

/// Whether one operation must be over before the other starts.
fn must_wait(above: &Started, below: &Started) -> bool {
    let (a, b) = (&above.at, &below.at);
    let Some(at) = a.iter().zip(b).position(|(a, b)| a != b) else { return false };
    // Inside a thought only what is inside it counts.
    if b[at + 1..].iter().any(|place| place.form == Form::Thinks) {
        return false;
    }
    let inner_thought = a[at + 1..].iter().any(|place| place.form == Form::Thinks);
    let reads_act = below.class == Class::Reads && above.class == Class::Acts && !inner_thought;
    let (one, other) = (&a[at], &b[at]);
    if one.inner == other.inner {
        return one.node < other.node && (below.ordered || reads_act);
    }
    one.inner < other.inner
        && match one.form {
            Form::Lanes => false,
            Form::For => below.ordered,
            Form::Repeat | Form::Plain | Form::Thinks => below.ordered || reads_act,
        }
}
