//! Conditions (`where`), and what of them a JSON Schema can say.

use std::sync::Arc;

use super::checker::{Checker, Place};
use super::{RefinementFacts, ValueError};
use crate::base::Name;
use crate::resolve::Meaning;
use crate::syntax::ast::{self, BinaryOp, Expr, ExprKind, UnaryOp};
use crate::types::{Bounds, Refinement, RefinementId, Type};

impl<'a> Checker<'a> {
    /// A type with a condition; the condition itself is checked when all types are known.
    pub(super) fn refine(&mut self, ty: Type, condition: &'a ast::Condition) -> Type {
        let refinement = self.refinement(ty.clone(), condition);
        match ty {
            Type::Unknown => Type::Unknown,
            ty => Type::Refined(Arc::new(ty), refinement),
        }
    }

    /// Allocates a condition over values of this type.
    pub(super) fn refinement(&mut self, it: Type, condition: &'a ast::Condition) -> Arc<Refinement> {
        let id = RefinementId(u32::try_from(self.refinements.len()).unwrap_or(u32::MAX));
        let source = Name::from(self.program.sources.text(condition.test.span));
        let bounds = self.bounds(&condition.test);
        self.refinements.push(RefinementFacts { condition: condition.clone(), it });
        self.conditions.push(condition);
        Arc::new(Refinement { id, source, bounds })
    }

    /// Checks all conditions.
    pub(super) fn check_conditions(&mut self) {
        for at in 0..self.conditions.len() {
            let condition = self.conditions[at];
            let it = self.refinements[at].it.clone();
            self.begin(self.item, Some(Place::Clause));
            self.it.push(it);
            let help = "A condition only computes. Ask in a part's `ensure`, or check in the movement with `require`.";
            self.computing("a `where`", help, |checker| {
                checker.condition_of_it(&condition.test, "where");
                if let Some(message) = &condition.message {
                    checker.text(message);
                }
            });
        }
    }

    /// What of a condition a JSON Schema can say: comparisons of `it` and `len(it)` with numbers, and
    /// patterns, joined by `and`.
    fn bounds(&self, test: &Expr) -> Bounds {
        let mut bounds = Bounds::default();
        let mut pending = vec![test];
        while let Some(test) = pending.pop() {
            match &test.kind {
                ExprKind::Binary { op: BinaryOp::And, left, right, .. } => {
                    pending.extend([&**right, &**left])
                }
                ExprKind::Binary { op, left, right, .. } => self.comparison(&mut bounds, *op, left, right),
                ExprKind::Call { callee, arguments } => {
                    if let (ExprKind::Name(name), [subject, pattern]) = (&callee.kind, arguments.as_slice())
                        && &**name == "matches"
                        && matches!(self.meaning(callee.id), Some(Meaning::Builtin(_)))
                        && self.is_it(&subject.value)
                        && let ExprKind::Text(pattern) = &pattern.value.kind
                    {
                        bounds.pattern = bounds.pattern.or_else(|| pattern.plain());
                    }
                }
                _ => {}
            }
        }
        bounds
    }

    fn comparison(&self, bounds: &mut Bounds, op: BinaryOp, left: &Expr, right: &Expr) {
        let (subject, op, limit) = match (number(left), number(right)) {
            (None, Some(limit)) => (left, op, limit),
            (Some(limit), None) => (right, turned(op), limit),
            _ => return,
        };
        if self.is_it(subject) {
            let least = |old: Option<f64>| Some(old.map_or(limit, |old| old.max(limit)));
            let most = |old: Option<f64>| Some(old.map_or(limit, |old| old.min(limit)));
            match op {
                BinaryOp::GreaterOrEqual => bounds.min = least(bounds.min),
                BinaryOp::Greater => bounds.above = least(bounds.above),
                BinaryOp::LessOrEqual => bounds.max = most(bounds.max),
                BinaryOp::Less => bounds.below = most(bounds.below),
                _ => {}
            }
        } else if self.is_len_of_it(subject) {
            lengths(bounds, op, limit);
        }
    }

    fn is_it(&self, expr: &Expr) -> bool {
        matches!(expr.kind, ExprKind::Name(_)) && matches!(self.meaning(expr.id), Some(Meaning::It))
    }

    fn is_len_of_it(&self, expr: &Expr) -> bool {
        let ExprKind::Call { callee, arguments } = &expr.kind else { return false };
        matches!(&callee.kind, ExprKind::Name(name) if &**name == "len")
            && matches!(self.meaning(callee.id), Some(Meaning::Builtin(_)))
            && matches!(arguments.as_slice(), [only] if self.is_it(&only.value))
    }

    /// Complains where a literal, or an element of a list that is written out, surely misses the bounds of the type
    /// that is wanted.
    pub(super) fn within_bounds(&mut self, expr: &Expr, wanted: &Type) {
        if let ExprKind::List(elements) = &expr.kind {
            let list = match wanted.shape() {
                Type::Optional(inner) => inner.shape(),
                other => other,
            };
            if let Type::List(element, _) = list {
                for one in elements {
                    self.within_bounds(one, element);
                }
            }
        }
        let (mut words, mut length) = (None, None);
        match &expr.kind {
            ExprKind::Text(text) => {
                words = text.plain();
                length = words.as_ref().map(|text| text.chars().count() as u64);
            }
            ExprKind::List(elements) => length = Some(elements.len() as u64),
            _ => {}
        }
        let value = number(expr);
        if length.is_none() && value.is_none() {
            return;
        }
        let mut ty = wanted;
        loop {
            ty = match ty {
                Type::Alias(alias) => alias.target(),
                Type::Optional(inner) => inner,
                Type::Refined(base, refinement) => {
                    let bounds = &refinement.bounds;
                    let within = value.is_none_or(|value| bounds.hold_number(value))
                        && length.is_none_or(|length| bounds.hold_length(length))
                        && words.as_ref().is_none_or(|words| bounds.hold_text(words));
                    if !within {
                        let error = ValueError::OutOfBounds {
                            value: self.source(expr.span).unwrap_or("this").to_owned(),
                            condition: refinement.source.to_string(),
                            wanted: match wanted {
                                Type::Alias(alias) => alias.name.to_string(),
                                _ => String::from("What stands here"),
                            },
                            span: expr.span,
                        };
                        self.report(error);
                        return;
                    }
                    base
                }
                _ => return,
            };
        }
    }
}

/// A number as written, its sign included.
fn number(expr: &Expr) -> Option<f64> {
    match &expr.kind {
        #[allow(clippy::cast_precision_loss)] // bounds beyond 2^53 are not worth a schema
        ExprKind::Int(int) => Some(*int as f64),
        ExprKind::Number(number) => Some(*number),
        ExprKind::Unary { op: UnaryOp::Minus, operand } => number(operand).map(|number| -number),
        _ => None,
    }
}

/// The operator with its sides turned round.
const fn turned(op: BinaryOp) -> BinaryOp {
    match op {
        BinaryOp::Less => BinaryOp::Greater,
        BinaryOp::LessOrEqual => BinaryOp::GreaterOrEqual,
        BinaryOp::Greater => BinaryOp::Less,
        BinaryOp::GreaterOrEqual => BinaryOp::LessOrEqual,
        other => other,
    }
}

fn lengths(bounds: &mut Bounds, op: BinaryOp, limit: f64) {
    if limit < 0.0 || limit.fract() != 0.0 || limit > 1e15 {
        return;
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    // whole, positive and small, as just seen
    let limit = limit as u64;
    let (min, max) = match op {
        BinaryOp::GreaterOrEqual => (Some(limit), None),
        BinaryOp::Greater => (Some(limit + 1), None),
        BinaryOp::LessOrEqual => (None, Some(limit)),
        BinaryOp::Less => (None, limit.checked_sub(1)),
        BinaryOp::Equal => (Some(limit), Some(limit)),
        _ => (None, None),
    };
    if let Some(min) = min {
        bounds.min_len = Some(bounds.min_len.map_or(min, |old| old.max(min)));
    }
    if let Some(max) = max {
        bounds.max_len = Some(bounds.max_len.map_or(max, |old| old.min(max)));
    }
}
