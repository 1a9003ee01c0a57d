//! The clients that all backends share. Each is made when it is first needed: reading the system's
//! certificates costs more than a call, so plain `http` never does it.

use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use crate::instrument::{Failure, FailureKind};

use super::address::Target;
use super::dial::Dialler;
use super::lanes::LANES;
use super::proxy::Proxies;
use super::request::Request;
use super::trouble::is_unprocessed;
use super::trust::trusted;
use super::ways::Ways;

/// How long a connection is kept that nobody uses.
pub(super) const KEPT: Duration = Duration::from_secs(90);
/// How often a connection that calls wait on is asked whether it is still there, and how long it may think.
pub(super) const ALIVE: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(20));
/// How often a request is sent again at once that the server took note of and let be.
const UNPROCESSED: usize = 2;

/// What a client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speech {
    /// `http://`, HTTP/1.
    Plain,
    /// `http://`, HTTP/2 from the first byte on.
    Prior,
    /// `https://`, HTTP/2 where the server has it.
    Secure,
}

impl Speech {
    /// What is spoken with an address.
    pub(super) fn with(target: &Target, prior: bool) -> Self {
        match (target.url().scheme(), prior) {
            ("https", _) => Self::Secure,
            (_, true) => Self::Prior,
            _ => Self::Plain,
        }
    }

    /// Whether calls may share a connection.
    pub(super) fn may_share(self) -> bool {
        self != Self::Plain
    }
}

/// Keeps connections and sends requests on them.
pub(super) struct Client {
    speech: Speech,
    hyper: legacy::Client<Dialler, Full<Bytes>>,
    /// Nothing where it goes straight to all.
    proxies: Option<&'static Proxies>,
}

type Made = OnceLock<Result<Client, String>>;

/// The client for an address: straight to this machine, through the system's proxy to all others.
pub(super) fn client(target: &Target, speech: Speech, lane: usize) -> Result<&'static Client, Failure> {
    // Those straight to this machine stand in the second half.
    static CLIENTS: [[Made; LANES]; 6] = [const { [const { OnceLock::new() }; LANES] }; 6];
    let straight = target.is_loopback();
    let made = &CLIENTS[speech as usize + 3 * usize::from(straight)][lane % LANES];
    made.get_or_init(|| Client::new(speech, straight)).as_ref().map_err(|why| unable(why))
}

/// That no connections can be made at all.
pub(super) fn unable(why: &str) -> Failure {
    Failure::new(FailureKind::Unavailable, format!("connections can't be set up here: {why}"))
        .with_help("`score doctor` looks at certificates and proxies")
}

impl Client {
    /// Redirects are followed by `hop`, which knows what may go where; time is `dial`'s.
    fn new(speech: Speech, straight: bool) -> Result<Self, String> {
        let tls = if speech == Speech::Secure { Some(trusted()?) } else { None };
        let ways = Ways::new(tls, straight);
        let proxies = ways.proxies();
        let mut builder = legacy::Client::builder(TokioExecutor::new());
        builder.timer(TokioTimer::new()).pool_timer(TokioTimer::new());
        builder.pool_idle_timeout(KEPT).pool_max_idle_per_host(usize::MAX);
        if speech.may_share() {
            builder.http2_keep_alive_interval(ALIVE.0).http2_keep_alive_timeout(ALIVE.1);
        }
        builder.http2_only(speech == Speech::Prior);
        Ok(Self { speech, hyper: builder.build(Dialler::new(ways)), proxies })
    }

    /// The proxy on the way to an address, for people.
    pub(super) fn proxy(&self, target: &Target) -> Option<String> {
        let proxy = self.proxies?.on_the_way(target.uri())?;
        // What stands before the host is a name and a password.
        proxy.uri().authority()?.as_str().rsplit('@').next().map(str::to_owned)
    }

    /// Sends a request and waits for the head of the answer.
    pub(super) async fn send(&self, request: &Request) -> Result<http::Response<Incoming>, legacy::Error> {
        let mut again = 0;
        loop {
            let mut dressed = request.dressed(self.speech == Speech::Plain);
            if let Some(proxies) = self.proxies {
                proxies.unlock(&mut dressed);
            }
            match self.hyper.request(dressed).await {
                Err(error) if again < UNPROCESSED && is_unprocessed(&error) => again += 1,
                outcome => return outcome,
            }
        }
    }
}
