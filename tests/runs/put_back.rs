//! Clocks on the wall that are put back, repeat a second or go backwards, under the simulating conductor: a run that
//! dies at any commit ends as it would have with a clock that goes as it should, and nobody waits longer.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use score_lang::conduct::local::Orchestra;
use score_lang::conduct::scribe::{Decisions, Doubt, Scribe};
use score_lang::conduct::simulate::{Play, Settings, Simulated, simulate_recorded};
use score_lang::engine::Engine;
use score_lang::engine::evaluate::Given;
use score_lang::instrument::{Outcome, Reply, Request};
use score_lang::journal::{Beginning, JournalError, Sqlite};
use score_lang::plan::MovementId;
use score_lang::session::Parsed;
use score_lang::value::Value;

use crate::world::dying::{Dying, When};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// What a clock shows after so many milliseconds.
const CLOCKS: [(&str, fn(i64) -> i64); 6] = [
    ("put back an hour", |t| if t < 60_000 { t } else { t - HOUR }),
    ("a leap second", |t| if t < 60_000 { t } else { t - 1_000 }),
    ("to and fro", |t| t - t / 500 % 2 * 700),
    ("still", |_| 1_700_000_000_000),
    ("backwards", |t| 1_700_000_000_000 - 3 * t),
    ("before 1970", |t| t - DAY),
];

/// Nobody answers the first question in time; the second is answered after three hours.
const SCORE: &str = r#"
instrument me = human()
instrument model = script(asked => asked)
part approve(x: text) -> text by me within 2h "Is {x} right?"
part tell(x: text) -> text by me within 1d "What of {x}?"
part think(x: text) -> text by model within 30s "think about {x}"
movement main() -> text {
  let one = think("one") otherwise on timeout "slow"
  wait 10min
  let two = approve(one) otherwise on timeout "nobody came"
  let three = limit 1min { think("{two}") otherwise on timeout "slow" } otherwise on timeout "late"
  let four = tell(three)
  wait 1s
  think(four)
}
"#;

/// One start of the run, with a clock, and how many commits it made.
fn start(
    folder: &Path,
    shown: fn(i64) -> i64,
    at: Option<(usize, When)>,
) -> (Result<Simulated, JournalError>, usize) {
    let planned =
        Parsed::text("clocks.score", SCORE).check().ok().expect("a score").plan().ok().expect("a plan");
    let plan = Arc::new(planned.plan().clone());
    let engine =
        Engine::new(plan, MovementId(0), Vec::new(), Given::default(), Arc::new(Orchestra::default()));
    let (journal, past) = Sqlite::take(folder, "r").expect("a journal");
    let commits = Arc::<AtomicUsize>::default();
    let journal = Dying { journal, commits: commits.clone(), at };
    let decisions = Decisions { in_doubt: vec![(None, Doubt::Retry)], ..Decisions::default() };
    let beginning = Beginning { run: String::from("r"), ..Beginning::default() };
    let scribe = Scribe::new(Box::new(journal)).beginning(beginning).going_on(past, decisions);
    let ended = simulate_recorded(engine, Settings { shown, ..Settings::default() }, scribe, |request, _| {
        play(request)
    });
    (ended, commits.load(Ordering::SeqCst))
}

fn play(request: &Request) -> Play {
    let (says, millis, question) = match &*request.part {
        "approve" => ("yes", DAY * 100, true),
        "tell" => ("a lot", 3 * HOUR, true),
        _ => ("thought", 20_000, false),
    };
    let said = format!("{says} {}", request.path);
    Play { outcome: Outcome::Done(Reply::value(Value::text(&said))), millis, question }
}

#[test]
fn a_clock_that_is_put_back_changes_nothing() {
    let steady = tempfile::tempdir().expect("a folder");
    let (whole, _) = start(steady.path(), |t| t, None);
    let whole = whole.expect("written");
    let text = whole.result.clone().expect("it is done");
    assert_eq!(text, Value::text("thought main/think"), "{text:?}");
    let mut tried = 0;
    for (name, shown) in CLOCKS {
        let place = tempfile::tempdir().expect("a folder");
        let (ended, commits) = start(place.path(), shown, None);
        let ended = ended.expect("written");
        assert_eq!((&ended.result, ended.millis), (&whole.result, whole.millis), "{name}");
        for at in 0..commits {
            for when in [When::Before, When::After] {
                let place = tempfile::tempdir().expect("a folder");
                assert!(start(place.path(), shown, Some((at, when))).0.is_err(), "{name}: it dies at {at}");
                let (ended, _) = start(place.path(), shown, None);
                let ended = ended.expect("written");
                assert!(ended.doubts.is_empty());
                assert_eq!(ended.result, whole.result, "{name}, commit {at}, {when:?}");
                assert!(ended.millis <= whole.millis, "{name}, commit {at}: {} ms", ended.millis);
                tried += 1;
            }
        }
    }
    assert!(tried > 50, "{tried}");
}
