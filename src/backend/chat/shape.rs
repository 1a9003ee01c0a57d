//! How the shape of an answer is asked for.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value as Json;

use crate::backend::settings::Settings;
use crate::instrument::{Failure, FailureKind, Request};
use crate::types::{Type, admits_text, json_schema, wrapped_schema};

use super::dialect::{Dialect, Spoken};

/// What is asked for beside the words of the part.
pub(in crate::backend) enum Shape {
    /// A text: nothing.
    Free,
    /// By the provider's own schema mode, and words for what its dialect can't say. Not strict: as a hint, where the
    /// dialect can't say it at all and the provider takes any schema as one.
    Schema { schema: Arc<Json>, told: Option<Arc<str>>, strict: bool },
    /// By the provider's mode for any JSON object, and words.
    Object(Arc<str>),
    /// By words alone.
    Words(Arc<str>),
}

impl Shape {
    /// What is said at the end of what was asked.
    pub(in crate::backend) fn told(&self) -> Option<&str> {
        match self {
            Self::Free => None,
            Self::Schema { told, .. } => told.as_deref(),
            Self::Object(told) | Self::Words(told) => Some(told),
        }
    }
}

/// How the shape of the answer is asked for, by `json:` and by what the dialect can say. `ways` are the values that
/// `json:` takes here.
pub(in crate::backend) fn shape(
    request: &Request,
    settings: Settings<'_>,
    dialect: &'static Dialect,
    ways: &[&str],
) -> Result<Shape, Failure> {
    let ty = &request.answer;
    if ty.is_media() {
        let message = format!("a chat model can't make a value of type {ty}");
        return Err(Failure::new(FailureKind::InvalidRequest, message)
            .with_help("play this part on an instrument that makes images or sounds"));
    }
    if admits_text(ty) || matches!(ty.shape(), Type::Nothing | Type::Unknown) {
        return Ok(Shape::Free);
    }
    Ok(match super::chosen(settings, "json", ways)?.unwrap_or("schema") {
        "object" => Shape::Object(told(&wrapped_schema(ty)).into()),
        "words" => Shape::Words(told(&json_schema(ty)).into()),
        _ if !dialect.beside_tools && !request.tools.is_empty() => {
            Shape::Words(told(&json_schema(ty)).into())
        }
        _ => match kept(ty, dialect) {
            (Some(schema), told, strict) => Shape::Schema { schema, told, strict },
            (None, ..) => Shape::Words(told(&json_schema(ty)).into()),
        },
    })
}

fn told(schema: &Json) -> String {
    format!("\n\nAnswer with JSON alone, by this JSON Schema:\n{schema}")
}

/// A schema in a dialect, where that can say it, words for the rest, and whether it is strict.
type Kept = (Option<Arc<Json>>, Option<Arc<str>>, bool);

/// How many schemas are kept.
const SCHEMAS_KEPT: usize = 32;

/// The schema of a type in a dialect. The latest ones are kept: a loop asks for the same shape again and again, and
/// writing a schema takes longer than sending a call.
fn kept(ty: &Type, dialect: &'static Dialect) -> Kept {
    static KEPT: Mutex<VecDeque<(&str, Type, Kept)>> = Mutex::new(VecDeque::new());
    let mut all = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    // Types are equal where they are the same declaration, and what is kept stays alive.
    if let Some((.., kept)) = all.iter().find(|(name, shape, _)| *name == dialect.name && shape == ty) {
        return kept.clone();
    }
    let whole = wrapped_schema(ty);
    let kept = match dialect.say(&whole) {
        Spoken::Fits { schema, .. } if !dialect.shown => {
            (Some(Arc::new(schema)), Some(told(&whole).into()), true)
        }
        Spoken::Fits { schema, told } => {
            (Some(Arc::new(schema)), (!told.is_empty()).then(|| also(&told)), true)
        }
        Spoken::Not(_) if dialect.loose_answers => (Some(Arc::new(whole)), None, false),
        Spoken::Not(_) => (None, None, false),
    };
    if all.len() >= SCHEMAS_KEPT {
        all.pop_front();
    }
    all.push_back((dialect.name, ty.clone(), kept.clone()));
    kept
}

/// What a schema could not say.
fn also(told: &[String]) -> Arc<str> {
    let lines: Vec<String> = told.iter().map(|line| format!("\n- {line}")).collect();
    format!("\n\nThe answer must also keep to this:{}", lines.concat()).into()
}
