//! Reads an instrument's settings, and words what a constructor takes.

use std::sync::Arc;
use std::time::Duration;

use crate::base::did_you_mean;
use crate::instrument::{Abilities, Failure, FailureKind, Served};
use crate::models;
use crate::types::{Field, Param, RecordType, Signature, Type};
use crate::value::{Instrument, Secret, Value};

use super::wire::{Patience, Target, Timeouts};

/// The settings of one instrument, read as what the backend wants.
#[derive(Clone, Copy)]
pub(super) struct Settings<'a> {
    instrument: &'a Instrument,
}

impl<'a> Settings<'a> {
    pub(super) fn of(instrument: &'a Instrument) -> Self {
        Self { instrument }
    }

    pub(super) fn value(self, name: &str) -> Option<&'a Value> {
        // A handful of settings: looking through them is quicker than hashing the name.
        let found = self.instrument.settings.iter().find(|(key, _)| &***key == name)?;
        Some(found.1).filter(|value| **value != Value::Nothing)
    }

    pub(super) fn text(self, name: &str) -> Option<&'a str> {
        self.value(name).and_then(Value::as_text)
    }

    /// A text that must be there.
    pub(super) fn needed(self, name: &str) -> Result<&'a str, Failure> {
        self.text(name).ok_or_else(|| {
            let constructor = &self.instrument.constructor;
            Failure::new(FailureKind::InvalidRequest, format!("`{constructor}` needs a text for `{name}`"))
        })
    }

    /// The address to call, which may be a secret itself, as those of chats' webhooks are.
    pub(super) fn address(self, name: &str) -> Result<(Target, Option<Arc<Secret>>), Failure> {
        let Some(Value::Secret(secret)) = self.value(name) else {
            return Ok((Target::new(self.needed(name)?)?, None));
        };
        match Target::new(secret.reveal()) {
            Ok(target) => Ok((target, Some(secret.clone()))),
            // What is wrong with it would show it.
            Err(_) => {
                let message = format!("the secret `{}` is no address to call", secret.name);
                Err(Failure::new(FailureKind::InvalidRequest, message)
                    .with_help("it is read as \"https://host/path\""))
            }
        }
    }

    pub(super) fn flag(self, name: &str) -> bool {
        matches!(self.value(name), Some(Value::Bool(true)))
    }

    pub(super) fn whole(self, name: &str) -> Option<i64> {
        match self.value(name)? {
            Value::Int(int) => Some(*int),
            _ => None,
        }
    }

    pub(super) fn count(self, name: &str) -> Option<usize> {
        self.whole(name).and_then(|int| usize::try_from(int).ok())
    }

    #[allow(clippy::cast_precision_loss)] // a setting of a sampler
    pub(super) fn number(self, name: &str) -> Option<f64> {
        match self.value(name)? {
            Value::Int(int) => Some(*int as f64),
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    pub(super) fn duration(self, name: &str) -> Option<Duration> {
        match self.value(name)? {
            Value::Duration(millis) => u64::try_from(*millis).ok().map(Duration::from_millis),
            _ => None,
        }
    }

    /// How long a call may take by the `timeout:` setting and the time that is left for it.
    pub(super) fn patience(self, within: Option<i64>) -> Result<Patience, Failure> {
        let mut set = Timeouts { total: self.duration("timeout"), ..Timeouts::default() };
        for (name, value) in self.named("timeout") {
            let time = match value {
                Value::Duration(millis) => u64::try_from(millis).ok().map(Duration::from_millis),
                _ => None,
            };
            let slot = match name.as_str() {
                "connect" => &mut set.connect,
                "first_byte" => &mut set.first_byte,
                "idle" => &mut set.idle,
                "total" => &mut set.total,
                _ => return Err(unknown_timeout(&name)),
            };
            *slot = time;
        }
        Ok(Patience::new(set, within))
    }

    /// A secret, or a text in its place.
    pub(super) fn secret(self, name: &str) -> Option<Arc<Secret>> {
        match self.value(name)? {
            Value::Secret(secret) => Some(secret.clone()),
            Value::Text(text) => Some(Arc::new(Secret::new(name, &**text))),
            _ => None,
        }
    }

    /// Named texts or secrets, as `headers:` and `env:` take them.
    pub(super) fn named(self, name: &str) -> Vec<(String, Value)> {
        match self.value(name) {
            Some(Value::Map(map)) => {
                map.iter().map(|(key, value)| (key.to_string(), value.clone())).collect()
            }
            Some(Value::Record(record)) => {
                record.entries().map(|(key, value)| (key.to_owned(), value.clone())).collect()
            }
            _ => Vec::new(),
        }
    }

    /// All values of a parameter that takes any number of them.
    pub(super) fn rest(self, name: &str) -> Vec<Value> {
        match self.value(name) {
            Some(Value::List(values)) => values.to_vec(),
            Some(value) => vec![value.clone()],
            None => Vec::new(),
        }
    }
}

/// What a model can do of what its backend can: all but what it surely can't.
pub(super) fn abilities(all: Abilities, served: Option<Served>) -> Abilities {
    let known = served.and_then(|served| models::find(&served.host, &served.model));
    known.map_or(all, |(_, model)| model.narrow(all))
}

fn unknown_timeout(name: &str) -> Failure {
    let names = ["connect", "first_byte", "idle", "total"];
    let failure = Failure::new(FailureKind::InvalidRequest, format!("`timeout:` knows no time `{name}`"));
    match did_you_mean(name, names) {
        Some(near) => failure.with_help(format!("did you mean `{near}`?")),
        None => failure.with_help("it knows `connect`, `first_byte`, `idle` and `total`"),
    }
}

/// One row of a constructor's parameters: name, type, documentation.
pub(super) type Row = (&'static str, Type, &'static str);

/// The type of an address: a text, or a secret where the address is the key.
pub(super) fn address_type() -> Type {
    Type::union([Type::Text, Type::Secret])
}

/// A constructor: first what must be given, then what may be. What may be left out may be `nothing`, so that
/// presets can hand their own optional settings on.
pub(super) fn constructor(needed: &[Row], optional: &[Row]) -> Signature {
    let row = |(name, ty, doc): &Row, optional| Param {
        name: Arc::from(*name),
        doc: (*doc).to_owned(),
        ty: if optional { ty.clone().optional() } else { ty.clone() },
        optional,
        rest: false,
    };
    let params =
        needed.iter().map(|each| row(each, false)).chain(optional.iter().map(|each| row(each, true)));
    Signature { params: params.collect(), returns: Type::Instrument }
}

/// How long a call may take: one time, or several by name.
fn timeout_type() -> Type {
    let names = [
        ("connect", "Until a connection is made (10s)."),
        ("first_byte", "Until the first byte of the answer (5min)."),
        ("idle", "Between two bytes of the answer (1min)."),
        ("total", "In all, waiting and tries included (10min)."),
    ];
    let field = |(name, doc): (&str, &str)| Field {
        name: name.into(),
        doc: doc.into(),
        ty: Type::Duration.optional(),
        has_default: true,
    };
    let times = RecordType::anonymous(names.into_iter().map(field).collect());
    Type::union([Type::Duration, Type::Record(Arc::new(times))])
}

/// What every constructor that calls a service takes.
pub(super) fn service_rows() -> [Row; 5] {
    [
        (
            "timeout",
            timeout_type(),
            "How long a call may take in all, waiting and tries included (10min); or `{connect: 10s, first_byte: 5min, idle: 1min, total: 10min}`.",
        ),
        ("at_once", Type::Int, "How many calls may be on their way at once (no bound)."),
        ("per_minute", Type::Int, "How many calls may start in any minute (no bound)."),
        (
            "price",
            Type::Unknown,
            "What a call costs: `$0.01`, or per million tokens `{input: $1, output: $4}` (what is known of the model).",
        ),
        (
            "http2",
            Type::Bool,
            "Whether an `http://` address is spoken to in HTTP/2 (no; `https://` agrees on it by itself).",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Map;

    #[test]
    fn times_are_known_by_name() {
        let with = |name: &str| {
            let times: Map = [(name.into(), Value::Duration(200))].into_iter().collect();
            let settings: Map = [("timeout".into(), Value::Map(Arc::new(times)))].into_iter().collect();
            let instrument = Instrument { name: "a".into(), constructor: "openai".into(), settings };
            Settings::of(&instrument).patience(None)
        };
        assert_eq!(with("first_byte").unwrap().first_byte, Duration::from_millis(200));
        assert_eq!(with("first_bite").unwrap_err().help.unwrap(), "did you mean `first_byte`?");
    }
}
