//! The catalogue of errors says something of every code, of no other, and in order; and every code of what can be
//! wrong with a score is shown by a golden.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use score_lang::instrument::FailureKind;

/// The phases, in the order of the catalogue.
const PHASES: [&str; 7] = ["load", "parse", "resolve", "check", "plan", "run", "journal"];

/// What no score of a few lines can show: a fault of Score itself, and more errors than anybody reads.
const NOT_SHOWN: [&str; 3] = ["score::parse::unread", "score::resolve::too_many", "score::check::too_many"];

fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, ending, found);
        } else if path.extension().is_some_and(|extension| extension == ending) {
            found.push(path);
        }
    }
}

fn texts(folder: &str, ending: &str) -> Vec<String> {
    let mut found = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), ending, &mut found);
    found.iter().map(|path| fs::read_to_string(path).expect("readable")).collect()
}

/// The codes that the sources give.
fn codes() -> BTreeSet<String> {
    let mut codes: BTreeSet<String> =
        FailureKind::ALL.iter().map(|kind| format!("score::run::{}", kind.word())).collect();
    for text in texts("src", "rs") {
        for piece in text.split("code(score::").skip(1) {
            let end = piece.find(')').expect("closed");
            codes.insert(format!("score::{}", &piece[..end]));
        }
    }
    codes
}

/// Sections of the catalogue: the code and what is said of it.
fn sections() -> Vec<(String, String)> {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/errors.md"))
        .expect("docs/errors.md");
    let sections = page.split("\n## ").skip(1).map(|section| section.split_once('\n').expect("a heading"));
    sections.map(|(code, text)| (code.to_owned(), text.trim().to_owned())).collect()
}

fn phase(code: &str) -> &str {
    code.split("::").nth(1).expect("a phase")
}

#[test]
fn every_code_has_a_section_and_every_section_a_code() {
    let codes = codes();
    let said: BTreeSet<String> = sections().into_iter().map(|(code, _)| code).collect();
    let silent: Vec<&String> = codes.difference(&said).collect();
    assert!(silent.is_empty(), "docs/errors.md says nothing of {silent:#?}");
    let gone: Vec<&String> = said.difference(&codes).collect();
    assert!(gone.is_empty(), "docs/errors.md speaks of codes that nothing gives: {gone:#?}");
}

#[test]
fn sections_are_in_order_and_begin_with_a_title() {
    let place = |code: &str| (PHASES.iter().position(|one| *one == phase(code)), code.to_owned());
    let sections = sections();
    for pair in sections.windows(2) {
        assert!(place(&pair[0].0) < place(&pair[1].0), "{} stands before {}", pair[0].0, pair[1].0);
    }
    for (code, text) in sections {
        let title = text.lines().next().unwrap_or_default();
        assert!(
            title.ends_with('.') && text.lines().nth(1).unwrap_or_default().is_empty(),
            "{code} has no title"
        );
    }
}

#[test]
fn what_can_be_wrong_with_a_score_is_shown_wrong_and_right() {
    for (code, text) in sections() {
        if ["parse", "resolve", "check"].contains(&phase(&code)) && text.contains("```") {
            assert!(text.contains("```score wrong\n"), "{code} shows nothing wrong");
        }
    }
}

#[test]
fn every_error_of_a_score_has_a_golden() {
    let goldens = texts("tests/golden", "score").concat();
    let asserted: BTreeSet<&str> = goldens
        .lines()
        .filter_map(|line| {
            line.trim_start().strip_prefix("// error: ").or(line.trim_start().strip_prefix("// warning: "))
        })
        .map(str::trim)
        .collect();
    let missing: Vec<String> = codes()
        .into_iter()
        .filter(|code| ["parse", "resolve", "check"].contains(&phase(code)))
        .filter(|code| !asserted.contains(code.as_str()) && !NOT_SHOWN.contains(&code.as_str()))
        .collect();
    assert!(missing.is_empty(), "no golden shows {missing:#?}");
}
