//! The moving part of a performance: its queue of work, and the loop that does it.

use std::collections::{HashMap, VecDeque};

use crate::instrument::{CallId, Failure, FailureKind, Outcome, Usage};
use crate::plan::{MovementId, NodeIx, Slot};
use crate::value::Value;

use super::before::Receipt;
use super::doing::{Doing, FlightHandle, IdHasher, Orphans};
use super::fixed::Fixed;
use super::flights::Flights;
use super::frame::{DoingHandle, Frame, FrameHandle, Place};
use super::identity;
use super::memory::Memories;
use super::money::{Hold, Purse, Till};
use super::nest::{Opening, Spare};
use super::operation::Step;
use super::report::{Notes, Report};
use super::slab::Slab;
use super::voices::Turns;

/// How many frames may be open before a `for` that has a round open must wait with its next. A constant of
/// the engine, never of the host: the order of emission depends on it.
pub const WINDOW: usize = 131_072;

/// A small step to do.
#[derive(Debug)]
pub enum Work {
    /// A node has what it waited for.
    Start(FrameHandle, NodeIx),
    /// A slot gets its value.
    Set(FrameHandle, Slot, Value),
    /// A frame has nothing left to do.
    Close(FrameHandle),
    /// All that is written before a frame has settled.
    Clear(FrameHandle),
    /// All acts written before a frame are over.
    ReadClear(FrameHandle),
    /// A frame may not act any more.
    Quiet(FrameHandle),
    /// Less is held of a limit in money.
    Admit(Till),
}

/// Something for the conductor.
#[derive(Debug, Clone, Copy)]
pub enum Out {
    Start(FlightHandle),
    Cancel(CallId),
}

/// The moving part of a performance.
#[derive(Debug)]
pub struct State {
    pub frames: Slab<Frame>,
    pub doings: Slab<Doing>,
    /// By body.
    pub spare: Vec<Spare>,
    pub flights: Flights,
    pub work: VecDeque<Work>,
    /// Loops with rounds to open, oldest first.
    pub loops: VecDeque<DoingHandle>,
    /// Loops with rounds to open and none that is open: they may always go on.
    pub starved: VecDeque<DoingHandle>,
    pub inbox: VecDeque<(CallId, Outcome)>,
    pub out: Vec<Out>,
    pub notes: Notes,
    pub usage: Usage,
    pub root: FrameHandle,
    pub value: Option<Value>,
    /// Whether the entry movement has settled.
    pub done: bool,
    pub failing: Option<Failing>,
    /// The run's budget.
    pub budget: Option<Box<Purse>>,
    /// Why nothing more starts: there is no more money.
    pub broke: Option<Box<Report>>,
    /// How many calls have asked for money: their order.
    pub tickets: u64,
    /// How many plays are in flight.
    pub plays: usize,
    /// What calls took of which it is recorded how they ended. Looked up in, never gone through.
    pub receipts: HashMap<CallId, Receipt>,
    /// What cancelled calls held of which nobody knows yet what they took.
    pub ghosts: HashMap<CallId, Box<Hold>, IdHasher>,
    /// The operation whose outcome is being taken.
    pub settling: Option<CallId>,
    /// The operation whose outcome is what fails now.
    pub blamed: Option<CallId>,
    /// What instruments remember.
    pub memories: Memories,
    /// Whose turn it is.
    pub turns: Turns,
}

/// A performance that has failed, and the acts that must end before it is over.
#[derive(Debug)]
pub struct Failing {
    pub report: Box<Report>,
    pub orphans: Orphans,
    /// The operation whose outcome it was, if it was one.
    pub cause: Option<CallId>,
}

impl State {
    pub fn new(fixed: &Fixed, entry: MovementId, arguments: Vec<Value>) -> Self {
        let movement = &fixed.plan.movements[entry.0 as usize];
        let mut frames = Slab::default();
        let opening = Opening {
            body: movement.body,
            parent: None,
            part: 0,
            round: None,
            id: identity::root(&movement.name),
            movement: Some(entry),
            depth: 1,
            limit: None,
            catch: None,
            clear: true,
            read_clear: true,
        };
        let mut spare: Vec<Spare> = fixed.plan.bodies.iter().map(|_| Spare::default()).collect();
        let root = frames.insert(opening.frame(fixed, &mut spare[movement.body.0 as usize]));
        let mut state = Self {
            frames,
            doings: Slab::default(),
            spare,
            flights: Flights::default(),
            work: VecDeque::new(),
            loops: VecDeque::new(),
            starved: VecDeque::new(),
            inbox: VecDeque::new(),
            out: Vec::new(),
            notes: Notes::default(),
            usage: Usage::default(),
            root,
            value: None,
            done: false,
            failing: None,
            budget: None,
            broke: None,
            tickets: 0,
            plays: 0,
            receipts: HashMap::new(),
            ghosts: HashMap::default(),
            settling: None,
            blamed: None,
            memories: Memories::new(),
            turns: Turns::new(),
        };
        state.begin(fixed, root);
        for (slot, argument) in (0..).zip(arguments) {
            state.work.push_back(Work::Set(root, slot, argument));
        }
        state
    }

    pub fn step(&mut self, fixed: &Fixed, fuel: u32) -> Step {
        for _ in 0..fuel {
            if let Some(work) = self.work.pop_front() {
                self.perform(fixed, work);
            } else if let Some(step) = self.over() {
                return step;
            } else if self.broke.is_some() && self.plays == 0 && self.failing.is_none() {
                self.end_broke(fixed);
            } else if !self.open_round(fixed) {
                let Some((id, outcome)) = self.inbox.pop_front() else { return self.idle(fixed) };
                self.settle_outcome(fixed, id, outcome);
            }
        }
        Step::More
    }

    fn perform(&mut self, fixed: &Fixed, work: Work) {
        match work {
            Work::Start(frame, node) => self.start(fixed, frame, node),
            Work::Set(frame, slot, value) => self.set(fixed, frame, slot, value),
            Work::Close(frame) => self.close(fixed, frame),
            Work::Clear(frame) => self.clear(frame),
            Work::ReadClear(frame) => self.read_clear(fixed, frame),
            Work::Quiet(frame) => self.frame_quiet(fixed, frame),
            Work::Admit(till) => self.admit_first(fixed, till),
        }
    }

    fn over(&mut self) -> Option<Step> {
        if let Some(failing) = &self.failing {
            // Usage of what was cancelled is counted as long as there is something to wait for.
            return (failing.orphans.waiting == 0 && self.inbox.is_empty())
                .then(|| Step::Failed(failing.report.clone()));
        }
        (self.done && self.inbox.is_empty()).then(|| Step::Done(self.value.clone().unwrap_or(Value::Nothing)))
    }

    /// Nothing can be done now. With nothing in flight either that would be for ever: a plan whose nodes wait
    /// for values that nothing sets ends with a failure that says so.
    fn idle(&mut self, fixed: &Fixed) -> Step {
        if self.flights.len() > 0 || self.failing.is_some() || self.done {
            return Step::Idle;
        }
        let failure = Failure::new(
            FailureKind::InvalidRequest,
            "the performance cannot go on: something waits for a value that nothing will give",
        )
        .with_help("this is an error in Score itself, not in your score: please report it");
        self.interrupt(fixed, failure);
        Step::More
    }

    /// Notes that a node has begun.
    pub fn begin_doing(&mut self, at: Place, doing: Doing) -> DoingHandle {
        let handle = self.doings.insert(doing);
        if let Some(frame) = self.frames.get_mut(at.0) {
            let node = frame.node_mut(at.1);
            node.phase = super::frame::Phase::Open;
            node.doing = Some(handle);
        }
        handle
    }

    /// Forgets what a node did.
    pub fn end_doing(&mut self, handle: DoingHandle) {
        self.doings.discard(handle);
    }

    /// What a node does.
    pub fn doing(&self, at: Place) -> Option<&Doing> {
        self.doings.get(self.frames.get(at.0)?.node(at.1).doing?)
    }

    /// What a node does.
    pub fn doing_mut(&mut self, at: Place) -> Option<&mut Doing> {
        self.doings.get_mut(self.frames.get(at.0)?.node(at.1).doing?)
    }
}
