//! `--show-requests`: what would be sent, on the standard output, as a request file or as lines of JSON.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value as Json, json};

use super::exit::Exit;
use super::progress::Progress;
use super::terminal;
use crate::instrument::{CallId, Event, Outgoing};
use crate::session::{Began, Seen, View};

/// Prints requests, and passes on to the progress what else is seen.
pub(super) struct Requests {
    progress: Arc<Progress>,
    json: bool,
    calls: Mutex<HashMap<CallId, Began>>,
    shown: AtomicUsize,
    lost: AtomicUsize,
}

impl Requests {
    /// As a request file, or as lines of JSON.
    pub(super) fn new(progress: Arc<Progress>, json: bool) -> Self {
        let (calls, shown, lost) = (Mutex::default(), AtomicUsize::new(0), AtomicUsize::new(0));
        Self { progress, json, calls, shown, lost }
    }

    /// Says how many there were.
    pub(super) fn finish(&self) -> Exit {
        let shown = self.shown.load(Ordering::Relaxed);
        let plural = if shown == 1 { " is" } else { "s are" };
        terminal::note(&format!("{shown} request{plural} shown, none was sent; stand-ins answered."));
        if self.lost.load(Ordering::Relaxed) == 0 { Exit::Done } else { Exit::Failed }
    }

    fn event(&self, id: CallId, event: Event) {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let (path, by) = match calls.get(&id) {
            Some(began) => (&*began.path, &*began.instrument),
            None => ("", ""),
        };
        match event {
            Event::Request(request) => {
                let text = if self.json { line(path, by, &request) } else { page(path, by, &request) };
                self.shown.fetch_add(1, Ordering::Relaxed);
                if self.progress.aside(|| terminal::result(&text)).is_err() {
                    self.lost.fetch_add(1, Ordering::Relaxed);
                }
            }
            Event::Note(note) => self.progress.aside(|| terminal::note(&format!("{path}: {note}"))),
            other => self.progress.see(Seen::Event(id, other)),
        }
    }
}

impl View for Requests {
    fn see(&self, seen: Seen) {
        match seen {
            Seen::Event(id, event) => self.event(id, event),
            Seen::Began(began) => {
                let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
                calls.insert(began.id, began.clone());
                drop(calls);
                self.progress.see(Seen::Began(began));
            }
            other @ (Seen::Note(_) | Seen::Before(_) | Seen::GoesOn(_) | Seen::Ending(_)) => {
                self.progress.see(other)
            }
        }
    }

    fn live(&self) -> bool {
        self.progress.live()
    }
}

/// A request as request files have it.
fn page(path: &str, by: &str, request: &Outgoing) -> String {
    let headers: String = request.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    let body = if request.body.is_empty() { String::new() } else { format!("\n{}\n", request.body) };
    // What prints it ends the last line: an empty one stands before the next.
    format!("### {path} by {by}\n{} {}\n{headers}{body}", request.method, request.url)
}

fn line(path: &str, by: &str, request: &Outgoing) -> String {
    let headers: Map<String, Json> =
        request.headers.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
    // A body that is JSON is JSON here, too: it can be looked into.
    let body = serde_json::from_str(&request.body).unwrap_or_else(|_| Json::from(request.body.as_str()));
    json!({
        "call": path, "instrument": by, "method": request.method, "url": request.url,
        "headers": headers, "body": body,
    })
    .to_string()
}
