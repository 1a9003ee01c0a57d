//! Opens what was passed as a value: a movement, a part, a small function that calls.

use std::sync::Arc;

use crate::instrument::{Failure, FailureKind};
use crate::plan::{MovementId, Origin, Slot};
use crate::value::{Callee, Function, Value};

use super::doing::Doing;
use super::fixed::Fixed;
use super::frame::Place;
use super::identity;
use super::state::State;

impl State {
    /// A call of a value has it: what it names is opened, seen through as if it were called by its name.
    pub fn start_apply(
        &mut self,
        fixed: &Fixed,
        at: Place,
        callee: Slot,
        arguments: &[Slot],
        by: Option<Slot>,
    ) {
        let Some(frame) = self.frames.get(at.0) else { return };
        let (function, id) = match called(frame.value(callee)) {
            Ok(found) => found,
            Err(failure) => return self.fail(fixed, at, failure),
        };
        let origin = fixed.plan.movements.get(id.0 as usize).map(|movement| movement.origin);
        if let (Some(by), Some(Origin::Written | Origin::Function)) = (by, origin)
            && *frame.value(by) != Value::Nothing
        {
            let message = "`by` says who plays a part, and what is called here is none";
            let help = "pass a part, or leave `by` out";
            return self.fail(fixed, at, Failure::new(FailureKind::InvalidRequest, message).with_help(help));
        }
        let given = arguments.len();
        if !self.open_movement(fixed, at, id, given, &function) {
            return;
        }
        let Some(Doing::Nest(child)) = self.doing(at) else { return };
        let child = *child;
        for (to, from) in (0..).zip(arguments) {
            self.hand(fixed, at.0, *from, child, to);
        }
        if let (Some(by), Some(Origin::Part)) = (by, origin) {
            self.hand(fixed, at.0, by, child, fixed.last_param(id));
        }
    }

    /// Opens a movement with what it captured and the defaults of parameters that get no argument; says
    /// whether it is open.
    fn open_movement(
        &mut self,
        fixed: &Fixed,
        at: Place,
        id: MovementId,
        given: usize,
        function: &Arc<Function>,
    ) -> bool {
        let movement = &fixed.plan.movements[id.0 as usize];
        let Some(mut opening) = self.opening(at, movement.body, 0) else { return false };
        opening.depth += 1;
        if let Some(failure) = self.too_deep(at, id, opening.depth, movement.depth, &movement.name) {
            self.fail(fixed, at, failure);
            return false;
        }
        let name = self.frames.get(at.0).map(|frame| &*fixed.node(frame.body, at.1).name);
        // What is called belongs to who is called: another movement at the same site is another call.
        let site = identity::child(opening.id, name.unwrap_or_default(), 0, "");
        opening.id = identity::child(site, &movement.name, 0, "value");
        opening.movement = Some(id);
        if movement.thinks {
            opening.clear = true;
            opening.read_clear = true;
        }
        let child = self.open(fixed, opening);
        self.begin_doing(at, Doing::Nest(child));
        self.begin(fixed, child);
        for (slot, value) in movement.captured.iter().zip(&function.captured) {
            self.set(fixed, child, *slot, value.clone());
        }
        let left_out = (0..).zip(&movement.params).skip(given);
        for (slot, param) in left_out {
            // Who plays a part that was passed is handed in, where it is said.
            let by = movement.origin == Origin::Part && slot == fixed.last_param(id);
            if by && self.says_by(fixed, at) {
                continue;
            }
            let value = match &param.default {
                Some(default) => match fixed.evaluate(default, &[][..]) {
                    Ok(value) => value,
                    Err(failed) => {
                        self.fail_in_body(fixed, at, failed);
                        return false;
                    }
                },
                None => Value::Nothing,
            };
            self.set(fixed, child, slot, value);
        }
        true
    }

    fn says_by(&self, fixed: &Fixed, at: Place) -> bool {
        let kind = self.frames.get(at.0).map(|frame| &fixed.node(frame.body, at.1).kind);
        matches!(kind, Some(crate::plan::Kind::Apply { by: Some(_), .. }))
    }
}

/// The movement that a value names.
fn called(value: &Value) -> Result<(Arc<Function>, MovementId), Failure> {
    let Value::Function(function) = value else {
        let message = format!("a {} can't be called", value.kind());
        return Err(Failure::new(FailureKind::InvalidRequest, message));
    };
    match function.callee {
        Callee::Movement(id) => Ok((Arc::clone(function), MovementId(id))),
        Callee::Pure(_) => {
            let message = "a function that only computes is called where it computes";
            Err(Failure::new(FailureKind::InvalidRequest, message))
        }
    }
}
