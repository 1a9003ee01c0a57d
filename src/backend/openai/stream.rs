//! An answer that comes bit by bit.

use std::time::Duration;

use serde::Deserialize;
use tokio::time::timeout;

use crate::backend::wire::{Answered, BODY_CAP, EVENT_CAP, Events};
use crate::instrument::{Event, Failure, FailureKind, Reply, Usage, Watch};

use super::decode::{Message, Said, Used, Wrong, conclude, wrong_inside};

const LAST_BYTES: Duration = Duration::from_millis(100);

#[derive(Deserialize)]
struct Chunk {
    #[serde(default)]
    choices: Vec<Delta>,
    usage: Option<Used>,
    error: Option<Wrong>,
}

#[derive(Deserialize)]
struct Delta {
    #[serde(default)]
    index: u32,
    #[serde(rename = "delta")]
    said: Option<Said>,
    finish_reason: Option<String>,
}

/// What has come so far.
#[derive(Default)]
struct Sofar {
    message: Message,
    shown: usize,
    usage: Option<Usage>,
    done: bool,
    wrong: Option<Wrong>,
    broken: Option<String>,
}

impl Sofar {
    fn take(&mut self, data: &[u8]) {
        if self.done || self.wrong.is_some() || self.broken.is_some() || data.is_empty() {
            return;
        }
        if data == b"[DONE]" {
            self.done = true;
            return;
        }
        let Ok(chunk) = serde_json::from_slice::<Chunk>(data) else {
            self.broken = Some(String::from_utf8_lossy(data).into_owned());
            return;
        };
        self.wrong = chunk.error;
        if let Some(used) = chunk.usage {
            self.usage = Some(used.into());
        }
        for delta in chunk.choices {
            if delta.index != 0 {
                continue;
            }
            if let Some(said) = delta.said {
                self.message.text.push_str(&said.content.unwrap_or_default());
                if let Some(refusal) = said.refusal {
                    self.message.refusal.get_or_insert_default().push_str(&refusal);
                }
                self.message.called.take(said.tool_calls.unwrap_or_default());
            }
            if delta.finish_reason.is_some() {
                self.message.finish = delta.finish_reason;
            }
        }
    }
}

/// Reads the stream to its end. A stream that breaks off before it says that it is complete is never an
/// answer, whatever it held.
pub(super) async fn read(
    answered: &mut Answered<'_>,
    watch: &dyn Watch,
    tools: bool,
) -> Result<Reply, Failure> {
    let mut events = Events::new(EVENT_CAP);
    let mut sofar = Sofar::default();
    let wanted = watch.wants_text();
    while let Some(bytes) = answered.chunk(BODY_CAP).await.map_err(|failure| partial(failure, &sofar))? {
        let fed = events.feed(bytes.as_ref(), &mut |_, data| sofar.take(data));
        if fed.is_err() {
            let message =
                format!("{} sent an event longer than {} MiB", answered.order().place(), EVENT_CAP >> 20);
            return Err(partial(answered.failure(FailureKind::BadShape, message), &sofar));
        }
        if let Some(wrong) = &sofar.wrong {
            return Err(wrong_inside(answered, wrong));
        }
        if let Some(broken) = &sofar.broken {
            let message =
                format!("{} sent a piece of an answer that can't be read", answered.order().place());
            return Err(answered.failure(FailureKind::Unavailable, message).with_exchange("", broken));
        }
        let text = &sofar.message.text;
        if wanted && sofar.shown < text.len() {
            watch.event(Event::Text(text[sofar.shown..].to_owned()));
            sofar.shown = text.len();
        }
        if sofar.done {
            // What follows is the end of the body: taken in, it leaves the connection fit for the next call.
            let _ = timeout(LAST_BYTES, answered.chunk(BODY_CAP)).await;
            break;
        }
    }
    if !(sofar.done || sofar.message.finish.is_some() && answered.has_marked_end()) {
        let message = format!("{} broke off in the middle of its answer", answered.order().place());
        return Err(partial(answered.failure(FailureKind::Unavailable, message), &sofar));
    }
    conclude(answered, sofar.message, tools, sofar.usage.unwrap_or_default())
}

fn partial(failure: Failure, sofar: &Sofar) -> Failure {
    failure.with_exchange("", &sofar.message.text)
}
