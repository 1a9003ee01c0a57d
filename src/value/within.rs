//! Values and bounds.

use super::Value;
use crate::types::Bounds;

/// Whether a value keeps to bounds: numbers by size, texts, lists and maps by length, texts by pattern. Of other
/// values bounds say nothing.
#[must_use]
pub fn within(bounds: &Bounds, value: &Value) -> bool {
    match value {
        #[allow(clippy::cast_precision_loss)] // bounds beyond 2^53 are not kept to the last digit
        Value::Int(int) => bounds.hold_number(*int as f64),
        Value::Number(number) => bounds.hold_number(*number),
        Value::Text(text) => bounds.hold_length(text.chars().count() as u64) && bounds.hold_text(text),
        Value::List(values) => bounds.hold_length(values.len() as u64),
        Value::Map(map) => bounds.hold_length(map.len() as u64),
        _ => true,
    }
}
