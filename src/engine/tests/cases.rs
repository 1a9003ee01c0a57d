//! Chosen cases of order: what is in flight when.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::hand::{Hand, block, call, movement, program};
use super::lower::plan;
use super::program::{Player, Program, Stmt};
use crate::engine::Note;
use crate::engine::evaluate::Given;
use crate::instrument::Class;
use crate::value::{Instrument, Map, Value};

use Player::{Actor, Person, Reader, Rememberer, Thinker};

#[test]
fn thinking_runs_together_and_acting_in_order() {
    let mut hand = Hand::of(&program(
        vec![
            call(Thinker, 1, &[], 1),
            call(Actor, 2, &[1], 2),
            call(Thinker, 3, &[], 3),
            call(Actor, 4, &[3], 4),
        ],
        4,
    ));
    assert_eq!(hand.open(), ["1", "3"]);
    hand.answer("3", 0);
    assert_eq!(hand.open(), ["1"]);
    hand.answer("1", 0);
    assert_eq!(hand.open(), ["2"]);
    hand.answer("2", 0);
    assert_eq!(hand.open(), ["4"]);
    hand.answer("4", 7);
    assert_eq!(*hand.value(), Value::Int(7));
}

#[test]
fn reading_waits_for_acts_above_and_not_for_thinking() {
    let mut hand = Hand::of(&program(
        vec![call(Thinker, 1, &[], 1), call(Actor, 2, &[], 2), call(Reader, 3, &[], 3)],
        3,
    ));
    assert_eq!(hand.open(), ["1"]);
    hand.answer("1", 0);
    assert_eq!(hand.open(), ["2"]);
    hand.answer("2", 0);
    assert_eq!(hand.open(), ["3"]);
    let hand = Hand::of(&program(vec![call(Thinker, 1, &[], 1), call(Reader, 3, &[], 3)], 3));
    assert_eq!(hand.open(), ["1", "3"]);
}

/// `for item in 1..2 { read(); act() }`, then `read()`
fn rounds() -> Program {
    let body = block(vec![call(Reader, 1, &[10], 11), call(Actor, 2, &[10, 11], 12)], 12);
    let each = Stmt::For { count: 2, lanes: false, item: 10, skip: None, body, out: 20 };
    program(vec![each, call(Reader, 3, &[], 21)], 21)
}

#[test]
fn rounds_read_without_waiting_for_one_another() {
    let mut hand = Hand::of(&rounds());
    // Both rounds' reads have the same tag: the second is the one that is left.
    assert_eq!(hand.engine.in_flight(), 2);
    let request = hand.requests["1"].clone();
    assert_eq!(request.path.as_ref(), "m0/s6[1]/s3");
    hand.answer("1", 0);
    assert_eq!(hand.engine.in_flight(), 1, "the second round's act waits for the first round's");
    assert!(!hand.open.contains_key("3"));
}

#[test]
fn a_guard_holds_back_thinking_below_it() {
    let mut hand = Hand::of(&program(
        vec![call(Thinker, 1, &[], 1), Stmt::Require { a: 1, holds: false }, call(Thinker, 2, &[], 2)],
        2,
    ));
    assert_eq!(hand.open(), ["1"]);
    hand.answer("1", 4);
    assert_eq!(hand.open(), ["2"]);
}

#[test]
fn a_guard_in_an_arm_holds_back_what_follows_the_branch() {
    let arm = block(vec![Stmt::Require { a: 1, holds: true }, call(Thinker, 2, &[], 2)], 2);
    let branch = Stmt::If { a: 1, then: arm.clone(), other: arm, out: 3 };
    let mut hand = Hand::of(&program(vec![call(Thinker, 1, &[], 1), branch, call(Thinker, 4, &[], 4)], 4));
    hand.answer("1", 0);
    assert_eq!(hand.open(), ["2"]);
    hand.answer("2", 0);
    assert_eq!(hand.open(), ["4"]);
}

#[test]
fn waiting_is_a_full_barrier() {
    let mut hand =
        Hand::of(&program(vec![call(Thinker, 1, &[], 1), Stmt::Wait, call(Thinker, 2, &[], 2)], 2));
    assert_eq!(hand.open(), ["1"]);
    hand.answer("1", 0);
    assert_eq!(hand.open(), ["1000 Wall"]);
    hand.fire("1000 Wall");
    assert_eq!(hand.open(), ["2"]);
}

#[test]
fn a_line_is_said_when_all_above_it_has_finished_and_holds_nothing_back() {
    let mut hand = Hand::of(&program(vec![call(Thinker, 1, &[], 1), Stmt::Say, call(Thinker, 2, &[], 2)], 2));
    let said = |hand: &Hand| hand.notes.iter().filter(|note| matches!(note, Note::Said { .. })).count();
    assert_eq!(hand.open(), ["1", "2"]);
    hand.answer("2", 0);
    assert_eq!(said(&hand), 0);
    hand.answer("1", 0);
    assert_eq!(said(&hand), 1);
}

#[test]
fn no_arm_is_begun_before_it_is_chosen_and_acts_below_wait_for_the_choice() {
    let then = block(vec![call(Actor, 2, &[], 2)], 2);
    let other = block(vec![call(Thinker, 3, &[], 3)], 3);
    let branch = Stmt::If { a: 1, then, other, out: 4 };
    let mut hand = Hand::of(&program(vec![call(Thinker, 1, &[], 1), branch, call(Actor, 5, &[], 5)], 5));
    assert_eq!(hand.open(), ["1"]);
    hand.answer("1", 2);
    assert_eq!(hand.open(), ["2"]);
    hand.answer("2", 0);
    assert_eq!(hand.open(), ["5"]);
}

#[test]
fn a_movement_starts_what_has_its_values_though_others_are_missing() {
    let inner = movement(&[10, 11], vec![call(Thinker, 2, &[10], 12), call(Thinker, 3, &[11], 13)], 13);
    let outer = movement(
        &[1],
        vec![
            call(Thinker, 1, &[], 2),
            Stmt::Movement { which: 1, args: vec![1, 2], out: 3 },
            call(Actor, 4, &[], 4),
        ],
        3,
    );
    let mut hand = Hand::of(&Program { movements: vec![outer, inner] });
    assert_eq!(hand.open(), ["1", "2"]);
    hand.answer("1", 0);
    assert_eq!(hand.open(), ["2", "3"]);
    hand.answer("2", 0);
    hand.answer("3", 9);
    assert_eq!(hand.open(), ["4"]);
    hand.answer("4", 0);
    assert_eq!(*hand.value(), Value::Int(9));
}

#[test]
fn a_movement_that_thinks_is_ordered_inside_and_one_thought_outside() {
    let mut inner = movement(&[10, 11], vec![call(Actor, 2, &[], 12), call(Reader, 3, &[], 13)], 13);
    inner.thinks = true;
    let outer = movement(
        &[1],
        vec![
            call(Thinker, 1, &[], 2),
            Stmt::Movement { which: 1, args: vec![1, 1], out: 3 },
            call(Reader, 4, &[], 4),
            call(Actor, 5, &[], 5),
        ],
        3,
    );
    let mut hand = Hand::of(&Program { movements: vec![outer, inner] });
    assert_eq!(hand.open(), ["1", "2", "4"]);
    hand.answer("1", 0);
    hand.answer("4", 0);
    assert_eq!(hand.open(), ["2"]);
    hand.answer("2", 0);
    assert_eq!(hand.open(), ["3"]);
    hand.answer("3", 0);
    assert_eq!(hand.open(), ["5"]);
}

#[test]
fn lanes_lift_the_order_of_acts_and_their_names_live_on() {
    let lanes = Stmt::Together(vec![call(Person, 1, &[], 1), call(Person, 2, &[], 2)]);
    let mut hand = Hand::of(&program(vec![lanes, call(Actor, 3, &[1, 2], 3)], 3));
    assert_eq!(hand.open(), ["1", "2"]);
    hand.answer("2", 20);
    hand.answer("1", 10);
    assert_eq!(hand.requests["3"].arguments[1].1, Value::Int(10));
    assert_eq!(hand.requests["3"].arguments[2].1, Value::Int(20));
}

#[test]
fn an_instrument_that_remembers_is_asked_in_written_order() {
    let mut hand = Hand::of(&program(
        vec![call(Rememberer, 1, &[], 1), call(Rememberer, 2, &[], 2), call(Reader, 3, &[], 3)],
        2,
    ));
    assert_eq!(hand.open(), ["1", "3"]);
    hand.answer("1", 0);
    assert_eq!(hand.open(), ["2", "3"]);
}

/// Puts an instrument of this constructor into a chair.
fn seated(chair: &str, constructor: &str) -> Given {
    let seat = Instrument {
        name: Arc::from(constructor),
        constructor: Arc::from(constructor),
        settings: Map::new(),
    };
    Given { seats: BTreeMap::from([(chair.to_owned(), Arc::new(seat))]), ..Given::default() }
}

#[test]
fn a_stand_in_never_lowers_the_class_and_a_stronger_one_raises_it() {
    let acts = program(vec![call(Thinker, 1, &[], 1), call(Actor, 2, &[], 2)], 2);
    let hand = Hand::with(plan(&acts), seated("actor", "echo"));
    assert_eq!(hand.open(), ["1"], "the act waits though a stand-in plays it");
    let hand = Hand::with(plan(&acts), seated("thinker", "person"));
    assert_eq!(hand.requests["1"].class, Class::Acts);
}

#[test]
fn what_a_part_says_of_itself_overrides_its_declared_instrument() {
    let acts = program(vec![call(Thinker, 1, &[], 1), call(Actor, 2, &[], 2)], 2);
    let mut plan = plan(&acts);
    for part in &mut plan.parts {
        if &*part.name == "actor" {
            part.class = Some(Class::Thinks);
        }
    }
    let hand = Hand::with(plan, Given::default());
    assert_eq!(hand.open(), ["1", "2"]);
}

#[test]
fn rounds_are_known_by_their_element() {
    let rounds = |values: &[&str]| {
        let body = block(vec![call(Thinker, 1, &[10], 11)], 11);
        let each = Stmt::For { count: 1, lanes: false, item: 10, skip: None, body, out: 20 };
        let mut plan = plan(&program(vec![each], 20));
        for body in &mut plan.bodies {
            for node in &mut body.nodes {
                match &mut node.kind {
                    crate::plan::Kind::For(each) => each.by_number = false,
                    crate::plan::Kind::Pure(expr)
                        if matches!(expr.kind, crate::plan::ExprKind::Range(..)) =>
                    {
                        let values: Vec<Value> = values.iter().map(|value| Value::text(value)).collect();
                        expr.kind = crate::plan::ExprKind::Constant(Value::list(values));
                    }
                    _ => {}
                }
            }
        }
        let mut engine = crate::engine::Engine::new(
            Arc::new(plan),
            crate::plan::MovementId(0),
            Vec::new(),
            Given::default(),
            Arc::new(super::lower::Cast),
        );
        while matches!(engine.step(100), crate::engine::Step::More) {}
        engine.take_operations()
    };
    let before = rounds(&["a", "b", "a"]);
    let after = rounds(&["new", "a", "b", "a"]);
    assert_eq!(before.len(), 3);
    assert!(
        before.iter().all(|operation| after.contains(operation)),
        "an element added leaves the others' ids alone"
    );
}

#[test]
fn a_repeat_carries_its_value_and_stops() {
    let body = block(vec![call(Thinker, 1, &[10], 11), call(Thinker, 2, &[11], 12)], 11);
    let repeat = Stmt::Repeat { bound: 3, start: 1, carried: 10, body, stop: Some(12), other: None, out: 20 };
    let mut hand = Hand::of(&Program { movements: vec![movement(&[1], vec![repeat], 20)] });
    assert_eq!(hand.requests["1"].arguments[1].1, Value::Int(4));
    hand.answer("1", 50);
    hand.answer("2", 1);
    assert_eq!(hand.requests["1"].arguments[1].1, Value::Int(50));
    hand.answer("1", 60);
    hand.answer("2", 2);
    assert_eq!(*hand.value(), Value::Int(50), "`stop` gives the value as it stood in its round");
}
