//! Parts, ready to be played. Their expressions see the part's own slots: one per parameter in order,
//! then `it`.

use std::sync::Arc;

use crate::base::{Name, Span};
use crate::instrument::{Class, Role};
use crate::types::Type;

use super::{Expr, Param, Slot};

/// Which part of a plan.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct PartId(pub u32);

/// A part.
#[derive(Debug, Clone)]
pub struct Part {
    /// Its name.
    pub name: Name,
    /// Its documentation; empty if none.
    pub doc: Arc<str>,
    /// Where it is declared.
    pub span: Span,
    /// Its parameters; parameter `n` is slot `n`.
    pub params: Box<[Param]>,
    /// Parameters that are marked as what they are to the act.
    pub marked: Box<[(Name, Mark)]>,
    /// What it gives.
    pub returns: Type,
    /// `by`; over no slots but the parameters'.
    pub player: Option<Expr>,
    /// What is said, turn by turn; empty where it has no text.
    pub lines: Box<[Line]>,
    /// The author's first words of the last text, up to the first hole.
    pub opening: Arc<str>,
    /// `using`: what whoever plays it may call
    pub tools: Box<[Tool]>,
    /// `up to N turns`
    pub turns: Option<Expr>,
    /// `from`
    pub from: Option<Expr>,
    /// `ensure`, in written order
    pub ensures: Box<[Ensure]>,
    /// `retry`
    pub retry: Option<Expr>,
    /// `within`: durations and amounts
    pub within: Box<[Expr]>,
    /// `quorum`
    pub quorum: Option<Expr>,
    /// `thinks`, `reads`, `acts`
    pub class: Option<Class>,
    /// `fresh`
    pub fresh: bool,
    /// `prefill`
    pub prefill: Option<Expr>,
    /// `stdin`
    pub stdin: Option<Expr>,
}

impl Part {
    /// The slot of `it`.
    #[must_use]
    pub fn it(&self) -> Slot {
        u32::try_from(self.params.len()).unwrap_or(u32::MAX)
    }
}

/// What a parameter is to an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// `content`: what is handed on.
    Content,
    /// `control`: what steers it.
    Control,
}

/// In how many turns tools are called at most, where the part doesn't say.
pub const TURNS: u32 = 8;

/// How many tools are called in one turn at most.
pub const CALLS_A_TURN: u32 = 8;

/// Something that whoever plays a part may call.
#[derive(Debug, Clone)]
pub struct Tool {
    /// Its name.
    pub name: Name,
    /// Its documentation, where what is called has none of its own.
    pub doc: Arc<str>,
    /// The movement that is called, as a value; over no slots but the parameters'.
    pub callee: Expr,
    /// How many of its parameters are given; `None`: all that can be written down.
    pub arity: Option<u32>,
}

/// One turn of what is said.
#[derive(Debug, Clone)]
pub struct Line {
    /// Who says it.
    pub role: Role,
    /// What.
    pub pieces: Box<[PromptPiece]>,
}

/// A piece of what is said.
#[derive(Debug, Clone)]
pub enum PromptPiece {
    /// The author's words.
    Words(Arc<str>),
    /// A value.
    Hole(Expr),
}

/// `ensure COND else TEXT`, over the parameters and `it`.
#[derive(Debug, Clone)]
pub struct Ensure {
    /// A bool.
    pub condition: Expr,
    /// What the player is told.
    pub message: Expr,
}
