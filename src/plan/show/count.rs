//! How many calls there are at most, and what makes it unknowable.

use std::collections::BTreeMap;

use serde::Serialize;

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

/// Ceilings by instrument, in the order of their first call.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    order: Vec<String>,
    most: BTreeMap<String, Most>,
}

impl Counts {
    pub(super) fn call(player: String, most: Most) -> Self {
        Self { order: vec![player.clone()], most: BTreeMap::from([(player, most)]) }
    }

    pub(super) fn entries(self) -> impl Iterator<Item = (String, Most)> {
        let mut most = self.most;
        self.order.into_iter().filter_map(move |player| most.remove(&player).map(|most| (player, most)))
    }

    /// These and those.
    pub(super) fn add(&mut self, other: Self) {
        self.merge(other, Most::plus);
    }

    /// These or those, whichever are more.
    pub(super) fn either(&mut self, other: Self) {
        self.merge(other, Most::or);
    }

    /// So many times over.
    pub(super) fn multiply(&mut self, rounds: &Most) {
        for most in self.most.values_mut() {
            *most = most.times(rounds);
        }
    }

    fn merge(&mut self, other: Self, join: impl Fn(&Most, &Most) -> Most) {
        for (player, more) in other.entries() {
            let joined = if let Some(known) = self.most.get(&player) {
                join(known, &more)
            } else {
                self.order.push(player.clone());
                more
            };
            self.most.insert(player, joined);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Counts, Most};

    #[test]
    fn ceilings_multiply_and_name_what_has_none() {
        let mut counts = Counts::call("writer".to_owned(), Most::of(3));
        counts.multiply(&Most::of(10));
        counts.add(Counts::call("writer".to_owned(), Most::of(1)));
        counts.either(Counts::call("writer".to_owned(), Most::of(20)));
        let mut rest = Counts::call("reader".to_owned(), Most::of(0));
        rest.add(Counts::call("me".to_owned(), Most::of(1)));
        rest.multiply(&Most::unbounded("`files` has no size".to_owned()));
        counts.add(rest);
        let shown: Vec<_> = counts.entries().map(|(player, most)| (player, most.calls)).collect();
        assert_eq!(
            shown,
            [("writer".to_owned(), Some(31)), ("reader".to_owned(), Some(0)), ("me".to_owned(), None)]
        );
    }
}
