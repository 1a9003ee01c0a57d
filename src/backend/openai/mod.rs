//! `openai(…)`: models of OpenAI, and of any server that speaks its chat completions or its responses.
//!
//! The answer is streamed where somebody looks at it while it comes and taken in one piece otherwise:
//! streaming costs several times the processor time of a short call. `stream: true` asks for it anyway,
//! as gateways want that cut a silent connection.
//!
//! `api: "responses"` speaks the Responses API, which OpenAI's reasoning models think better over: what they thought
//! goes back to them with the calls of tools. `api: "chat"`, the usual one, is spoken everywhere.

mod cache;
mod decode;
mod encode;
mod plain;
mod responses;
mod stream;
mod wrong;

use crate::instrument::{Abilities, Failure, Reply, Request, Stage};
use crate::types::Type;

use super::chat::{
    Call, Home, Hosted, List, Protocol, Service, Wanted, chosen, longest, speak, streamed, unknown, unsaid,
};
use super::settings::{Row, Settings};

pub(super) use plain::{Plain, ask, refuse};

pub(super) static HOME: Home = Home {
    base: "https://api.openai.com/v1",
    base_names: &["OPENAI_BASE_URL"],
    key_names: &["OPENAI_API_KEY"],
    read: |base| base,
    key_header: None,
    doc: "Where the service is (OPENAI_BASE_URL, else https://api.openai.com/v1).",
    key_doc: "The key (OPENAI_API_KEY; none is needed on this machine's own network).",
};

/// Where all who speak OpenAI's protocols list their models.
pub(super) const LIST: List = List { path: "models", query: None, headers: &[] };

/// The backend.
pub(super) static BACKEND: Hosted = Hosted {
    name: "openai",
    doc: "A model of OpenAI, or of any server that speaks its chat completions (`base_url:`).",
    model: "The model's name, such as \"gpt-5-mini\".",
    home: &HOME,
    rows,
    abilities: |settings| Abilities {
        chat: true,
        json: true,
        tools: true,
        images_in: true,
        audio_in: settings.text("api") != Some("responses"),
        streams: true,
        ..Abilities::default()
    },
    price: unknown,
    longest: unsaid,
    check: |settings| {
        longest(settings, None)?;
        chosen(settings, "json", encode::WAYS)?;
        cache::kept(settings)?;
        speaks_responses(settings).map(drop)
    },
    list: LIST,
    play: |request, stage| Box::pin(play(request, stage)),
};

fn rows() -> Vec<Row> {
    vec![
        ("api", Type::Text, "Which protocol is spoken: \"chat\" (usual), \"responses\"."),
        ("temperature", Type::Number, "How freely it chooses its words."),
        ("top_p", Type::Number, "The share of likely words it chooses from."),
        ("max_tokens", Type::Int, "The longest answer, in tokens."),
        ("seed", Type::Int, "The same seed asks for the same answer (\"chat\" only)."),
        ("persona", Type::Text, "Who it is to be: said before everything else."),
        ("effort", Type::Text, "How long a reasoning model may think: \"low\", \"medium\", \"high\"."),
        (
            "json",
            Type::Text,
            "How the shape of an answer is asked for: \"schema\" (usual), \"object\", \"words\".",
        ),
        (
            "prompt_cache",
            Type::Duration,
            "Keeps what was said for the next call to read at a lower price: `30min`, `24h` (as it sees fit).",
        ),
        ("stream", Type::Bool, "Whether the answer comes bit by bit (where somebody looks at it)."),
    ]
}

/// Whether the Responses API is spoken.
fn speaks_responses(settings: Settings<'_>) -> Result<bool, Failure> {
    Ok(chosen(settings, "api", &["chat", "responses"])? == Some("responses"))
}

fn service(settings: Settings<'_>) -> Result<Service, Failure> {
    settings.needed("model")?;
    let path = if speaks_responses(settings)? { "responses" } else { "chat/completions" };
    HOME.service(settings, path)
}

/// The body of the call.
pub(super) fn body(request: &Request, streamed: bool) -> Result<Vec<u8>, Failure> {
    let settings = Settings::of(&request.instrument);
    if speaks_responses(settings)? {
        return responses::body(request, settings, streamed);
    }
    encode::body(request, settings, HOME.is_used(settings), streamed)
}

async fn play(request: Request, stage: &Stage) -> Result<Reply, Failure> {
    let settings = Settings::of(&request.instrument);
    let service = service(settings)?;
    let streamed = streamed(settings, stage);
    let body = body(&request, streamed)?;
    let responses = responses::Responses { model: settings.needed("model")?.into() };
    let protocol: &dyn Protocol = if speaks_responses(settings)? { &responses } else { &decode::Completions };
    speak(Call {
        request: &request,
        stage,
        settings,
        service,
        protocol,
        body,
        headers: Vec::new(),
        streamed,
        wanted: Wanted::Words,
    })
    .await
}

#[cfg(test)]
mod tests;
