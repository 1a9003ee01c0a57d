//! What the tests of backends share, and the faults of the world against each backend that meets them.

mod faults;
mod images_and_sounds;
mod made;
mod matrix;
mod sdks;
mod server;
pub(super) mod tiny;
mod tools;
mod valid;
mod wires;

use std::sync::{Arc, Mutex};

use crate::instrument::{
    CallId, Class, Event, Failure, FailureKind, Message, Reply, Request, Role, Stage, Watch,
};
use crate::types::Type;
use crate::value::{Instrument, Unjudged, Value};

/// Notes what is seen.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) events: Mutex<Vec<Event>>,
}

impl Watch for Seen {
    fn event(&self, event: Event) {
        self.events.lock().unwrap().push(event);
    }
}

pub(super) fn stage() -> Stage {
    stage_with(Arc::new(Seen::default()))
}

pub(super) fn stage_with(watch: Arc<dyn Watch>) -> Stage {
    Stage {
        watch,
        people: None,
        asks: None,
        functions: Arc::new(|_, _| Err(Failure::new(FailureKind::InvalidRequest, "no functions here"))),
        judging: Arc::new(|judged| judged(&mut Unjudged)),
        orchestra: Arc::new(|request, stage| Box::pin(async move { play(request, &stage).await })),
        folder: Arc::from(std::env::temp_dir()),
        cabinet: Arc::default(),
    }
}

pub(super) fn instrument(constructor: &str, settings: &[(&str, Value)]) -> Arc<Instrument> {
    Arc::new(Instrument {
        name: constructor.into(),
        constructor: constructor.into(),
        settings: settings.iter().map(|(name, value)| (Arc::from(*name), value.clone())).collect(),
    })
}

pub(super) fn said(role: Role, words: &str) -> Message {
    Message::words(role, words)
}

pub(super) fn request(instrument: &Arc<Instrument>, answer: Type, words: &str) -> Request {
    Request {
        call: CallId(1),
        path: "main/part".into(),
        instrument: instrument.clone(),
        part: "part".into(),
        doc: "".into(),
        messages: vec![said(Role::User, words)],
        tools: Arc::from([]),
        arguments: Vec::new(),
        answer,
        choices: None,
        made: None,
        stdin: None,
        prefill: None,
        attempt: 0,
        fresh: false,
        class: Class::Thinks,
        within: None,
        longest: None,
        ensures: None,
        idempotency_key: "run-call".into(),
    }
}

pub(super) async fn play(request: Request, stage: &Stage) -> Result<Reply, Failure> {
    let backend = super::find(&request.instrument.constructor).expect("a backend");
    backend.play(request, stage).await
}
