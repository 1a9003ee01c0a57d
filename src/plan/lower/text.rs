//! Texts with holes, as values and as what a part says.

use std::sync::Arc;

use super::{Lower, Lowered};
use crate::base::Name;
use crate::plan::{Expr, ExprKind, PromptPiece, Segment};
use crate::syntax::ast;
use crate::value::Value;

impl Lower<'_> {
    /// A text as a value.
    pub(super) fn text(&mut self, text: &ast::Text) -> Lowered<Expr> {
        if let Some(plain) = text.plain() {
            return Ok(Expr::constant(Value::Text(plain), text.span));
        }
        let holes: Vec<&ast::Expr> = text.pieces.iter().filter_map(hole).collect();
        let mut values = self.sequence(&holes)?.into_iter();
        let mut segments = Vec::with_capacity(text.pieces.len());
        for piece in &text.pieces {
            match piece {
                ast::TextPiece::Literal { value, .. } => segments.push(Segment::Words(value.clone())),
                ast::TextPiece::Hole { .. } => segments.extend(values.next().map(Segment::Hole)),
            }
        }
        Ok(Expr { kind: ExprKind::Text(segments.into_boxed_slice()), span: text.span })
    }

    /// A text as what a part says: values stay apart from the author's words.
    pub(super) fn prompt_pieces(&mut self, text: &ast::Text) -> Lowered<Box<[PromptPiece]>> {
        text.pieces
            .iter()
            .map(|piece| {
                Ok(match piece {
                    ast::TextPiece::Literal { value, .. } => PromptPiece::Words(value.clone()),
                    ast::TextPiece::Hole { value, .. } => PromptPiece::Hole(self.expression(value)?),
                })
            })
            .collect()
    }
}

/// The expression in a hole.
pub(super) fn hole(piece: &ast::TextPiece) -> Option<&ast::Expr> {
    match piece {
        ast::TextPiece::Literal { .. } => None,
        ast::TextPiece::Hole { value, .. } => Some(value),
    }
}

/// The author's words before the first hole.
pub(super) fn opening(text: &ast::Text) -> Arc<str> {
    match text.pieces.first() {
        Some(ast::TextPiece::Literal { value, .. }) => value.clone(),
        _ => Name::from(""),
    }
}
