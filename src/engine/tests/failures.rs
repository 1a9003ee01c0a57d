//! Chosen cases of failure: what is cancelled, what runs to its end, what is told.

use super::hand::{Hand, block, call, movement, program};
use super::lower::{constant, expr, plan};
use super::program::{Player, Program, Stmt};
use crate::base::Span;
use crate::engine::evaluate::Given;
use crate::engine::{Note, Report};
use crate::instrument::{Committed, Failure, FailureKind, Outcome, Piece, Reply, Role};
use crate::plan::{Compare, Ensure, Expr, ExprKind, Line, Plan, PromptPiece};
use crate::types::{Size, Type};
use crate::value::Value;

use Player::{Actor, Person, Reader, Thinker};

#[test]
fn a_failure_cancels_thinking_and_reading_and_lets_acts_end() {
    let lanes = Stmt::Together(vec![
        call(Actor, 1, &[], 1),
        call(Thinker, 2, &[], 2),
        call(Reader, 3, &[], 3),
        call(Person, 4, &[], 4),
        call(Thinker, 5, &[], 5),
    ]);
    let mut hand = Hand::of(&program(vec![lanes, call(Thinker, 6, &[1], 6)], 6));
    hand.fail("5", FailureKind::Unavailable);
    assert_eq!(hand.cancelled, ["2", "3", "4"]);
    assert_eq!(hand.open(), ["1"]);
    assert!(hand.end.is_none());
    hand.answer("1", 0);
    assert_eq!(hand.report().failure.kind, FailureKind::Unavailable);
    assert!(hand.open.is_empty());
}

#[test]
fn the_fallback_starts_when_the_acts_of_the_left_side_have_ended() {
    let body = block(vec![Stmt::Together(vec![call(Actor, 1, &[], 1), call(Thinker, 2, &[], 2)])], 1);
    let fallback = block(vec![call(Thinker, 3, &[], 3)], 3);
    let mut hand = Hand::of(&program(vec![Stmt::Otherwise { body, error: None, fallback, out: 4 }], 4));
    hand.fail("2", FailureKind::Refused);
    assert_eq!(hand.open(), ["1"]);
    hand.answer("1", 0);
    assert_eq!(hand.open(), ["3"]);
    let caught = hand.notes.iter().any(|note| matches!(note, Note::Caught { .. }));
    assert!(caught);
    hand.answer("3", 8);
    assert_eq!(*hand.value(), Value::Int(8));
}

#[test]
fn what_nobody_may_catch_is_not_caught() {
    let body = block(vec![call(Thinker, 1, &[], 1)], 1);
    let fallback = block(vec![call(Thinker, 2, &[], 2)], 2);
    for kind in [FailureKind::Cancelled, FailureKind::Denied, FailureKind::InDoubt] {
        let otherwise =
            Stmt::Otherwise { body: body.clone(), error: None, fallback: fallback.clone(), out: 3 };
        let mut hand = Hand::of(&program(vec![otherwise], 3));
        hand.fail("1", kind);
        assert_eq!(hand.report().failure.kind, kind);
    }
}

#[test]
fn a_report_says_where() {
    let inner = movement(&[10, 11], vec![call(Thinker, 2, &[10], 12)], 12);
    let outer = movement(&[1], vec![Stmt::Movement { which: 1, args: vec![1, 1], out: 3 }], 3);
    let mut hand = Hand::of(&Program { movements: vec![outer, inner] });
    hand.fail("2", FailureKind::Unavailable);
    let Report { path, part, instrument, stack, failure, .. } = hand.report();
    assert_eq!(path.as_ref(), "m0/s1/s3");
    assert_eq!(part.as_deref(), Some("thinker"));
    assert_eq!(instrument.as_deref(), Some("thinker"));
    assert_eq!(stack.len(), 2);
    assert_eq!((&*stack[0].movement, stack[0].called), ("m1", Some(Span::at(1))));
    assert_eq!((&*stack[1].movement, stack[1].called), ("m0", None));
    assert!(failure.sent.contains("a0: 2"), "{}", failure.sent);
}

#[test]
fn an_interrupt_cancels_what_may_be_cancelled() {
    let lanes = Stmt::Together(vec![call(Actor, 1, &[], 1), call(Thinker, 2, &[], 2)]);
    let mut hand = Hand::of(&program(vec![lanes], 2));
    hand.engine.interrupt("interrupted");
    hand.go();
    assert_eq!(hand.open(), ["1"]);
    hand.answer("1", 0);
    assert_eq!(hand.report().failure.kind, FailureKind::Cancelled);
}

/// One call of this player, whose part is changed first.
fn part(player: Player, change: impl Fn(&mut crate::plan::Part)) -> Plan {
    let mut plan = plan(&program(vec![call(player, 1, &[], 1)], 1));
    plan.parts.iter_mut().for_each(change);
    plan
}

fn hand(player: Player, change: impl Fn(&mut crate::plan::Part)) -> Hand {
    Hand::with(part(player, change), Given::default())
}

fn seconds(seconds: i64) -> Box<[Expr]> {
    Box::new([constant(Value::Duration(seconds * 1_000))])
}

#[test]
fn within_ends_a_call_and_says_what_is_known_of_its_effect() {
    for (player, timer, committed) in [
        (Thinker, "30000 Performing", Committed::No),
        (Actor, "30000 Performing", Committed::Unknown),
        (Person, "30000 Wall", Committed::No),
    ] {
        let mut hand = hand(player, |part| part.within = seconds(30));
        assert_eq!(hand.open(), ["1", timer]);
        hand.fire(timer);
        assert_eq!(hand.cancelled, ["1"]);
        let failure = &hand.report().failure;
        assert_eq!((failure.kind, failure.committed), (FailureKind::Timeout, committed));
    }
    let mut hand = hand(Thinker, |part| part.within = seconds(30));
    hand.answer("1", 3);
    assert_eq!(hand.cancelled, ["30000 Performing"]);
    assert_eq!(*hand.value(), Value::Int(3));
}

#[test]
fn an_act_that_runs_on_keeps_its_own_limit_in_time() {
    let body = block(vec![Stmt::Together(vec![call(Actor, 1, &[], 1), call(Thinker, 2, &[], 2)])], 1);
    let fallback = block(vec![call(Thinker, 3, &[], 3)], 3);
    let mut plan = plan(&program(vec![Stmt::Otherwise { body, error: None, fallback, out: 4 }], 4));
    for part in plan.parts.iter_mut().filter(|part| &*part.name == "actor") {
        part.within = seconds(30);
    }
    let mut hand = Hand::with(plan, Given::default());
    hand.fail("2", FailureKind::Refused);
    assert_eq!(hand.open(), ["1", "30000 Performing"]);
    hand.fire("30000 Performing");
    assert_eq!(hand.cancelled, ["1"]);
    assert_eq!(hand.open(), ["3"]);
}

#[test]
fn a_limit_counts_from_the_first_operation_inside_and_is_caught_around_it_only() {
    let limit = Stmt::Limit(vec![Stmt::Otherwise {
        body: block(vec![call(Thinker, 2, &[1], 2)], 2),
        error: None,
        fallback: block(vec![call(Thinker, 3, &[], 3)], 3),
        out: 4,
    }]);
    let around = Stmt::Otherwise {
        body: block(vec![limit], 4),
        error: None,
        fallback: block(vec![call(Thinker, 5, &[], 5)], 5),
        out: 6,
    };
    let mut hand = Hand::of(&program(vec![call(Thinker, 1, &[], 1), around], 6));
    assert_eq!(hand.open(), ["1"]);
    hand.answer("1", 0);
    assert_eq!(hand.open(), ["2", "60000 Performing"]);
    hand.fire("60000 Performing");
    assert_eq!(hand.cancelled, ["2"]);
    assert_eq!(hand.open(), ["5"]);
}

fn says_something(part: &mut crate::plan::Part) {
    let words = PromptPiece::Words("How many?".into());
    part.lines = Box::new([Line { role: Role::User, pieces: Box::new([words]) }]);
    part.returns = Type::Int;
}

#[test]
fn an_answer_that_cannot_be_read_is_asked_for_again_with_what_was_wrong() {
    let mut hand = hand(Thinker, says_something);
    let first = hand.open["1"];
    hand.say("1", "many");
    assert_ne!(hand.open["1"], first, "each try is an operation of its own");
    let request = &hand.requests["1"];
    assert_eq!(request.attempt, 1);
    let roles: Vec<Role> = request.messages.iter().map(|message| message.role).collect();
    assert_eq!(roles, [Role::User, Role::Assistant, Role::User]);
    assert_eq!(request.messages[1].pieces, [Piece::Words("many".into())]);
    hand.say("1", "3");
    assert_eq!(*hand.value(), Value::Int(3));
}

#[test]
fn tries_are_bounded_and_all_are_told() {
    let mut hand = hand(Thinker, says_something);
    for _ in 0..3 {
        hand.say("1", "many");
    }
    let report = hand.report();
    assert_eq!(report.failure.kind, FailureKind::BadShape);
    assert_eq!(report.failure.committed, Committed::No);
    assert_eq!(report.tries.len(), 3);
    assert_eq!(report.failure.sent, "How many?");
    assert_eq!(report.failure.received, "many");
}

/// `ensure it > 10 else "more"`
fn more(part: &mut crate::plan::Part) {
    says_something(part);
    let it = Box::new(Expr::slot(part.it(), Span::at(0)));
    let condition = expr(ExprKind::Compare(Compare::Greater, it, Box::new(constant(Value::Int(10)))));
    part.ensures = Box::new([Ensure { condition, message: constant(Value::text("more")) }]);
}

#[test]
fn an_act_is_never_performed_again_for_a_better_answer_but_a_person_is_asked_again() {
    let mut acts = hand(Actor, more);
    acts.say("1", "3");
    let failure = &acts.report().failure;
    assert_eq!((failure.kind, failure.committed), (FailureKind::EnsureFailed, Committed::Yes));
    let mut asks = hand(Person, more);
    asks.say("1", "3");
    assert_eq!(&*asks.requests["1"].messages[2].pieces.len().to_string(), "1");
    asks.say("1", "30");
    assert_eq!(*asks.value(), Value::Int(30));
}

#[test]
fn what_was_refused_or_cut_off_is_not_tried_again() {
    for kind in [FailureKind::Refused, FailureKind::Truncated] {
        let mut hand = hand(Thinker, says_something);
        hand.fail("1", kind);
        assert_eq!(hand.report().failure.kind, kind);
    }
}

#[test]
fn a_chosen_answer_is_always_a_member() {
    let from = |part: &mut crate::plan::Part| {
        says_something(part);
        part.returns = Type::Text;
        let list = vec![Value::text("tides"), Value::text("waves"), Value::text("wind")];
        part.from = Some(constant(Value::list(list)));
    };
    let mut one = hand(Thinker, from);
    let request = &one.requests["1"];
    assert!(matches!(request.answer.shape(), Type::Int), "{:?}", request.answer);
    assert!(request.messages[0].pieces.contains(&Piece::Hole(Value::text("waves"))));
    one.say("1", "7");
    one.say("1", "2");
    assert_eq!(*one.value(), Value::text("waves"));
    let mut by_value = hand(Thinker, from);
    by_value.deliver("1", Outcome::Done(Reply::value(Value::text("wind"))));
    assert_eq!(*by_value.value(), Value::text("wind"));
    let mut several = hand(Person, |part| {
        from(part);
        part.returns = Type::List(std::sync::Arc::new(Type::Text), Size { min: 1, max: Some(2) });
    });
    let numbers = Value::list(vec![Value::Int(3), Value::Int(1)]);
    several.deliver("1", Outcome::Done(Reply::value(numbers)));
    assert_eq!(*several.value(), Value::list(vec![Value::text("wind"), Value::text("tides")]));
}

#[test]
fn late_and_unknown_outcomes_count_by_their_usage_only() {
    let mut hand = hand(Thinker, |part| part.within = seconds(30));
    let id = hand.open["1"];
    hand.fire("30000 Performing");
    let mut late = Reply::text("3");
    late.usage.tokens_out = Some(5);
    hand.engine.deliver(id, Outcome::Done(late));
    hand.go();
    assert_eq!(hand.engine.usage().tokens_out, Some(5));
    assert_eq!(hand.report().failure.kind, FailureKind::Timeout);
}

#[test]
fn an_act_that_may_have_been_done_is_told_to_the_fallback() {
    for (committed, acted) in [(Committed::No, false), (Committed::Unknown, true), (Committed::Yes, true)] {
        let body = block(vec![call(Actor, 1, &[], 1)], 1);
        let fallback = block(vec![call(Thinker, 3, &[9], 3)], 3);
        let mut hand =
            Hand::of(&program(vec![Stmt::Otherwise { body, error: Some(9), fallback, out: 4 }], 4));
        let failure = Failure::new(FailureKind::Unavailable, "gone").with_committed(committed);
        hand.deliver("1", Outcome::Failed(failure));
        let Value::Record(error) = &hand.requests["3"].arguments[1].1 else { panic!("no error") };
        assert_eq!(error.get("acted"), Some(&Value::Bool(acted)), "{committed:?}");
        assert_eq!(error.get("kind"), Some(&Value::text("unavailable")));
        assert_eq!(error.get("instrument"), Some(&Value::text("actor")));
    }
}
