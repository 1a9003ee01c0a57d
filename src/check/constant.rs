//! Conditions that always come out the same, as far as the types of what they compare tell it.

use super::FlowError;
use super::checker::Checker;
use super::narrow::members;
use crate::base::Name;
use crate::resolve::Meaning;
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, UnaryOp};
use crate::types::{Literal, Type};

/// The numbers that a value may be, both ends included unless `open`.
#[derive(Clone, Copy)]
struct Span {
    least: f64,
    most: f64,
    /// Whether it comes near its ends, but does not reach them.
    open: (bool, bool),
}

impl Span {
    const fn closed(least: f64, most: f64) -> Self {
        Self { least, most, open: (false, false) }
    }

    const fn turned(self) -> Self {
        Self { least: -self.most, most: -self.least, open: (self.open.1, self.open.0) }
    }

    /// Whether each of these is less than each of those; at most as great if `or_equal`.
    fn is_below(self, other: Self, or_equal: bool) -> bool {
        let touching = or_equal || self.open.1 || other.open.0;
        self.most < other.least || (self.most == other.least && touching)
    }
}

impl Checker<'_> {
    /// Warns of a condition that always or never holds. What `and`, `or` and `not` join is judged by itself.
    pub(super) fn judge(&mut self, condition: &Expr) {
        let Some(holds) = self.outcome(condition) else { return };
        let (word, help) = if holds {
            ("always holds", "Leave it out, or compare with what may differ.")
        } else {
            ("never holds", "Leave out what hangs on it, or compare with what may differ.")
        };
        self.report(FlowError::ConstantCondition { word, help, span: condition.span });
    }

    /// How a condition always comes out, if it does.
    pub(super) fn outcome(&self, condition: &Expr) -> Option<bool> {
        match &condition.kind {
            ExprKind::Bool(bool) => Some(*bool),
            ExprKind::Binary { op: BinaryOp::In, left, right, .. } => self.among(left, right),
            ExprKind::Binary { op: BinaryOp::NotIn, left, right, .. } => {
                self.among(left, right).map(|among| !among)
            }
            ExprKind::Binary { op, left, right, .. } if is_path(left) && is_path(right) => {
                let text = |expr: &Expr| self.program.sources.text(expr.span);
                if text(left) != text(right) {
                    return self.comparison_of_numbers(*op, left, right);
                }
                match op {
                    BinaryOp::Equal | BinaryOp::LessOrEqual | BinaryOp::GreaterOrEqual => Some(true),
                    BinaryOp::NotEqual | BinaryOp::Less | BinaryOp::Greater => Some(false),
                    _ => None,
                }
            }
            ExprKind::Binary { op, left, right, .. } => self.comparison_of_numbers(*op, left, right),
            _ => None,
        }
    }

    fn comparison_of_numbers(&self, op: BinaryOp, left: &Expr, right: &Expr) -> Option<bool> {
        let (left, right) = (self.numbers(left)?, self.numbers(right)?);
        compared(op, left, right)
    }

    /// Whether one of a few texts is always, or never, among those of a list that is written out.
    fn among(&self, left: &Expr, right: &Expr) -> Option<bool> {
        let ExprKind::List(elements) = &right.kind else { return None };
        let listed: Vec<Name> =
            elements.iter().map(|element| only_text(self.types.get(element.id)?)).collect::<Option<_>>()?;
        let possible: Vec<Name> =
            members(self.types.get(left.id)?).iter().map(only_text).collect::<Option<_>>()?;
        let found = possible.iter().filter(|text| listed.contains(text)).count();
        match found {
            0 => Some(false),
            _ if found == possible.len() => Some(true),
            _ => None,
        }
    }

    /// The numbers that an expression may be.
    fn numbers(&self, expr: &Expr) -> Option<Span> {
        #[allow(clippy::cast_precision_loss)] // a range of sizes far below 2^53
        match &expr.kind {
            ExprKind::Int(int) => Some(Span::closed(*int as f64, *int as f64)),
            ExprKind::Number(number) => Some(Span::closed(*number, *number)),
            ExprKind::Unary { op: UnaryOp::Minus, operand } => self.numbers(operand).map(Span::turned),
            ExprKind::Call { callee, arguments }
                if matches!(&callee.kind, ExprKind::Name(name) if &**name == "len")
                    && matches!(self.meaning(callee.id), Some(Meaning::Builtin(_))) =>
            {
                let [only] = arguments.as_slice() else { return None };
                self.types.get(only.value.id).map(length)
            }
            _ => self.types.get(expr.id).and_then(of_type),
        }
    }
}

/// A name, or a field of one: it is the same wherever it stands.
fn is_path(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Name(_) => true,
        ExprKind::Field { target, .. } => is_path(target),
        _ => false,
    }
}

/// The only text of a type.
fn only_text(ty: &Type) -> Option<Name> {
    match ty.shape() {
        Type::Literal(Literal::Text(text)) => Some(text.clone()),
        _ => None,
    }
}

/// How a comparison comes out, if it can come out in one way only.
fn compared(op: BinaryOp, left: Span, right: Span) -> Option<bool> {
    let (holds, fails) = match op {
        BinaryOp::Less => (left.is_below(right, false), right.is_below(left, true)),
        BinaryOp::LessOrEqual => (left.is_below(right, true), right.is_below(left, false)),
        BinaryOp::Greater => (right.is_below(left, false), left.is_below(right, true)),
        BinaryOp::GreaterOrEqual => (right.is_below(left, true), left.is_below(right, false)),
        BinaryOp::Equal => (false, left.is_below(right, false) || right.is_below(left, false)),
        BinaryOp::NotEqual => (left.is_below(right, false) || right.is_below(left, false), false),
        _ => return None,
    };
    (holds || fails).then_some(holds)
}

/// The numbers of a type.
fn of_type(ty: &Type) -> Option<Span> {
    match ty {
        #[allow(clippy::cast_precision_loss)] // what is written out in a type is small
        Type::Literal(Literal::Int(int)) => Some(Span::closed(*int as f64, *int as f64)),
        Type::Int | Type::Number => Some(Span::closed(f64::NEG_INFINITY, f64::INFINITY)),
        Type::Alias(alias) => of_type(alias.target()),
        Type::Refined(base, refinement) => {
            let mut span = of_type(base)?;
            let bounds = &refinement.bounds;
            for (least, open) in [(bounds.min, false), (bounds.above, true)] {
                if let Some(least) = least.filter(|least| *least >= span.least) {
                    span.open.0 = open || (span.open.0 && least == span.least);
                    span.least = least;
                }
            }
            for (most, open) in [(bounds.max, false), (bounds.below, true)] {
                if let Some(most) = most.filter(|most| *most <= span.most) {
                    span.open.1 = open || (span.open.1 && most == span.most);
                    span.most = most;
                }
            }
            Some(span)
        }
        _ => None,
    }
}

/// How long a value of a type may be.
fn length(ty: &Type) -> Span {
    #[allow(clippy::cast_precision_loss)] // sizes are far below 2^53
    let at_most = |most: Option<u64>| most.map_or(f64::INFINITY, |most| most as f64);
    #[allow(clippy::cast_precision_loss)]
    match ty {
        Type::List(_, size) => Span::closed(size.min as f64, at_most(size.max)),
        Type::Alias(alias) => length(alias.target()),
        Type::Refined(base, refinement) => {
            let span = length(base);
            let least = refinement.bounds.min_len.unwrap_or(0) as f64;
            let most = at_most(refinement.bounds.max_len);
            Span::closed(span.least.max(least), span.most.min(most))
        }
        _ => Span::closed(0.0, f64::INFINITY),
    }
}
