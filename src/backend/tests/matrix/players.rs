//! The columns of the fault matrix: one row for each backend (and way to use it) that meets the world's faults.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::super::server::{Step, open, response};
use super::super::{instrument, request};
use super::{KEY, media, models};
use crate::instrument::{Class, Request};
use crate::types::Type;
use crate::value::{Secret, Value};

/// Who is called, and what a good answer to it looks like.
pub(in crate::backend::tests) struct Player {
    /// The backend, and how it is used where there are several ways.
    pub(super) name: &'static str,
    /// A call of it to a server at this base address, with a `timeout:` in milliseconds and the key.
    pub(super) ask: fn(&str, i64) -> Request,
    /// Whether it is a model: its answers have a form, and its refusals a message.
    pub(super) model: bool,
    /// Whether its call acts and must not be made twice.
    pub(super) once: bool,
    /// A good answer in one piece.
    pub(super) good: &'static str,
    /// A refusal's body with `MESSAGE` in it.
    pub(super) refusal: &'static str,
    /// How its answer comes bit by bit; `None`: it is asked for in one piece.
    pub(super) stream: Option<Stream>,
    /// An answer that calls tools: id, name and arguments of each.
    pub(super) calls: Option<fn(&[(&str, &str, &str)]) -> Vec<Step>>,
}

/// An answer that comes bit by bit.
pub(in crate::backend::tests) struct Stream {
    /// Its `Content-Type`.
    pub(super) mime: &'static str,
    /// Its events, as they stand on the wire; the last one is the mark of the end.
    pub(super) events: &'static [&'static str],
    /// An event that says that something went wrong, and with what kind.
    pub(super) wrong: &'static str,
}

const COMPLETION: &str = r#"{"choices":[{"message":{"role":"assistant","content":"Hi."},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":2}}"#;
pub(super) const COMPLETION_REFUSED: &str = r#"{"error":{"message":"MESSAGE","type":"x","code":null}}"#;
const COMPLETION_STREAM: Stream = Stream {
    mime: "text/event-stream",
    events: &[
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}\n\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Caf\u{e9} \u{1f600}\"},\"finish_reason\":null}]}\n\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
        "data: [DONE]\n\n",
    ],
    wrong: "data: {\"error\":{\"message\":\"boom\",\"type\":\"server_error\"}}\n\n",
};

/// Every player.
pub(super) static ALL: &[Player] = &[
    Player {
        name: "openai, whole",
        ask: |base, timeout| chat("openai", base, timeout),
        model: true,
        once: false,
        good: COMPLETION,
        refusal: COMPLETION_REFUSED,
        stream: None,
        calls: Some(completion_calls),
    },
    Player {
        name: "openai, streamed",
        ask: |base, timeout| chat("openai", base, timeout),
        model: true,
        once: false,
        good: COMPLETION,
        refusal: COMPLETION_REFUSED,
        stream: Some(COMPLETION_STREAM),
        calls: Some(completion_call_events),
    },
    models::RESPONSES,
    models::RESPONSES_STREAMED,
    models::ANTHROPIC,
    models::ANTHROPIC_STREAMED,
    models::GEMINI,
    models::GEMINI_STREAMED,
    models::OLLAMA,
    models::OLLAMA_STREAMED,
    media::IMAGES,
    media::EDITS,
    media::GEMINI_IMAGES,
    media::SPEECH,
    media::TRANSCRIBE,
    // The backend of `docs/backends.md`: whatever is said is its answer.
    service("oracle", oracle, false),
    service("http, reads", |base, timeout| web(base, timeout, "GET /items", Class::Reads), false),
    service("http, acts", |base, timeout| web(base, timeout, "POST /items\n\n{}", Class::Acts), true),
    service("webhook", |base, timeout| hook(base, timeout, false), true),
    service("webhook, idempotent", |base, timeout| hook(base, timeout, true), false),
];

/// A service whose answers have no form of their own.
const fn service(name: &'static str, ask: fn(&str, i64) -> Request, once: bool) -> Player {
    let (good, refusal) = (r#"{"id": 7}"#, r#"{"message": "MESSAGE"}"#);
    Player { name, ask, model: false, once, good, refusal, stream: None, calls: None }
}

fn completion_calls(calls: &[(&str, &str, &str)]) -> Vec<Step> {
    let call = |(id, name, arguments): &(&str, &str, &str)| json!({"id": id, "type": "function", "function": {"name": name, "arguments": arguments}});
    let calls: Vec<Json> = calls.iter().map(call).collect();
    let message = json!({"role": "assistant", "content": null, "tool_calls": calls});
    let whole = json!({"choices": [{"message": message, "finish_reason": "tool_calls"}]});
    vec![response("200 OK", "Content-Type: application/json\r\n", whole.to_string())]
}

/// The pieces of all calls come in turn, two bytes of each at a time.
fn completion_call_events(calls: &[(&str, &str, &str)]) -> Vec<Step> {
    let mut pieces = Vec::new();
    for (index, (id, name, _)) in calls.iter().enumerate() {
        pieces.push(json!({"index": index, "id": id, "function": {"name": name, "arguments": ""}}));
    }
    let longest = calls.iter().map(|(_, _, arguments)| arguments.len()).max().unwrap_or(0);
    for at in (0..longest).step_by(2) {
        for (index, (_, _, arguments)) in calls.iter().enumerate() {
            if let Some(piece) =
                arguments.get(at..arguments.len().min(at + 2)).filter(|piece| !piece.is_empty())
            {
                pieces.push(json!({"index": index, "function": {"arguments": piece}}));
            }
        }
    }
    let mut body = String::new();
    for piece in pieces {
        let delta =
            json!({"choices": [{"index": 0, "delta": {"tool_calls": [piece]}, "finish_reason": null}]});
        body = format!("{body}data: {delta}\n\n");
    }
    body.push_str("data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\ndata: [DONE]\n\n");
    vec![open("Content-Type: text/event-stream\r\n"), Step::Send(body.into_bytes())]
}

fn key() -> Value {
    Value::Secret(Arc::new(Secret::new("TEST_KEY", KEY)))
}

/// A question to a model whose constructor takes `model`, `base_url` and `key`.
pub(super) fn chat(constructor: &str, base: &str, timeout: i64) -> Request {
    let settings = [
        ("model", Value::text("m")),
        ("base_url", Value::text(base)),
        ("key", key()),
        ("timeout", Value::Duration(timeout)),
    ];
    request(&instrument(constructor, &settings), Type::Text, "Say hello.")
}

fn oracle(base: &str, timeout: i64) -> Request {
    let settings = [("url", Value::text(base)), ("key", key()), ("timeout", Value::Duration(timeout))];
    request(&instrument("oracle", &settings), Type::Text, "Will it rain?")
}

fn web(base: &str, timeout: i64, text: &str, class: Class) -> Request {
    let settings =
        [("base_url", Value::text(base)), ("bearer", key()), ("timeout", Value::Duration(timeout))];
    let mut request = request(&instrument("http", &settings), Type::Json, text);
    request.class = class;
    request
}

fn hook(base: &str, timeout: i64, idempotent: bool) -> Request {
    let settings = [
        ("url", Value::text(base)),
        ("bearer", key()),
        ("idempotent", Value::Bool(idempotent)),
        ("timeout", Value::Duration(timeout)),
    ];
    let mut request = request(&instrument("webhook", &settings), Type::Nothing, "");
    request.messages.clear();
    request.arguments = vec![("caption".into(), Value::text("Tides"))];
    request.class = Class::Acts;
    request
}
