//! A request as it would be sent, for people to see: without secrets, and without sending it.

use http::header::{CONTENT_TYPE, HeaderMap};

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

/// A body for reading: as it is where it is a text; of a form each field that is one, of the others how long they are.
fn readable(body: &[u8], mime: &str) -> String {
    if let Ok(text) = std::str::from_utf8(body) {
        return text.to_owned();
    }
    let boundary = mime.strip_prefix("multipart/").and_then(|rest| rest.split_once("boundary="));
    let Some((_, boundary)) = boundary else { return length(body) };
    let delimiter = format!("--{boundary}");
    let mut shown = String::new();
    for (at, part) in split(body, delimiter.as_bytes()).into_iter().enumerate() {
        if at > 0 {
            shown.push_str(&delimiter);
        }
        match (std::str::from_utf8(part), split(part, b"\r\n\r\n").first()) {
            (Ok(text), _) => shown.push_str(text),
            (_, Some(head)) if head.len() < part.len() => {
                let content = &part[head.len() + 4..];
                let content = content.strip_suffix(b"\r\n").unwrap_or(content);
                shown.push_str(&format!("{}\r\n\r\n{}\r\n", String::from_utf8_lossy(head), length(content)));
            }
            _ => shown.push_str(&length(part)),
        }
    }
    shown
}

fn length(bytes: &[u8]) -> String {
    format!("<{} bytes>", bytes.len())
}

fn split<'a>(mut bytes: &'a [u8], at: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    while let Some(found) = bytes.windows(at.len()).position(|window| window == at) {
        parts.push(&bytes[..found]);
        bytes = &bytes[found + at.len()..];
    }
    parts.push(bytes);
    parts
}

impl Order<'_> {
    /// All of the request, its secrets by name.
    pub(super) fn shown(&self) -> Outgoing {
        let request = &self.request;
        let mime = request.headers.get(CONTENT_TYPE).and_then(|mime| mime.to_str().ok()).unwrap_or_default();
        let body = self.secrets.redact(&readable(&request.body, mime));
        Outgoing {
            method: request.method.to_string(),
            url: self.secrets.redact(request.target.url().as_str()),
            headers: shown_headers(&request.headers, &self.secrets),
            body,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_shown_by_its_length() {
        let mime = "multipart/form-data; boundary=b";
        let form = b"--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nNight.\r\n--b\r\nContent-Disposition: \
            form-data; name=\"image\"\r\n\r\n\xff\r\n\r\n\xfe\r\n--b--\r\n";
        assert_eq!(
            readable(form, mime),
            "--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nNight.\r\n--b\r\nContent-Disposition: \
            form-data; name=\"image\"\r\n\r\n<6 bytes>\r\n--b--\r\n"
        );
        assert_eq!(readable(b"\xff\xfe", "image/png"), "<2 bytes>");
        assert_eq!(readable("é".as_bytes(), mime), "é");
    }
}
