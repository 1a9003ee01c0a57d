//! Movements.

use super::checker::{Checker, Place};
use super::fits::find;
use super::{ItemError, ValueError};
use crate::resolve::ItemId;
use crate::syntax::ast::{self, ExprKind, StatementKind};
use crate::types::Type;

impl<'a> Checker<'a> {
    /// `movement name(params) -> Type { … }`
    pub(super) fn check_movement(&mut self, id: ItemId, item: &'a ast::MovementItem) {
        let returns = self.item_signature(id).returns.clone();
        self.begin(id, Some(Place::Clause));
        self.param_defaults(&item.params);
        if let Some(written) = &item.returns
            && find(&returns, |ty| (*ty == Type::Secret).then_some(())).is_some()
        {
            self.report(ValueError::Secret { how: "given back", span: written.ty.span });
        }
        if let Some(depth) = &item.depth {
            self.depth(depth);
        }
        self.begin(id, Some(Place::Movement(returns.clone())));
        self.params_come_from_outside(&item.params);
        self.body(item, &returns);
    }

    /// Whether an item is what was entered at a prompt.
    pub(super) fn is_prompt(&self, item: &ast::Item) -> bool {
        self.program.prompt.as_ref().is_some_and(|prompt| prompt.item == item.id)
    }

    /// What was entered at a prompt: the value of its last line may be anything, and is its own result.
    pub(super) fn check_prompt(&mut self, id: ItemId, item: &'a ast::MovementItem) {
        self.begin(id, Some(Place::Movement(Type::Nothing)));
        let Some((last, before)) = item.body.statements.split_last() else { return };
        let left = self.statements(before, Some(last));
        if let Some(after) = left {
            self.unreachable(last.span, after);
        }
        if let StatementKind::Expr(expr) = &last.kind {
            self.value_statement(last, expr, None);
        } else {
            self.statement(last, None);
        }
    }

    /// `up to N deep`
    fn depth(&mut self, depth: &'a ast::Expr) {
        self.expr(depth, None);
        let ExprKind::Int(levels) = &depth.kind else {
            let what = String::from("how deep a movement may call itself");
            let help = String::from("Write a number: `up to 5 deep`.");
            self.report(ValueError::NotLiteral { what, help: help.into(), span: depth.span });
            return;
        };
        if !(1..=256).contains(levels) {
            let what = "the number of levels";
            self.report(ItemError::BadCount {
                what,
                found: *levels,
                help: "It is 1 to 256.",
                span: depth.span,
            });
        }
    }
}
