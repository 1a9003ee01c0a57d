//! Redirects: where they may lead, and what goes along.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, LOCATION};
use http::{Method, StatusCode};
use url::Url;

use crate::instrument::{Failure, FailureKind};

use super::address::Target;
use super::order::Order;
use super::request::{Request, Response};

/// Where a redirect leads; `None` where the response is none.
pub(super) fn next_hop(order: &Order<'_>, response: &Response) -> Result<Option<Target>, Failure> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = response.headers().get(LOCATION).and_then(|value| value.to_str().ok()) else {
        return Ok(None);
    };
    let from = response.target.url();
    let refuse = |why: &str| {
        let message = format!("{} sends the call on to an address it must not go to: {why}", order.place());
        Err(order.failure(FailureKind::InvalidRequest, message))
    };
    let Ok(next) = from.join(location) else { return refuse("it can't be read") };
    match (from.scheme(), next.scheme()) {
        ("https", "http") => return refuse("it is not encrypted, and the one before was"),
        (_, "http" | "https") => {}
        _ => return refuse("it is not http or https"),
    }
    let Ok(next) = Target::of(next) else { return refuse("it can't be read") };
    if next.is_local() && !order.request.target.is_local() {
        return refuse("it is on this machine or its own network");
    }
    Ok(Some(next))
}

/// The request as it goes on to another address: to another place without what is the first one's alone.
pub(super) fn moved(order: &Order<'_>, next: Target, status: StatusCode) -> Request {
    let mut request = order.request.clone();
    let turned =
        matches!(status.as_u16(), 301..=303) && !matches!(request.method, Method::GET | Method::HEAD);
    if turned {
        request.method = Method::GET;
        request.body = Bytes::new();
        request.headers.remove(CONTENT_TYPE);
        request.headers.remove(CONTENT_LENGTH);
    }
    if !same_origin(next.url(), order.request.target.url()) {
        let names: Vec<HeaderName> = request.headers.keys().cloned().collect();
        for name in names {
            if order.private.contains(&name) || carries_key(&name) {
                request.headers.remove(name);
            }
        }
    }
    request.target = next;
    request
}

/// Whether a header carries a key, whoever put it there.
pub(super) fn carries_key(name: &HeaderName) -> bool {
    let name = name.as_str();
    let ends = ["authorization", "api-key", "apikey", "token", "secret", "password", "cookie", "signature"];
    ends.iter().any(|end| name.ends_with(end)) || name.ends_with("-key") && name != "idempotency-key"
}

fn same_origin(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host_str() == other.host_str()
        && one.port_or_known_default() == other.port_or_known_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_that_carry_keys_are_known_by_name() {
        for name in [
            "authorization",
            "proxy-authorization",
            "x-api-key",
            "api-key",
            "x-goog-api-key",
            "cookie",
            "x-auth-token",
            "x-amz-security-token",
            "ocp-apim-subscription-key",
            "x-hub-signature",
        ] {
            assert!(carries_key(&HeaderName::from_static(name)), "{name}");
        }
        for name in ["content-type", "accept", "idempotency-key", "anthropic-version", "user-agent"] {
            assert!(!carries_key(&HeaderName::from_static(name)), "{name}");
        }
    }
}
