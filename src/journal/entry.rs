//! What is recorded.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::base::Name;
use crate::instrument::{CallId, Class, Committed, FailureKind, InputHash, Outcome, Price};
use crate::value::{Money, Value};

/// One record of a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// The run begins, or goes on after it had ended or died.
    Began(Box<Beginning>),
    /// A call is about to be made, or a question to be asked.
    Intended(Box<Intent>),
    /// A model is about to be called for the first time: what it costs holds for the whole run.
    Priced {
        /// `host/model`.
        model: String,
        /// What it costs.
        price: Price,
    },
    /// A timer is about to be started.
    Timed {
        /// Which.
        id: CallId,
        /// How long, in milliseconds.
        millis: i64,
        /// By which clock.
        timing: Timing,
    },
    /// A call was answered or failed, or a timer has fired.
    Ended {
        /// Which.
        id: CallId,
        /// How.
        outcome: Outcome,
        /// How it went on the way.
        times: Times,
    },
    /// A call takes over what was recorded of another one.
    Reused {
        /// Which call.
        id: CallId,
        /// Its readable path.
        path: Arc<str>,
        /// What decides its answer.
        input: InputHash,
        /// The record that it takes over.
        seq: u64,
    },
    /// A call that was intended waits for its turn, and was not sent.
    Queued {
        /// Which.
        id: CallId,
    },
    /// A call that had waited for its turn is about to be sent.
    Sent {
        /// Which.
        id: CallId,
    },
    /// A call was given up until a question of its own has an answer: it did nothing.
    Withdrawn {
        /// Which.
        id: CallId,
    },
    /// In this copy of a run a deadline has not passed: an answer after it counts.
    Late {
        /// The timer of the deadline.
        id: CallId,
    },
    /// It was decided about an act that stands for no call any more.
    Aside {
        /// The record of its intent.
        seq: u64,
    },
    /// The run stops here, and may go on later.
    Stopped(Stop),
    /// The run is over, and this is its result.
    Done(Value),
}

/// What a run is: enough to perform it again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Beginning {
    /// The run's name, which goes into the idempotency keys of its calls.
    pub run: String,
    /// The run that it was forked from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forked_from: Option<String>,
    /// The score's path, absolute; `-` for the standard input.
    pub score: String,
    /// The movement that is performed.
    pub movement: String,
    /// A hash of all sources.
    pub program: String,
    /// The sources by name, the score itself first.
    pub sources: Vec<(String, String)>,
    /// The arguments by name, as [`crate::value::encode`] has them; instruments are among the seats.
    pub arguments: Vec<(String, Json)>,
    /// Instruments that were put into chairs and parameters.
    pub seats: Vec<Seated>,
    /// Environment variables that the score names, as they were.
    pub env: Vec<(String, String)>,
    /// The names of secrets that it takes. Their values are never recorded.
    pub secrets: Vec<String>,
    /// What all its calls may cost, in billionths of a dollar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<String>,
    /// What the models cost of which it is known beforehand that they play in it: `host/model` and the price, which
    /// hold for the whole run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prices: Vec<(String, Price)>,
    /// The version of Score.
    pub engine: String,
}

impl Beginning {
    /// What all its calls may cost.
    #[must_use]
    pub fn budget(&self) -> Option<Money> {
        Some(Money::from_nanos(self.budget.as_ref()?.parse().ok()?))
    }
}

/// An instrument that was put into a chair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seated {
    /// The chair; `--name` for a parameter.
    pub chair: String,
    /// The name under which the expression is known to the plan.
    pub hidden: String,
    /// Where the expression was given, for messages.
    pub origin: String,
    /// The expression.
    pub expression: String,
}

/// A call that is about to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct Intent {
    /// Which.
    pub id: CallId,
    /// Its readable path.
    pub path: Arc<str>,
    /// The part or builtin.
    pub part: Name,
    /// Who plays it.
    pub instrument: Arc<str>,
    /// What it does to the world.
    pub class: Class,
    /// Whether a person is asked.
    pub person: bool,
    /// Which try, from 0.
    pub attempt: u32,
    /// What decides its answer, as one hash.
    pub input: InputHash,
    /// The same piece by piece, to say what has changed: short hashes by name.
    pub pieces: Vec<(String, u32)>,
    /// Whether the world takes it twice as once.
    pub repeatable: bool,
    /// Its idempotency key.
    pub key: Arc<str>,
    /// What it may cost at most, where a limit in money is around it: so much may have been spent if it is never
    /// said how it ended.
    pub hold: Option<Money>,
    /// The limits in money around it, that of the run aside: what it takes counts there, however often the run goes on.
    pub limits: Vec<CallId>,
    /// What is asked or done, for whoever must decide about it; empty for what only thinks or reads.
    pub shown: String,
    /// Of a question that a call asks before it goes on: whose it is, and all of it.
    pub within: Option<Inner>,
}

/// When a call was on its way, in milliseconds after it was begun; of what was sent several times, the last time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Times {
    /// When it was sent.
    #[serde(rename = "sent_ms", skip_serializing_if = "Option::is_none")]
    pub sent: Option<u32>,
    /// When the first of the answer came.
    #[serde(rename = "first_byte_ms", skip_serializing_if = "Option::is_none")]
    pub first_byte: Option<u32>,
}

/// A question that a call asks before it goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inner {
    /// Which call.
    pub of: CallId,
    /// What is asked.
    pub text: String,
    /// The JSON Schema of the answer.
    pub schema: String,
}

/// By which clock a timer goes, and how it goes on when the run does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing {
    /// It counts while something is performed, over all starts of the run.
    Performing,
    /// The same for one call: it begins anew when the call is made again.
    Call,
    /// On the wall, until this instant, in milliseconds since 1970.
    Wall(i64),
    /// The same for a question: no process has to wait for it.
    Deadline(i64),
}

/// Why a run stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// It needs answers of people, or a decision.
    Waiting,
    /// It was interrupted.
    Interrupted,
    /// It failed.
    Failed {
        /// How.
        kind: FailureKind,
        /// In words.
        message: String,
        /// Where.
        path: Arc<str>,
        /// The call or timer whose outcome is forgotten when the run goes on, so that it is made again.
        again: Option<CallId>,
        /// Whether that call was done all the same.
        committed: Committed,
    },
}
