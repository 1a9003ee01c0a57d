//! Calls with tools: whoever plays speaks in turns, and what a turn calls is performed inside of the call, as if
//! the calls were written one below another. A tool that fails is told of; the call goes on.

use crate::instrument::{CallId, Failure, Reply, Usage};
use crate::plan::Origin;
use crate::value::Value;

use super::doing::{Doing, FlightHandle};
use super::fixed::Fixed;
use super::frame::{DoingHandle, FrameHandle, Place};
use super::identity;
use super::report::{Note, Report};
use super::state::State;
use super::talk::{Opens, Stage, Talk, told};

impl State {
    fn talk(&self, at: Place) -> Option<&Talk> {
        match self.doing(at) {
            Some(Doing::Call(calling)) => calling.talk.as_deref(),
            _ => None,
        }
    }

    fn talk_mut(&mut self, at: Place) -> Option<&mut Talk> {
        match self.doing_mut(at) {
            Some(Doing::Call(calling)) => calling.talk.as_deref_mut(),
            _ => None,
        }
    }

    /// Whoever plays calls tools.
    pub fn tools_called(&mut self, fixed: &Fixed, at: Place, id: CallId, reply: Reply) {
        let usage = reply.usage;
        let Some(talk) = self.talk_mut(at) else { return };
        if let Err(failure) = talk.begin_turn(fixed, reply) {
            return self.call_failed(fixed, at, id, failure);
        }
        if let Some(Doing::Call(calling)) = self.doing_mut(at) {
            calling.flight = None;
        }
        self.note_turn(at, id, usage);
        self.go_on(fixed, at);
    }

    fn note_turn(&mut self, at: Place, id: CallId, usage: Usage) {
        let Some(talk) = self.talk(at).filter(|_| !self.notes.unwatched) else { return };
        let called = talk.calls.iter().map(|under| {
            let wrong = match &under.stage {
                Stage::Over(wrong) => Some(wrong.as_str().into()),
                Stage::Ready(_) | Stage::Open(..) => None,
            };
            let (tool, arguments) = (under.call.tool.clone(), under.call.arguments.said().into());
            Note::Called { id, tool, arguments, wrong }
        });
        for note in called.collect::<Vec<_>>() {
            self.notes.push(|| note);
        }
        self.notes.push(|| Note::Finished { id, usage });
    }

    /// Opens what may be opened of a turn; once all of it is over, whoever plays speaks again.
    pub fn go_on(&mut self, fixed: &Fixed, at: Place) {
        let count = self.talk(at).map_or(0, |talk| talk.calls.len());
        for call in 0..count {
            let Some(talk) = self.talk(at) else { return };
            let Some(Stage::Ready(opens)) = talk.calls.get(call).map(|under| &under.stage) else { continue };
            if talk.may_open(call, opens.order) {
                let opens = opens.clone();
                self.open_tool(fixed, at, call, opens);
            }
        }
        let Some(talk) = self.talk_mut(at) else { return };
        if talk.turn_is_over() {
            talk.end_turn();
            self.launch(fixed, at);
        }
    }

    fn open_tool(&mut self, fixed: &Fixed, at: Place, call: usize, opens: Opens) {
        let part = u32::try_from(call).unwrap_or(u32::MAX);
        let movement = &fixed.plan.movements[opens.movement.0 as usize];
        let Some(mut opening) = self.opening(at, movement.body, part) else { return };
        opening.depth += 1;
        if let Some(failure) =
            self.too_deep(at, opens.movement, opening.depth, movement.depth, &movement.name)
        {
            return self.tool_over(at, call, failed(&failure));
        }
        let doing = self.frames.get(at.0).and_then(|frame| frame.node(at.1).doing);
        let Some(Doing::Call(calling)) = self.doing(at) else { return };
        let Some(talk) = &calling.talk else { return };
        let key = (u128::from(talk.turn) << 32) | u128::from(part);
        opening.id = identity::child(calling.id, &movement.name, key, "tool");
        opening.movement = Some(opens.movement);
        opening.catch = doing;
        opening.limit = doing;
        if movement.thinks {
            opening.clear = true;
            opening.read_clear = true;
        }
        let child = self.open(fixed, opening);
        if let Some(under) = self.talk_mut(at).and_then(|talk| talk.calls.get_mut(call)) {
            under.stage = Stage::Open(child, None);
        }
        self.begin(fixed, child);
        for (slot, value) in movement.captured.iter().zip(&opens.function.captured) {
            self.set(fixed, child, *slot, value.clone());
        }
        for (slot, value) in (0..).zip(opens.arguments) {
            self.set(fixed, child, slot, value);
        }
    }

    fn tool_over(&mut self, at: Place, call: usize, told: String) {
        if let Some(under) = self.talk_mut(at).and_then(|talk| talk.calls.get_mut(call)) {
            under.stage = Stage::Over(told);
        }
    }

    /// A tool has given something.
    pub fn tool_gave(&mut self, at: Place, part: u32, value: Value) {
        let under = self.talk_mut(at).and_then(|talk| talk.calls.get_mut(part as usize));
        if let Some(Stage::Open(_, given)) = under.map(|under| &mut under.stage) {
            *given = Some(value);
        }
    }

    /// A tool is over.
    pub fn tool_closed(&mut self, fixed: &Fixed, at: Place, part: u32) {
        let under = self.talk_mut(at).and_then(|talk| talk.calls.get_mut(part as usize));
        let Some(under) = under else { return };
        if let Stage::Open(_, given) = &mut under.stage {
            let given = given.take().unwrap_or(Value::Nothing);
            under.stage = Stage::Over(told(&given));
        }
        self.go_on(fixed, at);
    }

    /// A tool has failed at a place inside of it: it ends, and whoever plays is told.
    pub fn tool_failed(&mut self, fixed: &Fixed, at: Place, inside: FrameHandle, report: Box<Report>) {
        let Some((child, part)) = self.tool_around(at, inside) else { return };
        let doing = self.frames.get(at.0).and_then(|frame| frame.node(at.1).doing);
        let orphans = self.kill(fixed, child, doing);
        let told = failed(&report.failure);
        if let Some(talk) = self.talk_mut(at) {
            talk.orphans.waiting += orphans.len();
            talk.orphans.flights.extend(orphans);
        }
        self.tool_over(at, part as usize, told);
        if let Some(frame) = self.frames.get(at.0) {
            let span = fixed.node(frame.body, at.1).span;
            self.notes.push(|| Note::Caught { report, span });
        }
        self.go_on(fixed, at);
    }

    /// The frame of the tool that a frame is inside of, and which call of the turn it is.
    fn tool_around(&self, at: Place, inside: FrameHandle) -> Option<(FrameHandle, u32)> {
        let mut next = inside;
        loop {
            let frame = self.frames.get(next)?;
            match frame.parent? {
                around if around == at => return Some((next, frame.part)),
                (around, _) => next = around,
            }
        }
    }

    /// Whether a call has a conversation: it catches what fails in its tools.
    pub fn is_talk(&self, doing: DoingHandle) -> Option<Place> {
        match self.doings.get(doing) {
            Some(Doing::Call(calling)) => calling.talk.as_ref().map(|talk| talk.at),
            _ => None,
        }
    }

    /// An act of a tool that has failed has ended.
    pub fn tool_orphan_gone(&mut self, fixed: &Fixed, doing: DoingHandle) {
        let Some(Doing::Call(calling)) = self.doings.get_mut(doing) else { return };
        let Some(talk) = &mut calling.talk else { return };
        talk.orphans.waiting = talk.orphans.waiting.saturating_sub(1);
        let at = talk.at;
        if !talk.calls.is_empty() {
            self.go_on(fixed, at);
        }
    }

    /// Acts of failed tools that are still waited for.
    pub fn tool_orphans(&mut self, doing: DoingHandle) -> Vec<FlightHandle> {
        match self.doings.get_mut(doing) {
            Some(Doing::Call(calling)) => calling
                .talk
                .as_mut()
                .map(|talk| std::mem::take(&mut talk.orphans.flights))
                .unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    /// What a frame adds to paths where it is a tool's: its turn and name.
    pub fn tool_site(&self, handle: FrameHandle) -> Option<String> {
        let frame = self.frames.get(handle)?;
        Some(self.talk(frame.parent?)?.site(frame.part as usize))
    }

    /// The last name of a path: without that of a part that is a tool, which the tool's own says.
    pub fn without_tool<'n>(&self, fixed: &Fixed, handle: FrameHandle, leaf: &'n str) -> &'n str {
        let mut next = Some(handle);
        while let Some((handle, frame)) = next.and_then(|handle| Some((handle, self.frames.get(handle)?))) {
            let Some(movement) = frame.movement else {
                next = frame.parent.map(|parent| parent.0);
                continue;
            };
            let movement = &fixed.plan.movements[movement.0 as usize];
            let part = movement.origin == Origin::Part && self.tool_site(handle).is_some();
            let rest = if part { leaf.strip_prefix(&*movement.name) } else { None };
            return rest
                .filter(|rest| rest.is_empty() || rest.starts_with('/'))
                .map_or(leaf, |rest| rest.trim_start_matches('/'));
        }
        leaf
    }
}

fn failed(failure: &Failure) -> String {
    format!("It failed ({}): {}", failure.kind, failure.message)
}
