//! Stands in for the rendering of values until it is there.

use crate::value::Value;

pub(crate) fn json_text(value: &Value) -> String {
    encode(value, 128).to_string()
}

fn encode(value: &Value, levels: usize) -> serde_json::Value {
    match value {
        Value::Nothing => serde_json::Value::Null,
        Value::Bool(bool) => (*bool).into(),
        Value::Int(int) => (*int).into(),
        Value::Number(number) => (*number).into(),
        Value::List(_) | Value::Record(_) | Value::Map(_) if levels == 0 => "…".into(),
        Value::List(values) => values.iter().map(|value| encode(value, levels - 1)).collect(),
        Value::Record(record) => {
            record.entries().map(|(name, value)| (name.to_owned(), encode(value, levels - 1))).collect()
        }
        Value::Map(map) => {
            map.iter().map(|(key, value)| (key.to_string(), encode(value, levels - 1))).collect()
        }
        other => render(other).into(),
    }
}

pub(crate) fn render(value: &Value) -> String {
    match value {
        Value::Text(text) => text.to_string(),
        Value::Number(number) => show_number(*number),
        Value::Date(date) => date.to_string(),
        Value::Time(time) => time.to_string(),
        Value::Duration(length) => show_duration(*length),
        Value::Money(money) => money.to_string(),
        Value::Media(media) => format!("[{}]", media.kind.word()),
        Value::Secret(secret) => format!("[secret {}]", secret.name),
        Value::Instrument(instrument) => format!("[instrument {}]", instrument.name),
        Value::Function(_) => "[function]".to_owned(),
        other => json_text(other),
    }
}

pub(crate) fn show_duration(milliseconds: i64) -> String {
    format!("{milliseconds}ms")
}

pub(crate) fn show_number(number: f64) -> String {
    number.to_string()
}
