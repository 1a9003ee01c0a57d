//! Entries as they are written down: JSON, with the bytes of media kept in the store.

use serde::{Deserialize as _, Serialize};
use serde_json::{Value as Json, json};

use super::body::{Answered, Called, Failed, Remembered, Said, Took};
use super::store::Store;
use super::{Entry, Inner, Intent, JournalError, Stop, Times, Timing};
use crate::instrument::{
    Answer, CallId, Class, Committed, Failure, FailureKind, InputHash, Memo, Outcome, Price, Reply, ToolCall,
    Usage,
};
use crate::value::{CodedError, Money, Value, decode_with, encode_with};

/// An entry, written down.
pub(super) struct Written<'a> {
    pub(super) kind: &'static str,
    pub(super) call: Option<CallId>,
    pub(super) path: Option<&'a str>,
    pub(super) body: String,
}

/// Kinds of records, as they stand in the journal.
pub(super) mod kind {
    pub(crate) const BEGAN: &str = "began";
    pub(crate) const INTENDED: &str = "intended";
    pub(crate) const ASKED: &str = "asked";
    pub(crate) const PRICED: &str = "priced";
    pub(crate) const TIMED: &str = "timed";
    pub(crate) const DONE: &str = "done";
    pub(crate) const FAILED: &str = "failed";
    pub(crate) const FIRED: &str = "fired";
    pub(crate) const SETTLED: &str = "settled";
    pub(crate) const REUSED: &str = "reused";
    pub(crate) const ASIDE: &str = "aside";
    pub(crate) const LATE: &str = "late";
    pub(crate) const QUEUED: &str = "queued";
    pub(crate) const SENT: &str = "sent";
    pub(crate) const WITHDRAWN: &str = "withdrawn";
    pub(crate) const WAITING: &str = "run waiting";
    pub(crate) const INTERRUPTED: &str = "run interrupted";
    pub(crate) const RUN_FAILED: &str = "run failed";
    pub(crate) const RUN_DONE: &str = "run done";
}

/// Why something can't be written down or read: of the value, or of the store.
enum Trouble {
    Value(CodedError),
    Journal(JournalError),
}

impl From<CodedError> for Trouble {
    fn from(error: CodedError) -> Self {
        Self::Value(error)
    }
}

impl From<JournalError> for Trouble {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

impl Trouble {
    fn writing(self) -> JournalError {
        match self {
            Self::Value(error) => JournalError::not_written(error),
            Self::Journal(error) => error,
        }
    }
}

/// Writes an entry down.
pub(super) fn write<'a>(entry: &'a Entry, store: &Store) -> Result<Written<'a>, JournalError> {
    let written = |kind, call, path, body: Json| Written { kind, call, path, body: body.to_string() };
    Ok(match entry {
        Entry::Began(beginning) => {
            let body = serde_json::to_value(beginning).map_err(JournalError::not_written)?;
            written(kind::BEGAN, None, None, body)
        }
        Entry::Intended(intent) => {
            let kind = if intent.person { kind::ASKED } else { kind::INTENDED };
            Written { kind, call: Some(intent.id), path: Some(&intent.path), body: text(intent)? }
        }
        Entry::Priced { model, price } => {
            written(kind::PRICED, None, None, json!({ "model": model, "price": price }))
        }
        Entry::Timed { id, millis, timing } => written(kind::TIMED, Some(*id), None, timed(*millis, *timing)),
        Entry::Ended { id, outcome: Outcome::Done(reply), times } => {
            let body = text(&coded_reply(reply, *times, store).map_err(Trouble::writing)?)?;
            Written { kind: kind::DONE, call: Some(*id), path: None, body }
        }
        Entry::Ended { id, outcome: Outcome::Failed(failure), times } => {
            let body = text(&coded_failure(failure, *times))?;
            Written { kind: kind::FAILED, call: Some(*id), path: None, body }
        }
        Entry::Ended { id, outcome: Outcome::Settled(usage), .. } => {
            Written { kind: kind::SETTLED, call: Some(*id), path: None, body: text(&Took::from(*usage))? }
        }
        Entry::Ended { outcome: Outcome::Unpaid, .. } => {
            return Err(JournalError::not_written("a call that is not paid has not ended"));
        }
        Entry::Ended { id, outcome: Outcome::Fired, .. } => written(kind::FIRED, Some(*id), None, json!({})),
        Entry::Reused { id, path, input, seq } => {
            written(kind::REUSED, Some(*id), Some(path), json!({ "seq": seq, "input": input.to_string() }))
        }
        Entry::Late { id } => written(kind::LATE, Some(*id), None, json!({})),
        Entry::Queued { id } => written(kind::QUEUED, Some(*id), None, json!({})),
        Entry::Sent { id } => written(kind::SENT, Some(*id), None, json!({})),
        Entry::Withdrawn { id } => written(kind::WITHDRAWN, Some(*id), None, json!({})),
        Entry::Aside { seq } => written(kind::ASIDE, None, None, json!({ "seq": seq })),
        Entry::Stopped(Stop::Waiting) => written(kind::WAITING, None, None, json!({})),
        Entry::Stopped(Stop::Interrupted) => written(kind::INTERRUPTED, None, None, json!({})),
        Entry::Stopped(Stop::Failed { kind, message, path, again, committed }) => {
            let body = json!({ "kind": kind.word(), "message": message, "again": again.map(hex),
                "committed": committed_word(*committed) });
            written(kind::RUN_FAILED, None, Some(path), body)
        }
        Entry::Done(value) => {
            // A result that is no data is shown by its name, and is made again from what was recorded.
            let body = coded(value, store).or_else(|trouble| match trouble {
                Trouble::Value(_) => Ok(json!({ "$what": value.kind() })),
                Trouble::Journal(error) => Err(error),
            })?;
            written(kind::RUN_DONE, None, None, json!({ "value": body }))
        }
    })
}

/// An id as it stands in the journal.
pub(super) fn hex(id: CallId) -> String {
    let CallId(id) = id;
    format!("{id:032x}")
}

/// The id that is written so.
pub(super) fn unhex(text: &str) -> Option<CallId> {
    u128::from_str_radix(text, 16).ok().map(CallId)
}

/// The intent that was written down so.
pub(super) fn read_intent(id: CallId, path: &str, person: bool, body: &Json) -> Option<Intent> {
    let text = |name: &str| body[name].as_str();
    let class = [Class::Thinks, Class::Reads, Class::Acts];
    let pieces = body["pieces"].as_object()?.iter();
    Some(Intent {
        id,
        path: path.into(),
        part: text("part")?.into(),
        instrument: text("instrument")?.into(),
        class: class.into_iter().find(|class| Some(class.word()) == text("class"))?,
        person,
        attempt: body["attempt"].as_u64().and_then(|attempt| u32::try_from(attempt).ok()).unwrap_or(0),
        input: read_input(body)?,
        pieces: pieces
            .map(|(name, hash)| Some((name.clone(), u32::try_from(hash.as_u64()?).ok()?)))
            .collect::<Option<_>>()?,
        repeatable: body["repeatable"].as_bool().unwrap_or(false),
        key: text("key").unwrap_or_default().into(),
        hold: read_money(&body["most"]),
        limits: match body.get("limits") {
            Some(limits) => limits.as_array()?.iter().map(|id| unhex(id.as_str()?)).collect::<Option<_>>()?,
            None => Vec::new(),
        },
        shown: text("shown").unwrap_or_default().to_owned(),
        within: read_inner(&body["within"]),
    })
}

fn read_inner(body: &Json) -> Option<Inner> {
    let text = |name: &str| body[name].as_str();
    Some(Inner { of: unhex(text("of")?)?, text: text("text")?.into(), schema: text("schema")?.into() })
}

/// The hash of what decides an answer, as it is written.
pub(super) fn read_input(body: &Json) -> Option<InputHash> {
    u128::from_str_radix(body["input"].as_str()?, 16).ok().map(InputHash)
}

/// An amount, as it is written.
pub(super) fn read_money(body: &Json) -> Option<Money> {
    body.as_str().and_then(|nanos| nanos.parse().ok()).map(Money::from_nanos)
}

/// What a model costs, as it is written.
pub(super) fn read_price(body: &Json) -> Option<(String, Price)> {
    Some((body["model"].as_str()?.to_owned(), Price::deserialize(&body["price"]).ok()?))
}

fn timed(millis: i64, timing: Timing) -> Json {
    match timing {
        Timing::Performing => json!({ "millis": millis, "clock": "performing" }),
        Timing::Call => json!({ "millis": millis, "clock": "call" }),
        Timing::Wall(until) => json!({ "millis": millis, "clock": "wall", "until": until }),
        Timing::Deadline(until) => json!({ "millis": millis, "clock": "deadline", "until": until }),
    }
}

/// The timer that was written down so.
pub(super) fn read_timer(body: &Json) -> Option<(i64, Timing)> {
    let until = body["until"].as_i64();
    let timing = match body["clock"].as_str()? {
        "performing" => Timing::Performing,
        "call" => Timing::Call,
        "wall" => Timing::Wall(until?),
        "deadline" => Timing::Deadline(until?),
        _ => return None,
    };
    Some((body["millis"].as_i64()?, timing))
}

fn text(body: &impl Serialize) -> Result<String, JournalError> {
    serde_json::to_string(body).map_err(JournalError::not_written)
}

fn coded(value: &Value, store: &Store) -> Result<Json, Trouble> {
    encode_with(value, &mut |media| Ok::<_, Trouble>(json!({ "stored": store.put(&media.bytes)? })))
}

fn coded_answer<'a>(answer: &'a Answer, store: &Store) -> Result<Said<'a>, Trouble> {
    Ok(match answer {
        Answer::Text(text) => Said::Text(text),
        Answer::Value(value) => Said::Value(coded(value, store)?),
    })
}

fn coded_reply<'a>(reply: &'a Reply, times: Times, store: &Store) -> Result<Answered<'a>, Trouble> {
    let calls = reply.calls.iter().map(|call| {
        Ok(Called { id: &call.id, tool: &call.tool, arguments: coded_answer(&call.arguments, store)? })
    });
    Ok(Answered {
        answer: coded_answer(&reply.answer, store)?,
        calls: calls.collect::<Result<_, Trouble>>()?,
        memo: reply.memo.as_ref().map(Remembered::from),
        took: reply.usage.into(),
        times,
    })
}

fn read_usage(body: &Json) -> Usage {
    Usage {
        tokens_in: body["in"].as_u64(),
        tokens_out: body["out"].as_u64(),
        tokens_cached: body["cached"].as_u64(),
        tokens_stored: body["stored"].as_u64(),
        tokens_heard: body["heard"].as_u64(),
        units: body["units"].as_u64(),
        spend: read_money(&body["spend"]),
    }
}

const fn committed_word(committed: Committed) -> &'static str {
    match committed {
        Committed::No => "no",
        Committed::Yes => "yes",
        Committed::Unknown => "unknown",
    }
}

/// What is known of an effect, as it is written.
pub(super) fn read_committed(body: &Json) -> Option<Committed> {
    [Committed::No, Committed::Yes, Committed::Unknown]
        .into_iter()
        .find(|one| body["committed"].as_str() == Some(committed_word(*one)))
}

fn coded_failure(failure: &Failure, times: Times) -> Failed<'_> {
    Failed {
        kind: failure.kind.word(),
        message: &failure.message,
        help: failure.help.as_deref(),
        committed: committed_word(failure.committed),
        took: failure.usage().map(Took::from),
        sent: &failure.sent,
        received: &failure.received,
        times,
    }
}

/// The outcome that was written down so; `None` where it is none.
pub(super) fn read_outcome(kind: &str, body: &Json, store: &Store) -> Result<Option<Outcome>, JournalError> {
    Ok(match kind {
        kind::FIRED => Some(Outcome::Fired),
        kind::FAILED => read_failure(body).map(Outcome::Failed),
        kind::SETTLED => Some(Outcome::Settled(read_usage(body))),
        kind::DONE => match read_reply(body, store) {
            Ok(reply) => reply.map(Outcome::Done),
            Err(Trouble::Value(_)) => None,
            Err(Trouble::Journal(error)) => return Err(error),
        },
        _ => None,
    })
}

fn read_failure(body: &Json) -> Option<Failure> {
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    let mut failure = Failure::new(FailureKind::from_word(body["kind"].as_str()?)?, text("message")?);
    failure.help = text("help");
    failure.committed = read_committed(body)?;
    failure.took = body["took"].is_object().then(|| Box::new(read_usage(&body["took"])));
    failure.sent = text("sent")?;
    failure.received = text("received")?;
    Some(failure)
}

fn read_reply(body: &Json, store: &Store) -> Result<Option<Reply>, Trouble> {
    let Some(answer) = read_answer(&body["answer"], store)? else { return Ok(None) };
    let mut calls = Vec::new();
    for call in body["calls"].as_array().into_iter().flatten() {
        let (Some(id), Some(tool)) = (call["id"].as_str(), call["tool"].as_str()) else { return Ok(None) };
        let Some(arguments) = read_answer(&call["arguments"], store)? else { return Ok(None) };
        calls.push(ToolCall { id: id.into(), tool: tool.into(), arguments });
    }
    let memo =
        |memo: &Json| Some(Memo { of: memo["of"].as_str()?.into(), kept: memo["kept"].as_str()?.into() });
    Ok(Some(Reply { answer, calls, usage: read_usage(body), memo: memo(&body["memo"]) }))
}

fn read_answer(body: &Json, store: &Store) -> Result<Option<Answer>, Trouble> {
    if let Some(text) = body["text"].as_str() {
        return Ok(Some(Answer::Text(text.to_owned())));
    }
    let Some(value) = body.get("value") else { return Ok(None) };
    read_value(value, store).map(|value| Some(Answer::Value(value)))
}

fn read_value(body: &Json, store: &Store) -> Result<Value, Trouble> {
    decode_with(body, &mut |kept| {
        let name = kept["stored"].as_str().unwrap_or_default();
        store.get(name).map_err(Trouble::Journal)
    })
}

/// A value as it is written, with its media in the store.
pub(super) fn keep(value: &Value, store: &Store) -> Result<Json, JournalError> {
    coded(value, store).map_err(Trouble::writing)
}

/// The value that was written so.
pub(super) fn find(body: &Json, store: &Store) -> Option<Value> {
    read_value(body, store).ok()
}
