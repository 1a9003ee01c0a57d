//! Statements and blocks.

use super::{Expr, Ident, Text, TypeExpr};
use crate::base::{NodeId, Span};

/// `{ statements }`.
#[derive(Debug, Clone)]
pub struct Block {
    /// Braces included.
    pub span: Span,
    /// In source order; the last one, if an expression, is the value.
    pub statements: Vec<Statement>,
}

/// One statement.
#[derive(Debug, Clone)]
pub struct Statement {
    /// Identity; for `let`, the definition of its name.
    pub id: NodeId,
    /// Place.
    pub span: Span,
    /// What it is.
    pub kind: StatementKind,
}

/// Kinds of statements.
#[derive(Debug, Clone)]
pub enum StatementKind {
    /// `let x: T = e`
    Let {
        /// `x`.
        name: Ident,
        /// `T`.
        ty: Option<TypeExpr>,
        /// `e`.
        value: Expr,
    },
    /// `require c else "…"`
    Require {
        /// What must hold.
        condition: Expr,
        /// What is said where it doesn't.
        message: Text,
    },
    /// `say "…"`
    Say(Expr),
    /// `wait 2s`
    Wait(Expr),
    /// An expression.
    Expr(Expr),
    /// `seat NAME = e`, `seat part NAME = e`; in tests only.
    Seat {
        /// `part` or `movement`, if written.
        space: Option<SeatSpace>,
        /// Whose chair.
        name: Ident,
        /// Who sits there.
        value: Expr,
    },
    /// `expect e`; in tests only.
    Expect(Expr),
}

/// What kind of item a `seat` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatSpace {
    /// `seat part`
    Part,
    /// `seat movement`
    Movement,
}
