//! Calls that a movement plays: a movement, a part or a small function in the chair of an instrument. What the
//! part says is handed to it as a text, and media in it as media; what it gives is read as an answer is.

use std::sync::Arc;

use crate::instrument::{Answer, Class, Failure, FailureKind, Message, Piece, Role as Speaker, Usage};
use crate::plan::{Kind, MovementId};
use crate::types::Type;
use crate::value::{Callee, Function, Instrument, Value, render};

use super::answer::Judged;
use super::doing::{Calling, Doing, Flight, FlightHandle, Inner, Role};
use super::fixed::Fixed;
use super::frame::{DoingHandle, FrameHandle, Place};
use super::identity;
use super::state::State;

/// The constructor of an instrument that is a movement.
pub const MOVEMENT: &str = "movement";

/// The movement that sits in a chair.
pub fn movement_of(player: &Instrument) -> Option<(MovementId, Arc<Function>)> {
    if &*player.constructor != MOVEMENT {
        return None;
    }
    match player.setting("function") {
        Some(Value::Function(function)) => match function.callee {
            Callee::Movement(id) => Some((MovementId(id), Arc::clone(function))),
            Callee::Pure(_) => None,
        },
        _ => None,
    }
}

impl Fixed {
    /// What a movement that plays does to the world, as far as it can be known.
    pub fn class_of(&self, movement: MovementId) -> Class {
        let movement = &self.plan.movements[movement.0 as usize];
        if movement.thinks || !self.may_act_inside(movement.body) { Class::Thinks } else { Class::Acts }
    }
}

impl State {
    /// Has a movement play a try of a call.
    pub fn launch_movement(&mut self, fixed: &Fixed, at: Place, id: MovementId, function: &Arc<Function>) {
        let Some(Doing::Call(calling)) = self.doing(at) else { return };
        let (call, attempt, falls, timed) =
            (calling.call_id(), calling.attempt, !calling.rest.is_empty(), calling.timer.is_some());
        if calling.chorus.is_some() || calling.seat.memory.is_some() {
            let message = format!(
                "`{}` is a movement: it can't race, be counted or be reminded",
                calling.seat.player.name
            );
            return self.fail(fixed, at, Failure::new(FailureKind::InvalidRequest, message));
        }
        let movement = &fixed.plan.movements[id.0 as usize];
        let flight = Flight::of(calling.id, at, Role::Play);
        let Some(request) = self.request(fixed, &flight) else { return };
        let arguments = match handed(&request.messages, movement.params.iter().map(|param| &param.ty)) {
            Ok(arguments) => arguments,
            Err(message) => return self.fail(fixed, at, Failure::new(FailureKind::InvalidRequest, message)),
        };
        let Some(mut opening) = self.opening(at, movement.body, 0) else { return };
        opening.depth += 1;
        if let Some(failure) = self.too_deep(at, id, opening.depth, movement.depth, &movement.name) {
            return self.fail(fixed, at, failure);
        }
        opening.id = identity::child(request.call, &movement.name, u128::from(attempt), "plays");
        opening.movement = Some(id);
        if movement.thinks {
            opening.clear = true;
            opening.read_clear = true;
        }
        let child = self.open(fixed, opening);
        let within = match self.doing(at) {
            Some(Doing::Call(calling)) => calling.within.filter(|_| !timed && attempt == 0),
            _ => None,
        };
        let timer: Option<FlightHandle> = within.map(|millis| {
            self.launch_flight(at, Role::Within, identity::child(call, "", 0, "within"), millis)
        });
        let doing = self.frames.get(at.0).and_then(|frame| frame.node(at.1).doing);
        if let Some(Doing::Call(calling)) = self.doing_mut(at) {
            calling.inner = Some(Box::new(Inner { frame: child, given: None }));
            calling.timer = timer.or(calling.timer);
        }
        // Its own limit in money holds for all that the movement calls.
        if let Some(Doing::Call(calling)) = self.doing(at)
            && calling.purse.is_some()
            && let Some(frame) = self.frames.get_mut(child)
        {
            frame.limit = doing;
        }
        // What only thinks and reads may fall over to the next one; what acts may have acted.
        if falls
            && fixed.class_of(id) < Class::Acts
            && let Some(frame) = self.frames.get_mut(child)
        {
            frame.catch = doing;
        }
        self.begin(fixed, child);
        for (slot, value) in movement.captured.iter().zip(&function.captured) {
            self.set(fixed, child, *slot, value.clone());
        }
        for (slot, value) in (0..).zip(arguments) {
            self.set(fixed, child, slot, value);
        }
    }

    /// The movement that played has ended.
    pub fn movement_closed(&mut self, fixed: &Fixed, at: Place) {
        let Some(frame) = self.frames.get(at.0) else { return };
        let Kind::Call(call) = &fixed.node(frame.body, at.1).kind else { return };
        let Some(Doing::Call(calling)) = self.doing_mut(at) else { return };
        let given = calling.inner.take().and_then(|inner| inner.given);
        let id = super::voices::try_id(calling.id, calling.attempt);
        let answer = match given {
            Some(Value::Text(text)) => Answer::Text(text.to_string()),
            Some(value) => Answer::Value(value),
            None => Answer::Value(Value::Nothing),
        };
        let judged = match (self.frames.get(at.0), self.doing(at)) {
            (Some(frame), Some(Doing::Call(calling))) => Judged::of(fixed, frame, call, calling, &answer),
            _ => return,
        };
        self.judged(fixed, at, id, &answer, judged, Usage::default());
    }

    /// The movement that played has failed, and is gone.
    pub fn movement_failed(&mut self, fixed: &Fixed, at: Place, failure: Failure) {
        let Some(Doing::Call(calling)) = self.doing_mut(at) else { return };
        calling.inner = None;
        let id = super::voices::try_id(calling.id, calling.attempt);
        self.call_failed(fixed, at, id, failure);
    }

    /// The movement that a call has play, if it has.
    pub fn child_of(&self, doing: DoingHandle) -> Option<FrameHandle> {
        match self.doings.get(doing) {
            Some(Doing::Call(calling)) => calling.child(),
            _ => None,
        }
    }
}

impl Calling {
    /// The movement that plays now.
    pub fn movement(&self) -> Option<(MovementId, Arc<Function>)> {
        movement_of(&self.seat.player)
    }

    /// The frame of the movement that plays, if one does.
    pub fn child(&self) -> Option<FrameHandle> {
        self.inner.as_ref().map(|inner| inner.frame)
    }
}

/// What a movement is given of what a part says: the words as its text, media as its media, in order.
fn handed<'t>(messages: &[Message], params: impl Iterator<Item = &'t Type>) -> Result<Vec<Value>, String> {
    let mut words = String::new();
    let mut media = Vec::new();
    for message in messages {
        if !words.is_empty() {
            words.push_str("\n\n");
        }
        if message.role == Speaker::Assistant {
            words.push_str("The answer was:\n");
        }
        for piece in &message.pieces {
            match piece {
                Piece::Words(said) => words.push_str(said),
                Piece::Hole(medium @ Value::Media(_)) => media.push(medium.clone()),
                Piece::Hole(value) => words.push_str(&render(value)),
            }
        }
    }
    let mut media = media.into_iter();
    let mut arguments = Vec::new();
    for ty in params {
        arguments.push(match ty.shape() {
            ty if ty.is_media() => match media.next() {
                Some(medium) => medium,
                None => return Err(String::from("the movement in this chair takes a picture, a sound or a file, and the part says none")),
            },
            Type::Optional(inner) if inner.is_media() => media.next().unwrap_or(Value::Nothing),
            Type::Optional(inner) if *inner.shape() == Type::Instrument => Value::Nothing,
            _ => Value::text(&words),
        });
    }
    if media.next().is_some() {
        return Err(String::from("the part shows more media than the movement in this chair takes"));
    }
    Ok(arguments)
}
