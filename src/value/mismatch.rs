//! Why a value is not of a type, in words fit for a person and for the model that gave it.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::base::Name;
use crate::types::Size;

/// One step into a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A field of a record or a key of a map
    Field(Name),
    /// An element, counted from 0
    Item(usize),
}

/// Where in a value.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Path(pub Vec<Step>);

impl Path {
    /// As in a score: `ideas[2].title`; empty for the whole value.
    #[must_use]
    pub fn written(&self) -> String {
        let mut written = String::new();
        for step in &self.0 {
            let _ = match step {
                Step::Item(at) => write!(written, "[{at}]"),
                Step::Field(name) if !is_plain(name) => write!(written, "[{name:?}]"),
                Step::Field(name) if written.is_empty() => write!(written, "{name}"),
                Step::Field(name) => write!(written, ".{name}"),
            };
        }
        written
    }

    /// In words, elements counted from 1: ``field `title` of item 3 of field `ideas` ``; `whole` for
    /// the whole value.
    #[must_use]
    pub fn in_words(&self, whole: &str) -> String {
        let words: Vec<String> = self.0.iter().rev().map(step_in_words).collect();
        if words.is_empty() { whole.to_owned() } else { words.join(" of ") }
    }
}

fn step_in_words(step: &Step) -> String {
    match step {
        Step::Item(at) => format!("item {}", at + 1),
        Step::Field(name) => format!("field `{name}`"),
    }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name.chars().all(|c| c.is_alphanumeric() || c == '_')
        && !name.starts_with(|c: char| c.is_numeric())
}

/// What is wrong there.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    /// It is of another kind.
    Kind,
    /// Fields that must be there are not; the path is the record's.
    Missing(Vec<Name>),
    /// A field that the type has not; the path is the record's.
    Unknown {
        /// Its name as it came.
        key: Arc<str>,
        /// The field that was most likely meant.
        near: Option<Name>,
        /// The fields there are.
        fields: Vec<Name>,
    },
    /// A field came more than once, with different values; the path is the record's.
    Twice(Name),
    /// A list of so many elements where another number is wanted.
    Size {
        /// How many there are.
        len: usize,
        /// How many there may be.
        size: Size,
    },
    /// A condition does not hold; its message, or the condition as written.
    Condition(String),
    /// There are several readings, and no ground to prefer one.
    Ambiguous(Vec<String>),
    /// It is nested deeper than anything is read.
    Depth,
}

/// A value is not of a type.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}", self.said(&self.place()))]
pub struct Mismatch {
    /// Where in the value.
    pub path: Path,
    /// The type wanted there, as written.
    pub wanted: Box<str>,
    /// What is there, in a few words.
    pub got: Box<str>,
    /// What is wrong.
    pub problem: Problem,
}

impl Mismatch {
    /// The place as in a score: `` `ideas[2].title` ``.
    fn place(&self) -> String {
        if self.path.0.is_empty() { "the value".to_owned() } else { format!("`{}`", self.path.written()) }
    }

    /// The whole in words for who gave the value, elements counted from 1; `whole` names the value.
    #[must_use]
    pub fn in_words(&self, whole: &str) -> String {
        self.said(&self.path.in_words(whole))
    }

    fn said(&self, place: &str) -> String {
        let Self { wanted, got, .. } = self;
        match &self.problem {
            Problem::Kind => format!("{place} must be `{wanted}`, but is {got}"),
            Problem::Missing(names) if self.path.0.is_empty() => missing(names, ""),
            Problem::Missing(names) => missing(names, &format!(" of {place}")),
            Problem::Unknown { key, near: Some(near), .. } => {
                format!("{place} has a field `{key}`, which `{wanted}` has not; did you mean `{near}`?")
            }
            Problem::Unknown { key, fields, .. } if fields.is_empty() => {
                format!("{place} has a field `{key}`, but `{wanted}` has no fields")
            }
            Problem::Unknown { key, fields, .. } => {
                format!("{place} has a field `{key}`, but `{wanted}` has only {}", listed(fields))
            }
            Problem::Twice(name) => {
                format!("{place} gives field `{name}` more than once, with different values")
            }
            Problem::Size { len, size } => {
                format!("{place} must have {}, but has {len}", size_in_words(*size))
            }
            // What is wrong with a whole record is not seen from how it looks in short.
            Problem::Condition(text) if got.starts_with("an object") => {
                format!("{place} does not do: {text}")
            }
            Problem::Condition(text) => format!("{place} is {got}, which is not allowed: {text}"),
            Problem::Ambiguous(readings) => format!(
                "{place} is {got}, which can be read in more than one way: as {}",
                readings.join(" or as ")
            ),
            Problem::Depth => format!("{place} is nested too deeply"),
        }
    }
}

fn missing(names: &[Name], of: &str) -> String {
    match names {
        [name] => format!("field `{name}`{of} is missing"),
        names => format!("the fields {}{of} are missing", listed(names)),
    }
}

fn listed(names: &[Name]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn size_in_words(size: Size) -> String {
    let items = |count: u64| if count == 1 { "1 item".to_owned() } else { format!("{count} items") };
    match (size.min, size.max) {
        (min, Some(max)) if min == max => items(max),
        (0, Some(max)) => format!("at most {}", items(max)),
        (min, Some(max)) => format!("{min} to {}", items(max)),
        (min, None) => format!("at least {}", items(min)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_read_both_ways() {
        let path =
            Path(vec![Step::Field(Arc::from("ideas")), Step::Item(2), Step::Field(Arc::from("title"))]);
        assert_eq!(path.written(), "ideas[2].title");
        assert_eq!(path.in_words("x"), "field `title` of item 3 of field `ideas`");
        let mismatch = Mismatch { path, wanted: "text".into(), got: "3".into(), problem: Problem::Kind };
        assert_eq!(mismatch.to_string(), "`ideas[2].title` must be `text`, but is 3");
    }
}
