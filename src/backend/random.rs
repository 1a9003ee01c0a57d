//! Chance, for `shuffle`: read by an operation of its own, so that it is recorded.

use std::hash::{BuildHasher, RandomState};

use crate::instrument::{Abilities, Backend, Class, Opening, PlayFuture, Profile, Reply, Request, Stage};
use crate::types::Signature;
use crate::value::{Instrument, Value};

use super::settings::constructor;

/// The backend.
pub(super) struct Random;

impl Backend for Random {
    fn name(&self) -> &'static str {
        "random"
    }

    fn doc(&self) -> &'static str {
        "Chance: `shuffle` gives a list in another order; any other part gives a random int."
    }

    fn signature(&self) -> Signature {
        constructor(&[], &[])
    }

    fn abilities(&self, _instrument: &Instrument) -> Abilities {
        Abilities::default()
    }

    fn profile(&self, _instrument: &Instrument, _opening: Opening<'_>) -> Profile {
        Class::Reads.profile()
    }

    fn play<'a>(&'a self, request: Request, _stage: &'a Stage) -> PlayFuture<'a> {
        // The standard library's hasher is seeded from the system's randomness.
        let seed = RandomState::new().hash_one(&*request.path);
        Box::pin(std::future::ready(Ok(by_seed(&request, seed))))
    }
}

/// What this seed gives: the same each time.
pub fn by_seed(request: &Request, seed: u64) -> Reply {
    Reply::value(match request.arguments.first() {
        Some((_, Value::List(values))) => Value::list(shuffled(values, seed)),
        _ => Value::Int(seed.cast_signed()),
    })
}

/// The values in an order that the seed alone decides (Fisher-Yates over SplitMix64).
fn shuffled(values: &[Value], mut seed: u64) -> Vec<Value> {
    let mut next = || {
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = seed;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    let mut values = values.to_vec();
    for last in (1..values.len()).rev() {
        let other = usize::try_from(next() % (last as u64 + 1)).unwrap_or(0);
        values.swap(last, other);
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shuffle_keeps_what_there_is_and_the_seed_decides() {
        let values: Vec<Value> = (0..50).map(Value::Int).collect();
        let one = shuffled(&values, 7);
        assert_eq!(one, shuffled(&values, 7));
        assert_ne!(one, values);
        assert_ne!(one, shuffled(&values, 8));
        let mut sorted: Vec<i64> = one
            .iter()
            .filter_map(|value| if let Value::Int(int) = value { Some(*int) } else { None })
            .collect();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..50).collect::<Vec<_>>());
    }
}
