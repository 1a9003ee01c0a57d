//! How values flow: a slot is set, readers start, results are handed up, nodes and frames settle.

use crate::plan::{Expr, Guard, Input, Kind, NodeIx, Slot};
use crate::value::Value;

use super::doing::{Doing, Stage};
use super::fixed::{Fixed, part_of};
use super::frame::{Frame, FrameHandle, Leave, Phase, Place};
use super::state::{State, Work};

impl State {
    /// Sets a slot and starts what waited for it.
    pub fn set(&mut self, fixed: &Fixed, handle: FrameHandle, slot: Slot, value: Value) {
        let Some(frame) = self.frames.get_mut(handle) else { return };
        let place = &mut frame.cells[slot as usize].slot;
        if place.is_some() {
            return;
        }
        *place = Some(value);
        let body = fixed.body(frame.body);
        for at in &body.readers[slot as usize] {
            let node = frame.node_mut(*at);
            node.missing = node.missing.saturating_sub(1);
            if node.missing == 0 && node.phase == Phase::Waiting {
                node.phase = Phase::Queued;
                self.work.push_back(Work::Start(handle, *at));
            }
        }
        for at in &fixed.facts(frame.body).takers[slot as usize] {
            let node = frame.node_mut(*at);
            if node.phase == Phase::Late {
                node.phase = Phase::Queued;
                self.work.push_back(Work::Start(handle, *at));
            }
        }
        let (id, is_result) = (frame.body, body.result == Some(slot));
        if let Some((at, node)) = frame.late_stop.take() {
            self.work.push_back(Work::Start(at, node));
        }
        for at in &fixed.facts(id).takers[slot as usize] {
            self.hand_in(fixed, (handle, *at), slot);
        }
        self.hand_out(fixed, handle, slot);
        if is_result {
            self.hand_up(fixed, handle);
        }
        self.close_if_over(fixed, handle);
    }

    /// Hands a slot's value into the bodies that an open node has opened.
    fn hand_in(&mut self, fixed: &Fixed, at: Place, slot: Slot) {
        let Some(frame) = self.frames.get(at.0) else { return };
        let (Some(doing), Some(value)) = (frame.node(at.1).doing, frame.slot(slot)) else {
            return;
        };
        let kind = &fixed.node(frame.body, at.1).kind;
        let Some(doing) = self.doings.get(doing) else { return };
        let work = &mut self.work;
        let mut give = |child: FrameHandle, inputs: &[Input]| {
            for input in inputs.iter().filter(|input| input.from == slot) {
                work.push_back(Work::Set(child, input.to, value.clone()));
            }
        };
        let inputs = |part: u32| part_of(kind, part).map_or(&[][..], |part| &part.inputs);
        match (doing, kind) {
            (Doing::Nest(child), Kind::Movement { arguments, .. }) => {
                for (to, from) in (0..).zip(arguments) {
                    give(*child, &[Input { from: *from, to }]);
                }
            }
            (Doing::Nest(child), Kind::Apply { arguments, by, .. }) => {
                for (to, from) in (0..).zip(arguments) {
                    give(*child, &[Input { from: *from, to }]);
                }
                let movement = self.frames.get(*child).and_then(|frame| frame.movement);
                if let (Some(from), Some(movement)) = (by, movement) {
                    give(*child, &[Input { from: *from, to: fixed.last_param(movement) }]);
                }
            }
            (Doing::Nest(child), _) => {
                if let Some(frame) = self.frames.get(*child) {
                    give(*child, inputs(frame.part));
                }
            }
            (Doing::For(rounds), _) => rounds.rounds.iter().for_each(|round| give(*round, inputs(0))),
            (Doing::Repeat(repeating), Kind::Repeat(repeat)) => {
                for (handle, frame) in
                    repeating.rounds.iter().filter_map(|one| Some((*one, self.frames.get(*one)?)))
                {
                    give(handle, inputs(frame.part));
                    if frame.round == Some(0) {
                        for (from, to) in repeat.starts.iter().zip(&repeat.carried) {
                            give(handle, &[Input { from: *from, to: *to }]);
                        }
                    }
                }
            }
            (Doing::Together(lanes), _) => {
                lanes.open.iter().for_each(|(part, lane)| give(*lane, inputs(*part)))
            }
            (Doing::Otherwise(catching), _) if catching.stage != Stage::Settling => {
                give(catching.child, inputs(u32::from(catching.stage == Stage::Falling)));
            }
            (Doing::Limit(limiting), _) => give(limiting.child, inputs(0)),
            _ => {}
        }
    }

    /// Hands a slot's value to the body around, where its name lives on there.
    fn hand_out(&mut self, fixed: &Fixed, handle: FrameHandle, slot: Slot) {
        let Some(frame) = self.frames.get(handle) else { return };
        let Some((parent, at)) = frame.parent else { return };
        let Some(outer) = self.frames.get(parent) else { return };
        let Some(part) = part_of(&fixed.node(outer.body, at).kind, frame.part) else { return };
        let Some(value) = frame.slot(slot) else { return };
        for output in part.outputs.iter().filter(|output| output.from == slot) {
            self.work.push_back(Work::Set(parent, output.to, value.clone()));
        }
    }

    /// Hands up the value of a frame once it is there and no guard in it is still to be passed.
    pub fn hand_up(&mut self, fixed: &Fixed, handle: FrameHandle) {
        let Some(frame) = self.frames.get_mut(handle) else { return };
        let Some(slot) = fixed.body(frame.body).result else { return };
        let guarded =
            fixed.facts(frame.body).last_guard.is_some_and(|guard| frame.node(guard).phase != Phase::Settled);
        if frame.handed || guarded {
            return;
        }
        let Some(value) = frame.slot(slot).cloned() else { return };
        frame.handed = true;
        let (parent, part, round) = (frame.parent, frame.part, frame.round);
        self.take_value(fixed, parent, part, round, value);
    }

    /// Takes the value of a body that a node has opened.
    pub fn take_value(
        &mut self,
        fixed: &Fixed,
        parent: Option<Place>,
        part: u32,
        round: Option<u32>,
        value: Value,
    ) {
        let Some(at) = parent else {
            self.value = Some(value);
            return;
        };
        match self.doing_mut(at) {
            Some(Doing::For(_)) => self.take_result(fixed, at, round, Some(value)),
            Some(Doing::Repeat(_)) if part == 0 => self.take_carried(fixed, at, round, value),
            Some(Doing::Otherwise(catching)) if catching.stage == Stage::Trying => {
                catching.value = Some(value)
            }
            Some(Doing::Together(lanes)) if part + 1 != lanes.total => {}
            Some(Doing::Call(calling)) if calling.talk.is_some() => self.tool_gave(at, part, value),
            Some(Doing::Call(calling)) => {
                if let Some(inner) = &mut calling.inner {
                    inner.given = Some(value);
                }
            }
            _ => self.give(fixed, at, value),
        }
    }

    /// Sets what a node sets.
    pub fn give(&mut self, fixed: &Fixed, at: Place, value: Value) {
        let Some(frame) = self.frames.get(at.0) else { return };
        if let Some(out) = fixed.node(frame.body, at.1).out {
            self.work.push_back(Work::Set(at.0, out, value));
        }
    }

    /// A node is over: what it held back may start, and the edges move on.
    pub fn settle(&mut self, fixed: &Fixed, at: Place) {
        let (handle, node) = at;
        let Some(frame) = self.frames.get_mut(handle) else { return };
        let state = frame.node_mut(node);
        if state.phase == Phase::Settled {
            return;
        }
        state.phase = Phase::Settled;
        let doing = state.doing.take();
        frame.unsettled -= 1;
        let body = frame.body;
        if let Some(doing) = doing {
            self.end_doing(doing);
        }
        if fixed.node(body, node).holds {
            self.release(fixed, handle, node);
            if fixed.facts(body).last_guard == Some(node) {
                self.hand_up(fixed, handle);
            }
        }
        self.quiet(handle, node);
        self.move_edge(handle);
        self.close_if_over(fixed, handle);
    }

    /// Lets go of the nodes up to the next one that holds back others.
    fn release(&mut self, fixed: &Fixed, handle: FrameHandle, guard: NodeIx) {
        let Some(frame) = self.frames.get_mut(handle) else { return };
        let nodes = &fixed.body(frame.body).nodes;
        for (at, node) in (guard + 1..).zip(&nodes[guard as usize + 1..]) {
            if node.guard == Some(guard) {
                let state = frame.node_mut(at);
                state.missing = state.missing.saturating_sub(1);
                if state.missing == 0 && state.phase == Phase::Waiting {
                    state.phase = Phase::Queued;
                    self.work.push_back(Work::Start(handle, at));
                }
            }
            if node.holds {
                break;
            }
        }
    }

    /// Closes a frame whose nodes are all over and whose values, handed in ones included, are there.
    pub fn close_if_over(&mut self, fixed: &Fixed, handle: FrameHandle) {
        let Some(frame) = self.frames.get(handle) else { return };
        if frame.unsettled > 0 || frame.closing || !(frame.left || self.has_values(fixed, frame)) {
            return;
        }
        if let Some(frame) = self.frames.get_mut(handle) {
            frame.closing = true;
            self.work.push_back(Work::Close(handle));
        }
    }

    fn has_values(&self, fixed: &Fixed, frame: &Frame) -> bool {
        let has = |slot: Slot| frame.slot(slot).is_some();
        let outputs = frame.parent.and_then(|(parent, at)| {
            part_of(&fixed.node(self.frames.get(parent)?.body, at).kind, frame.part).map(|part| &part.outputs)
        });
        fixed.body(frame.body).result.is_none_or(has)
            && outputs.is_none_or(|outputs| outputs.iter().all(|output| has(output.from)))
    }

    /// A frame is over.
    pub fn close(&mut self, fixed: &Fixed, handle: FrameHandle) {
        self.hand_up(fixed, handle);
        let Some(mut frame) = self.frames.remove(handle) else { return };
        let Some(at) = frame.parent else {
            self.done = true;
            return;
        };
        if !frame.handed {
            self.take_value(fixed, frame.parent, frame.part, frame.round, Value::Nothing);
        }
        match self.doing_mut(at) {
            Some(Doing::For(_)) => self.round_closed(fixed, at, &frame),
            Some(Doing::Repeat(_)) => self.repeat_closed(fixed, at, &frame),
            Some(Doing::Together(_)) => self.lane_closed(fixed, at, &frame),
            Some(Doing::Otherwise(catching)) if catching.stage == Stage::Trying => {
                let value = catching.value.take();
                self.tried(fixed, at, value, frame.leave.take());
            }
            Some(Doing::Call(calling)) if calling.talk.is_some() => self.tool_closed(fixed, at, frame.part),
            Some(Doing::Call(_)) => self.movement_closed(fixed, at),
            Some(Doing::Limit(limiting)) => {
                let timer = limiting.timer.take();
                self.cancel_timer(timer);
                self.settle(fixed, at);
            }
            _ => self.settle(fixed, at),
        }
        self.spare[frame.body.0 as usize].keep(frame);
    }

    /// The left side of an `otherwise` is over and has not failed.
    fn tried(&mut self, fixed: &Fixed, at: Place, value: Option<Value>, leave: Option<Box<Leave>>) {
        if let Some(leave) = leave {
            self.leave(fixed, at, &leave);
        } else if let Some(value) = value {
            self.give(fixed, at, value);
        }
        self.settle(fixed, at);
    }

    /// A node has what it waited for.
    pub fn start(&mut self, fixed: &Fixed, handle: FrameHandle, node: NodeIx) {
        let at = (handle, node);
        let Some(frame) = self.frames.get(handle) else { return };
        if !matches!(frame.node(node).phase, Phase::Queued | Phase::Late) {
            return;
        }
        match &fixed.node(frame.body, node).kind {
            Kind::Pure(expr) => self.start_pure(fixed, at, expr),
            Kind::Call(call) => self.start_call(fixed, at, call),
            Kind::Movement { movement, arguments } => self.start_movement(fixed, at, *movement, arguments),
            Kind::Apply { callee, arguments, by } => self.start_apply(fixed, at, *callee, arguments, *by),
            Kind::Branch(arms) => self.start_branch(fixed, at, arms),
            Kind::For(each) => self.start_for(fixed, at, each),
            Kind::Repeat(repeat) => self.start_repeat(fixed, at, repeat),
            Kind::Together(lanes) => self.start_together(fixed, at, lanes),
            Kind::Otherwise(otherwise) => self.start_otherwise(fixed, at, otherwise),
            Kind::Limit(limit) => self.start_limit(fixed, at, limit),
            Kind::Guard(guard) => self.start_guard(fixed, at, guard),
            Kind::Wait(slot) => self.start_wait(fixed, at, *slot),
            Kind::Say(slot) => self.start_say(fixed, at, *slot),
        }
    }

    fn start_pure(&mut self, fixed: &Fixed, at: Place, expr: &Expr) {
        let Some(frame) = self.frames.get(at.0) else { return };
        let value = if fixed.facts(frame.body).ask_path.contains(&at.1) {
            fixed.evaluate_at(&self.path(fixed, at.0, None), expr, &frame.view())
        } else {
            fixed.evaluate(expr, &frame.view())
        };
        match value {
            Ok(value) => {
                self.give(fixed, at, value);
                self.settle(fixed, at);
            }
            Err(failed) => self.fail_in_body(fixed, at, failed),
        }
    }

    fn start_guard(&mut self, fixed: &Fixed, at: Place, guard: &Guard) {
        let Some(frame) = self.frames.get(at.0) else { return };
        let holds = |slot: &Option<Slot>| slot.is_none_or(|slot| *frame.value(slot) == Value::Bool(true));
        match guard {
            Guard::Require { condition, message } => {
                if holds(&Some(*condition)) {
                    return self.settle(fixed, at);
                }
                let message = fixed.evaluate(message, &frame.view());
                self.fail_required(fixed, at, message);
            }
            Guard::Fail(slot) => {
                let value = frame.value(*slot).clone();
                self.fail_with(fixed, at, &value);
            }
            Guard::Return { value, condition } if holds(condition) => {
                let value = value.map_or(Value::Nothing, |slot| frame.value(slot).clone());
                self.leave(fixed, at, &Leave::Return(value));
                self.settle(fixed, at);
            }
            Guard::Stop { value, condition } if holds(condition) => {
                let value = value.map(|slot| frame.value(slot).clone());
                self.stop(fixed, at, value);
            }
            Guard::Skip(slot) if !holds(&Some(*slot)) => {
                self.leave(fixed, at, &Leave::Skip);
                self.settle(fixed, at);
            }
            _ => self.settle(fixed, at),
        }
    }
}
