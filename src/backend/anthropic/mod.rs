//! `anthropic(…)`: Claude, over Anthropic's Messages API.
//!
//! After the API reference at <https://platform.claude.com/docs/en/api/messages> and the types of its Python SDK
//! (2.14). Since version 2026-10-21 the API refuses `temperature` and `top_p`; an instrument that sets one of them is
//! called by the version before, 2023-06-01, which takes them for the models that know them.

mod decode;
mod encode;

use http::header::{HeaderName, HeaderValue};

use crate::instrument::{Abilities, Failure, Reply, Request, Stage};
use crate::types::Type;

use super::chat::{Call, Common, Home, Hosted, List, Wanted, common_rows, speak, streamed, unknown};
use super::settings::{Row, Settings};

static HOME: Home = Home {
    base: "https://api.anthropic.com",
    base_names: &["ANTHROPIC_BASE_URL"],
    key_names: &["ANTHROPIC_API_KEY"],
    read: |base| base,
    key_header: Some("x-api-key"),
    doc: "Where the service is (ANTHROPIC_BASE_URL, else https://api.anthropic.com).",
    key_doc: "The key (ANTHROPIC_API_KEY; none is needed on this machine's own network).",
};
const PATH: &str = "v1/messages";

const VERSION: &str = "2026-10-21";
/// The last version that takes settings of a sampler.
const VERSION_WITH_SAMPLING: &str = "2023-06-01";

/// The backend.
pub(super) static BACKEND: Hosted = Hosted {
    name: "anthropic",
    doc: "Claude, over Anthropic's Messages API.",
    model: "The model's name, such as \"claude-sonnet-5-5\".",
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
    price: unknown,
    longest: |settings| {
        let options = encode::options(settings, None).ok()?;
        u64::try_from(options.max_tokens).ok()
    },
    check: |settings| encode::options(settings, None).map(drop),
    list: List { path: "v1/models", query: Some("limit=1000"), headers: &[("anthropic-version", VERSION)] },
    play: |request, stage| Box::pin(play(request, stage)),
};

fn rows() -> Vec<Row> {
    let mut rows = common_rows(&Common {
        temperature: "How freely it chooses its words; for models that take it.",
        max_tokens: "The longest answer, thinking included, in tokens (8192, beside what `thinking:` says).",
        effort: "How much it puts into an answer: \"low\", \"medium\", \"high\", \"xhigh\", \"max\".",
        thinking: "Whether it thinks first: `true` as it sees fit, `false` not, `4096` in up to so many tokens.",
        json: "How the shape of an answer is asked for: \"schema\" (usual), \"words\".",
    });
    rows.push((
        "prompt_cache",
        Type::Duration,
        "Keeps what was said for the next call to read at a lower price: `5min` or `1h`.",
    ));
    rows
}

/// The body of the call; `wanted`: whether the answer is to come bit by bit.
pub(super) fn body(request: &Request, wanted: bool) -> Result<Vec<u8>, Failure> {
    let settings = Settings::of(&request.instrument);
    let options = encode::options(settings, request.longest)?;
    encode::body(request, settings, &options, wanted || options.must_stream())
}

async fn play(request: Request, stage: &Stage) -> Result<Reply, Failure> {
    let settings = Settings::of(&request.instrument);
    let service = HOME.service(settings, PATH)?;
    let options = encode::options(settings, request.longest)?;
    let streamed = streamed(settings, stage) || options.must_stream();
    let samples = settings.value("temperature").is_some() || settings.value("top_p").is_some();
    let version = HeaderValue::from_static(if samples { VERSION_WITH_SAMPLING } else { VERSION });
    let protocol = decode::Messages { model: settings.needed("model")?.into() };
    let body = body(&request, streamed)?;
    speak(Call {
        request: &request,
        stage,
        settings,
        service,
        protocol: &protocol,
        body,
        headers: vec![(HeaderName::from_static("anthropic-version"), version)],
        streamed,
        wanted: Wanted::Words,
    })
    .await
}

#[cfg(test)]
mod tests;
