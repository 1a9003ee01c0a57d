//! A request in the words of the Responses API.

use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::backend::chat::{
    OPENAI, Said, Shape, Turn, conversation, described, longest, must_say, schema_name, shape, written,
};
use crate::backend::openai::cache::{Cache, cache};
use crate::backend::openai::encode::{Schema, WAYS, arguments, name_of, no_film, text_of};
use crate::backend::said::data_address;
use crate::backend::settings::Settings;
use crate::instrument::{Failure, FailureKind, Request, Role, Tool};
use crate::value::{Media, MediaKind};

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    input: Vec<Json>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning: Option<Json>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    include: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_output_tokens: Option<i64>,
    store: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<bool>,
    #[serde(flatten)]
    cache: Cache,
}

#[derive(Serialize)]
struct Text<'a> {
    format: Format<'a>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Format<'a> {
    JsonObject,
    JsonSchema(Schema<'a>),
}

/// The body of the call.
pub(in crate::backend::openai) fn body(
    request: &Request,
    settings: Settings<'_>,
    streamed: bool,
) -> Result<Vec<u8>, Failure> {
    if settings.value("seed").is_some() {
        let message = "`seed:` can't be asked of the Responses API";
        return Err(Failure::new(FailureKind::InvalidRequest, message)
            .with_help("leave it out, or say `api: \"chat\"`"));
    }
    let model = settings.needed("model")?;
    let shape = shape(request, settings, &OPENAI, WAYS)?;
    let mut input = Vec::with_capacity(request.messages.len() + 1);
    let turns = conversation(request, settings.text("persona"), shape.told());
    must_say(&turns)?;
    for turn in &turns {
        items(turn, model, &mut input)?;
    }
    let effort = settings.text("effort");
    let format = match &shape {
        Shape::Schema { schema, strict, .. } => {
            Some(Format::JsonSchema(Schema { name: schema_name(&request.part), strict: *strict, schema }))
        }
        Shape::Object(_) => Some(Format::JsonObject),
        Shape::Free | Shape::Words(_) => None,
    };
    // Other models refuse to be asked for it.
    let remembers = !request.tools.is_empty() && (effort.is_some() || reasons(model));
    written(&Body {
        model,
        input,
        tools: request.tools.iter().map(tool).collect(),
        tool_choice: (!request.tools.is_empty()).then_some("auto"),
        text: format.map(|format| Text { format }),
        reasoning: effort.map(|effort| json!({"effort": effort})),
        include: if remembers { vec!["reasoning.encrypted_content"] } else { Vec::new() },
        temperature: settings.number("temperature"),
        top_p: settings.number("top_p"),
        max_output_tokens: longest(settings, request.longest)?,
        store: false,
        stream: streamed.then_some(true),
        cache: cache(request, settings)?,
    })
}

/// Whether a model is known to think before it answers: the o series, and GPT from 5 on.
fn reasons(model: &str) -> bool {
    let name = model.rsplit('/').next().unwrap_or_default();
    let number = |rest: &str| {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u32>().ok()
    };
    let of_the_o_series = name.strip_prefix('o').and_then(number).is_some();
    of_the_o_series || name.strip_prefix("gpt-").and_then(number).is_some_and(|number| number >= 5)
}

fn tool(tool: &Tool) -> Json {
    let tool = described(tool, &OPENAI);
    let mut said =
        json!({"type": "function", "name": tool.name, "parameters": tool.schema, "strict": tool.strict});
    if !tool.doc.is_empty() {
        said["description"] = tool.doc.into();
    }
    said
}

/// Whose memos a model takes: those of the same name.
pub(super) fn whose(model: &str) -> String {
    format!("openai, responses {model}")
}

/// The items that a turn is: what was thought, a message, calls, what they gave.
fn items(turn: &Turn<'_>, model: &str, items: &mut Vec<Json>) -> Result<(), Failure> {
    let role = match turn.role {
        Role::System => "system",
        Role::User | Role::Tool => "user",
        Role::Assistant => "assistant",
    };
    let memo = turn.memo.filter(|memo| *memo.of == *whose(model));
    items.extend(memo.into_iter().flat_map(|memo| {
        let kept: Vec<Json> = serde_json::from_str(&memo.kept).unwrap_or_default();
        kept
    }));
    let mut calls = Vec::new();
    let mut content = Vec::new();
    for said in &turn.said {
        match said {
            Said::Words(words) => content.push(json!({"type": "input_text", "text": &**words})),
            Said::Media(media) => content.push(medium(media)?),
            Said::Call(call) => calls.push(json!({"type": "function_call", "call_id": &*call.id,
                "name": schema_name(&call.tool), "arguments": arguments(call)})),
            Said::Gave(call, gave) => {
                calls.push(json!({"type": "function_call_output", "call_id": &*call.id, "output": &**gave}));
            }
        }
    }
    match content.as_slice() {
        [only] if only["type"] == "input_text" => {
            let words = &only["text"];
            if calls.is_empty() || words != "" {
                items.push(json!({"role": role, "content": words}));
            }
        }
        [] => {}
        _ if turn.role == Role::Assistant => items.push(json!({"role": role, "content": &*turn.flat()})),
        _ => items.push(json!({"role": role, "content": content})),
    }
    items.append(&mut calls);
    Ok(())
}

/// An image, a text file as its words, any other file as one.
fn medium(media: &Media) -> Result<Json, Failure> {
    match media.kind {
        MediaKind::Image => {
            Ok(json!({"type": "input_image", "image_url": data_address(media), "detail": "auto"}))
        }
        MediaKind::Audio => {
            let message = "a sound can't be sent over the Responses API";
            Err(Failure::new(FailureKind::InvalidRequest, message)
                .with_help("say `api: \"chat\"`, or send its words (`transcribe`)"))
        }
        MediaKind::Video => Err(no_film()),
        MediaKind::File => Ok(match text_of(media) {
            Some(text) => json!({"type": "input_text", "text": text}),
            None => {
                json!({"type": "input_file", "filename": name_of(media), "file_data": data_address(media)})
            }
        }),
    }
}
