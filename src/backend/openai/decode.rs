//! What comes back over the chat completions wire, taken as an answer or as a named failure.

use serde::Deserialize;
use serde::de::{self, Deserializer, SeqAccess, Visitor};

use crate::backend::chat::{End, Fault, Framing, Protocol, Story, Told, Unread};
use crate::backend::wire::Again;
use crate::instrument::{Answer, ToolCall, Usage};

use super::stream::Sofar;
use super::wrong::{self, Wrong};

#[derive(Deserialize)]
struct Whole {
    #[serde(default)]
    choices: Vec<Choice>,
    usage: Option<Used>,
    error: Option<Wrong>,
}

#[derive(Deserialize)]
struct Choice {
    message: Option<Said>,
    finish_reason: Option<String>,
}

/// A message, or a piece of one.
#[derive(Deserialize, Default)]
pub(super) struct Said {
    #[serde(default, deserialize_with = "content")]
    pub(super) content: Option<String>,
    pub(super) refusal: Option<String>,
    pub(super) tool_calls: Option<Vec<CalledPiece>>,
}

/// A call of a tool, or a piece of one.
#[derive(Deserialize)]
pub(super) struct CalledPiece {
    index: Option<u32>,
    id: Option<String>,
    #[serde(default)]
    function: CalledFunction,
}

#[derive(Deserialize, Default)]
struct CalledFunction {
    name: Option<String>,
    /// A text that holds JSON; some servers give the JSON itself.
    arguments: Option<serde_json::Value>,
}

impl CalledFunction {
    fn arguments(&self) -> String {
        match &self.arguments {
            Some(serde_json::Value::String(text)) => text.clone(),
            Some(serde_json::Value::Null) | None => String::new(),
            Some(json) => json.to_string(),
        }
    }
}

/// Calls of tools as they come together.
#[derive(Default)]
pub(super) struct Called(Vec<(CalledPiece, String)>);

impl Called {
    /// Adds pieces: each belongs to the call of its number, unless it says that it is of another one.
    pub(super) fn take(&mut self, pieces: Vec<CalledPiece>) {
        for piece in pieces {
            let said = piece.function.arguments();
            let named = piece.id.as_ref().is_some_and(|id| !id.is_empty());
            let known = self.0.iter_mut().rev().find(|(known, _)| match (known.index, piece.index) {
                (Some(known), Some(index)) => known == index,
                _ => true,
            });
            match known {
                Some((known, arguments)) if !named || piece.id == known.id => {
                    arguments.push_str(&said);
                    let name = known.function.name.take().filter(|name| !name.is_empty());
                    known.function.name = name.or(piece.function.name);
                }
                _ => self.0.push((piece, said)),
            }
        }
    }

    /// Adds a call that came in one piece.
    fn add(&mut self, call: CalledPiece) {
        let said = call.function.arguments();
        self.0.push((call, said));
    }

    fn calls(self) -> Vec<ToolCall> {
        let call = |(piece, arguments): (CalledPiece, String)| {
            ToolCall::new(piece.function.name.unwrap_or_default(), Answer::Text(arguments))
        };
        self.0.into_iter().map(call).collect()
    }
}

/// A complete message.
#[derive(Default)]
pub(super) struct Message {
    pub(super) text: String,
    pub(super) refusal: Option<String>,
    pub(super) called: Called,
    pub(super) finish: Option<String>,
}

/// What the service counted.
#[derive(Deserialize)]
pub(super) struct Used {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
    prompt_tokens_details: Option<Details>,
    /// What DeepSeek calls it.
    prompt_cache_hit_tokens: Option<u64>,
}

#[derive(Deserialize, Default)]
#[allow(clippy::struct_field_names)] // the wire's own names
struct Details {
    cached_tokens: Option<u64>,
    cache_write_tokens: Option<u64>,
    audio_tokens: Option<u64>,
}

impl From<Used> for Usage {
    fn from(used: Used) -> Self {
        let details = used.prompt_tokens_details.unwrap_or_default();
        Self {
            tokens_in: used.prompt_tokens,
            tokens_out: used.completion_tokens,
            tokens_cached: details.cached_tokens.or(used.prompt_cache_hit_tokens),
            tokens_stored: details.cache_write_tokens,
            tokens_heard: details.audio_tokens,
            ..Self::default()
        }
    }
}

/// `content` as a text, as nothing, or as a list of parts.
fn content<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    struct Content;
    impl<'de> Visitor<'de> for Content {
        type Value = Option<String>;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a text, null or a list of parts")
        }
        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            Ok(Some(text.to_owned()))
        }
        fn visit_string<E: de::Error>(self, text: String) -> Result<Self::Value, E> {
            Ok(Some(text))
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Self::Value, A::Error> {
            #[derive(Deserialize)]
            struct Part {
                text: Option<String>,
            }
            let mut text = String::new();
            while let Some(part) = parts.next_element::<Part>()? {
                text.push_str(&part.text.unwrap_or_default());
            }
            Ok(Some(text))
        }
    }
    deserializer.deserialize_any(Content)
}

/// The protocol.
pub(super) struct Completions;

impl Protocol for Completions {
    fn noun(&self) -> &'static str {
        "a chat completion"
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
        let whole: Whole = serde_json::from_slice(body).map_err(|_| Unread::Other)?;
        if let Some(wrong) = whole.error {
            return Err(Unread::Fault(wrong.inside()));
        }
        let usage = whole.usage.map(Usage::from).unwrap_or_default();
        let choice = whole.choices.into_iter().next().ok_or(Unread::Other)?;
        let said = choice.message.unwrap_or_default();
        let mut called = Called::default();
        said.tool_calls.into_iter().flatten().for_each(|call| called.add(call));
        let (text, finish) = (said.content.unwrap_or_default(), choice.finish_reason);
        Ok(Message { text, refusal: said.refusal, called, finish }.told(usage))
    }

    fn story(&self) -> Option<Box<dyn Story>> {
        Some(Box::new(Sofar::default()))
    }

    fn fault(&self, body: &[u8]) -> Option<Fault> {
        wrong::refused(body)
    }

    fn again(&self) -> fn(&[u8]) -> Again {
        wrong::again
    }
}

impl Message {
    /// What it comes to.
    pub(super) fn told(self, usage: Usage) -> Told {
        let end = match self.finish.as_deref() {
            Some("length" | "max_tokens" | "model_length") => End::Length,
            Some("content_filter") => End::Filtered(String::new()),
            Some("tool_calls" | "function_call") => End::Called,
            _ => End::Answered,
        };
        let Self { text, refusal, called, .. } = self;
        Told { text, refusal, calls: called.calls(), end, usage, ..Told::default() }
    }
}
