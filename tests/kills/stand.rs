//! A score to be ended in the middle, against a server that remembers what reached it; and what must hold of each run
//! of it, however often it was ended.

use std::collections::BTreeMap;

use score_lang::journal::{Past, Reader};

use crate::world::place::{Place, Ran};
use crate::world::{Reached, World, receipt};

/// Thinks, acts, acts what may be repeated, reads something too long for a row of the journal, and acts together
/// where only one may be on its way.
const SCORE: &str = r#"
instrument model = openai("m", base_url: "{address}/v1")
instrument api = http("{address}", at_once: 1)
instrument safe = http("{address}", idempotent: true)
part think(x: text) -> text by model "think about {x}"
part post(x: text) -> text by api "POST /act\n\n{x}"
part beside(x: text) -> text by api "POST /beside\n\n{x}"
part order(x: text) -> text by safe "POST /order\n\n{x}"
movement main() -> [text] {
  let long = read("long.txt")
  for i in 1..4 together { beside("post beside {i}") }
  for i in 1..ROUNDS {
    let t = think("{i} of {len(long)}")
    let p = post("post {i} {t}")
    order("order {i} {p}")
  }
}
"#;

/// Where the score is performed, and what comes of it when nothing happens to it.
pub struct Stand {
    pub place: Place,
    pub world: World,
    /// The result.
    pub whole: String,
    /// What the requests of all its calls are about, by path.
    calls: Vec<String>,
}

/// The calls of a run of which it was recorded how they ended, with how often the server had met each by then.
pub type Acknowledged = BTreeMap<String, usize>;

impl Stand {
    pub fn new(rounds: usize) -> Self {
        let (place, world) = (Place::new(), World::new());
        let score = SCORE.replace("{address}", &world.address).replace("ROUNDS", &rounds.to_string());
        place.file("a.score", score).file("long.txt", "long ".repeat(20_000));
        let whole = place.score(&["run", "a.score", "--json", "--run", "whole"]).ends(0).out;
        let mut calls: Vec<String> = world.log().iter().map(path).collect();
        calls.sort();
        let stand = Self { place, world, whole, calls };
        let past = stand.past("whole").expect("a journal");
        let mut recorded: Vec<&str> = past.records.iter().map(|record| &*record.path).collect();
        recorded.retain(|path| *path != "main/long");
        recorded.sort_unstable();
        assert_eq!(recorded, stand.calls, "the server and the journal name the same calls");
        stand
    }

    /// How many requests a run comes to.
    pub fn requests(&self) -> usize {
        self.calls.len()
    }

    /// What stands in a run's journal, by a copy: looking at it must not mend it. `None`: nothing yet.
    pub fn past(&self, run: &str) -> Option<Past> {
        let folder = self.place.path().join(".local/state/score/runs").join(run);
        let copy = tempfile::tempdir().expect("a folder");
        for name in ["journal.db", "journal.db-wal", "head"] {
            let _ = std::fs::copy(folder.join(name), copy.path().join(name));
        }
        std::fs::create_dir(copy.path().join("store")).expect("a folder");
        for kept in std::fs::read_dir(folder.join("store")).into_iter().flatten().flatten() {
            std::fs::copy(kept.path(), copy.path().join("store").join(kept.file_name())).expect("copied");
        }
        // One that was ended while it was made is none yet.
        let past = Reader::open(copy.path()).ok()?.past().expect("it holds");
        Some(past).filter(|past| !past.is_empty())
    }

    /// How often the server has met a call.
    fn met(&self, call: &str) -> usize {
        self.world.log().iter().filter(|reached| path(reached) == call).count()
    }

    /// A process of this run has ended: nothing was sent that was not recorded before, and nothing again whose end
    /// was.
    pub fn look(&self, run: &str, known: &mut Acknowledged) {
        self.world.settle();
        let past = self.past(run);
        let records = past.as_ref().map(|past| &past.records[..]).unwrap_or_default();
        for reached in self.world.log() {
            let call = path(&reached);
            let intended = records.iter().any(|record| *record.path == *call);
            assert!(intended, "{run}: {call} was sent and stands in no journal");
        }
        self.hold(run, known);
        for record in records.iter().filter(|record| record.outcome.is_some()) {
            known.entry(record.path.to_string()).or_insert_with(|| self.met(&record.path));
        }
    }

    /// What was acknowledged was never made again.
    fn hold(&self, run: &str, known: &Acknowledged) {
        for (call, before) in known {
            assert_eq!(self.met(call), *before, "{run}: {call} was made again");
        }
    }

    /// The run is over: its result is that of an undisturbed one, and no act was done twice.
    pub fn is_whole(&self, run: &str, known: &Acknowledged, result: &str) {
        self.world.settle();
        assert_eq!(result, self.whole, "{run}");
        self.hold(run, known);
        let acts = self.world.acts();
        for act in &acts {
            let same: Vec<_> = acts.iter().filter(|other| other.body == act.body).collect();
            assert!(act.key.is_some() || same.len() == 1, "{run}: done twice: {act:?}");
            assert!(same.iter().all(|other| other.key == act.key), "{run}: another key: {act:?}");
        }
        let mut met: Vec<String> = self.world.log().iter().map(path).collect();
        met.sort();
        met.dedup();
        assert_eq!(met, self.calls, "{run}");
    }

    /// The words that begin a run or let it go on.
    pub fn run(run: &str) -> Vec<String> {
        ["run", "a.score", "--json", "--run", run].map(str::to_owned).to_vec()
    }

    /// The words that let it go on with what somebody finds out who looks whether the acts were done that it asks
    /// about.
    pub fn decide(&self, run: &str, ran: &Ran) -> Vec<String> {
        let mut words = ["resume", run, "--json"].map(str::to_owned).to_vec();
        let lines: Vec<&str> = ran.err.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let Some((path, _)) = line.split_once(" may have been done:") else { continue };
            let body = lines[at + 1..].iter().find(|line| line.trim_start().starts_with("post "));
            let body = body.expect("its body").trim();
            let done = self.world.acts().iter().any(|act| act.body == body);
            let choice = if done { format!("\"{}\"", receipt(body)) } else { String::from("retry") };
            words.extend([String::from("--in-doubt"), format!("{path}={choice}")]);
        }
        words
    }

    /// Lets a run go on undisturbed until it is over, and says how often somebody had to look whether acts were done.
    pub fn finish(&self, run: &str, known: &Acknowledged) -> usize {
        let mut words = Self::run(run);
        for doubts in 0..4 {
            let words_now: Vec<&str> = words.iter().map(String::as_str).collect();
            let ran = self.place.score(&words_now);
            match ran.code {
                Some(0) => {
                    self.is_whole(run, known, &ran.out);
                    return doubts;
                }
                Some(6) => words = self.decide(run, &ran),
                _ => panic!("{run}: {ran:#?}"),
            }
        }
        panic!("{run} never ends");
    }
}

/// The path of the call that a request belongs to.
fn path(reached: &Reached) -> String {
    let (around, call, before) = match &*reached.path {
        "/beside" => ("for", "beside", "post beside "),
        "/act" => ("for#2", "p", "post "),
        "/order" => ("for#2", "order", "order "),
        _ => ("for#2", "t", "think about "),
    };
    let (_, rest) = reached.body.split_once(before).expect("what it is about");
    let number: usize = rest.split(' ').next().and_then(|number| number.parse().ok()).expect("a number");
    format!("main/{around}[{}]/{call}", number - 1)
}
