//! `replay("file")`: answers as a recording has them (`score run --record FILE`), found by the part and what is
//! asked, each once and in the order in which they were recorded.

use std::path::Path;

use crate::instrument::{
    Abilities, Backend, Cabinet, Class, Failure, FailureKind, Opening, PlayFuture, Profile, Recorded, Reply,
    Request, Stage, asked, read_recording,
};
use crate::types::{Signature, Type};
use crate::value::Instrument;

use super::said::sent;
use super::script::EVERYTHING;
use super::settings::{Settings, constructor};

/// The backend.
pub(super) struct Replay;

impl Backend for Replay {
    fn name(&self) -> &'static str {
        "replay"
    }

    fn doc(&self) -> &'static str {
        "A stand-in: answers from a recording that `score run --record FILE` made."
    }

    fn signature(&self) -> Signature {
        constructor(&[("file", Type::Text, "The recording, from the score's folder.")], &[])
    }

    fn abilities(&self, _instrument: &Instrument) -> Abilities {
        EVERYTHING
    }

    fn profile(&self, _instrument: &Instrument, _opening: Opening<'_>) -> Profile {
        // Calls that ask the same are answered in written order.
        Profile { stand_in: true, ordered: true, ..Class::Thinks.profile() }
    }

    fn recalled(&self, request: &Request, folder: &Path, cabinet: &Cabinet) {
        if let Ok(file) = Settings::of(&request.instrument).needed("file") {
            let path = folder.join(file);
            let _ = cabinet.recorded(&path, || load(&path, file), &request.part, &asked(request));
        }
    }

    fn play<'a>(&'a self, request: Request, stage: &'a Stage) -> PlayFuture<'a> {
        Box::pin(std::future::ready(play(&request, stage)))
    }
}

fn play(request: &Request, stage: &Stage) -> Result<Reply, Failure> {
    let file = Settings::of(&request.instrument).needed("file")?;
    let path = stage.folder.join(file);
    let found = stage.cabinet.recorded(&path, || load(&path, file), &request.part, &asked(request))?;
    match found {
        Some(Recorded { end, .. }) => end,
        None => Err(unrecorded(request, file)),
    }
}

fn load(path: &Path, shown: &str) -> Result<Vec<Recorded>, Failure> {
    let failed = |message: String| Failure::new(FailureKind::InvalidRequest, message);
    let text = std::fs::read_to_string(path).map_err(|error| {
        failed(format!("the recording `{shown}` can't be read: {error}"))
            .with_help(format!("make it: `score run FILE --record {shown}`"))
    })?;
    read_recording(&text)
        .map_err(|(line, why)| failed(format!("line {line} of `{shown}` is no recording: {why}")))
}

fn unrecorded(request: &Request, file: &str) -> Failure {
    let message = format!("`{file}` has no answer left for what `{}` is asked", request.part);
    Failure::new(FailureKind::Exhausted, message)
        .with_help(format!(
            "what is asked has changed since: record it anew with `score run FILE --record {file}`"
        ))
        .with_exchange(&sent(request), "")
}
