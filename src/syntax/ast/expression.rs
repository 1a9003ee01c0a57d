//! Expressions.

use super::{Arm, Block, Ident, Text, TypeExpr};
use crate::base::{Name, NodeId, Span};

/// An expression.
#[derive(Debug, Clone)]
pub struct Expr {
    /// Identity.
    pub id: NodeId,
    /// Place, without trailing blanks; parentheses excluded.
    pub span: Span,
    /// Whether it stood in parentheses of its own.
    pub parenthesised: bool,
    /// What it is.
    pub kind: ExprKind,
}

/// Kinds of expressions.
#[derive(Debug, Clone)]
pub enum ExprKind {
    /// `nothing`
    Nothing,
    /// `true`, `false`
    Bool(bool),
    /// `3`, `1_000`
    Int(i64),
    /// `0.5`
    Number(f64),
    /// `30s`, in milliseconds
    Duration(i64),
    /// `$0.50`, in billionths of a dollar
    Money(i64),
    /// A text.
    Text(Text),
    /// A name: a value, a part, a movement, an instrument, a builtin, a type used as a constructor.
    Name(Name),
    /// `[a, b]`
    List(Vec<Expr>),
    /// `{title: "x", "any key": 1}`
    Record(Vec<Entry>),
    /// `x => e`, `(a, b) => e`
    Lambda {
        /// Parameters, each with its own identity.
        params: Vec<(NodeId, Ident)>,
        /// What it gives; a block expression for `{ … }`.
        body: Box<Expr>,
    },
    /// `f(a, name: b)`
    Call {
        /// `f`.
        callee: Box<Expr>,
        /// Arguments in source order.
        arguments: Vec<Argument>,
    },
    /// `call by i`, `call within 30s, $1`, `call retry 2`: one suffix each; several nest leftwards.
    Suffix {
        /// What it is put on.
        target: Box<Expr>,
        /// The suffix.
        suffix: Suffix,
    },
    /// `xs[0]`
    Index {
        /// `xs`.
        target: Box<Expr>,
        /// `0`.
        index: Box<Expr>,
    },
    /// `xs[1..3]`, `xs[..3]`, `xs[1..]`
    Slice {
        /// `xs`.
        target: Box<Expr>,
        /// First index.
        from: Option<Box<Expr>>,
        /// Last index, included.
        to: Option<Box<Expr>>,
    },
    /// `e.field`; also `module.name`, told apart by the resolver.
    Field {
        /// `e`.
        target: Box<Expr>,
        /// `field`.
        field: Ident,
    },
    /// `not e`, `-e`
    Unary {
        /// The operator.
        op: UnaryOp,
        /// `e`.
        operand: Box<Expr>,
    },
    /// `a + b` and the like.
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Its place.
        op_span: Span,
        /// `a`.
        left: Box<Expr>,
        /// `b`.
        right: Box<Expr>,
    },
    /// `1..n`; only as what a `for` goes over.
    Range {
        /// First.
        from: Box<Expr>,
        /// Last, included.
        to: Box<Expr>,
    },
    /// `e is T`
    Is {
        /// `e`.
        value: Box<Expr>,
        /// One member.
        ty: TypeExpr,
    },
    /// `e as T`
    As {
        /// `e`.
        value: Box<Expr>,
        /// What it is read into.
        ty: TypeExpr,
    },
    /// `x but {title: "y"}`
    But {
        /// `x`.
        base: Box<Expr>,
        /// The record on its right.
        changes: Box<Expr>,
    },
    /// `a |> f(b)`
    Pipe {
        /// `a`.
        left: Box<Expr>,
        /// `f(b)`, suffixes included.
        right: Box<Expr>,
    },
    /// `e otherwise on timeout f`
    Otherwise {
        /// `e`.
        value: Box<Expr>,
        /// Kinds it is bound to; empty for all.
        kinds: Vec<Ident>,
        /// `f`; a block expression for `{ … }`.
        fallback: Box<Expr>,
    },
    /// `if c { } else { }`
    If {
        /// `c`.
        condition: Box<Expr>,
        /// Then.
        then: Block,
        /// A block expression or another `if`.
        otherwise: Option<Box<Expr>>,
    },
    /// `match e { … }`
    Match {
        /// `e`.
        subject: Box<Expr>,
        /// Its arms.
        arms: Vec<Arm>,
    },
    /// `for (i, x) in xs if c together { }`
    For(Box<For>),
    /// `repeat up to 3 every 2s with a: T = e { } else f`
    Repeat(Box<Repeat>),
    /// `together { }`
    Together(Block),
    /// `limit 2min, $1 { }`
    Limit {
        /// Times and amounts.
        limits: Vec<Expr>,
        /// What is limited.
        body: Block,
    },
    /// `{ … }` after `=>`, `otherwise` or `else`.
    Block(Block),
    /// `vouch e where COND`
    Vouch {
        /// `e`.
        value: Box<Expr>,
        /// Over `it`.
        condition: Box<Expr>,
    },
    /// `fail "…"`, `fail error`
    Fail(Box<Expr>),
    /// `stop`, `stop e`, `stop e if c`
    Stop {
        /// `e`.
        value: Option<Box<Expr>>,
        /// `c`.
        condition: Option<Box<Expr>>,
    },
    /// `return e`, `return e if c`
    Return {
        /// `e`.
        value: Option<Box<Expr>>,
        /// `c`.
        condition: Option<Box<Expr>>,
    },
}

/// `key: value` of a record literal.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key as it reads.
    pub key: Ident,
    /// Whether it was written in quotes.
    pub quoted: bool,
    /// Its value.
    pub value: Expr,
}

/// An argument of a call.
#[derive(Debug, Clone)]
pub struct Argument {
    /// `name:`.
    pub name: Option<Ident>,
    /// Its value.
    pub value: Expr,
}

/// What may stand after a call.
#[derive(Debug, Clone)]
pub enum Suffix {
    /// `by i`
    By(Box<Expr>),
    /// `within 30s, $1`
    Within(Vec<Expr>),
    /// `retry 2`
    Retry(Box<Expr>),
}

/// Operators before one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOp {
    /// `not`
    Not,
    /// `-`
    Minus,
}

/// Operators between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOp {
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
    /// `in`
    In,
    /// `not in`
    NotIn,
    /// `and`
    And,
    /// `or`
    Or,
    /// `??`
    Coalesce,
}

/// A `for`.
#[derive(Debug, Clone)]
pub struct For {
    /// `i` of `(i, x)`, with its identity.
    pub index: Option<(NodeId, Ident)>,
    /// `x`, with its identity.
    pub item: (NodeId, Ident),
    /// What it goes over.
    pub list: Expr,
    /// `if c`.
    pub condition: Option<Expr>,
    /// `together`, with its place.
    pub together: Option<Span>,
    /// One round.
    pub body: Block,
}

/// A `repeat`.
#[derive(Debug, Clone)]
pub struct Repeat {
    /// The bound after `up to`.
    pub bound: Expr,
    /// `every 2s`.
    pub every: Option<Expr>,
    /// Carried values.
    pub carried: Vec<Carried>,
    /// One round.
    pub body: Block,
    /// `else f`; a block expression for `{ … }`.
    pub otherwise: Option<Expr>,
}

/// A value that a `repeat` carries from round to round.
#[derive(Debug, Clone)]
pub struct Carried {
    /// Identity of its definition.
    pub id: NodeId,
    /// Its name.
    pub name: Ident,
    /// Its type, if written.
    pub ty: Option<TypeExpr>,
    /// What it starts from.
    pub start: Expr,
}
