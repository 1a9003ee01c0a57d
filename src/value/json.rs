//! Values as JSON. What JSON has no word for is a text in the language's own form; of media it says
//! what they are, never what is in them; of secrets the name.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::{Map, Value, scalar};

/// Levels of nesting that are kept; deeper ones are the text `…`, so that nothing overflows.
pub const MAX_DEPTH: usize = 128;

/// The JSON of a value.
#[must_use]
pub fn to_json(value: &Value) -> Json {
    encode(value, MAX_DEPTH)
}

/// The JSON of a value in one line.
#[must_use]
pub fn json_text(value: &Value) -> String {
    to_json(value).to_string()
}

/// The JSON of a value with one field a line.
#[must_use]
pub fn pretty_json_text(value: &Value) -> String {
    let json = to_json(value);
    serde_json::to_string_pretty(&json).unwrap_or_else(|_| json.to_string())
}

/// The value of type `json` that some JSON is.
#[must_use]
pub fn from_json(json: Json) -> Value {
    decode(json, MAX_DEPTH)
}

fn encode(value: &Value, levels: usize) -> Json {
    match value {
        Value::Nothing => Json::Null,
        Value::Bool(bool) => (*bool).into(),
        Value::Int(int) => (*int).into(),
        Value::Number(number) => (*number).into(),
        Value::Text(text) => (**text).into(),
        Value::Date(date) => date.to_string().into(),
        Value::Time(time) => time.to_string().into(),
        Value::Duration(length) => scalar::show_duration(*length).into(),
        Value::Money(money) => money.to_string().into(),
        Value::Media(media) => json!({ "media": &*media.mime, "kind": media.kind.word(),
            "name": media.name.as_deref(), "bytes": media.bytes.len() }),
        Value::Secret(secret) => json!({ "secret": secret.name }),
        Value::Instrument(instrument) => json!({ "instrument": &*instrument.name }),
        Value::Function(_) => json!({ "function": Json::Null }),
        Value::List(_) | Value::Record(_) | Value::Map(_) if levels == 0 => "…".into(),
        Value::List(values) => values.iter().map(|value| encode(value, levels - 1)).collect(),
        Value::Record(record) => Json::Object(
            record.entries().map(|(name, value)| (name.to_owned(), encode(value, levels - 1))).collect(),
        ),
        Value::Map(map) => Json::Object(
            map.iter().map(|(key, value)| (key.to_string(), encode(value, levels - 1))).collect(),
        ),
    }
}

fn decode(json: Json, levels: usize) -> Value {
    match json {
        Json::Null => Value::Nothing,
        Json::Bool(bool) => Value::Bool(bool),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(int), _) => Value::Int(int),
            (None, Some(double)) if double.is_finite() => Value::Number(double),
            _ => Value::text(&number.to_string()),
        },
        Json::String(text) => Value::Text(Arc::from(text)),
        Json::Array(_) | Json::Object(_) if levels == 0 => Value::text("…"),
        Json::Array(values) => {
            Value::List(values.into_iter().map(|value| decode(value, levels - 1)).collect())
        }
        Json::Object(fields) => {
            let map: Map =
                fields.into_iter().map(|(key, value)| (Arc::from(key), decode(value, levels - 1))).collect();
            Value::Map(Arc::new(map))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Media, MediaKind, Secret};

    #[test]
    fn media_and_secrets_are_named_and_never_shown() {
        let media = Media {
            kind: MediaKind::Image,
            mime: Arc::from("image/png"),
            name: Some(Arc::from("a.png")),
            bytes: Arc::from([1, 2, 3]),
        };
        let both =
            Value::list([Value::Media(Arc::new(media)), Value::Secret(Arc::new(Secret::new("KEY", "hush")))]);
        assert_eq!(
            json_text(&both),
            r#"[{"media":"image/png","kind":"image","name":"a.png","bytes":3},{"secret":"KEY"}]"#
        );
    }

    #[test]
    fn json_comes_back_as_it_was() {
        let text = r#"{"b":[1,2.0,0.1,null,true,"x"],"a":{}}"#;
        let value = from_json(serde_json::from_str(text).unwrap());
        assert_eq!(json_text(&value), text);
        assert_eq!(from_json(to_json(&value)), value);
    }

    #[test]
    fn depth_is_capped() {
        let mut value = Value::Int(1);
        for _ in 0..1_000 {
            value = Value::list([value]);
        }
        assert!(json_text(&value).contains('…'));
    }
}
