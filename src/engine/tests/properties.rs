//! Properties over random programs and random completion orders.

use super::driver::{Manner, perform};
use super::generate::{Kinds, program};
use super::reference::mean;

const ALL: Kinds = Kinds { lanes: true, otherwise: true, failing: true, returns: true, thinks: true };
const SURE: Kinds = Kinds { lanes: true, otherwise: true, failing: false, returns: true, thinks: true };
const ORDERED: Kinds = Kinds { lanes: false, otherwise: false, failing: true, returns: true, thinks: false };

fn seeds() -> std::ops::Range<u64> {
    let count = std::env::var("SCORE_SEEDS").ok().and_then(|count| count.parse().ok()).unwrap_or(250);
    0..count
}

#[test]
fn a_performance_means_what_its_program_means_in_written_order() {
    for seed in seeds() {
        let program = program(seed, 14, SURE);
        let meant = mean(&program, 0);
        assert!(!meant.fails);
        for order in 0..3 {
            let performed = perform(&program, Manner::seeded(seed * 31 + order));
            assert_eq!(
                performed.result.as_ref().ok(),
                meant.result.as_ref(),
                "seed {seed}: {:?}",
                performed.result
            );
            let sorted = |mut acts: Vec<i64>| {
                acts.sort_unstable();
                acts
            };
            assert_eq!(sorted(performed.acts.clone()), sorted(meant.acts.clone()), "seed {seed}");
        }
    }
}

#[test]
fn outside_together_acts_are_performed_exactly_as_written() {
    let kinds = Kinds { failing: false, ..ORDERED };
    for seed in seeds() {
        let program = program(seed, 16, kinds);
        let meant = mean(&program, 0);
        for order in 0..3 {
            let performed = perform(&program, Manner::seeded(seed * 37 + order));
            assert_eq!(performed.acts, meant.acts, "seed {seed}");
        }
    }
}

#[test]
fn after_a_failure_what_was_acted_is_a_prefix_of_what_was_written() {
    let mut failed = 0;
    for seed in seeds() {
        let sure = Kinds { failing: false, ..ORDERED };
        let program = program(seed, 16, sure);
        let meant = mean(&program, 0);
        for order in 0..4 {
            let manner = Manner { faults: 9, ..Manner::seeded(seed * 41 + order) };
            let performed = perform(&program, manner);
            failed += usize::from(performed.result.is_err());
            assert!(
                meant.acts.starts_with(&performed.acts),
                "seed {seed}: {:?} of {:?}",
                performed.acts,
                meant.acts
            );
        }
    }
    assert!(failed > 20, "only {failed} performances failed");
}

#[test]
fn whatever_fails_the_rules_hold_and_it_ends() {
    for seed in seeds() {
        let program = program(seed, 20, ALL);
        for order in 0..4 {
            let faults = [0, 5, 11, 30][usize::try_from(order).unwrap()];
            perform(&program, Manner { faults, ..Manner::seeded(seed * 43 + order) });
        }
    }
}

#[test]
fn what_is_caught_gives_what_it_would_in_written_order() {
    let mut caught = 0;
    for seed in seeds() {
        let program = program(seed, 18, ALL);
        for faults in [4, 8, 16] {
            let meant = mean(&program, faults);
            let performed = perform(&program, Manner { faults, ..Manner::seeded(seed * 53 + faults) });
            assert_eq!(
                performed.result.is_err(),
                meant.fails,
                "seed {seed}, {faults}: {:?}",
                performed.result
            );
            assert_eq!(performed.result.ok(), meant.result, "seed {seed}, {faults}");
            caught += usize::from(meant != mean(&program, 0) && !meant.fails);
        }
    }
    assert!(caught > 20, "only {caught} performances caught something");
}

#[test]
fn a_require_that_does_not_hold_fails_the_run_as_it_would_in_written_order() {
    for seed in seeds() {
        let program = program(seed, 16, ORDERED);
        let meant = mean(&program, 0);
        let performed = perform(&program, Manner::seeded(seed * 47));
        assert_eq!(performed.result.is_err(), meant.fails, "seed {seed}: {:?}", performed.result);
        if !meant.fails {
            assert_eq!(performed.acts, meant.acts, "seed {seed}");
        }
    }
}

#[test]
fn the_same_outcomes_give_the_same_events_whatever_the_fuel() {
    for seed in seeds() {
        let program = program(seed, 20, ALL);
        let manner = Manner { faults: 12, judged: false, ..Manner::seeded(seed) };
        let one = perform(&program, manner);
        for fuel in [1, 7] {
            assert_eq!(one, perform(&program, Manner { fuel, ..manner }), "seed {seed}, fuel {fuel}");
        }
    }
}

#[test]
fn several_outcomes_at_a_time_mean_the_same() {
    for seed in seeds() {
        let program = program(seed, 16, SURE);
        let meant = mean(&program, 0);
        let manner = Manner { batch: 5, judged: false, ..Manner::seeded(seed) };
        assert_eq!(perform(&program, manner).result.ok(), meant.result, "seed {seed}");
    }
}
