//! Calls whose fate is not clear: acts that may have been done, and acts that would be done in another form.

use std::sync::Arc;

use super::intent::shown;
use super::recall::Recall;
use super::{Scribe, Why, did_nothing};
use crate::base::Name;
use crate::engine::Engine;
use crate::instrument::{CallId, Class, Committed, Failure, FailureKind, Outcome, Reply, Request};
use crate::journal::{Entry, JournalError, Record};
use crate::types::Type;
use crate::value::Value;

/// What is to be done with an act that may have been done.
#[derive(Clone, Debug, PartialEq)]
pub enum Doubt {
    /// It is done, perhaps for the second time.
    Retry,
    /// It counts as done and gives nothing.
    Skip,
    /// It counts as failed.
    Fail,
    /// It counts as done and gives this.
    Gave(Value),
}

/// What is to be done with an act that was done in another form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It is done in its new form, too.
    Again,
    /// What came of the old form stands for it.
    Keep,
    /// It counts as failed.
    Fail,
}

/// What was decided before the run goes on. A path holds for one call, none for all.
#[derive(Clone, Debug, Default)]
pub struct Decisions {
    /// About acts that may have been done.
    pub in_doubt: Vec<(Option<String>, Doubt)>,
    /// About acts that were done in another form.
    pub changed: Vec<(Option<String>, Changed)>,
    /// Calls at this path and below it are made again.
    pub from: Option<String>,
    /// Questions that somebody declines to answer.
    pub declined: Vec<CallId>,
}

impl Decisions {
    fn of<'a, C>(all: &'a [(Option<String>, C)], path: &str) -> Option<&'a C> {
        let own = all.iter().find(|(at, _)| at.as_deref() == Some(path));
        own.or_else(|| all.iter().find(|(at, _)| at.is_none())).map(|(_, choice)| choice)
    }
}

/// An act that somebody must decide about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubtful {
    /// Its readable path.
    pub path: Arc<str>,
    /// The part or builtin.
    pub part: Name,
    /// Who plays it.
    pub instrument: Name,
    /// What it says now.
    pub now: String,
    /// Where it was done in another form, and what it said; `None`: it is the same, and may have been done.
    pub before: Option<(Arc<str>, String)>,
    /// When it was begun, in milliseconds since 1970.
    pub at: i64,
    /// Whether it may be skipped: its type has room for `nothing`.
    pub may_skip: bool,
    /// Whether it was to be skipped all the same.
    pub was_skipped: bool,
}

/// What is to be done with a call that is about to start.
#[derive(Debug)]
pub enum Verdict {
    /// It is made.
    Go,
    /// It need not be: this is how it ended, or is to count as having ended.
    Known(Outcome),
    /// Somebody must decide.
    Doubtful(Box<Doubtful>),
}

impl Scribe {
    /// Holds a call that is about to start against what is recorded.
    ///
    /// # Errors
    /// If what is recorded can't be read.
    pub fn judge(
        &mut self,
        request: &mut Request,
        person: bool,
        repeatable: bool,
        engine: &Engine,
    ) -> Result<Verdict, JournalError> {
        if self.recall.is_none() {
            return Ok(Verdict::Go);
        }
        let known = self.recalled(request).or_else(|| self.recalled_elsewhere(request));
        if let Some(known) = known {
            return self.journal.outcome(known.holder).map(Verdict::Known);
        }
        if engine.is_paid(request.call) {
            return Ok(Verdict::Known(Outcome::Unpaid));
        }
        if request.class == Class::Acts && !person {
            let input = request.input_hash();
            if let Some(at) = self.recall.as_ref().and_then(|recall| recall.in_doubt(request, input)) {
                return self.in_doubt(request, at, repeatable);
            }
            if let Some(at) = self.differing(request, engine)? {
                return self.changed(request, at);
            }
        }
        let why = if self.explains { Some(self.why_again(request)?) } else { None };
        self.explain(request, || why.unwrap_or(Why::New));
        Ok(Verdict::Go)
    }

    /// Whether the outcome of this call failed the run, and is forgotten.
    #[must_use]
    pub fn failed_before(&self, request: &Request) -> bool {
        let record = |recall: &Recall| Some(recall.past.records[recall.past.position(request.call)?].failed);
        self.recall.as_ref().and_then(record).unwrap_or(false)
    }

    fn in_doubt(
        &mut self,
        request: &mut Request,
        at: usize,
        repeatable: bool,
    ) -> Result<Verdict, JournalError> {
        let Some(recall) = &mut self.recall else { return Ok(Verdict::Go) };
        let record = recall.past.records[at].clone();
        let decided = Decisions::of(&self.decisions.in_doubt, &request.path).cloned();
        if repeatable || decided == Some(Doubt::Retry) {
            recall.claim(at);
            if record.id == request.call {
                // The world knows it by the key that it was sent with.
                let key = self.journal.intent(record.intent)?.key;
                if !key.is_empty() {
                    request.idempotency_key = key;
                }
            }
            self.explain(request, || Why::CutOff);
            return Ok(Verdict::Go);
        }
        let outcome = match decided {
            Some(Doubt::Skip) if may_be_nothing(&request.answer) => {
                Outcome::Done(Reply::value(Value::Nothing))
            }
            Some(Doubt::Gave(value)) => Outcome::Done(Reply::value(value)),
            Some(Doubt::Fail) => Outcome::Failed(failed(request, "nobody knows whether it was done")),
            _ => {
                self.explain(request, || Why::InDoubt);
                let was_skipped = decided == Some(Doubt::Skip);
                let doubtful = Doubtful { was_skipped, ..doubtful(request, None, record.at) };
                return Ok(Verdict::Doubtful(Box::new(doubtful)));
            }
        };
        recall.claim(at);
        self.settle(request, outcome)
    }

    /// Records how a call ends that is not made.
    fn settle(&mut self, request: &Request, outcome: Outcome) -> Result<Verdict, JournalError> {
        let intent = super::intent::intent(request, false, false);
        self.entries.push(Entry::Intended(Box::new(intent)));
        self.end(request.call, &outcome);
        Ok(Verdict::Known(outcome))
    }

    /// An act of the same part that was done and stands for no call: not even for one that only waits for its
    /// turn.
    fn differing(&mut self, request: &Request, engine: &Engine) -> Result<Option<usize>, JournalError> {
        let Some(recall) = &mut self.recall else { return Ok(None) };
        let strays = recall.strays(&request.part);
        if strays.is_empty() {
            return Ok(None);
        }
        let mut meant = Vec::new();
        for held in engine.held() {
            if held.part == request.part {
                let input = held.input_hash();
                let own = recall.same(&held, input).or_else(|| {
                    let records = &recall.past.records;
                    strays.iter().copied().find(|at| records[*at].input == input && !meant.contains(at))
                });
                meant.extend(own);
            }
        }
        for at in strays.into_iter().filter(|at| !meant.contains(at)) {
            let record = &recall.past.records[at];
            // One in doubt is decided about for itself, as long as the same is wanted in its place.
            if record.is_in_doubt()
                && engine.render(record.id).is_some_and(|wanted| wanted.input_hash() == record.input)
            {
                continue;
            }
            match record.outcome {
                Some((_, holder)) if did_nothing(&self.journal.outcome(holder)?) => recall.claim(at),
                _ => return Ok(Some(at)),
            }
        }
        Ok(None)
    }

    fn changed(&mut self, request: &Request, at: usize) -> Result<Verdict, JournalError> {
        let Some(recall) = &mut self.recall else { return Ok(Verdict::Go) };
        let record = recall.past.records[at].clone();
        match (Decisions::of(&self.decisions.changed, &request.path), record.outcome) {
            (Some(Changed::Again), _) => {
                recall.claim(at);
                self.entries.push(Entry::Aside { seq: record.intent });
                let why = self.why_again(request)?;
                self.explain(request, || why);
                Ok(Verdict::Go)
            }
            (Some(Changed::Keep), Some((seq, holder))) => {
                recall.claim(at);
                let (id, path, input) = (request.call, request.path.clone(), request.input_hash());
                self.entries.push(Entry::Reused { id, path, input, seq });
                self.explain(request, || Why::Moved(record.path));
                self.journal.outcome(holder).map(Verdict::Known)
            }
            (Some(Changed::Fail), _) => {
                recall.claim(at);
                self.entries.push(Entry::Aside { seq: record.intent });
                self.settle(request, Outcome::Failed(failed(request, "it was done in another form before")))
            }
            _ => {
                let before = self.journal.intent(record.intent)?.shown;
                self.explain(request, || Why::Differs);
                Ok(Verdict::Doubtful(Box::new(doubtful(request, Some((record.path, before)), record.at))))
            }
        }
    }

    /// Why a call is made though something was recorded.
    fn why_again(&mut self, request: &Request) -> Result<Why, JournalError> {
        let Some(recall) = &self.recall else { return Ok(Why::New) };
        let Some(at) = recall.past.position(request.call) else { return Ok(Why::New) };
        if recall.is_forgotten(&request.path) {
            return Ok(Why::Again);
        }
        let record = recall.past.records[at].clone();
        if record.person && record.outcome.is_none() && record.input == request.input_hash() {
            return Ok(Why::Open);
        }
        if record.failed {
            return Ok(Why::Failed);
        }
        if record.input == request.input_hash() {
            return Ok(match record {
                Record { withdrawn: true, .. } => Why::Asking,
                Record { unsent: true, .. } => Why::Unsent,
                _ => Why::CutOff,
            });
        }
        let old = self.journal.intent(record.intent)?.pieces;
        let new = super::intent::intent(request, false, false).pieces;
        let gone = old.iter().filter(|(name, _)| !new.iter().any(|(other, _)| other == name));
        let changed = new.iter().filter(|piece| !old.contains(piece)).chain(gone);
        Ok(Why::Changed(changed.map(|(name, _)| name.clone()).collect()))
    }
}

fn doubtful(request: &Request, before: Option<(Arc<str>, String)>, at: i64) -> Doubtful {
    Doubtful {
        path: request.path.clone(),
        part: request.part.clone(),
        instrument: request.instrument.name.clone(),
        now: shown(request),
        before,
        at,
        may_skip: may_be_nothing(&request.answer),
        was_skipped: false,
    }
}

/// Whether a type admits `nothing`.
fn may_be_nothing(ty: &Type) -> bool {
    matches!(ty.shape(), Type::Nothing | Type::Optional(_))
}

fn failed(request: &Request, why: &str) -> Failure {
    let message = format!("`{}` counts as failed, as was decided: {why}", request.part);
    Failure::new(FailureKind::InDoubt, message).with_committed(Committed::Unknown)
}
