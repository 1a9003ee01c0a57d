//! A request as it would be sent, for people to see: without secrets, and without sending it.

use crate::instrument::Outgoing;

use super::hop::carries_key;
use super::order::Order;

impl Order<'_> {
    /// All of the request, its secrets by name. What a header holds that carries keys by its name is left out
    /// even where the score has it as a plain text.
    pub(super) fn shown(&self) -> Outgoing {
        let request = &self.request;
        let redacted = |bytes: &[u8]| self.secrets.redact(&String::from_utf8_lossy(bytes));
        let headers = request.headers().iter().map(|(name, value)| {
            let shown = redacted(value.as_bytes());
            let bare = carries_key(name) && !shown.contains("<secret ");
            (name.to_string(), if bare { "<left out>".to_owned() } else { shown })
        });
        let body = request.body().and_then(|body| body.as_bytes()).unwrap_or_default();
        let body = match std::str::from_utf8(body) {
            Ok(text) => self.secrets.redact(text),
            Err(_) => format!("<{} bytes>", body.len()),
        };
        Outgoing {
            method: request.method().to_string(),
            url: self.secrets.redact(request.url().as_str()),
            headers: headers.collect(),
            body,
        }
    }
}
