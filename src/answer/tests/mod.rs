//! Answers as they come, and what they are read as: tables by topic. `{type} <- {answer}`.

mod json;
mod lists;
mod properties;
mod prose;
mod scalars;
mod stand_ins;
mod unions;

use super::{Unreadable, read};
use crate::types::notation::ty;
use crate::value::bounded::Bounded;
use crate::value::{Value, json_text};

fn answer(notation: &str, text: &str) -> Result<Value, Unreadable> {
    read(text, &ty(notation), &mut Bounded)
}

/// Each row: type, answer, the value as JSON.
fn all_read(rows: &[(&str, &str, &str)]) {
    let mut wrong = Vec::new();
    for (notation, text, wanted) in rows {
        match answer(notation, text) {
            Ok(value) if json_text(&value) == *wanted => {}
            Ok(value) => {
                wrong
                    .push(format!("{notation} <- {text:?}\n   gave {}\n   not  {wanted}", json_text(&value)));
            }
            Err(error) => {
                wrong.push(format!("{notation} <- {text:?}\n   refused: {error}\n   not  {wanted}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

/// Each row: type, answer, a part of what is said.
fn all_refused(rows: &[(&str, &str, &str)]) {
    let mut wrong = Vec::new();
    for (notation, text, said) in rows {
        match answer(notation, text) {
            Ok(value) => wrong.push(format!("{notation} <- {text:?}\n   gave {}", json_text(&value))),
            Err(error) if error.message.contains(said) => {}
            Err(error) => wrong.push(format!("{notation} <- {text:?}\n   said {error}\n   not  {said}")),
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}
