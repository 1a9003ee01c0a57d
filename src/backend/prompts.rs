//! What was asked in a test, for `asked(…)`.

use crate::instrument::{
    Abilities, Backend, Class, Failure, FailureKind, Opening, PlayFuture, Profile, Reply, Request, Stage,
};
use crate::types::Signature;
use crate::value::{Instrument, Value};

use super::said::told;
use super::settings::constructor;

/// The backend.
pub(super) struct Prompts;

impl Backend for Prompts {
    fn name(&self) -> &'static str {
        "prompts"
    }

    fn doc(&self) -> &'static str {
        "What was asked so far, in tests."
    }

    fn signature(&self) -> Signature {
        constructor(&[], &[])
    }

    fn abilities(&self, _instrument: &Instrument) -> Abilities {
        Abilities::default()
    }

    fn profile(&self, _instrument: &Instrument, _opening: Opening<'_>) -> Profile {
        // All that is above has been asked by then.
        Class::Acts.profile()
    }

    fn play<'a>(&'a self, request: Request, stage: &'a Stage) -> PlayFuture<'a> {
        let listed = match request.arguments.first() {
            Some((_, Value::Text(name))) => Ok(stage.cabinet.asked(name)),
            _ => Err(Failure::new(FailureKind::InvalidRequest, "`asked` takes a name")),
        };
        let listed = listed.map(|all| Reply::value(Value::list(all)));
        Box::pin(std::future::ready(listed))
    }
}

/// Notes what a call asks, for `asked(…)`: its last words, or its arguments as JSON where it has none.
pub fn note(request: &Request, stage: &Stage) {
    let said = told(request);
    for name in [format!("instrument {}", request.instrument.name), format!("part {}", request.part)] {
        stage.cabinet.note(&name, &said);
    }
}
