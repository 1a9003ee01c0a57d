//! What comes back over the Responses API.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value as Json;

use crate::backend::chat::{End, Fault, Framing, Marker, Protocol, Story, Told, Unread};
use crate::backend::openai::wrong::{self, Wrong, kind_of};
use crate::backend::wire::Again;
use crate::instrument::{Answer, FailureKind, Memo, ToolCall, Usage};

use super::encode::whose;

/// The protocol, for one model.
pub(in crate::backend::openai) struct Responses {
    pub(in crate::backend::openai) model: Arc<str>,
}

impl Protocol for Responses {
    fn noun(&self) -> &'static str {
        "a response of the Responses API"
    }

    fn address(&self) -> &'static str {
        "https://host/v1"
    }

    fn key_name(&self) -> &'static str {
        "OPENAI_API_KEY"
    }

    fn framing(&self) -> Framing {
        Framing::Events
    }

    fn whole(&self, body: &[u8]) -> Result<Told, Unread> {
        match serde_json::from_slice(body).map_err(|_| Unread::Other)? {
            Whole::Response(response) => Ok(response.told(&self.model)),
            Whole::Wrong { error } => Err(Unread::Fault(error.inside())),
        }
    }

    fn story(&self) -> Option<Box<dyn Story>> {
        Some(Box::new(Sofar { model: self.model.clone(), text: String::new(), end: None }))
    }

    fn fault(&self, body: &[u8]) -> Option<Fault> {
        wrong::refused(body)
    }

    fn again(&self) -> fn(&[u8]) -> Again {
        wrong::again
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Whole {
    Response(Response),
    Wrong { error: Wrong },
}

#[derive(Deserialize)]
struct Response {
    status: String,
    #[serde(default)]
    output: Vec<Json>,
    usage: Option<Used>,
    error: Option<Failed>,
    incomplete_details: Option<Incomplete>,
}

#[derive(Deserialize)]
struct Failed {
    code: Option<String>,
    #[serde(default)]
    message: String,
}

impl Failed {
    fn fault(self) -> Fault {
        Fault { kind: self.code.as_deref().and_then(kind_of), said: self.message, help: None }
    }
}

#[derive(Deserialize)]
struct Incomplete {
    reason: Option<String>,
}

#[derive(Deserialize)]
struct Used {
    input_tokens: Option<u64>,
    output_tokens: Option<u64>,
    input_tokens_details: Option<Details>,
}

#[derive(Deserialize, Default)]
struct Details {
    cached_tokens: Option<u64>,
    cache_write_tokens: Option<u64>,
}

impl From<Used> for Usage {
    fn from(used: Used) -> Self {
        let details = used.input_tokens_details.unwrap_or_default();
        Self {
            tokens_in: used.input_tokens,
            tokens_out: used.output_tokens,
            tokens_cached: details.cached_tokens,
            tokens_stored: details.cache_write_tokens,
            ..Self::default()
        }
    }
}

/// What a model puts out.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Item {
    Message {
        #[serde(default)]
        content: Vec<Content>,
    },
    FunctionCall {
        name: String,
        #[serde(default)]
        arguments: String,
    },
    Reasoning,
    /// Of a tool that the provider performs itself.
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Content {
    OutputText {
        text: String,
    },
    Refusal {
        refusal: String,
    },
    #[serde(other)]
    Other,
}

impl Response {
    fn told(self, model: &str) -> Told {
        let mut told = Told { usage: self.usage.map(Usage::from).unwrap_or_default(), ..Told::default() };
        let mut thought = Vec::new();
        for item in self.output {
            match Item::deserialize(&item) {
                Ok(Item::Message { content }) => {
                    for piece in content {
                        match piece {
                            Content::OutputText { text } => told.text.push_str(&text),
                            Content::Refusal { refusal } => {
                                told.refusal.get_or_insert_default().push_str(&refusal);
                            }
                            Content::Other => {}
                        }
                    }
                }
                Ok(Item::FunctionCall { name, arguments }) => {
                    told.calls.push(ToolCall::new(name, Answer::Text(arguments)));
                }
                // Without its content it is of no use to the model: nothing was stored.
                Ok(Item::Reasoning) if item["encrypted_content"].is_string() => thought.push(item),
                Ok(Item::Reasoning | Item::Other) | Err(_) => {}
            }
        }
        let reason = self.incomplete_details.and_then(|details| details.reason).unwrap_or_default();
        told.end = match (self.status.as_str(), reason.as_str()) {
            ("completed", _) if told.calls.is_empty() => End::Answered,
            ("completed", _) => End::Called,
            ("incomplete", "max_output_tokens") => End::Length,
            ("incomplete", "content_filter") => End::Filtered(String::new()),
            (status, reason) => End::Failed(self.error.map_or_else(
                || Fault {
                    kind: Some(FailureKind::Unavailable),
                    said: format!("{status} {reason}"),
                    help: None,
                },
                Failed::fault,
            )),
        };
        told.memo = (!thought.is_empty())
            .then(|| Memo { of: whose(model).into(), kept: Json::Array(thought).to_string().into() });
        told
    }
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Event {
    #[serde(rename = "response.output_text.delta")]
    Text { delta: String },
    #[serde(rename = "response.completed", alias = "response.incomplete", alias = "response.failed")]
    Over { response: Response },
    #[serde(rename = "error")]
    Error(Failed),
    /// The other events say what the last one says again.
    #[serde(other)]
    Other,
}

/// What has come so far.
struct Sofar {
    model: Arc<str>,
    text: String,
    end: Option<Told>,
}

impl Story for Sofar {
    fn take(&mut self, data: &[u8]) -> Result<(), Unread> {
        match serde_json::from_slice(data).map_err(|_| Unread::Other)? {
            Event::Text { delta } => self.text.push_str(&delta),
            Event::Over { response } => self.end = Some(response.told(&self.model)),
            Event::Error(failed) => return Err(Unread::Fault(failed.fault())),
            Event::Other => {}
        }
        Ok(())
    }

    fn text(&self) -> &str {
        &self.text
    }

    fn marker(&self) -> Marker {
        if self.end.is_some() { Marker::Over } else { Marker::Missing }
    }

    fn told(self: Box<Self>) -> Told {
        self.end.unwrap_or_default()
    }
}
