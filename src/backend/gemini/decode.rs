//! What comes back from `generateContent`.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::backend::chat::{End, Fault, Framing, Marker, Protocol, Story, Told, Unread};
use crate::backend::media::{kind, medium};
use crate::backend::wire::Again;
use crate::instrument::{Answer, FailureKind, Memo, ToolCall, Usage};
use crate::value::{Media, MediaKind};

use super::encode::whose;

/// The protocol, for one model.
pub(in crate::backend) struct GenerateContent {
    pub(in crate::backend) model: Arc<str>,
}

impl Protocol for GenerateContent {
    fn noun(&self) -> &'static str {
        "an answer of the Gemini API"
    }

    fn address(&self) -> &'static str {
        super::HOME.base
    }

    fn key_name(&self) -> &'static str {
        "GEMINI_API_KEY"
    }

    fn framing(&self) -> Framing {
        Framing::Events
    }

    fn whole(&self, body: &[u8]) -> Result<Told, Unread> {
        let mut sofar = Sofar { memo_of: whose(&self.model), ..Sofar::default() };
        sofar.take(body)?;
        if sofar.end.is_none() && !sofar.begun {
            return Err(Unread::Other);
        }
        Ok(Box::new(sofar).told())
    }

    fn story(&self) -> Option<Box<dyn Story>> {
        Some(Box::new(Sofar { memo_of: whose(&self.model), ..Sofar::default() }))
    }

    fn fault(&self, body: &[u8]) -> Option<Fault> {
        Some(status(body)?.fault())
    }

    fn again(&self) -> fn(&[u8]) -> Again {
        |body| match status(body).and_then(|status| status.delay()) {
            Some(delay) if delay > LONGEST_DELAY => Again::Never,
            Some(delay) => Again::After(delay),
            None => Again::Unsaid,
        }
    }
}

/// The longest rest, in seconds, that is worth waiting for: limits of a minute ask for less, those of a day for hours.
const LONGEST_DELAY: f64 = 600.0;

/// What the body of a refusal says went wrong.
fn status(body: &[u8]) -> Option<Status> {
    let wrong = match serde_json::from_slice(body).ok()? {
        Refused::One(wrong) => wrong,
        // What a stream begins with is a list.
        Refused::Many(wrongs) => wrongs.into_iter().next()?,
    };
    Some(wrong.error)
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Refused {
    // First: a list of one would pass for an object by its place.
    Many(Vec<Wrong>),
    One(Wrong),
}

#[derive(Deserialize)]
struct Wrong {
    error: Status,
}

/// `google.rpc.Status` as JSON.
#[derive(Deserialize)]
struct Status {
    code: Option<u16>,
    #[serde(default)]
    message: String,
    status: Option<String>,
    #[serde(default)]
    details: Vec<Map<String, Json>>,
}

impl Status {
    /// How long it asks to be left alone, in seconds: `google.rpc.RetryInfo`.
    fn delay(&self) -> Option<f64> {
        let delay = self.details.iter().find_map(|detail| detail.get("retryDelay")?.as_str())?;
        delay.strip_suffix('s')?.parse().ok()
    }

    fn fault(self) -> Fault {
        let reason = self.details.iter().find_map(|detail| detail.get("reason")?.as_str());
        let kind = match (reason, self.status.as_deref(), self.code) {
            (Some("API_KEY_INVALID" | "API_KEY_EXPIRED"), ..) => Some(FailureKind::Auth),
            (_, Some("UNAUTHENTICATED" | "PERMISSION_DENIED"), _) => Some(FailureKind::Auth),
            (_, Some("RESOURCE_EXHAUSTED"), _) => Some(FailureKind::RateLimited),
            (_, Some("UNAVAILABLE" | "INTERNAL" | "UNKNOWN" | "ABORTED"), _) => {
                Some(FailureKind::Unavailable)
            }
            (_, Some("DEADLINE_EXCEEDED"), _) => Some(FailureKind::Timeout),
            (_, Some("INVALID_ARGUMENT" | "FAILED_PRECONDITION" | "NOT_FOUND" | "OUT_OF_RANGE"), _) => {
                Some(FailureKind::InvalidRequest)
            }
            (.., Some(429)) => Some(FailureKind::RateLimited),
            _ => None,
        };
        let used_up = self.delay().is_some_and(|delay| delay > LONGEST_DELAY);
        let help = used_up.then_some(
            "the account's quota for this model is used up for long: raise it, or play the part on another model",
        );
        Fault { kind, said: self.message, help }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Chunk {
    #[serde(default)]
    candidates: Vec<Candidate>,
    prompt_feedback: Option<Feedback>,
    usage_metadata: Option<Used>,
    error: Option<Status>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Candidate {
    #[serde(default)]
    index: u32,
    content: Option<Content>,
    finish_reason: Option<String>,
    finish_message: Option<String>,
}

#[derive(Deserialize)]
struct Content {
    #[serde(default)]
    parts: Vec<Part>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    text: Option<String>,
    #[serde(default)]
    thought: bool,
    thought_signature: Option<String>,
    function_call: Option<FunctionCall>,
    inline_data: Option<Blob>,
}

#[derive(Deserialize)]
struct FunctionCall {
    #[serde(default)]
    name: String,
    args: Option<Json>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Blob {
    mime_type: String,
    data: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Feedback {
    block_reason: Option<String>,
    block_reason_message: Option<String>,
}

#[derive(Deserialize, Clone)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::struct_field_names)] // the API's own names
struct Used {
    prompt_token_count: Option<u64>,
    tool_use_prompt_token_count: Option<u64>,
    candidates_token_count: Option<u64>,
    thoughts_token_count: Option<u64>,
    cached_content_token_count: Option<u64>,
    #[serde(default)]
    prompt_tokens_details: Vec<Counted>,
}

/// Tokens of one kind of what was read.
#[derive(Deserialize, Clone)]
#[serde(rename_all = "camelCase")]
struct Counted {
    #[serde(default)]
    modality: String,
    token_count: Option<u64>,
}

impl Used {
    fn heard(&self) -> Option<u64> {
        self.prompt_tokens_details.iter().find(|part| part.modality == "AUDIO")?.token_count
    }
}

/// What has come so far.
#[derive(Default)]
struct Sofar {
    begun: bool,
    text: String,
    calls: Vec<ToolCall>,
    signatures: Vec<Option<String>>,
    made: Vec<Arc<Media>>,
    memo_of: String,
    end: Option<End>,
    used: Option<Used>,
}

impl Sofar {
    fn add(&mut self, part: Part) {
        if part.thought {
            return;
        }
        self.text.push_str(&part.text.unwrap_or_default());
        if let Some(call) = part.function_call {
            let arguments = call.args.unwrap_or_else(|| Json::Object(Map::new())).to_string();
            self.calls.push(ToolCall::new(call.name, Answer::Text(arguments)));
            self.signatures.push(part.thought_signature);
        }
        if let Some(blob) = part.inline_data
            && let Ok(bytes) = STANDARD.decode(&blob.data)
        {
            self.made.push(medium(kind(&blob.mime_type), &blob.mime_type, None, bytes));
        }
    }
}

/// What a reason to finish means.
fn end(reason: &str, message: Option<String>) -> End {
    let said = || message.clone().unwrap_or_else(|| reason.to_owned());
    let failed = |kind| End::Failed(Fault { kind: Some(kind), said: said(), help: None });
    match reason {
        "STOP" => End::Answered,
        "MAX_TOKENS" | "CONTINUATION" => End::Length,
        "SAFETY"
        | "RECITATION"
        | "LANGUAGE"
        | "BLOCKLIST"
        | "PROHIBITED_CONTENT"
        | "SPII"
        | "MODEL_ARMOR"
        | "ESCALATION"
        | "PUP_LIMITED_DISABLED"
        | "IMAGE_SAFETY"
        | "IMAGE_PROHIBITED_CONTENT"
        | "IMAGE_RECITATION" => End::Filtered(said()),
        "MALFORMED_FUNCTION_CALL"
        | "UNEXPECTED_TOOL_CALL"
        | "TOO_MANY_TOOL_CALLS"
        | "MALFORMED_RESPONSE"
        | "NO_IMAGE" => failed(FailureKind::BadShape),
        "MISSING_THOUGHT_SIGNATURE" => failed(FailureKind::InvalidRequest),
        _ => failed(FailureKind::Unavailable),
    }
}

impl Story for Sofar {
    fn take(&mut self, data: &[u8]) -> Result<(), Unread> {
        let chunk: Chunk = serde_json::from_slice(data).map_err(|_| Unread::Other)?;
        if let Some(error) = chunk.error {
            return Err(Unread::Fault(error.fault()));
        }
        self.used = chunk.usage_metadata.or_else(|| self.used.take());
        if let Some(reason) =
            chunk.prompt_feedback.as_ref().and_then(|feedback| feedback.block_reason.clone())
        {
            let message = chunk.prompt_feedback.and_then(|feedback| feedback.block_reason_message);
            self.end = Some(End::Filtered(message.unwrap_or(reason)));
        }
        for candidate in chunk.candidates.into_iter().filter(|candidate| candidate.index == 0) {
            self.begun = true;
            candidate.content.into_iter().flat_map(|content| content.parts).for_each(|part| self.add(part));
            if let Some(reason) = candidate.finish_reason {
                self.end = Some(end(&reason, candidate.finish_message));
            }
        }
        Ok(())
    }

    fn text(&self) -> &str {
        &self.text
    }

    /// The stream has no mark of its own at its end: the reason to finish stands in the last piece.
    fn marker(&self) -> Marker {
        if self.end.is_some() { Marker::Complete } else { Marker::Missing }
    }

    fn told(self: Box<Self>) -> Told {
        let sum = |one: Option<u64>, other: Option<u64>| match (one, other) {
            (None, None) => None,
            (one, other) => Some(one.unwrap_or(0) + other.unwrap_or(0)),
        };
        let images = self.made.iter().filter(|made| made.kind == MediaKind::Image).count();
        let units = u64::try_from(images).ok().filter(|images| *images > 0);
        let usage = self.used.map_or_else(Usage::default, |used| Usage {
            units,
            tokens_in: sum(used.prompt_token_count, used.tool_use_prompt_token_count),
            tokens_out: sum(used.candidates_token_count, used.thoughts_token_count),
            tokens_cached: used.cached_content_token_count,
            tokens_heard: used.heard(),
            ..Usage::default()
        });
        let Self { text, calls, signatures, made, memo_of, end, .. } = *self;
        let kept = signatures.iter().any(Option::is_some).then(|| serde_json::to_string(&signatures).ok());
        let memo = kept.flatten().map(|kept| Memo { of: memo_of.into(), kept: kept.into() });
        Told { text, calls, made, end: end.unwrap_or_default(), usage, memo, ..Told::default() }
    }
}
