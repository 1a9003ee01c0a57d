//! Whether everything is there that a run needs, and what mends what isn't.

use std::sync::Arc;

use super::planned::given;
use super::{Planned, Servers};
use crate::backend;
use crate::engine::evaluate::Given;
use crate::instrument::{Backend, Failure, Opening};
use crate::keys;
use crate::plan::Outside;
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
    let mut lines = vec![good("score", format!("version {}", env!("CARGO_PKG_VERSION")))];
    for backend in backend::all().iter().copied() {
        let instrument = nameless(backend.name());
        if backend.name() != "local" && keys_of(backend, &instrument).is_empty() {
            continue;
        }
        let mut line = examine(backend.name(), backend, &instrument);
        if line.health == Health::Fail {
            line.health = Health::Warn;
        }
        join(&mut lines, line);
    }
    lines.push(match backend::trust() {
        Ok(found) => good("certificates", found),
        Err(why) => Finding {
            health: Health::Warn,
            ..broken(
                "certificates",
                &why,
                Some("install the system's certificates, or name a file of them: SSL_CERT_FILE".into()),
            )
        },
    });
    lines.extend(backend::proxies().into_iter().map(|(variable, place)| good(&variable, place)));
    lines.extend(keys::exposed().map(|path| {
        let path = path.display();
        let mut line = broken_keys(format!("{path} can be read by others"));
        line.mend = Some(format!("chmod 600 {path}"));
        line
    }));
    lines
}

/// Adds a line; those of which the same is found, as of all that go to one service, stand in one.
fn join(lines: &mut Vec<Finding>, line: Finding) {
    let same = |other: &&mut Finding| {
        (other.health, &other.found, &other.mend) == (line.health, &line.found, &line.mend)
    };
    match lines.iter_mut().find(same) {
        Some(first) => first.what = format!("{}, {}", first.what, line.what),
        None => lines.push(line),
    }
}

/// A file of keys that is not as it should be.
#[must_use]
pub fn broken_keys(wrong: String) -> Finding {
    Finding { what: String::from("keys"), health: Health::Warn, found: wrong, mend: None }
}

/// The names under which instruments look for a key where none is given to them.
#[must_use]
pub fn known_keys() -> Vec<String> {
    backend::all().iter().flat_map(|backend| keys_of(*backend, &nameless(backend.name()))).collect()
}

fn keys_of(backend: &dyn Backend, instrument: &Instrument) -> Vec<String> {
    backend.needs(instrument, Opening::default()).keys
}

/// Looks at the secrets that a score names and at each instrument that it declares: whether it is ready, and, over
/// the network, whether it would be served.
#[must_use]
pub fn examine_instruments(planned: &Planned) -> Vec<Finding> {
    let given = given(planned.plan());
    let mut lines: Vec<Finding> =
        Outside::of(planned.plan()).secrets.iter().map(|name| secret(name)).collect();
    let mut ready = Vec::new();
    for declared in planned.plan().instruments.iter().filter(|instrument| instrument.params.is_empty()) {
        let made = planned.constant(&declared.value, &given);
        // Servers are started: see `examine_servers`.
        if matches!(&made, Ok(Value::Instrument(made)) if &*made.constructor == "mcp") {
            continue;
        }
        let line = match made {
            Ok(Value::Instrument(instrument)) => match backend::find(&instrument.constructor) {
                Some(backend) => {
                    let what = format!("{} ({})", declared.name, instrument.constructor);
                    let line = examine(&what, backend, &instrument);
                    if line.health == Health::Ok {
                        ready.push((lines.len(), backend, instrument.clone()));
                    }
                    line
                }
                None => broken(&declared.name, "is played by nothing that is here", None),
            },
            Ok(_) => broken(&declared.name, "is no instrument", None),
            Err(failed) => broken(&declared.name, &failed.failure.message, failed.failure.help),
        };
        lines.push(line);
    }
    probe(&mut lines, &ready);
    lines
}

/// Asks all services at the same time, and notes with each instrument what came of it.
fn probe(lines: &mut [Finding], ready: &[(usize, &'static dyn Backend, Arc<Instrument>)]) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    let asked = ready.iter().filter_map(|(at, backend, instrument)| {
        let probing = backend.probe(instrument)?;
        Some(async move { (*at, probing.await) })
    });
    for (at, probed) in runtime.block_on(futures_util::future::join_all(asked)) {
        let line = &mut lines[at];
        match probed {
            Ok(probed) => {
                line.health = if probed.mend.is_some() { Health::Warn } else { Health::Ok };
                line.found = format!("{}; {}", line.found, probed.found);
                line.mend = probed.mend;
            }
            Err(failure) => {
                line.health = Health::Fail;
                line.found = failure.message;
                line.mend = failure.help;
            }
        }
    }
}

/// Declared instruments that could not play as they are, with what mends it: a key is missing, most often.
#[must_use]
pub fn unready(planned: &Planned, given: &Given) -> Vec<(String, Finding)> {
    let declared = planned.plan().instruments.iter().filter(|instrument| instrument.params.is_empty());
    let unready = declared.filter_map(|declared| {
        let seated = given.seats.get(&*declared.name).cloned();
        let instrument = seated.or_else(|| match planned.constant(&declared.value, given) {
            Ok(Value::Instrument(instrument)) => Some(instrument),
            _ => None,
        })?;
        let what = format!("{} ({})", declared.name, instrument.constructor);
        let Failure { message, help, .. } =
            backend::find(&instrument.constructor)?.ready(&instrument).err()?;
        Some((declared.name.to_string(), broken(&what, &message, help)))
    });
    unready.collect()
}

fn secret(name: &str) -> Finding {
    let what = format!("secret {name}");
    match keys::find(name) {
        Some(found) => good(&what, format!("in {}", found.from)),
        None => broken(&what, "is not set", Some(format!("score keys set {name}"))),
    }
}

/// Starts the MCP servers of a score that stands in this folder, and compares their tools with `score.lock`.
#[must_use]
pub fn examine_servers(servers: &Servers, folder: &std::path::Path, file: &str) -> Vec<Finding> {
    let look = |server: super::Asked| {
        let what = format!("{} (mcp)", server.instruments.join(", "));
        let offer = match &server.offer {
            Ok(offer) => offer,
            Err(Failure { message, help, .. }) => return broken(&what, message, help.clone()),
        };
        let changes = server.changes();
        let tools = if offer.tools.len() == 1 { "tool" } else { "tools" };
        let found = format!("{} {}, {} {tools}", offer.name, offer.version, offer.tools.len());
        if changes.is_empty() {
            return Finding { what, health: Health::Ok, found, mend: None };
        }
        // `changed  find: …` as `find (changed)`: what exactly is for `score update` to say.
        let named = changes.iter().filter_map(|change| {
            let mut words = change.split_whitespace();
            let (how, name) = (words.next()?, words.next()?);
            Some(format!("{} ({how})", name.trim_end_matches(':')))
        });
        let named: Vec<String> = named.collect();
        let found = format!("{found}; not as `score.lock` has them: {}", named.join(", "));
        Finding { what, health: Health::Warn, found, mend: Some(format!("score update {file}")) }
    };
    servers.ask(folder).into_iter().map(look).collect()
}

fn examine(what: &str, backend: &dyn Backend, instrument: &Instrument) -> Finding {
    match backend.ready(instrument) {
        Ok(()) => {
            let found = |name: String| Some(format!("key {name} in {}", keys::find(&name)?.from));
            let keys: Vec<String> = keys_of(backend, instrument).into_iter().filter_map(found).collect();
            let shown = if keys.is_empty() { backend.doc().to_owned() } else { keys.join(", ") };
            good(what, shown)
        }
        Err(Failure { message, help, .. }) => broken(what, &message, help),
    }
}

fn good(what: &str, found: String) -> Finding {
    Finding { what: what.to_owned(), health: Health::Ok, found, mend: None }
}

fn broken(what: &str, found: &str, mend: Option<String>) -> Finding {
    Finding { what: what.to_owned(), health: Health::Fail, found: found.to_owned(), mend }
}

/// An instrument of this kind with a model, which is what most can't do without.
fn nameless(constructor: &str) -> Instrument {
    let mut settings = Map::new();
    settings.insert("model".into(), Value::text("any"));
    Instrument { name: constructor.into(), constructor: constructor.into(), settings }
}
