//! HTTP as every backend that needs it uses it: connections kept, time and size bounded, what surely
//! did nothing tried again, limits shared, secrets kept out of every message.
//!
//! Connections are kept and shared: HTTP/2 where an `https://` server has it ([`lanes`], [`dial`]), through the
//! system's proxy (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`) but for this machine, trusting whom the system trusts
//! (or `SSL_CERT_FILE`). TLS is set up when the first `https://` address is called.
//!
//! Time: 10 s to connect, 5 min to the first byte, 60 s between bytes, 10 min in all; `timeout:` sets
//! the last and, where it is shorter or longer, the second, or each by name ([`Patience`]). Sizes: 8 MiB an
//! event of a stream, 64 MiB a body, counted after decompression.
//!
//! Tried again (bounded, jittered; `Retry-After`, what the body of a refusal asks for, and limits that say when they
//! are whole again are honoured up to 60 s): connections never made, requests that an HTTP/2 server says it let be,
//! 429, 503 and 529; for calls that change nothing or carry an idempotency key also 500, 502, 504 and connections
//! lost before an answer came. Limits: [`gate`].
//! Redirects are followed five times, without what carries keys where they lead to another place ([`hop`]).

mod address;
mod body;
mod client;
mod conversing;
mod dial;
mod gate;
mod glance;
mod hop;
mod lanes;
mod lines;
mod order;
mod patience;
mod proxy;
mod request;
mod secrets;
mod shown;
mod sse;
mod status;
mod trouble;
mod trust;
mod ways;

pub use proxy::named as proxies;
pub use trust::trust;

pub(super) use address::{Target, endpoint};
pub(super) use conversing::conversing;
pub(super) use gate::gate;
pub(super) use glance::glance;
pub(super) use lines::Lines;
pub(super) use order::{Answered, Order, exchange, seconds};
pub(super) use patience::{Patience, Timeouts};
pub(super) use request::Request;
pub(super) use secrets::Secrets;
pub(super) use shown::shown_headers;
pub(super) use sse::Events;
pub(super) use status::{Again, kind_of_status};

/// Most bytes of a body that are taken.
pub(super) const BODY_CAP: usize = 64 << 20;
/// Most bytes of one event of a stream that are taken.
pub(super) const EVENT_CAP: usize = 8 << 20;
