//! `score explain CODE`

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::exit::Exit;
use super::options::Explain;
use super::terminal;
use crate::base::did_you_mean;
use crate::report::catalogue::{self, Entry, Example, Shows};

const BOLD: Style = Style::new().bold();
const RED: Style = AnsiColor::Red.on_default();
const GREEN: Style = AnsiColor::Green.on_default();
const CYAN: Style = AnsiColor::Cyan.on_default();

/// Prints what the catalogue says of a code; without one, all codes with their titles.
pub(super) fn explain(options: &Explain) -> Exit {
    let Some(wanted) = &options.code else {
        let list: Vec<String> = catalogue::entries()
            .map(|entry| format!("{BOLD}{}{BOLD:#}\n    {}", entry.code, entry.title))
            .collect();
        return shown(&list.join("\n"));
    };
    if let Some(entry) = catalogue::find(wanted) {
        return shown(&whole(&entry));
    }
    let hint = meant(wanted).map_or_else(
        || "`score explain` lists all codes.".into(),
        |entry| format!("Did you mean {}?", entry.code),
    );
    terminal::note(&format!("There is no code {wanted}. {hint}"));
    Exit::Usage
}

fn shown(text: &str) -> Exit {
    if terminal::styled_result(text).is_ok() { Exit::Done } else { Exit::Failed }
}

/// The entry whose code is written most like this, or ends like it.
fn meant(wanted: &str) -> Option<Entry> {
    let last = |code: &'static str| code.rsplit("::").next().unwrap_or(code);
    let full = format!("score::{}", wanted.strip_prefix("score::").unwrap_or(wanted));
    let word = wanted.rsplit("::").next().unwrap_or(wanted);
    let by_word = did_you_mean(word, catalogue::entries().map(|entry| last(entry.code)));
    let by_code = did_you_mean(&full, catalogue::entries().map(|entry| entry.code));
    catalogue::find(by_code.filter(|_| wanted.contains("::")).or(by_word)?)
}

/// All that the catalogue says of a code.
fn whole(entry: &Entry) -> String {
    let mut out = format!("{BOLD}{RED}{}{RED:#}{BOLD:#}\n{BOLD}{}{BOLD:#}\n", entry.code, entry.title);
    if !entry.why.is_empty() {
        let _ = write!(out, "\n{}\n", entry.why);
    }
    for example in entry.examples() {
        let (style, head) = head(&example);
        let _ = writeln!(out, "\n{style}{head}{style:#}");
        for line in example.text.lines() {
            let _ = writeln!(out, "{}", format!("{style}  │{style:#} {line}").trim_end());
        }
    }
    out
}

/// How an example is headed, and its colour.
fn head(example: &Example) -> (Style, String) {
    let place = if example.language == "toml" { ", in score.toml" } else { "" };
    match example.shows {
        Shows::Wrong => (RED, format!("Wrong{place}")),
        Shows::Right => (GREEN, format!("Right{place}")),
        Shows::Beside(name) => (CYAN, format!("{name}.score, beside it")),
    }
}
