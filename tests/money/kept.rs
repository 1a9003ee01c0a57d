//! The same through the journal on the disk: each process takes the run over from what the one before has recorded,
//! dies before or after a commit or with calls under way, and what it was billed for counts for all that follow.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use score_lang::conduct::local::Orchestra;
use score_lang::conduct::scribe::{Decisions, Scribe, Verdict};
use score_lang::conduct::simulate::Chance;
use score_lang::engine::evaluate::Given;
use score_lang::engine::{Engine, Operation, Report, Step, What};
use score_lang::instrument::{CallId, FailureKind, Outcome, Usage};
use score_lang::journal::{Beginning, Sqlite};
use score_lang::plan::MovementId;
use score_lang::session::Planned;
use score_lang::value::{Money, Value};

use super::{Bill, Under, outcome};

/// When the first process begins, in milliseconds since 1970.
const BEGIN: i64 = 1_700_000_000_000;

/// Where a process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Death {
    /// What has happened is not recorded.
    BeforeCommit,
    /// What was recorded is not begun.
    AfterCommit,
    /// What was begun is under way.
    UnderWay,
}

struct Process<'w> {
    engine: Engine,
    scribe: Scribe,
    chance: &'w mut Chance,
    bill: &'w mut Bill,
    cap: i64,
    now: u64,
    due: BTreeMap<(u64, u64), CallId>,
    number: u64,
    under: HashMap<CallId, Under>,
    timers: HashSet<CallId>,
    cut: BTreeMap<CallId, Usage>,
    queue: VecDeque<CallId>,
}

enum End {
    Over(Result<Value, Box<Report>>),
    Died,
}

impl<'w> Process<'w> {
    fn new(
        planned: &Planned,
        decisions: Decisions,
        folder: &Path,
        cap: i64,
        chance: &'w mut Chance,
        bill: &'w mut Bill,
    ) -> Self {
        let engine = || {
            let plan = Arc::new(planned.plan().clone());
            let movement = planned.movement(None).unwrap_or(MovementId(0));
            Engine::new(plan, movement, Vec::new(), Given::default(), Arc::new(Orchestra::default()))
                .in_run("r")
                .within_budget(Money::from_nanos(cap))
        };
        let (journal, past) = Sqlite::take(folder, "r").expect("a journal");
        let beginning =
            Beginning { run: String::from("r"), movement: String::from("main"), ..Beginning::default() };
        let scribe = Scribe::new(Box::new(journal)).beginning(beginning);
        let mut scribe = scribe.going_on(past, decisions);
        let before = scribe.spent_before(engine()).expect("it can be read");
        Self {
            engine: engine().having_spent(before),
            scribe,
            chance,
            bill,
            cap,
            now: 0,
            due: BTreeMap::new(),
            number: 0,
            under: HashMap::new(),
            timers: HashSet::new(),
            cut: BTreeMap::new(),
            queue: VecDeque::new(),
        }
    }

    fn run(mut self, dies: Option<(u64, Death)>) -> End {
        let replayed = self.scribe.replay(&mut self.engine, &mut |_| {}).expect("it can be read");
        let mut wanted = replayed.wanted;
        let mut rounds = 0;
        loop {
            let death = dies.filter(|(at, _)| *at == rounds).map(|(_, death)| death);
            rounds += 1;
            let Some(step) = self.advance(std::mem::take(&mut wanted), death) else {
                // What was sent is billed, and nobody will ever tell.
                for under in self.under.values() {
                    self.bill.charge(under);
                }
                return End::Died;
            };
            self.judge();
            match step {
                Step::Done(value) => return End::Over(Ok(value)),
                Step::Failed(report) => return End::Over(Err(report)),
                Step::More => {}
                Step::Idle => self.wait(),
            }
        }
    }

    /// One round of a conductor; `None`: it died in it.
    fn advance(&mut self, wanted: Vec<Operation>, death: Option<Death>) -> Option<Step> {
        let mut step = self.engine.step(10_000);
        let mut timers = Vec::new();
        for operation in wanted.into_iter().chain(self.engine.take_operations()) {
            match operation {
                Operation::Start { id, what: What::Play } => self.queue.push_back(id),
                Operation::Start { id, what: What::Timer { millis, clock, within } } => {
                    let now = BEGIN + i64::try_from(self.now).expect("small");
                    timers.push((id, self.scribe.time(id, millis, clock, within, now)));
                }
                Operation::Cancel(id) => self.cancel(id),
            }
        }
        let mut starts = Vec::new();
        while let Some(id) = self.queue.pop_front() {
            let Some(mut request) = self.engine.render(id) else { continue };
            match self.scribe.judge(&mut request, false, false, &self.engine).expect("it can be read") {
                Verdict::Go => {}
                Verdict::Known(outcome) => {
                    self.engine.deliver(id, outcome);
                    step = Step::More;
                    continue;
                }
                Verdict::Doubtful(doubtful) => panic!("nothing acts: {doubtful:?}"),
            }
            let hold = self.engine.hold(id).expect("all that costs is reckoned with");
            self.scribe.intend(&request, false, false, &self.engine);
            starts.push((request, hold));
        }
        match &step {
            Step::Done(value) => self.scribe.done(value),
            Step::Failed(report) => self.scribe.failed(report, self.engine.failed_by()),
            Step::Idle | Step::More => {}
        }
        if death == Some(Death::BeforeCommit) {
            return None;
        }
        self.scribe.commit(self.scribe.performed() + Duration::from_millis(self.now)).expect("written");
        if death == Some(Death::AfterCommit) {
            return None;
        }
        for (id, left) in timers {
            self.timers.insert(id);
            self.after(id, u64::try_from(left).unwrap_or(0));
        }
        for (request, hold) in starts {
            let cost = match self.chance.below(4) {
                0 => hold.nanos,
                _ => i64::try_from(self.chance.below(u64::try_from(hold.nanos + 1).unwrap_or(1)))
                    .expect("small"),
            };
            let outcome = outcome(self.chance, cost, !request.tools.is_empty());
            self.under.insert(request.call, Under::of(outcome, cost, &request.path));
            let lasts = self.chance.below(5_000);
            self.after(request.call, lasts);
        }
        (death != Some(Death::UnderWay)).then_some(step)
    }

    fn after(&mut self, id: CallId, millis: u64) {
        self.number += 1;
        self.due.insert((self.now + millis, self.number), id);
    }

    fn cancel(&mut self, id: CallId) {
        self.timers.remove(&id);
        self.queue.retain(|queued| *queued != id);
        if let Some(under) = self.under.remove(&id) {
            self.bill.charge(&under);
            if let (true, Outcome::Done(reply)) = (self.engine.owes(id), &under.outcome) {
                self.cut.insert(id, reply.usage);
            }
        } else if self.engine.owes(id) {
            // It never began.
            self.deliver(id, Outcome::Settled(Usage::NOTHING));
        }
    }

    /// Something ends, and some of what was cut off is told of.
    fn wait(&mut self) {
        let cut: Vec<CallId> = self.cut.keys().copied().collect();
        for id in cut {
            if self.chance.below(3) == 0
                && let Some(usage) = self.cut.remove(&id)
            {
                self.deliver(id, Outcome::Settled(usage));
            }
        }
        let Some(((at, _), id)) = self.due.pop_first() else { panic!("nothing goes on") };
        self.now = self.now.max(at);
        if self.timers.remove(&id) {
            self.deliver(id, Outcome::Fired);
        } else if let Some(under) = self.under.remove(&id) {
            self.bill.charge(&under);
            self.deliver(id, under.outcome);
        }
    }

    fn deliver(&mut self, id: CallId, outcome: Outcome) {
        self.scribe.end(id, &outcome);
        self.engine.deliver(id, outcome);
    }

    fn judge(&self) {
        let budget = self.engine.budget().expect("it has one");
        let known = budget.spent.nanos + budget.held.nanos + budget.maybe.nanos;
        assert_eq!(budget.cap.nanos, self.cap);
        self.bill.judge(known, self.cap);
    }
}

/// What a run came to.
#[derive(Debug, Default)]
pub struct Kept {
    pub deaths: u64,
    /// How often it was out of money and went on with more.
    pub raised: u64,
    /// How often it failed otherwise, and made again what had failed.
    pub failed: u64,
    /// How often it went on with an edited score.
    pub edited: u64,
    /// How often calls were made again on purpose.
    pub again: u64,
}

impl Kept {
    pub const fn add(&mut self, other: Self) {
        self.deaths += other.deaths;
        self.raised += other.raised;
        self.failed += other.failed;
        self.edited += other.edited;
        self.again += other.again;
    }
}

/// Where calls are made again on purpose.
const FROM: [&str; 4] = ["main/first[7]", "main/second[3]", "main/third", "main/first"];

/// One run, with as many processes and as much money as it takes.
pub fn run(planned: &[Planned; 2], seed: u64) -> Kept {
    let quick = Path::new("/dev/shm");
    let place =
        if quick.is_dir() { tempfile::tempdir_in(quick) } else { tempfile::tempdir() }.expect("a folder");
    let (mut chance, mut bill, mut kept) = (Chance::seeded(seed), Bill::default(), Kept::default());
    let mut cap = match seed % 3 {
        0 => 1_000_000_000,
        1 => 150_000_000,
        _ => 300_000_000,
    };
    let mut edition = 0;
    let mut decisions = Decisions::default();
    loop {
        assert!(kept.raised < 20 && kept.failed < 100, "seed {seed}: it never ends: {kept:?}");
        let dies = (kept.deaths < 4).then(|| {
            let death = [Death::BeforeCommit, Death::AfterCommit, Death::UnderWay];
            (chance.below(60), death[usize::try_from(chance.below(3)).expect("small")])
        });
        let decided = std::mem::take(&mut decisions);
        let process = Process::new(&planned[edition], decided, place.path(), cap, &mut chance, &mut bill);
        match process.run(dies) {
            End::Died => {
                kept.deaths += 1;
                match chance.below(3) {
                    0 => {
                        edition = 1 - edition;
                        kept.edited += 1;
                    }
                    1 => {
                        let from = FROM[usize::try_from(chance.below(4)).expect("small")];
                        decisions.from = Some(from.to_owned());
                        kept.again += 1;
                    }
                    _ => {}
                }
            }
            End::Over(Ok(_)) => return kept,
            End::Over(Err(report)) if report.failure.kind == FailureKind::Budget => {
                kept.raised += 1;
                cap += 200_000_000;
            }
            End::Over(Err(report)) => {
                use FailureKind::{EnsureFailed, Timeout, Unavailable};
                let kind = report.failure.kind;
                assert!(matches!(kind, EnsureFailed | Timeout | Unavailable), "seed {seed}: {report:?}");
                kept.failed += 1;
            }
        }
    }
}
