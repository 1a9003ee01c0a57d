//! Keeps secrets out of what is shown, in the forms that they travel in.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use crate::value::Secret;

/// Shorter secrets are not looked for: they would be found in everything.
const SHORTEST: usize = 4;

/// The secrets of one call.
#[derive(Clone, Debug, Default)]
pub(in crate::backend) struct Secrets {
    secrets: Vec<Arc<Secret>>,
}

impl Secrets {
    pub(in crate::backend) fn add(&mut self, secret: Arc<Secret>) {
        self.secrets.push(secret);
    }

    /// The text with each secret, and each encoding of one, replaced by its name.
    pub(in crate::backend) fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.secrets {
            if secret.reveal().len() < SHORTEST {
                continue;
            }
            let shown = format!("<secret {}>", secret.name);
            for form in forms(secret.reveal()) {
                if text.contains(&form) {
                    text = text.replace(&form, &shown);
                }
            }
        }
        text
    }

    /// Whether a text holds a secret as it is.
    pub(in crate::backend) fn stands_in(&self, text: &str) -> bool {
        self.secrets.iter().any(|secret| secret.reveal().len() >= SHORTEST && text.contains(secret.reveal()))
    }
}

/// A secret as it is and as it looks in JSON, in an address, in hexadecimal and in base64, there also
/// in the middle of something longer (`Basic name:secret`).
fn forms(secret: &str) -> Vec<String> {
    let mut forms = vec![secret.to_owned()];
    if let Ok(json) = serde_json::to_string(secret) {
        forms.push(json.trim_matches('"').to_owned());
    }
    let bytes = secret.as_bytes();
    let each = |form: fn(&u8) -> String| bytes.iter().map(form).collect::<String>();
    for upper in [true, false] {
        let encoded = bytes.iter().map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(*byte).to_string()
            }
            _ if upper => format!("%{byte:02X}"),
            _ => format!("%{byte:02x}"),
        });
        forms.push(encoded.collect());
    }
    forms.push(each(|byte| format!("{byte:02x}")));
    forms.push(each(|byte| format!("{byte:02X}")));
    for engine in [&STANDARD, &URL_SAFE] {
        for shift in 0..3usize {
            let mut shifted = vec![0; shift];
            shifted.extend_from_slice(bytes);
            let encoded = engine.encode(&shifted);
            // Whole letters of the secret alone: what it shares with its neighbours is left out.
            let from = (shift * 8).div_ceil(6);
            let to = (shifted.len() * 8) / 6;
            forms.extend(encoded.get(from..to).filter(|middle| middle.len() >= SHORTEST).map(str::to_owned));
        }
    }
    forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
    forms.dedup();
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_form_of_a_secret_is_left() {
        let key = "sk-canary/+\"7é:end";
        let mut secrets = Secrets::default();
        secrets.add(Arc::new(Secret::new("MY_KEY", key)));
        let hex = key.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        let json = serde_json::to_string(&format!("x {key} y")).unwrap();
        let encoded = "sk-canary%2F%2B%227%C3%A9%3Aend";
        for (text, left) in [
            (format!("Bearer {key}."), "Bearer <secret MY_KEY>."),
            (json, "\"x <secret MY_KEY> y\""),
            (encoded.to_owned(), "<secret MY_KEY>"),
            (encoded.to_lowercase(), "<secret MY_KEY>"),
            (hex, "<secret MY_KEY>"),
        ] {
            assert_eq!(secrets.redact(&text), left, "{text}");
        }
        for before in ["", "a", "ab", "abc", "user:"] {
            let basic = STANDARD.encode(format!("{before}{key}tail"));
            let safe = URL_SAFE.encode(format!("{before}{key}"));
            assert!(secrets.redact(&basic).contains("<secret MY_KEY>"), "{basic}");
            assert!(secrets.redact(&safe).contains("<secret MY_KEY>"), "{safe}");
        }
        assert!(secrets.stands_in(key) && !secrets.stands_in("nothing here"));
    }
}
