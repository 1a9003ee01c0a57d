//! Calls that wait for money, and the end of a run that has no more.

use std::collections::VecDeque;

use crate::instrument::{CallId, Failure, Most};

use super::doing::{Doing, Role};
use super::evaluate::Failed;
use super::fixed::Fixed;
use super::frame::{DoingHandle, Place};
use super::money::{Afford, Till};
use super::state::{Failing, State};

/// A call that waits.
#[derive(Debug, Clone, Copy)]
pub struct Waiting {
    /// Its place in the order of readiness.
    pub ticket: u64,
    /// The call: it may be over before its turn comes.
    pub doing: DoingHandle,
    /// Its node.
    pub at: Place,
    /// The operation that waits: of one of several who play at the same time.
    pub id: CallId,
    /// The most that it may cost.
    pub most: Most,
}

/// Who waits for a limit, in the order of readiness.
#[derive(Debug, Default)]
pub struct Queue(VecDeque<Waiting>);

impl Queue {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether somebody waits who was ready before this one.
    pub fn is_before(&self, ticket: u64) -> bool {
        self.0.front().is_some_and(|first| first.ticket < ticket)
    }

    pub fn add(&mut self, waiting: Waiting) {
        let at = self.0.partition_point(|other| other.ticket < waiting.ticket);
        self.0.insert(at, waiting);
    }
}

impl State {
    /// Something in a limit is not held any more: whoever is first in its queue goes as far as it lets them.
    pub fn admit_first(&mut self, fixed: &Fixed, till: Till) {
        loop {
            if self.broke.is_some() {
                return;
            }
            let Some(purse) = self.purse_mut(till) else { return };
            let Some(first) = purse.queue.0.front().copied() else { return };
            let (fits, held) = (purse.fits(first.most.spend.nanos), purse.held);
            let there = matches!(self.doings.get(first.doing), Some(Doing::Call(_)));
            if there && !fits && held > 0 {
                return;
            }
            if let Some(purse) = self.purse_mut(till) {
                purse.queue.0.pop_front();
            }
            if !there {
                continue;
            }
            if !fits {
                self.cross(fixed, till, &first);
                continue;
            }
            if let Some(Doing::Call(calling)) = self.doing_mut(first.at) {
                calling.turn_to_id(first.id);
            }
            let tills = self.tills(first.at);
            if let Afford::Goes(hold) = self.admit(fixed, first, tills) {
                self.launch_held(fixed, first.at, hold);
            }
        }
    }

    /// The run has no more money: nothing more starts, what is in flight ends, then the run does.
    pub fn go_broke(&mut self, fixed: &Fixed, at: Place, failure: Failure) {
        if self.broke.is_some() || self.failing.is_some() {
            return;
        }
        let Some(frame) = self.frames.get(at.0) else { return };
        let span = fixed.node(frame.body, at.1).span;
        self.broke = Some(Box::new(self.report(fixed, at, Failed { failure, span })));
        // A question can be asked again when there is money again.
        let asked = |at: Place| match self.doing(at) {
            Some(Doing::Call(calling)) => calling.seat.person,
            _ => false,
        };
        let questions: Vec<_> = self
            .flights
            .iter()
            .filter(|(_, flight)| flight.role == Role::Play && flight.orphan.is_none() && asked(flight.at))
            .map(|(handle, _)| handle)
            .collect();
        for question in questions {
            self.cancel_flight(question);
        }
    }

    /// Ends a run that has no more money, once nothing is in flight.
    pub fn end_broke(&mut self, fixed: &Fixed) {
        let Some(report) = self.broke.take() else { return };
        let orphans = self.kill(fixed, self.root, None);
        self.work.clear();
        self.loops.clear();
        self.starved.clear();
        self.failing = Some(Failing { report, orphans: orphans.into(), cause: None });
    }
}
