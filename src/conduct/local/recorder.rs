//! Writes a recording while a run is performed.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::instrument::{Failure, Reply, Request, recording_line};

/// Writes a line for every call that ends.
#[derive(Debug)]
pub struct Recorder {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    file: File,
    calls: usize,
    /// What could not be written, and why.
    lost: Vec<String>,
}

impl Recorder {
    /// A recorder into a new file, in place of the one that is there.
    ///
    /// # Errors
    /// If it can't be made.
    pub fn create(path: &Path) -> std::io::Result<Self> {
        let file = File::create(path)?;
        Ok(Self { state: Mutex::new(State { file, calls: 0, lost: Vec::new() }) })
    }

    /// Records a call.
    pub(super) fn note(&self, request: &Request, end: &Result<Reply, Failure>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.calls += 1;
        let written = recording_line(request, end)
            .map_err(|error| error.to_string())
            .and_then(|line| writeln!(state.file, "{line}").map_err(|error| error.to_string()));
        if let Err(why) = written {
            state.lost.push(format!("{}: {why}", request.path));
        }
    }

    /// How many calls ended, and which of them could not be recorded.
    #[must_use]
    pub fn finish(&self) -> (usize, Vec<String>) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        (state.calls, state.lost.clone())
    }
}
