//! The catalogue of errors says something of every code and of no other; its examples keep what they promise,
//! `docs/errors.md` is made of it, and every code is shown by a golden.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use miette::{Diagnostic, Severity};
use score_lang::base::Span;
use score_lang::instrument::FailureKind;
use score_lang::load::{Files, LOCK, LoadError, Lock, LockedServer, LockedTool, ServerKey};
use score_lang::report::catalogue::{Entry, Shows, entries, find, page};
use score_lang::report::{Look, Style, show};
use score_lang::session::{Ended, Parsed, Performance, Problems};

/// The phases, in the order of the catalogue.
const PHASES: [&str; 7] = ["load", "parse", "resolve", "check", "plan", "run", "journal"];

/// What no example of a few lines shows, and why.
const NO_EXAMPLE: &[(&str, &str)] = &[
    ("score::load::bad_lock", "the file is made by a command"),
    ("score::load::directory", "it is about the path that is given"),
    ("score::load::missing_file", "it is about the path that is given"),
    ("score::load::not_utf8", "the catalogue is UTF-8"),
    ("score::load::unreadable", "it is about rights in the file system"),
    ("score::parse::too_deep", "hundreds of brackets"),
    ("score::parse::too_long", "a thousand operators"),
    ("score::parse::unread", "a fault of Score itself"),
    ("score::resolve::too_many", "more errors than anybody reads"),
    ("score::check::too_many", "more errors than anybody reads"),
    ("score::plan::lost_track", "a fault of Score itself"),
    ("score::plan::not_plannable", "a fault of Score itself"),
    ("score::journal::bad_name", "it is about the name that is given"),
    ("score::journal::cache_not_written", "it is about rights in the file system"),
    ("score::journal::damaged", "a fault of the disk"),
    ("score::journal::name_taken", "it is about the name that is given"),
    ("score::journal::newer", "another version"),
    ("score::journal::no_cache", "it is about the environment"),
    ("score::journal::no_place", "it is about the environment"),
    ("score::journal::not_a_journal", "a fault of the disk"),
    ("score::journal::not_read", "it is about rights in the file system"),
    ("score::journal::not_written", "a fault of the disk"),
    ("score::journal::owned", "two processes"),
    ("score::journal::removed", "it is about a folder"),
    ("score::journal::taken_over", "two processes"),
    ("score::journal::unknown_run", "it is about the name that is given"),
];

/// What only a right example shows, and why.
const NOT_WRONG: &[(&str, &str)] = &[
    ("score::load::empty", "there is nothing to show"),
    ("score::load::too_big", "64 megabytes"),
    ("score::run::http_status", "it needs a server"),
];

/// What only a wrong example shows, and why.
const NOT_RIGHT: &[(&str, &str)] = &[
    ("score::run::cancelled", "nothing in the score is wrong"),
    ("score::run::denied", "nothing in the score is wrong"),
    ("score::run::in_doubt", "nothing in the score is wrong"),
];

/// What no golden shows, and where it is tested.
const NO_GOLDEN: &[(&str, &str)] = &[
    ("score::load::bad_lock", "src/load/lock.rs"),
    ("score::load::directory", "tests/cli/performed.rs: the file is not read"),
    ("score::load::missing_file", "tests/cli/performed.rs: the file is not read"),
    ("score::load::not_utf8", "src/load/files.rs"),
    ("score::load::too_big", "src/load/files.rs"),
    ("score::load::unreadable", "src/load/files.rs"),
    ("score::load::empty", "tests/cli/performed.rs: the file is not read"),
    ("score::parse::unread", "a fault of Score itself"),
    ("score::resolve::too_many", "src/resolve"),
    ("score::check::too_many", "src/check"),
    ("score::plan::lost_track", "a fault of Score itself"),
    ("score::plan::not_plannable", "a fault of Score itself"),
    ("score::run::http_status", "src/backend/http"),
    ("score::journal::bad_name", "tests/runs/main.rs"),
    ("score::journal::cache_not_written", "tests/runs/cache.rs"),
    ("score::journal::damaged", "src/journal"),
    ("score::journal::name_taken", "tests/runs/main.rs"),
    ("score::journal::newer", "src/journal"),
    ("score::journal::no_cache", "tests/runs/cache.rs"),
    ("score::journal::no_place", "tests/runs/main.rs"),
    ("score::journal::not_a_journal", "src/journal"),
    ("score::journal::not_read", "src/journal"),
    ("score::journal::not_written", "tests/runs/main.rs"),
    ("score::journal::owned", "tests/runs/main.rs"),
    ("score::journal::removed", "tests/kills/disk.rs"),
    ("score::journal::taken_over", "src/journal"),
    ("score::journal::unknown_run", "tests/runs/main.rs"),
];

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

fn excused(list: &[(&str, &str)], code: &str) -> bool {
    list.iter().any(|(excused, _)| *excused == code)
}

/// A score with what stands beside it, in memory.
#[derive(Default)]
struct Shelf {
    files: BTreeMap<String, String>,
    settings: Option<String>,
}

impl Files for Shelf {
    fn source(&self, path: &str) -> Result<String, LoadError> {
        let name = path.strip_prefix("./").unwrap_or(path);
        let text = match name {
            "score.toml" => self.settings.as_ref(),
            LOCK => return Ok(lock()),
            name => self.files.get(name),
        };
        match text {
            Some(text) if text.is_empty() => Err(LoadError::Empty { path: path.to_owned() }),
            Some(text) => Ok(text.clone()),
            None => Err(LoadError::Missing { path: path.to_owned(), help: String::from("Add it.") }),
        }
    }

    fn nearby(&self, _folder: &str) -> Vec<String> {
        self.files.keys().cloned().collect()
    }

    fn settings(&self, _path: &str) -> Option<String> {
        self.settings.as_ref().map(|_| String::from("score.toml"))
    }
}

/// What the examples know of the MCP server that they use.
fn lock() -> String {
    let input = r#"{"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]}"#;
    let tool = LockedTool {
        name: String::from("search_files"),
        description: String::from("Searches files."),
        reads: true,
        idempotent: false,
        input: serde_json::from_str(input).expect("JSON"),
        output: None,
        span: Span::default(),
    };
    let key = ServerKey::Address(String::from("npx -y disk-server"));
    let (name, version) = (String::from("disk"), String::from("1.0"));
    let server = LockedServer { key, name, version, tools: vec![tool], span: Span::default() };
    Lock { path: String::new(), servers: vec![server] }.text()
}

/// What is wrong with an example, the errors before the warnings.
fn found(problems: &Problems) -> Vec<(String, Severity)> {
    let code = |one: &dyn Diagnostic| one.code().map(|code| code.to_string()).unwrap_or_default();
    let mut found: Vec<(String, Severity)> =
        problems.diagnostics().map(|one| (code(one), one.severity().unwrap_or(Severity::Error))).collect();
    found.sort_by_key(|(_, severity)| *severity != Severity::Error);
    found
}

fn shown(problems: &Problems) -> String {
    let all: Vec<&dyn Diagnostic> = problems.diagnostics().collect();
    show(&all, problems.sources(), Style::Full(Look::PLAIN))
}

/// The first code that an example gives: before the run, or by running it.
fn first_code(shelf: &Shelf, text: &str, performed: bool) -> Result<(Option<String>, String), String> {
    let problems = match Parsed::with_files(shelf, "main.score", text).check() {
        Ok(checked) if performed => {
            let planned = checked.plan().map_err(|problems| shown(&problems))?;
            let movement = planned.movement(None).ok_or("no movement is the one to perform")?;
            return match Performance::new(&planned, movement).run().map_err(|error| error.to_string())? {
                Ended::Failed(report) => {
                    Ok((Some(format!("score::run::{}", report.failure.kind)), report.to_string()))
                }
                _ => Ok((None, String::from("it does not fail"))),
            };
        }
        Ok(checked) => checked.warnings(),
        Err(problems) => problems,
    };
    Ok((found(&problems).into_iter().next().map(|(code, _)| code), shown(&problems)))
}

/// Whether the examples of an entry show what they promise.
fn check_examples(entry: &Entry) -> Result<(), String> {
    let mut shelf = Shelf::default();
    let mut after_example = false;
    for example in entry.examples() {
        if let Shows::Beside(name) = example.shows {
            if std::mem::take(&mut after_example) {
                shelf.files.clear();
            }
            shelf.files.insert(format!("{name}.score"), example.text.to_owned());
            continue;
        }
        after_example = true;
        let mut text = example.text;
        if example.language == "toml" {
            shelf.settings = Some(text.to_owned());
            text = "movement main() -> text {\n  \"Hello\"\n}\n";
            let folder = "movement refine(line: text) -> text { trim(line) }\n";
            shelf.files.insert(String::from("../studio/review.score"), folder.to_owned());
        }
        let wrong = example.shows == Shows::Wrong;
        let (code, said) = first_code(&shelf, text, wrong && entry.phase() == "run")?;
        let errors = match Parsed::with_files(&shelf, "main.score", text).check() {
            Ok(_) => 0,
            Err(problems) => found(&problems).len(),
        };
        if wrong && code.as_deref() != Some(entry.code) {
            return Err(format!("{}: the wrong example gives {code:?}\n{text}\n{said}", entry.code));
        }
        if !wrong && (errors > 0 || code.as_deref() == Some(entry.code)) {
            return Err(format!("{}: the right example gives {code:?}\n{text}\n{said}", entry.code));
        }
    }
    Ok(())
}

#[test]
fn every_code_has_one_entry_and_every_entry_a_code() {
    let codes = codes();
    let said: BTreeSet<String> = entries().map(|entry| entry.code.to_owned()).collect();
    let silent: Vec<&String> = codes.difference(&said).collect();
    assert!(silent.is_empty(), "src/report/catalogue says nothing of {silent:#?}");
    let gone: Vec<&String> = said.difference(&codes).collect();
    assert!(gone.is_empty(), "src/report/catalogue speaks of codes that nothing gives: {gone:#?}");
    assert_eq!(entries().count(), codes.len(), "a code has two entries");
}

#[test]
fn entries_are_in_order_and_begin_with_a_title() {
    let place = |entry: &Entry| (PHASES.iter().position(|one| *one == entry.phase()), entry.code);
    let all: Vec<Entry> = entries().collect();
    for pair in all.windows(2) {
        assert!(place(&pair[0]) < place(&pair[1]), "{} stands before {}", pair[0].code, pair[1].code);
    }
    for entry in all {
        assert!(entry.title.ends_with('.') && !entry.title.contains('\n'), "{} has no title", entry.code);
        assert!(!entry.why.is_empty(), "{} does not say why", entry.code);
        assert_eq!(find(entry.code), Some(entry));
        assert_eq!(find(entry.name()), Some(entry));
    }
}

#[test]
fn every_entry_shows_what_is_wrong_and_what_is_right() {
    for entry in entries() {
        let shows = |wanted: Shows| entry.examples().any(|example| example.shows == wanted);
        let none = excused(NO_EXAMPLE, entry.code);
        let wrong = none || excused(NOT_WRONG, entry.code);
        let right = none || excused(NOT_RIGHT, entry.code);
        assert_eq!(shows(Shows::Wrong), !wrong, "the wrong example of {}", entry.code);
        assert_eq!(shows(Shows::Right), !right, "the right example of {}", entry.code);
    }
}

#[test]
fn examples_give_what_they_promise() {
    let broken: Vec<String> = entries().filter_map(|entry| check_examples(&entry).err()).collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_page_of_errors_is_made_of_the_catalogue() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/errors.md");
    if std::env::var_os("SCORE_BLESS").is_some() {
        fs::write(&path, page()).expect("written");
    }
    let stands = fs::read_to_string(&path).expect("docs/errors.md");
    assert!(stands == page(), "docs/errors.md is old: SCORE_BLESS=1 cargo test --test errors rewrites it");
}

#[test]
fn every_code_has_a_golden() {
    let goldens = texts("tests/golden", "expected").concat();
    let shown: BTreeSet<&str> = goldens.lines().collect();
    let plays = texts("tests/golden", "score").concat();
    let asserted: BTreeSet<&str> = plays
        .lines()
        .filter_map(|line| {
            line.trim_start().strip_prefix("// error: ").or(line.trim_start().strip_prefix("// warning: "))
        })
        .map(str::trim)
        .collect();
    let has = |code: &str| shown.contains(code) || asserted.contains(code);
    let missing: Vec<String> =
        codes().into_iter().filter(|code| !has(code) && !excused(NO_GOLDEN, code)).collect();
    assert!(missing.is_empty(), "no golden shows {missing:#?}");
    let idle: Vec<&str> = NO_GOLDEN.iter().map(|(code, _)| *code).filter(|code| has(code)).collect();
    assert!(idle.is_empty(), "a golden shows {idle:#?}");
}
