//! A request in the words of the Messages API.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::backend::chat::{
    ANTHROPIC, Said, Shape, Thinking, Turn, arguments_object, chosen, conversation, described, longest,
    merged, prompt_cache, schema_name, shape, thinking, without_system, written,
};
use crate::backend::settings::Settings;
use crate::instrument::{Failure, FailureKind, Memo, Request, Role, Tool};
use crate::value::{Media, MediaKind};

/// What an answer may be long where nothing is said; the API takes no request without it.
const MAX_TOKENS: i64 = 8_192;
/// The fewest tokens that thinking takes.
const LEAST_THINKING: i64 = 1_024;
/// The longest answer that is waited for in one piece, by the reckoning of the SDKs (an hour for 128,000 tokens).
const LONGEST_IN_ONE_PIECE: i64 = 21_333;
const EFFORTS: &[&str] = &["low", "medium", "high", "xhigh", "max"];
/// The most tools that the API holds the model to.
const STRICT_TOOLS: usize = 20;

/// What the settings say, checked.
pub(super) struct Options<'a> {
    pub(super) max_tokens: i64,
    thinking: Option<Thinking>,
    effort: Option<&'a str>,
    /// How long the prompt is kept.
    cache: Option<&'static str>,
}

impl Options<'_> {
    /// Whether the answer may take so long that a silent connection would be cut before it comes.
    pub(super) fn must_stream(&self) -> bool {
        self.max_tokens > LONGEST_IN_ONE_PIECE
    }
}

/// Reads the settings.
pub(super) fn options(settings: Settings<'_>, reckoned: Option<u64>) -> Result<Options<'_>, Failure> {
    let thinking = thinking(settings, LEAST_THINKING)?;
    let wrong =
        |message: String, help: &str| Err(Failure::new(FailureKind::InvalidRequest, message).with_help(help));
    let budget = match thinking {
        Some(Thinking::Budget(budget)) => budget,
        _ => 0,
    };
    let usual = budget.saturating_add(MAX_TOKENS);
    let max_tokens = match (settings.value("max_tokens"), longest(settings, reckoned)?) {
        (Some(_), Some(most)) => most,
        // Less than a limit in money reckons with is as good.
        (_, most) => most.map_or(usual, |most| most.min(usual)),
    };
    if max_tokens <= budget {
        let message =
            format!("`max_tokens: {max_tokens}` leaves no room for an answer after `thinking: {budget}`");
        return wrong(message, "`max_tokens:` counts thinking too: make it larger");
    }
    let times = &[(300, "5m"), (3_600, "1h")];
    let cache = prompt_cache(settings, "Anthropic", times, "it is `5min` or `1h`")?;
    Ok(Options { max_tokens, thinking, effort: chosen(settings, "effort", EFFORTS)?, cache })
}

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    max_tokens: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    system: Option<Json>,
    messages: Vec<Json>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thinking: Option<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_config: Option<OutputConfig<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_control: Option<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<bool>,
}

#[derive(Serialize)]
struct OutputConfig<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    effort: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<Json>,
}

/// The body of the call.
pub(super) fn body(
    request: &Request,
    settings: Settings<'_>,
    options: &Options<'_>,
    streamed: bool,
) -> Result<Vec<u8>, Failure> {
    let model = settings.needed("model")?;
    let shape = shape(request, settings, &ANTHROPIC, &["schema", "words"])?;
    let turns = conversation(request, settings.text("persona"), shape.told());
    let (system, turns) = without_system(turns)?;
    let marker = options.cache.map(|ttl| json!({"type": "ephemeral", "ttl": ttl}));
    let format = match &shape {
        Shape::Schema { schema, .. } => Some(json!({"type": "json_schema", "schema": &**schema})),
        _ => None,
    };
    let output = OutputConfig { effort: options.effort, format };
    let of = whose(model);
    let messages = merged(turns).into_iter().map(|turn| message(&turn, &of)).collect::<Result<_, _>>()?;
    written(&Body {
        model,
        max_tokens: options.max_tokens,
        // What stands before the first question is the same in the next call, so that it is marked apart.
        system: system.map(|system| match &marker {
            Some(marker) => json!([{"type": "text", "text": system, "cache_control": marker}]),
            None => system.into(),
        }),
        messages,
        tools: tools(&request.tools, output.format.as_ref()),
        tool_choice: (!request.tools.is_empty()).then(|| json!({"type": "auto"})),
        thinking: options.thinking.map(|thinking| match thinking {
            Thinking::Off => json!({"type": "disabled"}),
            Thinking::On => json!({"type": "adaptive"}),
            Thinking::Budget(budget) => json!({"type": "enabled", "budget_tokens": budget}),
        }),
        output_config: (output.effort.is_some() || output.format.is_some()).then_some(output),
        temperature: settings.number("temperature"),
        top_p: settings.number("top_p"),
        cache_control: marker,
        stream: streamed.then_some(true),
    })
}

/// Whose memos a model takes: those of the same name.
pub(super) fn whose(model: &str) -> String {
    format!("anthropic {model}")
}

/// The tools. The API holds the model to their schemas as long as all of a request keep to its bounds together.
fn tools(tools: &[Tool], format: Option<&Json>) -> Vec<Json> {
    let mut left = ANTHROPIC.unions.unwrap_or(usize::MAX).saturating_sub(format.map_or(0, unions));
    let described = tools.iter().map(|tool| described(tool, &ANTHROPIC));
    described
        .enumerate()
        .map(|(at, tool)| {
            let mut said = json!({"name": tool.name});
            if !tool.doc.is_empty() {
                said["description"] = tool.doc.into();
            }
            let unions = unions(&tool.schema);
            if tool.strict && at < STRICT_TOOLS && unions <= left {
                left -= unions;
                said["strict"] = true.into();
            }
            said["input_schema"] = tool.schema;
            said
        })
        .collect()
}

/// How many fields of a schema may be of several types.
fn unions(schema: &Json) -> usize {
    match schema {
        Json::Object(object) => {
            usize::from(object.get("anyOf").is_some_and(Json::is_array))
                + object.values().map(unions).sum::<usize>()
        }
        Json::Array(values) => values.iter().map(unions).sum(),
        _ => 0,
    }
}

fn message(turn: &Turn<'_>, of: &str) -> Result<Json, Failure> {
    let role = if turn.role == Role::Assistant { "assistant" } else { "user" };
    if let [Said::Words(words)] = turn.said.as_slice() {
        return Ok(json!({"role": role, "content": &**words}));
    }
    let mut content = turn.memo.filter(|memo| &*memo.of == of).map_or_else(Vec::new, kept);
    for said in &turn.said {
        content.push(match said {
            Said::Words(words) => json!({"type": "text", "text": &**words}),
            Said::Media(media) => medium(media)?,
            Said::Call(call) => json!({"type": "tool_use", "id": &*call.id, "name": schema_name(&call.tool),
                "input": arguments_object(call)}),
            Said::Gave(call, gave) => {
                json!({"type": "tool_result", "tool_use_id": &*call.id, "content": &**gave})
            }
        });
    }
    Ok(json!({"role": role, "content": content}))
}

/// The thinking that stands before a turn.
fn kept(memo: &Memo) -> Vec<Json> {
    serde_json::from_str(&memo.kept).unwrap_or_default()
}

/// An image, a document or a text file as a block.
fn medium(media: &Media) -> Result<Json, Failure> {
    let source =
        || json!({"type": "base64", "media_type": &*media.mime, "data": STANDARD.encode(&media.bytes)});
    let refuse =
        |message: String, help: &str| Err(Failure::new(FailureKind::InvalidRequest, message).with_help(help));
    match (media.kind, &*media.mime) {
        (MediaKind::Image, "image/jpeg" | "image/png" | "image/gif" | "image/webp") => {
            Ok(json!({"type": "image", "source": source()}))
        }
        (MediaKind::Image, other) => {
            let message =
                format!("an image of type {other} can't be sent: Anthropic takes jpeg, png, gif and webp");
            refuse(message, "make one of these of it first")
        }
        (MediaKind::Audio | MediaKind::Video, _) => {
            let message = format!("Claude can't take in a file of type {}", media.mime);
            refuse(message, "send its words (`transcribe`) or single images of it")
        }
        (MediaKind::File, _) => {
            let source = match std::str::from_utf8(&media.bytes) {
                _ if &*media.mime == "application/pdf" => source(),
                // A block must say something.
                Ok(text) if text.trim().is_empty() => {
                    return Ok(json!({"type": "text", "text": "(an empty file)"}));
                }
                Ok(text) => json!({"type": "text", "media_type": "text/plain", "data": text}),
                _ => {
                    let message = format!(
                        "a file of type {} can't be sent: Anthropic takes PDFs and texts",
                        media.mime
                    );
                    return refuse(message, "make one of these of it first");
                }
            };
            let mut document = json!({"type": "document", "source": source});
            if let Some(name) = &media.name {
                document["title"] = (&**name).into();
            }
            Ok(document)
        }
    }
}
