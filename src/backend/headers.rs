//! Headers from settings: checked, and remembered where they hold secrets.

use http::header::{HeaderName, HeaderValue};

use crate::instrument::{Failure, FailureKind};
use crate::value::{Secret, Value};

use super::said::words;
use super::wire::{Order, Secrets};

/// `Bearer KEY`
pub(super) fn bearer(key: &Secret) -> Result<HeaderValue, Failure> {
    sensitive(format!("Bearer {}", key.reveal().trim()), &key.name)
}

/// The key alone.
pub(super) fn bare(key: &Secret) -> Result<HeaderValue, Failure> {
    sensitive(key.reveal().trim().to_owned(), &key.name)
}

/// Puts named texts and secrets into an order's headers; all of them stay with the first host.
pub(super) fn put(order: &mut Order<'_>, named: &[(String, Value)]) -> Result<(), Failure> {
    for (name, value) in named {
        let (header, value) = one(name, value, &mut order.secrets)?;
        order.request.headers.insert(header.clone(), value);
        order.private.push(header);
    }
    Ok(())
}

/// A named text or secret as a header.
pub(super) fn one(
    name: &str,
    value: &Value,
    secrets: &mut Secrets,
) -> Result<(HeaderName, HeaderValue), Failure> {
    let header: HeaderName = name.parse().map_err(|_| {
        Failure::new(FailureKind::InvalidRequest, format!("`{name}` can't be the name of a header"))
    })?;
    let value = match value {
        Value::Secret(secret) => {
            secrets.add(secret.clone());
            sensitive(secret.reveal().to_owned(), &secret.name)?
        }
        other => plain(name, &words(other))?,
    };
    Ok((header, value))
}

/// A header's value; line breaks and other control characters are refused.
pub(super) fn plain(name: &str, value: &str) -> Result<HeaderValue, Failure> {
    let refused = || {
        let message = format!("the value of header `{name}` holds a line break or another control character");
        Failure::new(FailureKind::InvalidRequest, message)
    };
    HeaderValue::from_bytes(value.as_bytes()).map_err(|_| refused())
}

fn sensitive(value: String, name: &str) -> Result<HeaderValue, Failure> {
    let mut header = HeaderValue::try_from(value).map_err(|_| {
        let message =
            format!("the secret {name} holds a line break or another character that no header takes");
        Failure::new(FailureKind::Auth, message)
            .with_help("set it again, without what was copied along with it")
    })?;
    header.set_sensitive(true);
    Ok(header)
}
