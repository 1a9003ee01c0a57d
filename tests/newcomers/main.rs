//! What somebody new writes: each mistake gives one error, at its place, and its edits make the score right.

#![allow(clippy::needless_raw_string_hashes, reason = "scores in one form of quotes, whatever is in them")]

mod branches;
mod items;
mod parts;
mod signs;
mod steps;
mod texts;
mod types;
mod values;

use miette::{Diagnostic, Severity};
use score_lang::base::{Edit, SourceMap};
use score_lang::load::{Files, LoadError};
use score_lang::report::{Finding, Look, Style, show};
use score_lang::session::{Parsed, Problems};

/// A mistake.
struct Mistake {
    /// What somebody had in mind.
    thought: &'static str,
    /// What they wrote.
    wrote: &'static str,
    /// The line of the error.
    line: usize,
    code: &'static str,
    /// What stands there after the edits.
    right: &'static str,
}

const fn mistake(
    thought: &'static str,
    wrote: &'static str,
    line: usize,
    code: &'static str,
    right: &'static str,
) -> Mistake {
    Mistake { thought, wrote, line, code, right }
}

/// All of them, by topic.
const TOPICS: &[&[Mistake]] = &[
    branches::MISTAKES,
    items::MISTAKES,
    parts::MISTAKES,
    signs::MISTAKES,
    steps::MISTAKES,
    texts::MISTAKES,
    types::MISTAKES,
    values::MISTAKES,
];

/// `writers.score`, which stands beside every score here.
struct Beside;

impl Files for Beside {
    fn source(&self, path: &str) -> Result<String, LoadError> {
        match path.trim_start_matches("./") {
            "writers.score" => Ok(String::from("movement caption(line: text) -> text { upper(line) }\n")),
            _ => Err(LoadError::Missing { path: path.to_owned(), help: String::from("Add it.") }),
        }
    }

    fn nearby(&self, _folder: &str) -> Vec<String> {
        vec![String::from("writers.score")]
    }

    fn settings(&self, _path: &str) -> Option<String> {
        None
    }
}

fn check(text: &str) -> Problems {
    match Parsed::with_files(&Beside, "new.score", text).check() {
        Ok(checked) => checked.warnings(),
        Err(problems) => problems,
    }
}

fn errors(problems: &Problems) -> Vec<&dyn Finding> {
    problems.findings().filter(|one| one.severity().unwrap_or(Severity::Error) == Severity::Error).collect()
}

fn line(one: &dyn Finding, sources: &SourceMap) -> Option<usize> {
    let label = one.labels()?.next()?;
    let at = u32::try_from(label.offset()).ok()?;
    Some(sources.file_at(at)?.line_column(at).0)
}

/// The text with the edits made.
fn mended(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut out = text.to_owned();
    for edit in edits.iter().rev() {
        out.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.replacement);
    }
    out
}

fn shown(problems: &Problems) -> String {
    let all: Vec<&dyn Diagnostic> = problems.diagnostics().collect();
    show(&all, problems.sources(), Style::Full(Look::PLAIN))
}

/// Whether a mistake is found as it should be, and mended by its edits.
fn judge(mistake: &Mistake) -> Result<(), String> {
    let Mistake { thought, wrote, line: wanted, code, right } = mistake;
    let problems = check(wrote);
    let found = errors(&problems);
    let [only] = found[..] else {
        return Err(format!("{thought}: {} errors\n{}", found.len(), shown(&problems)));
    };
    let given = only.code().map(|code| code.to_string()).unwrap_or_default();
    if given != format!("score::{code}") || line(only, problems.sources()) != Some(*wanted) {
        return Err(format!("{thought}: not {code} in line {wanted}\n{}", shown(&problems)));
    }
    let mended = mended(wrote, only.edits());
    if mended != *right {
        return Err(format!("{thought}: the edits give\n{mended}\n{}", shown(&problems)));
    }
    let again = check(&mended);
    if !errors(&again).is_empty() {
        return Err(format!("{thought}: the edits give\n{mended}\n{}", shown(&again)));
    }
    Ok(())
}

#[test]
fn mistakes_are_mended_by_their_help() {
    let all = || TOPICS.iter().flat_map(|topic| topic.iter());
    assert!(all().count() >= 200);
    let wrong: Vec<String> = all().filter_map(|mistake| judge(mistake).err()).collect();
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), all().count(), wrong.join("\n=====\n"));
}

#[test]
fn unrelated_errors_are_reported_together_in_source_order() {
    let text = r#"type Idea { title: string }

instrument writer = lokal()

part draft(topic: text) -> Idea
  by writer
  "Write about {topc}."

movement shorten(line: text) -> text {
  if len(line) > 3 && line != "" { line } else { "" }
}

movement main() -> text {
  upper("tides", "ebb")
}
"#;
    let problems = check(text);
    let found: Vec<(Option<usize>, String)> = errors(&problems)
        .into_iter()
        .map(|one| {
            (line(one, problems.sources()), one.code().map(|code| code.to_string()).unwrap_or_default())
        })
        .collect();
    let wanted = [
        (1, "score::parse::foreign_type"),
        (3, "score::resolve::unknown_name"),
        (7, "score::resolve::unknown_name"),
        (10, "score::parse::foreign"),
        (14, "score::check::too_many_arguments"),
    ];
    let wanted: Vec<(Option<usize>, String)> =
        wanted.into_iter().map(|(line, code)| (Some(line), code.to_owned())).collect();
    assert_eq!(found, wanted, "{}", shown(&problems));
}
