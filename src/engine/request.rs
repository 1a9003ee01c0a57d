//! Requests: rendered when they are taken, from the values that are there then.

use std::borrow::Cow;
use std::sync::Arc;

use crate::instrument::{CallId, Ensures, Message, Piece, Request, Role};
use crate::plan::{Call, Expr, Kind, Part, PromptPiece, Target};
use crate::types::Type;
use crate::value::{Value, feed};

use super::call::{Arguments, played};
use super::choice;
use super::doing::{Calling, Doing, Flight};
use super::fixed::Fixed;
use super::frame::{FrameHandle, Place};
use super::report::Tried;
use super::state::State;

impl State {
    /// What a try of a call asks.
    pub fn request(&self, fixed: &Fixed, flight: &Flight) -> Option<Request> {
        let frame = self.frames.get(flight.at.0)?;
        let node = fixed.node(frame.body, flight.at.1);
        let (Kind::Call(call), Some(Doing::Call(calling))) = (&node.kind, self.doing(flight.at)) else {
            return None;
        };
        let given = Arguments { frame, call };
        let asked = calling.asked_of(flight.id);
        let answer = calling.among.as_ref().map_or_else(|| answer_of(fixed, call), |among| &among.asked);
        let mut request = Request {
            call: flight.id,
            path: self.path(fixed, flight.at.0, Some(self.leaf(flight.at, &node.name).as_ref())),
            instrument: Arc::clone(&asked.seat.player),
            part: played(fixed, &node.kind),
            doc: Arc::default(),
            messages: Vec::new(),
            tools: calling.talk.as_ref().map_or_else(Arc::default, |talk| talk.offered()),
            arguments: Vec::new(),
            answer: answer.clone(),
            choices: calling.among.as_ref().map(|among| Arc::clone(&among.choices)),
            made: calling.made.clone(),
            stdin: None,
            prefill: None,
            attempt: asked.attempt,
            fresh: false,
            class: asked.seat.class,
            within: calling.within,
            longest: flight.hold.as_ref().and_then(|hold| hold.longest),
            ensures: None,
            idempotency_key: Arc::default(),
        };
        match &call.target {
            Target::World { builtin, .. } => {
                let params = fixed.world(builtin).map_or(&[][..], |world| &world.signature.params);
                let names = params.iter().map(|param| Arc::clone(&param.name));
                request.arguments = names.zip(given.values().cloned()).collect();
            }
            Target::Part(part) => {
                if !fixed.part(*part).ensures.is_empty() {
                    let arguments = given.values().cloned().collect();
                    request.ensures = Some(Ensures { part: part.0, arguments });
                }
                fill(&mut request, fixed, fixed.part(*part), calling, asked.seat.person, &given);
                self.recall(asked.seat.memory, &mut request.messages);
                match &calling.talk {
                    Some(talk) => request.messages.extend(talk.said.iter().cloned()),
                    None => add_tries(&mut request, asked.tries),
                }
            }
        }
        request.idempotency_key = key(&fixed.run, calling.id, &request);
        Some(request)
    }

    /// The readable path of a place: movements by the name of their call, rounds by their number.
    pub fn path<'n>(&self, fixed: &'n Fixed, handle: FrameHandle, leaf: Option<&'n str>) -> Arc<str> {
        let leaf = leaf.map(|leaf| self.without_tool(fixed, handle, leaf)).filter(|leaf| !leaf.is_empty());
        let mut names: Vec<(Cow<'n, str>, Option<u32>)> = Vec::with_capacity(8);
        names.extend(leaf.map(|leaf| (Cow::Borrowed(leaf), None)));
        let mut next = Some(handle);
        while let Some(frame) = next.and_then(|handle| self.frames.get(handle)) {
            let site = frame.parent.and_then(|(around, node)| Some((self.frames.get(around)?.body, node)));
            let mut name = |name: &'n str| names.push((Cow::Borrowed(name), frame.round));
            match (site, frame.movement) {
                (None, Some(movement)) => name(&fixed.plan.movements[movement.0 as usize].name),
                (Some((body, node)), Some(_)) => {
                    let around = frame.parent.map_or(handle, |parent| parent.0);
                    let own = self.without_tool(fixed, around, &fixed.node(body, node).name);
                    let site = next.and_then(|handle| self.tool_site(handle));
                    names.extend(site.map(|site| (Cow::Owned(site), None)));
                    names.extend((!own.is_empty()).then_some((Cow::Borrowed(own), None)));
                }
                (Some((body, node)), None) if frame.round.is_some() => name(&fixed.node(body, node).name),
                _ => {}
            }
            next = frame.parent.map(|parent| parent.0);
        }
        let mut path = String::with_capacity(64);
        for (name, round) in names.iter().rev() {
            if !path.is_empty() {
                path.push('/');
            }
            path.push_str(name);
            if let Some(round) = round {
                path.push('[');
                push_number(&mut path, *round);
                path.push(']');
            }
        }
        Arc::from(path)
    }

    /// The readable path of an operation in flight.
    pub fn path_of(&self, fixed: &Fixed, id: CallId) -> Option<Arc<str>> {
        let flight = self.flights.get(self.flights.find(id)?)?;
        if let Some(request) = flight.orphan.as_ref().and_then(|orphan| orphan.request.as_ref()) {
            return Some(Arc::clone(&request.path));
        }
        let frame = self.frames.get(flight.at.0)?;
        let name = &fixed.node(frame.body, flight.at.1).name;
        Some(self.path(fixed, flight.at.0, Some(self.leaf(flight.at, name).as_ref())))
    }

    /// The name of a call in paths; of its later turns with their number.
    fn leaf<'n>(&self, at: Place, name: &'n str) -> Cow<'n, str> {
        let turn = match self.doing(at) {
            Some(Doing::Call(calling)) => calling.talk.as_ref().and_then(|talk| talk.leaf(name)),
            _ => None,
        };
        turn.map_or(Cow::Borrowed(name), Cow::Owned)
    }
}

/// The type that a call gives.
fn answer_of<'f>(fixed: &'f Fixed, call: &Call) -> &'f Type {
    match &call.target {
        Target::Part(part) => &fixed.part(*part).returns,
        Target::World { builtin, .. } => {
            fixed.world(builtin).map_or(&Type::Unknown, |world| &world.signature.returns)
        }
    }
}

/// A number in digits. Every call has such in its path: formatting is far dearer.
fn push_number(text: &mut String, number: u32) {
    if number >= 10 {
        push_number(text, number / 10);
    }
    text.push(char::from(b"0123456789"[number as usize % 10]));
}

fn fill(
    request: &mut Request,
    fixed: &Fixed,
    part: &Part,
    calling: &Calling,
    person: bool,
    given: &Arguments<'_>,
) {
    let path = Arc::clone(&request.path);
    let evaluate = |expr: &Expr| fixed.evaluate_at(&path, expr, given).unwrap_or(Value::Nothing);
    request.doc = Arc::clone(&part.doc);
    request.fresh = part.fresh;
    request.stdin = part.stdin.as_ref().map(evaluate);
    request.prefill = part.prefill.as_ref().map(evaluate);
    request.messages.reserve_exact(part.lines.len());
    for line in &part.lines {
        let pieces = line.pieces.iter().map(|piece| match piece {
            PromptPiece::Words(words) => Piece::Words(Arc::clone(words)),
            PromptPiece::Hole(expr) => Piece::Hole(evaluate(expr)),
        });
        request.messages.push(Message::new(line.role, pieces.collect()));
    }
    if let (Some(among), false) = (&calling.among, person)
        && let Some(message) = request.messages.iter_mut().rev().find(|message| message.role == Role::User)
    {
        message
            .pieces
            .extend(choice::numbered(&among.choices, matches!(part.returns.shape(), Type::List(..))));
    }
    let sent = part.params.iter().zip(given.values()).filter(|(param, _)| param.ty.is_sent());
    request.arguments.reserve_exact(part.params.len());
    request.arguments.extend(sent.map(|(param, value)| (Arc::clone(&param.name), value.clone())));
}

/// Answers that would not do, and what was said of them.
fn add_tries(request: &mut Request, tries: &[Tried]) {
    for tried in tries {
        let said = |role, text: &Arc<str>| Message::new(role, vec![Piece::Words(Arc::clone(text))]);
        request.messages.push(said(Role::Assistant, &tried.answer));
        request.messages.push(said(Role::User, &tried.complaint));
    }
}

/// The same for the same call of the same run with the same input, and for no other.
fn key(run: &str, call: CallId, request: &Request) -> Arc<str> {
    let mut bytes = Vec::with_capacity(256);
    bytes.extend_from_slice(run.as_bytes());
    bytes.extend_from_slice(&call.0.to_le_bytes());
    for message in &request.messages {
        for piece in &message.pieces {
            match piece {
                Piece::Words(words) => feed(&mut bytes, &Value::Text(Arc::clone(words))),
                Piece::Hole(value) => feed(&mut bytes, value),
            }
        }
    }
    for (_, value) in &request.arguments {
        feed(&mut bytes, value);
    }
    Arc::from(&blake3::hash(&bytes).to_hex()[..32])
}

/// What a call says, or the arguments of one that says nothing, for a report. What was said of earlier tries is
/// told apart.
pub fn said(request: &Request, added: usize) -> String {
    let mut said = String::new();
    let own = request.messages.len().saturating_sub(added);
    let last = request.messages[..own].iter().rev().find(|message| message.role == Role::User);
    for piece in last.iter().flat_map(|message| &message.pieces) {
        match piece {
            Piece::Words(words) => said.push_str(words),
            Piece::Hole(value) => said.push_str(&crate::value::render(value)),
        }
    }
    if request.messages.is_empty() {
        let arguments =
            request.arguments.iter().map(|(name, value)| format!("{name}: {}", crate::value::render(value)));
        said = arguments.collect::<Vec<_>>().join("\n");
    }
    said
}
