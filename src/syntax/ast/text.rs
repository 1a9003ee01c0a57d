//! Texts with holes.

use super::Expr;
use crate::base::{Name, Span};

/// A text literal, its indentation already removed and its escapes already read.
#[derive(Debug, Clone)]
pub struct Text {
    /// From the first quote (or `r`) to the last.
    pub span: Span,
    /// How it was written, for the formatter.
    pub style: TextStyle,
    /// Its pieces in order; neighbouring literals are joined, empty ones left out.
    pub pieces: Vec<TextPiece>,
}

impl Text {
    /// The text itself where it has no holes.
    #[must_use]
    pub fn plain(&self) -> Option<Name> {
        match self.pieces.as_slice() {
            [] => Some(Name::from("")),
            [TextPiece::Literal { value, .. }] => Some(value.clone()),
            _ => None,
        }
    }
}

/// How a text was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextStyle {
    /// With three quotes.
    pub long: bool,
    /// With `r`.
    pub raw: bool,
}

/// A piece of a text.
#[derive(Debug, Clone)]
pub enum TextPiece {
    /// Characters.
    Literal {
        /// Place in the source.
        span: Span,
        /// What they say.
        value: Name,
    },
    /// `{expression}`
    Hole {
        /// Place, braces included.
        span: Span,
        /// What stands in it.
        value: Box<Expr>,
    },
}
