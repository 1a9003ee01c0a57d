//! Answers: read by type, judged by `ensure`, and asked for again where they will not do.

use std::sync::Arc;

use crate::answer;
use crate::instrument::{Answer, CallId, Committed, Failure, FailureKind, Outcome, Usage};
use crate::plan::{Call, Kind, Part, Target};
use crate::types::Type;
use crate::value::{Mismatch, Problem, Reading, Value, conform_with, render};

use super::call::Arguments;
use super::choice;
use super::doing::{Calling, Doing, Flight, Role};
use super::evaluate::Failed;
use super::fixed::Fixed;
use super::frame::{Frame, Place};
use super::report::{Note, Tried};
use super::request::said;
use super::state::State;
use super::voices::Sung;

/// Why an answer will not do.
enum Wrong {
    /// The player is told, and may try again.
    Answer(FailureKind, String),
    /// The score itself failed on it.
    Score(Failed),
}

impl State {
    /// A try of a call has ended.
    pub fn answered(&mut self, fixed: &Fixed, at: Place, id: CallId, outcome: Outcome) {
        let Some(frame) = self.frames.get(at.0) else { return };
        let Kind::Call(call) = &fixed.node(frame.body, at.1).kind else { return };
        let catch = frame.catch;
        if let Some(Doing::Call(calling)) = self.doing_mut(at) {
            calling.turn_to_id(id);
        }
        let Some(frame) = self.frames.get(at.0) else { return };
        let Some(Doing::Call(calling)) = self.doing(at) else { return };
        match outcome {
            Outcome::Fired | Outcome::Settled(_) | Outcome::Unpaid => {}
            Outcome::Failed(failure) => {
                if calling.may_have_acted(&failure) {
                    self.acted(catch);
                }
                if failure.kind == FailureKind::BadShape {
                    let answer = failure.received.clone();
                    let complaint = failure.message.clone();
                    let tried = Tried { answer: answer.into(), complaint: complaint.into() };
                    let took = failure.usage().unwrap_or_default();
                    return self.try_again(fixed, at, id, tried, failure, took);
                }
                self.call_failed(fixed, at, id, failure);
            }
            Outcome::Done(reply) if !reply.calls.is_empty() && calling.talk.is_some() => {
                self.tools_called(fixed, at, id, reply);
            }
            Outcome::Done(reply) if !reply.calls.is_empty() => {
                let message = "tools were called where there are none";
                let tried = Tried { answer: reply.answer.said().into(), complaint: message.into() };
                let failure = Failure::new(FailureKind::BadShape, message);
                self.try_again(fixed, at, id, tried, failure, reply.usage);
            }
            Outcome::Done(reply) => {
                let judged = Judged::of(fixed, frame, call, calling, &reply.answer);
                if calling.runs_on() {
                    self.acted(catch);
                }
                self.judged(fixed, at, id, &reply.answer, judged, reply.usage);
            }
        }
    }

    /// An answer was judged: it is taken, or asked for again.
    pub fn judged(
        &mut self,
        fixed: &Fixed,
        at: Place,
        id: CallId,
        answer: &Answer,
        judged: Judged,
        usage: Usage,
    ) {
        match judged.0 {
            Ok(value) => {
                self.keep_turn(fixed, at, id, answer);
                self.call_done(fixed, at, id, value, usage);
            }
            Err(Wrong::Score(failed)) => {
                self.end_call(at);
                self.fail_in_body(fixed, at, failed);
            }
            Err(Wrong::Answer(kind, complaint)) => {
                let Some(Doing::Call(calling)) = self.doing(at) else { return };
                let committed = if calling.runs_on() { Committed::Yes } else { Committed::No };
                let failure = Failure::new(kind, complaint.clone()).with_committed(committed);
                let answer = match answer {
                    Answer::Text(text) => text.as_str().into(),
                    Answer::Value(value) => render(value).into(),
                };
                let tried = Tried { answer, complaint: complaint.into() };
                self.try_again(fixed, at, id, tried, failure, usage);
            }
        }
    }

    fn call_done(&mut self, fixed: &Fixed, at: Place, id: CallId, value: Value, usage: Usage) {
        let Some(Doing::Call(calling)) = self.doing_mut(at) else { return };
        calling.flight = None;
        // Of a movement that plays, its own calls are told.
        if calling.movement().is_none() {
            self.notes.push(|| Note::Finished { id, usage });
        }
        let Some(Doing::Call(calling)) = self.doing_mut(at) else { return };
        let sung = calling.sung(Ok(value));
        self.sung(fixed, at, sung);
    }

    /// What the answers and failures of all who play a call come to.
    fn sung(&mut self, fixed: &Fixed, at: Place, sung: Sung) {
        match sung {
            Sung::Waiting => {}
            Sung::Done(value) => {
                self.end_call(at);
                self.give(fixed, at, value);
                self.settle(fixed, at);
            }
            Sung::Failed(failure) => {
                self.end_call(at);
                self.fail(fixed, at, failure);
            }
        }
    }

    /// Remembers what was asked and answered, where whoever answered remembers.
    fn keep_turn(&mut self, fixed: &Fixed, at: Place, id: CallId, answer: &Answer) {
        let Some(Doing::Call(calling)) = self.doing(at) else { return };
        let Some(memory) = calling.seat.memory else { return };
        let added = calling.added();
        let flight = Flight::of(id, at, Role::Play);
        let Some(request) = self.request(fixed, &flight) else { return };
        let own = request.messages.len().saturating_sub(added);
        self.remember(memory, &request.messages[..own], answer);
    }

    /// Has the player try again, shown its answer and what is wrong with it, or gives up.
    fn try_again(
        &mut self,
        fixed: &Fixed,
        at: Place,
        id: CallId,
        tried: Tried,
        failure: Failure,
        usage: Usage,
    ) {
        let Some(Doing::Call(calling)) = self.doing_mut(at) else { return };
        let complaint = Arc::clone(&tried.complaint);
        let answer = Arc::clone(&tried.answer);
        if let Some(talk) = &mut calling.talk {
            talk.complain(&answer, &complaint);
        }
        calling.tries.push(tried);
        calling.flight = None;
        let more = calling.attempt < calling.retries && !calling.runs_on();
        if more {
            calling.attempt += 1;
            self.notes.push(|| Note::Tried { id, complaint, usage });
            return self.launch(fixed, at);
        }
        let mut failure = failure;
        failure.received = String::from(&*answer);
        self.call_failed(fixed, at, id, failure);
    }

    pub fn call_failed(&mut self, fixed: &Fixed, at: Place, id: CallId, mut failure: Failure) {
        let Some(frame) = self.frames.get(at.0) else { return };
        let span = fixed.node(frame.body, at.1).span;
        if failure.sent.is_empty() {
            let flight = Flight::of(id, at, Role::Play);
            let added = match self.doing(at) {
                Some(Doing::Call(calling)) => calling.added(),
                _ => 0,
            };
            let sent = self.request(fixed, &flight).map(|request| said(&request, added)).unwrap_or_default();
            let received = std::mem::take(&mut failure.received);
            failure = failure.with_exchange(&sent, &received);
        }
        let Some(Doing::Call(calling)) = self.doing_mut(at) else { return };
        calling.flight = None;
        if calling.fall_over(&failure) {
            let next = Arc::clone(&calling.seat.player.name);
            self.notes.push(|| Note::FellOver { id, failure: Box::new(failure), next });
            return self.launch(fixed, at);
        }
        let sung = calling.sung(Err(failure.clone()));
        self.notes.push(|| Note::Failed { id, failure: Box::new(failure), span });
        // A call that fails because one inside it did is not to blame itself.
        self.blamed = self.blamed.or_else(|| self.settling.filter(|settling| *settling == id));
        self.sung(fixed, at, sung);
        self.blamed = None;
    }

    /// A call is over: nothing of it is in flight any more.
    fn end_call(&mut self, at: Place) {
        let Some(Doing::Call(calling)) = self.doing_mut(at) else { return };
        calling.flight = None;
        let timer = calling.timer.take();
        let others = calling.chorus.as_mut().map(|chorus| chorus.take_flights()).unwrap_or_default();
        self.cancel_timer(timer);
        for flight in others {
            self.cancel_flight(flight);
        }
    }
}

/// What was found of an answer: its value, or why it will not do.
pub struct Judged(Result<Value, Wrong>);

impl Judged {
    /// Judges an answer by the part's type and its `ensure`s.
    pub fn of(fixed: &Fixed, frame: &Frame, call: &Call, calling: &Calling, answer: &Answer) -> Self {
        Self(judge(fixed, frame, call, calling, answer))
    }
}

/// The value that an answer is, if it will do.
fn judge(
    fixed: &Fixed,
    frame: &Frame,
    call: &Call,
    calling: &Calling,
    answer: &Answer,
) -> Result<Value, Wrong> {
    let Target::Part(part) = &call.target else {
        return match answer {
            Answer::Value(value) => Ok(value.clone()),
            Answer::Text(text) => Ok(Value::text(text)),
        };
    };
    let part = fixed.part(*part);
    let value = read(fixed, part, calling, answer)?;
    if part.ensures.is_empty() {
        return Ok(value);
    }
    let mut slots: Vec<Value> = Arguments { frame, call }.values().cloned().collect();
    slots.push(value);
    for ensure in &part.ensures {
        match fixed.evaluate(&ensure.condition, &slots[..]) {
            Ok(Value::Bool(true)) => {}
            Ok(_) => {
                let message = fixed.evaluate(&ensure.message, &slots[..]).map_err(Wrong::Score)?;
                return Err(Wrong::Answer(FailureKind::EnsureFailed, render(&message)));
            }
            Err(failed) => return Err(Wrong::Score(failed)),
        }
    }
    Ok(slots.pop().unwrap_or(Value::Nothing))
}

fn read(fixed: &Fixed, part: &Part, calling: &Calling, answer: &Answer) -> Result<Value, Wrong> {
    let wrong = |complaint| Wrong::Answer(FailureKind::BadShape, complaint);
    if let Some(among) = &calling.among {
        return choice::chosen(answer, &part.returns, &among.choices).map_err(wrong);
    }
    let evaluator = fixed.evaluator();
    match (part.returns.shape(), answer) {
        (Type::Nothing, _) => Ok(Value::Nothing),
        (_, Answer::Text(text)) => answer::read(text, &part.returns, &mut evaluator.conditions())
            .map_err(|unreadable| Wrong::Answer(kind(unreadable.mismatch.as_deref()), unreadable.message)),
        (_, Answer::Value(value)) => {
            conform_with(value.clone(), &part.returns, Reading::FromJson, &mut evaluator.conditions())
                .map_err(|mismatch| Wrong::Answer(kind(Some(&mismatch)), mismatch.in_words("the answer")))
        }
    }
}

/// A condition that does not hold is a failure of its own kind.
fn kind(mismatch: Option<&Mismatch>) -> FailureKind {
    match mismatch.map(|mismatch| &mismatch.problem) {
        Some(Problem::Condition(_)) => FailureKind::EnsureFailed,
        _ => FailureKind::BadShape,
    }
}
