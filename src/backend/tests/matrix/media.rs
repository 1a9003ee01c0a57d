//! The columns of those that make images and sounds, and of those that listen.

use super::models::{ANTHROPIC, GEMINI};
use super::players::{COMPLETION_REFUSED, Player, chat};
use crate::instrument::{Piece, Request};
use crate::types::Type;
use crate::value::{Media, MediaKind, Value};

pub(super) const IMAGES: Player = Player {
    name: "openai_image, made",
    ask: |base, timeout| wanting(Type::Image, chat("openai_image", base, timeout)),
    good: r#"{"created":1,"data":[{"b64_json":"iVBORw0KGgo="}],"usage":{"input_tokens":9,"output_tokens":2}}"#,
    refusal: COMPLETION_REFUSED,
    calls: None,
    ..ANTHROPIC
};

pub(super) const EDITS: Player = Player {
    name: "openai_image, edited",
    ask: |base, timeout| {
        let request = wanting(Type::Image, chat("openai_image", base, timeout));
        with(MediaKind::Image, "image/png", b"\x89PNG\r\n\x1a\n", request)
    },
    ..IMAGES
};

pub(super) const GEMINI_IMAGES: Player = Player {
    name: "gemini_image",
    ask: |base, timeout| wanting(Type::Image, chat("gemini_image", base, timeout)),
    good: r#"{"candidates":[{"index":0,"finishReason":"STOP","content":{"role":"model","parts":[{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgo="}}]}}]}"#,
    calls: None,
    ..GEMINI
};

pub(super) const SPEECH: Player = Player {
    name: "speech",
    ask: |base, timeout| wanting(Type::Audio, chat("speech", base, timeout)),
    good: "ID3\u{4} and what it sounds like, which is long enough to be cut in two",
    ..IMAGES
};

pub(super) const TRANSCRIBE: Player = Player {
    name: "transcribe",
    ask: |base, timeout| {
        with(MediaKind::Audio, "audio/mpeg", b"ID3\x04sound", chat("transcribe", base, timeout))
    },
    good: r#"{"text":"The ferry sails.","usage":{"type":"duration","seconds":3}}"#,
    ..IMAGES
};

fn wanting(answer: Type, request: Request) -> Request {
    Request { answer, ..request }
}

/// With this beside the words.
fn with(kind: MediaKind, mime: &str, bytes: &[u8], mut request: Request) -> Request {
    let medium = Media { kind, mime: mime.into(), name: None, bytes: bytes.into() };
    request.messages[0].pieces.push(Piece::Hole(Value::Media(medium.into())));
    request
}
