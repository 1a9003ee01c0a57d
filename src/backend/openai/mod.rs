//! `openai(…)`: chat completions on OpenAI or any server that speaks its wire.
//!
//! The answer is streamed where somebody looks at it while it comes and taken in one piece otherwise:
//! streaming costs several times the processor time of a short call. `stream: true` asks for it anyway,
//! as gateways want that cut a silent connection.

mod decode;
mod encode;
mod probe;
mod stream;

use std::borrow::Cow;
use std::sync::Arc;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Request as HttpRequest};

use crate::instrument::{
    Abilities, Backend, Class, Failure, FailureKind, Needs, Opening, PlayFuture, Price, ProbeFuture, Profile,
    Reply, Request, Served, Stage,
};
use crate::keys;
use crate::types::{Signature, Type};
use crate::value::{Instrument, Secret};

use super::settings::{Settings, constructor, service_rows};
use super::wire::{BODY_CAP, Order, Secrets, Target, endpoint, exchange};

const DEFAULT_BASE: &str = "https://api.openai.com/v1";
const KEY_NAME: &str = "OPENAI_API_KEY";
const BASE_NAME: &str = "OPENAI_BASE_URL";

/// The backend.
pub(super) struct OpenAi;

impl Backend for OpenAi {
    fn name(&self) -> &'static str {
        "openai"
    }

    fn doc(&self) -> &'static str {
        "A chat model on OpenAI, or on any server that speaks its chat completions (`base_url:`)."
    }

    fn signature(&self) -> Signature {
        let mut optional = vec![
            (
                "base_url",
                Type::Text,
                "Where the service is (OPENAI_BASE_URL, else https://api.openai.com/v1).",
            ),
            ("key", Type::Secret, "The key (OPENAI_API_KEY; none is needed on this machine's own network)."),
            ("temperature", Type::Number, "How freely it chooses its words."),
            ("top_p", Type::Number, "The share of likely words it chooses from."),
            ("max_tokens", Type::Int, "The longest answer, in tokens."),
            ("seed", Type::Int, "The same seed asks for the same answer."),
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
            audio_in: true,
            streams: true,
            ..Abilities::default()
        };
        super::settings::abilities(all, self.served(instrument))
    }

    fn profile(&self, _instrument: &Instrument, _opening: Opening<'_>) -> Profile {
        Profile { price: Price::Unknown, ..Class::Thinks.profile() }
    }

    fn served(&self, instrument: &Instrument) -> Option<Served> {
        let settings = Settings::of(instrument);
        let model = settings.text("model")?.to_owned();
        let target = Target::new(&base(settings)).ok()?;
        Some(Served { host: target.url.host_str()?.to_owned(), model })
    }

    fn ready(&self, instrument: &Instrument) -> Result<(), Failure> {
        let settings = Settings::of(instrument);
        settings.patience(None)?;
        Service::of(settings).map(|_| ())
    }

    fn probe<'a>(&'a self, instrument: &'a Instrument) -> Option<ProbeFuture<'a>> {
        Some(Box::pin(probe::probe(instrument)))
    }

    fn shows_requests(&self) -> bool {
        true
    }

    fn needs(&self, instrument: &Instrument, _opening: Opening<'_>) -> Needs {
        let settings = Settings::of(instrument);
        let written = settings.text("base_url");
        let Ok(target) = Target::new(written.unwrap_or(DEFAULT_BASE)) else { return Needs::default() };
        let asks_environment = settings.value("key").is_none() && !target.is_local();
        let keys = if asks_environment { vec![KEY_NAME.to_owned()] } else { Vec::new() };
        Needs { keys, hosts: vec![target.place()], ..Needs::default() }
    }

    fn play<'a>(&'a self, request: Request, stage: &'a Stage) -> PlayFuture<'a> {
        Box::pin(play(request, stage))
    }
}

fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// The address as it is written, else that of the environment, else OpenAI's.
fn base(settings: Settings<'_>) -> Cow<'_, str> {
    match settings.text("base_url") {
        Some(base) => Cow::Borrowed(base),
        None => environment(BASE_NAME).map_or(Cow::Borrowed(DEFAULT_BASE), Cow::Owned),
    }
}

/// Where to call and with what key.
struct Service {
    target: Target,
    key: Option<Arc<Secret>>,
}

impl Service {
    fn of(settings: Settings<'_>) -> Result<Self, Failure> {
        settings.needed("model")?;
        let written = settings.text("base_url");
        let target = endpoint(&base(settings), "chat/completions")?;
        let key = settings.secret("key").filter(|key| !key.reveal().trim().is_empty());
        if key.is_some() {
            return Ok(Self { target, key });
        }
        // The key of the environment goes where its owner means it to go: to OpenAI, to the address the
        // environment names, to this machine. Not to whatever host a score names.
        let host = target.url.host_str().unwrap_or_default().to_owned();
        let trusted = written.is_none() || target.is_loopback() || host == "api.openai.com";
        let value = keys::find(KEY_NAME).map(|found| found.value).filter(|value| !value.trim().is_empty());
        let value = value.filter(|_| trusted);
        let key = value.map(|value| Arc::new(Secret::new(KEY_NAME, value.trim())));
        if key.is_some() || target.is_local() {
            return Ok(Self { target, key });
        }
        let failure = Failure::new(FailureKind::Auth, format!("no key for {host}"));
        Err(if trusted {
            failure.with_help(format!("set {KEY_NAME} (`score keys set {KEY_NAME}`), or give the instrument one: `key: secret(\"NAME\")`"))
        } else {
            failure.with_help(format!(
                "give the instrument one: `key: secret(\"NAME\")`; {KEY_NAME} is not sent to {host} unless the score says so"
            ))
        })
    }
}

async fn play(request: Request, stage: &Stage) -> Result<Reply, Failure> {
    let settings = Settings::of(&request.instrument);
    let service = Service::of(settings)?;
    let streamed = match settings.value("stream") {
        Some(_) => settings.flag("stream"),
        None => stage.watch.wants_text(),
    };
    let body = encode::body(&request, settings, &service.target, streamed)?;
    let tools = !request.tools.is_empty();
    let order = order(&request, stage, settings, service, body, streamed)?;
    let mut answered = exchange(&order).await.map_err(|failure| noted(failure, &request, &order.secrets))?;
    let reply = if !answered.status().is_success() {
        let body = answered.body(BODY_CAP).await.unwrap_or_default();
        Err(decode::refusal(&answered, &body))
    } else if answered.header("content-type").starts_with("text/event-stream") {
        stream::read(&mut answered, &*stage.watch, tools).await
    } else {
        let body = answered.body(BODY_CAP).await;
        body.and_then(|body| decode::whole(&answered, &body, tools))
    };
    reply.map_err(|failure| noted(failure, &request, &order.secrets))
}

/// The failure with what was sent, all without secrets.
fn noted(mut failure: Failure, request: &Request, secrets: &Secrets) -> Failure {
    let received = secrets.redact(&failure.received);
    failure.message = secrets.redact(&failure.message);
    failure.with_exchange(&secrets.redact(&super::said::sent(request)), &received)
}

fn order<'a>(
    request: &Request,
    stage: &'a Stage,
    settings: Settings<'_>,
    service: Service,
    body: Vec<u8>,
    streamed: bool,
) -> Result<Order<'a>, Failure> {
    let mut http = HttpRequest::new(Method::POST, service.target.url.clone());
    *http.body_mut() = Some(body.into());
    http.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if streamed {
        http.headers_mut().insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
    }
    let who = service.key.as_ref().map_or("", |key| key.reveal());
    let who = [settings.text("model").unwrap_or_default(), who];
    let mut order = Order::new(http, request, settings, stage, &who)?;
    order.hopeless = decode::is_hopeless;
    super::headers::put(&mut order, &settings.named("headers"))?;
    if let Some(key) = service.key {
        order.request.headers_mut().insert(AUTHORIZATION, super::headers::bearer(&key)?);
        order.secrets.add(key);
    }
    Ok(order)
}

#[cfg(test)]
mod tests;
