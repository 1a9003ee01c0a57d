//! `repeat`: one round after another, each with what the one before it carried over.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::instrument::{Failure, FailureKind};
use crate::plan::{Kind, Repeat};
use crate::types::{Field, RecordType, Type};
use crate::value::{Record, Value};

use super::doing::{Doing, Repeating, Role};
use super::fixed::Fixed;
use super::frame::{Frame, FrameHandle, Leave, Phase, Place};
use super::identity;
use super::state::State;

impl State {
    pub fn start_repeat(&mut self, fixed: &Fixed, at: Place, repeat: &Repeat) {
        let Some(frame) = self.frames.get_mut(at.0) else { return };
        let bound = match frame.value(repeat.bound) {
            Value::Int(bound) => *bound,
            _ => 0,
        };
        let starts: Option<Vec<Value>> =
            repeat.starts.iter().map(|slot| frame.slot(*slot).cloned()).collect();
        if bound <= 0 && starts.is_none() {
            // Its value is what it starts from: that must be there.
            frame.node_mut(at.1).phase = Phase::Late;
            return;
        }
        let repeating = Repeating {
            bound,
            opened: 0,
            rounds: VecDeque::new(),
            open: 0,
            loud: 0,
            told: 0,
            carried: Vec::new(),
            ended: false,
            timer: None,
            ready: false,
        };
        self.begin_doing(at, Doing::Repeat(Box::new(repeating)));
        if bound > 0 {
            return self.next_round(fixed, at);
        }
        let starts = starts.unwrap_or_default();
        let value = joined(repeat, &starts);
        if let Some(Doing::Repeat(repeating)) = self.doing_mut(at) {
            repeating.carried = starts;
        }
        self.run_out(fixed, at, value);
        self.settle_if_ended(fixed, at);
    }

    fn repeat_of<'a>(&self, fixed: &'a Fixed, at: Place) -> Option<&'a Repeat> {
        match &fixed.node(self.frames.get(at.0)?.body, at.1).kind {
            Kind::Repeat(repeat) => Some(repeat),
            _ => None,
        }
    }

    /// Opens the next round.
    fn next_round(&mut self, fixed: &Fixed, at: Place) {
        let Some(repeat) = self.repeat_of(fixed, at) else { return };
        let Some(Doing::Repeat(repeating)) = self.doing_mut(at) else { return };
        let number = repeating.opened;
        repeating.opened += 1;
        repeating.ready = false;
        let last = i64::from(repeating.opened) >= repeating.bound;
        let carried = repeating.carried.clone();
        let Some(child) = self.open_after_rounds(fixed, at, 0, Some(number)) else { return };
        self.begin_with(fixed, at.0, &repeat.body, child);
        for (which, to) in repeat.carried.iter().enumerate() {
            match carried.get(which) {
                Some(value) => self.set(fixed, child, *to, value.clone()),
                None if number == 0 => self.hand(fixed, at.0, repeat.starts[which], child, *to),
                None => self.set(fixed, child, *to, Value::Nothing),
            }
        }
        let every =
            repeat.every.filter(|_| !last).and_then(|slot| match self.frames.get(at.0)?.value(slot) {
                Value::Duration(millis) => Some((*millis).max(0)),
                _ => None,
            });
        if let Some(millis) = every {
            let timer = self.start_timer(fixed, at, Role::Every, millis, number);
            if let Some(Doing::Repeat(repeating)) = self.doing_mut(at) {
                repeating.timer = Some(timer);
            }
        }
    }

    /// Opens a frame whose place in the order is after the rounds that are open.
    fn open_after_rounds(
        &mut self,
        fixed: &Fixed,
        at: Place,
        part: u32,
        round: Option<u32>,
    ) -> Option<FrameHandle> {
        let repeat = self.repeat_of(fixed, at)?;
        let used = match &repeat.otherwise {
            Some((otherwise, _)) if part == 1 => otherwise,
            _ => &repeat.body,
        };
        let mut opening = self.opening(at, used.body, part)?;
        opening.round = round;
        if let Some(round) = round {
            let name = &fixed.node(self.frames.get(at.0)?.body, at.1).name;
            opening.id = identity::child(opening.id, name, u128::from(round), "");
        }
        let Some(Doing::Repeat(repeating)) = self.doing(at) else { return None };
        opening.clear &= repeating.open == 0;
        opening.read_clear &= repeating.loud == 0;
        let loud = fixed.facts(used.body).may_act;
        let child = self.open(fixed, opening);
        if let Some(Doing::Repeat(repeating)) = self.doing_mut(at) {
            repeating.rounds.push_back(child);
            repeating.open += 1;
            repeating.loud += u32::from(loud);
        }
        Some(child)
    }

    /// Takes the value of a round: what the next one carries, or the value of the loop.
    pub fn take_carried(&mut self, fixed: &Fixed, at: Place, round: Option<u32>, value: Value) {
        let Some(repeat) = self.repeat_of(fixed, at) else { return };
        let Some(Doing::Repeat(repeating)) = self.doing_mut(at) else { return };
        if repeating.ended || round.map(|round| round + 1) != Some(repeating.opened) {
            return;
        }
        repeating.carried = split(repeat, &value);
        if i64::from(repeating.opened) >= repeating.bound {
            self.run_out(fixed, at, value);
        } else if repeating.timer.is_some() {
            repeating.ready = true;
        } else {
            self.next_round(fixed, at);
        }
    }

    /// All rounds are over and none has stopped the loop.
    fn run_out(&mut self, fixed: &Fixed, at: Place, value: Value) {
        let Some(repeat) = self.repeat_of(fixed, at) else { return };
        let Some(Doing::Repeat(repeating)) = self.doing_mut(at) else { return };
        repeating.ended = true;
        let (bound, carried) = (repeating.bound, repeating.carried.clone());
        match &repeat.otherwise {
            _ if !repeat.can_stop => self.give(fixed, at, value),
            Some((otherwise, slots)) => {
                let Some(child) = self.open_after_rounds(fixed, at, 1, None) else { return };
                self.begin_with(fixed, at.0, otherwise, child);
                for (slot, value) in slots.iter().zip(carried) {
                    self.set(fixed, child, *slot, value);
                }
            }
            None => {
                let rounds = if bound == 1 { "1 round".to_owned() } else { format!("{bound} rounds") };
                let failure = Failure::new(FailureKind::Exhausted, format!("{rounds} were not enough"))
                    .with_help("allow more, or say with `else` what to do when they run out");
                self.fail(fixed, at, failure);
            }
        }
    }

    /// A `stop` is reached, with a value or with what its round carries.
    pub fn stop(&mut self, fixed: &Fixed, at: Place, value: Option<Value>) {
        let value = match value {
            Some(value) => value,
            None => match self.carried_around(fixed, at) {
                Ok(value) => value,
                Err(round) => {
                    if let Some(frame) = self.frames.get_mut(round) {
                        frame.late_stop = Some(at);
                    }
                    if let Some(frame) = self.frames.get_mut(at.0) {
                        frame.node_mut(at.1).phase = Phase::Late;
                    }
                    return;
                }
            },
        };
        self.leave(fixed, at, &Leave::Stop(value));
        self.settle(fixed, at);
    }

    /// What the round around a place carries; the round where it isn't there yet.
    fn carried_around(&self, fixed: &Fixed, at: Place) -> Result<Value, FrameHandle> {
        let mut handle = at.0;
        while let Some(frame) = self.frames.get(handle) {
            let Some(parent) = frame.parent else { break };
            if let (Some(repeat), Some(_)) = (self.repeat_of(fixed, parent), frame.round) {
                let carried: Option<Vec<Value>> =
                    repeat.carried.iter().map(|slot| frame.slot(*slot).cloned()).collect();
                return carried.map(|carried| joined(repeat, &carried)).ok_or(handle);
            }
            handle = parent.0;
        }
        Ok(Value::Nothing)
    }

    /// The loop was stopped: it has its value.
    pub fn stopped(&mut self, fixed: &Fixed, at: Place, value: Option<Value>) {
        let Some(Doing::Repeat(repeating)) = self.doing_mut(at) else { return };
        repeating.ended = true;
        let timer = repeating.timer.take();
        self.cancel_timer(timer);
        if let Some(value) = value {
            self.give(fixed, at, value);
        }
    }

    /// The timer of `every` has fired.
    pub fn every_fired(&mut self, fixed: &Fixed, at: Place) {
        let Some(Doing::Repeat(repeating)) = self.doing_mut(at) else { return };
        repeating.timer = None;
        if repeating.ready {
            self.next_round(fixed, at);
        }
    }

    /// A round, or the `else`, is over.
    pub fn repeat_closed(&mut self, fixed: &Fixed, at: Place, closed: &Frame) {
        let Some(doing) = self.frames.get(at.0).and_then(|frame| frame.node(at.1).doing) else { return };
        let Some(Doing::Repeat(repeating)) = self.doings.get_mut(doing) else { return };
        repeating.open -= 1;
        repeating.loud = repeating.loud.saturating_sub(u32::from(!closed.quiet));
        while repeating.rounds.front().is_some_and(|round| self.frames.get(*round).is_none()) {
            repeating.rounds.pop_front();
            repeating.told = repeating.told.saturating_sub(1);
        }
        if self.may_act(at) {
            self.clear_children(at);
        }
        if self.may_read(at) {
            self.read_clear_children(at);
        }
        self.settle_if_ended(fixed, at);
    }

    fn settle_if_ended(&mut self, fixed: &Fixed, at: Place) {
        if let Some(Doing::Repeat(repeating)) = self.doing(at)
            && repeating.ended
            && repeating.open == 0
        {
            self.settle(fixed, at);
        }
    }
}

/// The values that a round's value carries over.
fn split(repeat: &Repeat, value: &Value) -> Vec<Value> {
    match (&*repeat.names, value) {
        ([], _) => Vec::new(),
        ([_], value) => vec![value.clone()],
        (names, Value::Record(record)) => {
            names.iter().map(|name| record.get(name).cloned().unwrap_or(Value::Nothing)).collect()
        }
        (names, Value::Map(map)) => {
            names.iter().map(|name| map.get(name).cloned().unwrap_or(Value::Nothing)).collect()
        }
        (names, _) => vec![Value::Nothing; names.len()],
    }
}

/// The value of a loop that ends with these carried values.
fn joined(repeat: &Repeat, carried: &[Value]) -> Value {
    match carried {
        [] => Value::Nothing,
        [one] => one.clone(),
        several => {
            let field = |name: &crate::base::Name| Field {
                name: Arc::clone(name),
                doc: String::new(),
                ty: Type::Unknown,
                has_default: false,
            };
            let shape = Arc::new(RecordType::anonymous(repeat.names.iter().map(field).collect()));
            Record::new(shape, several.to_vec())
                .map_or(Value::Nothing, |record| Value::Record(Arc::new(record)))
        }
    }
}
