//! What a movement will do, for people, before it does anything: its calls in written order, who plays
//! them, what waits for what, how many there are at most, and what they need.

mod casting;
mod cost;
mod count;
mod flow;
mod line;
mod needs;
mod numbers;
mod order;
mod plays;
mod survey;
mod text;
mod tools;

pub use casting::Casting;
pub use count::{Ceiling, Most};
pub use flow::MadeFrom;
pub use needs::Needed;
pub use numbers::Numbers;

use serde::Serialize;

use crate::value::Money;

/// A movement, outlined.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outline {
    /// Its name.
    pub movement: String,
    /// Its documentation; empty if none.
    pub doc: String,
    /// Its parameters as they are written: `topic: text`.
    pub parameters: Vec<String>,
    /// What it gives.
    pub returns: String,
    /// What it does, in written order.
    pub steps: Vec<Step>,
    /// What that which it gives is made from; of a list that is written out, for each element.
    #[serde(skip)]
    pub made: Vec<MadeFrom>,
    /// What each instrument takes at most, tries included.
    pub most: Vec<PlayerMost>,
    /// What all of it costs at most; absent where nothing bounds it or nobody knows.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "count::dollars")]
    pub spend: Option<Money>,
    /// Calls of which nobody knows what they cost at most.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unpriced: Vec<Unpriced>,
    /// What is needed from outside.
    pub needs: Needed,
}

/// How often an instrument plays at most.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlayerMost {
    /// The instrument, as [`Call::player`] names it.
    pub player: String,
    /// What it takes.
    #[serde(flatten)]
    pub most: Ceiling,
}

/// A call of which nobody knows what it costs at most.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Unpriced {
    /// The call's number.
    pub number: u32,
    /// Its path.
    pub path: String,
    /// Whose price is not known.
    pub players: Vec<String>,
    /// The line it is written on.
    pub line: usize,
    /// Whether it stands inside of a limit in money, where it can't start.
    pub limited: bool,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// A part or a builtin of the world is played.
    Call(Box<Call>),
    /// A movement; its calls stand where it is called.
    Movement {
        /// Its name.
        name: String,
        /// Whether it counts as one thought.
        thinks: bool,
        /// What it does; empty where it is one that is already being outlined.
        steps: Vec<Self>,
    },
    /// Steps under a heading: an arm, rounds, a lane, a fallback, limits.
    Group(Box<Group>),
    /// Something that holds back what follows.
    Guard(Guard),
}

/// Steps under a heading.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    /// What kind: `for`, `repeat`, `if`, `else`, `together`, `lane`, `otherwise`, `limit`, `using`.
    pub kind: &'static str,
    /// As written: `for idea in ideas`.
    pub heading: String,
    /// The line it is written on.
    pub line: usize,
    /// How often at most, of loops and tools.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rounds: Option<Most>,
    /// How its rounds or lanes go with one another; empty where it has one.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub order: &'static str,
    /// What it does.
    pub steps: Vec<Step>,
}

/// Something that holds back what follows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Guard {
    /// As written.
    pub text: String,
    /// The line it is written on.
    pub line: usize,
    /// The calls it waits for.
    pub on: Numbers,
}

/// One call.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Call {
    /// Its number, from 1 in written order.
    pub number: u32,
    /// Its path.
    pub path: String,
    /// The part or builtin.
    pub part: String,
    /// Who plays it: `writer = openai("gpt-5-mini")`.
    pub player: String,
    /// The tool of an MCP server that it is, as that has it: `disk.find-notes`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// `thinks`, `reads`, `acts`; absent where it is known only when it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<&'static str>,
    /// How often it is tried at most, each time it is reached.
    pub tries: u64,
    /// In how many turns it may call tools at most, each time it is reached; absent where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turns: Option<Most>,
    /// The line it is written on.
    pub line: usize,
    /// The parameters that what it is asked is made from, beside answers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<String>,
    /// The arguments that are marked as what steers it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub control: Vec<String>,
    /// The arguments that are marked as what it hands on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub content: Vec<String>,
    /// What it waits for; nothing: it starts at once.
    pub waits: Vec<Wait>,
    /// Where `together` would lift a wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// What a call waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Wait {
    /// Why.
    pub why: Why,
    /// The calls that must be over; empty where it is a guard that waits for none.
    pub on: Numbers,
    /// Why, in words.
    pub text: String,
}

/// Why a call waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It uses their answers.
    Value,
    /// Whether it is made at all depends on them.
    Chosen,
    /// A guard above must have let it pass.
    Guard,
    /// It sees the world as the acts above leave it.
    Reads,
    /// It acts: all above must be over.
    Acts,
    /// Its instrument remembers: it answers in written order.
    Remembers,
    /// Rounds of a `repeat` come one after another.
    Round,
}
