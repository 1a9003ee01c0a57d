//! The embedded model behind the instrument constructor `local()`: pure Rust, on the CPU, with answers held to a JSON Schema.
//!
//! It knows nothing of Score: a [`LocalJob`] goes in, a [`LocalStream`] of events comes out. The model is small, and its answers are of
//! demo quality: what a schema says holds, what the words say may not.
//!
//! | file | holds |
//! |---|---|
//! | `job` | the job and its events |
//! | `worker` | the one thread, its queue, the loaded models |
//! | `threads` | on how many threads it computes |
//! | `weights/` | finding, fetching, checking and converting the weights |
//! | `model` | loading, and writing one answer |
//! | `tokens` | text to token ids and back, chat markers |
//! | `sample` | choosing a token |
//! | `schema/` | a JSON Schema made ready for the grammar, and how long its answers get |
//! | `constrain` | the grammar at work |
//! | `error` | what can go wrong |

mod constrain;
mod error;
mod job;
mod model;
mod sample;
mod schema;
mod threads;
mod tokens;
mod weights;
mod worker;

#[cfg(test)]
mod tests;

pub use error::LocalError;
pub use job::{LocalAnswer, LocalEvent, LocalJob, LocalMessage, LocalRole, LocalStop, LocalStream};
pub use worker::submit;
