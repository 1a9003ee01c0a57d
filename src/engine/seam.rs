//! Stands in for the reader of answers until it is there.

use crate::types::Type;
use crate::value::Value;

pub fn show(value: &Value) -> String {
    match value {
        Value::Text(text) => text.to_string(),
        Value::Int(int) => int.to_string(),
        other => format!("{other:?}"),
    }
}

pub fn read(text: &str, ty: &Type) -> Result<Value, String> {
    match ty.shape() {
        Type::Int => text.trim().parse().map(Value::Int).map_err(|_| format!("`{text}` is not a number")),
        Type::Bool => text.trim().parse().map(Value::Bool).map_err(|_| format!("`{text}` is not a bool")),
        _ => Ok(Value::text(text)),
    }
}

pub fn show_duration(millis: i64) -> String {
    format!("{millis}ms")
}
