//! Values as a backend needs them: for a reader, as words and JSON for a machine, as words with media
//! between them.

use std::borrow::Cow;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;

use crate::instrument::{Message, Piece, Request, Role};
use crate::value::{MAX_DEPTH, Media, Value, render, to_json};

/// A value as one word for a machine: a text as it is, lists and records as JSON, `nothing` empty.
pub(super) fn words(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Text(text) => Cow::Borrowed(text),
        Value::Nothing => Cow::Borrowed(""),
        Value::List(_) | Value::Record(_) | Value::Map(_) => Cow::Owned(json(value).to_string()),
        other => Cow::Owned(render(other)),
    }
}

/// A value as JSON that is sent off: as [`to_json`] has it, but media with all they hold, as data addresses.
pub(super) fn json(value: &Value) -> Json {
    encode(value, MAX_DEPTH)
}

fn encode(value: &Value, levels: usize) -> Json {
    match value {
        Value::Media(media) => Json::String(data_address(media)),
        Value::List(_) | Value::Record(_) | Value::Map(_) if levels == 0 => "…".into(),
        Value::List(values) => values.iter().map(|value| encode(value, levels - 1)).collect(),
        Value::Record(record) => {
            let entries = record.entries().map(|(name, value)| (name.to_owned(), encode(value, levels - 1)));
            Json::Object(entries.collect())
        }
        Value::Map(map) => {
            let entries = map.iter().map(|(name, value)| (name.to_string(), encode(value, levels - 1)));
            Json::Object(entries.collect())
        }
        other => to_json(other),
    }
}

/// `data:image/png;base64,…`
pub(super) fn data_address(media: &Media) -> String {
    let mut address = format!("data:{};base64,", media.mime);
    STANDARD.encode_string(&media.bytes, &mut address);
    address
}

/// A value as a reader sees it.
pub(super) fn read(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Text(text) => Cow::Borrowed(text),
        other => Cow::Owned(render(other)),
    }
}

/// A turn as words alone; media stand in it by name.
pub(super) fn flat(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Words(said) => text.push_str(said),
            Piece::Hole(value) => text.push_str(&read(value)),
        }
    }
    text
}

/// A piece of a turn for a reader that sees media: words run together, media apart.
pub(super) enum Part {
    Words(String),
    Media(Arc<Media>),
}

/// A turn with its media apart. Media in records stand by name in the words, and after them as they are.
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
                if !values.is_empty() && values.iter().all(|value| matches!(value, Value::Media(_))) =>
            {
                parts.extend(media_in(&Value::List(values.clone())).into_iter().map(Part::Media));
            }
            Piece::Hole(value @ (Value::List(_) | Value::Record(_) | Value::Map(_))) => {
                say(&read(value), &mut parts);
                parts.extend(media_in(value).into_iter().map(Part::Media));
            }
            Piece::Hole(value) => say(&read(value), &mut parts),
        }
    }
    parts
}

/// All media in a value, in the order in which they are read.
fn media_in(value: &Value) -> Vec<Arc<Media>> {
    let mut found = Vec::new();
    let mut pending = vec![value];
    while let Some(value) = pending.pop() {
        match value {
            Value::Media(media) => found.push(media.clone()),
            Value::List(values) => pending.extend(values.iter().rev()),
            Value::Record(record) => pending.extend(record.values().iter().rev()),
            Value::Map(map) => pending.extend(map.values().rev()),
            _ => {}
        }
    }
    found
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

/// What a part without words says: its arguments as JSON.
fn arguments(request: &Request) -> String {
    let entries = request.arguments.iter().map(|(name, value)| (name.to_string(), json(value)));
    Json::Object(entries.collect()).to_string()
}

/// What was said last, earlier tries included: what tools gave, with their names; the arguments as JSON where
/// nothing is said.
pub(super) fn told(request: &Request) -> String {
    let tools =
        request.messages.iter().rposition(|message| message.role != Role::Tool).map_or(0, |at| at + 1);
    let gave = request.messages[tools..].iter().map(|message| {
        let tool = message.calls.first().map_or("", |call| &*call.tool);
        format!("{tool}: {}", flat(&message.pieces))
    });
    let gave: Vec<String> = gave.collect();
    if !gave.is_empty() {
        return gave.join("\n");
    }
    if request.messages.is_empty() { arguments(request) } else { flat(request.said()) }
}

/// What was said last, shortened for a failure message.
pub(super) fn sent(request: &Request) -> String {
    flat(request.said())
}
