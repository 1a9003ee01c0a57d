//! What is asked of an instrument.

use std::sync::Arc;

use crate::base::Name;
use crate::types::{Type, json_schema_text};
use crate::value::{Instrument, Media, MediaKind, Value, json_text, render};

use super::{CallId, Memo, Tool, ToolCall};

/// One call of one part on one instrument, complete: a backend needs nothing else.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which call, stable over repeats of the same program.
    pub call: CallId,
    /// Its readable path: `report/gather`, `campaign/for[2]/caption`.
    pub path: Arc<str>,
    /// Who plays it.
    pub instrument: Arc<Instrument>,
    /// The part's name.
    pub part: Name,
    /// The part's documentation; empty if none.
    pub doc: Arc<str>,
    /// What is said, in order, earlier tries and turns with tools included. Empty where the part has no text.
    pub messages: Vec<Message>,
    /// What may be called instead of answering.
    pub tools: Arc<[Tool]>,
    /// The arguments by parameter name, in order.
    pub arguments: Vec<(Name, Value)>,
    /// The type that is wanted.
    pub answer: Type,
    /// What the answer is chosen from, if the part has `from`.
    pub choices: Option<Arc<[Value]>>,
    /// The file that the answer is, made by a command; relative to the folder that runs in.
    pub made: Option<Arc<str>>,
    /// What a command reads, if the part has `stdin`.
    pub stdin: Option<Value>,
    /// What a person starts from, if the part has `prefill`.
    pub prefill: Option<Value>,
    /// Which try this is, from 0; earlier ones are in `messages`.
    pub attempt: u32,
    /// Whether it is always asked anew, never answered from a cache.
    pub fresh: bool,
    /// What its effect is, as the engine decided it.
    pub class: super::Class,
    /// Time left for the call, in milliseconds, where a `within` bounds it.
    pub within: Option<i64>,
    /// The most tokens that the answer may have, where a limit in money reckons with it.
    pub longest: Option<u64>,
    /// What the part ensures of its answer, for who makes answers up; the engine judges them all.
    pub ensures: Option<Ensures>,
    /// Sent with requests that may be made again: the same for the same call of the same run.
    pub idempotency_key: Arc<str>,
}

/// Names what a part ensures, with what it was called with: judged by [`crate::value::Judge::ensured`].
#[derive(Clone, Debug)]
pub struct Ensures {
    /// The part, by its place in the plan.
    pub part: u32,
    /// All arguments in order.
    pub arguments: Arc<[Value]>,
}

impl Request {
    /// Whether the part has no text: its arguments are what is said. What follows in a conversation is no text
    /// of the part.
    #[must_use]
    pub fn has_no_text(&self) -> bool {
        let first = self.messages.first().map(|message| message.role);
        first.is_none_or(|role| matches!(role, Role::Assistant | Role::Tool))
    }

    /// The text of the last message, holes rendered for reading; empty where there is none.
    #[must_use]
    pub fn said(&self) -> &[Piece] {
        self.messages
            .iter()
            .rev()
            .find(|message| message.role == Role::User)
            .map_or(&[], |message| &message.pieces)
    }
}

/// What providers add of their own to a request, in tokens at most: names, rules for tools and shapes.
pub const REQUEST_ADDS: u64 = 1_024;
/// The same for each turn.
const ADDED_TO_A_TURN: u64 = 32;

/// How much a request is, at most: for limits in money.
impl Request {
    /// More tokens than it can be read as: no tokenizer makes more of a text than it has bytes. A picture counts
    /// as so many.
    #[must_use]
    pub fn most_tokens(&self, picture: u64) -> u64 {
        let mut sum = REQUEST_ADDS + long(&self.doc);
        for message in &self.messages {
            sum += ADDED_TO_A_TURN;
            for piece in &message.pieces {
                sum += match piece {
                    Piece::Words(words) => long(words),
                    Piece::Hole(value) => size(value, picture),
                };
            }
            sum +=
                message.calls.iter().map(|call| long(&call.arguments.said()) + ADDED_TO_A_TURN).sum::<u64>();
        }
        if self.has_no_text() {
            sum += self.arguments.iter().map(|(name, value)| long(name) + size(value, picture)).sum::<u64>();
        }
        for tool in &*self.tools {
            sum += ADDED_TO_A_TURN + long(&tool.doc) + long(&json_schema_text(&tool.arguments()));
        }
        // It may be told in words and asked for as a format.
        sum += 2 * long(&json_schema_text(&self.answer));
        let texts = self.instrument.settings.values().filter_map(Value::as_text);
        sum + texts.map(long).sum::<u64>()
    }

    /// Whether a sound is in it.
    #[must_use]
    pub fn holds_sounds(&self) -> bool {
        self.messages.iter().flat_map(|message| &message.pieces).any(|piece| match piece {
            Piece::Words(_) => false,
            Piece::Hole(value) => {
                media(value).any(|media| matches!(media.kind, MediaKind::Audio | MediaKind::Video))
            }
        })
    }

    /// How many images it wants; `None` where nothing bounds them.
    #[must_use]
    pub fn images_wanted(&self) -> Option<u64> {
        match self.answer.shape() {
            Type::List(_, size) => size.max,
            _ => Some(1),
        }
    }
}

fn long(text: &str) -> u64 {
    text.len() as u64
}

/// How many bytes a value is read as at most; its media by kind.
fn size(value: &Value, picture: u64) -> u64 {
    let words = match value {
        Value::Text(text) => return long(text),
        Value::Media(_) => 0,
        // As lines or as JSON, indented or not.
        other => long(&render(other)).max(long(&json_text(other))) * 2,
    };
    words
        + media(value)
            .map(|media| match media.kind {
                MediaKind::Image => picture,
                MediaKind::Audio | MediaKind::Video | MediaKind::File => media.bytes.len() as u64,
            })
            .sum::<u64>()
}

/// All media in a value.
fn media(value: &Value) -> impl Iterator<Item = &Media> {
    let mut pending = vec![value];
    std::iter::from_fn(move || {
        while let Some(value) = pending.pop() {
            match value {
                Value::Media(media) => return Some(&**media),
                Value::List(values) => pending.extend(values.iter()),
                Value::Record(record) => pending.extend(record.values()),
                Value::Map(map) => pending.extend(map.values()),
                _ => {}
            }
        }
        None
    })
}

/// Who says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The rules of the house.
    System,
    /// The one who asks.
    User,
    /// The one who answers.
    Assistant,
    /// What a tool gave.
    Tool,
}

/// One turn of what is said.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Who.
    pub role: Role,
    /// What: the author's words and the values in their holes, apart, so that a backend can put each
    /// value where it stands by the rules of that place (a word of a command, a part of an address).
    pub pieces: Vec<Piece>,
    /// Of the one who answers: the tools that it calls. Of a tool: the call that this is the result of.
    pub calls: Vec<ToolCall>,
    /// Of the one who answers: what its provider wants to see again with this turn.
    pub memo: Option<Memo>,
}

impl Message {
    /// Something said that has nothing to do with tools.
    #[must_use]
    pub const fn new(role: Role, pieces: Vec<Piece>) -> Self {
        Self { role, pieces, calls: Vec::new(), memo: None }
    }

    /// The same in words alone.
    #[must_use]
    pub fn words(role: Role, words: &str) -> Self {
        Self::new(role, vec![Piece::Words(Arc::from(words))])
    }

    /// The same with what its provider wants to see again.
    #[must_use]
    pub fn with_memo(mut self, memo: Option<Memo>) -> Self {
        self.memo = memo;
        self
    }

    /// The same about these calls of tools.
    #[must_use]
    pub fn with_calls(mut self, calls: Vec<ToolCall>) -> Self {
        self.calls = calls;
        self
    }
}

/// A piece of what is said.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// The author's words.
    Words(Arc<str>),
    /// A value in a hole.
    Hole(Value),
}
