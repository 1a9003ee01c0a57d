//! A request as it is to be sent, and what comes back.

use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_ENCODING, HOST, HeaderMap, HeaderValue, USER_AGENT};
use http::response::Parts;
use http::{Method, StatusCode, Version};
use http_body_util::Full;

use super::address::Target;
use super::body::Body;

/// What we call ourselves.
pub(super) const OWN_NAME: &str = concat!("score/", env!("CARGO_PKG_VERSION"));

/// What is sent; held in memory, so that it can be sent again.
#[derive(Clone, Debug)]
pub(in crate::backend) struct Request {
    pub(in crate::backend) method: Method,
    pub(in crate::backend) target: Target,
    pub(in crate::backend) headers: HeaderMap,
    pub(in crate::backend) body: Bytes,
}

impl Request {
    pub(in crate::backend) fn new(method: Method, target: Target) -> Self {
        Self { method, target, headers: HeaderMap::with_capacity(8), body: Bytes::new() }
    }

    /// As it goes over the wire, with what every request says beside its own. The host is said where `to_host`: in
    /// HTTP/1; HTTP/2 has it elsewhere.
    pub(super) fn dressed(&self, to_host: bool) -> http::Request<Full<Bytes>> {
        let own = &self.headers;
        // With room for what the client adds.
        let mut headers = HeaderMap::with_capacity(own.len() + 5);
        for (name, value) in own {
            headers.append(name, value.clone());
        }
        for (name, value) in [
            (ACCEPT, HeaderValue::from_static("*/*")),
            (ACCEPT_ENCODING, HeaderValue::from_static("gzip")),
            (USER_AGENT, HeaderValue::from_static(OWN_NAME)),
        ] {
            headers.entry(name).or_insert(value);
        }
        if let (true, Some(host)) = (to_host, self.target.host()) {
            headers.entry(HOST).or_insert_with(|| host.clone());
        }
        let mut request = http::Request::new(Full::new(self.body.clone()));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.target.uri().clone();
        *request.headers_mut() = headers;
        request
    }
}

/// What came back, its body still to be taken.
pub(super) struct Response {
    head: Parts,
    pub(super) body: Body,
    /// Who answered.
    pub(super) target: Target,
}

impl Response {
    pub(super) fn new(response: http::Response<hyper::body::Incoming>, target: Target) -> Self {
        let (mut head, body) = response.into_parts();
        let body = Body::new(body, &mut head.headers);
        Self { head, body, target }
    }

    pub(super) fn status(&self) -> StatusCode {
        self.head.status
    }

    pub(super) fn version(&self) -> Version {
        self.head.version
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }
}
