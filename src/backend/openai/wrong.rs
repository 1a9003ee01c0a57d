//! What OpenAI and those who speak like it say went wrong.

use serde::Deserialize;

use crate::backend::chat::Fault;
use crate::backend::wire::Again;
use crate::instrument::FailureKind;

/// `{"error": {…}}`, `{"error": "…"}`, `{"message": "…"}`, `{"detail": …}`.
#[derive(Deserialize)]
struct Refused {
    error: Option<Wrong>,
    message: Option<String>,
    detail: Option<serde_json::Value>,
}

/// An error inside of an answer, or of a refusal.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Wrong {
    /// OpenAI's own form.
    Object(WrongObject),
    /// What some servers give.
    Words(String),
}

#[derive(Deserialize)]
pub(super) struct WrongObject {
    message: Option<String>,
    #[serde(rename = "type")]
    kind: Option<serde_json::Value>,
    code: Option<serde_json::Value>,
}

/// What a refusal says: its status says the kind, but for what is about the content.
pub(super) fn refused(body: &[u8]) -> Option<Fault> {
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
    };
    let help = is_hopeless(body).then_some("the account has no credit left: see the service's billing page");
    let kind = is_about_content(body).then_some(FailureKind::Refused);
    Some(Fault { kind, said: said.unwrap_or_default(), help })
}

/// Trying again is of no use, although the status says so, with an account without credit.
pub(super) fn again(body: &[u8]) -> Again {
    if is_hopeless(body) { Again::Never } else { Again::Unsaid }
}

fn is_hopeless(body: &[u8]) -> bool {
    code(body)
        .is_some_and(|code| matches!(code.as_str(), "insufficient_quota" | "billing_hard_limit_reached"))
}

fn is_about_content(body: &[u8]) -> bool {
    let words = ["content_filter", "content_policy_violation", "moderation_blocked"];
    code(body).is_some_and(|code| words.contains(&code.as_str()))
}

fn code(body: &[u8]) -> Option<String> {
    match serde_json::from_slice::<Refused>(body).ok()?.error? {
        Wrong::Object(object) => Some(object.code?.as_str()?.to_owned()),
        Wrong::Words(_) => None,
    }
}

impl Wrong {
    /// An error inside of an answer with status 200.
    pub(super) fn inside(self) -> Fault {
        let (said, word) = match self {
            Self::Words(words) => (words, String::new()),
            Self::Object(object) => {
                let text = |value: Option<serde_json::Value>| match value {
                    Some(serde_json::Value::String(text)) => text,
                    Some(serde_json::Value::Number(number)) => number.to_string(),
                    _ => String::new(),
                };
                let words = format!("{} {}", text(object.kind), text(object.code));
                (object.message.unwrap_or_default(), words)
            }
        };
        Fault { kind: kind_of(&word), said, help: None }
    }
}

/// The kind that a word for an error means.
pub(super) fn kind_of(word: &str) -> Option<FailureKind> {
    let has = |needles: &[&str]| needles.iter().any(|needle| word.contains(needle));
    if has(&["rate_limit", "429", "insufficient_quota"]) {
        Some(FailureKind::RateLimited)
    } else if has(&["authentication", "permission", "invalid_api_key", "401", "403"]) {
        Some(FailureKind::Auth)
    } else if has(&["content_filter", "_policy"]) {
        Some(FailureKind::Refused)
    } else if has(&["invalid_", "not_found", "400", "404", "422", "context_length", "image_", "_image"]) {
        Some(FailureKind::InvalidRequest)
    } else {
        None
    }
}
