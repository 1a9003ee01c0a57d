//! The clock, for `now()` and `today()`. Read by an operation of its own, so that it is recorded.

use jiff::{Timestamp, Zoned};

use crate::instrument::{
    Abilities, Backend, Class, Failure, FailureKind, Opening, PlayFuture, Profile, Reply, Request, Stage,
};
use crate::types::Signature;
use crate::value::{Instrument, Value};

use super::settings::constructor;

/// The backend.
pub(super) struct Clock;

impl Backend for Clock {
    fn name(&self) -> &'static str {
        "clock"
    }

    fn doc(&self) -> &'static str {
        "The clock: `now` and `today` (in the zone of this machine)."
    }

    fn signature(&self) -> Signature {
        constructor(&[], &[])
    }

    fn abilities(&self, _instrument: &Instrument) -> Abilities {
        Abilities::default()
    }

    fn profile(&self, _instrument: &Instrument, _opening: Opening<'_>) -> Profile {
        Class::Reads.profile()
    }

    #[allow(clippy::disallowed_methods)] // the room where the clock is read
    fn play<'a>(&'a self, request: Request, _stage: &'a Stage) -> PlayFuture<'a> {
        let read = match request.part.as_ref() {
            "now" => Ok(Reply::value(Value::Time(Timestamp::now()))),
            "today" => Ok(Reply::value(Value::Date(Zoned::now().date()))),
            other => Err(Failure::new(FailureKind::InvalidRequest, format!("the clock knows no `{other}`"))),
        };
        Box::pin(std::future::ready(read))
    }
}
