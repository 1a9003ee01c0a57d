//! Writes what happens into the journal, and knows what stands there. Both conductors use it.
//!
//! A run goes on in two steps. First what is recorded is fed to the engine, lowest number first, and nothing is
//! started ([`Scribe::replay`]). What is then still wanted is held against the journal once more, call by call,
//! as it is about to start ([`Scribe::judge`]): it may have been recorded elsewhere, or be an act of which nobody
//! knows whether it was done.

mod decide;
mod intent;
mod recall;
mod replay;
mod spent;
#[cfg(test)]
mod tests;
mod within;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use crate::base::Name;
use crate::engine::{Clock, Engine, Report};
use crate::instrument::{CallId, Committed, Failure, FailureKind, Outcome, Price, Reply, Request, Usage};
use crate::journal::{
    Beginning, Entry, Intent, Journal, JournalError, Memory, Past, State, Stop, Times, Timing,
};
use crate::value::{Money, Value, decode};

pub use decide::{Changed, Decisions, Doubt, Doubtful, Verdict};
use recall::Recall;
pub use recall::is_below;
pub use replay::{Replayed, Told};
use spent::Trial;
pub use within::question_within;

/// Why a call is made again, or need not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// What was recorded of it stands.
    Same,
    /// What was recorded of the call at this path stands for it.
    Moved(Arc<str>),
    /// These pieces of what it asks have changed.
    Changed(Vec<String>),
    /// It was not there before.
    New,
    /// It failed the run.
    Failed,
    /// It is a question, and still open.
    Open,
    /// It was under way when the run stopped.
    CutOff,
    /// It waited for its turn when the run stopped.
    Unsent,
    /// It asked something that nobody was there to answer.
    Asking,
    /// It is to be made again, as was asked for.
    Again,
    /// It is an act that may have been done: somebody must decide.
    InDoubt,
    /// It is an act that would be done anew in another form: somebody must decide.
    Differs,
}

/// A call, and why it is made again or need not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// Its readable path.
    pub path: Arc<str>,
    /// The part or builtin.
    pub part: Name,
    /// Why.
    pub why: Why,
}

/// Writes a run down.
pub struct Scribe {
    journal: Box<dyn Journal>,
    recall: Option<Recall>,
    decisions: Decisions,
    entries: Vec<Entry>,
    /// Answers of people that were left for the run.
    answers: HashMap<CallId, Outcome>,
    /// What was said of calls, where that is wanted.
    explained: Vec<Explained>,
    explains: bool,
    reused: usize,
    /// Models whose prices are recorded.
    priced: HashSet<String>,
    /// What is noted while it is tried out how the run goes on.
    trial: Option<Trial>,
    /// Whether it was counted what was spent before.
    counted: bool,
}

impl Scribe {
    /// Writes a new run down.
    #[must_use]
    pub fn new(journal: Box<dyn Journal>) -> Self {
        Self {
            journal,
            recall: None,
            decisions: Decisions::default(),
            entries: Vec::new(),
            answers: HashMap::new(),
            explained: Vec::new(),
            explains: false,
            reused: 0,
            priced: HashSet::new(),
            trial: None,
            counted: false,
        }
    }

    /// The same as a run that is this.
    #[must_use]
    pub fn beginning(mut self, beginning: Beginning) -> Self {
        self.priced.extend(beginning.prices.iter().map(|(model, _)| model.clone()));
        self.entries.insert(0, Entry::Began(Box::new(beginning)));
        self
    }

    /// The same as a run that goes on from what is recorded of it.
    #[must_use]
    pub fn going_on(mut self, past: Past, decisions: Decisions) -> Self {
        let copied = |entry: &Entry| matches!(entry, Entry::Began(now) if now.run != past.latest.run);
        if !self.entries.first().is_some_and(copied) {
            self.priced.extend(past.prices().into_iter().map(|(model, _)| model));
        }
        self.answers.extend(decisions.declined.iter().map(|question| (*question, declined())));
        self.recall = (!past.is_empty()).then(|| Recall::new(past, decisions.from.clone()));
        self.decisions = decisions;
        self
    }

    /// The same, keeping why each call is made again or need not be.
    #[must_use]
    pub fn explaining(mut self) -> Self {
        self.explains = true;
        self
    }

    /// Whether the run goes on from what is recorded of it.
    #[must_use]
    pub const fn goes_on(&self) -> bool {
        self.recall.is_some()
    }

    /// Performing time before this start.
    #[must_use]
    pub fn performed(&self) -> Duration {
        self.recall.as_ref().map_or(Duration::ZERO, |recall| recall.past.performed)
    }

    /// How many calls need not be made again.
    #[must_use]
    pub const fn reused(&self) -> usize {
        self.reused
    }

    /// Why calls are made again or need not be.
    pub fn take_explained(&mut self) -> Vec<Explained> {
        std::mem::take(&mut self.explained)
    }

    fn explain(&mut self, request: &Request, why: impl FnOnce() -> Why) {
        if self.explains {
            let (path, part, why) = (request.path.clone(), request.part.clone(), why());
            self.explained.push(Explained { path, part, why });
        }
    }

    /// A call is about to be made.
    pub fn intend(&mut self, request: &Request, person: bool, repeatable: bool, engine: &Engine) {
        if !self.journal.lasts() {
            return;
        }
        let hold = engine.hold(request.call);
        let limits = if hold.is_some() { engine.limits(request.call) } else { Vec::new() };
        let intent = Intent { hold, limits, ..intent::intent(request, person, repeatable) };
        // An open question stands in the journal already.
        let known = person.then(|| self.recall.as_ref()).flatten().is_some_and(|recall| {
            recall.past.position(request.call).map(|at| &recall.past.records[at]).is_some_and(|record| {
                record.input == intent.input && record.outcome.is_none() && !record.failed
            })
        });
        if !known {
            self.entries.push(Entry::Intended(Box::new(intent)));
        }
    }

    /// A call waits for its turn, and was not sent.
    pub fn queued(&mut self, id: CallId) {
        self.entries.push(Entry::Queued { id });
    }

    /// A call that had waited for its turn is about to be sent.
    pub fn sent(&mut self, id: CallId) {
        self.entries.push(Entry::Sent { id });
    }

    /// A model is about to be called that costs this. It is asked only where it is recorded.
    pub fn price(&mut self, price: impl FnOnce() -> Option<(String, Price)>) {
        if self.journal.lasts()
            && let Some((model, price)) = price().filter(|(model, _)| !self.priced.contains(model))
        {
            self.priced.insert(model.clone());
            self.entries.push(Entry::Priced { model, price });
        }
    }

    /// A timer is about to be started at this instant (in milliseconds since 1970): how long it has still to go.
    pub fn time(&mut self, id: CallId, millis: i64, clock: Clock, within: bool, now: i64) -> i64 {
        if !self.journal.lasts() {
            return millis;
        }
        let before = self.recall.as_ref().and_then(|recall| recall.past.timers.get(&id).copied());
        let before = before.filter(|timer| timer.fired.is_none());
        let lasted = |timer: &crate::journal::Started| {
            let lasted = self.performed().saturating_sub(timer.performed);
            i64::try_from(lasted.as_millis()).unwrap_or(i64::MAX)
        };
        let (timing, left) = match (clock, within) {
            (Clock::Performing, true) => (Timing::Call, millis),
            (Clock::Performing, false) => {
                (Timing::Performing, millis.saturating_sub(before.as_ref().map_or(0, lasted)))
            }
            (Clock::Wall, within) => {
                let until = match before.map(|timer| (timer.timing, timer.millis)) {
                    Some((Timing::Wall(until) | Timing::Deadline(until), length)) => {
                        until.saturating_add(millis.saturating_sub(length))
                    }
                    _ => now.saturating_add(millis),
                };
                let timing = if within { Timing::Deadline(until) } else { Timing::Wall(until) };
                // A clock that was put back makes nobody wait longer than the whole.
                (timing, until.saturating_sub(now).min(millis))
            }
        };
        let known = before.is_some_and(|timer| timer.millis == millis && timer.timing == timing);
        if !known || timing == Timing::Call {
            self.entries.push(Entry::Timed { id, millis, timing });
        }
        left.max(0)
    }

    /// When a timer fires that nobody has to wait for, in milliseconds since 1970; `None` where it is no such one.
    #[must_use]
    pub fn deadline(&self, id: CallId) -> Option<i64> {
        match self.recall.as_ref()?.past.timers.get(&id)?.timing {
            Timing::Deadline(until) => Some(until),
            _ => None,
        }
    }

    /// Something has ended.
    pub fn end(&mut self, id: CallId, outcome: &Outcome) {
        self.ended(id, outcome, Times::default());
    }

    /// A call has ended that was on its way at these times.
    pub fn ended(&mut self, id: CallId, outcome: &Outcome, times: Times) {
        self.entries.push(Entry::Ended { id, outcome: outcome.clone(), times });
    }

    /// The run is over, and this is its result.
    pub fn done(&mut self, value: &Value) {
        let over = self.recall.as_ref().is_some_and(|recall| recall.past.state == State::Done);
        let nothing_new = self.entries.iter().all(|entry| matches!(entry, Entry::Began(_)));
        if over && nothing_new {
            // It was over before: nothing was done that would have to be recorded.
            self.entries.clear();
            return;
        }
        self.entries.push(Entry::Done(value.clone()));
    }

    /// The run waits for answers or decisions.
    pub fn waits(&mut self) {
        self.entries.push(Entry::Stopped(Stop::Waiting));
    }

    /// The run was cut off.
    pub fn cut_off(&mut self) {
        self.entries.push(Entry::Stopped(Stop::Interrupted));
    }

    /// The run has failed, by the outcome of this operation if by any.
    pub fn failed(&mut self, report: &Report, cause: Option<CallId>) {
        let failure = &report.failure;
        if failure.kind == FailureKind::Cancelled && cause.is_none() {
            return self.cut_off();
        }
        self.entries.push(Entry::Stopped(Stop::Failed {
            kind: failure.kind,
            message: failure.message.clone(),
            path: report.path.clone(),
            again: cause,
            committed: failure.committed,
        }));
    }

    /// Makes durable what has happened. Only then may leave the process what it causes.
    ///
    /// # Errors
    /// If it can't be.
    pub fn commit(&mut self, performed: Duration) -> Result<(), JournalError> {
        if self.entries.is_empty() {
            return Ok(());
        }
        self.journal.append(&self.entries, performed)?;
        self.entries.clear();
        Ok(())
    }

    /// The same on another thread. Where this is dropped before it has ended, nothing more can be recorded.
    ///
    /// # Errors
    /// If it can't be.
    pub async fn commit_elsewhere(&mut self, performed: Duration) -> Result<(), JournalError> {
        if self.entries.is_empty() {
            return Ok(());
        }
        let mut journal = std::mem::replace(&mut self.journal, Box::new(Memory::default()));
        let entries = std::mem::take(&mut self.entries);
        let appending = tokio::task::spawn_blocking(move || {
            let appended = journal.append(&entries, performed);
            (journal, appended)
        });
        let (journal, appended) = appending.await.map_err(JournalError::not_written)?;
        self.journal = journal;
        appended
    }

    /// Whether what is recorded outlasts the process, so that others may leave answers.
    #[must_use]
    pub fn lasts(&self) -> bool {
        self.journal.lasts()
    }

    /// Looks for answers that people have left.
    ///
    /// # Errors
    /// If that can't be done.
    pub fn look_for_answers(&mut self) -> Result<bool, JournalError> {
        let left = self.journal.answers()?;
        let any = !left.is_empty();
        for (id, text) in left {
            let value = serde_json::from_str(&text).ok().and_then(|json| decode(&json).ok());
            let value = value.ok_or_else(|| JournalError::NotRead {
                path: String::from("the inbox of the run"),
                reason: format!("`{text}` is no value"),
            })?;
            self.answers.insert(id, Outcome::Done(Reply::value(value)));
        }
        Ok(any)
    }

    /// The answer that was left to this question, if one was.
    pub fn answer(&mut self, question: CallId) -> Option<Outcome> {
        self.answers.remove(&question)
    }
}

/// What comes of a question that somebody declines to answer.
fn declined() -> Outcome {
    Outcome::Failed(
        Failure::new(FailureKind::Declined, "the question was declined").with_took(Usage::NOTHING),
    )
}

/// What an outcome says that was taken.
fn taken(outcome: &Outcome) -> Usage {
    match outcome {
        Outcome::Done(Reply { usage, .. }) | Outcome::Settled(usage) => *usage,
        Outcome::Failed(failure) => failure.usage().unwrap_or_default(),
        Outcome::Fired | Outcome::Unpaid => Usage::default(),
    }
}

/// What an outcome says that was spent; `None`: nobody knows.
fn cost(outcome: &Outcome) -> Option<Money> {
    match outcome {
        Outcome::Done(Reply { usage, .. }) | Outcome::Settled(usage) => usage.spend,
        Outcome::Failed(failure) if failure.may_be_billed() => None,
        Outcome::Failed(Failure { took, .. }) => {
            Some(took.as_ref().and_then(|took| took.spend).unwrap_or(Money::ZERO))
        }
        Outcome::Fired | Outcome::Unpaid => Some(Money::ZERO),
    }
}

/// Whether an outcome says that nothing was done.
fn did_nothing(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Failed(failure) if failure.committed == Committed::No)
}
