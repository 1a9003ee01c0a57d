//! A run that dies at any point goes on: nothing that was acknowledged is done again, nothing is done twice, and
//! the result is that of a run that did not die.
//!
//! A run dies before a commit (what happened is lost), after one (what it allows is not begun), or after a
//! request was taken and before it is answered. The quick test tries some of these points, the slow one all.

mod world;

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use score_lang::instrument::{Ask, Class, Failure, Question};
use score_lang::journal::{Past, Reader, Sqlite};
use score_lang::session::{Decisions, Doubt, Doubtful, Ended, Origin, Parsed, Performance, Planned};
use score_lang::value::{Value, json_text};
use world::dying::{Dying, When};
use world::{World, receipt};

const HOUSE: &str = r#"
instrument model = openai("m", base_url: "{address}/v1")
instrument api = http("{address}")
instrument safe = http("{address}", idempotent: true)
instrument me = human()
part think(x: text) -> text by model "think about {x}"
part post(x: text) -> text by api "POST /act\n\n{x}"
part put(x: text) -> text by api "PUT /thing\n\n{x}"
part order(x: text) -> text by safe "POST /order\n\n{x}"
part approve(x: text) -> bool by me "Is {x} right?"
"#;

const PROGRAMS: &[(&str, &str)] = &[
    (
        "sequence",
        r#"movement main() -> text { let a = think("a")  let p = post(a)  let b = think("b {p}")  post(b) }"#,
    ),
    (
        "parallel",
        r#"movement main() -> text {
  let all = for x in ["a", "b", "c", "d"] { think(x) }
  post(join(all, "+"))
}"#,
    ),
    (
        "loop",
        r#"movement main() -> [text] { for x in ["a", "b", "c"] { let t = think(x)  post("{x} {t}") } }"#,
    ),
    (
        "branch",
        r#"part judge(x: text) -> "good" | "bad" by model "say good {x}"
movement main() -> text {
  let a = think("a")
  match judge(a) {
    "good" => { let b = think("b {a}")  post(b) },
    "bad" => post("never"),
  }
}"#,
    ),
    (
        "person",
        r#"movement main() -> text {
  let a = think("a")
  let ok = approve(a)
  if ok { post(a) } else { think("no") }
}"#,
    ),
    (
        "retry",
        r#"part careful(x: text) -> text by model ensure it != "bad" else "Think again." "think twice about {x}"
movement main() -> text { let a = careful("a")  post(a)  careful("b {a}") }"#,
    ),
    (
        "tools",
        r#"instrument clerk = script([
  {call: "post", with: {x: "first"}},
  [{call: "think", with: {x: "t"}}, {call: "put", with: {x: "second"}}],
  "all done",
])
part manage(x: text) -> text by clerk using post, put, think "Manage {x}."
movement main() -> text { let r = manage("it")  post(r) }"#,
    ),
    (
        "nested",
        r#"movement one(x: text) -> text { let t = think(x)  let p = post(t)  "{x}: {p}" }
movement two(x: text) -> text { let a = one(x)  let b = one("{x}2")  put("{a} {b}") }
movement main() -> [text] { for x in ["a", "b"] { two(x) } }"#,
    ),
    (
        "rounds",
        r#"movement main() -> text {
  repeat up to 3 with last = "0" { let t = think(last)  order(t)  t }
}"#,
    ),
    (
        "caught",
        r#"movement risky() -> text { let a = think("a")  require a == "x" else "not x"  post(a) }
movement main() -> text {
  together { let a = risky() otherwise think("instead")  let b = post("b") }
  order("{a} {b}")
}"#,
    ),
];

/// Where the journal breaks off.
#[derive(Clone, Copy, Debug)]
enum Point {
    Never,
    BeforeCommit(usize),
    AfterCommit(usize),
    /// The request with this number is taken and not answered.
    Sent(usize),
}

impl Point {
    /// The commit at which the journal dies.
    const fn commit(self) -> Option<(usize, When)> {
        match self {
            Self::BeforeCommit(at) => Some((at, When::Before)),
            Self::AfterCommit(at) => Some((at, When::After)),
            Self::Never | Self::Sent(_) => None,
        }
    }
}

struct Nods(AtomicUsize);

impl Ask for Nods {
    fn ask(&self, _: Question) -> Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send + '_>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(std::future::ready(Ok(Value::Bool(true))))
    }
}

struct Stand {
    planned: Planned,
    world: World,
    folder: PathBuf,
    people: Arc<Nods>,
    commits: Arc<AtomicUsize>,
}

impl Stand {
    fn new(text: &str, world: &World, folder: PathBuf) -> Self {
        let text = format!("{}{text}", HOUSE.replace("{address}", &world.address));
        let checked = Parsed::text("main.score", text).check().expect("no errors");
        Self {
            planned: checked.plan().expect("a plan"),
            world: world.clone(),
            folder,
            people: Arc::new(Nods(AtomicUsize::new(0))),
            commits: Arc::default(),
        }
    }

    /// Performs until it ends or dies at this point.
    fn perform(&self, point: Point, decisions: Decisions) -> Option<Ended> {
        let mut performance = Performance::new(&self.planned, self.planned.movement(None).expect("main"));
        std::fs::create_dir_all(&self.folder).expect("a folder");
        let (journal, past) = Sqlite::take(&self.folder, "run").expect("the journal");
        let origin = Origin { run: String::from("run"), score: String::from("-"), ..Origin::default() };
        let beginning = performance.beginning(&self.planned, origin, &journal).expect("written down");
        self.commits.store(0, Ordering::SeqCst);
        let journal = Dying { journal, commits: self.commits.clone(), at: point.commit() };
        performance.people(self.people.clone());
        performance.keep(Box::new(journal), beginning, past, decisions);
        self.world.fall_silent_at(match point {
            Point::Sent(number) => Some(number),
            _ => None,
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let world = self.world.clone();
        let dies = matches!(point, Point::Sent(_));
        let ended = runtime.block_on(async move {
            tokio::select! {
                ended = performance.perform() => ended.ok(),
                true = silence(world), if dies => None,
            }
        });
        runtime.shutdown_background();
        self.world.settle();
        ended
    }

    fn past(&self) -> Past {
        Reader::open(&self.folder).expect("a journal").past().expect("it holds")
    }
}

async fn silence(world: World) -> bool {
    loop {
        if world.silence_is_met(Duration::ZERO) {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Somebody looks whether the acts in doubt were done.
fn decide(doubts: &[Doubtful], world: &World) -> Decisions {
    let mut decisions = Decisions::default();
    for doubt in doubts {
        assert!(doubt.before.is_none(), "nothing was edited: {doubt:?}");
        let body = doubt.now.rsplit("\n\n").next().unwrap_or_default();
        let done = world.acts().iter().any(|act| act.body == body);
        let choice = if done { Doubt::Gave(Value::text(&receipt(body))) } else { Doubt::Retry };
        decisions.in_doubt.push((Some(doubt.path.to_string()), choice));
    }
    decisions
}

/// A folder on a disk that is quick to sync, where there is one.
fn folder() -> tempfile::TempDir {
    let quick = Path::new("/dev/shm");
    if quick.is_dir() { tempfile::tempdir_in(quick) } else { tempfile::tempdir() }.expect("a folder")
}

/// What a run that does not die comes to.
struct Whole {
    result: String,
    thoughts: usize,
    acts: Vec<String>,
    commits: usize,
    requests: usize,
}

fn whole(text: &str, world: &World) -> Whole {
    let place = folder();
    world.forget();
    let stand = Stand::new(text, world, place.path().join("whole"));
    let value = match stand.perform(Point::Never, Decisions::default()) {
        Some(Ended::Done(value)) => value,
        other => panic!("{other:?}\n{text}"),
    };
    let acts = world.acts().into_iter().map(|act| act.body).collect();
    Whole {
        result: json_text(&value),
        thoughts: world.thoughts(),
        acts,
        commits: stand.commits.load(Ordering::SeqCst),
        requests: world.log().len(),
    }
}

/// Dies at this point, goes on to the end, and holds what happened against a run that did not die. Says whether it
/// died.
fn dies_and_goes_on(name: &str, text: &str, world: &World, whole: &Whole, point: Point) -> bool {
    let place = folder();
    world.forget();
    let stand = Stand::new(text, world, place.path().join("run"));
    let died = stand.perform(point, Decisions::default());
    if matches!(died, Some(Ended::Done(_))) {
        // What ends at the same time is recorded at once: there are fewer commits than the last time.
        return false;
    }
    let past = stand.past();
    let known = |class: Class| {
        past.records.iter().filter(|record| record.class == class && record.outcome.is_some()).count()
    };
    // Tools and scripts think, too, and never reach the world.
    let scripted = past
        .records
        .iter()
        .filter(|record| {
            record.outcome.is_some() && record.class == Class::Thinks && &*record.part == "manage"
        })
        .count();
    let (sent, recorded) = (world.thoughts(), known(Class::Thinks) - scripted);
    let asked = stand.people.0.load(Ordering::SeqCst);
    let answered = past.records.iter().filter(|record| record.person && record.outcome.is_some()).count();
    let mut decisions = Decisions::default();
    let mut starts = 0;
    let value = loop {
        starts += 1;
        assert!(starts < 10, "{name} {point:?} never ends");
        match stand.perform(Point::Never, decisions.clone()) {
            Some(Ended::Done(value)) => break value,
            Some(Ended::Waiting(questions, doubts)) => {
                assert!(questions.is_empty());
                decisions = decide(&doubts, world);
            }
            other => panic!("{name} {point:?}: {other:?}"),
        }
    };
    assert_eq!(json_text(&value), whole.result, "{name} {point:?}");
    assert_eq!(world.thoughts(), sent + whole.thoughts - recorded, "{name} {point:?}: thought again");
    let mut acts = world.acts();
    let mut done: Vec<String> = Vec::new();
    while let Some(act) = acts.pop() {
        let same: Vec<_> = acts.iter().filter(|other| other.body == act.body).cloned().collect();
        let may_repeat = act.method == "PUT" || act.key.is_some();
        assert!(may_repeat || same.is_empty(), "{name} {point:?}: done twice: {act:?}");
        assert!(same.iter().all(|other| other.key == act.key), "{name} {point:?}: another key: {act:?}");
        acts.retain(|other| other.body != act.body);
        done.push(act.body);
    }
    done.sort();
    let mut meant = whole.acts.clone();
    meant.sort();
    assert_eq!(done, meant, "{name} {point:?}");
    if answered > 0 {
        assert_eq!(stand.people.0.load(Ordering::SeqCst), asked, "{name} {point:?}: asked again");
    }
    true
}

fn enumerate(every: usize) -> usize {
    let world = World::new();
    let mut tried = 0;
    for (at, (name, text)) in PROGRAMS.iter().enumerate() {
        let whole = whole(text, &world);
        let commits = (0..whole.commits).flat_map(|at| [Point::BeforeCommit(at), Point::AfterCommit(at)]);
        let points = commits.chain((0..whole.requests).map(Point::Sent));
        for (number, point) in points.enumerate() {
            let last = matches!(point, Point::AfterCommit(commit) if commit + 1 == whole.commits);
            if (number + at) % every == 0 && !last {
                tried += usize::from(dies_and_goes_on(name, text, &world, &whole, point));
            }
        }
    }
    tried
}

#[test]
fn a_run_that_dies_goes_on() {
    let tried = enumerate(7);
    assert!(tried >= 15, "only {tried} points");
}

#[test]
#[ignore = "every point"]
fn a_run_that_dies_anywhere_goes_on() {
    let tried = enumerate(1);
    println!("{tried} points");
    assert!(tried >= 120, "only {tried} points");
}
