//! What the engine alone takes, conducted by the simulator: time and memory for a million operations.
//!
//! `cargo bench --bench engine [NAME]` prints one line per case. Each case is run in a process of its own, so
//! that its peak of memory is its own.

use std::env;
use std::fs;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use score_lang::base::{Name, Span};
use score_lang::conduct::simulate::{Chance, Play, Settings, simulate};
use score_lang::engine::evaluate::Given;
use score_lang::engine::{Engine, Profiles};
use score_lang::instrument::{Class, Failure, FailureKind, Opening, Outcome, Profile, Reply, Request, Role};
use score_lang::plan::{
    Body, BodyId, Call, Expr, ExprKind, For, Input, Kind, Line, Math, Movement, MovementId, Node, Origin,
    Param, Part, PartId, Plan, PromptPiece, Repeat, Slot, Target, Use,
};
use score_lang::types::Type;
use score_lang::value::{Instrument, Value};

const SPAN: Span = Span { start: 0, end: 0 };

/// What is measured.
const CASES: &[(&str, &str)] = &[
    ("million", "1,000,000 operations: `for` over 333,334, two thinking calls and an act in each"),
    ("nested", "1,000,000 operations: `for` over 1,000 in `for` over 1,000, one thinking call in each"),
    ("ordered", "1,000,000 operations: `for` over 500,000, one thinking call and one act in each"),
    ("lanes", "100,000 lanes of one thinking call and one act, all in flight"),
    ("repeat", "100,000 rounds of a `repeat` that do not wait for their call, all in flight"),
    ("cancel", "100,000 calls in flight, all cancelled by a failure"),
];

fn main() {
    let wanted: Vec<String> = env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    if let Some(name) = wanted.first().filter(|_| env::var_os("SCORE_BENCH_CASE").is_some()) {
        return run(name);
    }
    let Ok(this) = env::current_exe() else { return };
    for (name, what) in
        CASES.iter().filter(|(name, _)| wanted.is_empty() || wanted.iter().any(|one| one == name))
    {
        println!("{what}");
        let _ = Command::new(&this).arg(name).env("SCORE_BENCH_CASE", "1").status();
    }
}

fn run(name: &str) {
    let (plan, failing) = match name {
        "million" => (rounds(333_334, false, &[0, 0, 1]), false),
        "nested" => (nested(1_000), false),
        "ordered" => (rounds(500_000, false, &[0, 1]), false),
        "lanes" => (rounds(100_000, true, &[0, 1]), false),
        "repeat" => (repeated(100_000), false),
        _ => (rounds(100_000, false, &[0]), true),
    };
    let begun = Instant::now();
    let engine =
        Engine::new(Arc::new(plan), MovementId(0), Vec::new(), Given::default(), Arc::new(Cast)).unwatched();
    let mut asked = 0_u32;
    let simulated = simulate(engine, Settings { seed: 7, ..Settings::default() }, |request, chance| {
        asked += 1;
        play(request, chance, failing && asked == 50_000)
    });
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "  {:.2} s, {:.2} us an operation, {} MB at most; {} operations, {} in flight at most, {}, events {:016x}",
        seconds,
        seconds * 1e6 / simulated.operations as f64,
        peak_memory() / 1_000_000,
        simulated.operations,
        simulated.most_in_flight,
        if simulated.result.is_ok() { "done" } else { "failed" },
        simulated.events,
    );
}

fn play(request: &Request, chance: &mut Chance, fails: bool) -> Play {
    if fails {
        let failure = Failure::new(FailureKind::Unavailable, "gone");
        return Play { outcome: Outcome::Failed(failure), millis: 0, question: false };
    }
    let text = format!("an answer of some forty bytes: {:08x}", request.call.0 as u32);
    let millis = 1 + i64::try_from(chance.below(1_000)).unwrap_or(0);
    Play { outcome: Outcome::Done(Reply::text(text)), millis, question: false }
}

/// The most memory that was resident, in bytes, where the system tells.
fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or(0) * 1024
}

/// `thinker` thinks, `actor` acts.
struct Cast;

impl Profiles for Cast {
    fn profile(&self, instrument: &Instrument, _: Opening<'_>) -> Profile {
        if &*instrument.constructor == "actor" { Class::Acts.profile() } else { Class::Thinks.profile() }
    }

    fn exists(&self, _: &str) -> bool {
        true
    }
}

fn expr(kind: ExprKind) -> Expr {
    Expr { kind, span: SPAN }
}

fn node(kind: Kind, ins: Vec<Slot>, out: Slot, name: &str) -> Node {
    Node {
        kind,
        ins: ins.into(),
        out: Some(out),
        guard: None,
        holds: false,
        name: Name::from(name),
        span: SPAN,
    }
}

fn range(count: i64, out: Slot) -> Node {
    let number = |number| Box::new(Expr::constant(Value::Int(number), SPAN));
    node(Kind::Pure(expr(ExprKind::Range(number(1), number(count)))), Vec::new(), out, "range")
}

fn call(part: u32, argument: Slot, out: Slot, name: &str) -> Node {
    let call = Call {
        target: Target::Part(PartId(part)),
        arguments: Box::new([argument]),
        by: None,
        within: Box::new([]),
        retry: None,
    };
    node(Kind::Call(Box::new(call)), vec![argument], out, name)
}

fn each(list: Slot, item: Slot, lanes: bool, body: u32, inputs: Vec<Input>, out: Slot) -> Node {
    let body = Use { body: BodyId(body), inputs: inputs.into(), outputs: Box::new([]) };
    let each = For { list, item, index: None, lanes, by_number: true, body };
    node(Kind::For(Box::new(each)), vec![list], out, "for")
}

fn part(name: &str) -> Part {
    let hole = PromptPiece::Hole(Expr::slot(0, SPAN));
    let words = |words: &str| PromptPiece::Words(Arc::from(words));
    let player = ExprKind::Construct(Name::from(name), Box::new([]));
    Part {
        name: Name::from(name),
        doc: Arc::from(""),
        span: SPAN,
        params: Box::new([Param {
            name: Name::from("about"),
            doc: Arc::from(""),
            ty: Type::Unknown,
            default: None,
        }]),
        marked: Box::new([]),
        returns: Type::Text,
        player: Some(expr(player)),
        lines: Box::new([Line {
            role: Role::User,
            pieces: Box::new([words("Write about "), hole, words(".")]),
        }]),
        tools: Box::new([]),
        turns: None,
        opening: Arc::from("Write about "),
        from: None,
        ensures: Box::new([]),
        retry: None,
        within: Box::new([]),
        quorum: None,
        class: None,
        fresh: false,
        prefill: None,
        stdin: None,
    }
}

fn plan(bodies: Vec<Body>) -> Plan {
    let main = Movement {
        name: Name::from("main"),
        doc: Arc::from(""),
        span: SPAN,
        params: Box::new([]),
        returns: Type::Unknown,
        body: BodyId(0),
        thinks: false,
        depth: None,
        captured: Box::new([]),
        origin: Origin::Written,
    };
    Plan {
        movements: vec![main],
        parts: vec![part("thinker"), part("actor")],
        instruments: Vec::new(),
        bodies,
        functions: Vec::new(),
        conditions: Vec::new(),
        defaults: Vec::new(),
        tests: Vec::new(),
        prompt: None,
    }
}

/// A loop whose rounds make calls of these parts, each about what the one before it gave.
fn rounds(count: i64, lanes: bool, parts: &[u32]) -> Plan {
    let mut nodes = Vec::new();
    for (at, part) in (0..).zip(parts) {
        nodes.push(call(*part, at, at + 1, &format!("call{at}")));
    }
    let last = u32::try_from(parts.len()).unwrap_or(0);
    let round = Body::new(nodes, last + 1, Some(last));
    plan(vec![Body::new(vec![range(count, 0), each(0, 0, lanes, 1, Vec::new(), 1)], 2, Some(1)), round])
}

/// A `repeat` that counts up to this many, with a call in each round that nothing waits for.
fn repeated(count: i64) -> Plan {
    let number = |number| Expr::constant(Value::Int(number), SPAN);
    let next = ExprKind::Math(Math::Add, Box::new(Expr::slot(0, SPAN)), Box::new(number(1)));
    let next = node(Kind::Pure(expr(next)), vec![0], 2, "next");
    let round = Body::new(vec![call(0, 0, 1, "call"), next], 3, Some(2));
    let repeat = Repeat {
        bound: 0,
        every: None,
        starts: Box::new([1]),
        carried: Box::new([0]),
        names: Box::new([Name::from("n")]),
        body: Use { body: BodyId(1), inputs: Box::new([]), outputs: Box::new([]) },
        can_stop: false,
        otherwise: None,
    };
    let start = |value, out| node(Kind::Pure(number(value)), Vec::new(), out, "start");
    let repeat = node(Kind::Repeat(Box::new(repeat)), vec![0], 2, "repeat");
    plan(vec![Body::new(vec![start(count, 0), start(1, 1), repeat], 3, Some(2)), round])
}

/// A loop in a loop, both over this many.
fn nested(count: i64) -> Plan {
    let inner = Body::new(vec![call(0, 0, 1, "call")], 2, Some(1));
    let outer = Body::new(vec![range(count, 1), each(1, 0, false, 2, Vec::new(), 2)], 3, Some(2));
    plan(vec![
        Body::new(vec![range(count, 0), each(0, 0, false, 1, Vec::new(), 1)], 2, Some(1)),
        outer,
        inner,
    ])
}
