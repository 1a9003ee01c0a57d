//! Answers as they come, and what they are read as: the table, and what holds of all of them.

#[path = "../../../tests/garbage/mod.rs"]
mod garbage;
mod partial;
mod properties;
mod stand_ins;
mod table;

use super::{Unreadable, read};
use crate::types::notation::ty;
use crate::value::Value;
use crate::value::bounded::Bounded;

fn answer(notation: &str, text: &str) -> Result<Value, Unreadable> {
    read(text, &ty(notation), &mut Bounded)
}
