//! The syntax tree: exactly what was written, comments included. One tree for all phases; what
//! phases learn of it stands in side tables by [`crate::base::NodeId`].

mod expression;
mod item;
mod pattern;
pub mod show;
mod statement;
mod text;
mod types;

pub use expression::*;
pub use item::*;
pub use pattern::*;
pub use statement::*;
pub use text::*;
pub use types::*;

use crate::base::{Name, Span};

/// A name where it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Ident {
    /// The name.
    pub name: Name,
    /// Its place.
    pub span: Span,
}

/// A comment of any kind, kept for the formatter, in source order.
#[derive(Debug, Clone, PartialEq)]
pub struct Comment {
    /// Place, from the first `/` to the last character before the line break.
    pub span: Span,
    /// Which kind.
    pub kind: CommentKind,
}

/// Kinds of comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommentKind {
    /// `// note`
    Note,
    /// `/// documentation of what follows`
    Doc,
    /// `//! documentation of the file`
    FileDoc,
}
