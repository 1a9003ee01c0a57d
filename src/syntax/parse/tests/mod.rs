//! The parser's tests: forms, messages, entries, limits.
//!
//! `forms.score` and `messages.score` hold cases parted by `=====`; the `.expected` beside them is what each gives.
//! `SCORE_BLESS=1 cargo test --lib syntax::parse` writes it anew: read the difference before it is kept.

mod coverage;
mod design;
mod entries;
mod limits;
mod spans;

use std::fmt::Write as _;

use miette::Diagnostic as _;

use super::{Parsed, parse};
use crate::base::{NodeIds, SourceMap};
use crate::report::Finding as _;
use crate::syntax::ParseError;
use crate::syntax::ast::show::show_file;

/// Parses a text as a file of its own, not at the beginning of the offset space.
fn parsed(text: &str) -> (SourceMap, Parsed) {
    let mut map = SourceMap::default();
    map.add("before.score", "before");
    let id = map.add("t", text);
    let parsed = parse(id, map.file(id), &mut NodeIds::default());
    (map, parsed)
}

/// All errors: place, what stands there, code, message and help.
fn report(map: &SourceMap, errors: &[ParseError]) -> String {
    let mut out = String::new();
    for error in errors {
        let place = map.place(error.span());
        let shown = map.text(error.span());
        let code = error.code_text();
        let _ = writeln!(out, "{place} {shown:?} {}: {error}.", code.trim_start_matches("score::parse::"));
        if let Some(help) = error.help() {
            let _ = writeln!(out, "    {help}");
        }
        for edit in error.edits() {
            let _ = writeln!(
                out,
                "    {} {:?} -> {:?}",
                map.place(edit.span),
                map.text(edit.span),
                edit.replacement
            );
        }
    }
    out
}

fn golden(name: &str) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/syntax/parse/tests/");
    let source = std::fs::read_to_string(format!("{folder}{name}.score")).expect("the cases");
    let mut actual = String::new();
    for case in source.split("=====\n") {
        let (map, parsed) = parsed(case);
        let incomplete = if parsed.incomplete { "(incomplete)\n" } else { "" };
        let shown = format!("{}{}{incomplete}", show_file(&parsed.file), report(&map, &parsed.errors));
        let _ = write!(actual, "{}\n=====\n", shown.trim_end());
    }
    let path = format!("{folder}{name}.expected");
    if std::env::var_os("SCORE_BLESS").is_some() {
        std::fs::write(&path, &actual).expect("a writable folder");
    }
    let expected = std::fs::read_to_string(&path).expect("what is expected; SCORE_BLESS=1 writes it");
    for (at, (case, expected)) in actual.split("=====\n").zip(expected.split("=====\n")).enumerate() {
        assert_eq!(
            case,
            expected,
            "case {at} of {name}:\n{}",
            source.split("=====\n").nth(at).unwrap_or_default()
        );
    }
    assert_eq!(actual.len(), expected.len());
}

#[test]
fn every_form_gives_its_tree() {
    golden("forms");
}

#[test]
fn every_mistake_gets_its_message() {
    golden("messages");
}
