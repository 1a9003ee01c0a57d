//! A request as it would be sent, for people to see: without secrets, and without sending it.

use reqwest::header::HeaderMap;

use crate::instrument::Outgoing;

use super::Secrets;
use super::hop::carries_key;
use super::order::Order;

/// Headers with their secrets by name. What one holds that carries keys by its name is left out even where the
/// score has it as a plain text.
pub(in crate::backend) fn shown_headers(headers: &HeaderMap, secrets: &Secrets) -> Vec<(String, String)> {
    let shown = headers.iter().map(|(name, value)| {
        let shown = secrets.redact(&String::from_utf8_lossy(value.as_bytes()));
        let bare = carries_key(name) && !shown.contains("<secret ");
        (name.to_string(), if bare { "<left out>".to_owned() } else { shown })
    });
    shown.collect()
}

impl Order<'_> {
    /// All of the request, its secrets by name.
    pub(super) fn shown(&self) -> Outgoing {
        let request = &self.request;
        let body = request.body().and_then(|body| body.as_bytes()).unwrap_or_default();
        let body = match std::str::from_utf8(body) {
            Ok(text) => self.secrets.redact(text),
            Err(_) => format!("<{} bytes>", body.len()),
        };
        Outgoing {
            method: request.method().to_string(),
            url: self.secrets.redact(request.url().as_str()),
            headers: shown_headers(request.headers(), &self.secrets),
            body,
        }
    }
}
