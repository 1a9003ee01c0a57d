//! Operations in flight: handed out, cancelled, settled by their outcomes.

use crate::instrument::{CallId, Committed, Failure, FailureKind, Outcome, Request};

use super::doing::{Doing, Flight, FlightHandle, Orphan, Role};
use super::fixed::Fixed;
use super::frame::{DoingHandle, Place};
use super::identity;
use super::money::{self, Paid};
use super::operation::{Clock, Operation, What};
use super::report::Note;
use super::state::{Out, State};

impl State {
    /// Hands out an operation. The `limit`s around it begin to count.
    pub fn launch_flight(&mut self, at: Place, role: Role, id: CallId, millis: i64) -> FlightHandle {
        let doing = self.frames.get(at.0).and_then(|frame| frame.node(at.1).doing);
        let handle = self.flights.insert(Flight { doing, millis, ..Flight::of(id, at, role) });
        self.plays += usize::from(role == Role::Play);
        self.out.push(Out::Start(handle));
        handle
    }

    /// Begins to count the time of the `limit`s around a place.
    pub fn start_limits(&mut self, fixed: &Fixed, at: Place) {
        let mut next = self.frames.get(at.0).and_then(|frame| frame.limit);
        while let Some(doing) = next {
            if matches!(self.doings.get(doing), Some(Doing::Call(_))) {
                next = self.limit_around(doing);
                continue;
            }
            let Some(Doing::Limit(limiting)) = self.doings.get_mut(doing) else { return };
            if std::mem::replace(&mut limiting.started, true) {
                return;
            }
            let (at, millis, this) = (limiting.at, limiting.millis, next);
            next = limiting.outer;
            let Some(millis) = millis else { continue };
            let Some(frame) = self.frames.get(at.0) else { continue };
            let id = identity::child(frame.id, &fixed.node(frame.body, at.1).name, 0, "limit");
            let timer = self.launch_flight(at, Role::Limit, id, millis);
            if let Some(Doing::Limit(limiting)) = this.and_then(|doing| self.doings.get_mut(doing)) {
                limiting.timer = Some(timer);
            }
        }
    }

    /// Starts the timer of a `wait` or an `every`; `number` tells rounds apart.
    pub fn start_timer(
        &mut self,
        fixed: &Fixed,
        at: Place,
        role: Role,
        millis: i64,
        number: u32,
    ) -> FlightHandle {
        self.start_limits(fixed, at);
        let purpose = if role == Role::Wait { "wait" } else { "every" };
        let id = self.frames.get(at.0).map_or(CallId(0), |frame| {
            identity::child(frame.id, &fixed.node(frame.body, at.1).name, u128::from(number), purpose)
        });
        self.launch_flight(at, role, id, millis)
    }

    /// Stops a timer, if there is one.
    pub fn cancel_timer(&mut self, timer: Option<FlightHandle>) {
        if let Some(timer) = timer {
            self.cancel_flight(timer);
        }
    }

    /// Stops an operation. One that the conductor never saw is just dropped.
    pub fn cancel_flight(&mut self, handle: FlightHandle) {
        let Some(mut flight) = self.flights.remove(handle) else { return };
        if flight.role == Role::Play {
            self.plays -= 1;
            if flight.taken {
                self.note_maybe(&flight);
            }
            self.haunt(&mut flight);
        }
        if flight.taken {
            self.out.push(Out::Cancel(flight.id));
        }
        if flight.role == Role::Play {
            self.notes.push(|| Note::Cancelled { id: flight.id });
        }
    }

    /// What is to be started and stopped.
    pub fn take_operations(&mut self) -> Vec<Operation> {
        let mut operations = Vec::with_capacity(self.out.len());
        for out in self.out.drain(..) {
            match out {
                Out::Cancel(id) => operations.push(Operation::Cancel(id)),
                Out::Start(handle) => {
                    let Some(flight) = self.flights.get_mut(handle) else { continue };
                    flight.taken = true;
                    let timer = |clock, within| What::Timer { millis: flight.millis, clock, within };
                    let what = match flight.role {
                        Role::Play => What::Play,
                        Role::Within => timer(Clock::Performing, true),
                        Role::Limit => timer(Clock::Performing, false),
                        Role::Deadline => timer(Clock::Wall, true),
                        Role::Wait | Role::Every => timer(Clock::Wall, false),
                    };
                    operations.push(Operation::Start { id: flight.id, what });
                }
            }
        }
        operations
    }

    /// What a call in flight asks.
    pub fn render(&self, fixed: &Fixed, id: CallId) -> Option<Request> {
        let flight = self.flights.get(self.flights.find(id)?).filter(|flight| flight.role == Role::Play)?;
        match &flight.orphan {
            Some(orphan) => orphan.request.clone(),
            None => self.request(fixed, flight),
        }
    }

    /// Takes how an operation ended.
    pub fn settle_outcome(&mut self, fixed: &Fixed, id: CallId, outcome: Outcome) {
        let took = match &outcome {
            Outcome::Done(reply) => Some(reply.usage),
            Outcome::Failed(failure) => failure.usage(),
            Outcome::Settled(usage) => Some(*usage),
            Outcome::Fired | Outcome::Unpaid => None,
        };
        self.usage = took.map_or(self.usage, |took| self.usage.plus(took));
        let paid = money::paid(&outcome);
        let Some(handle) = self.flights.find(id) else {
            if let Some(usage) = took {
                self.notes.push(|| Note::Settled { id, usage });
            }
            return self.settle_ghost(id, paid);
        };
        match outcome {
            Outcome::Unpaid => return self.unpaid(fixed, handle),
            Outcome::Settled(_) => return,
            _ => {}
        }
        let Some(mut flight) = self.flights.remove(handle) else { return };
        if flight.role == Role::Play {
            self.plays -= 1;
            if paid == Paid::Maybe {
                self.note_maybe(&flight);
            }
            self.settle_hold(flight.at, flight.hold.take(), paid);
        }
        if let Some(orphan) = flight.orphan {
            return self.orphan_settled(fixed, id, flight.role, &orphan, outcome);
        }
        self.settling = Some(id);
        self.blamed = (flight.role != Role::Play).then_some(id);
        match (flight.role, outcome) {
            (Role::Play, Outcome::Fired) => {}
            (Role::Play, outcome) => self.answered(fixed, flight.at, id, outcome),
            (_, Outcome::Failed(failure)) => self.fail(fixed, flight.at, failure),
            (role, _) => self.fired(fixed, flight.at, role, flight.millis),
        }
        self.blamed = None;
    }

    fn fired(&mut self, fixed: &Fixed, at: Place, role: Role, millis: i64) {
        let time = crate::value::show_duration(millis);
        match role {
            Role::Wait => self.settle(fixed, at),
            Role::Every => self.every_fired(fixed, at),
            Role::Limit => {
                if let Some(Doing::Limit(limiting)) = self.doing_mut(at) {
                    limiting.timer = None;
                }
                let message = format!("the limit of {time} has passed");
                self.fail(fixed, at, Failure::new(FailureKind::Timeout, message));
            }
            Role::Within | Role::Deadline => {
                let Some(Doing::Call(calling)) = self.doing_mut(at) else { return };
                calling.timer = None;
                if calling.talk.is_some() {
                    // Whoever catches it ends all of it: what is said, and tools.
                    let message = format!("no answer within {time}");
                    return self.fail(fixed, at, Failure::new(FailureKind::Timeout, message));
                }
                if let Some(inner) = calling.inner.take() {
                    // Acts of a movement that plays end on their own; the run waits for them where it fails.
                    self.kill(fixed, inner.frame, None);
                }
                let Some(Doing::Call(calling)) = self.doing_mut(at) else { return };
                let flight = calling.flight.take();
                let others = calling.chorus.as_mut().map(|chorus| chorus.take_flights()).unwrap_or_default();
                let committed = if calling.runs_on() { Committed::Unknown } else { Committed::No };
                for flight in others {
                    self.cancel_flight(flight);
                }
                if let Some(flight) = flight {
                    self.cancel_flight(flight);
                }
                let message = format!("no answer within {time}");
                let failure = Failure::new(FailureKind::Timeout, message).with_committed(committed);
                if committed == Committed::Unknown {
                    let catch = self.frames.get(at.0).and_then(|frame| frame.catch);
                    self.acted(catch);
                }
                self.fail(fixed, at, failure);
            }
            Role::Play => {}
        }
    }

    /// An act, and its timer, run on without the node they belonged to.
    pub fn orphan(
        &mut self,
        fixed: &Fixed,
        handle: FlightHandle,
        timer: Option<FlightHandle>,
        owner: Option<DoingHandle>,
    ) {
        let request = self.flights.get(handle).and_then(|flight| self.request(fixed, flight));
        let timer = timer.filter(|timer| self.flights.get(*timer).is_some());
        if let Some(flight) = self.flights.get_mut(handle) {
            flight.orphan = Some(Box::new(Orphan { owner, partner: timer, request }));
        }
        if let Some(timer) = timer.and_then(|timer| self.flights.get_mut(timer)) {
            timer.orphan = Some(Box::new(Orphan { owner, partner: Some(handle), request: None }));
        }
    }

    /// Has an orphan waited for by another one; says whether it is still in flight.
    pub fn adopt(&mut self, handle: FlightHandle, owner: Option<DoingHandle>) -> bool {
        let Some(orphan) = self.flights.get_mut(handle).and_then(|flight| flight.orphan.as_mut()) else {
            return false;
        };
        orphan.owner = owner;
        let partner = orphan.partner;
        if let Some(orphan) = partner.and_then(|timer| self.flights.get_mut(timer)?.orphan.as_mut()) {
            orphan.owner = owner;
        }
        true
    }

    fn orphan_settled(&mut self, fixed: &Fixed, id: CallId, role: Role, orphan: &Orphan, outcome: Outcome) {
        // Whichever of the act and its timer comes first settles both.
        if let Some(partner) = orphan.partner {
            self.cancel_flight(partner);
        }
        let acted = match outcome {
            Outcome::Done(reply) => {
                self.notes.push(|| Note::Finished { id, usage: reply.usage });
                true
            }
            Outcome::Failed(failure) => failure.committed != Committed::No,
            _ => role != Role::Play,
        };
        self.orphan_gone(fixed, orphan.owner, acted);
    }

    fn orphan_gone(&mut self, fixed: &Fixed, owner: Option<DoingHandle>, acted: bool) {
        let Some(doing) = owner else {
            if let Some(failing) = &mut self.failing {
                failing.orphans.waiting = failing.orphans.waiting.saturating_sub(1);
            }
            return;
        };
        if acted {
            self.acted(owner);
        }
        if let Some(Doing::Otherwise(catching)) = self.doings.get_mut(doing) {
            catching.orphans.waiting = catching.orphans.waiting.saturating_sub(1);
            return self.start_fallback_if_settled(fixed, doing);
        }
        self.tool_orphan_gone(fixed, doing);
    }

    /// Operations that the conductor has not taken yet.
    pub fn untaken(&self) -> Vec<FlightHandle> {
        let starts = self.out.iter().filter_map(|out| match out {
            Out::Start(handle) => Some(*handle),
            Out::Cancel(_) => None,
        });
        starts
            .filter(|handle| self.flights.get(*handle).is_some_and(|flight| flight.role == Role::Play))
            .collect()
    }

    /// Drops an act that was never handed out.
    pub fn forget_orphan(&mut self, fixed: &Fixed, handle: FlightHandle) {
        let Some(orphan) = self.flights.get_mut(handle).and_then(|flight| flight.orphan.take()) else {
            return;
        };
        self.cancel_flight(handle);
        self.cancel_timer(orphan.partner);
        self.orphan_gone(fixed, orphan.owner, false);
    }
}
