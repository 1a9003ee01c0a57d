//! What is recorded of a call before it is made.

use crate::instrument::{Class, Message, Piece, Request, Role, asked};
use crate::journal::Intent;
use crate::value::{Value, feed};

/// So many characters are kept of what an act or a question says.
const SHOWN: usize = 2_000;

/// The fields of a record are told apart where there are no more than so many.
const FIELDS: usize = 16;

/// What is recorded of this call.
pub(super) fn intent(request: &Request, person: bool, repeatable: bool) -> Intent {
    let shown = if request.class == Class::Acts { shown(request) } else { String::new() };
    Intent {
        id: request.call,
        path: request.path.clone(),
        part: request.part.clone(),
        instrument: request.instrument.name.clone(),
        class: request.class,
        person,
        attempt: request.attempt,
        input: request.input_hash(),
        pieces: pieces(request),
        repeatable,
        key: request.idempotency_key.clone(),
        hold: None,
        limits: Vec::new(),
        shown,
        within: None,
    }
}

/// What an act or a question says, for whoever must decide about it.
pub(super) fn shown(request: &Request) -> String {
    let text = asked(request);
    match text.char_indices().nth(SHOWN) {
        None => text,
        Some((cut, _)) => format!("{}…", &text[..cut]),
    }
}

/// What decides an answer, piece by piece: a short hash of each, by its name in messages.
fn pieces(request: &Request) -> Vec<(String, u32)> {
    let mut pieces = vec![(String::from("the prompt"), hash(|bytes| words(bytes, &request.messages)))];
    for (name, value) in &request.arguments {
        match value {
            Value::Record(record) if record.values().len() <= FIELDS => {
                for (field, value) in record.entries() {
                    pieces.push((format!("argument {name}.{field}"), hash(|bytes| feed(bytes, value))));
                }
            }
            _ => pieces.push((format!("argument {name}"), hash(|bytes| feed(bytes, value)))),
        }
    }
    pieces.push((
        String::from("the instrument"),
        hash(|bytes| feed(bytes, &Value::Instrument(request.instrument.clone()))),
    ));
    pieces.push((String::from("the type"), text(&request.answer.to_string())));
    if !request.tools.is_empty() {
        let names: Vec<&str> = request.tools.iter().map(|tool| &*tool.name).collect();
        pieces.push((String::from("the tools"), text(&names.join(" "))));
    }
    let others = [("stdin", &request.stdin), ("prefill", &request.prefill)];
    for (name, value) in others {
        if let Some(value) = value {
            pieces.push((name.to_owned(), hash(|bytes| feed(bytes, value))));
        }
    }
    if let Some(choices) = &request.choices {
        pieces.push((String::from("the choices"), hash(|bytes| feed(bytes, &Value::List(choices.clone())))));
    }
    pieces
}

/// The author's words, and what was said in turn; what stands in holes is known by its argument.
fn words(bytes: &mut Vec<u8>, messages: &[Message]) {
    for message in messages {
        for piece in &message.pieces {
            match piece {
                Piece::Words(words) => bytes.extend_from_slice(words.as_bytes()),
                Piece::Hole(_) => bytes.push(0),
            }
        }
        bytes.push(match message.role {
            Role::System => 1,
            Role::User => 2,
            Role::Assistant => 3,
            Role::Tool => 4,
        });
    }
}

fn text(text: &str) -> u32 {
    hash(|bytes| bytes.extend_from_slice(text.as_bytes()))
}

fn hash(fill: impl FnOnce(&mut Vec<u8>)) -> u32 {
    let mut bytes = Vec::new();
    fill(&mut bytes);
    let mut short = [0; 4];
    short.copy_from_slice(&blake3::hash(&bytes).as_bytes()[..4]);
    u32::from_le_bytes(short)
}
