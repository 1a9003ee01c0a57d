//! The language survives whatever it is given: scores of this project with tokens and bytes left out, doubled and
//! exchanged, and scores that are made up. Nothing breaks, no diagnostic stands outside of its file, what parses is
//! formatted without another meaning, and what has no errors can be planned.
//!
//! `SCORE_ROUNDS=2000000 SCORE_THREADS=2 cargo test --release --test fuzz -- --nocapture` is the long run;
//! `SCORE_SEED` gives others. The slowest program is printed; in the long run none may take a second.

mod formatted;
mod made_up;

use std::path::Path;
use std::time::{Duration, Instant};

use formatted::{all_in, blocks, flaw};
use made_up::{Dice, score};
use miette::Diagnostic;
use score_lang::base::{SourceMap, on_deep_stack};
use score_lang::session::Parsed;

/// In the long run no program may take as long.
const SLOW: Duration = Duration::from_secs(1);

/// So many programs are a long run.
const LONG: u64 = 1_000_000;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// A text in its tokens: words, runs of blanks, and single signs.
fn tokens(text: &str) -> Vec<&str> {
    let kind = |letter: char| match letter {
        letter if letter.is_alphanumeric() || letter == '_' => 0,
        letter if letter.is_whitespace() => 1,
        _ => 2,
    };
    let mut found = Vec::new();
    let mut start = 0;
    let mut before = None;
    for (at, letter) in text.char_indices() {
        let own = kind(letter);
        if before.is_some_and(|before| before != own || own == 2) {
            found.push(&text[start..at]);
            start = at;
        }
        before = Some(own);
    }
    found.push(&text[start..]);
    found
}

/// A score with some of its tokens left out, doubled and exchanged.
fn with_other_tokens(corpus: &[Vec<&str>], dice: &mut Dice) -> String {
    let mut score = corpus[dice.roll(corpus.len())].clone();
    for _ in 0..=dice.roll(3) {
        if score.is_empty() {
            break;
        }
        let at = dice.roll(score.len());
        let donor = &corpus[dice.roll(corpus.len())];
        let token = donor[dice.roll(donor.len())];
        match dice.roll(4) {
            0 => drop(score.remove(at)),
            1 => score.insert(at, token),
            2 => score[at] = token,
            _ => {
                let other = dice.roll(score.len());
                score.swap(at, other);
            }
        }
    }
    score.concat()
}

/// A score with some of its bytes changed; what is no UTF-8 then is made some.
fn with_other_bytes(corpus: &[Vec<&str>], dice: &mut Dice) -> String {
    // Signs of other languages, and characters of several bytes.
    const FOREIGN: &[&str] = &[
        "&&", "||", "?.", "...", "..=", ":=", "**", "++", "->", "“", "’", "é", "=> {", "{{", "#\"", "`",
        "@x\n",
    ];
    const SIGNS: &[u8] = b"\0\n\r\t \"'`{}()[]<>=-+*/%.,:;|?!$#\\_aZ09\x80\xff";
    let mut bytes = corpus[dice.roll(corpus.len())].concat().into_bytes();
    for _ in 0..=dice.roll(4) {
        if bytes.is_empty() {
            break;
        }
        let at = dice.roll(bytes.len());
        let sign = SIGNS[dice.roll(SIGNS.len())];
        match dice.roll(5) {
            0 => drop(bytes.remove(at)),
            1 => bytes.insert(at, sign),
            2 => bytes[at] = sign,
            3 => drop(bytes.splice(at..at, FOREIGN[dice.roll(FOREIGN.len())].bytes())),
            _ => bytes.truncate(at),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What is wrong with what is said of a score.
fn judge(text: &str) -> Result<bool, String> {
    if let Some(flaw) = flaw(text) {
        return Err(flaw);
    }
    match Parsed::text("fuzz.score", text).check() {
        Err(problems) => {
            problems.diagnostics().try_for_each(|one| inside(one, problems.sources()))?;
            Ok(false)
        }
        Ok(checked) => {
            let plan = checked.plan().map_err(|problems| {
                let all: Vec<String> = problems.diagnostics().map(ToString::to_string).collect();
                format!("it has no errors and can't be planned: {all:?}")
            })?;
            let defects = plan.plan().defects();
            if defects.is_empty() { Ok(true) } else { Err(format!("its plan is not sound: {defects:?}")) }
        }
    }
}

/// Whether a diagnostic and its labels stand in a text that there is, on the borders of characters.
fn inside(diagnostic: &dyn Diagnostic, sources: &SourceMap) -> Result<(), String> {
    for label in diagnostic.labels().into_iter().flatten() {
        let (start, end) = (label.offset(), label.offset() + label.len());
        let file = u32::try_from(start).ok().and_then(|start| sources.file_at(start));
        let sound = file.is_some_and(|file| {
            let base = file.span().start as usize;
            start >= base
                && end - base <= file.text.len()
                && file.text.is_char_boundary(start - base)
                && file.text.is_char_boundary(end - base)
        });
        if !sound {
            return Err(format!("`{diagnostic}` stands at {start}..{end}, outside of its file"));
        }
    }
    Ok(())
}

/// Judges a score, and how long that takes; again if it takes long, as the machine may do other things.
fn timed(text: &str) -> (std::thread::Result<Result<bool, String>>, Duration) {
    let once = || {
        let begun = Instant::now();
        let judged = std::panic::catch_unwind(|| judge(text));
        (judged, begun.elapsed())
    };
    let (judged, mut took) = once();
    for _ in 0..5 {
        if took < SLOW {
            break;
        }
        took = took.min(once().1);
    }
    (judged, took)
}

/// What came of the programs of one thread.
#[derive(Default)]
struct Tally {
    parsed: u64,
    fine: u64,
    slowest: (Duration, String),
}

/// Judges programs made from a seed. The one at hand stands in a file, for what breaks the whole process.
fn judge_all(corpus: &[Vec<&str>], rounds: u64, seed: u64) -> Tally {
    let at_hand = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{seed}.score"));
    let mut dice = Dice::seeded(seed);
    let mut tally = Tally::default();
    for round in 0..rounds {
        let text = match round % 4 {
            0 => score(&mut dice),
            1 => with_other_bytes(corpus, &mut dice),
            _ => with_other_tokens(corpus, &mut dice),
        };
        std::fs::write(&at_hand, &text).expect("the folder for tests can be written to");
        let (judged, took) = timed(&text);
        match judged {
            Ok(Ok(sound)) => tally.fine += u64::from(sound),
            Ok(Err(flaw)) => panic!("round {round} of seed {seed}: {flaw}\n--- the score:\n{text}"),
            Err(_) => panic!("round {round} of seed {seed} panicked\n--- the score:\n{text}"),
        }
        tally.parsed += u64::from(formatted::parsed(&text).is_some());
        if took > tally.slowest.0 {
            tally.slowest = (took, text);
        }
    }
    drop(std::fs::remove_file(at_hand));
    tally
}

/// What somebody new writes: the raw texts of the tests that mend it.
fn newcomers() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/newcomers");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|file| file.path()).collect();
    files.sort();
    let read = |path: &std::path::PathBuf| std::fs::read_to_string(path).unwrap_or_default();
    let texts: Vec<String> = files.iter().map(read).collect();
    let raw = texts.iter().flat_map(|text| text.split("r#\"").skip(1));
    raw.filter_map(|text| text.split_once("\"#").map(|(text, _)| text.to_owned())).collect()
}

/// Judges this many programs, on as many threads as `SCORE_THREADS` says, each with a seed of its own.
fn run(rounds: u64) {
    let texts: Vec<String> = all_in(&["tests/golden", "examples", "stdlib"])
        .into_iter()
        .chain(blocks())
        .map(|(_, text)| text)
        .chain(newcomers())
        .collect();
    let corpus: Vec<Vec<&str>> = texts.iter().map(|text| tokens(text)).collect();
    let (seed, threads) = (number("SCORE_SEED", 0x5eed), number("SCORE_THREADS", 1).max(1));
    let tallies: Vec<Tally> = std::thread::scope(|scope| {
        let judging = |thread: u64| {
            let corpus = &corpus;
            // One deep stack for all of them: `tests/deep.rs` sees to it that each phase gets one otherwise.
            scope.spawn(move || on_deep_stack(|| judge_all(corpus, rounds.div_ceil(threads), seed + thread)))
        };
        let running: Vec<_> = (0..threads).map(judging).collect();
        running
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    let parsed: u64 = tallies.iter().map(|tally| tally.parsed).sum();
    let fine: u64 = tallies.iter().map(|tally| tally.fine).sum();
    let slowest = tallies.into_iter().map(|tally| tally.slowest).max().unwrap_or_default();
    println!(
        "{rounds} programs from seed {seed}: {parsed} parse, {fine} have no errors; the slowest took {:?}:\n{}",
        slowest.0, slowest.1
    );
    assert!(parsed > rounds / 10, "too few of them parse: {parsed} of {rounds}");
    assert!(fine > 0, "none of them has no errors");
    if rounds >= LONG {
        assert!(slowest.0 < SLOW, "it takes too long");
    }
}

#[test]
fn whatever_it_is_given() {
    run(number("SCORE_ROUNDS", 1_500));
}

#[test]
#[ignore = "takes minutes"]
fn a_great_deal_of_whatever_it_is_given() {
    run(number("SCORE_ROUNDS", 30_000));
}
