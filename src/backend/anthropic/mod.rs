//! `anthropic(…)`: Claude, over Anthropic's Messages API.
//!
//! After the API reference at <https://platform.claude.com/docs/en/api/messages> and the types of its Python SDK
//! (2.14). Since version 2026-10-21 the API refuses `temperature` and `top_p`; an instrument that sets one of them is
//! called by the version before, 2023-06-01, which takes them for the models that know them.

mod decode;
mod encode;

use reqwest::header::{HeaderName, HeaderValue};

use crate::instrument::{
    Abilities, Backend, Class, Failure, Needs, Opening, PlayFuture, Price, ProbeFuture, Profile, Reply,
    Request, Served, Stage,
};
use crate::types::{Signature, Type};
use crate::value::Instrument;

use super::chat::{Call, Common, Home, Wanted, common_rows, probe, speak, streamed};
use super::settings::{Settings, abilities, constructor, service_rows};

const HOME: Home = Home {
    base: "https://api.anthropic.com",
    base_names: &["ANTHROPIC_BASE_URL"],
    key_names: &["ANTHROPIC_API_KEY"],
    read: |base| base,
};
const PATH: &str = "v1/messages";

const VERSION: &str = "2026-10-21";
/// The last version that takes settings of a sampler.
const VERSION_WITH_SAMPLING: &str = "2023-06-01";

/// The backend.
pub(super) struct Anthropic;

impl Backend for Anthropic {
    fn name(&self) -> &'static str {
        "anthropic"
    }

    fn doc(&self) -> &'static str {
        "Claude, over Anthropic's Messages API."
    }

    fn signature(&self) -> Signature {
        let mut optional = common_rows(&Common {
            base_url: "Where the service is (ANTHROPIC_BASE_URL, else https://api.anthropic.com).",
            key: "The key (ANTHROPIC_API_KEY; none is needed on this machine's own network).",
            temperature: "How freely it chooses its words; for models that take it.",
            max_tokens: "The longest answer, thinking included, in tokens (8192, beside what `thinking:` says).",
            effort: "How much it puts into an answer: \"low\", \"medium\", \"high\", \"xhigh\", \"max\".",
            thinking: "Whether it thinks first: `true` as it sees fit, `false` not, `4096` in up to so many tokens.",
            json: "How the shape of an answer is asked for: \"schema\" (usual), \"words\".",
        });
        optional.push((
            "prompt_cache",
            Type::Duration,
            "Keeps what was said for the next call to read at a lower price: `5min` or `1h`.",
        ));
        optional.extend(service_rows());
        constructor(&[("model", Type::Text, "The model's name, such as \"claude-sonnet-5-5\".")], &optional)
    }

    fn abilities(&self, instrument: &Instrument) -> Abilities {
        let all = Abilities {
            chat: true,
            json: true,
            tools: true,
            images_in: true,
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

    fn longest(&self, instrument: &Instrument) -> Option<u64> {
        let options = encode::options(Settings::of(instrument), None).ok()?;
        u64::try_from(options.max_tokens).ok()
    }

    fn ready(&self, instrument: &Instrument) -> Result<(), Failure> {
        let settings = Settings::of(instrument);
        settings.patience(None)?;
        HOME.service(settings, PATH)?;
        encode::options(settings, None).map(|_| ())
    }

    fn probe<'a>(&'a self, instrument: &'a Instrument) -> Option<ProbeFuture<'a>> {
        Some(Box::pin(async move {
            let settings = Settings::of(instrument);
            let version = (HeaderName::from_static("anthropic-version"), HeaderValue::from_static(VERSION));
            let mut service = HOME.service(settings, "v1/models")?;
            service.target.url.set_query(Some("limit=1000"));
            let key_header = Some(HeaderName::from_static("x-api-key"));
            probe(service, settings.needed("model")?, key_header, vec![version]).await
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
        key_header: Some(HeaderName::from_static("x-api-key")),
        streamed,
        wanted: Wanted::Words,
    })
    .await
}

#[cfg(test)]
mod tests;
