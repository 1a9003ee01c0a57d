//! A request in the words of the chat completions wire.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::backend::chat::{
    OPENAI, Said, Shape, Turn as Spoken, arguments_object, conversation, described, longest, schema_name,
    shape, written,
};
use crate::backend::media::extension;
use crate::backend::said::data_address;
use crate::backend::settings::Settings;
use crate::instrument::{Failure, FailureKind, Request, Role, Tool, ToolCall};
use crate::value::{Media, MediaKind};

use super::cache::{Cache, cache};

/// What `json:` takes.
pub(super) const WAYS: &[&str] = &["schema", "object", "words"];

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    messages: Vec<Turn<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<Format<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_effort: Option<&'a str>,
    #[serde(flatten)]
    cache: Cache,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Format<'a> {
    JsonObject,
    JsonSchema { json_schema: Schema<'a> },
}

/// A schema with its name, as both of OpenAI's protocols have it.
#[derive(Serialize)]
pub(super) struct Schema<'a> {
    pub(super) name: String,
    pub(super) strict: bool,
    pub(super) schema: &'a Json,
}

#[derive(Serialize)]
struct Turn<'a> {
    role: &'static str,
    /// `null` where tools are called and nothing is said beside.
    content: Option<Content<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_call_id: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Content<'a> {
    Words(Cow<'a, str>),
    Parts(Vec<Json>),
}

/// The body of the call; `new_name`: whether the longest answer goes by the name that OpenAI's newer models want,
/// and most other servers don't know.
pub(super) fn body(
    request: &Request,
    settings: Settings<'_>,
    new_name: bool,
    streamed: bool,
) -> Result<Vec<u8>, Failure> {
    let shape = shape(request, settings, &OPENAI, WAYS)?;
    let longest = longest(settings, request.longest)?;
    let turns = conversation(request, settings.text("persona"), shape.told());
    written(&Body {
        model: settings.needed("model")?,
        messages: turns.into_iter().map(turn).collect::<Result<_, _>>()?,
        tools: request.tools.iter().map(tool).collect(),
        tool_choice: (!request.tools.is_empty()).then_some("auto"),
        stream: streamed.then_some(true),
        stream_options: streamed.then(|| json!({"include_usage": true})),
        response_format: match &shape {
            Shape::Schema { schema, strict, .. } => Some(Format::JsonSchema {
                json_schema: Schema { name: schema_name(&request.part), strict: *strict, schema },
            }),
            Shape::Object(_) => Some(Format::JsonObject),
            Shape::Free | Shape::Words(_) => None,
        },
        temperature: settings.number("temperature"),
        top_p: settings.number("top_p"),
        max_tokens: longest.filter(|_| !new_name),
        max_completion_tokens: longest.filter(|_| new_name),
        seed: settings.whole("seed"),
        reasoning_effort: settings.text("effort"),
        cache: cache(request, settings)?,
    })
}

/// A tool as the wire describes it.
fn tool(tool: &Tool) -> Json {
    let tool = described(tool, &OPENAI);
    let mut function = json!({"name": tool.name, "parameters": tool.schema, "strict": tool.strict});
    if !tool.doc.is_empty() {
        function["description"] = tool.doc.into();
    }
    json!({"type": "function", "function": function})
}

/// The arguments of a call as it is told again: a text that holds JSON. What came as such goes back as it came.
pub(super) fn arguments(call: &ToolCall) -> String {
    let said = call.arguments.said();
    match serde_json::from_str::<serde_json::Map<String, Json>>(&said) {
        Ok(_) => said,
        Err(_) => Json::Object(arguments_object(call)).to_string(),
    }
}

fn turn(turn: Spoken<'_>) -> Result<Turn<'_>, Failure> {
    let role = match turn.role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Tool => "tool",
    };
    let mut told = Turn { role, content: None, tool_calls: Vec::new(), tool_call_id: None };
    if turn.said.iter().any(|said| matches!(said, Said::Media(_))) {
        told.content = Some(Content::Parts(turn.said.iter().filter_map(part).collect::<Result<_, _>>()?));
        return Ok(told);
    }
    let mut words: Option<Cow<'_, str>> = None;
    for said in turn.said {
        let more = match said {
            Said::Words(more) => more,
            Said::Gave(call, gave) => {
                told.tool_call_id = Some(&call.id);
                gave
            }
            Said::Call(call) => {
                told.tool_calls.push(json!({"id": &*call.id, "type": "function",
                    "function": {"name": schema_name(&call.tool), "arguments": arguments(call)}}));
                continue;
            }
            Said::Media(_) => continue,
        };
        match &mut words {
            None => words = Some(more),
            Some(words) => words.to_mut().push_str(&more),
        }
    }
    told.content = match words {
        Some(words) if words.is_empty() && !told.tool_calls.is_empty() => None,
        None if !told.tool_calls.is_empty() => None,
        words => Some(Content::Words(words.unwrap_or_default())),
    };
    Ok(told)
}

/// A piece of a turn that has media.
fn part(said: &Said<'_>) -> Option<Result<Json, Failure>> {
    match said {
        Said::Words(words) => Some(Ok(json!({"type": "text", "text": &**words}))),
        Said::Media(media) => Some(medium(media)),
        Said::Call(_) | Said::Gave(..) => None,
    }
}

/// An image as a data address, a sound as what the wire calls input audio, a text file as its words, any
/// other file as one.
fn medium(media: &Media) -> Result<Json, Failure> {
    match media.kind {
        MediaKind::Image => Ok(json!({"type": "image_url", "image_url": {"url": data_address(media)}})),
        MediaKind::Audio => {
            let format = match media.mime.as_ref() {
                "audio/mpeg" | "audio/mp3" => "mp3",
                "audio/wav" | "audio/x-wav" | "audio/wave" => "wav",
                other => {
                    let message =
                        format!("a sound of type {other} can't be sent: this wire takes mp3 and wav");
                    return Err(Failure::new(FailureKind::InvalidRequest, message));
                }
            };
            Ok(
                json!({"type": "input_audio", "input_audio": {"data": STANDARD.encode(&media.bytes), "format": format}}),
            )
        }
        MediaKind::Video => Err(no_film()),
        MediaKind::File => match text_of(media) {
            Some(text) => Ok(json!({"type": "text", "text": text})),
            None => Ok(
                json!({"type": "file", "file": {"filename": name_of(media), "file_data": data_address(media)}}),
            ),
        },
    }
}

pub(super) fn no_film() -> Failure {
    let message = "a film can't be sent to a chat model over this wire";
    Failure::new(FailureKind::InvalidRequest, message).with_help("send single images of it")
}

/// The words of a file that is a text.
pub(super) fn text_of(media: &Media) -> Option<&str> {
    let is_text = media.mime.starts_with("text/") || &*media.mime == "application/json";
    std::str::from_utf8(&media.bytes).ok().filter(|_| is_text)
}

/// The name of a file. The service tells by its end what it is.
pub(super) fn name_of(media: &Media) -> String {
    match media.name.as_deref() {
        Some(name) if name.contains('.') => name.to_owned(),
        name => format!("{}.{}", name.unwrap_or("file"), extension(&media.mime)),
    }
}
