//! `score explain CODE`

use super::exit::Exit;
use super::options::Explain;
use super::terminal;
use crate::base::did_you_mean;

/// The catalogue of all codes: one section each, headed by the code.
const CATALOGUE: &str = include_str!("../../docs/errors.md");

/// Prints what the catalogue says of a code; without one, all codes with their titles.
pub(super) fn explain(options: &Explain) -> Exit {
    let Some(wanted) = &options.code else {
        let list: Vec<String> =
            sections().map(|(code, text)| format!("{code}\n    {}", title(text))).collect();
        return shown(&list.join("\n"));
    };
    let full = if wanted.starts_with("score::") { wanted.clone() } else { format!("score::{wanted}") };
    if let Some((code, text)) = sections().find(|(code, _)| *code == full || ends_with_word(code, wanted)) {
        return shown(&format!("{code}\n\n{}", text.trim()));
    }
    let meant = did_you_mean(&full, sections().map(|(code, _)| code));
    let hint = meant
        .map_or_else(|| "`score explain` lists all codes.".into(), |meant| format!("Did you mean {meant}?"));
    terminal::note(&format!("There is no code {wanted}. {hint}"));
    Exit::Usage
}

fn shown(text: &str) -> Exit {
    if terminal::result(text).is_ok() { Exit::Done } else { Exit::Failed }
}

fn ends_with_word(code: &str, word: &str) -> bool {
    code.rsplit("::").next() == Some(word)
}

fn title(text: &str) -> &str {
    text.trim().lines().next().unwrap_or("")
}

/// Codes and what is said of each.
fn sections() -> impl Iterator<Item = (&'static str, &'static str)> {
    CATALOGUE.split("\n## ").skip(1).filter_map(|section| {
        let (code, text) = section.split_once('\n')?;
        let code = code.trim().trim_matches('`');
        code.starts_with("score::").then_some((code, text))
    })
}
