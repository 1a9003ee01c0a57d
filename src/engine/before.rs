//! What was spent before a run went on.
//!
//! A limit is never forgotten: each begins with all that is recorded as spent inside of it, whatever becomes of the
//! calls that it was spent on. What is recorded of a call is paid: it needs no room in any limit, and what the limits
//! around it were charged with is what it holds.

use std::collections::HashMap;
use std::sync::Arc;

use crate::base::{Name, Span};
use crate::instrument::{CallId, Class, InputHash, Usage};
use crate::value::Money;

use super::doing::{Doing, Flight, Role};
use super::fixed::Fixed;
use super::frame::Place;
use super::money::{Hold, Till};
use super::report::Note;
use super::state::State;

/// So much was taken, in billionths of a dollar.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// What was spent.
    pub spent: i64,
    /// What may have been, though nobody told so.
    pub maybe: i64,
}

impl Taken {
    /// Both together.
    #[must_use]
    pub const fn sum(self) -> i64 {
        self.spent.saturating_add(self.maybe)
    }

    /// Adds what else was taken.
    pub const fn add(&mut self, other: Self) {
        self.spent = self.spent.saturating_add(other.spent);
        self.maybe = self.maybe.saturating_add(other.maybe);
    }
}

/// What a call took of which it is recorded how it ended, or that it was cancelled.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// What it asked.
    pub input: InputHash,
    /// What it took.
    pub took: Taken,
    /// The limits that it was made in.
    pub limits: Arc<[CallId]>,
}

/// An attempt at a call that stands for none any more.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The call.
    pub id: CallId,
    /// The part or builtin.
    pub part: Name,
    /// Who played it.
    pub instrument: Name,
    /// What it did to the world.
    pub class: Class,
    /// What it took, as far as that is known.
    pub took: Usage,
    /// What it may have cost, where that is not.
    pub most: Money,
}

impl Attempt {
    /// Notes what puts it on the bill.
    pub fn bill(self, note: &mut dyn FnMut(Note)) {
        let Self { part, instrument, class, took, most, .. } = self;
        // It is told apart from the one that is made instead.
        let id = CallId(!self.id.0);
        let started = Note::Started { id, part, instrument, class, attempt: 0, span: Span::default() };
        note(started.clone());
        note(Note::Settled { id, usage: took });
        if most > Money::ZERO {
            note(started);
            note(Note::MayCost { id, most: Some(most) });
        }
    }
}

/// What was spent before a run went on.
#[derive(Debug, Clone, Default)]
pub struct Before {
    /// In all.
    pub all: Taken,
    /// By limit.
    pub limits: HashMap<CallId, Taken>,
    /// On calls that are still wanted, or may be, by their ids.
    pub receipts: HashMap<CallId, Receipt>,
    /// What it was spent on, as far as others were made instead or are to be.
    pub attempts: Vec<Attempt>,
}

impl Before {
    /// Counts what was taken in these limits.
    pub fn add(&mut self, took: Taken, limits: &[CallId]) {
        self.all.add(took);
        for limit in limits {
            self.limits.entry(*limit).or_default().add(took);
        }
    }
}

impl State {
    /// What a call is to hold that is paid.
    pub fn paid_hold(&mut self, fixed: &Fixed, at: Place) -> Option<Box<Hold>> {
        let Some(Doing::Call(calling)) = self.doing(at) else { return None };
        let id = calling.operation();
        let known = self.receipts.get(&id)?.input;
        let request = self.request(fixed, &Flight::of(id, at, Role::Play))?;
        if request.input_hash() != known {
            return None;
        }
        let Receipt { took, limits, .. } = self.receipts.remove(&id)?;
        let amount = took.sum();
        let tills = self.tills(at);
        for till in &tills {
            let Some(purse) = self.purse_mut(*till) else { continue };
            if *till == Till::Run || limits.contains(&purse.id) {
                purse.spent -= took.spent;
                purse.maybe -= took.maybe;
            }
            purse.held = purse.held.saturating_add(amount);
        }
        Some(Box::new(Hold { amount, longest: None, tills, paid: Some(took) }))
    }
}
