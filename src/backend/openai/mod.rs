//! `openai(…)`: models of OpenAI, and of any server that speaks its chat completions or its responses.
//!
//! The answer is streamed where somebody looks at it while it comes and taken in one piece otherwise:
//! streaming costs several times the processor time of a short call. `stream: true` asks for it anyway,
//! as gateways want that cut a silent connection.
//!
//! `api: "responses"` speaks the Responses API, which OpenAI's reasoning models think better over: what they thought
//! goes back to them with the calls of tools. `api: "chat"`, the usual one, is spoken everywhere.

mod decode;
mod encode;
mod plain;
mod responses;
mod stream;
mod wrong;

use std::sync::Arc;

use crate::instrument::{
    Abilities, Backend, Class, Failure, Needs, Opening, PlayFuture, Price, ProbeFuture, Profile, Reply,
    Request, Served, Stage,
};
use crate::types::{Signature, Type};
use crate::value::Instrument;

use super::chat::{Call, Home, Protocol, Service, Wanted, chosen, longest, probe, speak, streamed};
use super::settings::{Settings, abilities, constructor, service_rows};

pub(super) use plain::{Plain, ask, ready, refuse, rows};

pub(super) const HOME: Home = Home {
    base: "https://api.openai.com/v1",
    base_names: &["OPENAI_BASE_URL"],
    key_names: &["OPENAI_API_KEY"],
    read: |base| base,
};

/// The backend.
pub(super) struct OpenAi;

impl Backend for OpenAi {
    fn name(&self) -> &'static str {
        "openai"
    }

    fn doc(&self) -> &'static str {
        "A model of OpenAI, or of any server that speaks its chat completions (`base_url:`)."
    }

    fn signature(&self) -> Signature {
        let mut optional = vec![
            (
                "base_url",
                Type::Text,
                "Where the service is (OPENAI_BASE_URL, else https://api.openai.com/v1).",
            ),
            ("key", Type::Secret, "The key (OPENAI_API_KEY; none is needed on this machine's own network)."),
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
            ("stream", Type::Bool, "Whether the answer comes bit by bit (where somebody looks at it)."),
            ("headers", Type::Map(Arc::new(Type::Text)), "More headers, such as an organisation's."),
        ];
        optional.extend(service_rows());
        constructor(&[("model", Type::Text, "The model's name, such as \"gpt-5-mini\".")], &optional)
    }

    fn abilities(&self, instrument: &Instrument) -> Abilities {
        let all = Abilities {
            chat: true,
            json: true,
            tools: true,
            images_in: true,
            audio_in: Settings::of(instrument).text("api") != Some("responses"),
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
        longest(settings, None)?;
        chosen(settings, "json", encode::WAYS)?;
        service(settings).map(|_| ())
    }

    fn probe<'a>(&'a self, instrument: &'a Instrument) -> Option<ProbeFuture<'a>> {
        Some(Box::pin(async move {
            let settings = Settings::of(instrument);
            let service = HOME.service(settings, "models")?;
            probe(service, settings.needed("model")?, None, Vec::new()).await
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
        key_header: None,
        streamed,
        wanted: Wanted::Words,
    })
    .await
}

#[cfg(test)]
mod tests;
