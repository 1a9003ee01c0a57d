//! Patterns of `match`: what they test, what they bind.

use super::body::Key;
use super::expression::test_of;
use super::{Lower, Lowered};
use crate::base::Span;
use crate::plan::{Expr, ExprKind, Slot, Test};
use crate::syntax::ast::{LiteralType, Pattern, PatternKind};
use crate::value::Value;

impl Lower<'_> {
    /// Whether what the slot holds is taken; `None`: always. Names of the pattern stand for that slot
    /// from here on.
    pub(super) fn pattern(&mut self, pattern: &Pattern, subject: Slot) -> Lowered<Option<Expr>> {
        let span = pattern.span;
        let is = |test| Some(is(subject, test, span));
        Ok(match &pattern.kind {
            PatternKind::Any => None,
            PatternKind::Bind(_) => {
                self.here(span)?.define(Key::Name(pattern.id), subject);
                None
            }
            PatternKind::Nothing => is(Test::Nothing),
            PatternKind::Literal(literal) => is(Test::Literal(value(literal))),
            PatternKind::Type { ty, binding } => {
                if binding.is_some() {
                    self.here(span)?.define(Key::Name(pattern.id), subject);
                }
                is(test_of(self.type_of(ty.id)))
            }
            PatternKind::Either(patterns) => {
                let mut either: Option<Expr> = None;
                for pattern in patterns {
                    let Some(test) = self.pattern(pattern, subject)? else { return Ok(None) };
                    either = Some(match either {
                        None => test,
                        Some(left) => Expr { kind: ExprKind::Or(Box::new(left), Box::new(test)), span },
                    });
                }
                either
            }
        })
    }
}

fn is(subject: Slot, test: Test, span: Span) -> Expr {
    Expr { kind: ExprKind::Is(Box::new(Expr::slot(subject, span)), test), span }
}

fn value(literal: &LiteralType) -> Value {
    match literal {
        LiteralType::Text(text) => Value::Text(text.clone()),
        LiteralType::Int(int) => Value::Int(*int),
        LiteralType::Number(number) => Value::Number(*number),
        LiteralType::Bool(bool) => Value::Bool(*bool),
    }
}
