//! Values as JSON that keeps what they are, for what is written down and read again: recordings and journals.
//!
//! Texts, numbers, bools, lists and `nothing` are what they are in JSON; records and maps are objects. What JSON
//! has no form for is an object with one key: `{"$date": "2026-01-05"}`, `{"$time": …}`, `{"$duration": ms}`,
//! `{"$money": "1500000000"}` in billionths of a dollar, `{"$media": {kind, mime, name, bytes}}` with the bytes in base64. A key that
//! begins with `$` gets a second one. A record comes back as a map: its type says what it is.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map as Object, Value as Json, json};

use super::{MAX_DEPTH, Map, Media, MediaKind, Money, Value};

/// Why a value can't be written down or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodedError {
    /// It is no data.
    #[error("a {0} can't be written down")]
    NoData(String),
    /// It is too deep.
    #[error("it is nested more than {MAX_DEPTH} levels deep")]
    TooDeep,
    /// What was read is no such value.
    #[error("`{0}` is no value that was written down")]
    Unreadable(String),
}

/// A value as JSON.
///
/// # Errors
/// For secrets, instruments and functions, and for what is nested too deeply.
pub fn encode(value: &Value) -> Result<Json, CodedError> {
    encode_with(value, &mut |media| Ok(json!({ "bytes": STANDARD.encode(&media.bytes) })))
}

/// The same with the bytes of media kept elsewhere: `keep` gives an object that says where.
///
/// # Errors
/// As [`encode`], and what `keep` says.
pub fn encode_with<E: From<CodedError>>(
    value: &Value,
    keep: &mut dyn FnMut(&Media) -> Result<Json, E>,
) -> Result<Json, E> {
    encode_at(value, MAX_DEPTH, keep)
}

fn encode_at<E: From<CodedError>>(
    value: &Value,
    levels: usize,
    keep: &mut dyn FnMut(&Media) -> Result<Json, E>,
) -> Result<Json, E> {
    let Some(below) = levels.checked_sub(1) else { return Err(CodedError::TooDeep.into()) };
    Ok(match value {
        Value::Nothing => Json::Null,
        Value::Bool(bool) => json!(bool),
        Value::Int(int) => json!(int),
        Value::Number(number) => json!(number),
        Value::Text(text) => json!(&**text),
        Value::Date(date) => json!({ "$date": date.to_string() }),
        Value::Time(time) => json!({ "$time": time.to_string() }),
        Value::Duration(millis) => json!({ "$duration": millis }),
        Value::Money(money) => json!({ "$money": money.nanos.to_string() }),
        Value::List(values) => {
            Json::Array(values.iter().map(|value| encode_at(value, below, keep)).collect::<Result<_, E>>()?)
        }
        Value::Record(record) => object(record.entries(), below, keep)?,
        Value::Map(map) => object(map.iter().map(|(name, value)| (&**name, value)), below, keep)?,
        Value::Media(media) => {
            let mut coded = json!({
                "kind": media.kind.word(),
                "mime": &*media.mime,
                "name": media.name.as_deref(),
            });
            if let (Json::Object(coded), Json::Object(kept)) = (&mut coded, keep(media)?) {
                coded.extend(kept);
            }
            json!({ "$media": coded })
        }
        Value::Secret(_) | Value::Instrument(_) | Value::Function(_) => {
            return Err(CodedError::NoData(value.kind().to_string()).into());
        }
    })
}

fn object<'a, E: From<CodedError>>(
    entries: impl Iterator<Item = (&'a str, &'a Value)>,
    levels: usize,
    keep: &mut dyn FnMut(&Media) -> Result<Json, E>,
) -> Result<Json, E> {
    let mut object = Object::new();
    for (name, value) in entries {
        let name = if name.starts_with('$') { format!("${name}") } else { name.to_owned() };
        object.insert(name, encode_at(value, levels, keep)?);
    }
    Ok(Json::Object(object))
}

/// The value that was written down so.
///
/// # Errors
/// Where it is none.
pub fn decode(json: &Json) -> Result<Value, CodedError> {
    decode_with(json, &mut |kept| {
        let bytes = kept["bytes"].as_str().and_then(|bytes| STANDARD.decode(bytes).ok());
        bytes.ok_or_else(|| unreadable(kept))
    })
}

/// The same with the bytes of media found by `find`, which is given the object that says where they are.
///
/// # Errors
/// As [`decode`], and what `find` says.
pub fn decode_with<E: From<CodedError>>(
    json: &Json,
    find: &mut dyn FnMut(&Json) -> Result<Vec<u8>, E>,
) -> Result<Value, E> {
    decode_at(json, MAX_DEPTH, find)
}

fn unreadable(json: &Json) -> CodedError {
    CodedError::Unreadable(json.to_string().chars().take(80).collect())
}

fn decode_at<E: From<CodedError>>(
    json: &Json,
    levels: usize,
    find: &mut dyn FnMut(&Json) -> Result<Vec<u8>, E>,
) -> Result<Value, E> {
    let Some(below) = levels.checked_sub(1) else { return Err(CodedError::TooDeep.into()) };
    Ok(match json {
        Json::Null => Value::Nothing,
        Json::Bool(bool) => Value::Bool(*bool),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(int), _) => Value::Int(int),
            (None, Some(number)) if number.is_finite() => Value::Number(number),
            _ => return Err(unreadable(json).into()),
        },
        Json::String(text) => Value::text(text),
        Json::Array(values) => {
            let values =
                values.iter().map(|value| decode_at(value, below, find)).collect::<Result<Vec<_>, E>>()?;
            Value::list(values)
        }
        Json::Object(object) => match object.iter().next() {
            Some((name, inner)) if object.len() == 1 && name == "$media" => {
                let bytes = find(inner)?;
                media(inner, bytes).ok_or_else(|| unreadable(json))?
            }
            Some((name, inner)) if object.len() == 1 && is_tag(name) => {
                tagged(name, inner).ok_or_else(|| unreadable(json))?
            }
            _ => {
                let mut map = Map::with_capacity(object.len());
                for (name, value) in object {
                    let name = name.strip_prefix('$').unwrap_or(name);
                    map.insert(Arc::from(name), decode_at(value, below, find)?);
                }
                Value::Map(Arc::new(map))
            }
        },
    })
}

fn is_tag(name: &str) -> bool {
    name.starts_with('$') && !name.starts_with("$$")
}

fn tagged(tag: &str, inner: &Json) -> Option<Value> {
    Some(match tag {
        "$date" => Value::Date(inner.as_str()?.parse().ok()?),
        "$time" => Value::Time(inner.as_str()?.parse().ok()?),
        "$duration" => Value::Duration(inner.as_i64()?),
        "$money" => Value::Money(Money::from_nanos(inner.as_str()?.parse().ok()?)),
        _ => return None,
    })
}

fn media(json: &Json, bytes: Vec<u8>) -> Option<Value> {
    let kinds = [MediaKind::Image, MediaKind::Audio, MediaKind::Video, MediaKind::File];
    let word = json["kind"].as_str()?;
    Some(Value::Media(Arc::new(Media {
        kind: kinds.into_iter().find(|kind| kind.word() == word)?,
        mime: Arc::from(json["mime"].as_str()?),
        name: json["name"].as_str().map(Arc::from),
        bytes: bytes.into(),
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_down_is_read_again() {
        let mut map = Map::new();
        map.insert("$date".into(), Value::text("no tag"));
        map.insert("plain".into(), Value::Number(1.0));
        let media = Media {
            kind: MediaKind::Image,
            mime: "image/png".into(),
            name: Some("a.png".into()),
            bytes: vec![0, 255, 7].into(),
        };
        for value in [
            Value::Nothing,
            Value::Bool(true),
            Value::Int(i64::MIN),
            Value::Number(0.1),
            Value::Number(3.0),
            Value::text("{\"$date\": 1}"),
            Value::Date("2026-01-05".parse().unwrap()),
            Value::Time("2026-01-05T09:00:00.123Z".parse().unwrap()),
            Value::Duration(-5),
            Value::Money(Money::from_nanos(-1_500_000_001)),
            Value::Media(Arc::new(media)),
            Value::list(vec![Value::Map(Arc::new(map)), Value::list(vec![])]),
        ] {
            let text = encode(&value).unwrap().to_string();
            assert_eq!(decode(&serde_json::from_str(&text).unwrap()), Ok(value), "{text}");
        }
    }

    #[test]
    fn what_is_none_is_refused() {
        for text in [r#"{"$date": 1}"#, r#"{"$what": 1}"#, r#"{"$media": {"kind": "song"}}"#, "1e999"] {
            if let Ok(json) = serde_json::from_str(text) {
                assert!(decode(&json).is_err(), "{text}");
            }
        }
    }
}
