//! `gemini(…)`: Google's Gemini models, over `generateContent` of the Gemini API.
//!
//! After the reference at <https://ai.google.dev/api/generate-content> and the types of its Python SDK
//! (google-genai 3.6).

mod decode;
mod encode;

use reqwest::header::HeaderName;

use crate::instrument::{
    Abilities, Backend, Class, Failure, Needs, Opening, PlayFuture, Price, ProbeFuture, Profile, Reply,
    Request, Served, Stage,
};
use crate::types::{Signature, Type};
use crate::value::Instrument;

use super::chat::{Call, Common, Home, Service, Wanted, common_rows, probe, speak, streamed};
use super::settings::{Settings, abilities, constructor, service_rows};

pub(super) use decode::GenerateContent;
pub(super) use encode::said;

pub(super) const HOME: Home = Home {
    base: "https://generativelanguage.googleapis.com",
    base_names: &["GOOGLE_GEMINI_BASE_URL"],
    key_names: &["GEMINI_API_KEY", "GOOGLE_API_KEY"],
    read: |base| base,
};

/// The backend.
pub(super) struct Gemini;

impl Backend for Gemini {
    fn name(&self) -> &'static str {
        "gemini"
    }

    fn doc(&self) -> &'static str {
        "Google's Gemini, over its own API."
    }

    fn signature(&self) -> Signature {
        let mut optional = common_rows(&Common {
            base_url: "Where the service is (GOOGLE_GEMINI_BASE_URL, else https://generativelanguage.googleapis.com).",
            key: "The key (GEMINI_API_KEY or GOOGLE_API_KEY; none is needed on this machine's own network).",
            temperature: "How freely it chooses its words.",
            max_tokens: "The longest answer, thinking included, in tokens (as long as the model can).",
            effort: "How long it thinks, from Gemini 3 on: \"minimal\", \"low\", \"medium\", \"high\", \"xhigh\".",
            thinking: "Whether it thinks first: `true` as it sees fit, `false` not, `4096` in up to so many tokens.",
            json: "How the shape of an answer is asked for: \"schema\" (usual), \"object\", \"words\".",
        });
        optional.push(("seed", Type::Int, "The same seed asks for the same answer."));
        optional.extend(service_rows());
        constructor(&[("model", Type::Text, "The model's name, such as \"gemini-3.8-flash\".")], &optional)
    }

    fn abilities(&self, instrument: &Instrument) -> Abilities {
        let all = Abilities {
            chat: true,
            json: true,
            tools: true,
            images_in: true,
            audio_in: true,
            streams: true,
            ..Abilities::default()
        };
        abilities(all, self.served(instrument))
    }

    fn profile(&self, _instrument: &Instrument, _opening: Opening<'_>) -> Profile {
        Profile { price: Price::Unknown, ..Class::Thinks.profile() }
    }

    fn served(&self, instrument: &Instrument) -> Option<Served> {
        HOME.served(Settings::of(instrument))
    }

    fn ready(&self, instrument: &Instrument) -> Result<(), Failure> {
        let settings = Settings::of(instrument);
        settings.patience(None)?;
        service(settings, false)?;
        encode::options(settings, None).map(|_| ())
    }

    fn probe<'a>(&'a self, instrument: &'a Instrument) -> Option<ProbeFuture<'a>> {
        Some(Box::pin(async move {
            let settings = Settings::of(instrument);
            let mut service = HOME.service(settings, "v1beta/models")?;
            service.target.url.set_query(Some("pageSize=1000"));
            let key_header = Some(HeaderName::from_static("x-goog-api-key"));
            probe(service, settings.needed("model")?, key_header, Vec::new()).await
        }))
    }

    fn shows_requests(&self) -> bool {
        true
    }

    fn needs(&self, instrument: &Instrument, _opening: Opening<'_>) -> Needs {
        HOME.needs(Settings::of(instrument))
    }

    fn play<'a>(&'a self, request: Request, stage: &'a Stage) -> PlayFuture<'a> {
        Box::pin(play(request, stage))
    }
}

/// The service for a model: the method stands in its address.
pub(super) fn service(settings: Settings<'_>, streamed: bool) -> Result<Service, Failure> {
    let model = settings.needed("model")?;
    let folder = if model.contains('/') { "" } else { "models/" };
    let method = if streamed { "streamGenerateContent" } else { "generateContent" };
    let mut service = HOME.service(settings, &format!("v1beta/{folder}{model}:{method}"))?;
    service.target.url.set_query(streamed.then_some("alt=sse"));
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
        key_header: Some(HeaderName::from_static("x-goog-api-key")),
        streamed,
        wanted: Wanted::Words,
    })
    .await
}

#[cfg(test)]
mod tests;
