//! A request in the words of the chat completions wire.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::backend::said::{Part, data_address, parts, read};
use crate::backend::settings::Settings;
use crate::backend::wire::Target;
use crate::base::Name;
use crate::instrument::{Failure, FailureKind, Message, Piece, Request, Role, Tool, ToolCall};
use crate::types::{Type, admits_text, is_strict, json_schema, wrapped_schema};
use crate::value::{Media, MediaKind};

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
    response_format: Option<&'a Json>,
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

impl<'a> Turn<'a> {
    const fn of(role: &'static str, content: Content<'a>) -> Self {
        Self { role, content: Some(content), tool_calls: Vec::new(), tool_call_id: None }
    }

    fn words(role: &'static str, words: impl Into<Cow<'a, str>>) -> Self {
        Self::of(role, Content::Words(words.into()))
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Content<'a> {
    Words(Cow<'a, str>),
    Parts(Vec<Json>),
}

/// The body of the call.
pub(super) fn body(
    request: &Request,
    settings: Settings<'_>,
    target: &Target,
    streamed: bool,
) -> Result<Vec<u8>, Failure> {
    let (response_format, told) = shape(request, settings)?;
    let reckoned = || request.longest.and_then(|longest| i64::try_from(longest).ok());
    let longest = settings.whole("max_tokens").or_else(reckoned);
    // OpenAI's newer models refuse the old name, most other servers know only that one.
    let new_name = target.url.host_str() == Some("api.openai.com");
    let body = Body {
        model: settings.needed("model")?,
        messages: turns(request, settings.text("persona"), told)?,
        tools: request.tools.iter().map(tool).collect(),
        tool_choice: (!request.tools.is_empty()).then_some("auto"),
        stream: streamed.then_some(true),
        stream_options: streamed.then(|| json!({"include_usage": true})),
        response_format: response_format.as_deref(),
        temperature: settings.number("temperature"),
        top_p: settings.number("top_p"),
        max_tokens: longest.filter(|_| !new_name),
        max_completion_tokens: longest.filter(|_| new_name),
        seed: settings.whole("seed"),
        reasoning_effort: settings.text("effort"),
    };
    serde_json::to_vec(&body).map_err(|error| {
        Failure::new(FailureKind::InvalidRequest, format!("the request can't be written as JSON: {error}"))
    })
}

/// A tool as the wire describes it.
fn tool(tool: &Tool) -> Json {
    let ty = tool.arguments();
    let mut function = json!({"name": schema_name(&tool.name), "parameters": json_schema(&ty),
        "strict": is_strict(&ty)});
    if let (false, Some(function)) = (tool.doc.trim().is_empty(), function.as_object_mut()) {
        function.insert("description".into(), tool.doc.trim().into());
    }
    json!({"type": "function", "function": function})
}

/// A call of a tool as it is told again. Servers read the arguments: what came as no object is put into one.
fn call(call: &ToolCall) -> Json {
    let said = call.arguments.said();
    let arguments = match serde_json::from_str::<serde_json::Map<String, Json>>(&said) {
        Ok(_) => said,
        Err(_) if said.trim().is_empty() => "{}".to_owned(),
        Err(_) => json!({"unreadable": said}).to_string(),
    };
    json!({"id": &*call.id, "type": "function",
        "function": {"name": schema_name(&call.tool), "arguments": arguments}})
}

/// A response format, and words in place of one.
type Shape = (Option<Arc<Json>>, Option<String>);

/// How many response formats are kept.
const SCHEMAS_KEPT: usize = 32;

/// How the shape of the answer is asked for: a response format, and words where the server is not to be
/// relied on for it.
fn shape(request: &Request, settings: Settings<'_>) -> Result<Shape, Failure> {
    let ty = &request.answer;
    if ty.is_media() {
        let message = format!("a chat model can't make a value of type {ty}");
        return Err(Failure::new(FailureKind::InvalidRequest, message)
            .with_help("play this part on an instrument that makes images or sounds"));
    }
    if admits_text(ty) || matches!(ty.shape(), Type::Nothing | Type::Unknown) {
        return Ok((None, None));
    }
    match settings.text("json").unwrap_or("schema") {
        "schema" => Ok((Some(schema_format(&request.part, ty)), None)),
        "object" => Ok((Some(Arc::new(json!({"type": "json_object"}))), Some(told(&wrapped_schema(ty))))),
        "words" => Ok((None, Some(told(&json_schema(ty))))),
        other => Err(Failure::new(FailureKind::InvalidRequest, format!("`json: \"{other}\"` is not known"))
            .with_help("it is \"schema\", \"object\" or \"words\"")),
    }
}

/// The response format for a type. The latest ones are kept: a loop asks for the same shape again and again,
/// and writing a schema takes longer than sending a call.
fn schema_format(part: &Name, ty: &Type) -> Arc<Json> {
    static KEPT: Mutex<VecDeque<(Name, Type, Arc<Json>)>> = Mutex::new(VecDeque::new());
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    // Types are equal where they are the same declaration, and what is kept stays alive.
    if let Some((.., format)) = kept.iter().find(|(name, shape, _)| name == part && shape == ty) {
        return format.clone();
    }
    let schema = json!({"name": schema_name(part), "strict": is_strict(ty), "schema": wrapped_schema(ty)});
    let format = Arc::new(json!({"type": "json_schema", "json_schema": schema}));
    if kept.len() >= SCHEMAS_KEPT {
        kept.pop_front();
    }
    kept.push_back((part.clone(), ty.clone(), format.clone()));
    format
}

fn told(schema: &Json) -> String {
    format!("\n\nAnswer with JSON alone, by this JSON Schema:\n{schema}")
}

/// A name as the wire takes it: up to 64 letters, digits, `_` and `-`.
fn schema_name(part: &str) -> String {
    let kept = |letter: char| if letter.is_ascii_alphanumeric() || letter == '-' { letter } else { '_' };
    let name: String = part.chars().take(64).map(kept).collect();
    if name.is_empty() { "answer".into() } else { name }
}

/// The turns, the persona before everything else; `told` goes to the end of what was asked last.
fn turns<'a>(
    request: &'a Request,
    persona: Option<&'a str>,
    told: Option<String>,
) -> Result<Vec<Turn<'a>>, Failure> {
    let mut turns = Vec::with_capacity(request.messages.len() + 1);
    let mut messages = request.messages.as_slice();
    if let Some(persona) = persona {
        // Some models take one system message only.
        let content = match messages.split_first() {
            Some((first, rest)) if first.role == Role::System => {
                messages = rest;
                Cow::Owned(format!("{persona}\n\n{}", super::super::said::flat(&first.pieces)))
            }
            _ => Cow::Borrowed(persona),
        };
        turns.push(Turn::words("system", content));
    }
    for message in messages {
        turns.push(turn(message)?);
    }
    // A part without a text sends its arguments; turns with tools come after them.
    if request.has_no_text() {
        let arguments = request.arguments.iter().map(|(name, value)| format!("{name}: {}", read(value)));
        let mut said = request.doc.trim().to_owned();
        for argument in arguments {
            if !said.is_empty() {
                said.push('\n');
            }
            said.push_str(&argument);
        }
        let first = turns.iter().take_while(|turn| turn.role == "system").count();
        turns.insert(first, Turn::words("user", said));
    }
    let asked = turns.iter_mut().rev().find(|turn| turn.role == "user").map(|turn| &mut turn.content);
    if let (Some(told), Some(asked)) = (told, asked) {
        match asked {
            Some(Content::Words(words)) => words.to_mut().push_str(&told),
            Some(Content::Parts(parts)) => parts.push(json!({"type": "text", "text": told})),
            None => {}
        }
    }
    Ok(turns)
}

fn turn(message: &Message) -> Result<Turn<'_>, Failure> {
    let mut turn = said(message)?;
    match (message.role, message.calls.as_slice()) {
        (Role::Tool, [call]) => turn.tool_call_id = Some(&call.id),
        (_, calls) => turn.tool_calls = calls.iter().map(call).collect(),
    }
    let silent = matches!(&turn.content, Some(Content::Words(words)) if words.is_empty());
    if silent && !turn.tool_calls.is_empty() {
        turn.content = None;
    }
    Ok(turn)
}

fn said(message: &Message) -> Result<Turn<'_>, Failure> {
    let role = match message.role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Tool => "tool",
    };
    if let [Piece::Words(said)] = message.pieces.as_slice() {
        return Ok(Turn::words(role, &**said));
    }
    let mut parts = parts(&message.pieces);
    if parts.iter().all(|part| matches!(part, Part::Words(_))) {
        let words = match parts.pop() {
            Some(Part::Words(words)) => words,
            _ => String::new(),
        };
        return Ok(Turn::words(role, words));
    }
    let parts = parts.into_iter().map(|part| match part {
        Part::Words(words) => Ok(json!({"type": "text", "text": words})),
        Part::Media(media) => medium(&media),
    });
    Ok(Turn::of(role, Content::Parts(parts.collect::<Result<_, _>>()?)))
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
        MediaKind::Video => {
            let message = "a film can't be sent to a chat model over this wire";
            Err(Failure::new(FailureKind::InvalidRequest, message).with_help("send single images of it"))
        }
        MediaKind::File => match std::str::from_utf8(&media.bytes) {
            Ok(text) if media.mime.starts_with("text/") || &*media.mime == "application/json" => {
                Ok(json!({"type": "text", "text": text}))
            }
            _ => {
                let name = media.name.as_deref().unwrap_or("file");
                Ok(json!({"type": "file", "file": {"filename": name, "file_data": data_address(media)}}))
            }
        },
    }
}
