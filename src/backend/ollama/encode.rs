//! A request in the words of Ollama's chat.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json, json};

use crate::backend::chat::{
    OLLAMA, OLLAMA_TOOLS, Said, Shape, Thinking, Turn, arguments_object, chosen, conversation, described,
    longest, schema_name, shape, thinking, without_system, written,
};
use crate::backend::settings::Settings;
use crate::instrument::{Failure, FailureKind, Request, Role, Tool};
use crate::value::{Media, MediaKind};

/// What the settings say, checked.
pub(super) struct Options {
    think: Option<Json>,
    max_tokens: Option<i64>,
}

/// Reads the settings.
pub(super) fn options(settings: Settings<'_>, reckoned: Option<u64>) -> Result<Options, Failure> {
    let effort = chosen(settings, "effort", &["low", "medium", "high"])?;
    let think = match (effort, thinking(settings, 1)?) {
        (Some(effort), _) => Some(effort.into()),
        (None, Some(Thinking::Budget(budget))) => {
            let message =
                format!("`thinking: {budget}` can't be asked of Ollama, which counts no tokens of thinking");
            return Err(Failure::new(FailureKind::InvalidRequest, message)
                .with_help("it is `true` or `false`, or say `effort: \"low\"`"));
        }
        (None, thinking) => thinking.map(|thinking| Json::from(thinking == Thinking::On)),
    };
    Ok(Options { think, max_tokens: longest(settings, reckoned)? })
}

/// The body of the call.
pub(super) fn body(
    request: &Request,
    settings: Settings<'_>,
    options: &Options,
    streamed: bool,
) -> Result<Vec<u8>, Failure> {
    let model = settings.needed("model")?;
    let shape = shape(request, settings, &OLLAMA, &["schema", "object", "words"])?;
    let turns = conversation(request, settings.text("persona"), shape.told());
    let (system, turns) = without_system(turns)?;
    let mut messages = Vec::with_capacity(turns.len() + 1);
    messages.extend(system.map(|system| json!({"role": "system", "content": system})));
    for turn in &turns {
        messages.push(message(turn, model)?);
    }
    let mut body = Map::new();
    body.insert("model".into(), model.into());
    body.insert("messages".into(), messages.into());
    // It streams unless it is told not to.
    body.insert("stream".into(), streamed.into());
    let mut set = |name: &str, value: Option<Json>| value.map(|value| body.insert(name.to_owned(), value));
    set("think", options.think.clone());
    set("tools", (!request.tools.is_empty()).then(|| request.tools.iter().map(tool).collect()));
    set(
        "format",
        match &shape {
            Shape::Schema { schema, .. } => Some(Json::clone(schema)),
            Shape::Object(_) if request.tools.is_empty() => Some("json".into()),
            _ => None,
        },
    );
    set("keep_alive", settings.duration("keep_alive").map(|kept| format!("{}s", kept.as_secs()).into()));
    let mut sampler = Map::new();
    let mut set = |name: &str, value: Option<Json>| value.map(|value| sampler.insert(name.to_owned(), value));
    set("temperature", settings.number("temperature").map(Json::from));
    set("top_p", settings.number("top_p").map(Json::from));
    set("num_predict", options.max_tokens.map(Json::from));
    set("seed", settings.whole("seed").map(Json::from));
    set("num_ctx", settings.whole("context").map(Json::from));
    if !sampler.is_empty() {
        body.insert("options".into(), Json::Object(sampler));
    }
    written(&body)
}

fn tool(tool: &Tool) -> Json {
    let tool = described(tool, &OLLAMA_TOOLS);
    json!({"type": "function", "function": {"name": tool.name, "description": tool.doc, "parameters": tool.schema}})
}

/// Whose memos a model takes: those of the same name.
pub(super) fn whose(model: &str) -> String {
    format!("ollama {model}")
}

fn message(turn: &Turn<'_>, model: &str) -> Result<Json, Failure> {
    let role = match turn.role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Tool => "tool",
    };
    let mut message = json!({"role": role, "content": ""});
    let (mut content, mut images, mut calls) = (String::new(), Vec::new(), Vec::new());
    for said in &turn.said {
        match said {
            Said::Words(words) => content.push_str(words),
            Said::Media(media) => medium(media, &mut content, &mut images)?,
            Said::Call(call) => calls.push(json!({"function": {"name": schema_name(&call.tool),
                "arguments": arguments_object(call)}})),
            Said::Gave(call, gave) => {
                content.push_str(gave);
                message["tool_name"] = schema_name(&call.tool).into();
            }
        }
    }
    message["content"] = content.into();
    if !images.is_empty() {
        message["images"] = images.into();
    }
    if !calls.is_empty() {
        message["tool_calls"] = calls.into();
    }
    if let Some(memo) = turn.memo.filter(|memo| *memo.of == *whose(model)) {
        message["thinking"] = (&*memo.kept).into();
    }
    Ok(message)
}

/// Images stand beside the words, text files among them.
fn medium(media: &Media, content: &mut String, images: &mut Vec<Json>) -> Result<(), Failure> {
    match (media.kind, std::str::from_utf8(&media.bytes)) {
        (MediaKind::Image, _) => images.push(STANDARD.encode(&media.bytes).into()),
        (MediaKind::File, Ok(text)) if &*media.mime != "application/pdf" => content.push_str(text),
        _ => {
            let message =
                format!("a file of type {} can't be sent to Ollama: it takes images and texts", media.mime);
            return Err(Failure::new(FailureKind::InvalidRequest, message)
                .with_help("send its text, or images of its pages"));
        }
    }
    Ok(())
}
