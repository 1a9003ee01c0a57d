//! Bodies and their nodes.

use crate::base::{Name, Span};
use crate::instrument::{Class, FailureKind};

use super::{Expr, MovementId, PartId};

/// A place for one value in a frame of a body.
pub type Slot = u32;

/// A node's place in its body.
pub type NodeIx = u32;

/// Which body of a plan.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct BodyId(pub u32);

/// A list of nodes with slots of its own: a movement, an arm, a round, a lane.
#[derive(Debug, Clone)]
pub struct Body {
    /// Nodes in written order.
    pub nodes: Box<[Node]>,
    /// How many slots a frame of it has.
    pub slots: u32,
    /// The slot that holds its value once it is known; `None`: its value is `nothing`. A `return` or
    /// `stop` may set it earlier.
    pub result: Option<Slot>,
    /// For each slot the nodes that read it.
    pub readers: Box<[Box<[NodeIx]>]>,
    /// Whether a guard stands in it (not under a `for` or in a called movement): it then holds back
    /// what follows in the bodies around it, too.
    pub has_guard: bool,
    /// Of the body of a round: how many rounds there are at most, where types or literals say so. For
    /// people who want to know beforehand; performing doesn't look at it.
    pub most: Option<u64>,
}

impl Body {
    /// A body of these nodes; works out who reads what.
    #[must_use]
    pub fn new(nodes: Vec<Node>, slots: u32, result: Option<Slot>) -> Self {
        let mut readers: Vec<Vec<NodeIx>> = vec![Vec::new(); slots as usize];
        for (at, node) in (0..).zip(&nodes) {
            for slot in &node.ins {
                let readers = &mut readers[*slot as usize];
                if readers.last() != Some(&at) {
                    readers.push(at);
                }
            }
        }
        let has_guard = nodes.iter().any(|node| node.holds);
        let readers = readers.into_iter().map(Vec::into_boxed_slice).collect();
        Self { nodes: nodes.into_boxed_slice(), slots, result, readers, has_guard, most: None }
    }
}

/// One step of a body.
#[derive(Debug, Clone)]
pub struct Node {
    /// What it does.
    pub kind: Kind,
    /// Slots that must hold a value before it starts. Each slot once. Inputs of nested bodies and
    /// arguments of movements are NOT among them (they are handed in when they are there), except what
    /// the node itself must look at: the tests of a branch, the list of a `for`, the bound and `every` of
    /// a `repeat` (what carried values start from is handed in), the amounts of a `limit`. Calls have all
    /// their slots here; guards too, those of a `require`'s message included.
    pub ins: Box<[Slot]>,
    /// The slot it sets.
    pub out: Option<Slot>,
    /// The last node above it in this body that holds back what follows.
    pub guard: Option<NodeIx>,
    /// Whether it holds back what follows: a guard, or something with a guard inside. A `Pure` node does
    /// where a `fail` stands in its expression (`x ?? fail "no x"`), and so does a `Branch` for its tests.
    pub holds: bool,
    /// Its name in paths: the `let` whose value it gives, else the part, else the word of its form
    /// (`for`, `repeat`); unique in its movement or test (`draft`, `draft#2`). Only `Pure` and guards,
    /// which stand in no path, may share names.
    pub name: Name,
    /// Where it is written.
    pub span: Span,
}

/// What a node does.
#[derive(Debug, Clone)]
pub enum Kind {
    /// Computes.
    Pure(Expr),
    /// Has an instrument play something.
    Call(Box<Call>),
    /// Opens a movement; its calls stand where it is called.
    Movement {
        /// Which.
        movement: MovementId,
        /// One slot per parameter, handed in when it is there.
        arguments: Box<[Slot]>,
    },
    /// Opens the movement that a value names: a part, a movement or a small function that was passed. It is
    /// seen through as if it were called by its name.
    Apply {
        /// The slot that holds the function.
        callee: Slot,
        /// One slot per argument, handed in when it is there. Parameters without one have their default.
        arguments: Box<[Slot]>,
        /// `by`, where what was passed is a part.
        by: Option<Slot>,
    },
    /// Opens the first arm whose test holds; none: its value is `nothing`.
    Branch(Box<[Arm]>),
    /// Opens one round per element.
    For(Box<For>),
    /// Opens rounds one after another.
    Repeat(Box<Repeat>),
    /// Opens lanes between which acts have no order. Its value is the last lane's. A lane's outputs are
    /// handed out as soon as they are there: a later lane may take them as inputs. A lane with a guard
    /// (`has_guard`) holds back the lanes after it until it is settled: guards are not lifted.
    Together(Box<[Use]>),
    /// Opens a fallback where what it holds fails.
    Otherwise(Box<Otherwise>),
    /// Bounds what it holds.
    Limit(Box<Limit>),
    /// Lets what follows start, or doesn't.
    Guard(Guard),
    /// A full barrier of so long in wall time.
    Wait(Slot),
    /// Shows a line once all above it has finished.
    Say(Slot),
}

/// A nested body with what it is handed and what it hands back.
#[derive(Debug, Clone)]
pub struct Use {
    /// The body.
    pub body: BodyId,
    /// What it uses from around it.
    pub inputs: Box<[Input]>,
    /// Names that live on after it (`together`, `limit`).
    pub outputs: Box<[Output]>,
}

/// A value handed into a nested body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Input {
    /// The slot around it.
    pub from: Slot,
    /// The slot in it.
    pub to: Slot,
}

/// A value handed back from a nested body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Output {
    /// The slot in it.
    pub from: Slot,
    /// The slot around it.
    pub to: Slot,
}

/// One arm of a branch.
#[derive(Debug, Clone)]
pub struct Arm {
    /// Whether it is taken: a pure expression over the slots around it; `None` always.
    pub test: Option<Expr>,
    /// What it does.
    pub body: Use,
}

/// A call of a part or of the world.
#[derive(Debug, Clone)]
pub struct Call {
    /// What is played.
    pub target: Target,
    /// One slot per parameter.
    pub arguments: Box<[Slot]>,
    /// `by`, which overrides the part's own.
    pub by: Option<Slot>,
    /// `within`: durations and amounts.
    pub within: Box<[Slot]>,
    /// `retry`, which overrides the part's own.
    pub retry: Option<Slot>,
}

/// What is played.
#[derive(Debug, Clone)]
pub enum Target {
    /// A part.
    Part(PartId),
    /// A builtin of the world, by an internal instrument.
    World {
        /// The instrument's constructor.
        instrument: &'static str,
        /// Which builtin.
        builtin: &'static str,
        /// What it does to the world.
        class: Class,
    },
}

/// A `for`.
#[derive(Debug, Clone)]
pub struct For {
    /// What it goes over: a list.
    pub list: Slot,
    /// The slot in the round that holds the element.
    pub item: Slot,
    /// The slot in the round that holds the index.
    pub index: Option<Slot>,
    /// Whether its rounds are lanes.
    pub lanes: bool,
    /// Whether rounds are known by their number (ranges) instead of by their element.
    pub by_number: bool,
    /// One round. A [`Guard::Skip`] in it leaves the round without a result.
    pub body: Use,
}

/// A `repeat`. Round `n` gets the carried values in the slots of `carried`.
#[derive(Debug, Clone)]
pub struct Repeat {
    /// At most so many rounds.
    pub bound: Slot,
    /// From the start of one round to the start of the next.
    pub every: Option<Slot>,
    /// The slots around it that hold what each carried value starts from.
    pub starts: Box<[Slot]>,
    /// The slots in the round that hold the carried values.
    pub carried: Box<[Slot]>,
    /// One round. With one carried value its result is the next one; with several its result is a
    /// record that has them as fields, by these names.
    pub names: Box<[Name]>,
    /// The body of a round.
    pub body: Use,
    /// Whether a round can stop: running out is then a failure unless there is an `else`.
    pub can_stop: bool,
    /// `else`, with the slots in it that hold the carried values.
    pub otherwise: Option<(Use, Box<[Slot]>)>,
}

/// An `otherwise`.
#[derive(Debug, Clone)]
pub struct Otherwise {
    /// What may fail.
    pub body: Use,
    /// Kinds that it catches; empty for all that can be caught.
    pub kinds: Box<[FailureKind]>,
    /// What is done instead.
    pub fallback: Use,
    /// The slot in the fallback that holds `error`.
    pub error: Option<Slot>,
}

/// A `limit`.
#[derive(Debug, Clone)]
pub struct Limit {
    /// Performing time.
    pub time: Option<Slot>,
    /// Money.
    pub money: Option<Slot>,
    /// What is limited.
    pub body: Use,
}

/// What may leave a body.
#[derive(Debug, Clone)]
pub enum Guard {
    /// Fails unless the condition holds.
    Require {
        /// A bool.
        condition: Slot,
        /// What is said: computed only when it is needed.
        message: Expr,
    },
    /// Fails with this text, or passes on this error.
    Fail(Slot),
    /// Leaves the movement.
    Return {
        /// With this value.
        value: Option<Slot>,
        /// If this holds.
        condition: Option<Slot>,
    },
    /// Leaves the nearest `repeat`.
    Stop {
        /// With this value; without one it ends with the carried value as it stood in this round.
        value: Option<Slot>,
        /// If this holds.
        condition: Option<Slot>,
    },
    /// Leaves the round of a `for` without a result unless this holds.
    Skip(Slot),
}
