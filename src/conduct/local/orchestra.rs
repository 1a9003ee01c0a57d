//! Finds the backend of an instrument and has it play.

use std::sync::Arc;

use super::House;
use crate::backend;
use crate::engine::Profiles;
use crate::instrument::{Backend, Class, Failure, FailureKind, Opening, PlayFuture, Profile, Request, Stage};
use crate::value::{Instrument, Map};

/// All backends, as one performance uses them.
#[derive(Clone, Debug, Default)]
pub struct Orchestra {
    /// Whether stand-ins play for all that would think, cost or act.
    pub rehearsal: bool,
    /// The house that a test is performed in: there, only those play who have a seat.
    pub house: Option<Arc<House>>,
}

impl Orchestra {
    /// Who plays for this instrument.
    fn player(&self, constructor: &str) -> Option<&'static dyn Backend> {
        let found = backend::find(constructor)?;
        let stands_in = found.profile(&nameless(constructor), Opening::default()).stand_in;
        if self.rehearsal && !stands_in && !backend::is_internal(constructor) {
            return backend::find("stand_in");
        }
        Some(found)
    }

    /// Plays one request.
    #[must_use]
    pub fn play(&self, request: Request, stage: Stage) -> PlayFuture<'static> {
        if let Some(played) = self.house.as_ref().and_then(|house| house.play(&request)) {
            return Box::pin(std::future::ready(played));
        }
        let Some(player) = self.player(&request.instrument.constructor) else {
            let message = format!("there is no instrument `{}`", request.instrument.constructor);
            return Box::pin(async move { Err(Failure::new(FailureKind::InvalidRequest, message)) });
        };
        if !request.tools.is_empty() && !player.abilities(&request.instrument).tools {
            let (part, who) = (&request.part, &request.instrument.name);
            let message = format!("`{part}` has tools, and `{who}` can't call any");
            let failure = Failure::new(FailureKind::InvalidRequest, message).with_help(
                "put one model into the chair that can call tools, such as `openai(…)` or `local()`",
            );
            return Box::pin(async move { Err(failure) });
        }
        Box::pin(async move { player.play(request, &stage).await })
    }
}

fn nameless(constructor: &str) -> Instrument {
    Instrument { name: Arc::from(constructor), constructor: Arc::from(constructor), settings: Map::new() }
}

/// What the engine may know of instruments.
#[derive(Clone, Copy, Debug)]
pub struct Profiled;

impl Profiles for Profiled {
    fn profile(&self, instrument: &Instrument, opening: Opening<'_>) -> Profile {
        backend::find(&instrument.constructor)
            .map_or(Class::Acts.profile(), |backend| backend.profile(instrument, opening))
    }

    fn exists(&self, constructor: &str) -> bool {
        backend::find(constructor).is_some()
    }
}
