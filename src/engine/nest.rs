//! Opens bodies: movements, arms, lanes, left sides, limits.

use crate::base::Name;
use crate::instrument::{CallId, Failure, FailureKind};
use crate::plan::{Arm, BodyId, Kind, Limit, MovementId, Otherwise, Slot, Use};
use crate::value::Value;

use super::doing::{Catching, Doing, Lanes, Limiting, Orphans, Role, Stage};
use super::fixed::Fixed;
use super::frame::{Cell, DoingHandle, Frame, FrameHandle, NodeState, Phase, Place};
use super::identity;
use super::money::Purse;
use super::state::{State, Work};

/// How deep movements may call one another, whatever they allow themselves.
const DEEPEST: u32 = 256;

/// What a frame begins with.
pub struct Opening {
    pub body: BodyId,
    pub parent: Option<Place>,
    pub part: u32,
    pub round: Option<u32>,
    pub id: CallId,
    pub movement: Option<MovementId>,
    pub depth: u32,
    pub limit: Option<DoingHandle>,
    pub catch: Option<DoingHandle>,
    pub clear: bool,
    pub read_clear: bool,
}

/// The cells of frames that were closed, for the next frames of the same body.
#[derive(Debug, Default)]
pub struct Spare(Vec<Box<[Cell]>>);

impl Spare {
    /// Keeps the cells of a frame, without the values.
    pub fn keep(&mut self, mut frame: Frame) {
        for cell in &mut frame.cells {
            cell.slot = None;
        }
        self.0.push(frame.cells);
    }

    /// Cells for a body that has such nodes and so many slots.
    fn cells(&mut self, nodes: &[NodeState], slots: usize) -> Box<[Cell]> {
        let Some(mut cells) = self.0.pop() else {
            let count = slots.max(nodes.len());
            let nodes = nodes.iter().copied().chain(std::iter::repeat(NodeState::NONE));
            return nodes.take(count).map(|node| Cell { slot: None, node }).collect();
        };
        for (cell, node) in cells.iter_mut().zip(nodes) {
            cell.node = *node;
        }
        cells
    }
}

impl Opening {
    /// The frame, in cells that another one has left if there are any.
    pub fn frame(self, fixed: &Fixed, spare: &mut Spare) -> Frame {
        let facts = fixed.facts(self.body);
        let count = u32::try_from(facts.nodes.len()).unwrap_or(u32::MAX);
        Frame {
            body: self.body,
            parent: self.parent,
            part: self.part,
            round: self.round,
            id: self.id,
            cells: spare.cells(&facts.nodes, fixed.body(self.body).slots as usize),
            count,
            unsettled: count,
            edge: 0,
            act_edge: facts.act_edge,
            clear: self.clear,
            read_clear: self.read_clear,
            handed: false,
            left: false,
            closing: false,
            quiet: !facts.may_act,
            movement: self.movement,
            depth: self.depth,
            limit: self.limit,
            catch: self.catch,
            leave: None,
            late_stop: None,
        }
    }
}

impl State {
    /// What a body that this node opens begins with, as its only one: the place of the node in the order is its own.
    pub fn opening(&self, at: Place, body: BodyId, part: u32) -> Option<Opening> {
        let frame = self.frames.get(at.0)?;
        Some(Opening {
            body,
            parent: Some(at),
            part,
            round: None,
            id: frame.id,
            movement: None,
            depth: frame.depth,
            limit: frame.limit,
            catch: frame.catch,
            clear: frame.may_act(at.1),
            read_clear: frame.may_read(at.1),
        })
    }

    /// Opens a frame. Its node must then be said to be doing it, and [`Self::begin`] called.
    pub fn open(&mut self, fixed: &Fixed, opening: Opening) -> FrameHandle {
        let spare = &mut self.spare[opening.body.0 as usize];
        self.frames.insert(opening.frame(fixed, spare))
    }

    /// Starts what has nothing to wait for in a new frame.
    pub fn begin(&mut self, fixed: &Fixed, handle: FrameHandle) {
        let Some(frame) = self.frames.get_mut(handle) else { return };
        for at in 0..frame.count {
            let node = frame.node_mut(at);
            if node.missing == 0 && node.phase == Phase::Waiting {
                node.phase = Phase::Queued;
                self.work.push_back(Work::Start(handle, at));
            }
        }
        self.close_if_over(fixed, handle);
    }

    /// Hands what is there already into a new frame, and starts it.
    pub fn begin_with(&mut self, fixed: &Fixed, around: FrameHandle, part: &Use, handle: FrameHandle) {
        self.begin(fixed, handle);
        for input in &part.inputs {
            self.hand(fixed, around, input.from, handle, input.to);
        }
    }

    /// Hands a value from one frame into another, if it is there.
    pub fn hand(&mut self, fixed: &Fixed, around: FrameHandle, from: Slot, handle: FrameHandle, to: Slot) {
        let value = self.frames.get(around).and_then(|frame| frame.slot(from).cloned());
        if let Some(value) = value {
            self.set(fixed, handle, to, value);
        }
    }

    pub fn start_movement(&mut self, fixed: &Fixed, at: Place, id: MovementId, arguments: &[Slot]) {
        let movement = &fixed.plan.movements[id.0 as usize];
        let Some(mut opening) = self.opening(at, movement.body, 0) else { return };
        opening.depth += 1;
        if let Some(failure) = self.too_deep(at, id, opening.depth, movement.depth, &movement.name) {
            return self.fail(fixed, at, failure);
        }
        let name = self.frames.get(at.0).map(|frame| &*fixed.node(frame.body, at.1).name);
        opening.id = identity::child(opening.id, name.unwrap_or_default(), 0, "");
        opening.movement = Some(id);
        if movement.thinks {
            // One thought outside, ordered inside.
            opening.clear = true;
            opening.read_clear = true;
        }
        let child = self.open(fixed, opening);
        self.begin_doing(at, Doing::Nest(child));
        self.begin(fixed, child);
        for (to, from) in (0..).zip(arguments) {
            self.hand(fixed, at.0, *from, child, to);
        }
    }

    pub fn too_deep(
        &self,
        at: Place,
        id: MovementId,
        depth: u32,
        allowed: Option<u32>,
        name: &Name,
    ) -> Option<Failure> {
        if depth > DEEPEST {
            let message = format!("movements call one another more than {DEEPEST} deep, `{name}` the last");
            return Some(Failure::new(FailureKind::Exhausted, message));
        }
        let allowed = allowed?;
        let mut count = 1;
        let mut next = Some(at);
        while let Some((handle, _)) = next {
            let frame = self.frames.get(handle)?;
            count += u32::from(frame.movement == Some(id));
            next = frame.parent;
        }
        (count > allowed).then(|| {
            Failure::new(FailureKind::Exhausted, format!("`{name}` calls itself more than {allowed} deep"))
                .with_help("allow it more with `up to N deep`, or have it stop earlier")
        })
    }

    pub fn start_branch(&mut self, fixed: &Fixed, at: Place, arms: &[Arm]) {
        for (part, arm) in (0..).zip(arms) {
            let taken = match (&arm.test, self.frames.get(at.0)) {
                (None, _) => true,
                (_, None) => return,
                (Some(test), Some(frame)) => match fixed.evaluate(test, &frame.view()) {
                    Ok(value) => value == Value::Bool(true),
                    Err(failed) => return self.fail_in_body(fixed, at, failed),
                },
            };
            if taken {
                if !fixed.facts(arm.body.body).may_act {
                    self.quiet(at.0, at.1);
                }
                let Some(opening) = self.opening(at, arm.body.body, part) else { return };
                let child = self.open(fixed, opening);
                self.begin_doing(at, Doing::Nest(child));
                return self.begin_with(fixed, at.0, &arm.body, child);
            }
        }
        self.give(fixed, at, Value::Nothing);
        self.settle(fixed, at);
    }

    pub fn start_together(&mut self, fixed: &Fixed, at: Place, lanes: &[Use]) {
        let total = u32::try_from(lanes.len()).unwrap_or(u32::MAX);
        let loud = lanes.iter().filter(|lane| fixed.facts(lane.body).may_act).count();
        let loud = u32::try_from(loud).unwrap_or(u32::MAX);
        self.begin_doing(at, Doing::Together(Box::new(Lanes { opened: 0, total, loud, open: Vec::new() })));
        if total == 0 {
            self.give(fixed, at, Value::Nothing);
            return self.settle(fixed, at);
        }
        self.open_lanes(fixed, at, lanes);
    }

    /// Opens lanes up to one with a guard: it holds back those after it.
    fn open_lanes(&mut self, fixed: &Fixed, at: Place, uses: &[Use]) {
        loop {
            let Some(Doing::Together(lanes)) = self.doing_mut(at) else { return };
            if lanes.opened >= lanes.total {
                return;
            }
            let part = lanes.opened;
            lanes.opened += 1;
            let lane = &uses[part as usize];
            let Some(opening) = self.opening(at, lane.body, part) else { return };
            let child = self.open(fixed, opening);
            if let Some(Doing::Together(lanes)) = self.doing_mut(at) {
                lanes.open.push((part, child));
            }
            self.begin_with(fixed, at.0, lane, child);
            if fixed.body(lane.body).has_guard {
                return;
            }
        }
    }

    /// A lane is over.
    pub fn lane_closed(&mut self, fixed: &Fixed, at: Place, closed: &Frame) {
        if !closed.quiet {
            self.child_quiet(fixed, at, closed.part);
        }
        let Some(Doing::Together(lanes)) = self.doing_mut(at) else { return };
        lanes.open.retain(|(part, _)| *part != closed.part);
        if lanes.open.is_empty() && lanes.opened >= lanes.total {
            return self.settle(fixed, at);
        }
        let Some(frame) = self.frames.get(at.0) else { return };
        let Kind::Together(uses) = &fixed.node(frame.body, at.1).kind else { return };
        if fixed.body(closed.body).has_guard {
            self.open_lanes(fixed, at, uses);
        }
    }

    pub fn start_otherwise(&mut self, fixed: &Fixed, at: Place, otherwise: &Otherwise) {
        let Some(opening) = self.opening(at, otherwise.body.body, 0) else { return };
        let child = self.open(fixed, opening);
        let catching = Catching {
            at,
            child,
            stage: Stage::Trying,
            value: None,
            acted: false,
            orphans: Orphans::default(),
            caught: None,
        };
        let doing = self.begin_doing(at, Doing::Otherwise(Box::new(catching)));
        if let Some(frame) = self.frames.get_mut(child) {
            frame.catch = Some(doing);
        }
        self.begin_with(fixed, at.0, &otherwise.body, child);
    }

    pub fn start_limit(&mut self, fixed: &Fixed, at: Place, limit: &Limit) {
        let Some(opening) = self.opening(at, limit.body.body, 0) else { return };
        let millis = limit.time.and_then(|slot| match self.frames.get(at.0)?.value(slot) {
            Value::Duration(millis) => Some((*millis).max(0)),
            _ => None,
        });
        let purse = limit.money.and_then(|slot| match self.frames.get(at.0)?.value(slot) {
            Value::Money(cap) => {
                let frame = self.frames.get(at.0)?;
                let id = identity::child(frame.id, &fixed.node(frame.body, at.1).name, 0, "limit");
                Some(Box::new(Purse::new(id, *cap, fixed.taken_before(id))))
            }
            _ => None,
        });
        let outer = opening.limit;
        let child = self.open(fixed, opening);
        let limiting = Limiting { at, child, millis, started: false, purse, timer: None, outer };
        let doing = self.begin_doing(at, Doing::Limit(Box::new(limiting)));
        if let Some(frame) = self.frames.get_mut(child) {
            frame.limit = Some(doing);
        }
        self.begin_with(fixed, at.0, &limit.body, child);
    }

    pub fn start_wait(&mut self, fixed: &Fixed, at: Place, slot: Slot) {
        let Some(frame) = self.frames.get_mut(at.0) else { return };
        if !frame.may_act(at.1) {
            frame.node_mut(at.1).phase = Phase::Parked;
            return;
        }
        let millis = match frame.value(slot) {
            Value::Duration(millis) => (*millis).max(0),
            _ => 0,
        };
        let flight = self.start_timer(fixed, at, Role::Wait, millis, 0);
        self.begin_doing(at, Doing::Wait(flight));
    }

    pub fn start_say(&mut self, fixed: &Fixed, at: Place, slot: Slot) {
        let Some(frame) = self.frames.get_mut(at.0) else { return };
        if !frame.may_act(at.1) {
            frame.node_mut(at.1).phase = Phase::Parked;
            return;
        }
        let text = match frame.value(slot) {
            Value::Text(text) => text.clone(),
            other => std::sync::Arc::from(crate::value::render(other)),
        };
        let span = fixed.node(frame.body, at.1).span;
        self.notes.push(|| super::report::Note::Said { text, span });
        self.settle(fixed, at);
    }
}
