//! Small functions, and blocks of pure statements as nested functions.

use super::body::Key;
use super::types::conform;
use super::{Lower, Lowered};
use crate::base::{Name, NodeId, Span};
use crate::builtin::Builtin;
use crate::plan::{Expr, ExprKind, LowerError, Segment};
use crate::syntax::ast::{self, Block, Statement, StatementKind};
use crate::types::Type;
use crate::value::{Callee, Value};

/// A function's block nests one function per statement: more would be too deep to evaluate.
const MOST_STATEMENTS: usize = 100;

impl Lower<'_> {
    /// `x => e`
    pub(super) fn lambda(
        &mut self,
        params: &[(NodeId, ast::Ident)],
        body: &ast::Expr,
        span: Span,
    ) -> Lowered<Expr> {
        let params: Vec<Key> = params.iter().map(|(id, _)| Key::Name(*id)).collect();
        self.function(&params, span, |lower| lower.expression(body))
    }

    /// A builtin where a function is wanted: `map(names, upper)`.
    pub(super) fn builtin_as_function(&mut self, builtin: &'static Builtin, span: Span) -> Expr {
        let signature = (builtin.signature)();
        let params =
            u32::try_from(signature.params.iter().filter(|param| !param.optional).count()).unwrap_or(1);
        let id = u32::try_from(self.plan.functions.len()).unwrap_or(u32::MAX);
        let arguments = (0..params)
            .map(|slot| Expr::slot(slot, span))
            .chain(
                signature.params.iter().skip(params as usize).map(|_| Expr::constant(Value::Nothing, span)),
            )
            .collect();
        let value = Expr { kind: ExprKind::Builtin(builtin, arguments), span };
        self.plan.functions.push(crate::plan::Function { params, slots: params, value });
        Expr { kind: ExprKind::Function(Callee::Pure(id), Box::default()), span }
    }

    /// `{ … }` where a pure expression is wanted; its value in the form of `wanted`.
    pub(super) fn pure_block(&mut self, block: &Block, wanted: &Type) -> Lowered<Expr> {
        if block.statements.len() > MOST_STATEMENTS {
            return Err(LowerError::NotPlannable {
                what: "a block of more than 100 statements in a small function",
                span: block.span,
            });
        }
        self.pure_statements(&block.statements, wanted, block.span)
    }

    fn pure_statements(&mut self, statements: &[Statement], wanted: &Type, span: Span) -> Lowered<Expr> {
        let Some((first, rest)) = statements.split_first() else {
            return Ok(Expr::constant(Value::Nothing, span));
        };
        match &first.kind {
            StatementKind::Let { name: _, ty, value } => {
                let value = self.let_value(first, ty.as_ref(), value)?;
                if rest.is_empty() {
                    return Ok(Expr::constant(Value::Nothing, span));
                }
                self.pure_then(first.id, value, first.span, |lower| lower.pure_statements(rest, wanted, span))
            }
            StatementKind::Require { condition, message } => {
                let holds = self.expression(condition)?;
                let message = self.text(message)?;
                let rest = self.pure_statements(rest, wanted, span)?;
                let fail = Expr { kind: ExprKind::Fail(Box::new(message)), span: first.span };
                Ok(Expr {
                    kind: ExprKind::Choose(Box::new([(Some(holds), rest), (None, fail)])),
                    span: first.span,
                })
            }
            StatementKind::Expr(value) if rest.is_empty() => {
                let lowered = self.expression(value)?;
                Ok(conform(lowered, &self.type_of(value.id), wanted))
            }
            StatementKind::Expr(value) => {
                let value = self.expression(value)?;
                self.pure_then(first.id, value, first.span, |lower| lower.pure_statements(rest, wanted, span))
            }
            StatementKind::Say(_)
            | StatementKind::Wait(_)
            | StatementKind::Seat { .. }
            | StatementKind::Expect(_) => {
                Err(LowerError::NotPlannable { what: "this statement in a small function", span: first.span })
            }
        }
    }

    /// `vouch e where COND`: the value itself, or a failure where the condition does not hold of it.
    pub(super) fn vouch(
        &mut self,
        value: &ast::Expr,
        condition: &ast::Expr,
        span: Span,
        hint: Option<&Name>,
    ) -> Lowered<Expr> {
        self.hint = hint.cloned();
        let vouched = self.expression(value)?;
        let judged = self.function(&[Key::It], span, |lower| {
            let holds = lower.expression(condition)?;
            let it = lower.local(Key::It, span)?;
            let said =
                format!("what was vouched for does not hold: `{}`, of: ", lower.source(condition.span));
            let said = [Segment::Words(said.into()), Segment::Hole(Expr::slot(it, value.span))];
            let said = Expr { kind: ExprKind::Text(Box::new(said)), span };
            let fail = Expr { kind: ExprKind::Fail(Box::new(said)), span };
            let arms = [(Some(holds), Expr::slot(it, value.span)), (None, fail)];
            Ok(Expr { kind: ExprKind::Choose(Box::new(arms)), span })
        })?;
        Ok(Expr { kind: ExprKind::Apply(Box::new(judged), Box::new([vouched])), span })
    }

    /// `rest` with a name for `value`: the one that `definition` defines.
    pub(super) fn pure_then(
        &mut self,
        definition: NodeId,
        value: Expr,
        span: Span,
        rest: impl FnOnce(&mut Self) -> Lowered<Expr>,
    ) -> Lowered<Expr> {
        let function = self.function(&[Key::Name(definition)], span, rest)?;
        Ok(Expr { kind: ExprKind::Apply(Box::new(function), Box::new([value])), span })
    }
}
