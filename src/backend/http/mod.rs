//! `http(…)`: a web service. The part's text is a request as request files have it:
//!
//! ```text
//! POST /items/{id}?lang={lang}
//! Accept: application/json
//!
//! {json(item)}
//! ```
//!
//! Each hole is encoded for where it stands. `GET`, `HEAD` and `OPTIONS` read, everything else acts. A part that
//! gives `Response {status, headers, body}` takes any status; for any other type a 4xx is a failure.
//! A method alone is a request to the base address itself, as addresses need that a service gave.
//! A part without a text sends its arguments as JSON, by POST, to the base address itself.

mod charset;
mod encode;
mod reply;

use std::sync::Arc;

use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};

use crate::instrument::{
    Abilities, Backend, Class, Failure, FailureKind, Needs, Opening, Piece, PlayFuture, ProbeFuture, Probed,
    Profile, Reply, Request, Stage,
};
use crate::types::{Signature, Type};
use crate::value::{Instrument, Secret};

use super::headers;
use super::said::question;
use super::settings::{Settings, address_type, constructor, service_rows};
use super::wire::{self, Order, Secrets, Target, exchange, glance};

pub(super) use encode::{Content, arguments_as_json, body};

/// The backend.
pub(super) struct Http;

/// What web services can do for a part, as far as anyone can say beforehand.
pub(super) const ABILITIES: Abilities = Abilities {
    chat: true,
    json: true,
    tools: false,
    images_in: true,
    images_out: true,
    audio_in: true,
    audio_out: true,
    streams: false,
};

impl Backend for Http {
    fn name(&self) -> &'static str {
        "http"
    }

    fn doc(&self) -> &'static str {
        "A web service: the part's text is a request (`GET /items/{id}`, headers, blank line, body)."
    }

    fn signature(&self) -> Signature {
        let mut optional = vec![
            ("bearer", Type::Secret, "A key that is sent as `Authorization: Bearer …`."),
            ("headers", Type::Unknown, "Headers of every request; secrets may stand in them."),
            (
                "idempotent",
                Type::Bool,
                "Whether the service takes a request that it saw before as the same (`Idempotency-Key`).",
            ),
        ];
        optional.extend(service_rows());
        constructor(
            &[(
                "base_url",
                address_type(),
                "What every path is meant from, such as \"https://api.example.com/v2\".",
            )],
            &optional,
        )
    }

    fn abilities(&self, _instrument: &Instrument) -> Abilities {
        ABILITIES
    }

    fn profile(&self, _instrument: &Instrument, opening: Opening<'_>) -> Profile {
        let reads =
            opening.has_text && encode::method(opening.words).is_some_and(|(method, _)| method.is_safe());
        if reads { Class::Reads.profile() } else { Class::Acts.profile() }
    }

    fn ready(&self, instrument: &Instrument) -> Result<(), Failure> {
        let settings = Settings::of(instrument);
        settings.patience(None)?;
        settings.address("base_url").map(|_| ())
    }

    fn probe<'a>(&'a self, instrument: &'a Instrument) -> Option<ProbeFuture<'a>> {
        Some(Box::pin(reach(instrument, "base_url")))
    }

    fn takes_secrets(&self) -> bool {
        true
    }

    fn shows_requests(&self) -> bool {
        true
    }

    fn needs(&self, instrument: &Instrument, _opening: Opening<'_>) -> Needs {
        let target = Settings::of(instrument).address("base_url");
        Needs {
            hosts: target.map(|(target, _)| target.place().to_owned()).into_iter().collect(),
            ..Needs::default()
        }
    }

    fn tells_when_sent(&self) -> bool {
        true
    }

    fn repeatable(&self, request: &Request) -> bool {
        let opening = match question(request).0.first() {
            Some(Piece::Words(words)) => encode::method(words).map(|(method, _)| repeats(&method)),
            _ => None,
        };
        opening == Some(true) || Settings::of(&request.instrument).flag("idempotent")
    }

    fn play<'a>(&'a self, request: Request, stage: &'a Stage) -> PlayFuture<'a> {
        Box::pin(async move {
            let settings = Settings::of(&request.instrument);
            let address = settings.address("base_url")?;
            let (pieces, _) = question(&request);
            let letter = if request.messages.is_empty() {
                encode::Letter {
                    method: Method::POST,
                    path: String::new(),
                    query: None,
                    headers: Vec::new(),
                    content: Some(arguments_as_json(&request)),
                }
            } else {
                encode::letter(pieces)?
            };
            send(&request, stage, settings, address, letter).await
        })
    }
}

/// Whether somebody answers at an instrument's address; only its host is asked, and without a key.
pub(super) async fn reach(instrument: &Instrument, setting: &str) -> Result<Probed, Failure> {
    let (target, _) = Settings::of(instrument).address(setting)?;
    glance(wire::Request::new(Method::GET, target.root()?), Secrets::default()).await?;
    Ok(Probed::good(format!("{} answers", target.place())))
}

/// Whether a request with this method comes to the same however often it is sent.
fn repeats(method: &Method) -> bool {
    matches!(method.as_str(), "GET" | "HEAD" | "OPTIONS" | "PUT" | "DELETE")
}

/// Sends a request and takes what comes back as the part's answer.
pub(super) async fn send(
    request: &Request,
    stage: &Stage,
    settings: Settings<'_>,
    address: (Target, Option<Arc<Secret>>),
    letter: encode::Letter,
) -> Result<Reply, Failure> {
    let sent = letter.shown();
    let order = order(request, stage, settings, address, letter)?;
    let outcome = match exchange(&order).await {
        Ok(mut answered) => reply::reply(request, &mut answered).await,
        Err(failure) => Err(failure),
    };
    outcome.map_err(|failure| {
        let received = order.secrets.redact(&failure.received);
        failure.with_exchange(&order.secrets.redact(&sent), &received)
    })
}

fn order<'a>(
    request: &Request,
    stage: &'a Stage,
    settings: Settings<'_>,
    (target, hidden): (Target, Option<Arc<Secret>>),
    letter: encode::Letter,
) -> Result<Order<'a>, Failure> {
    let to = match (letter.path.as_str(), &letter.query) {
        ("", None) => target.clone(),
        ("", query) => target.asked(query.as_deref())?,
        (path, query) => target.below(path, query.as_deref())?,
    };
    let repeats = repeats(&letter.method);
    let key = settings.secret("bearer");
    let who = [key.as_ref().map_or("", |key| key.reveal())];
    let mut order = Order::new(wire::Request::new(letter.method, to), request, settings, stage, &who)?;
    if let Some(address) = hidden {
        // Services say back the path that they were asked for.
        order.secrets.add(Arc::new(Secret::new(&*address.name, target.url().path())));
        order.secrets.add(address);
    }
    headers::put(&mut order, &settings.named("headers"))?;
    if let Some(key) = &key {
        order.request.headers.insert(AUTHORIZATION, headers::bearer(key)?);
        order.secrets.add(key.clone());
    }
    for (name, value, secret) in letter.headers {
        let name: HeaderName = name.parse().map_err(|_| {
            Failure::new(FailureKind::InvalidRequest, format!("`{name}` can't be the name of a header"))
        })?;
        if let Some(secret) = secret {
            order.secrets.add(secret);
            order.private.push(name.clone());
        }
        order.request.headers.insert(name, value);
    }
    let idempotent = settings.flag("idempotent");
    order.repeatable = repeats || idempotent;
    if idempotent && !repeats {
        let key = HeaderValue::from_str(&request.idempotency_key).map_err(|_| {
            Failure::new(FailureKind::InvalidRequest, "the idempotency key can't be a header's value")
        })?;
        order.request.headers.insert("idempotency-key", key);
    }
    if let Some(Content { bytes, mime }) = letter.content {
        let headers = &mut order.request.headers;
        if !headers.contains_key(CONTENT_TYPE) {
            headers.insert(CONTENT_TYPE, headers::plain("content-type", &mime)?);
        }
        order.request.body = bytes.into();
    }
    Ok(order)
}

/// A letter that posts this content to the base address itself.
pub(super) fn posted(content: Content) -> encode::Letter {
    encode::Letter {
        method: Method::POST,
        path: String::new(),
        query: None,
        headers: Vec::new(),
        content: Some(content),
    }
}

#[cfg(test)]
mod tests;
