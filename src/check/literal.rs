//! Values that are known as written.

use std::sync::Arc;

use super::checker::Checker;
use crate::syntax::ast::{Expr, ExprKind, UnaryOp};
use crate::types::{Literal, Type};
use crate::value::{Money, Value};

impl Checker<'_> {
    /// The value of an expression that is written out, instruments included.
    pub(super) fn literal(&self, expr: &Expr) -> Option<Value> {
        match &expr.kind {
            ExprKind::Nothing => Some(Value::Nothing),
            ExprKind::Bool(bool) => Some(Value::Bool(*bool)),
            ExprKind::Int(int) => Some(Value::Int(*int)),
            ExprKind::Number(number) => Some(Value::Number(*number)),
            ExprKind::Duration(duration) => Some(Value::Duration(*duration)),
            ExprKind::Money(nanos) => Some(Value::Money(Money::from_nanos(*nanos))),
            ExprKind::Text(text) => text.plain().map(Value::Text),
            ExprKind::Unary { op: UnaryOp::Minus, operand } => match self.literal(operand)? {
                Value::Int(int) => int.checked_neg().map(Value::Int),
                Value::Number(number) => Some(Value::Number(-number)),
                _ => None,
            },
            ExprKind::List(elements) => {
                let values: Option<Vec<Value>> =
                    elements.iter().map(|element| self.literal(element)).collect();
                values.map(Value::list)
            }
            ExprKind::Name(_) | ExprKind::Field { .. } | ExprKind::Call { .. } => {
                let player = self.player(expr)?;
                Some(Value::Instrument(Arc::new(player.instrument.clone())))
            }
            _ => None,
        }
    }
}

/// The whole number that a type holds, if it holds one only.
pub(super) fn only_int(ty: &Type) -> Option<i64> {
    match ty.shape() {
        Type::Literal(Literal::Int(int)) => Some(*int),
        _ => None,
    }
}

/// The greatest whole number of a type, if it has one.
pub(super) fn maximum(ty: &Type) -> Option<f64> {
    match ty {
        #[allow(clippy::cast_precision_loss)] // only asked whether there is one
        Type::Literal(Literal::Int(int)) => Some(*int as f64),
        Type::Alias(alias) => maximum(alias.target()),
        Type::Refined(base, refinement) => {
            refinement.bounds.max.or(refinement.bounds.below).or_else(|| maximum(base))
        }
        Type::Union(members) => {
            members.iter().map(maximum).collect::<Option<Vec<f64>>>()?.into_iter().reduce(f64::max)
        }
        Type::Unknown | Type::Never => Some(0.0),
        _ => None,
    }
}

/// The greatest whole number of a type as a size, if it has one that is not negative.
pub(super) fn maximum_int(ty: &Type) -> Option<u64> {
    let most = maximum(ty).filter(|_| !matches!(ty.shape(), Type::Unknown | Type::Never))?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // bounded just here
    (0.0..1e15).contains(&most).then_some(most as u64)
}
