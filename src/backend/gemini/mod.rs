//! `gemini(…)`: Google's Gemini models, over `generateContent` of the Gemini API.
//!
//! After the reference at <https://ai.google.dev/api/generate-content> and the types of its Python SDK
//! (google-genai 3.6).

mod decode;
mod encode;

use crate::instrument::{Abilities, Failure, Reply, Request, Stage};
use crate::types::Type;

use super::chat::{
    Call, Common, Home, Hosted, List, Service, Wanted, common_rows, speak, streamed, unknown, unsaid,
};
use super::settings::{Row, Settings};

pub(super) use decode::GenerateContent;
pub(super) use encode::said;

pub(super) static HOME: Home = Home {
    base: "https://generativelanguage.googleapis.com",
    base_names: &["GOOGLE_GEMINI_BASE_URL"],
    key_names: &["GEMINI_API_KEY", "GOOGLE_API_KEY"],
    read: |base| base,
    key_header: Some("x-goog-api-key"),
    doc: "Where the service is (GOOGLE_GEMINI_BASE_URL, else https://generativelanguage.googleapis.com).",
    key_doc: "The key (GEMINI_API_KEY or GOOGLE_API_KEY; none is needed on this machine's own network).",
};

/// Where the models are listed.
pub(super) const LIST: List = List { path: "v1beta/models", query: Some("pageSize=1000"), headers: &[] };

/// The backend.
pub(super) static BACKEND: Hosted = Hosted {
    name: "gemini",
    doc: "Google's Gemini, over its own API.",
    model: "The model's name, such as \"gemini-3.8-flash\".",
    home: &HOME,
    rows,
    abilities: |_| Abilities {
        chat: true,
        json: true,
        tools: true,
        images_in: true,
        audio_in: true,
        streams: true,
        ..Abilities::default()
    },
    price: unknown,
    longest: unsaid,
    check: |settings| {
        encode::options(settings, None)?;
        service(settings, false).map(drop)
    },
    list: LIST,
    play: |request, stage| Box::pin(play(request, stage)),
};

fn rows() -> Vec<Row> {
    let mut rows = common_rows(&Common {
        temperature: "How freely it chooses its words.",
        max_tokens: "The longest answer, thinking included, in tokens (as long as the model can).",
        effort: "How long it thinks, from Gemini 3 on: \"minimal\", \"low\", \"medium\", \"high\", \"xhigh\".",
        thinking: "Whether it thinks first: `true` as it sees fit, `false` not, `4096` in up to so many tokens.",
        json: "How the shape of an answer is asked for: \"schema\" (usual), \"object\", \"words\".",
    });
    rows.push(("seed", Type::Int, "The same seed asks for the same answer."));
    rows
}

/// The service for a model: the method stands in its address.
pub(super) fn service(settings: Settings<'_>, streamed: bool) -> Result<Service, Failure> {
    let model = settings.needed("model")?;
    let folder = if model.contains('/') { "" } else { "models/" };
    let method = if streamed { "streamGenerateContent" } else { "generateContent" };
    let mut service = HOME.service(settings, &format!("v1beta/{folder}{model}:{method}"))?;
    if streamed {
        service.target = service.target.asked(Some("alt=sse"))?;
    }
    Ok(service)
}

/// The body of the call. How the answer is to come stands in the address.
pub(super) fn body(request: &Request, _streamed: bool) -> Result<Vec<u8>, Failure> {
    let settings = Settings::of(&request.instrument);
    encode::body(request, settings, &encode::options(settings, request.longest)?)
}

async fn play(request: Request, stage: &Stage) -> Result<Reply, Failure> {
    let settings = Settings::of(&request.instrument);
    let streamed = streamed(settings, stage);
    let service = service(settings, streamed)?;
    let protocol = GenerateContent { model: settings.needed("model")?.into() };
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
