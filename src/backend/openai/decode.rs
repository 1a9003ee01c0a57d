//! What comes back over the chat completions wire, taken as an answer or as a named failure.

use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

use crate::backend::wire::{Answered, kind_of_status};
use crate::instrument::{Answer, Failure, FailureKind, Reply, ToolCall, Usage};

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

#[derive(Deserialize)]
struct Details {
    cached_tokens: Option<u64>,
    audio_tokens: Option<u64>,
}

impl From<Used> for Usage {
    fn from(used: Used) -> Self {
        Self {
            tokens_in: used.prompt_tokens,
            tokens_out: used.completion_tokens,
            tokens_cached: used
                .prompt_tokens_details
                .as_ref()
                .and_then(|details| details.cached_tokens)
                .or(used.prompt_cache_hit_tokens),
            tokens_heard: used.prompt_tokens_details.and_then(|details| details.audio_tokens),
            ..Self::default()
        }
    }
}

/// What a service says went wrong: `{"error": {…}}`, `{"error": "…"}`, `{"message": "…"}`.
#[derive(Deserialize, Serialize)]
#[serde(untagged)]
pub(super) enum Wrong {
    /// OpenAI's own form.
    Object(WrongObject),
    /// What some servers give.
    Words(String),
}

#[derive(Deserialize, Serialize)]
pub(super) struct WrongObject {
    message: Option<String>,
    #[serde(rename = "type")]
    kind: Option<serde_json::Value>,
    code: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Refused {
    error: Option<Wrong>,
    message: Option<String>,
    detail: Option<serde_json::Value>,
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

/// An answer that came in one piece.
pub(super) fn whole(answered: &Answered<'_>, body: &[u8], tools: bool) -> Result<Reply, Failure> {
    let Ok(whole) = serde_json::from_slice::<Whole>(body) else { return Err(not_an_answer(answered, body)) };
    if let Some(wrong) = &whole.error {
        return Err(wrong_inside(answered, wrong));
    }
    let usage = whole.usage.map(Usage::from).unwrap_or_default();
    let Some(choice) = whole.choices.into_iter().next() else { return Err(not_an_answer(answered, body)) };
    let said = choice.message.unwrap_or_default();
    let mut called = Called::default();
    said.tool_calls.into_iter().flatten().for_each(|call| called.add(call));
    let (text, finish) = (said.content.unwrap_or_default(), choice.finish_reason);
    conclude(answered, Message { text, refusal: said.refusal, called, finish }, tools, usage)
}

/// The reply or the failure that a complete message is; `tools`: whether it was given any.
pub(super) fn conclude(
    answered: &Answered<'_>,
    message: Message,
    tools: bool,
    usage: Usage,
) -> Result<Reply, Failure> {
    let Message { text, refusal, called, finish } = message;
    let place = answered.order().place();
    // It was answered: what that took is on the bill, though it will not do.
    let failed =
        |kind, message: String| answered.failure(kind, message).with_took(usage).with_exchange("", &text);
    if let Some(refusal) = refusal.filter(|refusal| !refusal.trim().is_empty()) {
        let failure =
            answered.failure(FailureKind::Refused, format!("the model declined: {}", refusal.trim()));
        return Err(failure.with_took(usage).with_exchange("", &refusal));
    }
    match finish.as_deref() {
        Some("length" | "max_tokens" | "model_length") => {
            return Err(failed(
                FailureKind::Truncated,
                "the answer was cut off by its longest length".into(),
            )
            .with_help("raise `max_tokens:` on the instrument, or ask for less"));
        }
        Some("content_filter") => {
            return Err(failed(
                FailureKind::Refused,
                format!("the content filter of {place} stopped the answer"),
            ));
        }
        Some("tool_calls" | "function_call") if text.is_empty() && (!tools || called.0.is_empty()) => {
            return Err(failed(
                FailureKind::BadShape,
                "the model called a tool that it was not given".into(),
            ));
        }
        _ => {}
    }
    if tools && !called.0.is_empty() {
        return Ok(Reply::calls(text, called.calls()).with_usage(usage));
    }
    if text.trim().is_empty() {
        return Err(failed(FailureKind::BadShape, "the answer is empty".into()));
    }
    Ok(Reply::text(text).with_usage(usage))
}

/// A body with status 200 that is no answer.
fn not_an_answer(answered: &Answered<'_>, body: &[u8]) -> Failure {
    let text = String::from_utf8_lossy(body);
    let place = answered.order().place();
    let start = text.trim_start();
    let (what, help) = if start.is_empty() {
        ("an empty body", "try again, or look at what the server logs")
    } else if start.starts_with('<') {
        (
            "a web page",
            "check `base_url:`: it usually ends in /v1; a proxy or login page may stand in between",
        )
    } else if std::str::from_utf8(body).is_err() {
        ("bytes that are no text", "check `base_url:`")
    } else if serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok() {
        (
            "JSON that is no chat completion",
            "check `base_url:`: the server must speak OpenAI's chat completions",
        )
    } else {
        ("broken JSON", "try again, or look at what the server logs")
    };
    answered
        .failure(
            FailureKind::Unavailable,
            format!("{place} answered with {what} instead of a chat completion"),
        )
        .with_help(help)
        .with_exchange("", &text)
}

/// An answer with an error status.
pub(super) fn refusal(answered: &Answered<'_>, body: &[u8]) -> Failure {
    let status = answered.status();
    let place = answered.order().place();
    let said = said(body);
    let mut kind = kind_of_status(status);
    let help = match status.as_u16() {
        401 | 403 => Some("check the key: `key:` of the instrument, or OPENAI_API_KEY".to_owned()),
        404 => Some("check the model's name and `base_url:`".to_owned()),
        429 if is_hopeless(body) => {
            Some("the account has no credit left: see the service's billing page".to_owned())
        }
        429 => Some("lower `at_once:` or set `per_minute:` on the instrument".to_owned()),
        _ => None,
    };
    if kind == FailureKind::InvalidRequest && is_about_content(body) {
        kind = FailureKind::Refused;
    }
    let name = status.canonical_reason().unwrap_or("");
    let message = match &said {
        Some(said) => format!("{place} answered {} {name}: {said}", status.as_u16()),
        None => format!("{place} answered {} {name}", status.as_u16()),
    };
    let failure = answered
        .failure(kind, message.trim_end())
        .with_took(Usage::NOTHING)
        .with_exchange("", &String::from_utf8_lossy(body));
    match help {
        Some(help) => failure.with_help(help),
        None => failure,
    }
}

/// What a service says in its own words, shortened.
fn said(body: &[u8]) -> Option<String> {
    let refused: Refused = serde_json::from_slice(body).ok()?;
    let said = match refused.error {
        Some(Wrong::Object(object)) => object.message,
        Some(Wrong::Words(words)) => Some(words),
        None => refused.message.or_else(|| {
            refused.detail.map(|detail| match detail {
                serde_json::Value::String(text) => text,
                other => other.to_string(),
            })
        }),
    }?;
    let said = said.trim();
    (!said.is_empty()).then(|| said.chars().take(300).collect())
}

/// Whether trying again is of no use although the status says so: an account without credit.
pub(super) fn is_hopeless(body: &[u8]) -> bool {
    code(body)
        .is_some_and(|code| matches!(code.as_str(), "insufficient_quota" | "billing_hard_limit_reached"))
}

fn is_about_content(body: &[u8]) -> bool {
    code(body).is_some_and(|code| matches!(code.as_str(), "content_filter" | "content_policy_violation"))
}

fn code(body: &[u8]) -> Option<String> {
    match serde_json::from_slice::<Refused>(body).ok()?.error? {
        Wrong::Object(object) => Some(object.code?.as_str()?.to_owned()),
        Wrong::Words(_) => None,
    }
}

/// An error inside an answer with status 200.
pub(super) fn wrong_inside(answered: &Answered<'_>, wrong: &Wrong) -> Failure {
    let place = answered.order().place();
    let (said, word) = match wrong {
        Wrong::Words(words) => (words.clone(), String::new()),
        Wrong::Object(object) => {
            let text = |value: &Option<serde_json::Value>| match value {
                Some(serde_json::Value::String(text)) => text.clone(),
                Some(serde_json::Value::Number(number)) => number.to_string(),
                _ => String::new(),
            };
            let words = format!("{} {}", text(&object.kind), text(&object.code));
            (object.message.clone().unwrap_or_default(), words)
        }
    };
    let has = |needles: &[&str]| needles.iter().any(|needle| word.contains(needle));
    let kind = if has(&["rate_limit", "429", "insufficient_quota"]) {
        FailureKind::RateLimited
    } else if has(&["authentication", "permission", "invalid_api_key", "401", "403"]) {
        FailureKind::Auth
    } else if has(&["content_filter", "content_policy"]) {
        FailureKind::Refused
    } else if has(&["invalid_request", "not_found", "400", "404", "422", "context_length"]) {
        FailureKind::InvalidRequest
    } else {
        FailureKind::Unavailable
    };
    let received = serde_json::to_string(wrong).unwrap_or_default();
    let message = if said.trim().is_empty() {
        format!("{place} broke off with an error")
    } else {
        format!("{place} broke off with an error: {}", said.trim())
    };
    answered.failure(kind, message).with_exchange("", &received)
}
