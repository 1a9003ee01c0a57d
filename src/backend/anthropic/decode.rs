//! What comes back over the Messages API.
//!
//! Errors after <https://platform.claude.com/docs/en/api/errors>, events after
//! <https://platform.claude.com/docs/en/build-with-claude/streaming>.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value as Json;

use crate::backend::chat::{End, Fault, Framing, Marker, Protocol, Story, Told, Unread};
use crate::instrument::{Answer, FailureKind, Memo, ToolCall, Usage};

use super::encode::whose;

/// The protocol, for one model.
pub(super) struct Messages {
    pub(super) model: Arc<str>,
}

impl Protocol for Messages {
    fn noun(&self) -> &'static str {
        "a message of the Messages API"
    }

    fn address(&self) -> &'static str {
        super::HOME.base
    }

    fn key_name(&self) -> &'static str {
        "ANTHROPIC_API_KEY"
    }

    fn framing(&self) -> Framing {
        Framing::Events
    }

    fn whole(&self, body: &[u8]) -> Result<Told, Unread> {
        match serde_json::from_slice(body) {
            Ok(Whole::Message { content, message }) => {
                let mut sofar = Sofar { memo_of: whose(&self.model), ..Sofar::default() };
                for (at, block) in (0..).zip(content) {
                    sofar.begin(at, block);
                    sofar.end_block(at);
                }
                sofar.take_end(message.stop_reason, message.stop_details);
                sofar.take_usage(message.usage);
                Ok(Box::new(sofar).told())
            }
            Ok(Whole::Error { error }) => Err(Unread::Fault(error.fault())),
            Err(_) => Err(Unread::Other),
        }
    }

    fn story(&self) -> Option<Box<dyn Story>> {
        Some(Box::new(Sofar { memo_of: whose(&self.model), ..Sofar::default() }))
    }

    fn fault(&self, body: &[u8]) -> Option<Fault> {
        match serde_json::from_slice(body) {
            Ok(Whole::Error { error }) => Some(error.fault()),
            _ => None,
        }
    }
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Whole {
    Message {
        content: Vec<Block>,
        #[serde(flatten)]
        message: MessageEnd,
    },
    Error {
        error: Wrong,
    },
}

#[derive(Deserialize, Default)]
struct MessageEnd {
    stop_reason: Option<String>,
    stop_details: Option<StopDetails>,
    usage: Option<Used>,
}

#[derive(Deserialize)]
struct StopDetails {
    explanation: Option<String>,
    category: Option<String>,
}

/// A block, or the beginning of one.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Block {
    Text {
        text: String,
    },
    Thinking {
        #[serde(default)]
        thinking: String,
        #[serde(default)]
        signature: String,
    },
    RedactedThinking {
        data: String,
    },
    ToolUse {
        name: String,
        input: Json,
    },
    /// A block of a tool that the provider performs itself.
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Wrong {
    #[serde(rename = "type")]
    kind: Option<String>,
    message: Option<String>,
}

impl Wrong {
    fn fault(self) -> Fault {
        let said = self.message.unwrap_or_default();
        let (kind, help) = match self.kind.as_deref().unwrap_or_default() {
            "invalid_request_error" if said.contains("credit balance") => {
                (Some(FailureKind::RateLimited), Some(NO_CREDIT))
            }
            "invalid_request_error" | "not_found_error" | "request_too_large" => {
                (Some(FailureKind::InvalidRequest), None)
            }
            "authentication_error" | "permission_error" => (Some(FailureKind::Auth), None),
            "billing_error" => (Some(FailureKind::RateLimited), Some(NO_CREDIT)),
            "rate_limit_error" => (Some(FailureKind::RateLimited), None),
            "overloaded_error" | "api_error" => (Some(FailureKind::Unavailable), None),
            "timeout_error" => (Some(FailureKind::Timeout), None),
            _ => (None, None),
        };
        Fault { kind, said, help }
    }
}

const NO_CREDIT: &str = "the account has no credit left: see the service's billing page";

#[derive(Deserialize, Clone, Copy)]
#[allow(clippy::struct_field_names)] // the API's own names
struct Used {
    input_tokens: Option<u64>,
    output_tokens: Option<u64>,
    cache_creation_input_tokens: Option<u64>,
    cache_read_input_tokens: Option<u64>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Event {
    MessageStart {
        message: MessageEnd,
    },
    ContentBlockStart {
        index: u32,
        content_block: Block,
    },
    ContentBlockDelta {
        index: u32,
        delta: Delta,
    },
    ContentBlockStop {
        index: u32,
    },
    MessageDelta {
        delta: MessageEnd,
        usage: Option<Used>,
    },
    MessageStop,
    Error {
        error: Wrong,
    },
    /// `ping`, and what later versions add.
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(clippy::enum_variant_names)] // the API's own names
enum Delta {
    TextDelta {
        text: String,
    },
    InputJsonDelta {
        partial_json: String,
    },
    ThinkingDelta {
        thinking: String,
    },
    SignatureDelta {
        signature: String,
    },
    #[serde(other)]
    Other,
}

/// A block that is being told.
enum Open {
    Text,
    Thinking { thinking: String, signature: String },
    Tool { name: String, input: Json, said: String },
}

/// What has come so far.
#[derive(Default)]
struct Sofar {
    text: String,
    calls: Vec<ToolCall>,
    open: BTreeMap<u32, Open>,
    /// Thinking as it is to be sent again.
    thought: Vec<Json>,
    memo_of: String,
    end: Option<End>,
    used: Option<Used>,
    over: bool,
}

impl Sofar {
    fn begin(&mut self, at: u32, block: Block) {
        let open = match block {
            Block::Text { text } => {
                self.text.push_str(&text);
                Open::Text
            }
            Block::Thinking { thinking, signature } => Open::Thinking { thinking, signature },
            Block::RedactedThinking { data } => {
                self.thought.push(serde_json::json!({"type": "redacted_thinking", "data": data}));
                return;
            }
            Block::ToolUse { name, input } => Open::Tool { name, input, said: String::new() },
            Block::Other => return,
        };
        self.open.insert(at, open);
    }

    fn add(&mut self, at: u32, delta: Delta) {
        match (self.open.get_mut(&at), delta) {
            (Some(Open::Text), Delta::TextDelta { text }) => self.text.push_str(&text),
            (Some(Open::Tool { said, .. }), Delta::InputJsonDelta { partial_json }) => {
                said.push_str(&partial_json);
            }
            (Some(Open::Thinking { thinking, .. }), Delta::ThinkingDelta { thinking: more }) => {
                thinking.push_str(&more);
            }
            (Some(Open::Thinking { signature, .. }), Delta::SignatureDelta { signature: more }) => {
                signature.push_str(&more);
            }
            _ => {}
        }
    }

    fn end_block(&mut self, at: u32) {
        match self.open.remove(&at) {
            Some(Open::Tool { name, input, said }) => {
                let arguments = if said.is_empty() { input.to_string() } else { said };
                self.calls.push(ToolCall::new(name, Answer::Text(arguments)));
            }
            Some(Open::Thinking { thinking, signature }) if !signature.is_empty() => {
                let block =
                    serde_json::json!({"type": "thinking", "thinking": thinking, "signature": signature});
                self.thought.push(block);
            }
            _ => {}
        }
    }

    fn take_end(&mut self, reason: Option<String>, details: Option<StopDetails>) {
        let Some(reason) = reason else { return };
        let said = details.and_then(|details| details.explanation.or(details.category));
        self.end = Some(match reason.as_str() {
            "max_tokens" => End::Length,
            "model_context_window_exceeded" => End::Window,
            "refusal" => End::Filtered(said.unwrap_or_default()),
            "tool_use" => End::Called,
            _ => End::Answered,
        });
    }

    /// Counts are cumulative: later ones replace earlier ones.
    fn take_usage(&mut self, used: Option<Used>) {
        let Some(used) = used else { return };
        self.used = Some(match self.used {
            None => used,
            Some(known) => Used {
                input_tokens: used.input_tokens.or(known.input_tokens),
                output_tokens: used.output_tokens.or(known.output_tokens),
                cache_creation_input_tokens: used
                    .cache_creation_input_tokens
                    .or(known.cache_creation_input_tokens),
                cache_read_input_tokens: used.cache_read_input_tokens.or(known.cache_read_input_tokens),
            },
        });
    }
}

impl Story for Sofar {
    fn take(&mut self, data: &[u8]) -> Result<(), Unread> {
        match serde_json::from_slice(data).map_err(|_| Unread::Other)? {
            Event::MessageStart { message } => self.take_usage(message.usage),
            Event::ContentBlockStart { index, content_block } => self.begin(index, content_block),
            Event::ContentBlockDelta { index, delta } => self.add(index, delta),
            Event::ContentBlockStop { index } => self.end_block(index),
            Event::MessageDelta { delta, usage } => {
                self.take_end(delta.stop_reason, delta.stop_details);
                self.take_usage(usage);
            }
            Event::MessageStop => self.over = true,
            Event::Error { error } => return Err(Unread::Fault(error.fault())),
            Event::Other => {}
        }
        Ok(())
    }

    fn text(&self) -> &str {
        &self.text
    }

    fn marker(&self) -> Marker {
        if self.over { Marker::Over } else { Marker::Missing }
    }

    fn told(mut self: Box<Self>) -> Told {
        let open: Vec<u32> = self.open.keys().copied().collect();
        open.into_iter().for_each(|at| self.end_block(at));
        let usage = self.used.map_or_else(Usage::default, |used| {
            let stored = used.cache_creation_input_tokens;
            let cached = used.cache_read_input_tokens;
            let fresh = used.input_tokens;
            Usage {
                // What was read in all: the API counts what came from its cache and went there apart.
                tokens_in: fresh.map(|fresh| fresh + stored.unwrap_or(0) + cached.unwrap_or(0)),
                tokens_out: used.output_tokens,
                tokens_cached: cached,
                tokens_stored: stored,
                ..Usage::default()
            }
        });
        let Self { text, calls, thought, memo_of, end, .. } = *self;
        let kept = (!thought.is_empty()).then(|| Json::Array(thought).to_string());
        let memo = kept.map(|kept| Memo { of: memo_of.into(), kept: kept.into() });
        Told { text, calls, end: end.unwrap_or_default(), usage, memo, ..Told::default() }
    }
}
