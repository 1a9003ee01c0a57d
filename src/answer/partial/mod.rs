//! An answer while it comes: what can be read of it so far, for whoever watches. Each letter is looked at once.
//!
//! **There is no guessing here either.** A text that is still being written counts as far as it goes; a number, a
//! word or an escape only once it is over. So what is read of a beginning is always a part of what is read in the
//! end. Of prose with several pieces of JSON in it the first whole one is shown; which one counts is decided when
//! all of it is there.

mod quoted;
mod reader;

use std::borrow::Cow;

use crate::types::{Type, admits_text, is_wrapped};
use crate::value::{Value, show_number};
use reader::Reader;

/// What reasoning at the start stands between.
const REASONING: [(&str, &str); 2] = [("<think>", "</think>"), ("<thinking>", "</thinking>")];
/// So many letters of a finished text are shown.
const SHOWN: usize = 24;

/// An answer while it comes.
#[derive(Debug)]
pub struct Partial {
    stage: Stage,
    /// Whether it is one text; else JSON is looked for in it.
    whole: bool,
    /// Whether it may be wrapped in an object of its own.
    wrapped: bool,
    text: String,
    json: Reader,
}

#[derive(Debug)]
enum Stage {
    /// What may be the mark of reasoning.
    Start(String),
    /// Reasoning up to this mark; with the end of what was seen.
    Reasoning(&'static str, String),
    Answer,
}

impl Partial {
    /// Nothing yet of an answer of this type.
    #[must_use]
    pub fn new(ty: &Type) -> Self {
        Self {
            stage: Stage::Start(String::new()),
            whole: admits_text(ty),
            wrapped: is_wrapped(ty),
            text: String::new(),
            json: Reader::new(matches!(ty.shape(), Type::Record(_) | Type::Map(_))),
        }
    }

    /// Takes the next piece.
    pub fn push(&mut self, piece: &str) {
        for letter in piece.chars() {
            self.letter(letter);
        }
    }

    fn letter(&mut self, letter: char) {
        match &mut self.stage {
            Stage::Answer => self.answer(letter),
            Stage::Start(seen) => {
                if seen.is_empty() && letter.is_whitespace() {
                    return;
                }
                seen.push(letter);
                if let Some((_, close)) = REASONING.iter().find(|(open, _)| *open == *seen) {
                    self.stage = Stage::Reasoning(close, String::new());
                } else if !REASONING.iter().any(|(open, _)| open.starts_with(&**seen)) {
                    let seen = std::mem::take(seen);
                    self.stage = Stage::Answer;
                    seen.chars().for_each(|letter| self.answer(letter));
                }
            }
            Stage::Reasoning(close, seen) => {
                // The mark is plain letters: as many of them as it has are enough.
                if seen.len() >= close.len() {
                    seen.remove(0);
                }
                seen.push(letter);
                if seen.ends_with(*close) {
                    self.stage = Stage::Answer;
                }
            }
        }
    }

    fn answer(&mut self, letter: char) {
        if self.whole {
            if !self.text.is_empty() || !letter.is_whitespace() {
                self.text.push(letter);
            }
        } else {
            self.json.take(letter);
        }
    }

    /// What can be read of it so far; `None` where that is nothing.
    #[must_use]
    pub fn value(&self) -> Option<Value> {
        if self.whole {
            let text = self.text.trim_end();
            return (!text.is_empty()).then(|| Value::text(text));
        }
        self.json.value()
    }

    /// The latest of it in one line of up to so many letters: of a text its end, of a record the fields that are
    /// there and the end of the one that comes. Empty where nothing can be read yet.
    #[must_use]
    pub fn line(&self, width: usize) -> String {
        if self.whole {
            return end_of(&self.text, width);
        }
        let mut pieces: Vec<String> = Vec::new();
        let mut letters = 0;
        for piece in self.json.latest(self.wrapped) {
            letters += piece.chars().count() + 3;
            pieces.push(piece);
            if letters > width {
                break;
            }
        }
        pieces.reverse();
        end_of(&pieces.join(" · "), width)
    }
}

/// The end of a text in one line.
fn end_of(text: &str, width: usize) -> String {
    let mut letters: Vec<char> = Vec::new();
    let mut cut = false;
    for letter in text.trim_end().chars().rev() {
        let letter = if letter.is_whitespace() || letter.is_control() { ' ' } else { letter };
        if letter == ' ' && letters.last() == Some(&' ') {
            continue;
        }
        if letters.len() >= width {
            cut = true;
            break;
        }
        letters.push(letter);
    }
    if cut && letters.pop().is_some() {
        letters.push('…');
    }
    letters.iter().rev().collect()
}

/// A finished value in a few words.
fn short(value: &Value) -> Cow<'_, str> {
    let counted = |count: usize, one: &str, many: &str| {
        Cow::Owned(if count == 1 { format!("1 {one}") } else { format!("{count} {many}") })
    };
    match value {
        Value::Text(text) => match text.char_indices().nth(SHOWN) {
            None => Cow::Borrowed(&**text),
            Some((cut, _)) => Cow::Owned(format!("{}…", &text[..cut])),
        },
        Value::List(values) => counted(values.len(), "item", "items"),
        Value::Map(map) => counted(map.len(), "field", "fields"),
        Value::Int(int) => Cow::Owned(int.to_string()),
        Value::Number(number) => Cow::Owned(show_number(*number)),
        Value::Bool(bool) => Cow::Borrowed(if *bool { "true" } else { "false" }),
        _ => Cow::Borrowed("nothing"),
    }
}
