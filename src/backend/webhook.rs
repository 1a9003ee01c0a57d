//! `webhook(…)`: posts the part's arguments as JSON, or its text, to one address.

use crate::instrument::{
    Abilities, Backend, Class, Failure, Needs, Opening, PlayFuture, ProbeFuture, Profile, Request, Stage,
};
use crate::types::{Signature, Type};
use crate::value::Instrument;

use super::http::{ABILITIES, Content, arguments_as_json, body, posted, reach, send};
use super::said::question;
use super::settings::{Settings, address_type, constructor, service_rows};

/// The backend.
pub(super) struct Webhook;

impl Backend for Webhook {
    fn name(&self) -> &'static str {
        "webhook"
    }

    fn doc(&self) -> &'static str {
        "Posts a part's arguments as JSON, or its text, to one address."
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
            &[("url", address_type(), "Where it is posted to; a secret where the address is the key.")],
            &optional,
        )
    }

    fn abilities(&self, _instrument: &Instrument) -> Abilities {
        ABILITIES
    }

    fn profile(&self, _instrument: &Instrument, _opening: Opening<'_>) -> Profile {
        Class::Acts.profile()
    }

    fn ready(&self, instrument: &Instrument) -> Result<(), Failure> {
        let settings = Settings::of(instrument);
        settings.patience(None)?;
        settings.address("url").map(|_| ())
    }

    fn probe<'a>(&'a self, instrument: &'a Instrument) -> Option<ProbeFuture<'a>> {
        Some(Box::pin(reach(instrument, "url")))
    }

    fn shows_requests(&self) -> bool {
        true
    }

    fn needs(&self, instrument: &Instrument, _opening: Opening<'_>) -> Needs {
        let target = Settings::of(instrument).address("url");
        Needs {
            hosts: target.map(|(target, _)| target.place().to_owned()).into_iter().collect(),
            ..Needs::default()
        }
    }

    fn tells_when_sent(&self) -> bool {
        true
    }

    fn repeatable(&self, request: &Request) -> bool {
        Settings::of(&request.instrument).flag("idempotent")
    }

    fn play<'a>(&'a self, request: Request, stage: &'a Stage) -> PlayFuture<'a> {
        Box::pin(async move {
            let settings = Settings::of(&request.instrument);
            let address = settings.address("url")?;
            let content = if request.messages.is_empty() {
                arguments_as_json(&request)
            } else {
                let (pieces, _) = question(&request);
                body(pieces, None)?.unwrap_or(Content { bytes: Vec::new(), mime: "text/plain".into() })
            };
            send(&request, stage, settings, address, posted(content)).await
        })
    }
}
