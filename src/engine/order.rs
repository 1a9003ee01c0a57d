//! What may go when. Two facts go down the tree of frames, each at most once per frame: that all written
//! before it has settled (`clear`), and that all acts written before it are over (`read_clear`). Two edges
//! move forward in each frame. So a call waits without anyone searching for what it waits for.

use crate::instrument::Request;
use crate::plan::{Kind, NodeIx};

use super::doing::{Doing, Flight, Order, Role, Stage};
use super::fixed::Fixed;
use super::frame::{FrameHandle, Phase, Place};
use super::state::{State, Work};

impl State {
    /// What the calls ask that wait for nothing but their turn.
    pub fn held(&self, fixed: &Fixed) -> Vec<Request> {
        let mut held = Vec::new();
        for (handle, frame) in self.frames.iter() {
            for (node, state) in (0..).zip(frame.nodes()) {
                let at = (handle, node);
                if state.phase == Phase::Parked
                    && let Some(Doing::Call(calling)) = self.doing(at)
                {
                    let id = calling.operation();
                    let flight = Flight::of(id, at, Role::Play);
                    held.extend(self.request(fixed, &flight));
                }
            }
        }
        held
    }

    /// Moves the edge of a frame over what has settled, and wakes the node it comes to.
    pub fn move_edge(&mut self, handle: FrameHandle) {
        let Some(frame) = self.frames.get_mut(handle) else { return };
        let before = frame.edge;
        frame.edge += frame.run(before, |node| node.phase == Phase::Settled);
        if frame.edge != before && frame.clear {
            let edge = frame.edge;
            self.wake_to_act(handle, edge);
        }
    }

    /// All that is written before a frame has settled.
    pub fn clear(&mut self, handle: FrameHandle) {
        let Some(frame) = self.frames.get_mut(handle) else { return };
        if !frame.clear {
            frame.clear = true;
            let edge = frame.edge;
            self.wake_to_act(handle, edge);
        }
    }

    /// Everything above this node has settled.
    fn wake_to_act(&mut self, handle: FrameHandle, node: NodeIx) {
        let Some(frame) = self.frames.get_mut(handle).filter(|frame| node < frame.count) else { return };
        let state = frame.node_mut(node);
        match state.phase {
            Phase::Parked => {
                state.phase = Phase::Queued;
                self.work.push_back(Work::Start(handle, node));
            }
            Phase::Open => self.clear_children((handle, node)),
            _ => {}
        }
    }

    /// Tells the bodies that a node has opened that all before them has settled: all lanes, or the first round.
    pub fn clear_children(&mut self, at: Place) {
        let Some(frame) = self.frames.get(at.0) else { return };
        let Some(doing) = frame.node(at.1).doing.and_then(|doing| self.doings.get_mut(doing)) else { return };
        let frames = &self.frames;
        let work = &mut self.work;
        match doing {
            Doing::Nest(child) => work.push_back(Work::Clear(*child)),
            Doing::Limit(limiting) => work.push_back(Work::Clear(limiting.child)),
            Doing::Otherwise(catching) if catching.stage != Stage::Settling => {
                work.push_back(Work::Clear(catching.child));
            }
            Doing::Together(lanes) => work.extend(lanes.open.iter().map(|(_, lane)| Work::Clear(*lane))),
            Doing::For(looping) if looping.lanes => {
                work.extend(looping.rounds.iter().map(|round| Work::Clear(*round)));
            }
            Doing::For(looping) => {
                while looping.rounds.front().is_some_and(|round| frames.get(*round).is_none()) {
                    looping.rounds.pop_front();
                }
                work.extend(looping.rounds.front().map(|round| Work::Clear(*round)));
            }
            Doing::Repeat(repeating) => {
                work.extend(repeating.rounds.front().map(|round| Work::Clear(*round)))
            }
            Doing::Call(calling) => work.extend(calling.frames().into_iter().map(Work::Clear)),
            Doing::Otherwise(_) | Doing::Wait(_) => {}
        }
    }

    /// A node may not act any more.
    pub fn quiet(&mut self, handle: FrameHandle, node: NodeIx) {
        let Some(frame) = self.frames.get_mut(handle) else { return };
        let state = frame.node_mut(node);
        if state.quiet {
            return;
        }
        state.quiet = true;
        if frame.act_edge != node {
            return;
        }
        let before = frame.act_edge;
        let after = before + frame.run(before, |node| node.quiet);
        frame.act_edge = after;
        let read_clear = frame.read_clear;
        if after == frame.count {
            self.work.push_back(Work::Quiet(handle));
        }
        if read_clear {
            self.wake_to_read(handle, before + 1, after);
        }
    }

    /// All acts written before a frame are over.
    pub fn read_clear(&mut self, _fixed: &Fixed, handle: FrameHandle) {
        let Some(frame) = self.frames.get_mut(handle) else { return };
        if !frame.read_clear {
            frame.read_clear = true;
            let edge = frame.act_edge;
            self.wake_to_read(handle, 0, edge);
        }
    }

    /// All acts above these nodes, both included, are over.
    fn wake_to_read(&mut self, handle: FrameHandle, first: NodeIx, last: NodeIx) {
        for node in first..=last {
            let Some(frame) = self.frames.get_mut(handle).filter(|frame| node < frame.count) else { return };
            let state = frame.node_mut(node);
            match (state.phase, state.doing) {
                (Phase::Parked, Some(doing)) => {
                    if let Some(Doing::Call(calling)) = self.doings.get(doing)
                        && calling.order == Order::Read
                    {
                        state.phase = Phase::Queued;
                        self.work.push_back(Work::Start(handle, node));
                    }
                }
                (Phase::Open, _) => self.read_clear_children((handle, node)),
                _ => {}
            }
        }
    }

    /// Tells the bodies that a node has opened that all acts before them are over: all rounds of a `for` and
    /// all lanes; of a `repeat` those before which no round may still act.
    pub fn read_clear_children(&mut self, at: Place) {
        let Some(frame) = self.frames.get(at.0) else { return };
        let Some(doing) = frame.node(at.1).doing.and_then(|doing| self.doings.get_mut(doing)) else { return };
        let frames = &self.frames;
        let work = &mut self.work;
        match doing {
            Doing::Nest(child) => work.push_back(Work::ReadClear(*child)),
            Doing::Limit(limiting) => work.push_back(Work::ReadClear(limiting.child)),
            Doing::Call(calling) => work.extend(calling.frames().into_iter().map(Work::ReadClear)),
            Doing::Otherwise(catching) if catching.stage != Stage::Settling => {
                work.push_back(Work::ReadClear(catching.child));
            }
            Doing::Together(lanes) => work.extend(lanes.open.iter().map(|(_, lane)| Work::ReadClear(*lane))),
            Doing::For(looping) => work.extend(looping.rounds.iter().map(|round| Work::ReadClear(*round))),
            Doing::Repeat(repeating) => {
                let loud = |round: FrameHandle| frames.get(round).is_some_and(|frame| !frame.quiet);
                let before = |told: usize| told.checked_sub(1).and_then(|last| repeating.rounds.get(last));
                while !before(repeating.told).is_some_and(|last| loud(*last))
                    && let Some(round) = repeating.rounds.get(repeating.told)
                {
                    work.push_back(Work::ReadClear(*round));
                    repeating.told += 1;
                }
            }
            _ => {}
        }
    }

    /// Whether everything above this node has settled.
    pub fn may_act(&self, at: Place) -> bool {
        self.frames.get(at.0).is_some_and(|frame| frame.may_act(at.1))
    }

    /// Whether all acts above this node are over.
    pub fn may_read(&self, at: Place) -> bool {
        self.frames.get(at.0).is_some_and(|frame| frame.may_read(at.1))
    }

    /// No node of a frame may act any more: perhaps the node that opened it may not either.
    pub fn frame_quiet(&mut self, fixed: &Fixed, handle: FrameHandle) {
        let Some(frame) = self.frames.get_mut(handle) else { return };
        if !std::mem::replace(&mut frame.quiet, true)
            && let (Some(at), part) = (frame.parent, frame.part)
        {
            self.child_quiet(fixed, at, part);
        }
    }

    /// One of the bodies that a node has opened may not act any more.
    pub fn child_quiet(&mut self, fixed: &Fixed, at: Place, part: u32) {
        let Some(frame) = self.frames.get(at.0) else { return };
        let kind = &fixed.node(frame.body, at.1).kind;
        let quiet = match self.doing_mut(at) {
            Some(Doing::Nest(_) | Doing::Limit(_)) => true,
            // Another turn may call another tool.
            Some(Doing::Call(calling)) if calling.talk.is_some() => false,
            // Tried again, it may act again.
            Some(Doing::Call(calling)) => calling.attempt >= calling.retries && calling.rest.is_empty(),
            Some(Doing::For(looping)) => {
                looping.loud = looping.loud.saturating_sub(1);
                looping.loud == 0
            }
            Some(Doing::Together(lanes)) => {
                lanes.loud = lanes.loud.saturating_sub(1);
                lanes.loud == 0
            }
            Some(Doing::Otherwise(_)) => match kind {
                Kind::Otherwise(otherwise) => part == 1 || !fixed.facts(otherwise.fallback.body).may_act,
                _ => false,
            },
            Some(Doing::Repeat(repeating)) => {
                repeating.loud = repeating.loud.saturating_sub(1);
                if self.may_read(at) {
                    self.read_clear_children(at);
                }
                false
            }
            _ => false,
        };
        if quiet {
            self.quiet(at.0, at.1);
        }
    }
}
