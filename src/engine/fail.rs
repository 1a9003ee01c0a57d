//! Failing: who catches it, what is cancelled, what runs to its end, what is told.

use std::sync::Arc;

use crate::instrument::{Committed, Failure, FailureKind};
use crate::plan::{Kind, Otherwise};
use crate::types::known;
use crate::value::{Record, Value};

use super::doing::{Calling, Catching, Doing, FlightHandle, Stage};
use super::evaluate::Failed;
use super::fixed::Fixed;
use super::frame::{DoingHandle, FrameHandle, Place};
use super::report::{Note, Report, Site};
use super::state::{Failing, State};
use super::voices::FALLS_OVER;

impl State {
    /// A node fails.
    pub fn fail(&mut self, fixed: &Fixed, at: Place, failure: Failure) {
        let Some(frame) = self.frames.get(at.0) else { return };
        let span = fixed.node(frame.body, at.1).span;
        self.fail_in_body(fixed, at, Failed { failure, span });
    }

    /// A node fails, at a place inside it.
    pub fn fail_in_body(&mut self, fixed: &Fixed, at: Place, failed: Failed) {
        let report = self.report(fixed, at, failed);
        self.fail_as(fixed, at, Box::new(report));
    }

    /// A `require` does not hold.
    pub fn fail_required(&mut self, fixed: &Fixed, at: Place, message: Result<Value, Failed>) {
        match message {
            Ok(message) => {
                let failure = Failure::new(FailureKind::RequireFailed, crate::value::render(&message));
                self.fail(fixed, at, failure);
            }
            Err(failed) => self.fail_in_body(fixed, at, failed),
        }
    }

    /// A `fail` with a text, or with an error that it passes on.
    pub fn fail_with(&mut self, fixed: &Fixed, at: Place, value: &Value) {
        let Value::Record(record) = value else {
            let failure = Failure::new(FailureKind::RequireFailed, crate::value::render(value));
            return self.fail(fixed, at, failure);
        };
        if let Some(report) = self.caught_around(at, value) {
            return self.fail_as(fixed, at, report);
        }
        let field = |name: &str| record.get(name).and_then(Value::as_text).unwrap_or_default();
        let kind = FailureKind::from_word(field("kind")).unwrap_or(FailureKind::RequireFailed);
        self.fail(fixed, at, Failure::new(kind, field("message")));
    }

    /// The failure whose error record this is, if a place stands in the fallback that handles it.
    fn caught_around(&self, at: Place, error: &Value) -> Option<Box<Report>> {
        let mut next = Some(at);
        while let Some(place) = next {
            if let Some(Doing::Otherwise(catching)) = self.doing(place)
                && let Some(report) = &catching.caught
                && error_record(report, catching.acted) == *error
            {
                return Some(report.clone());
            }
            next = self.frames.get(place.0)?.parent;
        }
        None
    }

    pub fn report(&self, fixed: &Fixed, at: Place, failed: Failed) -> Report {
        let mut report = Report {
            failure: failed.failure,
            span: failed.span,
            path: Arc::from(""),
            part: None,
            instrument: None,
            tries: Vec::new(),
            stack: self.stack(fixed, at),
        };
        let Some(frame) = self.frames.get(at.0) else { return report };
        let node = fixed.node(frame.body, at.1);
        let mut leaf = None;
        if let Kind::Call(_) = &node.kind {
            leaf = Some(&*node.name);
            report.part = Some(super::call::played(fixed, &node.kind));
        }
        report.path = self.path(fixed, at.0, leaf);
        if let Some(Doing::Call(calling)) = self.doing(at) {
            report.instrument = Some(Arc::clone(&calling.seat.player.name));
            report.tries.clone_from(&calling.tries);
        }
        report
    }

    fn stack(&self, fixed: &Fixed, at: Place) -> Vec<Site> {
        let mut stack = Vec::new();
        let mut next = Some(at.0);
        while let Some(frame) = next.and_then(|handle| self.frames.get(handle)) {
            if let Some(movement) = frame.movement {
                let called = frame
                    .parent
                    .and_then(|(around, node)| Some(fixed.node(self.frames.get(around)?.body, node).span));
                stack.push(Site {
                    movement: Arc::clone(&fixed.plan.movements[movement.0 as usize].name),
                    called,
                });
            }
            next = frame.parent.map(|parent| parent.0);
        }
        stack
    }

    /// Finds who catches a failure and ends what it ends.
    pub fn fail_as(&mut self, fixed: &Fixed, at: Place, report: Box<Report>) {
        if self.failing.is_some() || self.frames.get(at.0).is_none() {
            return;
        }
        if let Some((catcher, doing)) = self.catcher(fixed, at, report.failure.kind) {
            if self.is_talk(doing).is_some() {
                return self.tool_failed(fixed, catcher, at.0, report);
            }
            if let Some(child) = self.child_of(doing) {
                // It only thinks and reads: nothing of it runs on.
                self.kill(fixed, child, None);
                return self.movement_failed(fixed, catcher, report.failure);
            }
            let Some(Doing::Otherwise(catching)) = self.doings.get_mut(doing) else { return };
            catching.stage = Stage::Settling;
            catching.value = None;
            let child = catching.child;
            if let Some(frame) = self.frames.get(catcher.0) {
                let span = fixed.node(frame.body, catcher.1).span;
                self.notes.push(|| Note::Caught { report: report.clone(), span });
            }
            let orphans = self.kill(fixed, child, Some(doing));
            let Some(Doing::Otherwise(catching)) = self.doings.get_mut(doing) else { return };
            catching.caught = Some(report);
            catching.orphans = orphans.into();
            return self.start_fallback_if_settled(fixed, doing);
        }
        if self.broke.is_some() {
            // The run ends anyway, for want of money, once what is in flight has ended.
            return;
        }
        let orphans = self.kill(fixed, self.root, None);
        self.work.clear();
        self.loops.clear();
        self.starved.clear();
        self.failing = Some(Failing { report, orphans: orphans.into(), cause: self.blamed });
    }

    /// Interrupts the whole performance.
    pub fn interrupt(&mut self, fixed: &Fixed, failure: Failure) {
        if self.done || self.failing.is_some() {
            return;
        }
        let span = fixed.plan.movements.first().map_or_else(Default::default, |movement| movement.span);
        let mut report = self.report(fixed, (self.root, 0), Failed { failure, span });
        report.part = None;
        if let Some(movement) = self.frames.get(self.root).and_then(|root| root.movement) {
            let movement = &fixed.plan.movements[movement.0 as usize];
            report.span = movement.span;
            report.path = Arc::clone(&movement.name);
        }
        // What was not handed out yet need not be started, not even an act.
        let fresh = self.untaken();
        let orphans = self.kill(fixed, self.root, None);
        self.work.clear();
        self.loops.clear();
        self.starved.clear();
        self.failing = Some(Failing { report: Box::new(report), orphans: orphans.into(), cause: None });
        for flight in fresh {
            self.forget_orphan(fixed, flight);
        }
    }

    /// The innermost `otherwise` that catches this kind where it failed.
    fn catcher(&self, fixed: &Fixed, at: Place, kind: FailureKind) -> Option<(Place, DoingHandle)> {
        if matches!(kind, FailureKind::Cancelled | FailureKind::Denied | FailureKind::InDoubt) {
            return None;
        }
        let mut next = self.frames.get(at.0)?.catch;
        while let Some(doing) = next {
            if let Some(place) = self.is_talk(doing) {
                return Some((place, doing));
            }
            if let Some(Doing::Call(calling)) = self.doings.get(doing) {
                // A movement that plays fails, and the next instrument of a `fallback` may play.
                let place = self.frames.get(calling.child()?)?.parent?;
                if FALLS_OVER.contains(&kind) {
                    return Some((place, doing));
                }
                next = self.frames.get(place.0)?.catch;
                continue;
            }
            let Some(Doing::Otherwise(catching)) = self.doings.get(doing) else { return None };
            let frame = self.frames.get(catching.at.0)?;
            if let Kind::Otherwise(otherwise) = &fixed.node(frame.body, catching.at.1).kind
                && (otherwise.kinds.is_empty() || otherwise.kinds.contains(&kind))
            {
                return Some((catching.at, doing));
            }
            next = frame.catch;
        }
        None
    }

    /// Ends all that is in a frame. Thinking, reading, questions and timers are cancelled; acts in flight run to
    /// their end, and are given back.
    pub fn kill(
        &mut self,
        fixed: &Fixed,
        root: FrameHandle,
        owner: Option<DoingHandle>,
    ) -> Vec<FlightHandle> {
        let mut frames = vec![root];
        let mut doings = Vec::new();
        let mut at = 0;
        while let Some(handle) = frames.get(at).copied() {
            at += 1;
            let Some(frame) = self.frames.get(handle) else { continue };
            for doing in frame.nodes().filter_map(|node| node.doing) {
                doings.push(doing);
                match self.doings.get(doing) {
                    Some(Doing::Nest(child)) => frames.push(*child),
                    Some(Doing::Limit(limiting)) => frames.push(limiting.child),
                    Some(Doing::Otherwise(catching)) => frames.push(catching.child),
                    Some(Doing::For(looping)) => frames.extend(&looping.rounds),
                    Some(Doing::Repeat(repeating)) => frames.extend(&repeating.rounds),
                    Some(Doing::Together(lanes)) => frames.extend(lanes.open.iter().map(|(_, lane)| *lane)),
                    Some(Doing::Call(calling)) => frames.extend(calling.frames()),
                    Some(Doing::Wait(_)) | None => {}
                }
            }
        }
        let mut orphans = Vec::new();
        for doing in &doings {
            self.cancel_doing(fixed, *doing, owner, &mut orphans);
        }
        for doing in doings {
            self.end_doing(doing);
        }
        for frame in frames {
            self.frames.remove(frame);
        }
        orphans
    }

    fn cancel_doing(
        &mut self,
        fixed: &Fixed,
        doing: DoingHandle,
        owner: Option<DoingHandle>,
        orphans: &mut Vec<FlightHandle>,
    ) {
        match self.doings.get_mut(doing) {
            Some(Doing::Wait(timer)) => {
                let timer = Some(*timer);
                self.cancel_timer(timer);
            }
            Some(Doing::Limit(limiting)) => {
                let timer = limiting.timer.take();
                self.cancel_timer(timer);
            }
            Some(Doing::Repeat(repeating)) => {
                let timer = repeating.timer.take();
                self.cancel_timer(timer);
            }
            Some(Doing::Otherwise(catching)) => {
                for orphan in std::mem::take(&mut catching.orphans.flights) {
                    if self.adopt(orphan, owner) {
                        orphans.push(orphan);
                    }
                }
            }
            Some(Doing::Call(_)) => {
                for orphan in self.tool_orphans(doing) {
                    if self.adopt(orphan, owner) {
                        orphans.push(orphan);
                    }
                }
                let Some(Doing::Call(calling)) = self.doings.get_mut(doing) else { return };
                let others = calling.chorus.as_mut().map(|chorus| chorus.take_flights()).unwrap_or_default();
                let (flight, timer, runs_on) = (calling.flight, calling.timer, calling.runs_on());
                // Those that play at the same time only think or read, or are persons.
                for flight in others {
                    self.cancel_flight(flight);
                }
                let Some(flight) = flight else { return self.cancel_timer(timer) };
                if runs_on {
                    self.orphan(fixed, flight, timer, owner);
                    orphans.push(flight);
                } else {
                    self.cancel_timer(timer);
                    self.cancel_flight(flight);
                }
            }
            _ => {}
        }
    }

    /// Starts the fallback of an `otherwise` once its left side is settled.
    pub fn start_fallback_if_settled(&mut self, fixed: &Fixed, doing: DoingHandle) {
        let Some(Doing::Otherwise(catching)) = self.doings.get(doing) else { return };
        if catching.orphans.waiting > 0 || catching.stage != Stage::Settling {
            return;
        }
        let at = catching.at;
        let error = catching.caught.as_ref().map(|report| error_record(report, catching.acted));
        let Some(frame) = self.frames.get(at.0) else { return };
        let Kind::Otherwise(otherwise) = &fixed.node(frame.body, at.1).kind else { return };
        self.start_fallback(fixed, at, otherwise, error.unwrap_or(Value::Nothing));
    }

    fn start_fallback(&mut self, fixed: &Fixed, at: Place, otherwise: &Otherwise, error: Value) {
        if !fixed.facts(otherwise.fallback.body).may_act {
            self.quiet(at.0, at.1);
        }
        let Some(opening) = self.opening(at, otherwise.fallback.body, 1) else { return };
        let child = self.open(fixed, opening);
        if let Some(Doing::Otherwise(catching)) = self.doing_mut(at) {
            catching.stage = Stage::Falling;
            catching.child = child;
        }
        self.begin_with(fixed, at.0, &otherwise.fallback, child);
        if let Some(slot) = otherwise.error {
            self.set(fixed, child, slot, error);
        }
    }

    /// Notes for each `otherwise` around that an act was done.
    pub fn acted(&mut self, mut next: Option<DoingHandle>) {
        while let Some(doing) = next {
            let around = match self.doings.get_mut(doing) {
                Some(Doing::Otherwise(catching)) => {
                    let catching: &mut Catching = catching;
                    if std::mem::replace(&mut catching.acted, true) {
                        return;
                    }
                    catching.at
                }
                _ => match self.is_talk(doing) {
                    Some(at) => at,
                    None => return,
                },
            };
            next = self.frames.get(around.0).and_then(|frame| frame.catch);
        }
    }
}

impl Calling {
    /// Frames of the movement that plays, and of tools.
    pub fn frames(&self) -> Vec<FrameHandle> {
        let tools = self.talk.iter().flat_map(|talk| talk.frames());
        self.child().into_iter().chain(tools).collect()
    }

    /// Whether it runs to its end when what it stands in fails.
    pub fn runs_on(&self) -> bool {
        self.seat.class == crate::instrument::Class::Acts && !self.seat.person
    }

    /// Whether a failure of it means that something may have been done.
    pub fn may_have_acted(&self, failure: &Failure) -> bool {
        self.runs_on() && failure.committed != Committed::No
    }
}

/// The record that `error` is.
fn error_record(report: &Report, acted: bool) -> Value {
    let values = vec![
        Value::text(report.failure.kind.word()),
        Value::text(&report.failure.message),
        Value::text(report.instrument.as_deref().unwrap_or_default()),
        Value::Bool(acted),
    ];
    Record::new(Arc::clone(&known().error), values)
        .map_or(Value::Nothing, |record| Value::Record(Arc::new(record)))
}
