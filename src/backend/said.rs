//! Values as a backend needs them: as words for a reader, as JSON for a machine, as words with media
//! between them.

use std::borrow::Cow;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Number, Value as Json};

use crate::instrument::{Message, Piece, Request, Role};
use crate::value::{Media, Value};

/// A value as words.
pub(super) fn words(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Text(text) => Cow::Borrowed(text),
        Value::Int(int) => Cow::Owned(int.to_string()),
        Value::Bool(bool) => Cow::Borrowed(if *bool { "true" } else { "false" }),
        Value::Nothing => Cow::Borrowed(""),
        Value::List(_) | Value::Record(_) | Value::Map(_) => {
            Cow::Owned(serde_json::to_string_pretty(&json(value)).unwrap_or_default())
        }
        Value::Media(media) => Cow::Owned(shown_media(media)),
        other => match json(other) {
            Json::String(text) => Cow::Owned(text),
            json => Cow::Owned(json.to_string()),
        },
    }
}

/// A value as JSON; media as data addresses.
pub(super) fn json(value: &Value) -> Json {
    match value {
        Value::Nothing => Json::Null,
        Value::Bool(bool) => Json::Bool(*bool),
        Value::Int(int) => Json::from(*int),
        Value::Number(number) => Number::from_f64(*number).map_or(Json::Null, Json::Number),
        Value::Text(text) => Json::String(text.to_string()),
        Value::List(values) => values.iter().map(json).collect(),
        Value::Record(record) => {
            Json::Object(record.entries().map(|(name, value)| (name.to_owned(), json(value))).collect())
        }
        Value::Map(map) => {
            Json::Object(map.iter().map(|(name, value)| (name.to_string(), json(value))).collect())
        }
        Value::Date(date) => Json::String(date.to_string()),
        Value::Time(time) => Json::String(time.to_string()),
        Value::Duration(millis) => Json::from(*millis),
        Value::Money(money) => Json::String(money.to_string()),
        Value::Media(media) => Json::String(data_address(media)),
        Value::Secret(secret) => Json::String(format!("<secret {}>", secret.name)),
        Value::Instrument(instrument) => Json::String(instrument.name.to_string()),
        Value::Function(_) => Json::Null,
    }
}

/// `data:image/png;base64,…`
pub(super) fn data_address(media: &Media) -> String {
    let mut address = format!("data:{};base64,", media.mime);
    STANDARD.encode_string(&media.bytes, &mut address);
    address
}

fn shown_media(media: &Media) -> String {
    let name = media.name.as_deref().unwrap_or(&media.mime);
    format!("[{}: {name}]", media.kind.word())
}

/// A turn as words alone; media stand in it by name.
pub(super) fn flat(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Words(said) => text.push_str(said),
            Piece::Hole(value) => text.push_str(&words(value)),
        }
    }
    text
}

/// A piece of a turn for a reader that sees media: words run together, media apart.
pub(super) enum Part {
    Words(String),
    Media(Arc<Media>),
}

/// A turn with its media apart. Media in lists and records stand where they are first met.
pub(super) fn parts(pieces: &[Piece]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let say = |said: &str, parts: &mut Vec<Part>| match parts.last_mut() {
        Some(Part::Words(words)) => words.push_str(said),
        _ if said.is_empty() => {}
        _ => parts.push(Part::Words(said.to_owned())),
    };
    for piece in pieces {
        match piece {
            Piece::Words(said) => say(said, &mut parts),
            Piece::Hole(Value::Media(media)) => parts.push(Part::Media(media.clone())),
            Piece::Hole(Value::List(values))
                if values.iter().any(|value| matches!(value, Value::Media(_))) =>
            {
                for value in values.iter() {
                    match value {
                        Value::Media(media) => parts.push(Part::Media(media.clone())),
                        other => say(&words(other), &mut parts),
                    }
                }
            }
            Piece::Hole(value) => say(&words(value), &mut parts),
        }
    }
    parts
}

/// What was first said to the one who answers, and what was wrong with the answer before, if anything.
/// A try adds two turns: the answer and the complaint.
pub(super) fn question(request: &Request) -> (&[Piece], Option<String>) {
    let first = request.messages.len().saturating_sub(2 * request.attempt as usize).max(1);
    let spoken = |messages: &'_ [Message]| messages.iter().rposition(|message| message.role == Role::User);
    let asked =
        request.messages.get(..first).and_then(|messages| Some(&*messages.get(spoken(messages)?)?.pieces));
    let complaint =
        request.messages.get(first..).and_then(|messages| messages.last()).map(|last| flat(&last.pieces));
    (asked.unwrap_or(&[]), complaint)
}

/// What was said last, shortened for a failure message.
pub(super) fn sent(request: &Request) -> String {
    flat(request.said())
}
