//! A whole backend in one file, as `docs/backends.md` tells: `oracle(url)` asks a service a question and takes its
//! words for the answer. Only in tests; one line in the list of backends brings it in.

use http::Method;
use http::header::AUTHORIZATION;

use crate::backend::headers::bearer;
use crate::backend::said::told;
use crate::backend::settings::{Settings, constructor, service_rows};
use crate::backend::wire::{self, BODY_CAP, Order, exchange, kind_of_status};
use crate::instrument::{
    Abilities, Backend, Class, Failure, FailureKind, Needs, Opening, PlayFuture, Profile, Reply, Request,
    Stage,
};
use crate::types::{Signature, Type};
use crate::value::Instrument;

/// The backend.
pub(in crate::backend) struct Oracle;

impl Backend for Oracle {
    fn name(&self) -> &'static str {
        "oracle"
    }

    fn doc(&self) -> &'static str {
        "A service that is asked a question and answers in words."
    }

    fn signature(&self) -> Signature {
        let mut optional = vec![("key", Type::Secret, "The key.")];
        optional.extend(service_rows());
        constructor(&[("url", Type::Text, "Where it is.")], &optional)
    }

    fn abilities(&self, _instrument: &Instrument) -> Abilities {
        Abilities { chat: true, ..Abilities::default() }
    }

    fn profile(&self, _instrument: &Instrument, _opening: Opening<'_>) -> Profile {
        Class::Thinks.profile()
    }

    fn needs(&self, instrument: &Instrument, _opening: Opening<'_>) -> Needs {
        let target = Settings::of(instrument).address("url");
        Needs {
            hosts: target.map(|(target, _)| target.place().to_owned()).into_iter().collect(),
            ..Needs::default()
        }
    }

    fn shows_requests(&self) -> bool {
        true
    }

    fn play<'a>(&'a self, request: Request, stage: &'a Stage) -> PlayFuture<'a> {
        Box::pin(play(request, stage))
    }
}

async fn play(request: Request, stage: &Stage) -> Result<Reply, Failure> {
    let settings = Settings::of(&request.instrument);
    let (target, _) = settings.address("url")?;
    let key = settings.secret("key");
    let mut http = wire::Request::new(Method::POST, target);
    http.body = told(&request).into();
    let who = key.as_ref().map_or("", |key| key.reveal());
    let mut order = Order::new(http, &request, settings, stage, &[who])?;
    if let Some(key) = &key {
        order.request.headers.insert(AUTHORIZATION, bearer(key)?);
        order.secrets.add(key.clone());
    }
    let mut answered = exchange(&order).await?;
    let body = answered.body(BODY_CAP).await?;
    let words = order.secrets.redact(&String::from_utf8_lossy(&body));
    if !answered.status().is_success() {
        let message = format!("{} answered {}: {words}", order.place(), answered.status().as_u16());
        return Err(answered.failure(kind_of_status(answered.status()), message));
    }
    if std::str::from_utf8(&body).is_err() {
        return Err(answered.failure(FailureKind::BadShape, format!("{} answered no text", order.place())));
    }
    Ok(Reply::text(words))
}
