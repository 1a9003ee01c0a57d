//! What stands in a journal, as far as going on with the run needs it. Values stay where they are.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;

use super::coded::{kind, read_committed, read_input, read_intent, read_price, read_timer, unhex};
use super::sqlite::Event;
use super::{Beginning, Timing};
use crate::base::Name;
use crate::instrument::{CallId, Class, Committed, InputHash, Price};
use crate::value::Money;

/// How far a run is.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum State {
    /// It is being performed, or whoever performed it died.
    #[default]
    Underway,
    /// It needs answers of people, or a decision.
    Waiting,
    /// It was interrupted.
    Interrupted,
    /// It failed: in words, and where.
    Failed(String, String),
    /// It is over.
    Done,
}

/// A call that was intended, and how it ended if it did.
#[derive(Clone, Debug)]
pub struct Record {
    /// Which.
    pub id: CallId,
    /// Its readable path.
    pub path: Arc<str>,
    /// The part or builtin.
    pub part: Name,
    /// What decides its answer.
    pub input: InputHash,
    /// What it does to the world.
    pub class: Class,
    /// Whether a person was asked.
    pub person: bool,
    /// The record of its intent.
    pub intent: u64,
    /// When that was recorded, in milliseconds since 1970.
    pub at: i64,
    /// Where it stands among the outcomes, and the record that holds its own.
    pub outcome: Option<(u64, u64)>,
    /// Whether it is known that it did nothing, though it has no outcome.
    pub undone: bool,
    /// Whether its outcome failed the run, and is forgotten.
    pub failed: bool,
    /// Whether it waits for its turn, and was not sent.
    pub unsent: bool,
    /// Whether it was given up until a question of its own has an answer.
    pub withdrawn: bool,
    /// What it may have cost though nobody told: what its last intent held.
    pub hold: Option<Money>,
    /// The limits in money that it was made in.
    pub limits: Arc<[CallId]>,
    /// The record that says what it took though it was cancelled.
    pub settled: Option<u64>,
    /// The record of the outcome that failed the run: what it took was spent.
    pub spent: Option<u64>,
}

impl Record {
    /// Whether it may have changed the world, and nobody knows.
    #[must_use]
    pub fn is_in_doubt(&self) -> bool {
        self.class == Class::Acts && !self.person && self.outcome.is_none() && !self.undone
    }

    /// What it may have cost though nobody told, in billionths.
    #[must_use]
    pub fn maybe(&self) -> i64 {
        self.hold.filter(|_| !self.unsent).map_or(0, nanos)
    }
}

/// What was spent on a call that stands for none.
#[derive(Clone, Debug)]
pub struct Spent {
    /// The record of its intent.
    pub intent: u64,
    /// The record that says how much; `None` where nobody has told.
    pub seq: Option<u64>,
    /// What it held, in billionths: so much may have been, where nobody has told.
    pub hold: i64,
    /// The limits in money that it was made in.
    pub limits: Arc<[CallId]>,
}

/// A timer that was started.
#[derive(Clone, Copy, Debug)]
pub struct Started {
    /// How long, in milliseconds.
    pub millis: i64,
    /// By which clock.
    pub timing: Timing,
    /// The performing time at its start.
    pub performed: Duration,
    /// The record that says that it fired.
    pub fired: Option<u64>,
}

/// What stands in a journal.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// What the run was when it began.
    pub first: Beginning,
    /// What it was when it last went on.
    pub latest: Beginning,
    /// When it began, in milliseconds since 1970.
    pub began: i64,
    /// When something was last recorded.
    pub touched: i64,
    /// How far it is.
    pub state: State,
    /// Performing time so far.
    pub performed: Duration,
    /// Its calls in the order of their intents.
    pub records: Vec<Record>,
    /// Its timers.
    pub timers: HashMap<CallId, Started>,
    by_id: HashMap<CallId, usize>,
    /// Records of outcomes in order, with the call that has each.
    outcomes: Vec<(u64, usize)>,
    /// What models cost that were called first since.
    priced: Vec<(String, Price)>,
    /// What was spent on attempts that others were made after.
    pub gone: Vec<Spent>,
    names: HashSet<Arc<str>>,
    /// Limits that calls were made in.
    limits: HashSet<Arc<[CallId]>>,
}

impl Past {
    /// Whether nothing was recorded.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.began == 0
    }

    /// Where the call with this id stands among the records.
    #[must_use]
    pub fn position(&self, id: CallId) -> Option<usize> {
        self.by_id.get(&id).copied()
    }

    /// What models cost in this run.
    #[must_use]
    pub fn prices(&self) -> Vec<(String, Price)> {
        self.latest.prices.iter().chain(&self.priced).cloned().collect()
    }

    /// Deadlines of questions that have passed and were acted upon, the last one first.
    #[must_use]
    pub fn passed(&self) -> Vec<CallId> {
        let deadline = |timer: &Started| matches!(timer.timing, Timing::Deadline(_)).then_some(timer.fired);
        let mut passed: Vec<(u64, CallId)> =
            self.timers.iter().filter_map(|(id, timer)| Some((deadline(timer)??, *id))).collect();
        passed.sort_unstable_by(|one, other| other.cmp(one));
        passed.into_iter().map(|(_, id)| id).collect()
    }

    /// Has a deadline not have passed, as in a copy in which an answer after it counts; `None` where there is no such one.
    pub fn unfire(&mut self, id: CallId) -> Option<()> {
        self.timers.get_mut(&id)?.fired = None;
        Some(())
    }

    /// Whether any call was made in a limit in money, that of the run aside.
    #[must_use]
    pub fn has_limits(&self) -> bool {
        self.limits.iter().any(|limits| !limits.is_empty())
    }

    /// Takes one more record; `None` where it is none that could have been written.
    pub(super) fn note(&mut self, event: &Event, body: Option<&str>) -> Option<()> {
        self.touched = event.at;
        self.performed = Duration::from_millis(u64::try_from(event.performed).ok()?);
        let json = || serde_json::from_str::<Json>(body?).ok();
        match &*event.kind {
            kind::BEGAN => {
                let latest: Beginning = serde_json::from_str(body?).ok()?;
                if latest.run != self.latest.run {
                    // A copy takes the prices that hold when it begins.
                    self.priced.clear();
                    self.began = event.at;
                }
                self.latest = latest;
                if self.first == Beginning::default() {
                    self.first = self.latest.clone();
                }
                self.state = State::Underway;
            }
            kind::INTENDED | kind::ASKED => self.intended(event, &json()?)?,
            kind::PRICED => self.priced.push(read_price(&json()?)?),
            kind::TIMED => {
                let (millis, timing) = read_timer(&json()?)?;
                let started = Started { millis, timing, performed: self.performed, fired: None };
                self.timers.insert(event.call?, started);
            }
            kind::FIRED => {
                // A race that a timer has lost leaves no timer behind.
                if let Some(started) = self.timers.get_mut(&event.call?) {
                    started.fired = Some(event.seq);
                }
            }
            kind::LATE => {
                self.unfire(event.call?)?;
                self.state = State::Underway;
            }
            kind::DONE | kind::FAILED => {
                let at = *self.by_id.get(&event.call?)?;
                self.records[at].outcome = Some((event.seq, event.seq));
                self.outcomes.push((event.seq, at));
            }
            kind::SETTLED => {
                let at = *self.by_id.get(&event.call?)?;
                self.records[at].settled = Some(event.seq);
            }
            kind::REUSED => self.reused(event, &json()?)?,
            kind::ASIDE => self.set_aside(&json()?)?,
            kind::QUEUED | kind::SENT => {
                let at = *self.by_id.get(&event.call?)?;
                let record = &mut self.records[at];
                record.unsent = event.kind == kind::QUEUED;
                record.undone = record.unsent;
            }
            kind::WITHDRAWN => {
                let at = *self.by_id.get(&event.call?)?;
                let record = &mut self.records[at];
                (record.undone, record.withdrawn, record.hold) = (true, true, None);
            }
            kind::WAITING => self.state = State::Waiting,
            kind::INTERRUPTED => self.state = State::Interrupted,
            kind::RUN_FAILED => self.failed(event, &json()?)?,
            kind::RUN_DONE => self.state = State::Done,
            _ => return None,
        }
        Some(())
    }

    fn intended(&mut self, event: &Event, body: &Json) -> Option<()> {
        let id = event.call?;
        let intent = read_intent(id, event.path.as_deref()?, event.kind == kind::ASKED, body)?;
        let part = self.named(&intent.part);
        let limits = self.limited(intent.limits);
        let record = Record {
            id,
            path: intent.path,
            part,
            input: intent.input,
            class: intent.class,
            person: intent.person,
            intent: event.seq,
            at: event.at,
            outcome: None,
            undone: false,
            failed: false,
            unsent: false,
            withdrawn: false,
            hold: intent.hold,
            limits,
            settled: None,
            spent: None,
        };
        if let Some(at) = self.by_id.get(&id) {
            // It is made again: what it cost before was spent all the same.
            let before = &mut self.records[*at];
            let known = before.outcome.take().map(|(_, holder)| holder);
            let known = known.or(before.spent.take()).or(before.settled.take());
            let held = before.maybe();
            before.hold = None;
            if known.is_some() || held > 0 {
                let (intent, limits) = (before.intent, before.limits.clone());
                self.gone.push(Spent { intent, seq: known, hold: held, limits });
            }
            before.undone = true;
        }
        self.push(record);
        Some(())
    }

    /// One more record, which is what is known of its call from now on.
    fn push(&mut self, record: Record) -> usize {
        let at = self.records.len();
        self.by_id.insert(record.id, at);
        self.records.push(record);
        at
    }

    /// The same name once, however many calls have it.
    fn named(&mut self, name: &Arc<str>) -> Name {
        if let Some(known) = self.names.get(name) {
            return Arc::clone(known);
        }
        self.names.insert(Arc::clone(name));
        Arc::clone(name)
    }

    /// The same limits once, however many calls were made in them.
    fn limited(&mut self, limits: Vec<CallId>) -> Arc<[CallId]> {
        if let Some(known) = self.limits.get(&*limits) {
            return Arc::clone(known);
        }
        let limits: Arc<[CallId]> = limits.into();
        self.limits.insert(Arc::clone(&limits));
        limits
    }

    /// A call took over the outcome of another one, which has none any more.
    fn reused(&mut self, event: &Event, body: &Json) -> Option<()> {
        let seq = body["seq"].as_u64()?;
        let found = self.outcomes.binary_search_by_key(&seq, |(seq, _)| *seq).ok()?;
        let from = self.outcomes[found].1;
        let (_, holder) = self.records[from].outcome.take()?;
        self.records[from].undone = true;
        let id = event.call?;
        let record = Record {
            id,
            path: Arc::from(event.path.as_deref()?),
            input: read_input(body)?,
            outcome: Some((event.seq, holder)),
            undone: false,
            hold: None,
            settled: None,
            spent: None,
            ..self.records[from].clone()
        };
        let at = self.push(record);
        self.outcomes.push((event.seq, at));
        Some(())
    }

    /// It was decided about an act that stood for no call: it is done with.
    fn set_aside(&mut self, body: &Json) -> Option<()> {
        let intent = body["seq"].as_u64()?;
        let known = |record: &&mut Record| record.intent == intent && !record.undone;
        let record = self.records.iter_mut().find(known)?;
        let hold = record.maybe();
        record.hold = None;
        let limits = record.limits.clone();
        self.gone.extend(record.outcome.take().map(|(_, seq)| Spent {
            intent,
            seq: Some(seq),
            hold,
            limits,
        }));
        record.undone = true;
        Some(())
    }

    fn failed(&mut self, event: &Event, body: &Json) -> Option<()> {
        let message = body["message"].as_str()?.to_owned();
        self.state = State::Failed(message, event.path.clone().unwrap_or_default());
        let Some(again) = body["again"].as_str() else { return Some(()) };
        let id = unhex(again)?;
        if let Some(at) = self.by_id.get(&id) {
            let record = &mut self.records[*at];
            record.spent = record.outcome.take().map(|(_, holder)| holder);
            record.failed = true;
            record.undone = read_committed(body)? == Committed::No;
        } else if let Some(timer) = self.timers.get_mut(&id) {
            timer.fired = None;
        }
        Some(())
    }
}

const fn nanos(money: Money) -> i64 {
    money.nanos
}
