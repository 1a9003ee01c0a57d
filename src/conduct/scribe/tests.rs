//! Random programs that die at a commit and go on: they mean the same, and nothing that was recorded is done
//! again.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::{Decisions, Doubt, Scribe};
use crate::conduct::simulate::{Chance, Play, Settings, Simulated, simulate_recorded};
use crate::engine::Engine;
use crate::engine::evaluate::Given;
use crate::engine::tests::generate::{Kinds, program};
use crate::engine::tests::lower::{Cast, plan};
use crate::engine::tests::program::Program;
use crate::instrument::{Class, Outcome, Reply, Request};
use crate::journal::{Beginning, Entry, Intent, Journal, JournalError, Reader, Sqlite};
use crate::plan::MovementId;
use crate::value::Value;

const KINDS: Kinds = Kinds { lanes: true, otherwise: true, failing: false, returns: true, thinks: true };

/// A journal that dies at a commit: before it, or right after.
struct Dying {
    journal: Sqlite,
    commits: Arc<AtomicUsize>,
    at: Option<(usize, bool)>,
}

impl Journal for Dying {
    fn append(&mut self, entries: &[Entry], performed: Duration) -> Result<(), JournalError> {
        let number = self.commits.fetch_add(1, Ordering::SeqCst);
        let now = self.at.filter(|(at, _)| *at == number);
        if let Some((_, true)) = now {
            return Err(JournalError::not_written("dead"));
        }
        self.journal.append(entries, performed)?;
        match now {
            Some(_) => Err(JournalError::not_written("dead")),
            None => Ok(()),
        }
    }

    fn outcome(&mut self, seq: u64) -> Result<Outcome, JournalError> {
        self.journal.outcome(seq)
    }

    fn intent(&mut self, seq: u64) -> Result<Intent, JournalError> {
        self.journal.intent(seq)
    }

    fn lasts(&self) -> bool {
        true
    }
}

/// How often each call was played, by what it asks.
type Played = BTreeMap<String, usize>;

struct Stand<'a> {
    program: &'a Program,
    folder: &'a Path,
    seed: u64,
    commits: Arc<AtomicUsize>,
}

impl Stand<'_> {
    fn conduct(&self, at: Option<(usize, bool)>, played: &mut Played) -> Result<Simulated, JournalError> {
        let arguments = self.program.movements[0].params.iter().map(|_| Value::Int(4)).collect();
        let plan = Arc::new(plan(self.program));
        let engine = Engine::new(plan, MovementId(0), arguments, Given::default(), Arc::new(Cast));
        let (journal, past) = Sqlite::take(self.folder, "r")?;
        self.commits.store(0, Ordering::SeqCst);
        let journal = Dying { journal, commits: self.commits.clone(), at };
        // Whoever looks finds that what is in doubt was never begun: a play begins after its commit.
        let decisions = Decisions { in_doubt: vec![(None, Doubt::Retry)], ..Decisions::default() };
        let beginning = Beginning { run: String::from("r"), ..Beginning::default() };
        let scribe = Scribe::new(Box::new(journal)).beginning(beginning).going_on(past, decisions);
        let settings = Settings { seed: self.seed, ..Settings::default() };
        simulate_recorded(engine, settings, scribe, |request, chance| play(request, chance, played))
    }
}

fn play(request: &Request, chance: &mut Chance, played: &mut Played) -> Play {
    let asked = format!("{} {:?}", request.class.word(), request.arguments);
    let answer = i64::from(blake3::hash(asked.as_bytes()).as_bytes()[0] % 16);
    *played.entry(asked).or_insert(0) += 1;
    let millis = i64::try_from(chance.below(100)).unwrap();
    Play { outcome: Outcome::Done(Reply::value(Value::Int(answer))), millis, question: false }
}

fn folder() -> tempfile::TempDir {
    let quick = Path::new("/dev/shm");
    if quick.is_dir() { tempfile::tempdir_in(quick) } else { tempfile::tempdir() }.unwrap()
}

fn die_and_go_on(seeds: std::ops::Range<u64>, points: usize) -> usize {
    let mut tried = 0;
    for seed in seeds {
        let program = program(seed, 14, KINDS);
        let (whole, mut meant) = (folder(), Played::new());
        let commits = Arc::<AtomicUsize>::default();
        let stand = Stand { program: &program, folder: whole.path(), seed, commits: commits.clone() };
        let result = stand.conduct(None, &mut meant).unwrap().result;
        let all = commits.load(Ordering::SeqCst);
        let again = stand.conduct(None, &mut Played::new()).unwrap();
        assert_eq!((&again.result, again.operations), (&result, 0), "seed {seed}: it is over");
        let mut chance = Chance::seeded(seed);
        for _ in 0..points {
            let at = usize::try_from(chance.below(all as u64)).unwrap();
            let before = chance.below(2) == 0;
            let (place, mut played) = (folder(), Played::new());
            let stand = Stand { program: &program, folder: place.path(), seed, commits: commits.clone() };
            assert!(stand.conduct(Some((at, before)), &mut played).is_err(), "seed {seed}: it dies at {at}");
            let past = Reader::open(place.path()).unwrap().past().unwrap();
            let recorded = past.records.iter().filter(|record| record.outcome.is_some()).count();
            let sum = |played: &Played| played.values().sum::<usize>();
            let begun = sum(&played);
            let ended = stand.conduct(None, &mut played).unwrap();
            assert!(ended.doubts.is_empty());
            assert_eq!(ended.result, result, "seed {seed}, commit {at}, before {before}");
            let left = sum(&meant) - recorded;
            assert_eq!(sum(&played) - begun, left, "seed {seed}, commit {at}, before {before}");
            assert!(meant.keys().eq(played.keys()), "seed {seed}, commit {at}: other calls");
            tried += 1;
        }
    }
    tried
}

#[test]
fn a_program_that_dies_goes_on_as_if_it_had_not() {
    assert_eq!(die_and_go_on(0..12, 3), 36);
}

#[test]
#[ignore = "a thousand deaths"]
fn a_thousand_deaths_change_nothing() {
    assert_eq!(die_and_go_on(100..300, 5), 1_000);
}

#[test]
fn what_is_recorded_of_acts_is_never_done_again_unasked() {
    let program = program(1, 14, KINDS);
    let place = folder();
    let commits = Arc::<AtomicUsize>::default();
    let stand = Stand { program: &program, folder: place.path(), seed: 1, commits };
    let mut played = Played::new();
    stand.conduct(None, &mut played).unwrap();
    let acts = played.keys().filter(|asked| asked.starts_with(Class::Acts.word())).count();
    assert!(acts > 0, "the program acts");
    let mut again = Played::new();
    stand.conduct(None, &mut again).unwrap();
    assert!(again.is_empty());
}
