//! The call itself: sent, read to its end, taken as a reply or as a failure.

use std::time::Duration;

use http::Method;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue};
use serde::de::IgnoredAny;
use tokio::time::timeout;

use crate::backend::headers;
use crate::backend::settings::Settings;
use crate::backend::wire::{
    self, Answered, BODY_CAP, EVENT_CAP, Events, Lines, Order, Secrets, exchange, kind_of_status,
};
use crate::instrument::{Event, Failure, FailureKind, Reply, Request, Stage, Usage, Watch};
use crate::value::{MediaKind, Value};

use super::protocol::{End, Fault, Framing, Marker, Protocol, Story, Told, Unread};
use super::service::Service;

/// How long what follows the end of a stream is waited for.
const LAST_BYTES: Duration = Duration::from_millis(100);

/// A call that is ready to go.
pub(in crate::backend) struct Call<'a> {
    pub(in crate::backend) request: &'a Request,
    pub(in crate::backend) stage: &'a Stage,
    pub(in crate::backend) settings: Settings<'a>,
    pub(in crate::backend) service: Service,
    pub(in crate::backend) protocol: &'a dyn Protocol,
    pub(in crate::backend) body: Vec<u8>,
    /// Headers of the protocol; `headers:` may stand in for them.
    pub(in crate::backend) headers: Vec<(HeaderName, HeaderValue)>,
    pub(in crate::backend) streamed: bool,
    pub(in crate::backend) wanted: Wanted,
}

/// What an answer is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::backend) enum Wanted {
    Words,
    /// One medium of this kind, or a list of them.
    Media {
        kind: MediaKind,
        many: bool,
    },
}

/// Makes the call.
pub(in crate::backend) async fn speak(call: Call<'_>) -> Result<Reply, Failure> {
    let (request, protocol, wanted) = (call.request, call.protocol, call.wanted);
    let watch = &*call.stage.watch;
    let order = order(call)?;
    let outcome = match exchange(&order).await {
        Ok(mut answered) => {
            let told = told(&mut answered, protocol, watch).await;
            told.and_then(|told| conclude(&answered, told, wanted, !request.tools.is_empty()))
        }
        Err(failure) => Err(failure),
    };
    outcome.map_err(|failure| noted(failure, request, &order.secrets))
}

async fn told(
    answered: &mut Answered<'_>,
    protocol: &dyn Protocol,
    watch: &dyn Watch,
) -> Result<Told, Failure> {
    if !answered.status().is_success() {
        let body = answered.body(BODY_CAP).await.unwrap_or_default();
        return Err(refusal(answered, protocol, &body));
    }
    let kind = match protocol.framing() {
        Framing::Events => "text/event-stream",
        Framing::Lines => "application/x-ndjson",
    };
    if answered.header("content-type").starts_with(kind)
        && let Some(story) = protocol.story()
    {
        return streamed(answered, protocol.framing(), story, watch).await;
    }
    let body = answered.body(BODY_CAP).await?;
    protocol.whole(&body).map_err(|unread| match unread {
        Unread::Fault(fault) => broke_off(answered, &fault, &body),
        Unread::Other => not_an_answer(answered, protocol, &body),
    })
}

/// The failure with what was sent, all without secrets.
fn noted(mut failure: Failure, request: &Request, secrets: &Secrets) -> Failure {
    let received = secrets.redact(&failure.received);
    failure.message = secrets.redact(&failure.message);
    failure.with_exchange(&secrets.redact(&crate::backend::said::sent(request)), &received)
}

fn order(call: Call<'_>) -> Result<Order<'_>, Failure> {
    let Call { request, stage, settings, service, protocol, body, headers, streamed, .. } = call;
    let mut http = wire::Request::new(Method::POST, service.target.clone());
    http.body = body.into();
    let map = &mut http.headers;
    map.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if streamed && protocol.framing() == Framing::Events {
        map.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
    }
    // `extend` would leave two of a name.
    for (name, value) in headers {
        map.insert(name, value);
    }
    let who = service.key.as_ref().map_or("", |key| key.reveal());
    let who = [settings.text("model").unwrap_or_default(), who];
    let mut order = Order::new(http, request, settings, stage, &who)?;
    order.again = protocol.again();
    headers::put(&mut order, &settings.named("headers"))?;
    let private = service.put_key(&mut order.request.headers)?;
    order.private.extend(private);
    if let Some(key) = service.key {
        order.secrets.add(key);
    }
    Ok(order)
}

/// Takes a stream apart.
enum Pieces {
    Events(Events),
    Lines(Lines),
}

impl Pieces {
    fn of(framing: Framing) -> Self {
        match framing {
            Framing::Events => Self::Events(Events::new(EVENT_CAP)),
            Framing::Lines => Self::Lines(Lines::new(EVENT_CAP)),
        }
    }

    /// `false`: a piece is longer than it may be.
    fn feed(&mut self, bytes: &[u8], each: &mut impl FnMut(&[u8])) -> bool {
        match self {
            Self::Events(events) => events.feed(bytes, &mut |_, data| each(data)).is_ok(),
            Self::Lines(lines) => lines.feed(bytes, each).is_ok(),
        }
    }
}

/// Feeds bytes to an answer that comes bit by bit, until it is over or broken. `Ok(false)`: a piece is too long.
fn feed(pieces: &mut Pieces, story: &mut dyn Story, bytes: &[u8]) -> Result<bool, (Unread, String)> {
    let mut broken = None;
    let fits = pieces.feed(bytes, &mut |data| {
        if broken.is_none() && story.marker() != Marker::Over && !data.is_empty() {
            let taken = story.take(data);
            broken = taken.err().map(|unread| (unread, String::from_utf8_lossy(data).into_owned()));
        }
    });
    broken.map_or(Ok(fits), Err)
}

/// Reads the stream to its end. A stream that breaks off before it says that it is complete is never an
/// answer, whatever it held.
async fn streamed(
    answered: &mut Answered<'_>,
    framing: Framing,
    mut story: Box<dyn Story>,
    watch: &dyn Watch,
) -> Result<Told, Failure> {
    let mut pieces = Pieces::of(framing);
    let mut shown = 0;
    let partial = |failure: Failure, story: &dyn Story| failure.with_exchange("", story.text());
    loop {
        let next = match story.marker() {
            // Nothing that follows now can make it less complete.
            Marker::Complete => {
                let late = timeout(LAST_BYTES, answered.chunk(BODY_CAP)).await;
                late.ok().and_then(Result::ok).flatten()
            }
            _ => answered.chunk(BODY_CAP).await.map_err(|failure| partial(failure, &*story))?,
        };
        let Some(bytes) = next else { break };
        match feed(&mut pieces, &mut *story, bytes.as_ref()) {
            Ok(true) => {}
            Ok(false) => {
                let place = answered.order().place();
                let message = format!("{place} sent an event longer than {} MiB", EVENT_CAP >> 20);
                return Err(partial(answered.failure(FailureKind::BadShape, message), &*story));
            }
            Err((Unread::Fault(fault), data)) => return Err(broke_off(answered, &fault, data.as_bytes())),
            Err((Unread::Other, data)) => {
                let place = answered.order().place();
                let message = format!("{place} sent a piece of an answer that can't be read");
                return Err(answered.failure(FailureKind::Unavailable, message).with_exchange("", &data));
            }
        }
        let text = story.text();
        if shown < text.len() {
            watch.event(Event::Text(text[shown..].to_owned()));
            shown = text.len();
        }
        if story.marker() == Marker::Over {
            // What follows is the end of the body: taken in, it leaves the connection fit for the next call.
            let _ = timeout(LAST_BYTES, answered.chunk(BODY_CAP)).await;
            break;
        }
    }
    let complete = match story.marker() {
        Marker::Missing => false,
        Marker::Reason => answered.has_marked_end(),
        Marker::Complete | Marker::Over => true,
    };
    if !complete {
        let message = format!("{} broke off in the middle of its answer", answered.order().place());
        return Err(partial(answered.failure(FailureKind::Unavailable, message), &*story));
    }
    Ok(story.told())
}

/// The reply or the failure that a complete answer is; `tools`: whether it was given any.
fn conclude(answered: &Answered<'_>, told: Told, wanted: Wanted, tools: bool) -> Result<Reply, Failure> {
    let Told { text, refusal, calls, made, end, usage, memo } = told;
    let place = answered.order().place();
    // It was answered: what that took is on the bill, though it will not do.
    let failed =
        |kind, message: String| answered.failure(kind, message).with_took(usage).with_exchange("", &text);
    if let Some(refusal) = refusal.filter(|refusal| !refusal.trim().is_empty()) {
        let message = format!("the model declined: {}", refusal.trim());
        let failure = answered.failure(FailureKind::Refused, message);
        return Err(failure.with_took(usage).with_exchange("", &refusal));
    }
    match end {
        End::Length => {
            let message = "the answer was cut off by its longest length".to_owned();
            return Err(failed(FailureKind::Truncated, message)
                .with_help("raise `max_tokens:` on the instrument, or ask for less"));
        }
        End::Window => {
            let message =
                "the answer was cut off: what was said fills all that the model can hold".to_owned();
            return Err(failed(FailureKind::Truncated, message)
                .with_help("say less, or play the part on a model that holds more"));
        }
        End::Filtered(said) => {
            let said = said.trim();
            let message = format!("the content filter of {place} stopped the answer");
            let message = if said.is_empty() { message } else { format!("{message}: {said}") };
            return Err(failed(FailureKind::Refused, message));
        }
        End::Failed(fault) => {
            return Err(broke_off(answered, &fault, text.as_bytes()).with_took(usage));
        }
        End::Called if text.is_empty() && (!tools || calls.is_empty()) => {
            let message = "the model called a tool that it was not given".to_owned();
            return Err(failed(FailureKind::BadShape, message));
        }
        End::Called | End::Answered => {}
    }
    if let Wanted::Media { kind, many } = wanted {
        let made: Vec<Value> = made.into_iter().filter(|made| made.kind == kind).map(Value::Media).collect();
        let value = match made.first() {
            None => {
                let message = format!("the answer of {place} holds no {}", kind.word());
                return Err(failed(FailureKind::BadShape, message));
            }
            Some(_) if many => Value::list(made),
            Some(first) => first.clone(),
        };
        return Ok(Reply::value(value).with_usage(usage));
    }
    if tools && !calls.is_empty() {
        return Ok(Reply::calls(text, calls).with_usage(usage).with_memo(memo));
    }
    if text.trim().is_empty() {
        return Err(failed(FailureKind::BadShape, "the answer is empty".into()));
    }
    Ok(Reply::text(text).with_usage(usage))
}

/// A body with status 200 that is no answer.
fn not_an_answer(answered: &Answered<'_>, protocol: &dyn Protocol, body: &[u8]) -> Failure {
    let text = String::from_utf8_lossy(body);
    let (place, noun) = (answered.order().place(), protocol.noun());
    let start = text.trim_start();
    let (what, help) = if start.is_empty() {
        ("an empty body".to_owned(), "try again, or look at what the server logs".to_owned())
    } else if start.starts_with('<') {
        let address = protocol.address();
        let help =
            format!("check `base_url:`: it usually is {address}; a proxy or login page may stand in between");
        ("a web page".to_owned(), help)
    } else if std::str::from_utf8(body).is_err() {
        ("bytes that are no text".to_owned(), "check `base_url:`".to_owned())
    } else if serde_json::from_slice::<IgnoredAny>(body).is_ok() {
        let help = format!("check `base_url:`: the server must answer with {noun}");
        (format!("JSON that is not {noun}"), help)
    } else {
        ("broken JSON".to_owned(), "try again, or look at what the server logs".to_owned())
    };
    answered
        .failure(FailureKind::Unavailable, format!("{place} answered with {what} instead of {noun}"))
        .with_help(help)
        .with_exchange("", &text)
}

/// An answer with an error status.
fn refusal(answered: &Answered<'_>, protocol: &dyn Protocol, body: &[u8]) -> Failure {
    let status = answered.status();
    let place = answered.order().place();
    let fault = protocol.fault(body);
    let kind = fault.as_ref().and_then(|fault| fault.kind).unwrap_or_else(|| kind_of_status(status));
    let help = fault.as_ref().and_then(|fault| fault.help).map(str::to_owned).or_else(|| match kind {
        FailureKind::Auth => {
            Some(format!("check the key: `key:` of the instrument, or {}", protocol.key_name()))
        }
        FailureKind::RateLimited => {
            Some("lower `at_once:` or set `per_minute:` on the instrument".to_owned())
        }
        _ if status.as_u16() == 404 => Some("check the model's name and `base_url:`".to_owned()),
        _ => None,
    });
    let name = status.canonical_reason().unwrap_or("");
    let answer = format!("{place} answered {} {name}", status.as_u16());
    let said = fault.map(|fault| shortened(&fault.said)).filter(|said| !said.is_empty());
    let message =
        said.map_or_else(|| answer.trim_end().to_owned(), |said| format!("{}: {said}", answer.trim_end()));
    let failure = answered
        .failure(kind, message)
        .with_took(Usage::NOTHING)
        .with_exchange("", &String::from_utf8_lossy(body));
    match help {
        Some(help) => failure.with_help(help),
        None => failure,
    }
}

/// An error inside an answer with status 200.
fn broke_off(answered: &Answered<'_>, fault: &Fault, received: &[u8]) -> Failure {
    let place = answered.order().place();
    let said = shortened(&fault.said);
    let message = if said.is_empty() {
        format!("{place} broke off with an error")
    } else {
        format!("{place} broke off with an error: {said}")
    };
    let kind = fault.kind.unwrap_or(FailureKind::Unavailable);
    let failure = answered.failure(kind, message).with_exchange("", &String::from_utf8_lossy(received));
    match fault.help {
        Some(help) => failure.with_help(help),
        None => failure,
    }
}

fn shortened(said: &str) -> String {
    said.trim().chars().take(300).collect()
}

/// What a stream comes to however it is cut, for the tests of protocols: the text as it grows and what it all means,
/// or the piece that broke it. `None`: it has no end.
#[cfg(test)]
pub(in crate::backend) fn read_pieces<'a>(
    protocol: &dyn Protocol,
    bytes: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Option<Told>, Unread> {
    let mut pieces = Pieces::of(protocol.framing());
    let mut story = protocol.story().expect("a protocol that streams");
    for bytes in bytes {
        assert!(feed(&mut pieces, &mut *story, bytes).map_err(|(unread, _)| unread)?);
    }
    Ok((story.marker() != Marker::Missing).then(|| story.told()))
}
