//! `faulty(instrument, "rate_limited", "garbage", …)`: faults in written order, then the instrument itself.

use std::future::{pending, ready};
use std::path::Path;
use std::sync::Arc;

use crate::base::did_you_mean;
use crate::instrument::{
    Abilities, Backend, Cabinet, Class, Committed, Failure, FailureKind, Needs, Opening, PlayFuture, Price,
    Profile, Reply, Request, Stage,
};
use crate::models::Prices;
use crate::types::{Param, Signature, Type};
use crate::value::{Instrument, Value};

use super::script::EVERYTHING;
use super::settings::Settings;

/// Faults that are no kinds of failure: an answer that can't be read, one without words, none at all,
/// and no fault.
const WORDS: [&str; 4] = ["garbage", "empty", "silence", "ok"];

/// The backend.
pub(super) struct Faulty;

impl Backend for Faulty {
    fn name(&self) -> &'static str {
        "faulty"
    }

    fn doc(&self) -> &'static str {
        "A stand-in that fails as told, once per fault and in written order, and then plays as the instrument does."
    }

    fn signature(&self) -> Signature {
        let param = |name: &str, doc: &str, ty, rest| Param {
            name: name.into(),
            doc: doc.to_owned(),
            ty,
            optional: rest,
            rest,
        };
        let doc =
            "Kinds of failures, or \"garbage\", \"empty\", \"silence\" (never answers), \"ok\" (passes on).";
        let params = vec![
            param("instrument", "Who plays when no fault is left.", Type::Instrument, false),
            param("faults", doc, Type::Text, true),
        ];
        Signature { params, returns: Type::Instrument }
    }

    fn abilities(&self, instrument: &Instrument) -> Abilities {
        match inner(instrument) {
            Some(inner) => {
                super::find(&inner.constructor).map_or(EVERYTHING, |backend| backend.abilities(inner))
            }
            None => EVERYTHING,
        }
    }

    fn profile(&self, instrument: &Instrument, opening: Opening<'_>) -> Profile {
        let of = |inner: &Arc<Instrument>| Some(super::find(&inner.constructor)?.profile(inner, opening));
        let profile = inner(instrument).and_then(of).unwrap_or(Class::Thinks.profile());
        Profile { ordered: true, price: inner(instrument).map_or(Price::Free, price), ..profile }
    }

    fn ready(&self, instrument: &Instrument) -> Result<(), Failure> {
        for fault in Settings::of(instrument).rest("faults") {
            let word = fault.as_text().unwrap_or_default();
            known(word)?;
        }
        match inner(instrument) {
            Some(inner) => super::find(&inner.constructor).map_or(Ok(()), |backend| backend.ready(inner)),
            None => Ok(()),
        }
    }

    fn needs(&self, instrument: &Instrument, opening: Opening<'_>) -> Needs {
        let of = |inner: &Arc<Instrument>| Some(super::find(&inner.constructor)?.needs(inner, opening));
        inner(instrument).and_then(of).unwrap_or_default()
    }

    fn recalled(&self, request: &Request, folder: &Path, cabinet: &Cabinet) {
        let Some(Value::List(faults)) = request.instrument.setting("faults") else { return };
        let fault = cabinet.deal(&request.instrument, faults);
        let word = fault.as_ref().and_then(|(_, fault)| fault.as_text()).unwrap_or("ok");
        if let (Some(inner), "ok") = (inner(&request.instrument), word)
            && let Some(backend) = super::find(&inner.constructor)
        {
            let request = Request { instrument: inner.clone(), ..request.clone() };
            backend.recalled(&request, folder, cabinet);
        }
    }

    fn repeatable(&self, request: &Request) -> bool {
        inner(&request.instrument).is_some_and(|inner| {
            let request = Request { instrument: inner.clone(), ..request.clone() };
            super::find(&inner.constructor).is_some_and(|backend| backend.repeatable(&request))
        })
    }

    fn play<'a>(&'a self, mut request: Request, stage: &'a Stage) -> PlayFuture<'a> {
        let faults = match request.instrument.setting("faults") {
            Some(Value::List(faults)) => faults.clone(),
            _ => Arc::from([]),
        };
        let Some(inner) = inner(&request.instrument).cloned() else {
            let message = "`faulty` needs the instrument that plays when no fault is left";
            return Box::pin(ready(Err(Failure::new(FailureKind::InvalidRequest, message))));
        };
        let fault = stage.cabinet.deal(&request.instrument, &faults);
        let word = fault.as_ref().and_then(|(_, fault)| fault.as_text()).unwrap_or("ok");
        match word {
            "ok" => {
                request.instrument = inner;
                (stage.orchestra)(request, stage.clone())
            }
            "silence" => Box::pin(pending()),
            "garbage" => Box::pin(ready(Ok(Reply::text("}{ \u{fffd} this is no answer")))),
            "empty" => Box::pin(ready(Ok(Reply::text("")))),
            word => {
                let failure =
                    known(word).map_or_else(|failure| failure, |kind| injected(kind, request.class));
                Box::pin(ready(Err(failure)))
            }
        }
    }
}

/// What whoever plays in the end costs.
fn price(inner: &Arc<Instrument>) -> Price {
    let backend = super::find(&inner.constructor);
    backend.map_or(Price::Free, |backend| {
        let otherwise = backend.profile(inner, Opening::default()).price;
        Prices::default().of(backend, inner, otherwise)
    })
}

fn inner(instrument: &Instrument) -> Option<&Arc<Instrument>> {
    match instrument.setting("instrument") {
        Some(Value::Instrument(inner)) => Some(inner),
        _ => None,
    }
}

/// The kind of failure a fault is; for faults that are none, any.
fn known(word: &str) -> Result<FailureKind, Failure> {
    if WORDS.contains(&word) {
        return Ok(FailureKind::BadShape);
    }
    FailureKind::from_word(word).ok_or_else(|| {
        let failure =
            Failure::new(FailureKind::InvalidRequest, format!("`faulty` knows no fault \"{word}\""));
        match did_you_mean(word, FailureKind::ALL.iter().map(|kind| kind.word()).chain(WORDS)) {
            Some(near) => failure.with_help(format!("did you mean \"{near}\"?")),
            None => failure.with_help(format!("a kind of failure, or one of {WORDS:?}")),
        }
    })
}

fn injected(kind: FailureKind, class: Class) -> Failure {
    let unsure = matches!(kind, FailureKind::Timeout | FailureKind::Unavailable | FailureKind::InDoubt);
    let committed = if class == Class::Acts && unsure { Committed::Unknown } else { Committed::No };
    Failure::new(kind, format!("a fault as ordered: {kind}")).with_committed(committed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::tests::{instrument, play, request, stage};
    use crate::instrument::Answer;

    #[tokio::test]
    async fn faults_come_first_and_then_the_instrument_plays() {
        let stage = stage();
        let echo = Value::Instrument(instrument("echo", &[]));
        let faults =
            Value::list(vec![Value::text("rate_limited"), Value::text("garbage"), Value::text("ok")]);
        let faulty = instrument("faulty", &[("instrument", echo), ("faults", faults)]);
        let ask = || request(&faulty, Type::Text, "hi");
        assert_eq!(play(ask(), &stage).await.unwrap_err().kind, FailureKind::RateLimited);
        assert!(
            matches!(play(ask(), &stage).await.unwrap().answer, Answer::Text(text) if text.contains("no answer"))
        );
        for _ in 0..2 {
            assert_eq!(play(ask(), &stage).await.unwrap().answer, Answer::Value(Value::text("hi")));
        }
        assert!(Faulty.profile(&faulty, Opening::default()).ordered);
    }

    #[test]
    fn a_misspelt_fault_is_found_before_the_run() {
        let faults = Value::list(vec![Value::text("rate_limit")]);
        let faulty = instrument(
            "faulty",
            &[("instrument", Value::Instrument(instrument("echo", &[]))), ("faults", faults)],
        );
        assert_eq!(Faulty.ready(&faulty).unwrap_err().help.unwrap(), "did you mean \"rate_limited\"?");
    }
}
