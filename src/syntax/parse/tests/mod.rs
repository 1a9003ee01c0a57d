//! The parser's tests: forms, messages, limits.

mod design;

use super::{Parsed, parse};
use crate::base::{NodeIds, SourceMap};

/// Parses a text as a file of its own.
fn parsed(text: &str) -> (SourceMap, Parsed) {
    let mut map = SourceMap::default();
    let id = map.add("test.score", text);
    let parsed = parse(id, map.file(id), &mut NodeIds::default());
    (map, parsed)
}

/// A report of all errors: code, place, message and help.
fn report(map: &SourceMap, parsed: &Parsed) -> String {
    use miette::Diagnostic as _;
    let mut out = String::new();
    for error in &parsed.errors {
        let help = error.help().map(|help| format!(" | {help}")).unwrap_or_default();
        out += &format!("{} {:?} {} | {error}{help}\n", map.place(error.span()), map.text(error.span()), error.code_text());
    }
    out
}
