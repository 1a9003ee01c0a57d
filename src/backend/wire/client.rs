//! The connections that all backends share. Each of the three kinds is made when it is first needed:
//! reading the system's certificates costs more than a call, so plain `http` never does it.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::{Client, ClientBuilder, Url, redirect};

use crate::instrument::{Failure, FailureKind};

use super::address::is_loopback;

const CONNECT: Duration = Duration::from_secs(10);
const KEPT: Duration = Duration::from_secs(90);

/// The client for this address: straight to this machine, plain through the system's proxy, or secure.
pub(super) fn client(url: &Url) -> Result<&'static Client, Failure> {
    static STRAIGHT: OnceLock<Result<Client, String>> = OnceLock::new();
    static PLAIN: OnceLock<Result<Client, String>> = OnceLock::new();
    static SECURE: OnceLock<Result<Client, String>> = OnceLock::new();
    let client = if url.scheme() == "https" {
        SECURE.get_or_init(|| secure(common()))
    } else if is_loopback(url) {
        STRAIGHT.get_or_init(|| plain(common().no_proxy()))
    } else {
        PLAIN.get_or_init(|| plain(common()))
    };
    client.as_ref().map_err(|why| {
        Failure::new(FailureKind::Unavailable, format!("connections can't be set up here: {why}"))
            .with_help("`score doctor` looks at certificates and proxies")
    })
}

/// Redirects are followed by `order`, which knows what may go where.
fn common() -> ClientBuilder {
    Client::builder()
        .redirect(redirect::Policy::none())
        .connect_timeout(CONNECT)
        .tcp_nodelay(true)
        .pool_idle_timeout(KEPT)
        .pool_max_idle_per_host(usize::MAX)
        .user_agent(concat!("score/", env!("CARGO_PKG_VERSION")))
}

fn secure(builder: ClientBuilder) -> Result<Client, String> {
    // An error means that somebody installed one before: just as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    builder.build().map_err(|error| chain(&error))
}

/// A client that never speaks TLS; what it is given for TLS trusts nobody and costs nothing.
fn plain(builder: ClientBuilder) -> Result<Client, String> {
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    builder.http1_only().tls_backend_preconfigured(tls).build().map_err(|error| chain(&error))
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
