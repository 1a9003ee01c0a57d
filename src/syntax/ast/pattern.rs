//! Patterns of `match`.

use super::{Expr, Ident, LiteralType, TypeExpr};
use crate::base::{NodeId, Span};

/// One arm: `pattern if guard => body`.
#[derive(Debug, Clone)]
pub struct Arm {
    /// Place of the whole arm.
    pub span: Span,
    /// What it takes.
    pub pattern: Pattern,
    /// `if guard`.
    pub guard: Option<Expr>,
    /// What it gives; a block expression for `{ … }`.
    pub body: Expr,
}

/// A pattern.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// Identity; the binding's definition where it binds a name.
    pub id: NodeId,
    /// Place.
    pub span: Span,
    /// What it is.
    pub kind: PatternKind,
}

/// Kinds of patterns.
#[derive(Debug, Clone)]
pub enum PatternKind {
    /// `_`
    Any,
    /// `v`: binds the rest.
    Bind(Ident),
    /// `nothing`
    Nothing,
    /// `"calm"`, `3`, `-1`, `true`
    Literal(LiteralType),
    /// `Answer a`, `text _`, `Answer`
    Type {
        /// The member.
        ty: TypeExpr,
        /// The name it is bound to; `None` for `_` or none.
        binding: Option<Ident>,
    },
    /// `A | B`
    Either(Vec<Pattern>),
}
