//! One call over HTTP: sent, sent again where that is safe, redirected, and its answer taken in.

use std::borrow::Cow;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_LENGTH, HeaderMap, HeaderName, TRANSFER_ENCODING};
use http::{StatusCode, Version};
use tokio::time::{Instant, sleep, timeout_at};
use url::{Position, Url};

use crate::instrument::{
    Class, Committed, Event, Failure, FailureKind, Request as Call, Stage, Usage, Watch,
};

use super::super::settings::Settings;
use super::client::{Speech, client};
use super::dial::dialling;
use super::gate::{Gate, Pass, gate};
use super::hop::{moved, next_hop};
use super::lanes::{Lane, lane};
use super::patience::{LONGEST_PAUSE, Patience};
use super::request::{Request, Response};
use super::secrets::Secrets;
use super::status::{Again, asked_pause, is_broken, is_busy};
use super::trouble::{Trouble, innermost, trouble};

/// Tries after the first where nothing could be sent.
const TRIES_UNSENT: u32 = 2;
/// Tries after the first where the service was too busy.
const TRIES_BUSY: u32 = 4;
/// Tries after the first where the service broke.
const TRIES_BROKEN: u32 = 2;
const HOPS: usize = 5;
/// How much of a refusal is read to see whether trying again is any use.
const REFUSAL_CAP: usize = 64 << 10;

/// A call to be made.
pub(in crate::backend) struct Order<'a> {
    /// What is sent; its body is held in memory.
    pub(in crate::backend) request: Request,
    /// Headers that go to no other host than the first.
    pub(in crate::backend) private: Vec<HeaderName>,
    /// What its effect is.
    pub(in crate::backend) class: Class,
    /// Whether sending it twice is as good as once.
    pub(in crate::backend) repeatable: bool,
    /// What the body of a refusal says of trying again.
    pub(in crate::backend) again: fn(&[u8]) -> Again,
    pub(in crate::backend) patience: Patience,
    /// Whether an `http://` address is spoken to in HTTP/2.
    pub(in crate::backend) prior: bool,
    pub(in crate::backend) gate: Arc<Gate>,
    pub(in crate::backend) secrets: Secrets,
    pub(in crate::backend) watch: &'a dyn Watch,
}

/// An answer whose body is still to be taken. The call counts as being on its way until this is dropped.
pub(in crate::backend) struct Answered<'a> {
    order: &'a Order<'a>,
    response: Response,
    /// A body that was read already.
    early: Option<Vec<u8>>,
    deadline: Instant,
    taken: usize,
    pass: Pass,
    /// Kept for as long as the answer comes.
    _lane: Option<Lane>,
}

/// A response with the lane that it comes on.
type Came = (Response, Option<Lane>);

/// Makes the call. Any status that is left after the tries is the caller's to judge.
pub(in crate::backend) async fn exchange<'a>(order: &'a Order<'a>) -> Result<Answered<'a>, Failure> {
    if order.watch.withholds() {
        order.watch.event(Event::Request(Box::new(order.shown())));
        return Err(order.failure(FailureKind::Cancelled, "the request was shown and not sent"));
    }
    tries(order).await
}

async fn tries<'a>(order: &'a Order<'a>) -> Result<Answered<'a>, Failure> {
    let deadline = Instant::now() + order.patience.total;
    let (mut tried, mut sent) = (0, false);
    loop {
        let pass = turn(order, deadline, sent).await?;
        sent = true;
        let fits = |pause: Duration| Instant::now() + pause < deadline;
        match send(order, deadline).await {
            Ok((response, lane)) => {
                let status = response.status();
                let mut answered =
                    Answered { order, response, early: None, deadline, taken: 0, pass, _lane: lane };
                if status.is_success() {
                    answered.pass.went_well();
                    return Ok(answered);
                }
                let busy = is_busy(status);
                let tries = order.tries_after(status);
                let body = if busy || tried < tries { answered.says_again().await } else { Again::Unsaid };
                if body == Again::Never {
                    return Ok(answered);
                }
                let pause = order.spread(asked_pause(answered.headers(), body), tried);
                if busy {
                    answered.pass.pushed_back(Instant::now() + pause);
                }
                if tried >= tries || !fits(pause) {
                    return Ok(answered);
                }
                order.watch.event(Event::Waiting(format!(
                    "{} answered {}, tried again in {}",
                    order.place(),
                    status.as_u16(),
                    seconds(pause)
                )));
                drop(answered);
                if !busy {
                    sleep(pause).await;
                }
            }
            Err(Sent::Failed(failure)) => return Err(*failure),
            Err(Sent::Trouble(trouble)) => {
                drop(pass);
                let pause = order.pause(tried);
                let tries = match (trouble.unsent, trouble.may_pass) {
                    (true, true) => TRIES_UNSENT,
                    (false, true) if order.repeatable => TRIES_BROKEN,
                    _ => 0,
                };
                if tried >= tries || !fits(pause) {
                    return Err(order.lost(&trouble));
                }
                sent = false;
                order.watch.event(Event::Waiting(format!(
                    "{}, tried again in {}",
                    trouble.message,
                    seconds(pause)
                )));
                sleep(pause).await;
            }
        }
        tried += 1;
    }
}

/// Waits for its turn at the service, and for the word that it may be sent.
async fn turn(order: &Order<'_>, deadline: Instant, sent: bool) -> Result<Pass, Failure> {
    let entering = async {
        let waiting = || order.watch.queued(format!("for its turn at {}", order.place()));
        let entered = order.gate.enter_before(deadline, waiting).await;
        let pass = entered.map_err(|until| order.closed(until))?;
        if let Some(cleared) = order.watch.sending() {
            cleared.await?;
        }
        Ok(pass)
    };
    timeout_at(deadline, entering).await.unwrap_or_else(|_| Err(order.late_in_all(sent)))
}

enum Sent {
    Failed(Box<Failure>),
    Trouble(Trouble),
}

impl From<Failure> for Sent {
    fn from(failure: Failure) -> Self {
        Self::Failed(Box::new(failure))
    }
}

/// Sends once and follows redirects.
async fn send(order: &Order<'_>, deadline: Instant) -> Result<Came, Sent> {
    let mut request = Cow::Borrowed(&order.request);
    for _ in 0..=HOPS {
        let (response, lane) = hop(order, &request, deadline).await?;
        let Some(next) = next_hop(order, &response)? else { return Ok((response, lane)) };
        request = Cow::Owned(moved(order, next, response.status()));
    }
    let message = format!("{} redirects without end", order.place());
    Err(order.failure(FailureKind::Unavailable, message).into())
}

/// Sends to one address and waits for the head of the answer.
async fn hop(order: &Order<'_>, request: &Request, deadline: Instant) -> Result<Came, Sent> {
    let target = &request.target;
    let speech = Speech::with(target, order.prior);
    let lane = speech.may_share().then(|| lane(target));
    let number = lane.as_ref().map_or(0, |lane| lane.number);
    let client = client(target, speech, number)?;
    let turns = lane.as_ref().map(|lane| lane.turns.clone());
    let Patience { connect, first_byte, .. } = order.patience;
    let until = (Instant::now() + first_byte).min(deadline);
    let Ok(answer) = timeout_at(until, dialling(connect, turns, client.send(request))).await else {
        return Err(if until < deadline {
            order.late(&format!("{} gave no answer in {}", order.place(), seconds(first_byte)), true).into()
        } else {
            order.late_in_all(true).into()
        });
    };
    let response = answer.map_err(|error| {
        let proxy = client.proxy(target);
        Sent::Trouble(trouble(&error, order.place(), proxy.as_deref(), connect))
    })?;
    order.watch.answering();
    Ok((Response::new(response, target.clone()), lane))
}

impl<'a> Order<'a> {
    /// A call of an instrument with these settings. `who` tells apart those whom the service counts apart:
    /// keys, and models where it has several; calls of the same `who` at the same place share what is
    /// learned of its limits.
    ///
    /// What has no settings is as for a service that is asked and does nothing: sent again where it broke
    /// unless the call acts.
    pub(in crate::backend) fn new(
        request: Request,
        call: &Call,
        settings: Settings<'_>,
        stage: &'a Stage,
        who: &[&str],
    ) -> Result<Self, Failure> {
        let service = [&[&request.target.url()[..Position::BeforePath]], who].concat();
        let gate = gate(&service, settings.count("at_once"), settings.count("per_minute"));
        Ok(Self {
            request,
            private: vec![AUTHORIZATION],
            class: call.class,
            repeatable: call.class != Class::Acts,
            again: |_| Again::Unsaid,
            patience: settings.patience(call.within)?,
            prior: settings.flag("http2"),
            gate,
            secrets: Secrets::default(),
            watch: &*stage.watch,
        })
    }
}

impl Order<'_> {
    /// The host that is called, for people.
    pub(in crate::backend) fn place(&self) -> &str {
        self.request.target.place()
    }

    /// A failure of this call, without secrets.
    pub(in crate::backend) fn failure(&self, kind: FailureKind, message: impl AsRef<str>) -> Failure {
        Failure::new(kind, self.secrets.redact(message.as_ref()))
    }

    fn tries_after(&self, status: StatusCode) -> u32 {
        if is_busy(status) {
            TRIES_BUSY
        } else if is_broken(status) && self.repeatable {
            TRIES_BROKEN
        } else {
            0
        }
    }

    /// The pause before the next try: what was asked for, or longer, and never the same for two callers.
    fn spread(&self, asked: Option<Duration>, tried: u32) -> Duration {
        let own = self.pause(tried);
        asked.map_or(own, |asked| (asked + own / 4).max(own))
    }

    /// The pause after so many tries that nobody asked for: twice as long each time, and never the same for two callers.
    fn pause(&self, tried: u32) -> Duration {
        let full = (self.patience.pause * 2u32.saturating_pow(tried.min(16))).min(LONGEST_PAUSE);
        let share = u32::try_from(RandomState::new().hash_one(tried) % 512).unwrap_or(0);
        full * (512 + share) / 1024
    }

    fn committed(&self, sent: bool) -> Committed {
        if sent && self.class == Class::Acts { Committed::Unknown } else { Committed::No }
    }

    /// The service is left alone for longer than there is time.
    fn closed(&self, until: Instant) -> Failure {
        let left = seconds(until.saturating_duration_since(Instant::now()));
        let message = format!("{} has had enough calls and asks for {left} of rest", self.place());
        self.failure(FailureKind::RateLimited, message).with_help(
            "call it less (`at_once:`, `per_minute:`), give it more time (`timeout:`), or put another behind it: `fallback(a, b)`",
        )
    }

    fn late(&self, message: &str, sent: bool) -> Failure {
        self.failure(FailureKind::Timeout, message)
            .with_help("a longer `timeout:` on the instrument gives it more time")
            .with_committed(self.committed(sent))
            .with_took(if sent { Usage::default() } else { Usage::NOTHING })
    }

    /// There is no time left, for whatever it went.
    fn late_in_all(&self, sent: bool) -> Failure {
        let waited = if sent { "gave no answer" } else { "could not be called" };
        self.late(&format!("{} {waited} in {}", self.place(), seconds(self.patience.total)), sent)
    }

    fn lost(&self, trouble: &Trouble) -> Failure {
        let failure = self.failure(FailureKind::Unavailable, &trouble.message);
        let failure = failure.with_committed(self.committed(!trouble.unsent));
        let failure = if trouble.unsent { failure.with_took(Usage::NOTHING) } else { failure };
        match &trouble.help {
            Some(help) => failure.with_help(help),
            None => failure,
        }
    }
}

impl<'a> Answered<'a> {
    pub(in crate::backend) fn status(&self) -> StatusCode {
        self.response.status()
    }

    pub(in crate::backend) fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// Where it was answered: behind redirects, where these led.
    pub(in crate::backend) fn place(&self) -> &Url {
        self.response.target.url()
    }

    /// The value of a header, where it is plain text.
    pub(in crate::backend) fn header(&self, name: &str) -> &str {
        self.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(in crate::backend) fn order(&self) -> &'a Order<'a> {
        self.order
    }

    /// Whether the end of the body is marked, so that a lost connection can't look like it.
    pub(in crate::backend) fn has_marked_end(&self) -> bool {
        self.response.version() == Version::HTTP_2
            || self.headers().contains_key(TRANSFER_ENCODING)
            || self.headers().contains_key(CONTENT_LENGTH)
    }

    /// A failure after the server answered: what its status says of the effect is kept.
    pub(in crate::backend) fn failure(&self, kind: FailureKind, message: impl AsRef<str>) -> Failure {
        let status = self.status();
        let committed = match (self.order.class, status.as_u16()) {
            (Class::Acts, 200..=299) => Committed::Yes,
            (Class::Acts, 500..) if !is_busy(status) => Committed::Unknown,
            _ => Committed::No,
        };
        self.order.failure(kind, message).with_committed(committed)
    }

    /// The next bytes; `None` at the end.
    pub(in crate::backend) async fn chunk(&mut self, cap: usize) -> Result<Option<Bytes>, Failure> {
        let until = (Instant::now() + self.order.patience.idle).min(self.deadline);
        let Ok(next) = timeout_at(until, self.response.body.chunk()).await else {
            let place = self.order.place();
            let message = if until < self.deadline {
                format!(
                    "{place} fell silent for {} in the middle of its answer",
                    seconds(self.order.patience.idle)
                )
            } else {
                format!("the answer of {place} was not complete in {}", seconds(self.order.patience.total))
            };
            let failure = self.failure(FailureKind::Timeout, message);
            return Err(failure.with_help("a longer `timeout:` on the instrument gives it more time"));
        };
        let chunk = next.map_err(|error| {
            let why = innermost(&*error);
            let message =
                format!("the connection to {} broke in the middle of its answer ({why})", self.order.place());
            self.failure(FailureKind::Unavailable, message)
        })?;
        if let Some(chunk) = &chunk {
            self.taken += chunk.len();
            if self.taken > cap {
                let message =
                    format!("the answer of {} is longer than {} MiB", self.order.place(), cap >> 20);
                return Err(self.failure(FailureKind::BadShape, message));
            }
        }
        Ok(chunk)
    }

    /// The whole body.
    pub(in crate::backend) async fn body(&mut self, cap: usize) -> Result<Vec<u8>, Failure> {
        if let Some(early) = self.early.take() {
            return Ok(early);
        }
        let mut body = Vec::with_capacity(self.response.body.room().min(cap));
        while let Some(chunk) = self.chunk(cap).await? {
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// Reads a refusal to see whether trying again is any use, and when.
    async fn says_again(&mut self) -> Again {
        let body = self.body(REFUSAL_CAP).await.unwrap_or_default();
        let again = (self.order.again)(&body);
        self.early = Some(body);
        again
    }
}

/// A length of time as people read it.
pub(in crate::backend) fn seconds(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{} ms", time.as_millis())
    } else {
        format!("{} s", (time.as_secs_f64() * 10.0).round() / 10.0)
    }
}
