//! `score help [TOPIC]`: the commands, one of them, the language on one page, or a builtin.

use std::fmt::Write as _;

use anstyle::Style;

use super::exit::Exit;
use super::explain;
use super::options::{self, Help};
use super::terminal;
use crate::base::did_you_mean;
use crate::builtin::{self, Builtin};

/// The language on one page.
const CARD: &str = include_str!("../../docs/card.md");

const BOLD: Style = Style::new().bold();

/// Prints what is asked for.
pub(super) fn help(asked: &Help) -> Exit {
    let Some(topic) = asked.topic.as_deref() else {
        let more = format!(
            "\nMore:\n  score help COMMAND    what a command does, and its options\n  score help language   the language on one page\n  score help {:<10} a builtin, by its name\n  score explain CODE    what an error means\n",
            "len"
        );
        return shown(&format!("{}{more}", options::long_help(None).unwrap_or_default()));
    };
    if topic.contains("::") {
        return explain::explain(&options::Explain { code: Some(topic.to_owned()) });
    }
    if topic == "language" {
        return shown(CARD);
    }
    if let Some(text) = options::long_help(Some(topic)) {
        return shown(&text);
    }
    if let Some(builtin) = builtin::find(topic) {
        return shown(&told(builtin));
    }
    let topics = options::commands().into_iter().chain([String::from("language")]);
    let topics: Vec<String> = topics.chain(builtin::all().map(|builtin| builtin.name.to_owned())).collect();
    let hint = did_you_mean(topic, topics.iter().map(String::as_str)).map_or_else(
        || String::from("`score help` lists what there is."),
        |meant| format!("Did you mean `score help {meant}`?"),
    );
    terminal::note(&format!("There is no help on {topic}. {hint}"));
    Exit::Usage
}

fn shown(text: &str) -> Exit {
    if terminal::styled_result(text.trim_end()).is_ok() { Exit::Done } else { Exit::Failed }
}

/// All that is known of a builtin.
fn told(builtin: &Builtin) -> String {
    let signature = (builtin.signature)();
    let mut out = format!("{BOLD}{}{BOLD:#}{signature}\n\n{}\n", builtin.name, builtin.doc);
    for param in &signature.params {
        let _ = write!(out, "\n  {BOLD}{}{BOLD:#}  {}", param.name, param.doc);
    }
    let (example, gives) = builtin.example;
    let gives = if gives.is_empty() { String::new() } else { format!("   // {gives}") };
    let _ = write!(out, "\n\n  {example}{gives}\n");
    out
}
