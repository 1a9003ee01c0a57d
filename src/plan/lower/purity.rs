//! Which expressions need no step of their own: they call no instrument and leave nothing but by `fail`.

use super::{Lower, text};
use crate::builtin::Run;
use crate::check::Callee;
use crate::syntax::ast::{Block, Expr, ExprKind, StatementKind};

/// A block of more statements than this gets steps of its own rather than nested functions.
const MOST_STATEMENTS: usize = 8;

impl Lower<'_> {
    /// Whether it can be one pure expression of the plan.
    pub(super) fn is_pure(&mut self, expr: &Expr) -> bool {
        if let Some(known) = self.pure.get(expr.id) {
            return *known;
        }
        let pure = self.find_purity(expr);
        self.pure.set(expr.id, pure);
        pure
    }

    fn find_purity(&mut self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Nothing
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Number(_)
            | ExprKind::Duration(_)
            | ExprKind::Money(_)
            | ExprKind::Name(_)
            | ExprKind::Lambda { .. } => true,
            ExprKind::Suffix { .. }
            | ExprKind::Otherwise { .. }
            | ExprKind::For(_)
            | ExprKind::Repeat(_)
            | ExprKind::Together(_)
            | ExprKind::Limit { .. }
            | ExprKind::Stop { .. }
            | ExprKind::Return { .. } => false,
            ExprKind::Text(text) => self.all_pure(text.pieces.iter().filter_map(text::hole)),
            ExprKind::List(items) => self.all_pure(items),
            ExprKind::Record(entries) => self.all_pure(entries.iter().map(|entry| &entry.value)),
            ExprKind::Call { callee, arguments } => {
                self.is_pure_callee(expr)
                    && self.is_pure(callee)
                    && self.all_pure(arguments.iter().map(|argument| &argument.value))
            }
            ExprKind::Slice { target, from, to } => {
                self.is_pure(target) && self.all_pure(from.iter().chain(to).map(|bound| &**bound))
            }
            // The name of something in another module.
            ExprKind::Field { .. } if self.checked.resolved.meanings.get(expr.id).is_some() => true,
            ExprKind::Field { target: inner, .. }
            | ExprKind::Unary { operand: inner, .. }
            | ExprKind::Is { value: inner, .. }
            | ExprKind::As { value: inner, .. }
            | ExprKind::Vouch { value: inner, .. }
            | ExprKind::Fail(inner) => self.is_pure(inner),
            ExprKind::Binary { left, right, .. }
            | ExprKind::Range { from: left, to: right }
            | ExprKind::Index { target: left, index: right }
            | ExprKind::But { base: left, changes: right }
            | ExprKind::Pipe { left, right } => self.is_pure(left) && self.is_pure(right),
            ExprKind::If { condition, then, otherwise } => {
                self.is_pure(condition)
                    && self.is_pure_block(then)
                    && otherwise.as_ref().is_none_or(|otherwise| self.is_pure(otherwise))
            }
            ExprKind::Match { subject, arms } => {
                self.is_pure(subject)
                    && arms.iter().all(|arm| {
                        arm.guard.as_ref().is_none_or(|guard| self.is_pure(guard)) && self.is_pure(&arm.body)
                    })
            }
            ExprKind::Block(block) => self.is_pure_block(block),
        }
    }

    fn all_pure<'e>(&mut self, exprs: impl IntoIterator<Item = &'e Expr>) -> bool {
        exprs.into_iter().all(|expr| self.is_pure(expr))
    }

    fn is_pure_callee(&self, call: &Expr) -> bool {
        match self.checked.calls.get(call.id).map(|facts| &facts.callee) {
            Some(Callee::Part(_) | Callee::Movement(_) | Callee::Value(_)) | None => false,
            Some(Callee::Builtin(builtin)) => !matches!(builtin.run, Run::World { .. }),
            Some(Callee::Instrument(_) | Callee::Constructor(..) | Callee::Record(_)) => true,
        }
    }

    fn is_pure_block(&mut self, block: &Block) -> bool {
        block.statements.len() <= MOST_STATEMENTS
            && block.statements.iter().all(|statement| match &statement.kind {
                StatementKind::Let { value, .. } | StatementKind::Expr(value) => self.is_pure(value),
                StatementKind::Require { condition, message } => {
                    self.is_pure(condition) && self.all_pure(message.pieces.iter().filter_map(text::hole))
                }
                StatementKind::Say(_)
                | StatementKind::Wait(_)
                | StatementKind::Seat { .. }
                | StatementKind::Expect(_) => false,
            })
    }
}
