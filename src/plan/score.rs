//! The plan as a whole.

use std::sync::Arc;

use crate::base::{Name, NodeId, Span};
use crate::types::{RecordType, Type};

use super::{Body, BodyId, Expr, Kind, Part, Slot, TestCase};

/// A plan: complete, immutable, shared by whoever performs it.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Movements; the one to perform is chosen when a performance starts.
    pub movements: Vec<Movement>,
    /// Parts.
    pub parts: Vec<Part>,
    /// Declared instruments.
    pub instruments: Vec<Instrument>,
    /// Bodies.
    pub bodies: Vec<Body>,
    /// Small functions.
    pub functions: Vec<Function>,
    /// What `where`s demand, by [`crate::types::RefinementId`].
    pub conditions: Vec<Condition>,
    /// Defaults of record fields that a reader fills in, for record types that have any: one per field.
    pub defaults: Vec<Defaults>,
    /// Tests of the score itself.
    pub tests: Vec<TestCase>,
    /// What was entered at a prompt, if anything was.
    pub prompt: Option<Prompt>,
}

impl Plan {
    /// Whether it has limits in money.
    #[must_use]
    pub fn has_limits_in_money(&self) -> bool {
        let mut nodes = self.bodies.iter().flat_map(|body| &body.nodes);
        nodes.any(|node| matches!(&node.kind, Kind::Limit(limit) if limit.money.is_some()))
    }
}

/// What was entered at a prompt. Its movement gives a list: the values of what it names, then that of its last line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// What does it.
    pub movement: MovementId,
    /// The definitions of the names that live on, in the order of their values.
    pub named: Vec<NodeId>,
}

/// A record type with the default of each field, where it has one.
pub type Defaults = (Arc<RecordType>, Box<[Option<Expr>]>);

/// Which movement of a plan.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct MovementId(pub u32);

/// A movement.
#[derive(Debug, Clone)]
pub struct Movement {
    /// Its name.
    pub name: Name,
    /// Its documentation; empty if none.
    pub doc: Arc<str>,
    /// Where it is declared.
    pub span: Span,
    /// Its parameters; parameter `n` is slot `n` of its body.
    pub params: Box<[Param]>,
    /// What it gives.
    pub returns: Type,
    /// What it does. A frame of it is one *movement frame*: `return` leaves to here.
    pub body: BodyId,
    /// Whether it is one thought outside, ordered inside.
    pub thinks: bool,
    /// `up to N deep`
    pub depth: Option<u32>,
    /// The slots of its body that hold what it captured, where it is a small function.
    pub captured: Box<[Slot]>,
    /// Where its name comes from.
    pub origin: Origin,
}

/// What a movement was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A `movement` of the score.
    Written,
    /// A part that is passed as a value; its last parameter says who plays, or `nothing`.
    Part,
    /// `x => e`
    Function,
    /// A `movement` with type parameters, for one set of types.
    Instance,
    /// A `test`
    Test,
}

/// A parameter of a movement, part or instrument.
#[derive(Debug, Clone)]
pub struct Param {
    /// Its name.
    pub name: Name,
    /// Its documentation; empty if none.
    pub doc: Arc<str>,
    /// Its type.
    pub ty: Type,
    /// Its default: over no slots.
    pub default: Option<Expr>,
}

/// Which declared instrument of a plan.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct InstrumentId(pub u32);

/// A declared instrument.
#[derive(Debug, Clone)]
pub struct Instrument {
    /// Its name: the chair that `--with` fills.
    pub name: Name,
    /// Where it is declared.
    pub span: Span,
    /// Its parameters; parameter `n` is slot `n` of its value. Empty for one without.
    pub params: Box<[Param]>,
    /// What it is.
    pub value: Expr,
}

/// A small function. Its slots: parameters first, then what it captured.
#[derive(Debug, Clone)]
pub struct Function {
    /// How many parameters it has.
    pub params: u32,
    /// How many slots in all.
    pub slots: u32,
    /// What it gives.
    pub value: Expr,
}

/// What a `where` demands. Slot 0 is `it`.
#[derive(Debug, Clone)]
pub struct Condition {
    /// A bool.
    pub test: Expr,
    /// What is said where it doesn't hold; `None`: the condition as written.
    pub message: Option<Expr>,
    /// The condition as written.
    pub source: Name,
}
