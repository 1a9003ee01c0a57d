//! What was spent before a run goes on: a trial says which of the recorded calls stand for none any more.

use std::collections::HashMap;
use std::sync::Arc;

use super::recall::{Recall, Recalled};
use super::{Scribe, cost, taken};
use crate::engine::{Attempt, Before, Engine, Receipt, Taken};
use crate::instrument::{CallId, InputHash, Outcome, Usage};
use crate::journal::{Entry, Intent, JournalError, Spent};
use crate::value::Money;

/// What is noted of a trial.
#[derive(Default)]
pub(super) struct Trial {
    /// What the outcomes that were fed say of their cost, by their records; `None`: nobody knows.
    costs: HashMap<u64, Option<i64>>,
    /// Limits that stand elsewhere now, by where they stood.
    moved: HashMap<CallId, CallId>,
}

impl Trial {
    /// An outcome was fed.
    pub(super) fn fed(&mut self, seq: u64, outcome: &Outcome) {
        self.costs.insert(seq, cost(outcome).map(|spend| spend.nanos));
    }

    /// A record stands for a call that is in these limits now: as many as there were are the same.
    pub(super) fn stands(&mut self, before: &[CallId], now: Vec<CallId>) {
        if before.len() == now.len() {
            let pairs = before.iter().copied().zip(now).filter(|(one, other)| one != other);
            self.moved.extend(pairs);
        }
    }

    fn now(&self, limits: &Arc<[CallId]>) -> Arc<[CallId]> {
        if self.moved.is_empty() || limits.is_empty() {
            return Arc::clone(limits);
        }
        limits.iter().map(|limit| self.moved.get(limit).copied().unwrap_or(*limit)).collect()
    }
}

/// What was spent on a call that stands for none, as far as is known before it is looked up.
pub(super) struct Aside {
    pub(super) spent: Spent,
    /// Whose record it is, where it may stand for that call yet.
    pub(super) of: Option<(CallId, InputHash)>,
}

impl Scribe {
    /// What was spent before, and what may have been, in which limits, and on what. `engine` is one to try it out with.
    ///
    /// # Errors
    /// If what is recorded can't be read.
    pub fn spent_before(&mut self, mut engine: Engine) -> Result<Before, JournalError> {
        let Some(past) = self.recall.as_ref().map(|recall| recall.past.clone()) else {
            return Ok(Before::default());
        };
        let recall = self.recall.replace(Recall::new(past, self.decisions.from.clone()));
        let kept = (self.entries.len(), self.explained.len(), self.reused);
        self.trial = Some(Trial::default());
        let replayed = self.replay(&mut engine, &mut |_| {});
        let trial = self.trial.take().unwrap_or_default();
        let tried = std::mem::replace(&mut self.recall, recall);
        let moved = self.entries.drain(kept.0..).filter_map(|entry| match entry {
            Entry::Reused { id, seq, .. } => Some((seq, id)),
            _ => None,
        });
        let moved: HashMap<u64, CallId> = moved.collect();
        self.explained.truncate(kept.1);
        self.reused = kept.2;
        replayed?;
        self.counted = true;
        let Some(tried) = tried else { return Ok(Before::default()) };
        let mut before = Before::default();
        self.count_aside(&tried, &trial, &mut before)?;
        for record in tried.standing() {
            let (id, seq) = match record.outcome {
                Some((number, holder)) => (moved.get(&number).copied().unwrap_or(record.id), Some(holder)),
                None => (record.id, record.settled),
            };
            let hold = record.maybe();
            let took = match seq.and_then(|seq| trial.costs.get(&seq).copied().flatten()) {
                Some(spent) => Taken { spent, maybe: 0 },
                None => Taken { spent: 0, maybe: hold },
            };
            let limits = trial.now(&record.limits);
            before.add(took, &limits);
            before.receipts.insert(id, Receipt { input: record.input, took, limits });
        }
        Ok(before)
    }

    /// Counts what was spent on calls that stand for none.
    fn count_aside(
        &mut self,
        tried: &Recall,
        trial: &Trial,
        before: &mut Before,
    ) -> Result<(), JournalError> {
        for Aside { spent, of } in tried.aside() {
            let outcome = spent.seq.map(|seq| self.journal.outcome(seq)).transpose()?;
            let known = outcome.as_ref().and_then(cost).map(|spend| spend.nanos);
            let took = match known {
                Some(spent) => Taken { spent, maybe: 0 },
                None => Taken { spent: 0, maybe: spent.hold },
            };
            let limits = trial.now(&spent.limits);
            before.add(took, &limits);
            if let Some((id, input)) = of {
                before.receipts.insert(id, Receipt { input, took, limits });
                continue;
            }
            before.attempts.extend(self.attempt(&spent, outcome.as_ref())?);
        }
        Ok(())
    }

    /// What was spent that is on no bill yet: on calls that stand for none, but for what was put there beforehand.
    ///
    /// # Errors
    /// If what is recorded can't be read.
    pub fn spent_aside(&mut self) -> Result<Vec<Attempt>, JournalError> {
        let mut aside = self.recall.as_ref().map(Recall::aside).unwrap_or_default();
        aside.retain(|aside| !self.counted || aside.of.is_some());
        let mut attempts = Vec::new();
        for Aside { spent, .. } in aside {
            let outcome = spent.seq.map(|seq| self.journal.outcome(seq)).transpose()?;
            attempts.extend(self.attempt(&spent, outcome.as_ref())?);
        }
        Ok(attempts)
    }

    /// The attempt that this was spent on; `None` where it was nothing.
    fn attempt(&mut self, spent: &Spent, outcome: Option<&Outcome>) -> Result<Option<Attempt>, JournalError> {
        let known = outcome.and_then(cost);
        let most = if known.is_some() { Money::ZERO } else { Money::from_nanos(spent.hold) };
        let took = Usage { spend: known, ..outcome.map(taken).unwrap_or_default() };
        if most == Money::ZERO && (took == Usage::default() || took == Usage::NOTHING) {
            return Ok(None);
        }
        let Intent { id, part, instrument, class, .. } = self.journal.intent(spent.intent)?;
        Ok(Some(Attempt { id, part, instrument, class, took, most }))
    }

    /// Whether anything was spent in limits, that of the run aside.
    #[must_use]
    pub fn has_limits(&self) -> bool {
        self.recall.as_ref().is_some_and(|recall| recall.past.has_limits())
    }

    /// The outcome that was recorded under this number, to be fed.
    pub(super) fn fed(&mut self, seq: u64) -> Result<Outcome, JournalError> {
        let outcome = self.journal.outcome(seq)?;
        if let Some(trial) = &mut self.trial {
            trial.fed(seq, &outcome);
        }
        Ok(outcome)
    }

    /// A record stands for this call.
    pub(super) fn stands(&mut self, engine: &Engine, call: CallId, recalled: Recalled) {
        if let (Some(trial), Some(recall)) = (&mut self.trial, &self.recall) {
            let before = &recall.past.records[recalled.at].limits;
            if !before.is_empty() {
                trial.stands(before, engine.limits(call));
            }
        }
    }
}
