//! Limits in money under chance: random costs, random orders of completion, failures, calls that are cut off, and
//! the process ending at any moment. No limit is ever overshot, and nothing that may have been spent is forgotten.
//!
//! `SCORE_SEEDS=10000 cargo test --release --test money -- --ignored --nocapture` tries more of them.

mod cases;
mod desk;
mod kept;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use score_lang::conduct::local::Orchestra;
use score_lang::conduct::simulate::Chance;
use score_lang::engine::evaluate::Given;
use score_lang::engine::{Engine, Operation, Report, Step, What};
use score_lang::instrument::{CallId, Failure, FailureKind, Outcome, Reply, Usage};
use score_lang::plan::MovementId;
use score_lang::session::Planned;
use score_lang::value::{Money, Value};

/// Fifty ways at once, limits inside of limits, failures caught, races with losers, turns with tools.
const SCORE: &str = r#"
instrument quick  = openai("a", base_url: "http://127.0.0.1:9/v1", price: {input: $1, output: $10}, max_tokens: 400)
instrument slow   = openai("b", base_url: "http://127.0.0.1:9/v1", price: {input: $2, output: $20}, max_tokens: 700)
instrument flat   = script(asked => asked, price: $0.004)
instrument either = race(quick, slow)
instrument spare  = fallback(quick, slow)

part ask(n: int) -> text by quick retry 2 ensure it != "bad" else "say something else" "Say {n}."
part pick(n: int) -> text by either "Pick {n}."
part note(n: int) -> text by flat within 4s "Note {n}."
part own(n: int) -> text by spare within $0.03 "Say {n} once more."
part agent(n: int) -> text by quick using note up to 2 turns "Do {n}."

movement main() -> [text] {
  let first = (limit $0.27 { for n in 1..50 { ask(n) otherwise on unavailable, timeout, ensure_failed "-" } }) otherwise on budget ["first"]
  let second = (limit $0.20 {
    for n in 1..20 {
      (limit $0.05 { "{pick(n)}{note(n)}" }) otherwise on budget, unavailable, timeout, ensure_failed "-"
    }
  }) otherwise on budget ["second"]
  let third = for n in 1..12 { own(n) otherwise "-" }
  let fourth = for n in 1..6 { agent(n) otherwise "-" }
  first + second + third + fourth
}
"#;

/// One record of a run.
#[derive(Debug, Clone)]
enum Entry {
    Intended(CallId, Money),
    Ended(CallId, Outcome),
}

/// What lasts longer than a process.
struct World {
    chance: Chance,
    log: Vec<Entry>,
    bill: Bill,
    crashes: u32,
}

/// What providers have really charged, whether anybody was told or not.
#[derive(Default)]
struct Bill {
    charged: i64,
    /// The same by the first two names of the path.
    charged_at: BTreeMap<String, i64>,
}

impl Bill {
    fn charge(&mut self, under: &Under) {
        self.charged += under.cost;
        *self.charged_at.entry(under.place.clone()).or_default() += under.cost;
    }

    /// What is known to be spent, or may be, is never less than what is charged, nor more than may be spent.
    fn judge(&self, known: i64, cap: i64) {
        assert!(known <= cap, "{known} of {cap}");
        assert!(self.charged <= known, "{} was charged, and {known} is known of", self.charged);
        for (place, cap) in [("main/first", 270_000_000), ("main/second", 200_000_000)] {
            let charged = self.charged_at.get(place).copied().unwrap_or(0);
            assert!(charged <= cap, "{charged} was charged at {place}");
        }
    }
}

/// A call under way.
struct Under {
    outcome: Outcome,
    /// What the provider charges for it.
    cost: i64,
    place: String,
}

impl Under {
    fn of(outcome: Outcome, cost: i64, path: &str) -> Self {
        let place: Vec<&str> = path.split(['/', '[']).take(2).collect();
        Self { outcome, cost, place: place.join("/") }
    }
}

struct Process<'w> {
    engine: Engine,
    world: &'w mut World,
    now: u64,
    /// By the time they are due.
    due: BTreeMap<(u64, u64), CallId>,
    under: HashMap<CallId, Under>,
    timers: HashSet<CallId>,
    /// Calls that were cut off, with what they have taken.
    cut: HashMap<CallId, Outcome>,
    number: u64,
}

enum End {
    Over(Result<Value, Box<Report>>),
    Crashed,
}

fn outcome(chance: &mut Chance, cost: i64, tools: bool) -> Outcome {
    let usage = Usage { spend: Some(Money::from_nanos(cost)), ..Usage::default() };
    match chance.below(14) {
        // Charged, and nobody tells what.
        0 => Outcome::Failed(Failure::new(FailureKind::Unavailable, "broke off")),
        1 => Outcome::Done(Reply::text("fine")),
        2 => Outcome::Failed(Failure::new(FailureKind::Timeout, "too slow").with_took(usage)),
        3 => Outcome::Done(Reply::text("bad").with_usage(usage)),
        4 | 5 if tools => {
            let call = score_lang::instrument::ToolCall::new(
                "note",
                score_lang::instrument::Answer::Text(r#"{"n": 3}"#.to_owned()),
            );
            Outcome::Done(Reply::calls("", vec![call]).with_usage(usage))
        }
        _ => Outcome::Done(Reply::text("good").with_usage(usage)),
    }
}

impl Process<'_> {
    /// Performs from the beginning: what is recorded first, then what is not.
    fn run(mut self, crash_at: Option<u64>) -> End {
        let mut recorded: Vec<Option<(CallId, Outcome)>> = Vec::new();
        let mut intended: HashMap<CallId, i64> = HashMap::new();
        for entry in &self.world.log {
            match entry {
                Entry::Intended(id, hold) => {
                    *intended.entry(*id).or_default() += hold.nanos;
                }
                Entry::Ended(id, outcome) => {
                    if let Outcome::Lost(amount) = outcome {
                        *intended.entry(*id).or_default() -= amount.nanos;
                    } else {
                        intended.remove(id);
                    }
                    recorded.push(Some((*id, outcome.clone())));
                }
            }
        }
        let mut waiting: Vec<(CallId, What)> = Vec::new();
        // What is recorded is fed first, the earliest of what is in flight, and nothing is started.
        loop {
            if let Some(end) = self.step() {
                return end;
            }
            for operation in self.engine.take_operations() {
                match operation {
                    Operation::Start { id, what } => waiting.push((id, what)),
                    Operation::Cancel(id) => waiting.retain(|(other, _)| *other != id),
                }
            }
            let next = recorded.iter_mut().find(|entry| {
                entry.as_ref().is_some_and(|(id, outcome)| match outcome {
                    Outcome::Settled(_) => self.engine.owes(*id),
                    _ => waiting.iter().any(|(other, _)| other == id),
                })
            });
            let Some((id, outcome)) = next.and_then(Option::take) else { break };
            if !matches!(outcome, Outcome::Lost(_) | Outcome::Settled(_)) {
                waiting.retain(|(other, _)| *other != id);
            }
            self.engine.deliver(id, outcome);
        }
        // What was under way when the process ended may have been charged.
        for (id, what) in &waiting {
            if let (What::Play, Some(hold)) = (what, intended.get(id).filter(|hold| **hold > 0)) {
                let lost = Outcome::Lost(Money::from_nanos(*hold));
                self.world.log.push(Entry::Ended(*id, lost.clone()));
                self.engine.deliver(*id, lost);
            }
        }
        if let Some(end) = self.step() {
            return end;
        }
        for operation in self.engine.take_operations() {
            match operation {
                Operation::Start { id, what } => waiting.push((id, what)),
                Operation::Cancel(id) => waiting.retain(|(other, _)| *other != id),
            }
        }
        for (id, what) in waiting {
            self.start(id, what);
        }
        self.live(crash_at)
    }

    fn step(&mut self) -> Option<End> {
        loop {
            match self.engine.step(1_000) {
                Step::More => {}
                Step::Idle => return None,
                Step::Done(value) => return Some(End::Over(Ok(value))),
                Step::Failed(report) => return Some(End::Over(Err(report))),
            }
        }
    }

    fn live(mut self, crash_at: Option<u64>) -> End {
        let mut delivered = 0;
        loop {
            if let Some(end) = self.step() {
                self.judge();
                return end;
            }
            for operation in self.engine.take_operations() {
                match operation {
                    Operation::Start { id, what } => self.start(id, what),
                    Operation::Cancel(id) => self.cancel(id),
                }
            }
            self.judge();
            if crash_at.is_some_and(|at| delivered >= at) {
                // What was sent is charged, and nobody will ever tell.
                for under in self.under.values() {
                    self.world.bill.charge(under);
                }
                return End::Crashed;
            }
            self.settle_some();
            let Some(((at, _), id)) = self.due.pop_first() else { panic!("nothing goes on") };
            self.now = at;
            if self.timers.remove(&id) {
                self.record(id, Outcome::Fired);
            } else if let Some(under) = self.under.remove(&id) {
                self.world.bill.charge(&under);
                self.record(id, under.outcome);
            }
            delivered += 1;
        }
    }

    fn record(&mut self, id: CallId, outcome: Outcome) {
        self.world.log.push(Entry::Ended(id, outcome.clone()));
        self.engine.deliver(id, outcome);
    }

    fn start(&mut self, id: CallId, what: What) {
        self.number += 1;
        let millis = match what {
            What::Timer { millis, .. } => {
                self.timers.insert(id);
                u64::try_from(millis).unwrap_or(0)
            }
            What::Play => {
                // It may have been cancelled by what was delivered just now.
                let Some(request) = self.engine.render(id) else { return };
                let hold = self.engine.hold(id).expect("all that costs is reckoned with");
                self.world.log.push(Entry::Intended(id, hold));
                let cost = match self.world.chance.below(4) {
                    0 => hold.nanos,
                    _ => i64::try_from(self.world.chance.below(u64::try_from(hold.nanos + 1).unwrap_or(1)))
                        .expect("small"),
                };
                let outcome = outcome(&mut self.world.chance, cost, !request.tools.is_empty());
                self.under.insert(id, Under::of(outcome, cost, &request.path));
                self.world.chance.below(5_000)
            }
        };
        self.due.insert((self.now + millis, self.number), id);
    }

    fn cancel(&mut self, id: CallId) {
        self.timers.remove(&id);
        if let Some(under) = self.under.remove(&id) {
            self.world.bill.charge(&under);
            if let (true, Outcome::Done(reply)) = (self.engine.owes(id), &under.outcome) {
                self.cut.insert(id, Outcome::Settled(reply.usage));
            }
        }
    }

    /// What was cut off is told of sometimes, later.
    fn settle_some(&mut self) {
        let ids: Vec<CallId> = self.cut.keys().copied().collect();
        for id in ids {
            if self.world.chance.below(3) == 0
                && let Some(outcome) = self.cut.remove(&id)
            {
                self.record(id, outcome);
            }
        }
    }

    fn judge(&self) {
        let budget = self.engine.budget().expect("it has one");
        self.world.bill.judge(budget.spent.nanos + budget.held.nanos + budget.maybe.nanos, budget.cap.nanos);
    }
}

/// One run, with as many processes as it takes.
fn run(planned: &Planned, seed: u64) -> (Result<Value, Box<Report>>, World) {
    let mut world =
        World { chance: Chance::seeded(seed), log: Vec::new(), bill: Bill::default(), crashes: 0 };
    let cap = match seed % 3 {
        0 => 1_000_000_000,
        1 => 150_000_000,
        _ => 300_000_000,
    };
    loop {
        let engine = Engine::new(
            Arc::new(planned.plan().clone()),
            planned.movement(None).unwrap_or(MovementId(0)),
            Vec::new(),
            Given::default(),
            Arc::new(Orchestra::default()),
        )
        .within_budget(Money::from_nanos(cap));
        let crash_at = (world.crashes < 4).then(|| world.chance.below(60));
        let process = Process {
            engine,
            world: &mut world,
            now: 0,
            due: BTreeMap::new(),
            under: HashMap::new(),
            timers: HashSet::new(),
            cut: HashMap::new(),
            number: 0,
        };
        match process.run(crash_at) {
            End::Crashed => world.crashes += 1,
            End::Over(result) => return (result, world),
        }
    }
}

#[test]
fn no_limit_is_overshot_and_nothing_spent_is_forgotten() {
    try_seeds(30);
}

#[test]
#[ignore = "a minute and a half in a debug build"]
fn not_over_a_thousand_runs_either() {
    let seeds = std::env::var("SCORE_SEEDS").ok().and_then(|seeds| seeds.parse().ok());
    try_seeds(seeds.unwrap_or(1_000));
}

fn try_seeds(seeds: u64) {
    let planned = desk::planned(SCORE);
    let (mut done, mut out_of_money, mut crashes, mut calls) = (0, 0, 0, 0);
    for seed in 0..seeds {
        let (result, world) = run(&planned, seed);
        crashes += world.crashes;
        calls += world.log.iter().filter(|entry| matches!(entry, Entry::Intended(..))).count();
        match result {
            Ok(_) => done += 1,
            Err(report) if report.failure.kind == FailureKind::Budget => out_of_money += 1,
            Err(report) => panic!("seed {seed}: {report:?}"),
        }
    }
    println!("{seeds} runs: {done} done, {out_of_money} out of money; {crashes} crashes, {calls} calls");
    assert!(done > 0 && out_of_money > 0 && crashes > 0, "{done} {out_of_money} {crashes}");
}

#[test]
fn nor_through_the_journal_on_the_disk() {
    keep_seeds(20);
}

#[test]
#[ignore = "some minutes in a debug build"]
fn nor_over_a_thousand_runs_through_the_journal_on_the_disk() {
    let seeds = std::env::var("SCORE_SEEDS").ok().and_then(|seeds| seeds.parse().ok());
    keep_seeds(seeds.unwrap_or(1_000));
}

fn keep_seeds(seeds: u64) {
    // In every other one, what fails is not caught: the run fails, and goes on.
    let caught = " otherwise on unavailable, timeout, ensure_failed \"-\" }";
    let planned = [desk::planned(SCORE), desk::planned(&SCORE.replace(caught, " }"))];
    let (mut deaths, mut raised, mut failed) = (0, 0, 0);
    for (seed, planned) in (0..seeds).zip(planned.iter().cycle()) {
        let kept = kept::run(planned, seed);
        (deaths, raised, failed) = (deaths + kept.deaths, raised + kept.raised, failed + kept.failed);
    }
    println!(
        "{seeds} runs through the journal: {deaths} deaths, {failed} failures, {raised} times more money"
    );
    assert!(deaths > seeds && raised > 0 && failed > 0, "{deaths} {raised} {failed}");
}
