//! The budget of a session: what all its entries together may cost.

use super::{Bill, Session};
use crate::value::Money;

/// A session's budget, and what is left of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purse {
    /// What may be spent.
    pub cap: Money,
    /// What was, or may have been.
    pub spent: Money,
}

impl Purse {
    /// What may still be spent.
    #[must_use]
    pub fn left(self) -> Money {
        self.cap.checked_sub(self.spent).unwrap_or(Money::ZERO).max(Money::ZERO)
    }
}

impl Session {
    /// Sets what all entries from now on may cost; `None`: as much as it takes.
    pub fn set_budget(&mut self, cap: Option<Money>) {
        self.purse = cap.map(|cap| Purse { cap, spent: Money::ZERO });
    }

    /// What entries may cost.
    #[must_use]
    pub const fn purse(&self) -> Option<Purse> {
        self.purse
    }

    /// Counts what an entry took.
    pub fn spend(&mut self, bill: &Bill) {
        let taken = bill.total.spend.checked_add(bill.total.maybe).unwrap_or(bill.total.spend);
        if let Some(purse) = &mut self.purse {
            purse.spent = purse.spent.checked_add(taken).unwrap_or(purse.spent);
        }
    }
}
