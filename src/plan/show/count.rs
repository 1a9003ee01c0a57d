//! How many calls there are at most, and what makes it unknowable.

use std::collections::BTreeMap;

use serde::Serialize;

use super::cost::Takes;
use crate::value::Money;

/// A ceiling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Most {
    /// So many at most; `None` where nothing bounds it.
    pub calls: Option<u64>,
    /// What leaves it without a bound.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<String>,
}

impl Most {
    /// Exactly so many.
    #[must_use]
    pub const fn of(calls: u64) -> Self {
        Self { calls: Some(calls), because: Vec::new() }
    }

    /// As many as there happen to be.
    #[must_use]
    pub fn unbounded(because: String) -> Self {
        Self { calls: None, because: vec![because] }
    }

    fn both(&self, other: &Self, join: impl Fn(u64, u64) -> u64) -> Self {
        if self.calls == Some(0) && join(0, 7) == 0 || other.calls == Some(0) && join(7, 0) == 0 {
            return Self::of(0);
        }
        let calls = match (self.calls, other.calls) {
            (Some(one), Some(other)) => Some(join(one, other)),
            _ => None,
        };
        let mut because = self.because.clone();
        because.extend(other.because.iter().filter(|reason| !self.because.contains(reason)).cloned());
        Self { calls, because }
    }

    pub(super) fn plus(&self, other: &Self) -> Self {
        self.both(other, u64::saturating_add)
    }

    pub(super) fn times(&self, other: &Self) -> Self {
        self.both(other, u64::saturating_mul)
    }

    fn or(&self, other: &Self) -> Self {
        self.both(other, u64::max)
    }
}

/// What an instrument takes at most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ceiling {
    /// Calls.
    #[serde(flatten)]
    pub calls: Most,
    /// Tokens read; absent where nothing bounds them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens_in: Option<u64>,
    /// Tokens written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens_out: Option<u64>,
    /// What it costs; absent where nothing bounds it or nobody knows.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "dollars")]
    pub spend: Option<Money>,
    /// Why what it costs is not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
}

pub(super) fn dollars<S: serde::Serializer>(money: &Option<Money>, to: S) -> Result<S::Ok, S::Error> {
    match money {
        Some(money) => to.collect_str(money),
        None => to.serialize_none(),
    }
}

type Join = fn(u64, u64) -> u64;

fn money(amount: Option<Money>, other: Option<Money>, join: impl Fn(u64, u64) -> u64) -> Option<Money> {
    let nanos = |money: Money| u64::try_from(money.nanos).unwrap_or(0);
    let joined = join(nanos(amount?), nanos(other?));
    i64::try_from(joined).ok().map(Money::from_nanos)
}

fn count(one: Option<u64>, other: Option<u64>, join: Join) -> Option<u64> {
    Some(join(one?, other?))
}

fn times(amount: Option<u64>, rounds: Option<u64>) -> Option<u64> {
    match (amount, rounds) {
        (Some(0), _) | (_, Some(0)) => Some(0),
        (amount, rounds) => Some(amount?.saturating_mul(rounds?)),
    }
}

fn money_times(amount: Option<Money>, rounds: Option<u64>) -> Option<Money> {
    let nanos = amount.map(|money| u64::try_from(money.nanos).unwrap_or(0));
    i64::try_from(times(nanos, rounds)?).ok().map(Money::from_nanos)
}

impl Ceiling {
    fn of(calls: Most, takes: Takes) -> Self {
        let often = calls.calls;
        Self {
            tokens_in: times(takes.read, often),
            tokens_out: times(takes.written, often),
            spend: money_times(takes.spend, often),
            unknown: takes.because,
            calls,
        }
    }

    fn join(&mut self, other: Self, calls: impl Fn(&Most, &Most) -> Most, amounts: Join) {
        self.calls = calls(&self.calls, &other.calls);
        self.tokens_in = count(self.tokens_in, other.tokens_in, amounts);
        self.tokens_out = count(self.tokens_out, other.tokens_out, amounts);
        self.spend = money(self.spend, other.spend, amounts);
        let new: Vec<String> =
            other.unknown.into_iter().filter(|reason| !self.unknown.contains(reason)).collect();
        self.unknown.extend(new);
    }
}

/// Ceilings by instrument, in the order of their first call, and of all that is spent.
#[derive(Clone, Debug)]
pub(super) struct Counts {
    order: Vec<String>,
    most: BTreeMap<String, Ceiling>,
    /// What all of it costs; `None` where nothing bounds it or nobody knows.
    pub spend: Option<Money>,
}

impl Default for Counts {
    fn default() -> Self {
        Self { order: Vec::new(), most: BTreeMap::new(), spend: Some(Money::ZERO) }
    }
}

impl Counts {
    pub(super) fn call(player: String, most: Most, takes: Takes) -> Self {
        let ceiling = Ceiling::of(most, takes);
        let spend = ceiling.spend;
        Self { order: vec![player.clone()], most: BTreeMap::from([(player, ceiling)]), spend }
    }

    pub(super) fn entries(self) -> impl Iterator<Item = (String, Ceiling)> {
        let mut most = self.most;
        self.order.into_iter().filter_map(move |player| most.remove(&player).map(|most| (player, most)))
    }

    /// These and those.
    pub(super) fn add(&mut self, other: Self) {
        self.spend = money(self.spend, other.spend, u64::saturating_add);
        self.merge(other, Most::plus, u64::saturating_add);
    }

    /// These or those, whichever are more.
    pub(super) fn either(&mut self, other: Self) {
        self.spend = money(self.spend, other.spend, u64::max);
        self.merge(other, Most::or, u64::max);
    }

    /// So many times over.
    pub(super) fn multiply(&mut self, rounds: &Most) {
        let often = rounds.calls;
        self.spend = money_times(self.spend, often);
        for most in self.most.values_mut() {
            most.calls = most.calls.times(rounds);
            most.tokens_in = times(most.tokens_in, often);
            most.tokens_out = times(most.tokens_out, often);
            most.spend = money_times(most.spend, often);
        }
    }

    /// At most so much money, all together: no call starts that could take more.
    pub(super) fn cap(&mut self, cap: Money) {
        let within = |spend: Option<Money>| Some(spend.map_or(cap, |spend| spend.min(cap)));
        self.spend = within(self.spend);
        for most in self.most.values_mut() {
            most.spend = within(most.spend);
        }
    }

    fn merge(&mut self, other: Self, calls: fn(&Most, &Most) -> Most, amounts: Join) {
        for (player, more) in other.entries() {
            if let Some(known) = self.most.get_mut(&player) {
                known.join(more, calls, amounts);
            } else {
                self.order.push(player.clone());
                self.most.insert(player, more);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Counts, Most};
    use crate::plan::show::cost::Takes;
    use crate::value::Money;

    fn takes(nanos: i64) -> Takes {
        let spend = Some(Money::from_nanos(nanos));
        Takes { read: Some(1), written: Some(1), spend, because: Vec::new() }
    }

    #[test]
    fn ceilings_multiply_and_name_what_has_none() {
        let mut counts = Counts::call("writer".to_owned(), Most::of(3), takes(7));
        counts.multiply(&Most::of(10));
        counts.add(Counts::call("writer".to_owned(), Most::of(1), takes(5)));
        counts.either(Counts::call("writer".to_owned(), Most::of(20), takes(1)));
        let mut rest = Counts::call("reader".to_owned(), Most::of(0), takes(1));
        rest.add(Counts::call("me".to_owned(), Most::of(1), takes(1)));
        rest.multiply(&Most::unbounded("`files` has no size".to_owned()));
        counts.add(rest);
        assert_eq!(counts.spend, None);
        let mut capped = counts.clone();
        capped.cap(Money::from_nanos(9));
        assert_eq!(capped.spend, Some(Money::from_nanos(9)));
        let shown: Vec<_> =
            counts.entries().map(|(player, most)| (player, most.calls.calls, most.spend)).collect();
        let spend = |nanos| Some(Money::from_nanos(nanos));
        assert_eq!(
            shown,
            [
                ("writer".to_owned(), Some(31), spend(215)),
                ("reader".to_owned(), Some(0), spend(0)),
                ("me".to_owned(), None, None)
            ]
        );
    }
}
