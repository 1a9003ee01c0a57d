//! Pure expressions: computed in one go, from slots, without any instrument.

use std::sync::Arc;

use crate::base::{Name, Span};
use crate::builtin::Builtin;
use crate::types::{RecordType, Type};
use crate::value::{Callee, Value};

use super::{InstrumentId, Slot};

/// A pure expression.
#[derive(Debug, Clone)]
pub struct Expr {
    /// What it computes.
    pub kind: ExprKind,
    /// Where it is written: a failure points here.
    pub span: Span,
}

/// What a pure expression computes.
#[derive(Debug, Clone)]
pub enum ExprKind {
    /// A value known beforehand.
    Constant(Value),
    /// What a slot holds.
    Slot(Slot),
    /// A text with holes, values rendered for reading.
    Text(Box<[Segment]>),
    /// A list.
    List(Box<[Expr]>),
    /// A record of this type, values in field order.
    Record(Arc<RecordType>, Box<[Expr]>),
    /// A map.
    Map(Box<[(Name, Expr)]>),
    /// A range of whole numbers as a list, both ends included.
    Range(Box<Expr>, Box<Expr>),
    /// `x.field`
    Field(Box<Expr>, Name),
    /// `xs[0]` of a list; `m["key"]` of a map or json gives `nothing` where there is none.
    Index(Box<Expr>, Box<Expr>),
    /// `xs[1..3]`, both included
    Slice(Box<Expr>, Option<Box<Expr>>, Option<Box<Expr>>),
    /// `not x`
    Not(Box<Expr>),
    /// `-x`
    Negate(Box<Expr>),
    /// `a + b` and the like; `+` also joins texts and lists.
    Math(Math, Box<Expr>, Box<Expr>),
    /// `a < b` and the like
    Compare(Compare, Box<Expr>, Box<Expr>),
    /// `a in b`: an element of a list, a part of a text, a key of a map
    In(Box<Expr>, Box<Expr>),
    /// `a and b`; b only if a holds
    And(Box<Expr>, Box<Expr>),
    /// `a or b`; b only if a doesn't hold
    Or(Box<Expr>, Box<Expr>),
    /// `a ?? b`; b only if a is `nothing`
    Coalesce(Box<Expr>, Box<Expr>),
    /// The first whose test holds, else `nothing`.
    Choose(Box<[(Option<Expr>, Expr)]>),
    /// Whether a value is of a kind; what patterns and `is` come down to.
    Is(Box<Expr>, Test),
    /// `x as T`
    As(Box<Expr>, Type),
    /// Turns a value that already fits into the very form of a type (an int into a number, an anonymous
    /// record into a named one), judging its conditions.
    Conform(Box<Expr>, Type),
    /// `x but {…}`: names and new values
    But(Box<Expr>, Box<[(Name, Expr)]>),
    /// A pure builtin.
    Builtin(&'static Builtin, Box<[Expr]>),
    /// `x => e`, a part or a movement as a value: what is called, with the slots it captures.
    Function(Callee, Box<[Slot]>),
    /// Calls a function value.
    Apply(Box<Expr>, Box<[Expr]>),
    /// A declared instrument, with arguments if it has parameters.
    Instrument(InstrumentId, Box<[Expr]>),
    /// A constructor with its settings by parameter name.
    Construct(Name, Box<[(Name, Expr)]>),
    /// An environment variable, as it was when the run started; `None` default: it must be there.
    Env(Name, Option<Box<Expr>>),
    /// A secret by name.
    Secret(Name),
    /// The path of the call around it.
    CallId,
    /// Fails with this text, or passes on this error record.
    Fail(Box<Expr>),
}

/// A piece of a text.
#[derive(Debug, Clone)]
pub enum Segment {
    /// Characters.
    Words(Arc<str>),
    /// A value rendered for reading.
    Hole(Expr),
}

/// Arithmetic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Math {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
}

/// Comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// What `is` and patterns look at.
#[derive(Debug, Clone)]
pub enum Test {
    /// `nothing`
    Nothing,
    /// Equal to a literal.
    Literal(Value),
    /// A member of a union.
    Type(Type),
}

impl std::fmt::Debug for Builtin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Expr {
    /// A value known beforehand.
    #[must_use]
    pub const fn constant(value: Value, span: Span) -> Self {
        Self { kind: ExprKind::Constant(value), span }
    }

    /// What a slot holds.
    #[must_use]
    pub const fn slot(slot: Slot, span: Span) -> Self {
        Self { kind: ExprKind::Slot(slot), span }
    }
}
