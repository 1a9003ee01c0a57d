//! The clients that all backends share. Each is made when it is first needed: reading the system's
//! certificates costs more than a call, so plain `http` never does it.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::{Client, ClientBuilder, Url, redirect};
use rustls::ClientConfig;
use rustls_platform_verifier::BuilderVerifierExt as _;

use crate::instrument::{Failure, FailureKind};

use super::address::{is_loopback, place};
use super::dial::Diallers;
use super::lanes::LANES;

const KEPT: Duration = Duration::from_secs(90);
/// How often a connection that calls wait on is asked whether it is still there, and how long it may think.
const ALIVE: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(20));

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
    pub(super) fn with(url: &Url, prior: bool) -> Self {
        match (url.scheme(), prior) {
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

type Made = OnceLock<Result<Client, String>>;

/// The client for a conversation of another library with this address.
pub(in crate::backend) fn conversing(url: &Url) -> Result<&'static Client, Failure> {
    client(url, Speech::with(url, false), 0)
}

/// The client for an address: straight to this machine, through the system's proxy to all others.
pub(super) fn client(url: &Url, speech: Speech, lane: usize) -> Result<&'static Client, Failure> {
    // Those straight to this machine stand in the second half.
    static CLIENTS: [[Made; LANES]; 6] = [const { [const { OnceLock::new() }; LANES] }; 6];
    let straight = is_loopback(url);
    let client = CLIENTS[speech as usize + 3 * usize::from(straight)][lane % LANES].get_or_init(|| {
        let builder = if straight { common().no_proxy() } else { common() };
        made(builder, speech)
    });
    client.as_ref().map_err(|why| {
        Failure::new(FailureKind::Unavailable, format!("connections can't be set up here: {why}"))
            .with_help("`score doctor` looks at certificates and proxies")
    })
}

/// Redirects are followed by `hop`, which knows what may go where; time is `dial`'s.
fn common() -> ClientBuilder {
    Client::builder()
        .redirect(redirect::Policy::none())
        .connector_layer(Diallers)
        .tcp_nodelay(true)
        .pool_idle_timeout(KEPT)
        .pool_max_idle_per_host(usize::MAX)
        .user_agent(concat!("score/", env!("CARGO_PKG_VERSION")))
}

fn made(builder: ClientBuilder, speech: Speech) -> Result<Client, String> {
    let builder = match speech {
        Speech::Plain => builder.http1_only().tls_backend_preconfigured(nobody()?),
        Speech::Prior => lively(builder.http2_prior_knowledge()).tls_backend_preconfigured(nobody()?),
        Speech::Secure => lively(builder).tls_backend_preconfigured(trusted()?),
    };
    builder.build().map_err(|error| chain(&error))
}

fn lively(builder: ClientBuilder) -> ClientBuilder {
    builder.http2_keep_alive_interval(ALIVE.0).http2_keep_alive_timeout(ALIVE.1)
}

/// Whom `https` connections trust, in a few words.
///
/// # Errors
/// Why they can't be made.
pub fn trust() -> Result<String, String> {
    trusted()?;
    let named = ["SSL_CERT_FILE", "SSL_CERT_DIR"].into_iter().filter(|name| std::env::var_os(name).is_some());
    let named: Vec<&str> = named.collect();
    Ok(if named.is_empty() {
        "those of the system".to_owned()
    } else {
        format!("those of {}", named.join(" and "))
    })
}

/// The variables that name proxies, with where these are.
#[must_use]
pub fn proxies() -> Vec<(String, String)> {
    let names = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
    let set = |name: &'static str| Some((name, std::env::var(name).ok().filter(|value| !value.is_empty())?));
    let shown = |(name, value): (&str, String)| {
        // A proxy's address may hold a name and a password.
        let place = Url::parse(&value).ok().filter(|url| url.has_host()).map(|url| place(&url));
        (name.to_owned(), place.unwrap_or_else(|| "set, and no address that can be read".to_owned()))
    };
    names.into_iter().filter_map(set).map(shown).collect()
}

/// TLS that trusts whom the system trusts (`SSL_CERT_FILE` and `SSL_CERT_DIR` name others), read once.
fn trusted() -> Result<ClientConfig, String> {
    static TRUSTED: OnceLock<Result<ClientConfig, String>> = OnceLock::new();
    let config = TRUSTED.get_or_init(|| {
        let builder = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .and_then(rustls::ConfigBuilder::with_platform_verifier);
        let mut config = builder.map_err(|error| error.to_string())?.with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    });
    config.clone()
}

/// For clients that never speak TLS: trusts nobody and costs nothing.
fn nobody() -> Result<ClientConfig, String> {
    let builder = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    Ok(builder.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth())
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// An error with what caused it, innermost last.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}
