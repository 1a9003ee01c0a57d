//! Limits in money: what calls may still cost, what they hold while they are under way, what they took.
//!
//! A call with a price of its own holds it against every limit around it before it starts; a metered one holds
//! nothing, and starts while less than the limit has been spent. One whose price is unknown never starts under
//! a limit: it could not hold.

use crate::instrument::{Failure, FailureKind, Price, Usage};
use crate::value::Money;

use super::doing::Doing;
use super::fixed::Fixed;
use super::frame::{DoingHandle, Place};
use super::state::State;

/// A limit in money.
#[derive(Debug, Clone, Copy)]
pub struct Purse {
    /// What may be spent, in billionths of a dollar.
    pub cap: i64,
    /// What was.
    pub spent: i64,
    /// What calls under way may still take.
    pub held: i64,
}

impl Purse {
    /// A limit of so much.
    pub const fn new(cap: Money) -> Self {
        Self { cap: cap.nanos, spent: 0, held: 0 }
    }

    /// Whether a call of this price may start.
    fn admits(&self, hold: i64) -> bool {
        let taken = self.spent.saturating_add(self.held);
        if hold > 0 { taken.saturating_add(hold) <= self.cap } else { taken < self.cap }
    }

    fn exceeded(&self, hold: i64) -> Failure {
        let shown = |nanos: i64| Money::from_nanos(nanos);
        let mut message =
            format!("the limit of {} is reached: {} was spent", shown(self.cap), shown(self.spent));
        if self.held > 0 {
            message = format!("{message}, {} is under way", shown(self.held));
        }
        if hold > 0 {
            message = format!("{message}, and the next call costs {}", shown(hold));
        }
        Failure::new(FailureKind::Budget, message)
    }
}

/// What a call of this price holds while it is under way.
const fn hold(price: Price) -> i64 {
    match price {
        Price::PerCall(price) => price.nanos,
        Price::Free | Price::Metered | Price::Unknown => 0,
    }
}

impl State {
    /// Lets a try of a call start if all limits around it let it, and holds what it may cost. Otherwise what
    /// would be crossed fails; says whether it may start.
    pub fn afford(&mut self, fixed: &Fixed, at: Place) -> bool {
        let Some(Doing::Call(calling)) = self.doing(at) else { return false };
        let (price, name) = (calling.price, calling.player.name.clone());
        if price == Price::Free {
            return true;
        }
        let hold = hold(price);
        if let Some(purse) = calling.purse
            && let Err(failure) = admit(&purse, price, hold, &name)
        {
            self.fail(fixed, at, failure);
            return false;
        }
        let around = self.limits_around(at);
        for limit in &around {
            let (around, purse) = match self.doings.get(*limit) {
                Some(Doing::Limit(limiting)) => (limiting.at, limiting.purse),
                Some(Doing::Call(calling)) => {
                    (calling.talk.as_ref().map_or(at, |talk| talk.at), calling.purse)
                }
                _ => continue,
            };
            let Some(purse) = purse else { continue };
            if let Err(failure) = admit(&purse, price, hold, &name) {
                // An unknown price is the call's own failure, a limit that is reached the limit's.
                let place = if price == Price::Unknown { at } else { around };
                self.fail(fixed, place, failure);
                return false;
            }
        }
        if hold > 0 {
            self.change(at, &around, |purse| purse.held = purse.held.saturating_add(hold));
        }
        true
    }

    /// Counts what a try of a call took, and lets go of what it held.
    pub fn spend(&mut self, at: Place, usage: Option<Usage>) {
        let Some(Doing::Call(calling)) = self.doing(at) else { return };
        let hold = hold(calling.price);
        let spend = usage.and_then(|usage| usage.spend).map_or(0, |spend| spend.nanos.max(0));
        if hold == 0 && spend == 0 {
            return;
        }
        let around = self.limits_around(at);
        self.change(at, &around, |purse| {
            purse.held = purse.held.saturating_sub(hold).max(0);
            purse.spent = purse.spent.saturating_add(spend);
        });
    }

    fn change(&mut self, at: Place, around: &[DoingHandle], change: impl Fn(&mut Purse)) {
        if let Some(Doing::Call(calling)) = self.doing_mut(at)
            && let Some(purse) = &mut calling.purse
        {
            change(purse);
        }
        for limit in around {
            let purse = match self.doings.get_mut(*limit) {
                Some(Doing::Limit(limiting)) => limiting.purse.as_mut(),
                Some(Doing::Call(calling)) => calling.purse.as_mut(),
                _ => None,
            };
            purse.into_iter().for_each(&change);
        }
    }

    /// The `limit`s around a place, innermost first; a call with tools is one around these.
    fn limits_around(&self, at: Place) -> Vec<DoingHandle> {
        let mut around = Vec::new();
        let mut next = self.frames.get(at.0).and_then(|frame| frame.limit);
        while let Some(doing) = next {
            next = match self.doings.get(doing) {
                Some(Doing::Limit(limiting)) => limiting.outer,
                Some(Doing::Call(calling)) => calling.talk.as_ref().and_then(|talk| talk.outer),
                _ => return around,
            };
            around.push(doing);
        }
        around
    }
}

fn admit(purse: &Purse, price: Price, hold: i64, name: &str) -> Result<(), Failure> {
    if price == Price::Unknown {
        let cap = Money::from_nanos(purse.cap);
        let message = format!("what `{name}` costs is not known, so the limit of {cap} can't hold");
        let help = "say it where it is declared: `price: $0.01` a call, or `price: {input: $1, output: $4}` per million tokens; `price: $0` if it is free";
        return Err(Failure::new(FailureKind::InvalidRequest, message).with_help(help));
    }
    if purse.admits(hold) { Ok(()) } else { Err(purse.exceeded(hold)) }
}
