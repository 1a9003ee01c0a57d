//! The one thread that computes. Jobs wait for it in order, whichever instrument they come from.
//!
//! Two answers at once would each take more than twice as long: every layer of the model ends in a barrier between threads.

use std::collections::HashMap;
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::error::LocalError;
use super::job::{JobSink, LocalAnswer, LocalEvent, LocalJob, LocalStream};
use super::model::{Listener, Model, Request};
use super::sample::Taste;
use super::threads::compute;
use super::weights::{DEFAULT, Fetch, Places, find, ready};

/// What the model's makers recommend.
const TEMPERATURE: f32 = 0.2;
const TOP_P: f32 = 0.9;

type Queued = (LocalJob, JobSink);

/// The way to the worker, once it has been started.
static WORKER: Mutex<Option<Sender<Queued>>> = Mutex::new(None);

/// Hands a job to the worker, which is started by the first one. Returns at once.
///
/// The stream's last event is `Done` or `Failed`; dropping the stream cancels the job.
pub fn submit(job: LocalJob) -> LocalStream {
    let (sink, stream) = JobSink::pair();
    let mut worker = WORKER.lock().unwrap_or_else(PoisonError::into_inner);
    let unsent = match worker.as_ref() {
        Some(queue) => queue.send((job, sink)).err().map(|error| error.0),
        None => Some((job, sink)),
    };
    let Some((job, sink)) = unsent else { return stream };
    let (queue, jobs) = channel();
    match thread::Builder::new()
        .name("score-local-model".to_owned())
        .spawn(move || Worker::default().run(&jobs))
    {
        Ok(_detached) => {
            let _receiver_lives_in_the_thread = queue.send((job, sink));
            *worker = Some(queue);
        }
        Err(error) => sink.send(LocalEvent::Failed(LocalError::inference(error))),
    }
    stream
}

#[derive(Default)]
struct Worker {
    /// By path as it was given; `None` is the default model.
    models: HashMap<Option<PathBuf>, Model>,
}

impl Worker {
    fn run(&mut self, jobs: &Receiver<Queued>) {
        for (job, sink) in jobs {
            let done = catch_unwind(AssertUnwindSafe(|| self.perform(&job, &sink)));
            let done = done.unwrap_or_else(|panic| {
                // What it was working on may be half changed.
                self.models.remove(&job.model);
                let reason = panic
                    .downcast_ref::<String>()
                    .map(String::as_str)
                    .or_else(|| panic.downcast_ref::<&str>().copied());
                Err(LocalError::inference(reason.unwrap_or("it panicked")))
            });
            sink.send(match done {
                Ok(answer) => LocalEvent::Done(answer),
                Err(error) => LocalEvent::Failed(error),
            });
        }
    }

    fn perform(&mut self, job: &LocalJob, sink: &JobSink) -> Result<LocalAnswer, LocalError> {
        if sink.is_cancelled() {
            return Err(LocalError::Cancelled);
        }
        let mut voice = Voice { sink };
        let done = compute(|| {
            let model = match self.models.remove(&job.model) {
                Some(model) => model,
                None => load(job, &mut voice)?,
            };
            let model = self.models.entry(job.model.clone()).or_insert(model);
            let request = Request {
                messages: &job.messages,
                schema: job.schema.as_ref(),
                max_tokens: job.max_tokens,
                taste: Taste {
                    temperature: job.temperature.unwrap_or(TEMPERATURE),
                    top_p: job.top_p.unwrap_or(TOP_P),
                    seed: job.seed.unwrap_or_else(|| RandomState::new().hash_one(0)),
                },
            };
            model.answer(&request, &mut voice)
        });
        done.unwrap_or_else(|| Err(LocalError::inference("its thread ended")))
    }
}

/// Finds, fetches if need be, converts if need be, and loads; a damaged copy is made again, once.
fn load(job: &LocalJob, voice: &mut Voice<'_>) -> Result<Model, LocalError> {
    let places = Places::of_environment();
    let mut again = true;
    loop {
        let found = find(job.model.as_deref(), &places, &DEFAULT, voice)?;
        let ready = ready(&found, &places, voice)?;
        match Model::load(&ready) {
            Err(error @ LocalError::Damaged { .. }) if ready.sealed && again => {
                again = false;
                voice.note(&format!("{error}; it is made again"));
                fs::remove_file(&ready.path).map_err(LocalError::file(&ready.path))?;
            }
            loaded => return loaded,
        }
    }
}

/// Turns what happens into events of the job.
struct Voice<'a> {
    sink: &'a JobSink,
}

impl Fetch for Voice<'_> {
    fn note(&mut self, line: &str) {
        self.sink.send(LocalEvent::Note(line.to_owned()));
    }

    fn progress(&mut self, done: u64, total: Option<u64>) {
        self.sink.send(LocalEvent::Progress { done, total });
    }

    fn is_cancelled(&self) -> bool {
        self.sink.is_cancelled()
    }
}

impl Listener for Voice<'_> {
    fn text(&mut self, piece: &str) {
        self.sink.send(LocalEvent::Text(piece.to_owned()));
    }

    fn is_cancelled(&self) -> bool {
        self.sink.is_cancelled()
    }
}
