//! Finding a call again in what was recorded. Each record stands for one call: the one at the same place that
//! asks the same; else one that asks the same elsewhere.

use std::collections::HashMap;

use super::spent::Aside;
use crate::base::Name;
use crate::instrument::{CallId, Class, InputHash, Request};
use crate::journal::{Past, Record, Spent};

/// A record that stands for a call.
#[derive(Clone, Copy)]
pub(super) struct Recalled {
    /// Which.
    pub(super) at: usize,
    /// Where its outcome stands among all, and the record that holds that.
    pub(super) number: u64,
    pub(super) holder: u64,
}

/// What was recorded, and what of it stands for a call already.
pub(super) struct Recall {
    pub(super) past: Past,
    claimed: Vec<bool>,
    /// Records with an outcome that stand for no call, by what they asked, in order; made where that is wanted.
    by_input: Option<HashMap<InputHash, Vec<usize>>>,
    /// Acts that may have been done, by part, and how many of them stand for no call yet.
    acts: HashMap<Name, (Vec<usize>, usize)>,
    /// Calls at this path and below it are made again.
    from: Option<String>,
}

impl Recall {
    pub(super) fn new(past: Past, from: Option<String>) -> Self {
        let mut acts: HashMap<Name, (Vec<usize>, usize)> = HashMap::new();
        for (at, record) in past.records.iter().enumerate() {
            if is_done(record) {
                let (all, open) = acts.entry(record.part.clone()).or_default();
                all.push(at);
                *open += 1;
            }
        }
        let claimed = vec![false; past.records.len()];
        Self { past, claimed, by_input: None, acts, from }
    }

    /// Lets a record stand for a call.
    pub(super) fn claim(&mut self, at: usize) {
        if std::mem::replace(&mut self.claimed[at], true) {
            return;
        }
        let record = &self.past.records[at];
        if is_done(record)
            && let Some((_, open)) = self.acts.get_mut(&record.part)
        {
            *open = open.saturating_sub(1);
        }
    }

    /// Whether calls at this path are to be made again.
    pub(super) fn is_forgotten(&self, path: &str) -> bool {
        self.from.as_ref().is_some_and(|from| is_below(path, from))
    }

    fn is_free(&self, at: usize) -> bool {
        !self.claimed[at]
    }

    /// The record of the same call that asked the same.
    pub(super) fn same(&self, request: &Request, input: InputHash) -> Option<usize> {
        let at = self.past.position(request.call)?;
        let record = &self.past.records[at];
        let fits = record.outcome.is_some() && record.input == input && self.is_free(at);
        (fits && !self.is_forgotten(&record.path)).then_some(at)
    }

    /// The record of this very attempt, which did not end.
    pub(super) fn cut_off(&self, request: &Request) -> Option<(CallId, usize)> {
        let at = self.past.position(request.call)?;
        let record = &self.past.records[at];
        (record.outcome.is_none() && record.input == request.input_hash()).then_some((request.call, at))
    }

    /// When a timer fired.
    pub(super) fn fired(&self, id: CallId, millis: i64) -> Option<u64> {
        let timer = self.past.timers.get(&id).filter(|timer| timer.millis == millis)?;
        timer.fired
    }

    fn free_by_input(&self) -> HashMap<InputHash, Vec<usize>> {
        let mut by_input: HashMap<InputHash, Vec<usize>> = HashMap::new();
        for (at, record) in self.past.records.iter().enumerate() {
            if record.outcome.is_some() && self.is_free(at) {
                by_input.entry(record.input).or_default().push(at);
            }
        }
        by_input
    }

    /// A record of another place that asked the same: of the same part and as near as can be, else of any.
    pub(super) fn moved(&mut self, request: &Request, input: InputHash) -> Option<usize> {
        if self.is_forgotten(&request.path) {
            return None;
        }
        if self.by_input.is_none() {
            self.by_input = Some(self.free_by_input());
        }
        let same = self.by_input.as_ref()?.get(&input)?;
        let free = same.iter().copied().filter(|at| {
            let record = &self.past.records[*at];
            self.is_free(*at) && record.outcome.is_some() && !self.is_forgotten(&record.path)
        });
        free.max_by_key(|at| {
            let record = &self.past.records[*at];
            let near = if record.part == request.part { 1 + shared(&record.path, &request.path) } else { 0 };
            (near, std::cmp::Reverse(record.outcome))
        })
    }

    /// An act that asked the same and may have been done.
    pub(super) fn in_doubt(&self, request: &Request, input: InputHash) -> Option<usize> {
        let fits = |at: usize| {
            let record = &self.past.records[at];
            record.is_in_doubt() && record.input == input && self.is_free(at)
        };
        if let Some(at) = self.past.position(request.call).filter(|at| fits(*at)) {
            return Some(at);
        }
        let (acts, open) = self.acts.get(&request.part)?;
        acts.iter().copied().filter(|_| *open > 0).find(|at| fits(*at))
    }

    /// What was spent on calls that stand for none.
    pub(super) fn aside(&self) -> Vec<Aside> {
        let nobody = |spent: Spent| Aside { spent, of: None };
        let mut aside: Vec<Aside> = self.past.gone.iter().cloned().map(nobody).collect();
        let free = self.past.records.iter().zip(&self.claimed).filter(|(_, claimed)| !**claimed);
        for (record, _) in free {
            let hold = record.maybe();
            let holder = record.outcome.map(|(_, holder)| holder);
            let seq = holder.or(record.spent).or(record.settled);
            if seq.is_some() || hold > 0 {
                let spent = Spent { intent: record.intent, seq, hold, limits: record.limits.clone() };
                let open = holder.is_some() && !self.is_forgotten(&record.path);
                aside.push(Aside { spent, of: open.then_some((record.id, record.input)) });
            }
        }
        aside
    }

    /// The records that stand for calls.
    pub(super) fn standing(&self) -> impl Iterator<Item = &Record> {
        let claimed = self.past.records.iter().zip(&self.claimed).filter(|(_, claimed)| **claimed);
        claimed.map(|(record, _)| record)
    }

    /// Acts of this part that may have been done and stand for no call.
    pub(super) fn strays(&self, part: &Name) -> Vec<usize> {
        match self.acts.get(part) {
            Some((acts, 1..)) => acts.iter().copied().filter(|at| self.is_free(*at)).collect(),
            _ => Vec::new(),
        }
    }
}

/// Whether a path is this one or goes on from there.
#[must_use]
pub fn is_below(path: &str, from: &str) -> bool {
    path.strip_prefix(from).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '[']))
}

/// Whether it is an act that was or may have been done.
fn is_done(record: &Record) -> bool {
    record.is_in_doubt() || record.class == Class::Acts && !record.person && record.outcome.is_some()
}

/// How many steps two paths have in common.
fn shared(one: &str, other: &str) -> usize {
    one.split('/').zip(other.split('/')).take_while(|(one, other)| one == other).count()
}
