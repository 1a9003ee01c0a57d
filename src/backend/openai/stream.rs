//! An answer that comes bit by bit.

use serde::Deserialize;

use crate::backend::chat::{Marker, Story, Told, Unread};
use crate::instrument::Usage;

use super::decode::{Message, Said, Used};
use super::wrong::Wrong;

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
pub(super) struct Sofar {
    message: Message,
    usage: Option<Usage>,
    done: bool,
}

impl Story for Sofar {
    fn take(&mut self, data: &[u8]) -> Result<(), Unread> {
        if data == b"[DONE]" {
            self.done = true;
            return Ok(());
        }
        let chunk: Chunk = serde_json::from_slice(data).map_err(|_| Unread::Other)?;
        if let Some(wrong) = chunk.error {
            return Err(Unread::Fault(wrong.inside()));
        }
        if let Some(used) = chunk.usage {
            self.usage = Some(used.into());
        }
        for delta in chunk.choices.into_iter().filter(|delta| delta.index == 0) {
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
        Ok(())
    }

    fn text(&self) -> &str {
        &self.message.text
    }

    fn marker(&self) -> Marker {
        match (self.done, &self.message.finish) {
            (true, _) => Marker::Over,
            // Some servers leave the last mark out.
            (false, Some(_)) => Marker::Reason,
            (false, None) => Marker::Missing,
        }
    }

    fn told(self: Box<Self>) -> Told {
        self.message.told(self.usage.unwrap_or_default())
    }
}
