//! HTTP as every backend that needs it uses it: connections kept, time and size bounded, what surely
//! did nothing tried again, limits shared, secrets kept out of every message.
//!
//! Time: 10 s to connect, 5 min to the first byte, 60 s between bytes, 10 min in all; `timeout:` sets
//! the last and, where it is shorter or longer, the second ([`Patience`]). Sizes: 8 MiB an event of a
//! stream, 64 MiB a body, counted after decompression.
//!
//! Tried again (bounded, jittered, `Retry-After` honoured up to 60 s): connections never made, 429, 503
//! and 529; for calls that change nothing or carry an idempotency key also 500, 502 and 504.

mod address;
mod client;
mod gate;
mod order;
mod patience;
mod secrets;
mod sse;
mod status;
mod trouble;

pub(super) use address::{Target, endpoint};
pub(super) use gate::gate;
pub(super) use order::{Answered, Order, exchange, seconds};
pub(super) use patience::Patience;
pub(super) use secrets::Secrets;
pub(super) use sse::Events;
pub(super) use status::kind_of_status;

/// Most bytes of a body that are taken.
pub(super) const BODY_CAP: usize = 64 << 20;
/// Most bytes of one event of a stream that are taken.
pub(super) const EVENT_CAP: usize = 8 << 20;
