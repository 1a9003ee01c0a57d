//! What may leave: `require`, `return`, `stop`.

use super::types::conform;
use super::{Lower, Lowered, text};
use crate::base::{Name, Span};
use crate::plan::{Arm, Expr, ExprKind, Guard, Kind, LowerError, Slot};
use crate::syntax::ast;
use crate::types::Type;

/// Where a guard leaves to.
#[derive(Clone, Copy, PartialEq)]
enum Leave {
    Movement,
    Repeat,
}

impl Lower<'_> {
    pub(super) fn require(&mut self, condition: &ast::Expr, message: &ast::Text, span: Span) -> Lowered<()> {
        let holds = self.expression(condition)?;
        let condition = self.slot_of(holds, "require")?;
        if message.pieces.iter().filter_map(text::hole).all(|hole| self.is_pure(hole)) {
            let message = self.text(message)?;
            let guard = Guard::Require { condition, message };
            return self.push(Kind::Guard(guard), None, Name::from("require"), span);
        }
        // What is said takes steps of its own: they are taken only where it must be said.
        let said = self.nest(span, |lower| {
            let message = lower.text(message)?;
            let slot = lower.slot_of(message, "require")?;
            lower.push(Kind::Guard(Guard::Fail(slot)), None, Name::from("require"), span)?;
            Ok(None)
        })?;
        let fails = Expr { kind: ExprKind::Not(Box::new(Expr::slot(condition, span))), span };
        let arm = Arm { test: Some(fails), body: said };
        let name = self.site(None, "require");
        self.push(Kind::Branch(Box::new([arm])), None, name, span)
    }

    /// `return` and `stop`.
    pub(super) fn leave(&mut self, expr: &ast::Expr) -> Lowered<()> {
        let (to, value, condition) = match &expr.kind {
            ast::ExprKind::Return { value, condition } => (Leave::Movement, value, condition),
            ast::ExprKind::Stop { value, condition } => (Leave::Repeat, value, condition),
            _ => return Err(LowerError::LostTrack { what: "what leaves here", span: expr.span }),
        };
        let wanted = match to {
            Leave::Movement => self.returns.clone(),
            Leave::Repeat => match self.repeats.last_mut() {
                Some((ty, can_stop)) => {
                    *can_stop = true;
                    ty.clone()
                }
                None => {
                    return Err(LowerError::LostTrack { what: "the `repeat` around this", span: expr.span });
                }
            },
        };
        let span = expr.span;
        let Some(condition) = condition else {
            let value = match value {
                Some(value) => self.value(value, Some(&wanted))?,
                None => None,
            };
            return self.push_leave(to, value, None, span);
        };
        let holds = self.expression(condition)?;
        let condition = self.slot_of(holds, "if")?;
        match value {
            None => self.push_leave(to, None, Some(condition), span),
            Some(value) if self.is_pure(value) => {
                let value = self.only_if(condition, value, &wanted, span)?;
                self.push_leave(to, Some(value), Some(condition), span)
            }
            Some(value) => {
                let body = self.nest(span, |lower| {
                    let value = lower.value(value, Some(&wanted))?;
                    lower.push_leave(to, value, None, span)?;
                    Ok(None)
                })?;
                let arm = Arm { test: Some(Expr::slot(condition, span)), body };
                let name = self.site(None, "if");
                self.push(Kind::Branch(Box::new([arm])), None, name, span)
            }
        }
    }

    /// A round that ends with `stop e if c`: gives `e`, which is carried on where it doesn't stop.
    pub(super) fn round_end(
        &mut self,
        body: &ast::Block,
        (value, condition, span): (&ast::Expr, &ast::Expr, Span),
        next: &Type,
    ) -> Lowered<Option<Slot>> {
        for statement in body.statements.iter().rev().skip(1).rev() {
            self.statement(statement)?;
        }
        let wanted = self.repeats.last_mut().map(|(ty, can_stop)| {
            *can_stop = true;
            ty.clone()
        });
        let lowered = self.expression(value)?;
        let lowered = conform(lowered, &self.type_of(value.id), next);
        let slot = self.slot_of(lowered, "value")?;
        let given = match &wanted {
            Some(wanted) => conform(Expr::slot(slot, value.span), next, wanted),
            None => Expr::slot(slot, value.span),
        };
        let given = self.slot_of(given, "value")?;
        let holds = self.expression(condition)?;
        let holds = self.slot_of(holds, "if")?;
        self.push_leave(Leave::Repeat, Some(given), Some(holds), span)?;
        Ok(Some(slot))
    }

    /// The slot of a value that is computed only where the condition holds: `return xs[0] if len(xs) > 0`.
    fn only_if(&mut self, condition: Slot, value: &ast::Expr, wanted: &Type, span: Span) -> Lowered<Slot> {
        let lowered = self.expression(value)?;
        let lowered = conform(lowered, &self.type_of(value.id), wanted);
        let lowered = match lowered.kind {
            ExprKind::Slot(_) | ExprKind::Constant(_) => lowered,
            _ => {
                let arm = (Some(Expr::slot(condition, span)), lowered);
                Expr { kind: ExprKind::Choose(Box::new([arm])), span }
            }
        };
        self.slot_of(lowered, "value")
    }

    fn push_leave(
        &mut self,
        to: Leave,
        value: Option<Slot>,
        condition: Option<Slot>,
        span: Span,
    ) -> Lowered<()> {
        let (guard, word) = match to {
            Leave::Movement => (Guard::Return { value, condition }, "return"),
            Leave::Repeat => (Guard::Stop { value, condition }, "stop"),
        };
        self.push(Kind::Guard(guard), None, Name::from(word), span)
    }
}
