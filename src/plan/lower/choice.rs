//! What is chosen: `if`, `match`, `and`, `or`, `??`. Arms that take steps are bodies of a branch and begin
//! only when chosen; the others stay in one expression.

use super::body::Key;
use super::types::conform;
use super::{Lower, Lowered};
use crate::base::{Name, Span};
use crate::plan::{Arm, Expr, ExprKind, Kind, LowerError, Slot, Test, Use};
use crate::syntax::ast::{self, BinaryOp, Block};
use crate::types::Type;
use crate::value::Value;

impl Lower<'_> {
    /// `if` and `match`.
    pub(super) fn choice(&mut self, expr: &ast::Expr, hint: Option<&Name>) -> Lowered<Expr> {
        let wanted = self.type_of(expr.id);
        let pure = !self.in_body() || self.is_pure(expr);
        match &expr.kind {
            ast::ExprKind::If { condition, then, otherwise } if pure => {
                self.pure_if(condition, then, otherwise.as_deref(), &wanted, expr.span)
            }
            ast::ExprKind::If { condition, then, otherwise } => {
                let test = self.expression(condition)?;
                let name = self.site(None, "if");
                let arms = self.if_arms(test, then, otherwise.as_deref(), &wanted, hint)?;
                self.branch(arms, name, expr.span)
            }
            ast::ExprKind::Match { subject, arms } if pure => self.pure_match(expr, subject, arms, &wanted),
            ast::ExprKind::Match { subject, arms } => {
                let subject = self.expression(subject)?;
                let subject = self.slot_of(subject, "match")?;
                let name = self.site(None, "match");
                let arms = self.match_arms(arms, subject, &wanted, hint, expr.span)?;
                self.branch(arms, name, expr.span)
            }
            _ => Err(LowerError::LostTrack { what: "what is chosen", span: expr.span }),
        }
    }

    fn branch(&mut self, arms: Vec<Arm>, name: Name, span: Span) -> Lowered<Expr> {
        self.push_out(Kind::Branch(arms.into_boxed_slice()), name, span)
    }

    fn pure_if(
        &mut self,
        condition: &ast::Expr,
        then: &Block,
        otherwise: Option<&ast::Expr>,
        wanted: &Type,
        span: Span,
    ) -> Lowered<Expr> {
        let mut arms = vec![(Some(self.expression(condition)?), self.pure_block(then, wanted)?)];
        let mut rest = otherwise;
        while let Some(next) = rest.take() {
            match &next.kind {
                ast::ExprKind::If { condition, then, otherwise } => {
                    arms.push((Some(self.expression(condition)?), self.pure_block(then, wanted)?));
                    rest = otherwise.as_deref();
                }
                ast::ExprKind::Block(block) => arms.push((None, self.pure_block(block, wanted)?)),
                _ => {
                    let value = self.expression(next)?;
                    arms.push((None, conform(value, &self.type_of(next.id), wanted)));
                }
            }
        }
        Ok(Expr { kind: ExprKind::Choose(arms.into_boxed_slice()), span })
    }

    /// The arms of an `if`. A further `if` after `else` is looked at only where the first didn't hold:
    /// its arms stand beside the first where its test needs nothing more than the first one's.
    fn if_arms(
        &mut self,
        test: Expr,
        then: &Block,
        otherwise: Option<&ast::Expr>,
        wanted: &Type,
        hint: Option<&Name>,
    ) -> Lowered<Vec<Arm>> {
        let needed = test.slots();
        let body = self.block_body(then, wanted, hint)?;
        let mut arms = vec![Arm { test: Some(test), body }];
        let mut rest = otherwise;
        while let Some(next) = rest.take() {
            if let ast::ExprKind::If { condition, then, otherwise } = &next.kind
                && self.is_pure(condition)
                && let test = self.expression(condition)?
                && test.slots().iter().all(|slot| needed.contains(slot))
            {
                let body = self.block_body(then, wanted, hint)?;
                arms.push(Arm { test: Some(test), body });
                rest = otherwise.as_deref();
            } else {
                arms.push(Arm { test: None, body: self.value_body(next, wanted, hint)? });
            }
        }
        Ok(arms)
    }

    /// The arms of a `match`. A guard that takes steps is looked at only where the arms above it don't
    /// fit, so from there on they stand in a body of their own.
    fn match_arms(
        &mut self,
        written: &[ast::Arm],
        subject: Slot,
        wanted: &Type,
        hint: Option<&Name>,
        span: Span,
    ) -> Lowered<Vec<Arm>> {
        let stepped =
            written.iter().position(|arm| arm.guard.as_ref().is_some_and(|guard| !self.is_pure(guard)));
        let (plain, rest) = written.split_at(stepped.unwrap_or(written.len()));
        if let ([], Some((arm, rest))) = (plain, rest.split_first())
            && let Some(guard) = &arm.guard
        {
            let fits = self.pattern(&arm.pattern, subject)?;
            let taken = self.stepped_guard(fits, guard, arm.span)?;
            let body = self.value_body(&arm.body, wanted, hint)?;
            let rest = self.rest_of_match(rest, subject, wanted, hint, span)?;
            return Ok(vec![Arm { test: Some(taken), body }, Arm { test: None, body: rest }]);
        }
        let mut arms = Vec::with_capacity(written.len());
        for arm in plain {
            let fits = self.pattern(&arm.pattern, subject)?;
            let test = match &arm.guard {
                None => fits,
                Some(guard) => {
                    let guard = self.expression(guard)?;
                    Some(both(fits, guard, arm.span))
                }
            };
            arms.push(Arm { test, body: self.value_body(&arm.body, wanted, hint)? });
        }
        if !rest.is_empty() {
            arms.push(Arm { test: None, body: self.rest_of_match(rest, subject, wanted, hint, span)? });
        }
        Ok(arms)
    }

    fn rest_of_match(
        &mut self,
        rest: &[ast::Arm],
        subject: Slot,
        wanted: &Type,
        hint: Option<&Name>,
        span: Span,
    ) -> Lowered<Use> {
        self.nest(span, |lower| {
            let subject = lower.hand_in(subject, span)?;
            let name = lower.site(None, "match");
            let arms = lower.match_arms(rest, subject, wanted, hint, span)?;
            let value = lower.branch(arms, name, span)?;
            Ok(Some(lower.slot_of(value, "match")?))
        })
    }

    /// Whether an arm is taken whose guard takes steps: those are taken only where the pattern fits.
    fn stepped_guard(&mut self, fits: Option<Expr>, guard: &ast::Expr, span: Span) -> Lowered<Expr> {
        let Some(fits) = fits else { return self.expression(guard) };
        let name = self.site(None, "match");
        let yes = self.value_body(guard, &Type::Bool, None)?;
        let no = self.constant_body(Value::Bool(false), span)?;
        self.branch(vec![Arm { test: Some(fits), body: yes }, Arm { test: None, body: no }], name, span)
    }

    fn pure_match(
        &mut self,
        expr: &ast::Expr,
        subject: &ast::Expr,
        arms: &[ast::Arm],
        wanted: &Type,
    ) -> Lowered<Expr> {
        let span = expr.span;
        let value = self.expression(subject)?;
        if let ExprKind::Slot(slot) = value.kind {
            return self.choose(arms, slot, wanted, span);
        }
        // No step of its own: where this stands in an arm itself, it is looked at only if that is chosen.
        self.pure_then(expr.id, value, span, |lower| {
            let slot = lower.local(Key::Name(expr.id), span)?;
            lower.choose(arms, slot, wanted, span)
        })
    }

    fn choose(&mut self, arms: &[ast::Arm], subject: Slot, wanted: &Type, span: Span) -> Lowered<Expr> {
        let mut choices = Vec::with_capacity(arms.len());
        for arm in arms {
            let fits = self.pattern(&arm.pattern, subject)?;
            let test = match &arm.guard {
                None => fits,
                Some(guard) => {
                    let guard = self.expression(guard)?;
                    Some(both(fits, guard, arm.span))
                }
            };
            let value = if let ast::ExprKind::Block(block) = &arm.body.kind {
                self.pure_block(block, wanted)?
            } else {
                let value = self.expression(&arm.body)?;
                conform(value, &self.type_of(arm.body.id), wanted)
            };
            choices.push((test, value));
        }
        Ok(Expr { kind: ExprKind::Choose(choices.into_boxed_slice()), span })
    }

    /// `and`, `or`, `??`: the right side only where the left doesn't settle it.
    pub(super) fn short_circuit(
        &mut self,
        expr: &ast::Expr,
        op: BinaryOp,
        left: &ast::Expr,
        right: &ast::Expr,
        hint: Option<&Name>,
    ) -> Lowered<Expr> {
        let span = expr.span;
        let wanted = self.type_of(expr.id);
        let stepped = self.in_body() && !self.is_pure(right);
        let word = match op {
            BinaryOp::And => "and",
            BinaryOp::Or => "or",
            _ => "else",
        };
        if op == BinaryOp::Coalesce {
            self.hint = hint.cloned();
        }
        let value = self.expression(left)?;
        if !stepped {
            let right_value = self.expression(right)?;
            let kind = match op {
                BinaryOp::And => ExprKind::And(Box::new(value), Box::new(right_value)),
                BinaryOp::Or => ExprKind::Or(Box::new(value), Box::new(right_value)),
                _ => {
                    let left_value = conform(value, &self.type_of(left.id), &wanted.clone().optional());
                    let right_value = conform(right_value, &self.type_of(right.id), &wanted);
                    ExprKind::Coalesce(Box::new(left_value), Box::new(right_value))
                }
            };
            return Ok(Expr { kind, span });
        }
        let slot = self.slot_of(value, word)?;
        let here = Expr::slot(slot, left.span);
        let name = self.site(None, word);
        let evaluated = self.value_body(right, &wanted, None)?;
        let arms = match op {
            BinaryOp::And => {
                let settled = self.constant_body(Value::Bool(false), span)?;
                [Arm { test: Some(here), body: evaluated }, Arm { test: None, body: settled }]
            }
            BinaryOp::Or => {
                let settled = self.constant_body(Value::Bool(true), span)?;
                [Arm { test: Some(here), body: settled }, Arm { test: None, body: evaluated }]
            }
            _ => {
                let absent = Expr { kind: ExprKind::Is(Box::new(here), Test::Nothing), span: left.span };
                let settled = self.nest(span, |lower| {
                    let value = Expr::slot(lower.hand_in(slot, span)?, left.span);
                    let value = conform(value, &lower.type_of(left.id), &wanted);
                    Ok(Some(lower.slot_of(value, word)?))
                })?;
                [Arm { test: Some(absent), body: evaluated }, Arm { test: None, body: settled }]
            }
        };
        self.branch(arms.into(), name, span)
    }

    /// A body with this block's value.
    pub(super) fn block_body(&mut self, block: &Block, wanted: &Type, hint: Option<&Name>) -> Lowered<Use> {
        self.nest(block.span, |lower| {
            lower.hint = hint.cloned();
            lower.block(block, Some(wanted))
        })
    }

    /// A body with this expression's value.
    pub(super) fn value_body(
        &mut self,
        expr: &ast::Expr,
        wanted: &Type,
        hint: Option<&Name>,
    ) -> Lowered<Use> {
        self.nest(expr.span, |lower| {
            lower.hint = hint.cloned();
            lower.value(expr, Some(wanted))
        })
    }

    fn constant_body(&mut self, value: Value, span: Span) -> Lowered<Use> {
        self.nest(span, |lower| Ok(Some(lower.slot_of(Expr::constant(value, span), "value")?)))
    }
}

fn both(fits: Option<Expr>, guard: Expr, span: Span) -> Expr {
    match fits {
        None => guard,
        Some(fits) => Expr { kind: ExprKind::And(Box::new(fits), Box::new(guard)), span },
    }
}
