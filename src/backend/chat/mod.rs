//! What chat models over HTTP have in common, whatever their protocol.
//!
//! | file | holds |
//! |---|---|
//! | `conversation` | what is said, in turns, as every protocol needs it |
//! | `dialect` | the JSON Schema that each provider takes, and the words for what it doesn't |
//! | `shape` | how the shape of an answer is asked for |
//! | `tools` | names, descriptions and arguments of tools |
//! | `service` | where a service is, and the key that goes there |
//! | `options` | the settings that they share |
//! | `hosted` | what a backend of them is: a row |
//! | `probe` | whether a service would answer, for `score doctor` |
//! | `protocol` | what a protocol must tell of an answer: pure, from bytes |
//! | `call` | the call itself: sent, read to its end, taken as a reply or as a failure |
//!
//! A backend adds the words of its protocol: `encode` makes a body of a request, `decode` reads what comes back.

mod call;
mod conversation;
mod dialect;
mod hosted;
mod options;
mod probe;
mod protocol;
mod service;
mod shape;
mod tools;

pub(super) use call::{Call, Wanted, speak};
pub(super) use conversation::{Said, Turn, conversation, merged, must_say, without_system};
pub(super) use dialect::{ANTHROPIC, GEMINI, OLLAMA, OLLAMA_TOOLS, OPENAI};
pub(super) use hosted::{Hosted, List, unknown, unsaid};
pub(super) use options::{Common, Thinking, chosen, common_rows, longest, prompt_cache, streamed, thinking};
pub(super) use protocol::{End, Fault, Framing, Marker, Protocol, Story, Told, Unread};
pub(super) use service::{Home, Service};
pub(super) use shape::{Shape, shape};
pub(super) use tools::{arguments_object, described, schema_name};

#[cfg(test)]
pub(super) use call::read_pieces;

use serde::Serialize;

use crate::instrument::{Failure, FailureKind};

/// A body as it is sent.
pub(super) fn written(body: &impl Serialize) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(body).map_err(|error| {
        Failure::new(FailureKind::InvalidRequest, format!("the request can't be written as JSON: {error}"))
    })
}
