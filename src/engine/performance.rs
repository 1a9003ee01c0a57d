//! The engine as its conductor sees it.

use std::sync::Arc;

use crate::instrument::{CallId, Failure, FailureKind, Outcome, Request, Usage};
use crate::plan::{MovementId, Plan};
use crate::value::{Money, Value};

use super::before::{Before, Taken};
use super::evaluate::Given;
use super::fixed::{Fixed, Profiles};
use super::memory::Memories;
use super::money::{Purse, Till};
use super::operation::{Operation, Step};
use super::report::Note;
use super::state::State;

/// A performance of a plan.
///
/// Drive it so: [`Self::step`] until it says [`Step::Idle`]; start what [`Self::take_operations`] gives;
/// [`Self::deliver`] each outcome, in the order in which it is recorded; step again. The same outcomes in
/// the same order give the same operations, whatever the fuel and however many are delivered at a time.
pub struct Engine {
    pub(super) fixed: Fixed,
    pub(super) state: State,
}

/// How a budget stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// What may be spent.
    pub cap: Money,
    /// What was.
    pub spent: Money,
    /// What calls under way may still take.
    pub held: Money,
    /// What may have been spent though nobody told so.
    pub maybe: Money,
}

impl Engine {
    /// A performance of one movement of a plan, with one argument per parameter.
    #[must_use]
    pub fn new(
        plan: Arc<Plan>,
        entry: MovementId,
        arguments: Vec<Value>,
        given: Given,
        profiles: Arc<dyn Profiles>,
    ) -> Self {
        let fixed = Fixed::new(plan, given, profiles);
        let state = State::new(&fixed, entry, arguments);
        Self { fixed, state }
    }

    /// The same as part of this run, whose name goes into the idempotency keys of its calls.
    #[must_use]
    pub fn in_run(mut self, run: impl Into<Arc<str>>) -> Self {
        self.fixed.run = run.into();
        self
    }

    /// The same with a budget: what all its calls may cost.
    #[must_use]
    pub fn within_budget(mut self, cap: Money) -> Self {
        self.state.budget = Some(Box::new(Purse::new(CallId(0), cap, Taken::default())));
        self
    }

    /// The same going on, with what was spent before.
    #[must_use]
    pub fn having_spent(mut self, before: Before) -> Self {
        if let Some(purse) = &mut self.state.budget {
            (purse.spent, purse.maybe) = (before.all.spent, before.all.maybe);
        }
        self.state.receipts = before.receipts;
        self.fixed.taken_before = before.limits;
        self
    }

    /// The same with what instruments remember from before.
    #[must_use]
    pub fn remembering(mut self, memories: Memories) -> Self {
        self.state.memories = memories;
        self
    }

    /// What instruments remember by now.
    #[must_use]
    pub const fn memories(&self) -> &Memories {
        &self.state.memories
    }

    /// The same without notes: nobody will take them.
    #[must_use]
    pub fn unwatched(mut self) -> Self {
        self.state.notes.unwatched = true;
        self
    }

    /// Goes on, by at most so many small steps.
    pub fn step(&mut self, fuel: u32) -> Step {
        self.state.step(&self.fixed, fuel)
    }

    /// What is to be started and stopped since this was last asked, in order.
    pub fn take_operations(&mut self) -> Vec<Operation> {
        self.state.take_operations()
    }

    /// What a call in flight asks, rendered now; `None` if it is not in flight (any more).
    pub fn render(&self, id: CallId) -> Option<Request> {
        self.state.render(&self.fixed, id)
    }

    /// The readable path of an operation in flight: `report/draft`, `campaign/for[2]/caption`.
    pub fn path(&self, id: CallId) -> Option<Arc<str>> {
        self.state.path_of(&self.fixed, id)
    }

    /// Takes how an operation ended. Of one that is unknown or cancelled only what it took counts.
    pub fn deliver(&mut self, id: CallId, outcome: Outcome) {
        self.state.inbox.push_back((id, outcome));
    }

    /// Interrupts the performance: thinking, reading and questions are cancelled, acts in flight end, nothing
    /// more starts, and it fails as cancelled.
    pub fn interrupt(&mut self, message: &str) {
        self.state.interrupt(&self.fixed, Failure::new(FailureKind::Cancelled, message));
    }

    /// What may be shown of the performance since this was last asked, oldest first, and how many older notes
    /// were lost because nobody asked.
    pub fn take_notes(&mut self) -> (Vec<Note>, u64) {
        self.state.notes.take()
    }

    /// What all calls have taken so far, cancelled ones included where it is known.
    pub fn usage(&self) -> Usage {
        self.state.usage
    }

    /// What a call in flight holds of the limits in money around it: what it may cost at most. A journal keeps it
    /// with the intent: should the process end before the call does, so much may have been spent ([`Before`]).
    pub fn hold(&self, id: CallId) -> Option<Money> {
        let flight = self.state.flights.get(self.state.flights.find(id)?)?;
        flight.hold.as_ref().map(|hold| Money::from_nanos(hold.amount))
    }

    /// Whether a call in flight holds what is recorded of it. Where the record turns out to stand for another call, it
    /// is told so ([`Outcome::Unpaid`]).
    pub fn is_paid(&self, id: CallId) -> bool {
        let flight = self.state.flights.find(id).and_then(|handle| self.state.flights.get(handle));
        flight.and_then(|flight| flight.hold.as_ref()).is_some_and(|hold| hold.paid.is_some())
    }

    /// The limits in money around a call in flight, its own included, that of the run not: each is known by where it
    /// stands.
    pub fn limits(&self, id: CallId) -> Vec<CallId> {
        let at = self.state.flights.find(id).and_then(|handle| self.state.flights.get(handle));
        let tills = at.map_or_else(Vec::new, |flight| self.state.tills(flight.at));
        let ids = tills.into_iter().filter(|till| *till != Till::Run);
        ids.filter_map(|till| self.state.purse(till).map(|purse| purse.id)).collect()
    }

    /// Whether the plan has limits in money.
    pub fn has_limits(&self) -> bool {
        self.fixed.plan.has_limits_in_money()
    }

    /// Whether what a cancelled call took is still of interest ([`Outcome::Settled`]): it was held, and counts as
    /// possibly spent.
    pub fn owes(&self, id: CallId) -> bool {
        self.state.ghosts.contains_key(&id)
    }

    /// How the run's budget stands; `None` without one.
    pub fn budget(&self) -> Option<Budget> {
        let purse = self.state.budget.as_ref()?;
        let of = Money::from_nanos;
        Some(Budget {
            cap: of(purse.cap),
            spent: of(purse.spent),
            held: of(purse.held),
            maybe: of(purse.maybe),
        })
    }

    /// The operation whose outcome failed the performance, if one did: made again, it might end otherwise.
    pub fn failed_by(&self) -> Option<CallId> {
        self.state.failing.as_ref().and_then(|failing| failing.cause)
    }

    /// What the calls ask that have all their values and are held by the order of things.
    pub fn held(&self) -> Vec<Request> {
        self.state.held(&self.fixed)
    }

    /// How many operations are in flight.
    pub fn in_flight(&self) -> usize {
        self.state.flights.len()
    }
}
