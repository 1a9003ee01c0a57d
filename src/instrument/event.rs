//! What can be seen of a call while it lasts. For people who watch; never part of a result.

use std::future::Future;
use std::pin::Pin;

use super::{Failure, Usage};

/// Something seen of a call in progress.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// It waits for its turn (a queue, a rate limit, a pause before it is tried again), and why.
    Waiting(String),
    /// A line worth reading: what is being fetched, loaded, tried again.
    Note(String),
    /// Progress of something long, such as a download: done and, where known, all, in bytes.
    Progress {
        /// So far.
        done: u64,
        /// In all.
        total: Option<u64>,
    },
    /// More of the answer.
    Text(String),
    /// What it has taken so far.
    Usage(Usage),
    /// A request that would be sent; only where requests are withheld.
    Request(Box<Outgoing>),
}

/// A request over the network, as it would be sent but for secrets, which stand in it by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// `GET`, `POST`, …
    pub method: String,
    /// Where to.
    pub url: String,
    /// Its headers, but for those that every connection adds (`host`, `content-length`, `accept-encoding`).
    pub headers: Vec<(String, String)>,
    /// Its body; how long it is where it is no text.
    pub body: String,
}

/// Ends when a call may be sent.
pub type Clearance<'a> = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send + 'a>>;

/// Takes what is seen of one call. Cheap to call, never blocks.
pub trait Watch: Send + Sync {
    /// Notes one event.
    fn event(&self, event: Event);

    /// Whether anyone looks at the answer while it comes. Where nobody does, a backend may take it in
    /// one piece, which costs less.
    fn wants_text(&self) -> bool {
        true
    }

    /// The call waits for its turn, and for what. Said by those who tell when they send
    /// ([`super::Backend::tells_when_sent`]).
    fn queued(&self, why: String) {
        self.event(Event::Waiting(why));
    }

    /// The call is about to be sent: a request leaves, a command starts. `None`: at once; else once this has ended,
    /// and not where that fails.
    fn sending(&self) -> Option<Clearance<'_>> {
        None
    }

    /// The first of the answer has come.
    fn answering(&self) {}

    /// Whether requests are shown ([`Event::Request`]) and not sent.
    fn withholds(&self) -> bool {
        false
    }
}
