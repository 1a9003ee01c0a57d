//! Diagnostics on one line each.

use std::fmt::Write as _;

use miette::Diagnostic;

use crate::base::{SourceMap, Span};

/// `file:line:column: error[code]: message (help)`.
pub(super) fn show(diagnostic: &dyn Diagnostic, sources: &SourceMap, out: &mut String) {
    if let Some(label) = super::labels(diagnostic).first() {
        let offset = u32::try_from(label.offset()).unwrap_or(u32::MAX);
        let _ = write!(out, "{}: ", sources.place(Span::at(offset)));
    }
    let _ = write!(out, "{}", super::severity_word(diagnostic));
    if let Some(code) = diagnostic.code() {
        let _ = write!(out, "[{code}]");
    }
    let _ = write!(out, ": {}", one_line(&diagnostic.to_string()));
    if let Some(help) = diagnostic.help() {
        let _ = write!(out, " ({})", one_line(&help.to_string()));
    }
    out.push('\n');
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
