//! Finds the backend of an instrument and has it play.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::House;
use crate::backend;
use crate::engine::Profiles;
use crate::instrument::{
    Backend, Cabinet, Class, Event, Failure, FailureKind, Opening, PlayFuture, Price, Profile, Reply,
    Request, Stage, Watch,
};
use crate::models::{Held, Prices};
use crate::value::{Instrument, Map, Value};

/// All backends, as one performance uses them.
#[derive(Clone, Debug, Default)]
pub struct Orchestra {
    /// Whether stand-ins play for all that would think, cost or act.
    pub rehearsal: bool,
    /// In a rehearsal, whether the requests are shown that the instruments themselves would send.
    pub shows_requests: bool,
    /// What it costs.
    pub prices: Arc<Prices>,
    /// The house that a test is performed in: there, only those play who have a seat.
    pub house: Option<Arc<House>>,
    /// The recording that plays instead of everybody.
    pub recording: Option<Arc<Path>>,
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

    /// Whether a call that acts may be made again though it may have been done.
    #[must_use]
    pub fn repeatable(&self, request: &Request) -> bool {
        self.player(&request.instrument.constructor).is_some_and(|player| player.repeatable(request))
    }

    /// Whether whoever plays a call says when it waits for its turn, and when it is sent.
    #[must_use]
    pub fn tells_when_sent(&self, request: &Request) -> bool {
        let itself = self.recording.is_none() && self.house.is_none();
        itself && self.player(&request.instrument.constructor).is_some_and(Backend::tells_when_sent)
    }

    /// What is recorded of a call stands for it.
    pub fn recalled(&self, request: &Request, folder: &Path, cabinet: &Cabinet) {
        if let Some(player) = self.player(&request.instrument.constructor) {
            player.recalled(request, folder, cabinet);
        }
    }

    /// Plays one request.
    #[must_use]
    pub fn play(&self, mut request: Request, stage: Stage) -> PlayFuture<'static> {
        if let Some(recording) = &self.recording {
            request.instrument = recorded(&request.instrument.name, recording);
        }
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
        let shown = backend::find(&request.instrument.constructor)
            .filter(|backend| self.rehearsal && self.shows_requests && backend.shows_requests());
        let price = self.price(player, &request.instrument, Opening::default());
        Box::pin(async move {
            if let Some(shown) = shown {
                show(shown, request.clone(), &stage).await;
            }
            priced(player.play(request, &stage).await, &price)
        })
    }

    /// What the model costs that an instrument is, to be held on to.
    #[must_use]
    pub fn to_hold(&self, instrument: &Instrument) -> Option<Held> {
        let served = backend::find(&instrument.constructor)?.served(instrument)?;
        self.prices.to_hold(&served, instrument)
    }

    /// What the models cost that an instrument is or is made of, to be held on to.
    fn prices_of(&self, instrument: &Instrument, found: &mut Vec<Held>) {
        let held = self.to_hold(instrument);
        found.extend(held.filter(|(name, _)| found.iter().all(|(known, _)| known != name)));
        for setting in instrument.settings.values() {
            self.prices_in(setting, found);
        }
    }

    /// The same of all that are in a value.
    pub fn prices_in(&self, value: &Value, found: &mut Vec<Held>) {
        match value {
            Value::Instrument(instrument) => self.prices_of(instrument, found),
            Value::List(values) => values.iter().for_each(|value| self.prices_in(value, found)),
            _ => {}
        }
    }

    /// What an instrument costs here: where a stand-in plays for it, nothing.
    fn price(&self, player: &'static dyn Backend, instrument: &Instrument, opening: Opening<'_>) -> Price {
        if player.name() != &*instrument.constructor {
            return Price::Free;
        }
        self.prices.of(player, instrument, player.profile(instrument, opening).price)
    }
}

/// Says what a call cost, by what it took. A backend that knows better has said so.
fn priced(end: Result<Reply, Failure>, price: &Price) -> Result<Reply, Failure> {
    match end {
        Ok(mut reply) => {
            reply.usage.spend = reply.usage.spend.or_else(|| price.spend(&reply.usage));
            Ok(reply)
        }
        Err(mut failure) => {
            if let Some(took) = &mut failure.took {
                took.spend = took.spend.or_else(|| price.spend(took));
            }
            Err(failure)
        }
    }
}

impl Profiles for Orchestra {
    fn profile(&self, instrument: &Instrument, opening: Opening<'_>) -> Profile {
        let Some(backend) = backend::find(&instrument.constructor) else { return Class::Acts.profile() };
        let player = self.player(&instrument.constructor).unwrap_or(backend);
        Profile { price: self.price(player, instrument, opening), ..backend.profile(instrument, opening) }
    }

    fn exists(&self, constructor: &str) -> bool {
        backend::find(constructor).is_some()
    }
}

/// Has a backend show the first request that it would send, or say why it would send none.
async fn show(backend: &dyn Backend, request: Request, stage: &Stage) {
    let watch = Arc::new(Withholding { watch: stage.watch.clone(), shown: AtomicBool::new(false) });
    let played = backend.play(request, &Stage { watch: watch.clone(), ..stage.clone() }).await;
    if let (Err(failure), false) = (played, watch.shown.load(Ordering::Relaxed)) {
        let help = failure.help.map(|help| format!("; {help}")).unwrap_or_default();
        stage.watch.event(Event::Note(format!("there is no request to send: {}{help}", failure.message)));
    }
}

/// Passes on what is seen, and withholds requests.
struct Withholding {
    watch: Arc<dyn Watch>,
    shown: AtomicBool,
}

impl Watch for Withholding {
    fn event(&self, event: Event) {
        if matches!(event, Event::Request(_)) {
            self.shown.store(true, Ordering::Relaxed);
        }
        self.watch.event(event);
    }

    fn wants_text(&self) -> bool {
        self.watch.wants_text()
    }

    fn withholds(&self) -> bool {
        true
    }
}

/// A recording in the place of an instrument.
fn recorded(name: &Arc<str>, recording: &Path) -> Arc<Instrument> {
    let file = Value::text(&recording.to_string_lossy());
    let settings = Map::from_iter([(Arc::from("file"), file)]);
    Arc::new(Instrument { name: name.clone(), constructor: Arc::from("replay"), settings })
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
