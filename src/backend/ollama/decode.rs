//! What comes back over Ollama's chat: one piece, or one on each line.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::backend::chat::{End, Fault, Framing, Marker, Protocol, Story, Told, Unread};
use crate::instrument::{Answer, FailureKind, Memo, ToolCall, Usage};

use super::encode::whose;

/// The protocol, for one model.
pub(super) struct Chat {
    pub(super) model: Arc<str>,
}

impl Protocol for Chat {
    fn noun(&self) -> &'static str {
        "an answer of Ollama's chat"
    }

    fn address(&self) -> &'static str {
        super::HOME.base
    }

    fn key_name(&self) -> &'static str {
        "OLLAMA_API_KEY"
    }

    fn framing(&self) -> Framing {
        Framing::Lines
    }

    fn whole(&self, body: &[u8]) -> Result<Told, Unread> {
        let mut sofar = Sofar { memo_of: whose(&self.model), ..Sofar::default() };
        sofar.take(body)?;
        if sofar.over { Ok(Box::new(sofar).told()) } else { Err(Unread::Other) }
    }

    fn story(&self) -> Option<Box<dyn Story>> {
        Some(Box::new(Sofar { memo_of: whose(&self.model), ..Sofar::default() }))
    }

    fn fault(&self, body: &[u8]) -> Option<Fault> {
        serde_json::from_slice::<Wrong>(body).ok().map(Wrong::fault)
    }
}

#[derive(Deserialize)]
struct Wrong {
    error: String,
}

impl Wrong {
    fn fault(self) -> Fault {
        let said = self.error;
        let has = |words: &str| said.contains(words);
        let (kind, help) = if has("not found") && has("model") {
            (Some(FailureKind::InvalidRequest), Some("fetch it first: `ollama pull` and its name"))
        } else if has("does not support") || has("invalid") {
            (Some(FailureKind::InvalidRequest), None)
        } else {
            (None, None)
        };
        Fault { kind, said, help }
    }
}

#[derive(Deserialize)]
struct Piece {
    message: Option<Message>,
    #[serde(default)]
    done: bool,
    done_reason: Option<String>,
    prompt_eval_count: Option<u64>,
    eval_count: Option<u64>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    content: String,
    #[serde(default)]
    thinking: String,
    #[serde(default)]
    tool_calls: Vec<Called>,
}

#[derive(Deserialize)]
struct Called {
    function: Function,
}

#[derive(Deserialize)]
struct Function {
    #[serde(default)]
    name: String,
    arguments: Option<Json>,
}

/// What has come so far.
#[derive(Default)]
struct Sofar {
    text: String,
    thinking: String,
    calls: Vec<ToolCall>,
    memo_of: String,
    end: End,
    usage: Usage,
    over: bool,
}

impl Story for Sofar {
    fn take(&mut self, data: &[u8]) -> Result<(), Unread> {
        let piece: Piece = serde_json::from_slice(data).map_err(|_| Unread::Other)?;
        if let Some(error) = piece.error {
            return Err(Unread::Fault(Wrong { error }.fault()));
        }
        if let Some(message) = piece.message {
            self.text.push_str(&message.content);
            self.thinking.push_str(&message.thinking);
            self.calls.extend(message.tool_calls.into_iter().map(|called| {
                let arguments = called.function.arguments.unwrap_or_else(|| Json::Object(Map::new()));
                ToolCall::new(called.function.name, Answer::Text(arguments.to_string()))
            }));
        }
        if piece.done {
            self.over = true;
            self.end = match piece.done_reason.as_deref() {
                Some("length") => End::Length,
                _ => End::Answered,
            };
            self.usage.tokens_in = piece.prompt_eval_count;
            self.usage.tokens_out = piece.eval_count;
        }
        Ok(())
    }

    fn text(&self) -> &str {
        &self.text
    }

    fn marker(&self) -> Marker {
        if self.over { Marker::Over } else { Marker::Missing }
    }

    fn told(self: Box<Self>) -> Told {
        let Self { text, thinking, calls, memo_of, end, usage, .. } = *self;
        let memo = (!thinking.is_empty()).then(|| Memo { of: memo_of.into(), kept: thinking.into() });
        Told { text, calls, end, usage, memo, ..Told::default() }
    }
}
