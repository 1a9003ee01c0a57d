//! What of OpenAI's wire is no conversation: one question, one answer in one piece. Images and sounds use it.

use http::header::CONTENT_TYPE;

use crate::backend::chat::{Call, Fault, Framing, Protocol, Story, Told, Unread, Wanted, speak};
use crate::backend::headers::plain;
use crate::backend::settings::Settings;
use crate::backend::wire::Again;
use crate::instrument::{Failure, FailureKind, Reply, Request, Stage};

use super::{HOME, wrong};

/// A protocol whose answers come in one piece.
pub(in crate::backend) struct Plain<F> {
    pub(in crate::backend) noun: &'static str,
    pub(in crate::backend) read: F,
}

impl<F: Fn(&[u8]) -> Result<Told, Unread> + Sync> Protocol for Plain<F> {
    fn noun(&self) -> &'static str {
        self.noun
    }

    fn address(&self) -> &'static str {
        "https://host/v1"
    }

    fn key_name(&self) -> &'static str {
        "OPENAI_API_KEY"
    }

    fn framing(&self) -> Framing {
        Framing::Events
    }

    fn whole(&self, body: &[u8]) -> Result<Told, Unread> {
        (self.read)(body)
    }

    fn story(&self) -> Option<Box<dyn Story>> {
        None
    }

    fn fault(&self, body: &[u8]) -> Option<Fault> {
        wrong::refused(body)
    }

    fn again(&self) -> fn(&[u8]) -> Again {
        wrong::again
    }
}

/// Asks one question. `body`: with its media type.
pub(in crate::backend) async fn ask(
    request: &Request,
    stage: &Stage,
    path: &str,
    (body, mime): (Vec<u8>, String),
    protocol: &dyn Protocol,
    wanted: Wanted,
) -> Result<Reply, Failure> {
    let settings = Settings::of(&request.instrument);
    let service = HOME.service(settings, path)?;
    let headers = vec![(CONTENT_TYPE, plain("content-type", &mime)?)];
    speak(Call { request, stage, settings, service, protocol, body, headers, streamed: false, wanted }).await
}

/// A request that can't be made, and what to do about it.
pub(in crate::backend) fn refuse(message: impl Into<String>, help: &str) -> Failure {
    Failure::new(FailureKind::InvalidRequest, message).with_help(help)
}
