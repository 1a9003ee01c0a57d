//! Leaving early: `return` leaves the movement, `stop` the nearest `repeat`, a skip the round of a `for`. Work
//! above goes on to its end; what is below never starts.

use crate::instrument::{Failure, FailureKind};
use crate::plan::NodeIx;
use crate::value::Value;

use super::doing::{Doing, Stage};
use super::fixed::Fixed;
use super::frame::{FrameHandle, Leave, Phase, Place};
use super::state::State;

impl State {
    /// Leaves from a node outwards. The node itself is for the caller to settle.
    pub fn leave(&mut self, fixed: &Fixed, at: Place, leave: &Leave) {
        let (mut handle, mut node) = at;
        loop {
            self.skip_below(handle, node);
            let Some(frame) = self.frames.get_mut(handle) else { return };
            frame.left = true;
            frame.handed = true;
            let (parent, part, round, movement) = (frame.parent, frame.part, frame.round, frame.movement);
            let over = match (leave, parent) {
                (Leave::Return(value), None) => {
                    self.value = Some(value.clone());
                    true
                }
                (_, None) => true,
                (Leave::Return(value), Some(_)) if movement.is_some() => {
                    self.take_value(fixed, parent, part, round, value.clone());
                    true
                }
                (_, Some(parent)) => match self.leave_through(fixed, handle, parent, leave) {
                    Ok(over) => over,
                    Err(failure) => return self.fail(fixed, at, *failure),
                },
            };
            self.close_if_over(fixed, handle);
            let (Some(parent), false) = (parent, over) else { return };
            (handle, node) = parent;
        }
    }

    /// Leaves a frame for the node that opened it; says whether that was the last to leave for now.
    fn leave_through(
        &mut self,
        fixed: &Fixed,
        handle: FrameHandle,
        at: Place,
        leave: &Leave,
    ) -> Result<bool, Box<Failure>> {
        let Some(frame) = self.frames.get(handle) else { return Ok(true) };
        let (part, round) = (frame.part, frame.round);
        Ok(match (self.doing_mut(at), leave) {
            (Some(Doing::For(_)), Leave::Skip) => {
                self.take_result(fixed, at, round, None);
                true
            }
            (Some(Doing::For(_)), _) => {
                let message = "`return` and `stop` cannot leave a `for`: its rounds run side by side";
                return Err(Box::new(Failure::new(FailureKind::InvalidRequest, message)));
            }
            (Some(Doing::Repeat(_)), Leave::Stop(value)) if part == 0 => {
                let value: Value = value.clone();
                self.stopped(fixed, at, Some(value));
                true
            }
            (Some(Doing::Repeat(_)), _) => {
                self.stopped(fixed, at, None);
                false
            }
            (Some(Doing::Together(lanes)), _) => {
                lanes.total = lanes.opened;
                false
            }
            (Some(Doing::Otherwise(catching)), _) if catching.stage == Stage::Trying => {
                // What is above on the left side may still fail: only then is it known whether this counts.
                if let Some(frame) = self.frames.get_mut(handle) {
                    frame.leave = Some(Box::new(leave.clone()));
                }
                true
            }
            _ => false,
        })
    }

    /// Nodes below this one never start.
    fn skip_below(&mut self, handle: FrameHandle, node: NodeIx) {
        let Some(frame) = self.frames.get(handle) else { return };
        for below in node + 1..frame.count {
            let Some(frame) = self.frames.get_mut(handle) else { return };
            let state = frame.node_mut(below);
            if matches!(state.phase, Phase::Waiting | Phase::Queued | Phase::Late) {
                state.phase = Phase::Settled;
                frame.unsettled -= 1;
                self.quiet(handle, below);
            }
        }
        self.move_edge(handle);
    }
}
