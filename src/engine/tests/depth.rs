//! Depth and size: nothing that a program may have much of lands on the stack.

use std::sync::Arc;

use super::hand::{Hand, block, call, movement, program};
use super::lower::{Cast, constant, plan};
use super::program::{Player, Program, Stmt};
use crate::base::Span;
use crate::engine::evaluate::Given;
use crate::engine::{Engine, Step};
use crate::instrument::FailureKind;
use crate::plan::{Arm, Body, BodyId, Kind, MovementId, Node, Plan, Use};
use crate::value::Value;

/// A movement that calls itself without end, allowed so deep.
fn endless(allowed: Option<u32>) -> Hand {
    let inner = movement(&[1, 2], vec![Stmt::Movement { which: 1, args: vec![1, 2], out: 3 }], 3);
    let outer = movement(&[1], vec![Stmt::Movement { which: 1, args: vec![1, 1], out: 3 }], 3);
    let mut plan = plan(&Program { movements: vec![outer, inner] });
    plan.movements[1].depth = allowed;
    Hand::with(plan, Given::default())
}

#[test]
fn recursion_ends_where_it_is_said_to_and_at_256_in_any_case() {
    let hand = endless(Some(5));
    assert_eq!(hand.report().failure.kind, FailureKind::Exhausted);
    assert_eq!(hand.report().stack.len(), 6);
    let hand = endless(None);
    assert_eq!(hand.report().stack.len(), 256);
}

fn done(plan: Plan) -> Value {
    let mut engine = Engine::new(Arc::new(plan), MovementId(0), Vec::new(), Given::default(), Arc::new(Cast));
    loop {
        match engine.step(10_000) {
            Step::More => {}
            Step::Done(value) => return value,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn bodies_nest_deeper_than_any_stack() {
    let mut plan = plan(&program(vec![call(Player::Thinker, 1, &[], 1)], 1));
    let depth = 100_000;
    plan.bodies = (1..=depth)
        .map(|below| {
            let arm = Use { body: BodyId(below), inputs: Box::new([]), outputs: Box::new([]) };
            let kind = Kind::Branch(Box::new([Arm { test: None, body: arm }]));
            let name = Arc::from("if");
            let node = Node {
                kind,
                ins: Box::new([]),
                out: Some(0),
                guard: None,
                holds: false,
                name,
                span: Span::at(0),
            };
            Body::new(vec![node], 1, Some(0))
        })
        .collect();
    let last = Node {
        kind: Kind::Pure(constant(Value::Int(7))),
        ins: Box::new([]),
        out: Some(0),
        guard: None,
        holds: false,
        name: Arc::from("last"),
        span: Span::at(0),
    };
    plan.bodies.push(Body::new(vec![last], 1, Some(0)));
    assert_eq!(done(plan), Value::Int(7));
}

#[test]
fn a_body_may_be_long_and_a_loop_may_go_on() {
    let said = (0..50_000).map(|_| Stmt::Say).collect::<Vec<_>>();
    let mut stmts = vec![Stmt::Sum { a: 1, n: 1, out: 2 }];
    stmts.extend(said);
    let round = block(vec![Stmt::Sum { a: 10, n: 1, out: 11 }], 11);
    stmts.push(Stmt::Repeat {
        bound: 100_000,
        start: 2,
        carried: 10,
        body: round,
        stop: None,
        other: None,
        out: 20,
    });
    let mut hand = Hand::of(&Program { movements: vec![movement(&[1], stmts, 20)] });
    hand.go();
    assert_eq!(*hand.value(), Value::Int(100_005));
}

#[test]
fn every_counts_from_the_start_of_the_round_before() {
    let round = block(vec![call(Player::Thinker, 1, &[10], 11)], 11);
    let repeat =
        Stmt::Repeat { bound: 2, start: 1, carried: 10, body: round, stop: None, other: None, out: 20 };
    let mut plan = plan(&Program { movements: vec![movement(&[1], vec![repeat], 20)] });
    for body in &mut plan.bodies {
        let slot = body.slots;
        for node in &mut body.nodes {
            if let Kind::Repeat(repeat) = &mut node.kind {
                repeat.every = Some(slot);
            }
        }
    }
    // The slot of `every` is set by a node of its own.
    let body = plan.movements[0].body;
    let old = std::mem::replace(&mut plan.bodies[body.0 as usize], Body::new(Vec::new(), 0, None));
    let mut nodes: Vec<Node> = old.nodes.into_iter().collect();
    for node in &mut nodes {
        if matches!(node.kind, Kind::Repeat(_)) {
            node.ins = node.ins.iter().copied().chain([old.slots]).collect();
        }
    }
    nodes.push(Node {
        kind: Kind::Pure(constant(Value::Duration(2_000))),
        ins: Box::new([]),
        out: Some(old.slots),
        guard: None,
        holds: false,
        name: Arc::from("every"),
        span: Span::at(0),
    });
    plan.bodies[body.0 as usize] = Body::new(nodes, old.slots + 1, old.result);
    let mut hand = Hand::with(plan, Given::default());
    assert_eq!(hand.open(), ["1", "2000 Wall"]);
    hand.answer("1", 5);
    assert_eq!(hand.open(), ["2000 Wall"]);
    hand.fire("2000 Wall");
    assert_eq!(hand.open(), ["1"]);
    hand.answer("1", 6);
    assert_eq!(*hand.value(), Value::Int(6));
}
