//! The client for what another library has to say to a server: the transport of MCP brings its own.

use std::sync::OnceLock;

use reqwest::{Client, ClientBuilder, redirect};

use crate::instrument::Failure;

use super::address::Target;
use super::client::{ALIVE, KEPT, Speech, unable};
use super::request::OWN_NAME;
use super::trouble::chain;
use super::trust::{nobody, trusted};

type Made = OnceLock<Result<Client, String>>;

/// The client for a conversation of another library at this address.
pub(in crate::backend) fn conversing(target: &Target) -> Result<&'static Client, Failure> {
    static OPEN: [Made; 2] = [const { OnceLock::new() }; 2];
    static SECURE: [Made; 2] = [const { OnceLock::new() }; 2];
    let straight = target.is_loopback();
    let is_secure = Speech::with(target, false) == Speech::Secure;
    let made = if is_secure { &SECURE } else { &OPEN };
    let client = made[usize::from(straight)].get_or_init(|| {
        let builder = if straight { common().no_proxy() } else { common() };
        let builder = if is_secure {
            let lively = builder.http2_keep_alive_interval(ALIVE.0).http2_keep_alive_timeout(ALIVE.1);
            lively.tls_backend_preconfigured(rustls::ClientConfig::clone(&*trusted()?))
        } else {
            builder.http1_only().tls_backend_preconfigured(nobody()?)
        };
        builder.build().map_err(|error| chain(&error))
    });
    client.as_ref().map_err(|why| unable(why))
}

/// Redirects are not followed: they could lead anywhere, with the key.
fn common() -> ClientBuilder {
    Client::builder()
        .redirect(redirect::Policy::none())
        .tcp_nodelay(true)
        .pool_idle_timeout(KEPT)
        .pool_max_idle_per_host(usize::MAX)
        .user_agent(OWN_NAME)
}
