//! Types as written.

use super::{Expr, Field, Ident, Text};
use crate::base::{Name, NodeId, Span};

/// A type with the condition that may stand after it.
#[derive(Debug, Clone)]
pub struct Typed {
    /// The type.
    pub ty: TypeExpr,
    /// `where COND else TEXT`.
    pub condition: Option<Condition>,
}

/// `where COND [else TEXT]`.
#[derive(Debug, Clone)]
pub struct Condition {
    /// From `where` on.
    pub span: Span,
    /// Over `it`.
    pub test: Expr,
    /// What is said where it doesn't hold.
    pub message: Option<Text>,
}

/// A type expression.
#[derive(Debug, Clone)]
pub struct TypeExpr {
    /// Identity.
    pub id: NodeId,
    /// Place.
    pub span: Span,
    /// What it is.
    pub kind: TypeKind,
}

/// Kinds of type expressions.
#[derive(Debug, Clone)]
pub enum TypeKind {
    /// `text`, `Idea`, `Winner<Idea>`, `m.Post`. Built-in names stand here too.
    Named {
        /// `m` of `m.Post`.
        module: Option<Ident>,
        /// The name.
        name: Ident,
        /// `<A, B>`.
        arguments: Vec<TypeExpr>,
    },
    /// `[T; 1..5]`
    List {
        /// `T`.
        element: Box<TypeExpr>,
        /// The literal size.
        size: Option<Size>,
    },
    /// `map[T]`
    Map(Box<TypeExpr>),
    /// `T?`
    Optional(Box<TypeExpr>),
    /// `A | B`
    Union(Vec<TypeExpr>),
    /// `"calm"`, `3`, `true`
    Literal(LiteralType),
    /// `{ title: text, n: int }`, only as the body of a `type`
    Record(Vec<Field>),
    /// `part(text) -> T`
    Part {
        /// Parameter types.
        params: Vec<TypeExpr>,
        /// Return type; `None` means `nothing`.
        returns: Option<Box<TypeExpr>>,
    },
}

/// A literal as a type.
#[derive(Debug, Clone, PartialEq)]
pub enum LiteralType {
    /// A text without holes, as it reads.
    Text(Name),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Number(f64),
    /// `true` or `false`.
    Bool(bool),
}

/// A literal size: `3`, `1..5`, `..10`, `1..`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Place.
    pub span: Span,
    /// At least this many.
    pub min: Option<u64>,
    /// At most this many.
    pub max: Option<u64>,
}
