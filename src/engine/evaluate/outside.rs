//! What comes from outside the expression: instruments, the environment, secrets, failures.

use std::sync::Arc;

use crate::base::{Name, Span};
use crate::instrument::{Committed, Failure, FailureKind};
use crate::plan::{Expr, InstrumentId};
use crate::value::{Instrument, Map, Secret, Value, render};

use super::Slots;
use super::evaluator::{Evaluated, Evaluator, failed, wrong};

/// What `fail` fails with: a text's message, or the error that it passes on.
fn passed_on(reason: &Value) -> Failure {
    let Value::Record(error) = reason else {
        return Failure::new(FailureKind::RequireFailed, render(reason));
    };
    let text = |name: &str| error.get(name).and_then(Value::as_text).unwrap_or_default();
    let kind = FailureKind::from_word(text("kind")).unwrap_or(FailureKind::RequireFailed);
    let acted = error.get("acted") == Some(&Value::Bool(true));
    Failure::new(kind, text("message")).with_committed(if acted { Committed::Yes } else { Committed::No })
}

impl Evaluator<'_> {
    pub(super) fn fail(&self, reason: &Expr, slots: &dyn Slots, span: Span) -> Evaluated {
        let reason = self.eval(reason, slots)?;
        Err(failed(passed_on(&reason), span))
    }

    /// The instrument that sits in the chair of a declared one, under the name of the chair.
    pub(super) fn instrument(
        &self,
        id: InstrumentId,
        arguments: &[Expr],
        slots: &dyn Slots,
        span: Span,
    ) -> Evaluated {
        let mut arguments = self.eval_all(arguments, slots)?;
        let Some(declared) = self.plan.instruments.get(id.0 as usize) else {
            return Err(wrong("this instrument is not of this score", span));
        };
        if let Some(seated) = self.given.seats.get(&*declared.name) {
            return Ok(named(seated, &declared.name));
        }
        for param in declared.params.iter().skip(arguments.len()) {
            arguments.push(match &param.default {
                Some(default) => self.eval(default, &&[][..])?,
                None => Value::Nothing,
            });
        }
        Ok(match self.eval(&declared.value, &&*arguments)? {
            Value::Instrument(instrument) => named(&instrument, &declared.name),
            other => other,
        })
    }

    pub(super) fn construct(&self, name: &Name, settings: &[(Name, Expr)], slots: &dyn Slots) -> Evaluated {
        let mut map = Map::with_capacity(settings.len());
        for (setting, value) in settings {
            let value = self.eval(value, slots)?;
            if value != Value::Nothing {
                map.insert(Arc::clone(setting), value);
            }
        }
        let instrument = Instrument { name: Arc::clone(name), constructor: Arc::clone(name), settings: map };
        Ok(Value::Instrument(Arc::new(instrument)))
    }

    pub(super) fn env(&self, name: &str, default: Option<&Expr>, slots: &dyn Slots, span: Span) -> Evaluated {
        if let Some(value) = self.given.env.get(name) {
            return Ok(Value::text(value));
        }
        if let Some(default) = default {
            return self.eval(default, slots);
        }
        let message = format!("the environment variable `{name}` is not set");
        let help = format!("set it, `{name}=… score run …`, or give a default: `env(\"{name}\", \"…\")`");
        Err(failed(Failure::new(FailureKind::InvalidRequest, message).with_help(help), span))
    }

    pub(super) fn secret(&self, name: &str, span: Span) -> Evaluated {
        if let Some(value) = self.given.secrets.get(name) {
            return Ok(Value::Secret(Arc::new(Secret::new(name, value.as_str()))));
        }
        let failure = Failure::new(FailureKind::Auth, format!("the secret `{name}` is not there"));
        let help = format!(
            "set it once for all scores, `score keys set {name}`, or in the environment: `export {name}=…`"
        );
        Err(failed(failure.with_help(help), span))
    }
}

fn named(instrument: &Arc<Instrument>, name: &Name) -> Value {
    if instrument.name == *name {
        return Value::Instrument(Arc::clone(instrument));
    }
    Value::Instrument(Arc::new(Instrument { name: Arc::clone(name), ..(**instrument).clone() }))
}
