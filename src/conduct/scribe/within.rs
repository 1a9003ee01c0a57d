//! Questions in the middle of a call: each is recorded like a question of the score, and tied to its call.

use std::sync::Arc;

use super::{Scribe, Verdict};
use crate::base::Name;
use crate::instrument::{CallId, Class, Message, Outcome, Piece, Question, Request, Role};
use crate::journal::{Entry, Inner, Intent, JournalError};
use crate::types::{Type, form_of_schema, json_schema};
use crate::value::{Instrument, Map};

/// What a question of a call is called in paths.
const LEAF: &str = "question";

/// A question of a call as a request to a person; `times` is how often the call has asked the same.
#[must_use]
pub fn question_within(call: CallId, times: u32, path: &str, question: &Question) -> Request {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&call.0.to_le_bytes()).update(question.text.as_bytes());
    hasher.update(question.answer.to_string().as_bytes()).update(&times.to_le_bytes());
    let mut half = [0; 16];
    half.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    let id = CallId(u128::from_le_bytes(half));
    let complaint = question.complaint.as_deref();
    request(id, &format!("{path}/{LEAF}"), &question.text, complaint, question.answer.clone())
}

fn request(id: CallId, path: &str, text: &str, complaint: Option<&str>, answer: Type) -> Request {
    let mut messages = vec![Message::words(Role::User, text)];
    if let Some(complaint) = complaint {
        messages.push(Message::words(Role::Assistant, ""));
        messages.push(Message::words(Role::User, complaint));
    }
    let you: Name = Arc::from("you");
    let instrument = Instrument { name: you, constructor: Arc::from("human"), settings: Map::new() };
    Request {
        call: id,
        path: Arc::from(path),
        instrument: Arc::new(instrument),
        part: Arc::from(LEAF),
        doc: Arc::from(""),
        messages,
        tools: Arc::from([]),
        arguments: Vec::new(),
        answer,
        choices: None,
        made: None,
        stdin: None,
        prefill: None,
        attempt: u32::from(complaint.is_some()),
        fresh: false,
        class: Class::Acts,
        within: None,
        longest: None,
        ensures: None,
        idempotency_key: Arc::from(""),
    }
}

fn flat(message: &Message) -> String {
    let words = message.pieces.iter().filter_map(|piece| match piece {
        Piece::Words(words) => Some(&**words),
        Piece::Hole(_) => None,
    });
    words.collect()
}

impl Scribe {
    /// A call is about to ask this.
    pub fn intend_within(&mut self, question: &Request, call: CallId) {
        if !self.journal.lasts() {
            return;
        }
        let text = question.messages.first().map(flat).unwrap_or_default();
        let within = Inner { of: call, text, schema: json_schema(&question.answer).to_string() };
        let intent = Intent { within: Some(within), ..super::intent::intent(question, true, false) };
        self.entries.push(Entry::Intended(Box::new(intent)));
    }

    /// A call is given up until it has an answer: it has done nothing that would have to be decided about.
    pub fn withdraw(&mut self, call: CallId) {
        if self.journal.lasts() {
            self.entries.push(Entry::Withdrawn { id: call });
        }
    }

    /// How this question of a call ended before, if that is recorded.
    ///
    /// # Errors
    /// If it can't be read.
    pub fn answered_before(&mut self, question: &Request) -> Result<Option<Outcome>, JournalError> {
        match self.recalled(question) {
            Some(known) => self.journal.outcome(known.holder).map(Some),
            None => Ok(None),
        }
    }

    /// The open questions of a call that would be made now.
    ///
    /// # Errors
    /// If what is recorded can't be read.
    pub fn open_within(&mut self, call: CallId, verdict: &Verdict) -> Result<Vec<Request>, JournalError> {
        let Some(past) = self.recall.as_ref().map(|recall| &recall.past) else { return Ok(Vec::new()) };
        let Some(at) = past.position(call).filter(|_| matches!(verdict, Verdict::Go)) else {
            return Ok(Vec::new());
        };
        // What an earlier attempt at the call asked is of no interest.
        let since = past.records[at].intent;
        let open = past.records[at..].iter().filter(|record| {
            record.person && record.outcome.is_none() && !record.undone && record.intent > since
        });
        let open: Vec<u64> = open.map(|record| record.intent).collect();
        let mut questions = Vec::new();
        for seq in open {
            let intent = self.journal.intent(seq)?;
            let Some(within) = intent.within.filter(|within| within.of == call) else { continue };
            let schema = serde_json::from_str(&within.schema).unwrap_or_default();
            questions.push(request(intent.id, &intent.path, &within.text, None, form_of_schema(&schema)));
        }
        Ok(questions)
    }
}
