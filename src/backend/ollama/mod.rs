//! `ollama(…)`: models of an Ollama server, over its own chat.
//!
//! After <https://docs.ollama.com/api/chat> and the types of its Python library (0.6).

mod decode;
mod encode;

use crate::instrument::{Abilities, Failure, Price, Reply, Request, Stage};
use crate::types::Type;

use super::chat::{Call, Common, Home, Hosted, List, Wanted, common_rows, speak, streamed, unsaid};
use super::settings::{Row, Settings};
use super::wire::Target;

static HOME: Home = Home {
    base: "http://127.0.0.1:11434",
    base_names: &["OLLAMA_HOST"],
    key_names: &["OLLAMA_API_KEY"],
    read: host,
    key_header: None,
    doc: "Where the server is (OLLAMA_HOST, else http://127.0.0.1:11434).",
    key_doc: "The key (OLLAMA_API_KEY; none is needed on this machine's own network).",
};
const PATH: &str = "api/chat";

/// The backend.
pub(super) static BACKEND: Hosted = Hosted {
    name: "ollama",
    doc: "A model of an Ollama server, on this machine or elsewhere.",
    model: "The model's name, such as \"qwen3\".",
    home: &HOME,
    rows,
    abilities: |_| Abilities {
        chat: true,
        json: true,
        tools: true,
        images_in: true,
        streams: true,
        ..Abilities::default()
    },
    price: |settings| if is_near(settings) { Price::Free } else { Price::Unknown },
    longest: unsaid,
    check: |settings| encode::options(settings, None).map(drop),
    list: List { path: "api/tags", query: None, headers: &[] },
    play: |request, stage| Box::pin(play(request, stage)),
};

fn rows() -> Vec<Row> {
    let mut rows = common_rows(&Common {
        temperature: "How freely it chooses its words.",
        max_tokens: "The longest answer, in tokens (as long as the model's own settings allow).",
        effort: "How long a reasoning model may think, for those that tell these apart: \"low\", \"medium\", \"high\".",
        thinking: "Whether a reasoning model thinks first: `true` or `false`.",
        json: "How the shape of an answer is asked for: \"schema\" (usual), \"object\", \"words\".",
    });
    rows.extend([
        ("seed", Type::Int, "The same seed asks for the same answer."),
        (
            "context",
            Type::Int,
            "How many tokens it holds, prompt and answer together (as the server is set up).",
        ),
        (
            "keep_alive",
            Type::Duration,
            "How long the model stays loaded after a call (as the server is set up).",
        ),
    ]);
    rows
}

/// `OLLAMA_HOST` as an address: scheme and port may be missing in it, as may the host.
fn host(said: String) -> String {
    let (scheme, rest) = said.split_once("://").unwrap_or(("", &said));
    if !scheme.is_empty() {
        return said;
    }
    let (host, path) = rest.split_once('/').map_or((rest, ""), |(host, path)| (host, path));
    let bare = host.rsplit(']').next().unwrap_or_default();
    let host = match host {
        "" => "127.0.0.1:11434".to_owned(),
        // Where a server listens on all addresses it is called at the machine's own.
        host if host == "0.0.0.0" || host.starts_with("0.0.0.0:") => {
            return self::host(host.replacen("0.0.0.0", "127.0.0.1", 1));
        }
        host if host.starts_with(':') => format!("127.0.0.1{host}"),
        host if bare.contains(':') => host.to_owned(),
        host => format!("{host}:11434"),
    };
    let slash = if path.is_empty() { "" } else { "/" };
    format!("http://{host}{slash}{path}")
}

/// Whether the score names a server that is on this machine or its own network, or none: nobody bills for those.
fn is_near(settings: Settings<'_>) -> bool {
    settings.text("base_url").is_none_or(|base| Target::new(base).is_ok_and(|target| target.is_local()))
}

/// The body of the call.
pub(super) fn body(request: &Request, streamed: bool) -> Result<Vec<u8>, Failure> {
    let settings = Settings::of(&request.instrument);
    encode::body(request, settings, &encode::options(settings, request.longest)?, streamed)
}

async fn play(request: Request, stage: &Stage) -> Result<Reply, Failure> {
    let settings = Settings::of(&request.instrument);
    let service = HOME.service(settings, PATH)?;
    let streamed = streamed(settings, stage);
    let protocol = decode::Chat { model: settings.needed("model")?.into() };
    let body = body(&request, streamed)?;
    speak(Call {
        request: &request,
        stage,
        settings,
        service,
        protocol: &protocol,
        body,
        headers: Vec::new(),
        streamed,
        wanted: Wanted::Words,
    })
    .await
}

#[cfg(test)]
mod tests;
