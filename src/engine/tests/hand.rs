//! Performs by hand: what is in flight is looked at and answered one by one.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::lower::{Cast, plan};
use super::program::{Block, Movement, Player, Program, Stmt, Var};
use crate::engine::evaluate::Given;
use crate::engine::{Engine, Note, Operation, Report, Step, What};
use crate::instrument::{CallId, Failure, FailureKind, Outcome, Reply, Request};
use crate::plan::{MovementId, Plan};
use crate::value::Value;

pub struct Hand {
    pub engine: Engine,
    /// Calls by their tag, timers by `30000 Wall`.
    pub open: BTreeMap<String, CallId>,
    pub requests: BTreeMap<String, Request>,
    pub cancelled: Vec<String>,
    pub notes: Vec<Note>,
    pub end: Option<Result<Value, Box<Report>>>,
}

/// `let out = player(tag, args…)`
pub fn call(player: Player, tag: i64, args: &[Var], out: Var) -> Stmt {
    Stmt::Call { player, tag, args: args.to_vec(), out }
}

/// A program of one movement, whose result is this name.
pub fn program(stmts: Vec<Stmt>, result: Var) -> Program {
    Program { movements: vec![movement(&[], stmts, result)] }
}

pub fn movement(params: &[Var], stmts: Vec<Stmt>, result: Var) -> Movement {
    Movement { params: params.to_vec(), body: block(stmts, result), thinks: false }
}

pub fn block(stmts: Vec<Stmt>, result: Var) -> Block {
    Block { stmts, result: Some(result) }
}

impl Hand {
    pub fn of(program: &Program) -> Self {
        Self::with(plan(program), Given::default())
    }

    pub fn with(plan: Plan, given: Given) -> Self {
        let arguments = plan.movements[0].params.iter().map(|_| Value::Int(4)).collect();
        let engine = Engine::new(Arc::new(plan), MovementId(0), arguments, given, Arc::new(Cast));
        let mut hand = Self {
            engine,
            open: BTreeMap::new(),
            requests: BTreeMap::new(),
            cancelled: Vec::new(),
            notes: Vec::new(),
            end: None,
        };
        hand.go();
        hand
    }

    /// Steps until nothing is left to do.
    pub fn go(&mut self) {
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
                Operation::Start { id, what: What::Timer { millis, clock, .. } } => {
                    self.open.insert(format!("{millis} {clock:?}"), id);
                }
                Operation::Start { id, what: What::Play } => {
                    let request = self.engine.render(id).expect("it is in flight");
                    let tag = match &request.arguments[0].1 {
                        Value::Int(tag) => tag.to_string(),
                        other => format!("{other:?}"),
                    };
                    self.open.insert(tag.clone(), id);
                    self.requests.insert(tag, request);
                }
                Operation::Cancel(id) => {
                    let name = self.open.iter().find(|(_, open)| **open == id).map(|(name, _)| name.clone());
                    let name = name.expect("only what was started is cancelled");
                    self.open.remove(&name);
                    self.cancelled.push(name);
                }
            }
        }
        self.notes.extend(self.engine.take_notes().0);
    }

    /// What is in flight.
    pub fn open(&self) -> Vec<&str> {
        self.open.keys().map(String::as_str).collect()
    }

    pub fn deliver(&mut self, name: &str, outcome: Outcome) {
        let id = self.open.remove(name).unwrap_or_else(|| panic!("{name} is not in flight: {:?}", self.open));
        self.engine.deliver(id, outcome);
        self.go();
    }

    pub fn answer(&mut self, name: &str, value: i64) {
        self.deliver(name, Outcome::Done(Reply::value(Value::Int(value))));
    }

    pub fn say(&mut self, name: &str, text: &str) {
        self.deliver(name, Outcome::Done(Reply::text(text)));
    }

    pub fn fire(&mut self, name: &str) {
        self.deliver(name, Outcome::Fired);
    }

    pub fn fail(&mut self, name: &str, kind: FailureKind) {
        self.deliver(name, Outcome::Failed(Failure::new(kind, "it did not work")));
    }

    pub fn value(&self) -> &Value {
        match &self.end {
            Some(Ok(value)) => value,
            other => panic!("not done: {other:?}, in flight {:?}", self.open),
        }
    }

    pub fn report(&self) -> &Report {
        match &self.end {
            Some(Err(report)) => report,
            other => panic!("not failed: {other:?}, in flight {:?}", self.open),
        }
    }
}
