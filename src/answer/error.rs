//! Why an answer could not be read, said so that whoever gave it can mend it.

use super::json::Trouble;
use crate::types::Type;
use crate::value::Mismatch;

/// An answer that is not of the type asked for.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct Unreadable {
    /// All of it in sentences, for the model or the person that answered.
    pub message: String,
    /// What did not fit, where something was found.
    pub mismatch: Option<Box<Mismatch>>,
}

impl Unreadable {
    /// The same of a text that nobody answered with: one given on the command line, one read by `as`.
    pub fn of_value(&self) -> String {
        self.mismatch.as_ref().map_or_else(|| self.message.clone(), ToString::to_string)
    }

    pub(super) fn because(ty: &Type, reason: &str) -> Self {
        Self { message: format!("I could not read {}: {}", wanted(ty), sentence(reason)), mismatch: None }
    }

    pub(super) fn misfit(ty: &Type, mismatch: Mismatch) -> Self {
        let reason = mismatch.in_words("the answer");
        let hint = form(&mismatch.wanted).map(|form| format!(" Write it as {form}.")).unwrap_or_default();
        let message = format!("I could not read {}: {}{hint}", wanted(ty), sentence(&reason));
        Self { message, mismatch: Some(Box::new(mismatch)) }
    }

    pub(super) fn broken(ty: &Type, text: &str, trouble: &Trouble) -> Self {
        let before: String = {
            let head = text.get(..trouble.at).unwrap_or(text);
            let from = head.char_indices().rev().nth(29).map_or(0, |(at, _)| at);
            head[from..].split_whitespace().collect::<Vec<_>>().join(" ")
        };
        let place = if before.is_empty() { "at its start".to_owned() } else { format!("after `{before}`") };
        Self::because(ty, &format!("its JSON breaks off {place}: {}", trouble.what))
    }

    pub(super) fn several(ty: &Type, readings: &[String]) -> Self {
        let readings = readings.join(" and ");
        Self::because(ty, &format!("the answer gives more than one: {readings}; give only one"))
    }
}

fn wanted(ty: &Type) -> String {
    let mut name = ty.to_string();
    if name.chars().count() > 120 {
        name = name.chars().take(119).chain(['…']).collect();
    }
    let article = if name.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']) { "an" } else { "a" };
    format!("{article} `{name}`")
}

fn sentence(text: &str) -> String {
    if text.ends_with(['.', '?', '!']) { text.to_owned() } else { format!("{text}.") }
}

/// How values of a type are written, for types with a form of their own.
fn form(wanted: &str) -> Option<&'static str> {
    match wanted.trim_end_matches('?') {
        "date" => Some("2026-01-05"),
        "time" => Some("2026-01-05T09:00:00Z, with its zone"),
        "duration" => Some("1h30min"),
        "money" => Some("$0.50"),
        "int" | "number" => Some("digits alone"),
        "bool" => Some("true or false"),
        _ => None,
    }
}
