//! What the terminal can show, and writing to it. The only place that writes to stdout and stderr.

use std::io::{IsTerminal as _, Write as _};

use miette::Diagnostic;

use crate::base::SourceMap;
use crate::report::{self, Look, Style};

/// Writes the result to stdout, with a line break at the end.
pub(super) fn result(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    out.flush()
}

/// Writes a styled result to stdout; the styles are left out where nobody sees them.
pub(super) fn styled_result(text: &str) -> std::io::Result<()> {
    let choice = match std::env::var("SCORE_COLOR").as_deref() {
        Ok("always") => anstream::ColorChoice::Always,
        Ok("never") => anstream::ColorChoice::Never,
        _ => anstream::ColorChoice::Auto,
    };
    let mut out = anstream::AutoStream::new(std::io::stdout().lock(), choice);
    writeln!(out, "{}", text.trim_end())?;
    out.flush()
}

/// Writes a line for the person at the terminal to stderr. A closed stderr is nobody to write to.
pub(super) fn note(line: &str) {
    let mut err = anstream::stderr().lock();
    let _ = writeln!(err, "{line}");
}

/// Shows diagnostics on stderr.
pub(super) fn problems(diagnostics: &[&dyn Diagnostic], sources: &SourceMap) {
    let shown = report::show(diagnostics, sources, Style::Full(look()));
    let _ = std::io::stderr().lock().write_all(shown.as_bytes());
}

/// What stderr can show.
pub(super) fn look() -> Look {
    let terminal = std::io::stderr().is_terminal();
    let colour = match std::env::var("SCORE_COLOR").as_deref() {
        Ok("always") => true,
        Ok("never") => false,
        _ => terminal && !is_set("NO_COLOR") && std::env::var("TERM").as_deref() != Ok("dumb"),
    };
    Look { colour, unicode: unicode(), width: width() }
}

/// Whether a person reads stdout.
pub(super) fn result_is_read() -> bool {
    std::io::stdout().is_terminal()
}

/// Whether lines may move on stderr: a terminal that can, and no CI.
pub(super) fn animated() -> bool {
    std::io::stderr().is_terminal() && !is_set("CI") && std::env::var("TERM").as_deref() != Ok("dumb")
}

/// Whether somebody can be asked: both sides are a terminal.
pub(super) fn somebody_there() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

fn unicode() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    locale.is_none_or(|locale| locale.to_lowercase().contains("utf") || locale == "C" || locale == "POSIX")
}

/// How many columns stderr has.
pub(super) fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    columns
        .or_else(|| terminal_size::terminal_size_of(std::io::stderr()).map(|(width, _)| width.0.into()))
        .unwrap_or(100)
}

/// Writes a piece of output for programs to stdout, as it is.
pub(super) fn result_part(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Writes text for the person at the terminal to stderr, as it is.
pub(super) fn note_part(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}
