//! Operators.

use std::sync::Arc;

use super::ValueError;
use super::advice::show;
use super::checker::Checker;
use super::fits::{admits_nothing, find, fits};
use super::join::{join, widen_literal};
use super::types::overlaps;
use crate::base::{Help, Span};
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, UnaryOp};
use crate::types::{Literal, Size, Type};

/// What arithmetic tells apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Int,
    Number,
    Text,
    List,
    Date,
    Time,
    Duration,
    Money,
    Other,
}

impl<'a> Checker<'a> {
    /// `not e`, `-e`
    pub(super) fn unary(&mut self, expr: &'a Expr, op: UnaryOp, operand: &'a Expr) -> Type {
        match op {
            UnaryOp::Not => {
                self.condition(operand, "what stands after `not`");
                Type::Bool
            }
            UnaryOp::Minus => {
                let found = self.expr(operand, None);
                match found.shape() {
                    Type::Literal(Literal::Int(int)) => {
                        int.checked_neg().map_or(Type::Int, |int| Type::Literal(Literal::Int(int)))
                    }
                    Type::Literal(Literal::Number(number)) => Type::Literal(Literal::Number(-number)),
                    shape => match kind(shape) {
                        Kind::Int => Type::Int,
                        Kind::Number => Type::Number,
                        Kind::Duration => Type::Duration,
                        Kind::Money => Type::Money,
                        _ if matches!(shape, Type::Unknown | Type::Never) => Type::Unknown,
                        _ => {
                            let help = self.advice(operand, &found, &Type::Number);
                            self.report(ValueError::Mismatch {
                                what: String::from("what stands after `-`"),
                                found: show(&found),
                                wanted: String::from("a number"),
                                help,
                                span: expr.span,
                            });
                            Type::Unknown
                        }
                    },
                }
            }
        }
    }

    /// `a + b` and the like.
    pub(super) fn binary(
        &mut self,
        op: BinaryOp,
        op_span: Span,
        left: &'a Expr,
        right: &'a Expr,
        want: Option<&Type>,
    ) -> Type {
        match op {
            BinaryOp::And | BinaryOp::Or => {
                let what = if op == BinaryOp::And { "what `and` joins" } else { "what `or` joins" };
                if let Some(ty) = self.default_by_or(op, op_span, left, right, want) {
                    return ty;
                }
                self.condition(left, what);
                let mark = self.narrowing.mark();
                let facts = self.learnt(left, op == BinaryOp::And);
                self.narrowing.learn(facts);
                self.condition(right, what);
                self.narrowing.forget(mark);
                Type::Bool
            }
            BinaryOp::Coalesce => self.coalesce(left, right, want),
            BinaryOp::Equal | BinaryOp::NotEqual => {
                self.equal(op, op_span, left, right);
                Type::Bool
            }
            BinaryOp::Less | BinaryOp::LessOrEqual | BinaryOp::Greater | BinaryOp::GreaterOrEqual => {
                let (one, other) = (self.expr(left, None), self.expr(right, None));
                let ordered = match (kind(&one), kind(&other)) {
                    (Kind::Int | Kind::Number, Kind::Int | Kind::Number) => true,
                    (Kind::Other | Kind::List, _) => false,
                    (one, other) => one == other,
                };
                if !ordered {
                    self.operator(op, op_span, (left, &one), (right, &other));
                }
                Type::Bool
            }
            BinaryOp::In | BinaryOp::NotIn => {
                self.within(op, op_span, left, right);
                Type::Bool
            }
            BinaryOp::Add
            | BinaryOp::Subtract
            | BinaryOp::Multiply
            | BinaryOp::Divide
            | BinaryOp::Remainder => {
                let hope = want.filter(|want| op == BinaryOp::Add && matches!(want.shape(), Type::List(..)));
                let (one, other) = (self.expr(left, hope), self.expr(right, hope));
                arithmetic(op, &one, &other).unwrap_or_else(|| {
                    self.operator(op, op_span, (left, &one), (right, &other));
                    Type::Unknown
                })
            }
        }
    }

    /// `x or "none"`, where a value is meant for where there is none.
    fn default_by_or(
        &mut self,
        op: BinaryOp,
        op_span: Span,
        left: &'a Expr,
        right: &'a Expr,
        want: Option<&Type>,
    ) -> Option<Type> {
        if op != BinaryOp::Or || !matches!(left.kind, ExprKind::Name(_) | ExprKind::Field { .. }) {
            return None;
        }
        let (errors, done) = (self.errors.len(), self.done);
        let found = self.expr(left, None);
        if !Self::is_default(op, &found, right) {
            // It is walked again as a condition.
            self.errors.truncate(errors);
            self.done = done;
            return None;
        }
        let help = Help::new("A value for where there is none stands behind `??`.").replacing(op_span, "??");
        self.report(ValueError::Mismatch {
            what: String::from("what `or` joins"),
            found: show(&found),
            wanted: String::from("a bool"),
            help: Some(help),
            span: left.span,
        });
        let rest = super::narrow::without(&found, &Type::Nothing);
        let other = self.expr(right, want.or(Some(&rest)));
        Some(join(&rest, &other))
    }

    /// `a ?? b`
    fn coalesce(&mut self, left: &'a Expr, right: &'a Expr, want: Option<&Type>) -> Type {
        let hope = want.map(|want| want.clone().optional());
        let found = self.expr(left, hope.as_ref());
        let mark = self.narrowing.mark();
        if let Some(path) = self.path(left) {
            self.narrowing.learn(vec![(path, Type::Nothing)]);
        }
        let rest = super::narrow::without(&found, &Type::Nothing);
        let default = self.expr(right, want.or(Some(&rest)));
        self.narrowing.forget(mark);
        if !admits_nothing(&found) && !matches!(found.shape(), Type::Unknown | Type::Never) {
            self.report(ValueError::NeverNothing { found: show(&found), span: left.span });
        }
        if *found.shape() == Type::Json {
            return join(&Type::Json, &default);
        }
        join(&rest, &default)
    }

    /// `a == b`
    fn equal(&mut self, op: BinaryOp, op_span: Span, left: &'a Expr, right: &'a Expr) {
        let one = self.expr(left, None);
        // A record or list on the right is written in the type of what it is compared with.
        let hope = matches!(right.kind, ExprKind::Record(_) | ExprKind::List(_)).then_some(&one);
        let other = self.expr(right, hope);
        for (side, ty) in [(left, &one), (right, &other)] {
            if let Some(what) = incomparable(ty) {
                match what {
                    "a secret" => self.report(ValueError::Secret { how: "compared", span: side.span }),
                    _ => self.operator(op, op_span, (left, &one), (right, &other)),
                }
                return;
            }
        }
        if !overlaps(&widen_literal(&one), &widen_literal(&other)) || never_literal(&one, &other) {
            let help = self.advice(right, &other, &one).or_else(|| self.advice(left, &one, &other));
            let help = help.filter(|help| {
                help.text().starts_with("Did you mean") || help.text().starts_with("It may be \"")
            });
            let help = match (one.shape(), other.shape()) {
                (_, Type::Nothing) => Some(self.always_there(left, &one)),
                (Type::Nothing, _) => Some(self.always_there(right, &other)),
                _ => help,
            };
            self.report(ValueError::NeverEqual {
                left: show(&one),
                right: show(&other),
                help,
                span: left.span.to(right.span),
            });
        }
    }

    /// `a in b`
    fn within(&mut self, op: BinaryOp, op_span: Span, left: &'a Expr, right: &'a Expr) {
        let one = self.expr(left, None);
        let other = self.expr(right, None);
        let possible = match other.shape() {
            Type::List(element, _) => overlaps(&widen_literal(&one), &super::join::widen(element)),
            Type::Text | Type::Literal(Literal::Text(_)) | Type::Map(_) => fits(&one, &Type::Text),
            Type::Union(_) => fits(&other, &Type::Text) && fits(&one, &Type::Text),
            Type::Json => super::fits::is_json(&one),
            Type::Unknown | Type::Never => true,
            _ => false,
        };
        if !possible {
            self.operator(op, op_span, (left, &one), (right, &other));
        }
    }

    fn operator(&mut self, op: BinaryOp, span: Span, left: (&Expr, &Type), right: (&Expr, &Type)) {
        if [left.1, right.1].iter().any(|ty| matches!(ty.shape(), Type::Unknown | Type::Never)) {
            return;
        }
        for (side, ty) in [left, right] {
            if *ty.shape() == Type::Secret {
                let how = if op == BinaryOp::Add { "joined" } else { "compared" };
                self.report(ValueError::Secret { how, span: side.span });
                return;
            }
        }
        let help = self.operator_help(op, left, right);
        self.report(ValueError::Operator {
            op: spelling(op),
            left: show(left.1),
            right: show(right.1),
            help,
            span,
            left_span: left.0.span,
            right_span: right.0.span,
        });
    }

    fn operator_help(&self, op: BinaryOp, left: (&Expr, &Type), right: (&Expr, &Type)) -> Option<Help> {
        for (side, ty) in [left, right] {
            if matches!(ty.shape(), Type::Optional(_)) {
                let source = self.source_or_x(side.span);
                return Some(Help::new(format!(
                    "`{source}` may be `nothing`: write `({source} ?? …)`, or ask `{source} != nothing` first."
                )));
            }
            if *ty.shape() == Type::Json {
                let source = self.source_or_x(side.span);
                return Some(Help::new(format!("Read it into a type first: `({source} as int)`.")));
            }
        }
        let (one, other) = (kind(left.1), kind(right.1));
        if op == BinaryOp::Remainder && one == Kind::Text {
            return self.formatted(left.0, right.0);
        }
        if op == BinaryOp::Add && (one == Kind::Text || other == Kind::Text) {
            let piece = |side: (&Expr, &Type)| match &side.0.kind {
                ExprKind::Text(text) => {
                    text.plain().map_or_else(|| String::from("…"), |plain| plain.to_string())
                }
                _ => format!("{{{}}}", self.source_or_x(side.0.span)),
            };
            let value = if one == Kind::Text { right.0 } else { left.0 };
            let help = Help::new(format!("Put it in a text: `\"{}{}\"`.", piece(left), piece(right)));
            return Some(help.with(self.put_in_hole(value)));
        }
        if op == BinaryOp::Add && one == Kind::List {
            let help = Help::new(format!(
                "To add one element, write `{} + [{}]`.",
                self.source_or_x(left.0.span),
                self.source_or_x(right.0.span)
            ));
            let right = right.0.span;
            return Some(help.replacing(Span::at(right.start), "[").replacing(Span::at(right.end), "]"));
        }
        match (one, other) {
            (Kind::Duration, Kind::Int | Kind::Number) | (Kind::Int | Kind::Number, Kind::Duration) => {
                Some(Help::new("A time has a unit: `30s`, `5min`."))
            }
            (Kind::Money, Kind::Int | Kind::Number) | (Kind::Int | Kind::Number, Kind::Money) => {
                Some(Help::new("Money is written with a dollar sign: `$0.50`."))
            }
            _ => None,
        }
    }
}

/// A type that can't be compared at all: what is in it.
fn incomparable(ty: &Type) -> Option<&'static str> {
    find(ty, |ty| match ty {
        Type::Secret => Some("a secret"),
        Type::Part(_) => Some("a function"),
        _ => None,
    })
}

/// A literal compared with a union that lacks it.
fn never_literal(one: &Type, other: &Type) -> bool {
    let lacks = |literal: &Type, union: &Type| {
        matches!(literal, Type::Literal(_))
            && matches!(union.shape(), Type::Union(_) | Type::Optional(_))
            && !overlaps(literal, union)
    };
    lacks(one, other) || lacks(other, one)
}

fn arithmetic(op: BinaryOp, one: &Type, other: &Type) -> Option<Type> {
    use BinaryOp::{Add, Divide, Multiply, Remainder, Subtract};
    if matches!(one.shape(), Type::Unknown | Type::Never)
        || matches!(other.shape(), Type::Unknown | Type::Never)
    {
        return Some(Type::Unknown);
    }
    let found = match (op, kind(one), kind(other)) {
        (Add | Subtract | Multiply | Remainder, Kind::Int, Kind::Int) => Type::Int,
        (_, Kind::Int | Kind::Number, Kind::Int | Kind::Number) => Type::Number,
        (Add, Kind::Text, Kind::Text) => Type::Text,
        (Add, Kind::List, Kind::List) => lists(one.shape(), other.shape())?,
        (Add | Subtract, Kind::Duration, Kind::Duration) => Type::Duration,
        (Add | Subtract, Kind::Money, Kind::Money) => Type::Money,
        (Add | Subtract, Kind::Date, Kind::Duration) | (Add, Kind::Duration, Kind::Date) => Type::Date,
        (Add | Subtract, Kind::Time, Kind::Duration) | (Add, Kind::Duration, Kind::Time) => Type::Time,
        (Subtract, Kind::Date, Kind::Date) | (Subtract, Kind::Time, Kind::Time) => Type::Duration,
        (Multiply, Kind::Duration, Kind::Int | Kind::Number)
        | (Multiply, Kind::Int | Kind::Number, Kind::Duration) => Type::Duration,
        (Multiply, Kind::Money, Kind::Int | Kind::Number)
        | (Multiply, Kind::Int | Kind::Number, Kind::Money) => Type::Money,
        (Divide, Kind::Duration, Kind::Int | Kind::Number) => Type::Duration,
        (Divide, Kind::Money, Kind::Int | Kind::Number) => Type::Money,
        (Divide, Kind::Duration, Kind::Duration) | (Divide, Kind::Money, Kind::Money) => Type::Number,
        _ => return None,
    };
    Some(found)
}

/// Lists joined: as many as both have together.
fn lists(one: &Type, other: &Type) -> Option<Type> {
    let (Type::List(left, has), Type::List(right, had)) = (one, other) else { return None };
    let max = has.max.zip(had.max).map(|(one, other)| one.saturating_add(other));
    let size = Size { min: has.min.saturating_add(had.min), max };
    Some(Type::List(Arc::new(join(left, right)), size))
}

fn kind(ty: &Type) -> Kind {
    match ty.shape() {
        Type::Int | Type::Literal(Literal::Int(_)) => Kind::Int,
        Type::Number | Type::Literal(Literal::Number(_)) => Kind::Number,
        Type::Text | Type::Literal(Literal::Text(_)) => Kind::Text,
        Type::List(..) => Kind::List,
        Type::Date => Kind::Date,
        Type::Time => Kind::Time,
        Type::Duration => Kind::Duration,
        Type::Money => Kind::Money,
        Type::Union(members) => {
            let mut kinds = members.iter().map(kind);
            let first = kinds.next().unwrap_or(Kind::Other);
            kinds.fold(first, |all, next| match (all, next) {
                _ if all == next => all,
                (Kind::Int | Kind::Number, Kind::Int | Kind::Number) => Kind::Number,
                _ => Kind::Other,
            })
        }
        _ => Kind::Other,
    }
}

const fn spelling(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Multiply => "*",
        BinaryOp::Divide => "/",
        BinaryOp::Remainder => "%",
        BinaryOp::Equal => "==",
        BinaryOp::NotEqual => "!=",
        BinaryOp::Less => "<",
        BinaryOp::LessOrEqual => "<=",
        BinaryOp::Greater => ">",
        BinaryOp::GreaterOrEqual => ">=",
        BinaryOp::In => "in",
        BinaryOp::NotIn => "not in",
        BinaryOp::And => "and",
        BinaryOp::Or => "or",
        BinaryOp::Coalesce => "??",
    }
}
