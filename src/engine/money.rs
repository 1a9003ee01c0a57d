//! Limits in money: the run's budget, `limit`s, the `within` of calls.
//!
//! A call holds the most that it may cost against every limit around it before it starts, and what it did cost is
//! counted after it. One that does not fit waits as long as anything in that limit is held; it fails where it does
//! not fit with nothing held. Who waits goes in the order of readiness, and nobody goes before the first of a
//! queue ([`super::queue`]). What may have been billed though nobody told so stays counted as possibly spent.

use crate::instrument::{CallId, Failure, FailureKind, Most, Outcome, Price, Usage};
use crate::value::Money;

use super::before::Taken;
use super::doing::{Doing, Flight, FlightHandle, Role};
use super::fixed::Fixed;
use super::frame::{DoingHandle, Place};
use super::queue::{Queue, Waiting};
use super::report::Note;
use super::state::{Out, State, Work};

/// A limit in money, in billionths of a dollar.
#[derive(Debug)]
pub struct Purse {
    /// Which limit it is of.
    pub id: CallId,
    /// What may be spent.
    pub cap: i64,
    /// What was.
    pub spent: i64,
    /// What calls under way may still take.
    pub held: i64,
    /// What may have been spent though nobody told so.
    pub maybe: i64,
    /// Who waits.
    pub queue: Queue,
}

/// Where a purse is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Till {
    /// The run's budget.
    Run,
    /// A `limit`, or a call's own.
    Doing(DoingHandle),
}

/// What a call under way holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// So much.
    pub amount: i64,
    /// The most tokens that its answer may have for that.
    pub longest: Option<u64>,
    /// Against these.
    pub tills: Vec<Till>,
    /// What is recorded that it took, where that is what it holds.
    pub paid: Option<Taken>,
}

/// How a call stands to the limits around it.
pub enum Afford {
    /// It may start, and holds this.
    Goes(Option<Box<Hold>>),
    /// It waits for its turn, or what it would have crossed has failed.
    Stays,
}

/// What a call that has ended did to what it held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paid {
    /// It took so much.
    Spent(i64),
    /// Nobody knows.
    Maybe,
}

impl Purse {
    /// A limit of so much, of which so much was taken.
    pub fn new(id: CallId, cap: Money, before: Taken) -> Self {
        let Taken { spent, maybe } = before;
        Self { id, cap: cap.nanos, spent, held: 0, maybe, queue: Queue::default() }
    }

    /// Whether so much fits beside what was spent and is held.
    pub const fn fits(&self, amount: i64) -> bool {
        let taken = self.spent.saturating_add(self.maybe).saturating_add(self.held);
        taken.saturating_add(amount) <= self.cap
    }

    fn exceeded(&self, name: &str, most: &Most) -> Failure {
        let mut message =
            format!("the {name} of {} is reached: {} was spent", shown(self.cap), shown(self.spent));
        if self.maybe > 0 {
            message = format!("{message}, {} may have been", shown(self.maybe));
        }
        message = match most.longest {
            None => format!("{message}, and the next call costs {}", most.spend),
            Some(longest) => {
                format!(
                    "{message}, and the next call may cost {} ({longest} tokens at most)",
                    most.spend.rounded()
                )
            }
        };
        let failure = Failure::new(FailureKind::Budget, message);
        if most.longest.is_some() && most.spend.nanos > self.cap / 4 {
            return failure.with_help(
                "reckon with shorter answers: `max_tokens: 2000` on the instrument; or raise the limit",
            );
        }
        failure
    }
}

const fn shown(nanos: i64) -> Money {
    Money::from_nanos(nanos)
}

/// What an outcome says of the bill.
pub fn paid(outcome: &Outcome) -> Paid {
    let known = |usage: &Usage| usage.spend.map(|spend| Paid::Spent(spend.nanos.max(0)));
    match outcome {
        Outcome::Done(reply) => known(&reply.usage).unwrap_or(Paid::Maybe),
        Outcome::Failed(failure) => match failure.took.as_deref().and_then(known) {
            Some(paid) => paid,
            None if failure.may_be_billed() => Paid::Maybe,
            None => Paid::Spent(0),
        },
        Outcome::Settled(usage) => known(usage).unwrap_or(Paid::Maybe),
        Outcome::Fired | Outcome::Unpaid => Paid::Spent(0),
    }
}

impl State {
    /// Whether a try of a call may start now. Otherwise it waits, or what would be crossed fails.
    pub fn afford(&mut self, fixed: &Fixed, at: Place) -> Afford {
        let Some(Doing::Call(calling)) = self.doing(at) else { return Afford::Stays };
        let (seat, id) = (&calling.seat, calling.operation());
        let limited = calling.purse.is_some()
            || self.budget.is_some()
            || self.frames.get(at.0).is_some_and(|frame| frame.limit.is_some());
        // A person holds nothing: their time is not money.
        if seat.price == Price::Free || seat.person || !limited {
            return Afford::Goes(None);
        }
        if let Some(hold) = self.paid_hold(fixed, at) {
            return Afford::Goes(Some(hold));
        }
        let tills = self.tills(at);
        let Some(till) = tills.first().copied() else { return Afford::Goes(None) };
        let Some(most) = self.most(fixed, at) else {
            let failure = self.unknown(at, till);
            self.fail(fixed, at, failure);
            return Afford::Stays;
        };
        let Some(doing) = self.frames.get(at.0).and_then(|frame| frame.node(at.1).doing) else {
            return Afford::Stays;
        };
        self.tickets += 1;
        let waiting = Waiting { ticket: self.tickets, doing, at, id, most };
        self.admit(fixed, waiting, tills)
    }

    /// Holds what a call may cost against all limits around it, or against none.
    pub fn admit(&mut self, fixed: &Fixed, waiting: Waiting, tills: Vec<Till>) -> Afford {
        let amount = waiting.most.spend.nanos;
        for till in &tills {
            let Some(purse) = self.purse_mut(*till) else { continue };
            let fits = purse.fits(amount);
            if !fits && purse.held == 0 {
                self.cross(fixed, *till, &waiting);
                return Afford::Stays;
            }
            if !fits || purse.queue.is_before(waiting.ticket) {
                purse.queue.add(waiting);
                return Afford::Stays;
            }
        }
        for till in &tills {
            if let Some(purse) = self.purse_mut(*till) {
                purse.held = purse.held.saturating_add(amount);
            }
        }
        Afford::Goes(Some(Box::new(Hold { amount, longest: waiting.most.longest, tills, paid: None })))
    }

    /// A limit would be crossed: it fails. The run's budget ends the run.
    pub fn cross(&mut self, fixed: &Fixed, till: Till, waiting: &Waiting) {
        let name = if till == Till::Run { "budget" } else { "limit" };
        let Some(purse) = self.purse(till) else { return };
        let failure = purse.exceeded(name, &waiting.most);
        match till {
            Till::Run => {
                let failure = match failure.help {
                    Some(_) => failure,
                    None => failure.with_help("raise it: `--budget`, or `:budget` at the prompt"),
                };
                self.go_broke(fixed, waiting.at, failure);
            }
            Till::Doing(doing) => {
                let around = match self.doings.get(doing) {
                    Some(Doing::Limit(limiting)) => Some(limiting.at),
                    _ => self.call_place(doing),
                };
                self.fail(fixed, around.unwrap_or(waiting.at), failure);
            }
        }
    }

    /// The most that a try of a call may cost; `None` where nobody knows.
    pub fn most(&self, fixed: &Fixed, at: Place) -> Option<Most> {
        let Some(Doing::Call(calling)) = self.doing(at) else { return None };
        let price = &calling.seat.price;
        if let Price::PerCall(spend) = *price {
            return Some(Most { spend, longest: None });
        }
        if !price.is_bounded() {
            return None;
        }
        let flight = Flight::of(calling.operation(), at, Role::Play);
        price.most(&self.request(fixed, &flight)?)
    }

    fn unknown(&self, at: Place, till: Till) -> Failure {
        let (name, metered) = match self.doing(at) {
            Some(Doing::Call(calling)) => {
                (calling.seat.player.name.to_string(), matches!(calling.seat.price, Price::Metered(_)))
            }
            _ => (String::new(), false),
        };
        let cap = shown(self.purse(till).map_or(0, |purse| purse.cap));
        let (what, help) = if metered {
            (
                "how much",
                "say where it is declared how long its answers may be: `max_tokens: 2000`; or what a call costs: `price: $0.01`",
            )
        } else {
            (
                "what",
                "say it where it is declared: `price: $0.01` a call, or `price: {input: $1, output: $4}` per million tokens; `price: $0` if it is free. For all that play this model: `[prices]` in score.toml",
            )
        };
        let message = format!("{what} `{name}` costs is not known, so the limit of {cap} can't hold");
        Failure::new(FailureKind::InvalidRequest, message).with_help(help)
    }

    /// A call has ended: what it held goes, and what it took is counted.
    pub fn settle_hold(&mut self, at: Place, hold: Option<Box<Hold>>, paid: Paid) {
        match (hold, paid) {
            (Some(hold), Paid::Spent(spent)) => self.change(&hold.tills, |purse| {
                purse.held -= hold.amount;
                purse.spent = purse.spent.saturating_add(spent);
            }),
            (Some(hold), Paid::Maybe) => self.change(&hold.tills, |purse| {
                purse.held -= hold.amount;
                purse.maybe = purse.maybe.saturating_add(hold.amount);
            }),
            // It was not reckoned with, and is counted all the same.
            (None, Paid::Spent(spent)) if spent > 0 => {
                let tills = self.tills(at);
                self.change(&tills, |purse| purse.spent = purse.spent.saturating_add(spent));
            }
            (None, _) => {}
        }
    }

    /// A call was cancelled that the conductor has: until it is told otherwise, it may have cost all that it held.
    pub fn haunt(&mut self, flight: &mut Flight) {
        let Some(hold) = flight.hold.take() else { return };
        if !flight.taken {
            return self.settle_hold(flight.at, Some(hold), Paid::Spent(0));
        }
        self.settle_hold(flight.at, Some(hold.clone()), Paid::Maybe);
        self.ghosts.insert(flight.id, hold);
    }

    /// Tells that a call may have cost something.
    pub fn note_maybe(&mut self, flight: &Flight) {
        let costs = match flight.doing.and_then(|doing| self.doings.get(doing)) {
            Some(Doing::Call(calling)) => calling.seat.price != Price::Free,
            _ => false,
        };
        let most = flight.hold.as_ref().map(|hold| Money::from_nanos(hold.amount));
        if costs || most.is_some() {
            let id = flight.id;
            self.notes.push(|| Note::MayCost { id, most });
        }
    }

    /// What a cancelled call took is known after all.
    pub fn settle_ghost(&mut self, id: CallId, paid: Paid) {
        let Paid::Spent(spent) = paid else { return };
        let Some(hold) = self.ghosts.remove(&id) else { return };
        self.change(&hold.tills, |purse| {
            purse.maybe -= hold.amount;
            purse.spent = purse.spent.saturating_add(spent);
        });
    }

    /// What is recorded of a call in flight stands for another one: it asks the limits as any new one, before it starts.
    pub fn unpaid(&mut self, fixed: &Fixed, handle: FlightHandle) {
        let Some(flight) = self.flights.remove(handle) else { return };
        let (id, at) = (flight.id, flight.at);
        self.plays -= 1;
        if flight.taken {
            self.out.push(Out::Cancel(id));
        }
        if let Some(hold) = flight.hold {
            // That was spent all the same.
            let took = hold.paid.unwrap_or_default();
            self.change(&hold.tills, |purse| {
                purse.held -= hold.amount;
                purse.spent = purse.spent.saturating_add(took.spent);
                purse.maybe = purse.maybe.saturating_add(took.maybe);
            });
        }
        if let Some(Doing::Call(calling)) = self.doing_mut(at) {
            calling.turn_to_id(id);
            calling.flight = None;
        }
        self.launch(fixed, at);
    }

    fn change(&mut self, tills: &[Till], change: impl Fn(&mut Purse)) {
        for till in tills {
            let Some(purse) = self.purse_mut(*till) else { continue };
            change(purse);
            if !purse.queue.is_empty() {
                self.work.push_back(Work::Admit(*till));
            }
        }
    }

    /// The limits in money around a call, innermost first; its own is one.
    pub fn tills(&self, at: Place) -> Vec<Till> {
        let mut tills = Vec::new();
        let Some(frame) = self.frames.get(at.0) else { return tills };
        if let Some(Doing::Call(calling)) = self.doing(at)
            && calling.purse.is_some()
        {
            tills.extend(frame.node(at.1).doing.map(Till::Doing));
        }
        let mut next = frame.limit;
        while let Some(doing) = next {
            let (has, outer) = match self.doings.get(doing) {
                Some(Doing::Limit(limiting)) => (limiting.purse.is_some(), limiting.outer),
                Some(Doing::Call(calling)) => (calling.purse.is_some(), self.limit_around(doing)),
                _ => break,
            };
            if has {
                tills.push(Till::Doing(doing));
            }
            next = outer;
        }
        if self.budget.is_some() {
            tills.push(Till::Run);
        }
        tills
    }

    /// The next `limit` around a call that others are inside of.
    pub fn limit_around(&self, doing: DoingHandle) -> Option<DoingHandle> {
        self.frames.get(self.call_place(doing)?.0)?.limit
    }

    /// Where a call stands that others are inside of: tools, or the movement that plays it.
    fn call_place(&self, doing: DoingHandle) -> Option<Place> {
        let Some(Doing::Call(calling)) = self.doings.get(doing) else { return None };
        match (&calling.talk, calling.child()) {
            (Some(talk), _) => Some(talk.at),
            (None, Some(child)) => self.frames.get(child)?.parent,
            (None, None) => None,
        }
    }

    pub fn purse(&self, till: Till) -> Option<&Purse> {
        match till {
            Till::Run => self.budget.as_deref(),
            Till::Doing(doing) => match self.doings.get(doing)? {
                Doing::Limit(limiting) => limiting.purse.as_deref(),
                Doing::Call(calling) => calling.purse.as_deref(),
                _ => None,
            },
        }
    }

    pub fn purse_mut(&mut self, till: Till) -> Option<&mut Purse> {
        match till {
            Till::Run => self.budget.as_deref_mut(),
            Till::Doing(doing) => match self.doings.get_mut(doing)? {
                Doing::Limit(limiting) => limiting.purse.as_deref_mut(),
                Doing::Call(calling) => calling.purse.as_deref_mut(),
                _ => None,
            },
        }
    }
}
