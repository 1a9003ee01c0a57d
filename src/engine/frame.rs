//! What a performance keeps of an open body, and of each node in it.

use crate::instrument::CallId;
use crate::plan::{BodyId, MovementId, NodeIx, Slot};
use crate::value::Value;

use super::doing::Doing;
use super::evaluate::Slots;
use super::slab::Handle;

/// Stands for a frame.
pub type FrameHandle = Handle<Frame>;

/// Stands for what an open node does.
pub type DoingHandle = Handle<Doing>;

/// A node of a frame.
pub type Place = (FrameHandle, NodeIx);

/// An open body. Its nodes are in written order, and two edges run along them, forward only: `edge` is the
/// first node that is not settled, `act_edge` the first that may still act or wait.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools)] // independent facts, each set once
pub struct Frame {
    /// Which body.
    pub body: BodyId,
    /// The node that opened it; `None` for the entry movement.
    pub parent: Option<Place>,
    /// Which of the node's bodies it is: the arm, the lane, 1 for a fallback or an `else`.
    pub part: u32,
    /// The number of the round, if it is one.
    pub round: Option<u32>,
    /// What the ids of its calls are chained to.
    pub id: CallId,
    /// Its slots and its nodes.
    pub cells: Box<[Cell]>,
    /// How many nodes it has.
    pub count: u32,
    /// How many nodes are not settled.
    pub unsettled: u32,
    /// The first node that is not settled.
    pub edge: NodeIx,
    /// The first node that may still act.
    pub act_edge: NodeIx,
    /// Whether all that is written before it has settled: its node at the edge may act.
    pub clear: bool,
    /// Whether all acts written before it are over: its nodes up to `act_edge` may read.
    pub read_clear: bool,
    /// Whether its value was handed up, or never will be.
    pub handed: bool,
    /// Whether it was left by `return`, `stop` or a skipped round.
    pub left: bool,
    /// Whether its closing is on the way.
    pub closing: bool,
    /// Whether it may not act any more, and the node that opened it knows.
    pub quiet: bool,
    /// The movement, if it is the frame of one.
    pub movement: Option<MovementId>,
    /// How many movements are around it.
    pub depth: u32,
    /// The innermost `limit` around it.
    pub limit: Option<DoingHandle>,
    /// The innermost `otherwise` whose left side holds it.
    pub catch: Option<DoingHandle>,
    /// A `return` or `stop` that leaves through here once it is settled.
    pub leave: Option<Box<Leave>>,
    /// A `stop` that waits for a carried value of this round.
    pub late_stop: Option<Place>,
}

/// A slot of a frame and the node of the same number. They have nothing else in common: but most bodies have about as
/// many slots as nodes, and who wakes up a frame in a hundred thousand finds both in one place.
#[derive(Debug)]
pub struct Cell {
    /// The value of the slot, once it is there.
    pub slot: Option<Value>,
    /// What is known of the node.
    pub node: NodeState,
}

/// What is known of a node of an open frame.
#[derive(Debug, Clone, Copy)]
pub struct NodeState {
    /// How far it is.
    pub phase: Phase,
    /// Whether it may not act any more.
    pub quiet: bool,
    /// How many values it waits for, its guard counted as one.
    pub missing: u32,
    /// What it does.
    pub doing: Option<DoingHandle>,
}

impl NodeState {
    /// Of no node.
    pub const NONE: Self = Self { phase: Phase::Settled, quiet: true, missing: 0, doing: None };
}

/// How far a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Values are missing, or what guards it is not over.
    Waiting,
    /// Its start is on the way.
    Queued,
    /// Started, and found that a value it takes from around it must be there first.
    Late,
    /// Ready, and held by the order of things.
    Parked,
    /// At work.
    Open,
    /// Over, or never to be.
    Settled,
}

/// How a body is left.
#[derive(Debug, Clone)]
pub enum Leave {
    /// The movement, with this value.
    Return(Value),
    /// The nearest `repeat`, with this value.
    Stop(Value),
    /// The round of a `for`, without a result.
    Skip,
}

/// The slots of a frame, for expressions.
pub struct FrameSlots<'a>(pub &'a [Cell]);

impl Slots for FrameSlots<'_> {
    fn value(&self, slot: Slot) -> &Value {
        self.0.get(slot as usize).and_then(|cell| cell.slot.as_ref()).unwrap_or(&Value::Nothing)
    }
}

impl Frame {
    /// What a slot holds; `nothing` where it holds none.
    pub fn value(&self, slot: Slot) -> &Value {
        self.slot(slot).unwrap_or(&Value::Nothing)
    }

    /// The value of a slot, if it is there.
    pub fn slot(&self, slot: Slot) -> Option<&Value> {
        self.cells[slot as usize].slot.as_ref()
    }

    /// Its slots, for expressions.
    pub fn view(&self) -> FrameSlots<'_> {
        FrameSlots(&self.cells)
    }

    /// Whether all that is written before this node has settled.
    pub fn may_act(&self, node: NodeIx) -> bool {
        self.clear && self.edge == node
    }

    /// Whether all acts written before this node are over.
    pub fn may_read(&self, node: NodeIx) -> bool {
        self.read_clear && self.act_edge >= node
    }

    /// The state of a node.
    pub fn node(&self, node: NodeIx) -> &NodeState {
        &self.cells[node as usize].node
    }

    /// The states of all nodes, in order.
    pub fn nodes(&self) -> impl Iterator<Item = &NodeState> {
        self.cells.iter().take(self.count as usize).map(|cell| &cell.node)
    }

    /// How many nodes from this one on are all so.
    pub fn run(&self, from: NodeIx, is: impl Fn(&NodeState) -> bool) -> NodeIx {
        (from..self.count).take_while(|node| is(self.node(*node))).map(|_| 1).sum()
    }

    /// The state of a node.
    pub fn node_mut(&mut self, node: NodeIx) -> &mut NodeState {
        &mut self.cells[node as usize].node
    }
}
