//! The conversation of a call with tools: what may be called, what was said so far, what this turn calls.

use std::sync::Arc;

use crate::answer;
use crate::base::did_you_mean;
use crate::instrument::{Answer, CallId, Failure, FailureKind, Message, Reply, Role, Tool, ToolCall};
use crate::plan::{self, CALLS_A_TURN, MovementId, Origin, Part, TURNS};
use crate::types::{Field, RecordType, Type, admits_nothing, can_be_written};
use crate::value::{Callee, Function, Reading, Value, conform_with, json_text};

use super::call::Arguments;
use super::doing::{Order, Orphans};
use super::evaluate::Failed;
use super::fixed::Fixed;
use super::frame::{FrameHandle, Place};
use super::identity;

/// The conversation of a call.
#[derive(Debug)]
pub struct Talk {
    /// The node of the call.
    pub at: Place,
    tools: Box<[Offered]>,
    offered: Arc<[Tool]>,
    /// In how many turns tools may be called.
    turns: u32,
    /// In how many they were.
    pub turn: u32,
    /// How often whoever plays has spoken.
    pub spoken: u32,
    /// What was said after the part's own words.
    pub said: Vec<Message>,
    /// What is called in this turn.
    pub calls: Vec<Under>,
    /// Acts in flight of tools that have failed.
    pub orphans: Orphans,
}

/// What may be called.
#[derive(Debug)]
struct Offered {
    movement: MovementId,
    function: Arc<Function>,
    /// What must be over before it is called.
    order: Order,
}

/// A call of a tool in this turn.
#[derive(Debug)]
pub struct Under {
    pub call: ToolCall,
    pub stage: Stage,
}

/// How far a call of a tool is.
#[derive(Debug)]
pub enum Stage {
    /// It waits for those above it.
    Ready(Opens),
    /// It is performed; with what it gave so far.
    Open(FrameHandle, Option<Value>),
    /// It is over, and this is what the player is told.
    Over(String),
}

/// What a call of a tool opens.
#[derive(Debug, Clone)]
pub struct Opens {
    pub movement: MovementId,
    pub function: Arc<Function>,
    /// One value for each parameter.
    pub arguments: Vec<Value>,
    pub order: Order,
}

impl Talk {
    /// The conversation that a call of a part begins, if the part has tools.
    pub fn of(
        fixed: &Fixed,
        part: &Part,
        arguments: &Arguments<'_>,
        at: Place,
    ) -> Result<Option<Box<Self>>, Failed> {
        if part.tools.is_empty() {
            return Ok(None);
        }
        let mut tools = Vec::with_capacity(part.tools.len());
        let mut offered = Vec::with_capacity(part.tools.len());
        for tool in &part.tools {
            let callee = fixed.evaluate(&tool.callee, arguments)?;
            let (movement, function) =
                called(&tool.name, &callee).map_err(|failure| Failed { failure, span: tool.callee.span })?;
            offered.push(described(fixed, tool, movement));
            let order = fixed.order_of(movement);
            tools.push(Offered { movement, function, order });
        }
        let turns = match &part.turns {
            None => TURNS,
            Some(turns) => match fixed.evaluate(turns, arguments)? {
                Value::Int(turns) => u32::try_from(turns.max(0)).unwrap_or(u32::MAX),
                _ => TURNS,
            },
        };
        Ok(Some(Box::new(Self {
            at,
            tools: tools.into_boxed_slice(),
            offered: offered.into(),
            turns,
            turn: 0,
            spoken: 0,
            said: Vec::new(),
            calls: Vec::new(),
            orphans: Orphans::default(),
        })))
    }

    /// What the player's next words are called in paths, where they are not the first.
    pub fn leaf(&self, name: &str) -> Option<String> {
        (self.spoken > 0).then(|| format!("{name}/turn{}", self.spoken + 1))
    }

    /// What must be over before the strongest of the tools is called.
    pub fn order(&self) -> Order {
        self.tools.iter().map(|tool| tool.order).max().unwrap_or(Order::Free)
    }

    /// What may be called.
    pub fn offered(&self) -> Arc<[Tool]> {
        Arc::clone(&self.offered)
    }

    /// The id of what the player says now, in a call of this id.
    pub fn operation(&self, call: CallId) -> CallId {
        if self.spoken == 0 { call } else { identity::child(call, "", u128::from(self.spoken), "turn") }
    }

    /// Frames of tools that are performed.
    pub fn frames(&self) -> impl Iterator<Item = FrameHandle> {
        self.calls.iter().filter_map(|under| match under.stage {
            Stage::Open(frame, _) => Some(frame),
            _ => None,
        })
    }

    /// A turn with these calls; a failure where there may be none.
    pub fn begin_turn(&mut self, fixed: &Fixed, reply: Reply) -> Result<(), Failure> {
        if self.turn >= self.turns {
            let plural = if self.turns == 1 { "" } else { "s" };
            let message =
                format!("tools were called in up to {} turn{plural}, and there is no answer", self.turns);
            return Err(Failure::new(FailureKind::Exhausted, message)
                .with_help("allow it more with `up to N turns`, or ask for less at a time"));
        }
        self.turn += 1;
        self.spoken += 1;
        let turn = self.turn;
        let Reply { answer, calls: mut numbered, memo, .. } = reply;
        for (number, call) in (1..).zip(&mut numbered) {
            call.id = Arc::from(id_of(turn, number));
        }
        let message = Message::words(Role::Assistant, &answer.said());
        self.said.push(message.with_calls(numbered.clone()).with_memo(memo));
        self.calls = (0..)
            .zip(numbered)
            .map(|(at, call)| {
                let stage = if at < CALLS_A_TURN {
                    self.ready(fixed, &call).map_or_else(Stage::Over, Stage::Ready)
                } else {
                    Stage::Over(format!("Not called: at most {CALLS_A_TURN} tools are called in one turn."))
                };
                Under { call, stage }
            })
            .collect();
        Ok(())
    }

    /// What a call opens, or what is wrong with it.
    fn ready(&self, fixed: &Fixed, call: &ToolCall) -> Result<Opens, String> {
        let found = self.offered.iter().position(|tool| tool.name == call.tool);
        let Some((tool, offered)) = found.and_then(|at| Some((self.offered.get(at)?, self.tools.get(at)?)))
        else {
            return Err(unknown(&call.tool, &self.offered));
        };
        let given = read(fixed, tool, &call.arguments)?;
        let Value::Record(given) = given else { return Err("Its arguments are no object.".to_owned()) };
        let movement = &fixed.plan.movements[offered.movement.0 as usize];
        let mut arguments = Vec::with_capacity(movement.params.len());
        for param in &movement.params {
            let said = given.get(&param.name).filter(|said| **said != Value::Nothing);
            arguments.push(match (said, &param.default) {
                (Some(said), _) => said.clone(),
                (None, Some(default)) => {
                    fixed.evaluate(default, &[][..]).map_err(|failed| failed.failure.message)?
                }
                (None, None) => Value::Nothing,
            });
        }
        let (movement, function, order) = (offered.movement, Arc::clone(&offered.function), offered.order);
        Ok(Opens { movement, function, arguments, order })
    }

    /// Whether this call of the turn may be performed now, as if they were written one below another: what acts
    /// waits for all above it, what reads for the acts above it.
    pub fn may_open(&self, at: usize, order: Order) -> bool {
        let settled = self.orphans.waiting == 0;
        match order {
            Order::Free => true,
            Order::Read => settled && self.open_before(at, |order| order == Order::Act) == 0,
            Order::Act => settled && self.open_before(at, |_| true) == 0,
        }
    }

    fn open_before(&self, at: usize, counts: impl Fn(Order) -> bool) -> usize {
        let above = self.calls.iter().take(at);
        above
            .filter(|under| match &under.stage {
                Stage::Ready(opens) => counts(opens.order),
                Stage::Open(..) => counts(self.order_of_call(&under.call)),
                Stage::Over(_) => false,
            })
            .count()
    }

    fn order_of_call(&self, call: &ToolCall) -> Order {
        let found = self.offered.iter().zip(&self.tools).find(|(tool, _)| tool.name == call.tool);
        found.map_or(Order::Act, |(_, offered)| offered.order)
    }

    /// Whether all that this turn calls is over.
    pub fn turn_is_over(&self) -> bool {
        self.orphans.waiting == 0 && self.calls.iter().all(|under| matches!(under.stage, Stage::Over(_)))
    }

    /// Says what this turn's calls gave.
    pub fn end_turn(&mut self) {
        let calls = std::mem::take(&mut self.calls);
        let last = calls.len().saturating_sub(1);
        for (at, Under { call, stage }) in calls.into_iter().enumerate() {
            let Stage::Over(mut told) = stage else { continue };
            if at == last && self.turn == self.turns {
                told.push_str("\n\n(No more tools can be called. Answer now, with what is known.)");
            }
            self.said.push(Message::words(Role::Tool, &told).with_calls(vec![call]));
        }
    }

    /// An answer that will not do, and what is wrong with it.
    pub fn complain(&mut self, answer: &str, complaint: &str) {
        self.spoken += 1;
        self.said.push(Message::words(Role::Assistant, answer));
        self.said.push(Message::words(Role::User, complaint));
    }

    /// The name of a call of this turn in paths: with its number where it is not the first of its name.
    pub fn site(&self, at: usize) -> String {
        let Some(under) = self.calls.get(at) else { return String::new() };
        let name = &under.call.tool;
        let before = self.calls.iter().take(at).filter(|other| other.call.tool == *name).count();
        match before {
            0 => format!("turn{}/{name}", self.spoken),
            _ => format!("turn{}/{name}#{}", self.spoken, before + 1),
        }
    }
}

/// What a tool's value is told as: a text as it is, `nothing` as that it is done, the rest as JSON.
pub fn told(value: &Value) -> String {
    match value {
        Value::Text(text) => text.to_string(),
        Value::Nothing => "Done.".to_owned(),
        other => json_text(other),
    }
}

/// Nine letters and digits: the narrowest that providers take.
fn id_of(turn: u32, number: u32) -> String {
    format!("t{:04}c{:03}", turn % 10_000, number % 1_000)
}

/// The movement that a tool's value names.
fn called(name: &str, value: &Value) -> Result<(MovementId, Arc<Function>), Failure> {
    if let Value::Function(function) = value
        && let Callee::Movement(id) = function.callee
    {
        return Ok((MovementId(id), Arc::clone(function)));
    }
    // An instrument that brings tools of its own would be asked for them here.
    let message = format!("`{name}` can't be called: it is no part and no movement");
    Err(Failure::new(FailureKind::InvalidRequest, message))
}

/// A tool as whoever plays is told of it. Parameters that can't be written down have their default.
fn described(fixed: &Fixed, tool: &plan::Tool, movement: MovementId) -> Tool {
    let movement = &fixed.plan.movements[movement.0 as usize];
    let arity = tool.arity.map_or(usize::MAX, |arity| arity as usize);
    let own = movement.params.len() - usize::from(movement.origin == Origin::Part);
    let fields = movement.params.iter().take(own.min(arity)).filter(|param| can_be_written(&param.ty));
    let fields = fields.map(|param| {
        let optional = param.default.is_some() && !admits_nothing(&param.ty);
        let ty = if optional { param.ty.clone().optional() } else { param.ty.clone() };
        Field { name: param.name.clone(), doc: param.doc.to_string(), ty, has_default: false }
    });
    let doc = if movement.doc.trim().is_empty() { &tool.doc } else { &movement.doc };
    Tool {
        name: tool.name.clone(),
        doc: Arc::clone(doc),
        params: Arc::new(RecordType::anonymous(fields.collect())),
    }
}

fn unknown(name: &str, tools: &[Tool]) -> String {
    let names: Vec<&str> = tools.iter().map(|tool| &*tool.name).collect();
    let near = did_you_mean(name, names.iter().copied());
    let near = near.map_or(String::new(), |near| format!(" Did you mean `{near}`?"));
    let listed: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    format!("There is no tool `{name}`.{near} There are: {}.", listed.join(", "))
}

/// The arguments of a call as its tool wants them, or what is wrong with them.
fn read(fixed: &Fixed, tool: &Tool, arguments: &Answer) -> Result<Value, String> {
    let evaluator = fixed.evaluator();
    let ty: Type = tool.arguments();
    let judge = &mut evaluator.conditions();
    let wrong = |why: String| {
        let stop = if why.ends_with(['.', '?']) { "" } else { "." };
        format!("Not called. The arguments of `{}` will not do: {why}{stop}", tool.name)
    };
    match arguments {
        Answer::Text(text) if text.trim().is_empty() => answer::read("{}", &ty, judge),
        Answer::Text(text) => answer::read(text, &ty, judge),
        Answer::Value(value) => {
            return conform_with(value.clone(), &ty, Reading::FromJson, judge)
                .map_err(|mismatch| wrong(mismatch.in_words("it")));
        }
    }
    .map_err(|unreadable| {
        let said = unreadable.mismatch.as_ref().map(|mismatch| mismatch.in_words("it"));
        // Which type is wanted stands in the tool's own schema.
        let message = &unreadable.message;
        let why = message.split_once("`: ").map_or(&**message, |(_, why)| why);
        wrong(said.unwrap_or_else(|| why.to_owned()))
    })
}
