//! The system's proxies: those that the environment names (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`),
//! and on macOS and Windows those of its settings.

use std::sync::LazyLock;

use http::header::{HeaderMap, HeaderValue, PROXY_AUTHORIZATION, USER_AGENT};
use http::uri::Scheme;
use http::{Request, Uri};
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use url::Url;

use super::address::place;
use super::request::OWN_NAME;

/// All proxies, and what goes through which.
#[derive(Debug)]
pub(super) struct Proxies(Matcher);

/// The system's, read once.
pub(super) fn proxies() -> &'static Proxies {
    static SYSTEM: LazyLock<Proxies> = LazyLock::new(|| Proxies(Matcher::from_system()));
    &SYSTEM
}

impl Proxies {
    /// The proxy that stands on the way to an address.
    pub(super) fn on_the_way(&self, to: &Uri) -> Option<Intercept> {
        self.0.intercept(to)
    }

    /// Puts the key to the proxy into a request that the proxy itself passes on. Where it only makes a tunnel, the key
    /// opens that.
    pub(super) fn unlock<B>(&self, request: &mut Request<B>) {
        if request.uri().scheme() != Some(&Scheme::HTTP)
            || request.headers().contains_key(PROXY_AUTHORIZATION)
        {
            return;
        }
        let proxy = self.on_the_way(request.uri());
        if let Some(key) = proxy.as_ref().and_then(Intercept::basic_auth) {
            request.headers_mut().insert(PROXY_AUTHORIZATION, key.clone());
        }
    }
}

/// A tunnel through a proxy that is reached by `connector`.
pub(super) fn tunnel<C>(proxy: &Intercept, connector: C) -> Tunnel<C> {
    let tunnel = Tunnel::new(proxy.uri().clone(), connector);
    let tunnel = match proxy.basic_auth() {
        Some(key) => tunnel.with_auth(key.clone()),
        None => tunnel,
    };
    tunnel.with_headers(HeaderMap::from_iter([(USER_AGENT, HeaderValue::from_static(OWN_NAME))]))
}

/// The variables that name proxies, with where these are.
#[must_use]
pub fn named() -> Vec<(String, String)> {
    let names = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
    let set = |name: &'static str| Some((name, std::env::var(name).ok().filter(|value| !value.is_empty())?));
    let shown = |(name, value): (&str, String)| {
        // A proxy's address may hold a name and a password.
        let place = Url::parse(&value).ok().filter(Url::has_host).map(|url| place(&url));
        (name.to_owned(), place.unwrap_or_else(|| "set, and no address that can be read".to_owned()))
    };
    names.into_iter().filter_map(set).map(shown).collect()
}
