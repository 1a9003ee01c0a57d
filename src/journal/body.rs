//! The bodies of the records that a run has most of, as they are written: straight to text.

use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};
use serde_json::Value as Json;

use super::coded::hex;
use super::{Inner, Intent, Times};
use crate::instrument::{CallId, Class, Memo, Usage};

/// What was answered.
#[derive(Serialize)]
pub(super) struct Answered<'a> {
    pub(super) answer: Said<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) calls: Vec<Called<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) memo: Option<Remembered<'a>>,
    #[serde(flatten)]
    pub(super) took: Took,
    #[serde(flatten)]
    pub(super) times: Times,
}

/// How a call failed.
#[derive(Serialize)]
pub(super) struct Failed<'a> {
    pub(super) kind: &'static str,
    pub(super) message: &'a str,
    pub(super) help: Option<&'a str>,
    pub(super) committed: &'static str,
    pub(super) took: Option<Took>,
    pub(super) sent: &'a str,
    pub(super) received: &'a str,
    #[serde(flatten)]
    pub(super) times: Times,
}

/// An answer: words, or a value with its media in the store.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Said<'a> {
    Text(&'a str),
    Value(Json),
}

/// A tool that a model called.
#[derive(Serialize)]
pub(super) struct Called<'a> {
    pub(super) id: &'a str,
    pub(super) tool: &'a str,
    pub(super) arguments: Said<'a>,
}

/// What a model wants to be told again.
#[derive(Serialize)]
pub(super) struct Remembered<'a> {
    of: &'a str,
    kept: &'a str,
}

impl<'a> From<&'a Memo> for Remembered<'a> {
    fn from(memo: &'a Memo) -> Self {
        Self { of: &memo.of, kept: &memo.kept }
    }
}

/// What a call took, as far as that is known.
#[derive(Serialize)]
pub(super) struct Took {
    #[serde(rename = "in", skip_serializing_if = "Option::is_none")]
    tokens_in: Option<u64>,
    #[serde(rename = "out", skip_serializing_if = "Option::is_none")]
    tokens_out: Option<u64>,
    #[serde(rename = "cached", skip_serializing_if = "Option::is_none")]
    tokens_cached: Option<u64>,
    #[serde(rename = "stored", skip_serializing_if = "Option::is_none")]
    tokens_stored: Option<u64>,
    #[serde(rename = "heard", skip_serializing_if = "Option::is_none")]
    tokens_heard: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    units: Option<u64>,
    /// In billionths of a dollar.
    #[serde(skip_serializing_if = "Option::is_none")]
    spend: Option<String>,
}

impl From<Usage> for Took {
    fn from(usage: Usage) -> Self {
        let Usage { tokens_in, tokens_out, tokens_cached, tokens_stored, tokens_heard, units, spend } = usage;
        let spend = spend.map(|spend| spend.nanos.to_string());
        Self { tokens_in, tokens_out, tokens_cached, tokens_stored, tokens_heard, units, spend }
    }
}

impl Serialize for Intent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut body = serializer.serialize_map(None)?;
        body.serialize_entry("part", &*self.part)?;
        body.serialize_entry("instrument", &*self.instrument)?;
        body.serialize_entry("class", self.class.word())?;
        body.serialize_entry("input", &format_args!("{}", self.input))?;
        if self.attempt > 0 {
            body.serialize_entry("attempt", &self.attempt)?;
        }
        body.serialize_entry("pieces", &Pieces(&self.pieces))?;
        if let Some(hold) = self.hold {
            body.serialize_entry("most", &format_args!("{}", hold.nanos))?;
        }
        if !self.limits.is_empty() {
            body.serialize_entry("limits", &Limits(&self.limits))?;
        }
        if let Some(Inner { of, text, schema }) = &self.within {
            let of = hex(*of);
            body.serialize_entry("within", &Asked { of: &of, text, schema })?;
        }
        if self.class == Class::Acts {
            body.serialize_entry("key", &*self.key)?;
            body.serialize_entry("repeatable", &self.repeatable)?;
            body.serialize_entry("shown", &self.shown)?;
        }
        body.end()
    }
}

/// What is asked in the middle of a call.
#[derive(Serialize)]
struct Asked<'a> {
    of: &'a str,
    text: &'a str,
    schema: &'a str,
}

/// Ids one behind the other.
struct Limits<'a>(&'a [CallId]);

impl Serialize for Limits<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|id| hex(*id)))
    }
}

/// Hashes of pieces by name.
struct Pieces<'a>(&'a [(String, u32)]);

impl Serialize for Pieces<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, hash)| (name, hash)))
    }
}
