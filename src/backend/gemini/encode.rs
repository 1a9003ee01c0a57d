//! A request in the words of `generateContent`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json, json};

use crate::backend::chat::{
    GEMINI, Said, Shape, Thinking, Turn, arguments_object, chosen, conversation, described, longest, merged,
    schema_name, shape, thinking, without_system, written,
};
use crate::backend::settings::Settings;
use crate::instrument::{Failure, FailureKind, Memo, Request, Role, Tool};
use crate::value::{Media, MediaKind};

const EFFORTS: &[&str] = &["minimal", "low", "medium", "high", "xhigh"];

/// What stands in for a signature that there is none of, as where another model began the conversation: see
/// <https://ai.google.dev/gemini-api/docs/thought-signatures>.
const NO_SIGNATURE: &str = "skip_thought_signature_validator";

/// What the settings say, checked.
pub(super) struct Options<'a> {
    thinking: Option<Thinking>,
    effort: Option<&'a str>,
    max_tokens: Option<i64>,
}

/// Reads the settings.
pub(super) fn options(settings: Settings<'_>, reckoned: Option<u64>) -> Result<Options<'_>, Failure> {
    let (thinking, effort) = (thinking(settings, 1)?, chosen(settings, "effort", EFFORTS)?);
    if thinking.is_some() && effort.is_some() {
        let message = "`thinking:` and `effort:` say the same in two ways, and Gemini takes one of them";
        return Err(Failure::new(FailureKind::InvalidRequest, message)
            .with_help("leave `thinking:` out from Gemini 3 on, `effort:` before"));
    }
    Ok(Options { thinking, effort, max_tokens: longest(settings, reckoned)? })
}

/// The body of the call.
pub(super) fn body(
    request: &Request,
    settings: Settings<'_>,
    options: &Options<'_>,
) -> Result<Vec<u8>, Failure> {
    let model = settings.needed("model")?;
    let shape = shape(request, settings, &GEMINI, &["schema", "object", "words"])?;
    let mut body = said(request, settings, shape.told(), model)?;
    if !request.tools.is_empty() {
        let tools: Vec<Json> = request.tools.iter().map(tool).collect();
        body.insert("tools".into(), json!([{"functionDeclarations": tools}]));
        body.insert("toolConfig".into(), json!({"functionCallingConfig": {"mode": "AUTO"}}));
    }
    let mut config = Map::new();
    let mut set = |name: &str, value: Option<Json>| value.map(|value| config.insert(name.to_owned(), value));
    set("temperature", settings.number("temperature").map(Json::from));
    set("topP", settings.number("top_p").map(Json::from));
    set("maxOutputTokens", options.max_tokens.map(Json::from));
    set("seed", settings.whole("seed").map(Json::from));
    set("thinkingConfig", thinking_config(options));
    // Beside tools a type of the answer is refused.
    let is_json = matches!(shape, Shape::Schema { .. } | Shape::Object(_)) && request.tools.is_empty();
    set("responseMimeType", is_json.then(|| "application/json".into()));
    if let Shape::Schema { schema, .. } = &shape {
        set("responseJsonSchema", Some(Json::clone(schema)));
    }
    if !config.is_empty() {
        body.insert("generationConfig".into(), Json::Object(config));
    }
    written(&body)
}

fn thinking_config(options: &Options<'_>) -> Option<Json> {
    let level = options.effort.map(|effort| json!({"thinkingLevel": effort.to_uppercase()}));
    level.or_else(|| {
        let budget = match options.thinking? {
            Thinking::Off => 0,
            Thinking::On => -1,
            Thinking::Budget(budget) => budget,
        };
        Some(json!({"thinkingBudget": budget}))
    })
}

/// What is said: `contents`, and `systemInstruction` where there are rules.
pub(in crate::backend) fn said(
    request: &Request,
    settings: Settings<'_>,
    told: Option<&str>,
    model: &str,
) -> Result<Map<String, Json>, Failure> {
    let (system, turns) = without_system(conversation(request, settings.text("persona"), told))?;
    let turns = merged(turns);
    let contents = turns.iter().map(|turn| content(turn, model)).collect::<Result<Vec<_>, _>>()?;
    let mut body = Map::new();
    if let Some(system) = system {
        body.insert("systemInstruction".into(), json!({"parts": [{"text": system}]}));
    }
    body.insert("contents".into(), contents.into());
    Ok(body)
}

fn tool(tool: &Tool) -> Json {
    let tool = described(tool, &GEMINI);
    let mut said = json!({"name": tool.name});
    if !tool.doc.is_empty() {
        said["description"] = tool.doc.into();
    }
    said["parametersJsonSchema"] = tool.schema;
    said
}

/// Whose memos a model takes: those of the same name.
pub(super) fn whose(model: &str) -> String {
    format!("gemini {model}")
}

/// Whether calls must be told with the signatures that they came with: from Gemini 3 on.
fn wants_signatures(model: &str) -> bool {
    let number = model.rsplit('/').next().and_then(|name| name.strip_prefix("gemini-"));
    let number = number.map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
    number.and_then(|number| number.parse::<u32>().ok()).is_some_and(|number| number >= 3)
}

fn content(turn: &Turn<'_>, model: &str) -> Result<Json, Failure> {
    let role = if turn.role == Role::Assistant { "model" } else { "user" };
    let memo = turn.memo.filter(|memo| *memo.of == *whose(model));
    let mut signatures = memo.map_or_else(Vec::new, kept).into_iter();
    let mut calls = 0;
    let mut parts = Vec::with_capacity(turn.said.len());
    for said in &turn.said {
        parts.push(match said {
            Said::Words(words) => json!({"text": &**words}),
            Said::Media(media) => medium(media)?,
            Said::Call(call) => {
                let mut part = json!({"functionCall": {"id": &*call.id, "name": schema_name(&call.tool),
                    "args": arguments_object(call)}});
                calls += 1;
                // Of calls side by side the first one alone carries a signature.
                let stand_in = memo.is_none() && calls == 1 && wants_signatures(model);
                let signature = signatures.next().flatten();
                if let Some(signature) = signature.or_else(|| stand_in.then(|| NO_SIGNATURE.to_owned())) {
                    part["thoughtSignature"] = signature.into();
                }
                part
            }
            Said::Gave(call, gave) => json!({"functionResponse": {"id": &*call.id,
                "name": schema_name(&call.tool), "response": {"output": &**gave}}}),
        });
    }
    Ok(json!({"role": role, "parts": parts}))
}

/// The signatures of a turn's calls, one for each.
fn kept(memo: &Memo) -> Vec<Option<String>> {
    serde_json::from_str(&memo.kept).unwrap_or_default()
}

/// A medium as a part: text files as their words, the types that Gemini reads as they are.
fn medium(media: &Media) -> Result<Json, Failure> {
    let takes = match media.kind {
        MediaKind::Image => {
            matches!(&*media.mime, "image/png" | "image/jpeg" | "image/webp" | "image/heic" | "image/heif")
        }
        MediaKind::Audio | MediaKind::Video => true,
        MediaKind::File => &*media.mime == "application/pdf",
    };
    if takes {
        let data = STANDARD.encode(&media.bytes);
        return Ok(json!({"inlineData": {"mimeType": &*media.mime, "data": data}}));
    }
    match std::str::from_utf8(&media.bytes) {
        Ok(text) if media.kind == MediaKind::File => Ok(json!({"text": text})),
        _ => {
            let message = format!("a file of type {} can't be sent to Gemini", media.mime);
            Err(Failure::new(FailureKind::InvalidRequest, message)
                .with_help("it takes png, jpeg, webp and heic, sounds, films, PDFs and texts: make one of these of it first"))
        }
    }
}
