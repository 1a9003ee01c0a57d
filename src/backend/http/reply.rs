//! What a web service answered, as the answer of the wanted type.

use std::sync::Arc;

use crate::backend::media::{kind, medium, mime};
use crate::backend::wire::{Answered, BODY_CAP};
use crate::instrument::{Failure, FailureKind, Reply, Request};
use crate::types::{Type, known};
use crate::value::{Map, MediaKind, Record, Value};

use super::charset;

/// The answer.
pub(super) async fn reply(request: &Request, answered: &mut Answered<'_>) -> Result<Reply, Failure> {
    let wanted = request.answer.shape();
    let body = answered.body(BODY_CAP).await?;
    if let Type::Record(shape) = wanted
        && Arc::ptr_eq(shape, &known().response)
    {
        return response(answered, shape, body);
    }
    if !answered.status().is_success() {
        return Err(refused(answered, &body));
    }
    match wanted {
        Type::Nothing => Ok(Reply::value(Value::Nothing)),
        Type::Image | Type::Audio | Type::Video | Type::File => media(wanted, answered, body),
        Type::Text => Ok(Reply::value(Value::text(&text(answered, body)?))),
        _ => {
            let body = text(answered, body)?;
            if body.trim_start().starts_with('<') && answered.header("content-type").contains("html") {
                let message = format!(
                    "{} answered with a web page where a value of type {wanted} is wanted",
                    answered.order().place()
                );
                return Err(answered
                    .failure(FailureKind::BadShape, message)
                    .with_help("check the address, and whether `Accept: application/json` is needed")
                    .with_exchange("", &body));
            }
            Ok(Reply::text(body))
        }
    }
}

/// `Response {status, headers, body}`
fn response(
    answered: &Answered<'_>,
    shape: &Arc<crate::types::RecordType>,
    body: Vec<u8>,
) -> Result<Reply, Failure> {
    let mut headers = Map::new();
    for (name, value) in answered.headers() {
        let value = answered.order().secrets.redact(&String::from_utf8_lossy(value.as_bytes()));
        headers
            .entry(Arc::from(name.as_str()))
            .and_modify(|held| {
                *held = Value::text(&format!("{}, {value}", held.as_text().unwrap_or_default()));
            })
            .or_insert_with(|| Value::text(&value));
    }
    // Where it was answered, behind redirects; what the service says of that itself is only its word.
    let place = answered.order().secrets.redact(answered.place().as_str());
    headers.insert(Arc::from("content-location"), Value::text(&place));
    let values = vec![
        Value::Int(i64::from(answered.status().as_u16())),
        Value::Map(Arc::new(headers)),
        Value::text(&text(answered, body)?),
    ];
    Record::new(shape.clone(), values)
        .map(|record| Reply::value(Value::Record(Arc::new(record))))
        .ok_or_else(|| answered.failure(FailureKind::BadShape, "`Response` is not as expected"))
}

/// A body as text, in the encoding that it names. A secret that the service sends back is not let into the
/// score's values.
fn text(answered: &Answered<'_>, body: Vec<u8>) -> Result<String, Failure> {
    let declared = answered.header("content-type").to_ascii_lowercase();
    let text = match charset::decode(&declared, body) {
        Ok(text) => text,
        Err(at) => {
            let kind = declared.split(';').next().unwrap_or_default().trim();
            let kind = if kind.is_empty() { String::new() } else { format!(" but {kind}") };
            let place = answered.order().place();
            let message = format!("the answer of {place} is no UTF-8 text{kind} (byte {at})");
            return Err(answered
                .failure(FailureKind::BadShape, message)
                .with_help("give the part a type such as `image` or `file` if it isn't meant to be text"));
        }
    };
    let secrets = &answered.order().secrets;
    Ok(if secrets.stands_in(&text) { secrets.redact(&text) } else { text })
}

fn media(wanted: &Type, answered: &Answered<'_>, body: Vec<u8>) -> Result<Reply, Failure> {
    let declared = answered.header("content-type").split(';').next().unwrap_or_default().trim().to_owned();
    let seen = mime(&body, None);
    let mime = if seen == "application/octet-stream" && !declared.is_empty() { &declared } else { seen };
    let wanted = match wanted {
        Type::Image => MediaKind::Image,
        Type::Audio => MediaKind::Audio,
        Type::Video => MediaKind::Video,
        _ => MediaKind::File,
    };
    if wanted != MediaKind::File && kind(mime) != wanted {
        let message =
            format!("{} answered with {mime} where an {} is wanted", answered.order().place(), wanted.word());
        return Err(answered
            .failure(FailureKind::BadShape, message)
            .with_exchange("", &String::from_utf8_lossy(&body)));
    }
    Ok(Reply::value(Value::Media(medium(wanted, mime, None, body))))
}

/// A status other than 2xx.
fn refused(answered: &Answered<'_>, body: &[u8]) -> Failure {
    let status = answered.status();
    let (kind, help) = match status.as_u16() {
        401 | 403 => (FailureKind::Auth, "check the key: `bearer:` or `headers:` of the instrument"),
        429 => (FailureKind::RateLimited, "lower `at_once:` or set `per_minute:` on the instrument"),
        500.. => (FailureKind::Unavailable, "the service has a fault of its own; try again later"),
        _ => (
            FailureKind::HttpStatus,
            "a part that gives `Response {status, headers, body}` does not fail on it",
        ),
    };
    let received = String::from_utf8_lossy(body);
    let place = answered.order().place();
    let name = status.canonical_reason().unwrap_or_default();
    answered
        .failure(kind, format!("{place} answered {} {name}", status.as_u16()).trim_end())
        .with_help(help)
        .with_exchange("", &received)
}
