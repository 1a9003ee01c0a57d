//! A job for the embedded model and the events that come back. Holds data only.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::error::LocalError;

/// Who speaks in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LocalRole {
    /// Standing instructions.
    System,
    /// The one who asks.
    User,
    /// An earlier answer of the model.
    Assistant,
}

/// One message of the conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalMessage {
    /// Who speaks.
    pub role: LocalRole,
    /// Plain text; chat markers in it are read as text, never as markers.
    pub text: String,
}

/// What to ask of the embedded model.
#[derive(Debug, Clone, Default)]
pub struct LocalJob {
    /// A GGUF file; `None` is the default model.
    pub model: Option<PathBuf>,
    /// The conversation, oldest first.
    pub messages: Vec<LocalMessage>,
    /// JSON Schema that the answer must meet; `None` asks for free text.
    pub schema: Option<Value>,
    /// Randomness from 0 (always the likeliest token); `None` is 0.2.
    pub temperature: Option<f32>,
    /// Share of probability that sampling chooses from, 0 to 1; `None` is 0.9.
    pub top_p: Option<f32>,
    /// Most tokens of the answer; `None` is sized from the schema; a text then ends with its sentence or line
    /// after 384, and with 512 at the latest.
    pub max_tokens: Option<usize>,
    /// Same seed, same answer; `None` takes a new one each time.
    pub seed: Option<u64>,
}

/// Why the model stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LocalStop {
    /// It had finished.
    End,
    /// `max_tokens` or the context ran out; with a schema the text is then not valid JSON.
    Length,
}

/// A complete answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalAnswer {
    /// The whole text.
    pub text: String,
    /// Tokens read.
    pub prompt_tokens: usize,
    /// Tokens written, those that the grammar forced included.
    pub completion_tokens: usize,
    /// Why it stopped.
    pub stop: LocalStop,
    /// Keywords of the schema that the grammar did not hold; the caller must check them.
    pub unchecked: Vec<String>,
}

/// What happens to a job, in order. `Done` or `Failed` is the last.
#[derive(Debug)]
pub enum LocalEvent {
    /// One line for people: loading, fetching.
    Note(String),
    /// Bytes fetched so far, of how many where that is known.
    Progress {
        /// Bytes so far.
        done: u64,
        /// Bytes in all.
        total: Option<u64>,
    },
    /// A piece of the answer: whole characters.
    Text(String),
    /// The answer.
    Done(LocalAnswer),
    /// There is none.
    Failed(LocalError),
}

/// The events of one job. Dropping it cancels the job.
#[derive(Debug)]
pub struct LocalStream {
    events: UnboundedReceiver<LocalEvent>,
    cancelled: Arc<AtomicBool>,
}

impl LocalStream {
    /// The next event; `None` after the last one.
    pub async fn next(&mut self) -> Option<LocalEvent> {
        self.events.recv().await
    }

    /// As [`next`](Self::next), for threads that are not async.
    pub fn next_blocking(&mut self) -> Option<LocalEvent> {
        self.events.blocking_recv()
    }

    /// Stops the job at its next token; its last event is then `Failed(Cancelled)`.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }
}

/// The worker's end of a [`LocalStream`].
#[derive(Debug, Clone)]
pub(super) struct JobSink {
    events: UnboundedSender<LocalEvent>,
    cancelled: Arc<AtomicBool>,
}

impl JobSink {
    /// A sink and the stream that it feeds.
    pub(super) fn pair() -> (Self, LocalStream) {
        let (sender, events) = unbounded_channel();
        let cancelled = Arc::new(AtomicBool::new(false));
        (Self { events: sender, cancelled: Arc::clone(&cancelled) }, LocalStream { events, cancelled })
    }

    /// Sends an event; nobody listening is not an error (see [`is_cancelled`](Self::is_cancelled)).
    pub(super) fn send(&self, event: LocalEvent) {
        let _nobody_listens = self.events.send(event);
    }

    /// Whether the job was cancelled or its stream dropped.
    pub(super) fn is_cancelled(&self) -> bool {
        self.events.is_closed() || self.cancelled.load(Ordering::Relaxed)
    }
}
