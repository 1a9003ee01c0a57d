//! What is written is read again as it was; what was changed since is never read as something else.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;

use super::{Inboxed, Reader, Sqlite};
use crate::instrument::Memo;
use crate::instrument::{
    Answer, CallId, Class, Committed, Failure, FailureKind, InputHash, Outcome, Reply, ToolCall, Usage,
};
use crate::journal::{Beginning, Entry, Intent, Journal, JournalError, State, Stop, Times, Timing};
use crate::value::{Media, MediaKind, Money, Value, encode};

fn place() -> TempDir {
    let quick = Path::new("/dev/shm");
    if quick.is_dir() { tempfile::tempdir_in(quick) } else { tempfile::tempdir() }.unwrap()
}

fn intent(id: u128, path: &str, class: Class) -> Entry {
    Entry::Intended(Box::new(Intent {
        id: CallId(id),
        path: path.into(),
        part: "draft".into(),
        instrument: "writer".into(),
        class,
        person: false,
        attempt: 1,
        input: InputHash(id * 7),
        pieces: vec![(String::from("the prompt"), 77)],
        repeatable: true,
        hold: Some(Money::from_nanos(5)),
        limits: vec![CallId(3), CallId(id)],
        key: if class == Class::Acts { "k" } else { "" }.into(),
        shown: if class == Class::Acts { "what it says" } else { "" }.into(),
        within: None,
    }))
}

fn began() -> Entry {
    Entry::Began(Box::new(Beginning {
        run: String::from("r"),
        movement: String::from("main"),
        ..Beginning::default()
    }))
}

fn ended(id: u128, outcome: Outcome) -> Entry {
    Entry::Ended { id: CallId(id), outcome, times: Times::default() }
}

fn write(folder: &Path, entries: &[Entry]) {
    let (mut journal, _) = Sqlite::take(folder, "r").unwrap();
    for entry in entries {
        journal.append(std::slice::from_ref(entry), Duration::from_millis(40)).unwrap();
    }
}

fn outcomes() -> Vec<Outcome> {
    let media = Media {
        kind: MediaKind::Image,
        mime: "image/png".into(),
        name: Some("a.png".into()),
        bytes: vec![0, 255, 9].into(),
    };
    let values =
        Value::list([Value::Media(Arc::new(media)), Value::Int(3), Value::Number(3.0), Value::Nothing]);
    let usage = Usage {
        tokens_in: Some(1),
        tokens_out: None,
        tokens_cached: Some(0),
        tokens_stored: Some(2),
        tokens_heard: None,
        units: Some(4),
        spend: Some(Money::from_nanos(-7)),
    };
    let mut failure = Failure::new(FailureKind::ExitFailed, "broken").with_committed(Committed::Unknown);
    failure.help = Some(String::from("mend it"));
    failure.sent = String::from("a");
    failure.received = String::from("b");
    let mut call = ToolCall::new("search", Answer::Text(String::from("{}")));
    call.id = "abcdefghi".into();
    let called = Reply {
        calls: vec![call, ToolCall::new("x", Answer::Value(Value::Bool(true)))],
        memo: Some(Memo { of: "openai m".into(), kept: "signed".into() }),
        ..Reply::text("")
    };
    vec![
        Outcome::Done(Reply::text("words \u{1f300} \"quoted\"\n")),
        Outcome::Done(Reply::value(values).with_usage(usage)),
        Outcome::Done(called),
        Outcome::Done(Reply::text("x".repeat(200_000))),
        Outcome::Failed(failure),
        Outcome::Failed(Failure::new(FailureKind::Timeout, "late")),
        Outcome::Fired,
    ]
}

#[test]
fn outcomes_come_back_as_they_were() {
    let place = place();
    let mut entries = vec![began()];
    for (id, outcome) in (1..).zip(outcomes()) {
        entries.push(match outcome {
            Outcome::Fired => Entry::Timed { id: CallId(id), millis: 5, timing: Timing::Wall(9) },
            _ => intent(id, "main/draft", Class::Thinks),
        });
        entries.push(ended(id, outcome));
    }
    write(place.path(), &entries);
    let (mut journal, past) = Sqlite::take(place.path(), "r").unwrap();
    for (at, outcome) in (0..).zip(outcomes()) {
        assert_eq!(journal.outcome(3 + 2 * at).unwrap(), outcome);
    }
    assert_eq!(past.records.len(), 6);
    assert_eq!(past.timers[&CallId(7)].fired, Some(15));
    assert_eq!(past.performed, Duration::from_millis(40));
    let Entry::Intended(first) = intent(1, "main/draft", Class::Thinks) else { panic!("an intent") };
    assert_eq!(journal.intent(2).unwrap(), Intent { repeatable: false, ..*first });
    let Entry::Intended(act) = intent(9, "main/post", Class::Acts) else { panic!("an intent") };
    journal.append(&[Entry::Intended(act.clone())], Duration::ZERO).unwrap();
    assert_eq!(journal.intent(16).unwrap(), *act);
}

#[test]
fn what_failed_the_run_is_forgotten_and_what_was_taken_over_moves() {
    let place = place();
    let failure = Failure::new(FailureKind::Unavailable, "gone");
    write(
        place.path(),
        &[
            began(),
            intent(1, "main/a", Class::Thinks),
            ended(1, Outcome::Done(Reply::text("one"))),
            intent(2, "main/b", Class::Acts),
            ended(2, Outcome::Failed(failure)),
            Entry::Stopped(Stop::Failed {
                kind: FailureKind::Unavailable,
                message: String::from("gone"),
                path: "main/b".into(),
                again: Some(CallId(2)),
                committed: Committed::No,
            }),
            began(),
            Entry::Reused { id: CallId(3), path: "other/a".into(), input: InputHash(7), seq: 3 },
        ],
    );
    let past = Reader::open(place.path()).unwrap().past().unwrap();
    let record = |id: u128| &past.records[past.position(CallId(id)).unwrap()];
    assert_eq!((record(1).outcome, record(2).outcome, record(3).outcome), (None, None, Some((8, 3))));
    assert!(record(2).failed && !record(2).is_in_doubt(), "it surely did nothing");
    assert_eq!(&*record(3).path, "other/a");
    assert_eq!(past.state, State::Underway);
}

#[test]
fn one_process_at_a_time_has_a_run_and_a_later_one_keeps_it() {
    let place = place();
    let (mut first, _) = Sqlite::take(place.path(), "r").unwrap();
    first.append(&[began()], Duration::ZERO).unwrap();
    let Err(JournalError::Owned { owner, .. }) = Sqlite::take(place.path(), "r") else {
        panic!("it is owned")
    };
    assert!(owner.starts_with("process "), "{owner}");
    assert!(Reader::open(place.path()).unwrap().owner().is_some());
    // Where the lock does not hold, the journal does.
    std::fs::remove_file(place.path().join("lock")).unwrap();
    let (mut second, _) = Sqlite::take(place.path(), "r").unwrap();
    let late = first.append(&[intent(1, "main/a", Class::Acts)], Duration::ZERO);
    assert!(matches!(late, Err(JournalError::TakenOver { .. })), "{late:?}");
    second.append(&[intent(2, "main/a", Class::Acts)], Duration::ZERO).unwrap();
}

#[test]
fn the_first_answer_counts() {
    let place = place();
    write(place.path(), &[began()]);
    let reader = Reader::open(place.path()).unwrap();
    let yes = encode(&Value::Bool(true)).unwrap().to_string();
    assert_eq!(reader.answer(CallId(5), &yes).unwrap(), Inboxed::Left);
    assert!(matches!(reader.answer(CallId(5), "false").unwrap(), Inboxed::Before(_)));
    let (mut journal, _) = Sqlite::take(place.path(), "r").unwrap();
    assert_eq!(journal.answers().unwrap(), [(CallId(5), yes)]);
    assert!(journal.answers().unwrap().is_empty());
    reader.answer(CallId(6), "1").unwrap();
    assert_eq!(journal.answers().unwrap(), [(CallId(6), String::from("1"))]);
}

#[test]
fn what_is_no_journal_is_named() {
    let place = place();
    let file = place.path().join("journal.db");
    let open = || Reader::open(place.path()).map(|_| ()).unwrap_err();
    assert!(matches!(open(), JournalError::NotRead { .. }));
    std::fs::write(&file, "no database, but some text that is long enough to be looked at").unwrap();
    assert!(matches!(open(), JournalError::NotAJournal { .. }), "{:?}", open());
    assert!(matches!(Sqlite::take(place.path(), "r").map(|_| ()), Err(JournalError::NotAJournal { .. })));
    std::fs::remove_file(&file).unwrap();
    rusqlite::Connection::open(&file).unwrap().execute_batch("CREATE TABLE mine (x)").unwrap();
    assert!(matches!(open(), JournalError::NotAJournal { .. }), "{:?}", open());
    std::fs::remove_file(&file).unwrap();
    write(place.path(), &[began()]);
    rusqlite::Connection::open(&file).unwrap().execute_batch("PRAGMA user_version=99").unwrap();
    assert!(matches!(open(), JournalError::Newer { found: 99, .. }), "{:?}", open());
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    assert!(matches!(open(), JournalError::NotRead { .. }), "{:?}", open());
}

#[test]
fn a_journal_that_is_gone_is_no_new_run() {
    let place = place();
    write(place.path(), &[began(), intent(1, "main/a", Class::Acts)]);
    std::fs::remove_file(place.path().join("journal.db")).unwrap();
    assert!(Sqlite::take(place.path(), "r").is_err());
}

/// A journal in the middle of a run: its log is not in the database yet.
fn half_done(place: &Path) -> Vec<std::path::PathBuf> {
    let (mut journal, _) = Sqlite::take(place, "r").unwrap();
    journal.append(&[began()], Duration::ZERO).unwrap();
    Reader::open(place).unwrap().answer(CallId(99), "\"an answer\"").unwrap();
    for id in 1..20 {
        let outcome = Outcome::Done(Reply::text(format!("answer {id}")));
        journal.append(&[intent(id, "main/draft", Class::Acts)], Duration::from_millis(1)).unwrap();
        journal.append(&[ended(id, outcome)], Duration::from_millis(2)).unwrap();
    }
    // Dies without closing anything: what is there is copied as it is.
    let files = ["journal.db", "journal.db-wal", "head"].map(|name| place.join(name));
    let kept: Vec<Vec<u8>> = files.iter().map(|file| std::fs::read(file).unwrap()).collect();
    drop(journal);
    for entry in std::fs::read_dir(place).unwrap() {
        let _ = std::fs::remove_file(entry.unwrap().path());
    }
    for (file, bytes) in files.iter().zip(kept) {
        std::fs::write(file, bytes).unwrap();
    }
    files.to_vec()
}

/// All that going on would be told.
fn told(folder: &Path) -> Result<String, JournalError> {
    let (mut journal, past) = Sqlite::take(folder, "r")?;
    let mut told = format!("{:?} {:?}", past.state, past.performed);
    for record in &past.records {
        told.push_str(&format!("{record:?} {:?}", journal.intent(record.intent)?));
        if let Some((_, holder)) = record.outcome {
            told.push_str(&format!("{:?}", journal.outcome(holder)?));
        }
    }
    told.push_str(&format!("{:?}", journal.answers()?));
    Ok(told)
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// What is done to a file.
type Harm = fn(&mut Vec<u8>, &mut Chance) -> String;

struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % (bound as u64)).unwrap()
    }
}

fn a_bit(bytes: &mut Vec<u8>, chance: &mut Chance) -> String {
    let at = chance.below(bytes.len());
    let bit = 1 << chance.below(8);
    bytes[at] ^= bit;
    format!("bit {bit} of byte {at}")
}

const SECTOR: usize = 512;

/// A write that was under way when the power went: a sector is empty, holds something else or another one, or the
/// file ends there.
fn a_sector(bytes: &mut Vec<u8>, chance: &mut Chance) -> String {
    let sectors = bytes.len().div_ceil(SECTOR);
    let number = chance.below(sectors);
    let place = |number: usize| number * SECTOR..((number + 1) * SECTOR).min(bytes.len());
    let here = place(number);
    match chance.below(4) {
        0 => bytes[here].fill(0),
        1 => bytes[here].iter_mut().for_each(|byte| *byte = chance.below(256).to_le_bytes()[0]),
        2 => {
            let other = place(chance.below(sectors));
            let length = here.len().min(other.len());
            bytes.copy_within(other.start..other.start + length, here.start);
        }
        _ => bytes.truncate(here.start),
    }
    format!("sector {number} of {sectors}")
}

/// Harms copies of a journal, and counts those that were refused and those that say the same as before.
fn harm(rounds: u64, half: bool, how: Harm) -> (usize, usize) {
    let original = place();
    half_done(original.path());
    if !half {
        // Opened and closed once: all of it is in the database.
        drop(Sqlite::take(original.path(), "r").unwrap());
    }
    let meant = {
        let copied = place();
        copy(original.path(), copied.path());
        told(copied.path()).unwrap()
    };
    let files: Vec<_> = ["journal.db", "journal.db-wal", "head"]
        .into_iter()
        .filter(|name| original.path().join(name).exists())
        .collect();
    let (mut detected, mut harmless) = (0, 0);
    let mut chance = Chance(0x9e37_79b9_u64 + u64::from(half));
    for _ in 0..rounds {
        let copied = place();
        copy(original.path(), copied.path());
        let file = copied.path().join(files[chance.below(files.len())]);
        let mut bytes = std::fs::read(&file).unwrap();
        let what = how(&mut bytes, &mut chance);
        std::fs::write(&file, bytes).unwrap();
        match told(copied.path()) {
            Err(_) => detected += 1,
            Ok(same) => {
                assert!(same == meant, "{what} of {} was not seen", file.display());
                harmless += 1;
            }
        }
    }
    (detected, harmless)
}

#[test]
fn a_flipped_bit_is_found_or_does_no_harm() {
    for half in [false, true] {
        let (detected, harmless) = harm(150, half, a_bit);
        assert!(detected > 10 && detected + harmless == 150, "{detected} found, {harmless} harmless");
    }
}

#[test]
fn a_torn_sector_is_found_or_does_no_harm() {
    for half in [false, true] {
        let (detected, harmless) = harm(150, half, a_sector);
        assert!(detected > 10 && detected + harmless == 150, "{detected} found, {harmless} harmless");
    }
}

#[test]
#[ignore = "ten thousand journals"]
fn ten_thousand_flipped_bits_are_found_or_do_no_harm() {
    for half in [false, true] {
        let (detected, harmless) = harm(5_000, half, a_bit);
        println!("{detected} found, {harmless} harmless");
        assert_eq!(detected + harmless, 5_000);
    }
}

#[test]
#[ignore = "ten thousand journals"]
fn ten_thousand_torn_sectors_are_found_or_do_no_harm() {
    for half in [false, true] {
        let (detected, harmless) = harm(5_000, half, a_sector);
        println!("{detected} found, {harmless} harmless");
        assert_eq!(detected + harmless, 5_000);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_note_that_can_not_be_written_stops_the_run() {
    let place = place();
    write(place.path(), &[began()]);
    let head = place.path().join("head");
    std::fs::remove_file(&head).unwrap();
    // A file that is always full, and that never ends where it is read.
    std::os::unix::fs::symlink("/dev/full", &head).unwrap();
    let (mut journal, _) = Sqlite::take(place.path(), "r").unwrap();
    let late = journal.append(&[intent(1, "main/a", Class::Acts)], Duration::ZERO);
    assert!(matches!(late, Err(JournalError::NotWritten { .. })), "{late:?}");
    drop(journal);
    std::fs::remove_file(&head).unwrap();
    let (mut journal, past) = Sqlite::take(place.path(), "r").unwrap();
    assert_eq!(past.records.len(), 1, "it stands in the journal all the same");
    journal.append(&[ended(1, Outcome::Done(Reply::text("one")))], Duration::ZERO).unwrap();
}
