//! Builtins that mean something to the plan only: `values`, `env`, `secret`, `call_id`.

use super::expression::element;
use super::types::literal;
use super::{Lower, Lowered};
use crate::base::Name;
use crate::plan::{Expr, ExprKind, LowerError};
use crate::syntax::ast;
use crate::types::{Literal, Type};
use crate::value::Value;

impl Lower<'_> {
    /// A call of such a builtin, its arguments as written.
    pub(super) fn special(
        &mut self,
        builtin: &str,
        call: &ast::Expr,
        arguments: &[ast::Argument],
    ) -> Lowered<Expr> {
        let span = call.span;
        let lost = LowerError::LostTrack { what: "what this builtin takes", span };
        let mut given = arguments.iter().map(|argument| &argument.value);
        let kind = match builtin {
            "values" => ExprKind::Constant(self.values_of(call, given.next())?),
            "env" => {
                let name = named(given.next().ok_or(lost)?)?;
                let default = match given.next() {
                    Some(default) => Some(Box::new(self.expression(default)?)),
                    None => None,
                };
                ExprKind::Env(name, default)
            }
            "secret" => ExprKind::Secret(named(given.next().ok_or(lost)?)?),
            "call_id" => ExprKind::CallId,
            _ => return Err(lost),
        };
        Ok(Expr { kind, span })
    }

    fn values_of(&self, call: &ast::Expr, argument: Option<&ast::Expr>) -> Lowered<Value> {
        let listed = element(&self.type_of(call.id));
        let named = argument.map(|argument| self.type_of(argument.id));
        [listed, named]
            .iter()
            .flatten()
            .find_map(members)
            .map(Value::list)
            .ok_or(LowerError::LostTrack { what: "the values of this type", span: call.span })
    }
}

/// All values of a closed type.
fn members(ty: &Type) -> Option<Vec<Value>> {
    match ty.shape() {
        Type::Literal(one) => Some(vec![literal(one)]),
        Type::Bool => Some([true, false].map(|bool| literal(&Literal::Bool(bool))).into()),
        Type::Union(members) => members
            .iter()
            .map(|member| match member.shape() {
                Type::Literal(one) => Some(literal(one)),
                _ => None,
            })
            .collect(),
        _ => None,
    }
}

fn named(expr: &ast::Expr) -> Lowered<Name> {
    let not_plain = || LowerError::NotPlannable {
        what: "a computed name of an environment variable or secret",
        span: expr.span,
    };
    match &expr.kind {
        ast::ExprKind::Text(text) => text.plain().ok_or_else(not_plain),
        _ => Err(not_plain()),
    }
}
