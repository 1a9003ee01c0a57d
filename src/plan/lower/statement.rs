//! Statements and blocks that may take steps.

use super::types::conform;
use super::{Lower, Lowered};
use crate::base::Name;
use crate::plan::{Expr, ExprKind, Guard, Kind, LowerError, Slot};
use crate::syntax::ast::{self, Block, Statement, StatementKind};
use crate::types::Type;
use crate::value::Value;

impl Lower<'_> {
    /// The steps of a block; the slot of its value, if it has one, in the form of `wanted`.
    pub(super) fn block(&mut self, block: &Block, wanted: Option<&Type>) -> Lowered<Option<Slot>> {
        let hint = self.hint.take();
        let Some((last, before)) = block.statements.split_last() else { return Ok(None) };
        for statement in before {
            self.statement(statement)?;
        }
        self.hint = hint;
        self.last_statement(last, wanted)
    }

    /// The last statement of a block: its value is the block's.
    pub(super) fn last_statement(
        &mut self,
        last: &Statement,
        wanted: Option<&Type>,
    ) -> Lowered<Option<Slot>> {
        match &last.kind {
            StatementKind::Expr(value) => self.value(value, wanted),
            StatementKind::Let { .. }
            | StatementKind::Require { .. }
            | StatementKind::Say(_)
            | StatementKind::Wait(_)
            | StatementKind::Seat { .. }
            | StatementKind::Expect(_) => {
                self.hint = None;
                self.statement(last)?;
                Ok(None)
            }
        }
    }

    /// The slot of an expression's value in the form of `wanted`; none where it is `nothing` or leaves.
    pub(super) fn value(&mut self, expr: &ast::Expr, wanted: Option<&Type>) -> Lowered<Option<Slot>> {
        if let ast::ExprKind::Block(block) = &expr.kind {
            return self.block(block, wanted);
        }
        if self.leaving(expr)? {
            return Ok(None);
        }
        let hint = self.hint.clone();
        let value = self.expression(expr)?;
        if matches!(value.kind, ExprKind::Constant(Value::Nothing)) {
            return Ok(None);
        }
        let value = match wanted {
            Some(wanted) => conform(value, &self.type_of(expr.id), wanted),
            None => value,
        };
        Ok(Some(self.slot_of(value, hint.as_deref().unwrap_or("value"))?))
    }

    /// A block where an expression stands; its names end with it.
    pub(super) fn block_expression(
        &mut self,
        expr: &ast::Expr,
        block: &Block,
        hint: Option<Name>,
    ) -> Lowered<Expr> {
        let wanted = self.type_of(expr.id);
        if !self.in_body() {
            return self.pure_block(block, &wanted);
        }
        self.hint = hint;
        let value = self.block(block, Some(&wanted))?;
        Ok(value.map_or(Expr::constant(Value::Nothing, expr.span), |slot| Expr::slot(slot, expr.span)))
    }

    /// A statement whose value, if any, is not used.
    pub(super) fn statement(&mut self, statement: &Statement) -> Lowered<()> {
        let span = statement.span;
        match &statement.kind {
            StatementKind::Let { name, ty, value } => {
                self.hint = Some(name.name.clone());
                let value = self.let_value(statement, ty.as_ref(), value)?;
                let slot = self.slot_of(value, &name.name)?;
                self.name_let(statement.id, slot, span)
            }
            StatementKind::Require { condition, message } => self.require(condition, message, span),
            StatementKind::Say(line) => {
                let line = self.expression(line)?;
                let slot = self.slot_of(line, "say")?;
                self.push(Kind::Say(slot), None, Name::from("say"), span)
            }
            StatementKind::Wait(time) => {
                let time = self.expression(time)?;
                let slot = self.slot_of(time, "wait")?;
                let name = self.site(None, "wait");
                self.push(Kind::Wait(slot), None, name, span)
            }
            StatementKind::Expr(expr) => self.effect(expr),
            StatementKind::Expect(condition) => self.expected(condition, span),
            StatementKind::Seat { .. } => {
                Err(LowerError::NotPlannable { what: "a `seat` below the top of a test", span })
            }
        }
    }

    /// The value of a `let`, in the form of its type.
    pub(super) fn let_value(
        &mut self,
        statement: &Statement,
        ty: Option<&ast::TypeExpr>,
        value: &ast::Expr,
    ) -> Lowered<Expr> {
        let lowered = self.expression(value)?;
        if ty.is_none() {
            return Ok(lowered);
        }
        let wanted = self.type_of(statement.id);
        Ok(conform(lowered, &self.type_of(value.id), &wanted))
    }

    /// An expression for what it does.
    fn effect(&mut self, expr: &ast::Expr) -> Lowered<()> {
        if self.leaving(expr)? {
            return Ok(());
        }
        let value = self.expression(expr)?;
        if !matches!(value.kind, ExprKind::Slot(_) | ExprKind::Constant(_)) {
            self.slot_of(value, "check")?;
        }
        Ok(())
    }

    /// `fail`, `stop`, `return` as statements.
    fn leaving(&mut self, expr: &ast::Expr) -> Lowered<bool> {
        match &expr.kind {
            ast::ExprKind::Fail(inner) if self.in_body() => {
                let inner = self.expression(inner)?;
                let slot = self.slot_of(inner, "fail")?;
                self.push(Kind::Guard(Guard::Fail(slot)), None, Name::from("fail"), expr.span)?;
                Ok(true)
            }
            ast::ExprKind::Stop { .. } | ast::ExprKind::Return { .. } => {
                self.leave(expr)?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }
}
