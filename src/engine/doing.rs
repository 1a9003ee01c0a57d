//! What an open node does, and operations in flight.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use crate::instrument::{CallId, Class, Request};
use crate::value::Value;

use super::choice::Among;
use super::fixed::Seat;
use super::frame::{DoingHandle, FrameHandle, Place};
use super::money::{Hold, Purse};
use super::report::{Report, Tried};
use super::slab::Handle;
use super::talk::Talk;
use super::voices::Chorus;

/// Stands for an operation in flight.
pub type FlightHandle = Handle<Flight>;

/// What an open node does.
#[derive(Debug)]
pub enum Doing {
    /// A call of a part or of the world.
    Call(Calling),
    /// A movement or an arm.
    Nest(FrameHandle),
    /// A `for`.
    For(Box<Looping>),
    /// A `repeat`.
    Repeat(Box<Repeating>),
    /// The lanes of a `together`.
    Together(Box<Lanes>),
    /// An `otherwise`.
    Otherwise(Box<Catching>),
    /// A `limit`.
    Limit(Box<Limiting>),
    /// A `wait`.
    Wait(FlightHandle),
}

/// What must be over before a call starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Order {
    /// Nothing.
    Free,
    /// The acts above.
    Read,
    /// Everything above.
    Act,
}

impl Order {
    /// What must be over before a call of this class starts.
    pub const fn of(class: Class) -> Self {
        match class {
            Class::Thinks => Self::Free,
            Class::Reads => Self::Read,
            Class::Acts => Self::Act,
        }
    }
}

/// A call. A hundred thousand may be in flight: what few of them have stands apart, what all calls of a part have in
/// common is shared.
#[derive(Debug)]
pub struct Calling {
    /// Its id; that of its first try.
    pub id: CallId,
    /// Who plays it, and what that means.
    pub seat: Arc<Seat>,
    /// What must be over before it starts.
    pub order: Order,
    /// Its own limit in money, over all tries.
    pub purse: Option<Box<Purse>>,
    /// What the answer is chosen from.
    pub among: Option<Box<Among>>,
    /// The file that the answer is.
    pub made: Option<Arc<str>>,
    /// Which try this is, from 0.
    pub attempt: u32,
    /// How many more tries there may be after the first.
    pub retries: u32,
    /// Its limit in time, in milliseconds.
    pub within: Option<i64>,
    /// The operation in flight.
    pub flight: Option<FlightHandle>,
    /// The timer of `within`.
    pub timer: Option<FlightHandle>,
    /// Answers that would not do, and why.
    pub tries: Vec<Tried>,
    /// Who plays where the one that plays now is not to be had, in order.
    pub rest: Vec<Arc<Seat>>,
    /// The movement that plays it, where one does.
    pub inner: Option<Box<Inner>>,
    /// Those that play it at the same time, where they are several.
    pub chorus: Option<Box<Chorus>>,
    /// What is said and called before the answer, where there are tools.
    pub talk: Option<Box<Talk>>,
}

/// A movement that plays a call.
#[derive(Debug)]
pub struct Inner {
    /// Its frame.
    pub frame: FrameHandle,
    /// What it gave.
    pub given: Option<Value>,
}

/// A `for`.
#[derive(Debug)]
pub struct Looping {
    /// Its node.
    pub at: Place,
    /// What it goes over.
    pub list: Arc<[Value]>,
    /// Whether its rounds are lanes.
    pub lanes: bool,
    /// How many rounds were opened.
    pub opened: u32,
    /// How many of them are open.
    pub open: u32,
    /// How many may still act, those not opened included.
    pub loud: u32,
    /// Open rounds in order; some may be gone.
    pub rounds: VecDeque<FrameHandle>,
    /// Results so far with their rounds, as they came. Written one behind another: their places in the list, all over
    /// memory where rounds end in any order, would each have to be fetched first.
    pub results: Vec<(u32, Value)>,
    /// How many results are to come.
    pub missing: usize,
    /// How often each content was met.
    pub seen: HashMap<u128, u32, IdHasher>,
}

/// A `repeat`.
#[derive(Debug)]
pub struct Repeating {
    /// At most so many rounds.
    pub bound: i64,
    /// How many were opened.
    pub opened: u32,
    /// Open rounds in order, then the `else`; some may be gone.
    pub rounds: VecDeque<FrameHandle>,
    /// How many of them are open.
    pub open: u32,
    /// How many of them may still act.
    pub loud: u32,
    /// How many of `rounds` know that all acts before them are over.
    pub told: usize,
    /// What the next round carries; empty before the first has given a value.
    pub carried: Vec<Value>,
    /// Whether no further round will be opened.
    pub ended: bool,
    /// The timer of `every` since the start of the last round.
    pub timer: Option<FlightHandle>,
    /// Whether the next round waits for the timer only.
    pub ready: bool,
}

/// The lanes of a `together`.
#[derive(Debug)]
pub struct Lanes {
    /// How many were opened.
    pub opened: u32,
    /// How many there are; fewer than written once one of them was left.
    pub total: u32,
    /// How many may still act, those not opened included.
    pub loud: u32,
    /// Those that are open.
    pub open: Vec<(u32, FrameHandle)>,
}

/// An `otherwise`.
#[derive(Debug)]
pub struct Catching {
    /// Its node.
    pub at: Place,
    /// What is tried, or else done instead.
    pub child: FrameHandle,
    /// How far it is.
    pub stage: Stage,
    /// What the left side gave; handed on once that is settled.
    pub value: Option<Value>,
    /// Whether an act on the left side was done.
    pub acted: bool,
    /// Acts in flight that must end before the fallback starts.
    pub orphans: Orphans,
    /// The failure that was caught.
    pub caught: Option<Box<Report>>,
}

/// How far an `otherwise` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Its left side is performed.
    Trying,
    /// Its left side has failed; acts in flight end.
    Settling,
    /// Its fallback is performed.
    Falling,
}

/// A `limit`.
#[derive(Debug)]
pub struct Limiting {
    /// Its node.
    pub at: Place,
    /// What is limited.
    pub child: FrameHandle,
    /// Its time in milliseconds.
    pub millis: Option<i64>,
    /// Whether its time counts: from the first operation inside.
    pub started: bool,
    /// Its money.
    pub purse: Option<Box<Purse>>,
    /// Its timer.
    pub timer: Option<FlightHandle>,
    /// The next `limit` around it.
    pub outer: Option<DoingHandle>,
}

/// An operation in flight.
#[derive(Debug)]
pub struct Flight {
    /// Its id.
    pub id: CallId,
    /// The node it belongs to.
    pub at: Place,
    /// What that node does.
    pub doing: Option<DoingHandle>,
    /// What for.
    pub role: Role,
    /// How long, for a timer.
    pub millis: i64,
    /// Whether the conductor has taken it.
    pub taken: bool,
    /// What it holds of the limits in money around it.
    pub hold: Option<Box<Hold>>,
    /// What is left of an act whose scope has failed.
    pub orphan: Option<Box<Orphan>>,
}

impl Flight {
    /// One that begins.
    pub const fn of(id: CallId, at: Place, role: Role) -> Self {
        Self { id, at, doing: None, role, millis: 0, taken: false, hold: None, orphan: None }
    }
}

/// What an operation is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A call's try.
    Play,
    /// A call's `within`.
    Within,
    /// The same where time goes on while nothing is performed: for a person.
    Deadline,
    /// A `limit`.
    Limit,
    /// A `wait`.
    Wait,
    /// A `repeat`'s `every`.
    Every,
}

/// An act that runs to its end though what it stood in has failed, or the timer of one.
#[derive(Debug)]
pub struct Orphan {
    /// The `otherwise` that waits for it; `None`: the run does.
    pub owner: Option<DoingHandle>,
    /// Its timer, or the act whose timer it is.
    pub partner: Option<FlightHandle>,
    /// What is asked, complete: its frame is gone.
    pub request: Option<Request>,
}

/// Acts in flight that are waited for.
#[derive(Debug, Default)]
pub struct Orphans {
    /// Which; some may have ended.
    pub flights: Vec<FlightHandle>,
    /// How many have not.
    pub waiting: usize,
}

impl From<Vec<FlightHandle>> for Orphans {
    fn from(flights: Vec<FlightHandle>) -> Self {
        Self { waiting: flights.len(), flights }
    }
}

/// Hashes ids, which are hashes already: maps with it are looked up in, never gone through.
#[derive(Debug, Clone, Copy, Default)]
pub struct IdHasher;

impl std::hash::BuildHasher for IdHasher {
    type Hasher = Unhashed;

    fn build_hasher(&self) -> Unhashed {
        Unhashed(0)
    }
}

/// A hasher for what is a hash already.
#[derive(Debug, Clone, Copy)]
pub struct Unhashed(u64);

impl std::hash::Hasher for Unhashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u128(&mut self, hash: u128) {
        let bytes = hash.to_le_bytes();
        let mut low = [0; 8];
        low.copy_from_slice(&bytes[..8]);
        self.0 = u64::from_le_bytes(low);
    }
}
