//! Whether everything is there that a run needs, and what mends what isn't.

use super::Planned;
use super::planned::given;
use crate::backend;
use crate::instrument::{Backend, Failure};
use crate::value::{Instrument, Map, Value};

/// How one thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// As it should be.
    Ok,
    /// Missing, but needed by some scores only.
    Warn,
    /// Missing.
    Fail,
}

impl Health {
    /// `ok`, `warn` or `fail`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What.
    pub what: String,
    /// How it is.
    pub health: Health,
    /// What was found.
    pub found: String,
    /// What mends it.
    pub mend: Option<String>,
}

/// Looks at what every score can use: the version, the embedded model's weights, keys.
#[must_use]
pub fn examine_machine() -> Vec<Finding> {
    let mut lines = vec![Finding {
        what: String::from("score"),
        health: Health::Ok,
        found: format!("version {}", env!("CARGO_PKG_VERSION")),
        mend: None,
    }];
    for name in ["local", "openai"] {
        let Some(backend) = backend::find(name) else { continue };
        let mut line = examine(name, backend, &nameless(name));
        if line.health == Health::Fail {
            line.health = Health::Warn;
        }
        lines.push(line);
    }
    lines
}

/// Looks at each instrument that a score declares.
#[must_use]
pub fn examine_instruments(planned: &Planned) -> Vec<Finding> {
    let given = given(planned.plan());
    let declared = planned.plan().instruments.iter().filter(|instrument| instrument.params.is_empty());
    declared
        .map(|declared| match planned.constant(&declared.value, &given) {
            Ok(Value::Instrument(instrument)) => match backend::find(&instrument.constructor) {
                Some(backend) => {
                    examine(&format!("{} ({})", declared.name, instrument.constructor), backend, &instrument)
                }
                None => broken(&declared.name, "is played by nothing that is here", None),
            },
            Ok(_) => broken(&declared.name, "is no instrument", None),
            Err(failed) => broken(&declared.name, &failed.failure.message, failed.failure.help),
        })
        .collect()
}

fn examine(what: &str, backend: &dyn Backend, instrument: &Instrument) -> Finding {
    match backend.ready(instrument) {
        Ok(()) => {
            Finding { what: what.to_owned(), health: Health::Ok, found: backend.doc().to_owned(), mend: None }
        }
        Err(Failure { message, help, .. }) => broken(what, &message, help),
    }
}

fn broken(what: &str, found: &str, mend: Option<String>) -> Finding {
    Finding { what: what.to_owned(), health: Health::Fail, found: found.to_owned(), mend }
}

/// An instrument of this kind with the settings it can't do without.
fn nameless(constructor: &str) -> Instrument {
    let mut settings = Map::new();
    if constructor == "openai" {
        settings.insert("model".into(), Value::text("any"));
    }
    Instrument { name: constructor.into(), constructor: constructor.into(), settings }
}
