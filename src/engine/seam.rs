//! Stands in for the reader of answers until it is there.

use crate::types::Type;
use crate::value::{Judge, Mismatch, Reading, Value, conform_with, from_json};

/// Why an answer could not be read.
pub struct Unreadable {
    pub message: String,
    pub mismatch: Option<Mismatch>,
}

/// The value that an answer gives.
pub fn read(text: &str, ty: &Type, judge: &mut dyn Judge) -> Result<Value, Unreadable> {
    let value = match (ty.shape(), serde_json::from_str(text)) {
        (Type::Text, _) | (_, Err(_)) => Value::text(text),
        (_, Ok(json)) => from_json(json),
    };
    conform_with(value, ty, Reading::FromJson, judge)
        .map_err(|mismatch| Unreadable { message: mismatch.in_words("the answer"), mismatch: Some(mismatch) })
}
