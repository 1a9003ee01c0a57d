//! Chosen cases of calls with tools: turns, order, and what failing and ending mean for them.

use std::sync::Arc;

use super::hand::{Hand, block, call, movement};
use super::lower::{constant, expr, plan};
use super::program::{Movement, Player, Program, Stmt};
use crate::engine::Note;
use crate::engine::evaluate::Given;
use crate::instrument::{Answer, Failure, FailureKind, Outcome, Reply, Role, ToolCall};
use crate::plan::{ExprKind, Part, Tool};
use crate::value::{Callee, Map, Value};

use Player::{Actor, Reader, Thinker};

/// The entry movement calls a part with tools, tagged 1; the tools are the movements after it.
fn hand(stmts: Vec<Stmt>, tools: Vec<Movement>, change: impl Fn(&mut Part)) -> Hand {
    let entry = movement(&[10], stmts, 1);
    let count = u32::try_from(tools.len()).unwrap();
    let mut plan = plan(&Program { movements: std::iter::once(entry).chain(tools).collect() });
    // The thinker with one argument beside its tag.
    let part = &mut plan.parts[1];
    let tool = |id: u32| Tool {
        name: Arc::from(format!("m{id}")),
        doc: Arc::from(""),
        callee: expr(ExprKind::Function(Callee::Movement(id), Box::default())),
        arity: None,
    };
    part.tools = (1..=count).map(tool).collect();
    change(part);
    Hand::with(plan, Given::default())
}

fn model() -> Stmt {
    call(Thinker, 1, &[10], 1)
}

fn one(player: Player, tag: i64) -> Movement {
    movement(&[20], vec![call(player, tag, &[], 21)], 21)
}

fn calls(tools: &[(&str, i64)]) -> Outcome {
    let call = |(name, given): &(&str, i64)| {
        let arguments: Map = [(Arc::from("p"), Value::Int(*given))].into_iter().collect();
        ToolCall::new(*name, Answer::Value(Value::Map(Arc::new(arguments))))
    };
    Outcome::Done(Reply::calls("", tools.iter().map(call).collect()))
}

/// What was told of each call in the last request of the part with tools.
fn told(hand: &Hand) -> Vec<String> {
    let messages = hand.requests["1"].messages.iter().filter(|message| message.role == Role::Tool);
    messages.map(|message| format!("{:?}", message.pieces)).collect()
}

#[test]
fn a_turn_performs_what_it_calls_and_the_next_is_told() {
    let adds = movement(&[20], vec![call(Thinker, 2, &[], 21), Stmt::Sum { a: 20, n: 1, out: 22 }], 22);
    let mut hand = hand(vec![model()], vec![adds], |_| {});
    assert_eq!(hand.open(), ["1"]);
    assert_eq!(&*hand.requests["1"].tools[0].name, "m1");
    let first = hand.open["1"];
    hand.deliver("1", calls(&[("m1", 7)]));
    assert_eq!(hand.open(), ["2"]);
    assert_eq!(&*hand.requests["2"].path, "m0/s2/turn1/m1/s4");
    hand.answer("2", 0);
    assert_eq!(hand.open(), ["1"]);
    assert_ne!(hand.open["1"], first);
    let request = &hand.requests["1"];
    assert_eq!(&*request.path, "m0/s2/turn2");
    let roles: Vec<Role> = request.messages.iter().map(|message| message.role).collect();
    assert_eq!(roles, [Role::Assistant, Role::Tool]);
    assert_eq!(request.messages[0].calls, request.messages[1].calls);
    assert!(told(&hand)[0].contains('8'), "{:?}", told(&hand));
    hand.answer("1", 3);
    assert_eq!(*hand.value(), Value::Int(3));
}

#[test]
fn calls_of_one_turn_go_as_if_they_were_written_one_below_another() {
    let tools = || vec![one(Thinker, 2), one(Reader, 3), one(Actor, 4)];
    let mut first = hand(vec![model()], tools(), |_| {});
    first.deliver("1", calls(&[("m1", 0), ("m2", 0), ("m3", 0)]));
    assert_eq!(first.open(), ["2", "3"]);
    first.answer("2", 0);
    assert_eq!(first.open(), ["3"]);
    first.answer("3", 0);
    assert_eq!(first.open(), ["4"]);
    first.answer("4", 0);
    assert_eq!(first.open(), ["1"]);
    let mut acting = hand(vec![model()], tools(), |_| {});
    acting.deliver("1", calls(&[("m3", 0), ("m2", 0), ("m1", 0)]));
    assert_eq!(acting.open(), ["2", "4"]);
    acting.answer("4", 0);
    assert_eq!(acting.open(), ["2", "3"]);
}

#[test]
fn a_part_waits_for_what_its_strongest_tool_waits_for() {
    let above = || call(Thinker, 5, &[], 5);
    for (player, waits) in [(Thinker, false), (Reader, false), (Actor, true)] {
        let hand = hand(vec![above(), model()], vec![one(Thinker, 2), one(player, 3)], |_| {});
        assert_eq!(hand.open().contains(&"1"), !waits, "{player:?}");
    }
    let act = || call(Actor, 5, &[], 5);
    for (player, waits) in [(Thinker, false), (Reader, true), (Actor, true)] {
        let hand = hand(vec![act(), model()], vec![one(player, 2)], |_| {});
        assert_eq!(hand.open().contains(&"1"), !waits, "{player:?}");
    }
}

#[test]
fn a_tool_that_fails_is_told_of_once_its_acts_have_ended() {
    let lanes = Stmt::Together(vec![call(Actor, 3, &[], 23), call(Thinker, 4, &[], 24)]);
    let mut hand = hand(vec![model()], vec![movement(&[20], vec![lanes], 23)], |_| {});
    hand.deliver("1", calls(&[("m1", 0)]));
    assert_eq!(hand.open(), ["3", "4"]);
    hand.fail("4", FailureKind::Refused);
    assert_eq!(hand.open(), ["3"]);
    hand.answer("3", 0);
    assert_eq!(hand.open(), ["1"]);
    assert!(told(&hand)[0].contains("It failed (refused): it did not work"), "{:?}", told(&hand));
    hand.answer("1", 5);
    assert_eq!(*hand.value(), Value::Int(5));
}

#[test]
fn what_cannot_be_caught_ends_the_call() {
    for kind in [FailureKind::Cancelled, FailureKind::Denied, FailureKind::InDoubt] {
        let mut hand = hand(vec![model()], vec![one(Thinker, 2)], |_| {});
        hand.deliver("1", calls(&[("m1", 0)]));
        hand.fail("2", kind);
        assert_eq!(hand.report().failure.kind, kind);
    }
}

#[test]
fn a_failure_beside_it_ends_thinking_and_awaits_the_acts_of_tools() {
    let beside = || vec![Stmt::Together(vec![model(), call(Thinker, 9, &[], 9)])];
    let mut thinking = hand(beside(), vec![one(Actor, 2)], |_| {});
    thinking.fail("9", FailureKind::Refused);
    assert_eq!(thinking.cancelled, ["1"]);
    assert_eq!(thinking.report().failure.kind, FailureKind::Refused);
    let mut acting = hand(beside(), vec![one(Actor, 2)], |_| {});
    acting.deliver("1", calls(&[("m1", 0)]));
    acting.fail("9", FailureKind::Refused);
    assert!(acting.end.is_none());
    acting.answer("2", 0);
    assert_eq!(acting.report().failure.kind, FailureKind::Refused);
}

#[test]
fn a_limit_in_time_holds_for_the_tools_and_awaits_their_acts() {
    let body = block(vec![model()], 1);
    let fallback = block(vec![call(Reader, 7, &[9], 7)], 7);
    let otherwise = Stmt::Otherwise { body, error: Some(9), fallback, out: 1 };
    let within = |part: &mut Part| part.within = Box::new([constant(Value::Duration(30_000))]);
    let mut hand = hand(vec![otherwise], vec![one(Actor, 2)], within);
    assert_eq!(hand.open(), ["1", "30000 Performing"]);
    hand.deliver("1", calls(&[("m1", 0)]));
    assert_eq!(hand.open(), ["2", "30000 Performing"]);
    hand.fire("30000 Performing");
    assert_eq!(hand.open(), ["2"]);
    hand.answer("2", 0);
    assert_eq!(hand.open(), ["7"]);
    let Value::Record(error) = &hand.requests["7"].arguments[1].1 else { panic!("no error") };
    assert_eq!(error.get("kind"), Some(&Value::text("timeout")));
    assert_eq!(error.get("acted"), Some(&Value::Bool(true)));
}

#[test]
fn an_act_of_a_tool_is_told_to_the_fallback() {
    let body = block(vec![model()], 1);
    let fallback = block(vec![call(Reader, 7, &[9], 7)], 7);
    let otherwise = Stmt::Otherwise { body, error: Some(9), fallback, out: 1 };
    let mut hand = hand(vec![otherwise], vec![one(Actor, 2)], |_| {});
    hand.deliver("1", calls(&[("m1", 0)]));
    hand.answer("2", 0);
    hand.fail("1", FailureKind::Refused);
    let Value::Record(error) = &hand.requests["7"].arguments[1].1 else { panic!("no error") };
    assert_eq!(error.get("acted"), Some(&Value::Bool(true)));
}

#[test]
fn too_many_calls_and_turns_are_refused() {
    let mut many =
        hand(vec![model()], vec![one(Thinker, 2)], |part| part.turns = Some(constant(Value::Int(1))));
    many.deliver("1", calls(&[("m2", 0); 10]));
    assert_eq!(told(&many).len(), 10);
    assert!(told(&many)[9].contains("at most 8 tools"), "{:?}", told(&many));
    assert!(told(&many)[9].contains("No more tools"), "{:?}", told(&many));
    let wrong = many.notes.iter().filter(|note| matches!(note, Note::Called { wrong: Some(_), .. }));
    assert_eq!(wrong.count(), 10);
    many.deliver("1", calls(&[("m1", 0)]));
    let failure = &many.report().failure;
    assert_eq!(failure.kind, FailureKind::Exhausted);
    assert!(failure.message.contains("up to 1 turn"), "{}", failure.message);
}

#[test]
fn calls_where_there_are_no_tools_are_asked_for_again() {
    let mut hand = hand(vec![model()], Vec::new(), |_| {});
    hand.deliver("1", calls(&[("m1", 0)]));
    assert_eq!(hand.requests["1"].attempt, 1);
    hand.answer("1", 4);
    assert_eq!(*hand.value(), Value::Int(4));
}

#[test]
fn an_interrupt_awaits_the_acts_of_tools() {
    let mut hand = hand(vec![model()], vec![one(Actor, 2)], |_| {});
    hand.deliver("1", calls(&[("m1", 0)]));
    hand.engine.interrupt("interrupted");
    hand.go();
    assert_eq!(hand.open(), ["2"]);
    let late = Failure::new(FailureKind::Unavailable, "gone");
    hand.deliver("2", Outcome::Failed(late));
    assert_eq!(hand.report().failure.kind, FailureKind::Cancelled);
}
