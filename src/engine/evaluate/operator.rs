//! Operators.

use std::cmp::Ordering;

use crate::base::Span;
use crate::builtin::arithmetic;
use crate::plan::{Compare, Expr, Math};
use crate::value::{Value, equal, order};

use super::Slots;
use super::evaluator::{Evaluated, Evaluator, failed, wrong};

impl Evaluator<'_> {
    pub(super) fn not(&self, of: &Expr, slots: &dyn Slots) -> Evaluated {
        Ok(Value::Bool(!self.truth(of, slots)?))
    }

    pub(super) fn and(&self, a: &Expr, b: &Expr, slots: &dyn Slots) -> Evaluated {
        Ok(Value::Bool(self.truth(a, slots)? && self.truth(b, slots)?))
    }

    pub(super) fn or(&self, a: &Expr, b: &Expr, slots: &dyn Slots) -> Evaluated {
        Ok(Value::Bool(self.truth(a, slots)? || self.truth(b, slots)?))
    }

    pub(super) fn coalesce(&self, a: &Expr, b: &Expr, slots: &dyn Slots) -> Evaluated {
        match self.eval(a, slots)? {
            Value::Nothing => self.eval(b, slots),
            value => Ok(value),
        }
    }

    pub(super) fn choose(&self, arms: &[(Option<Expr>, Expr)], slots: &dyn Slots) -> Evaluated {
        for (test, value) in arms {
            let holds = match test {
                Some(test) => self.truth(test, slots)?,
                None => true,
            };
            if holds {
                return self.eval(value, slots);
            }
        }
        Ok(Value::Nothing)
    }

    pub(super) fn negate(&self, of: &Expr, slots: &dyn Slots, span: Span) -> Evaluated {
        arithmetic::negate(&self.eval(of, slots)?).map_err(|trouble| failed(trouble, span))
    }

    pub(super) fn math(&self, math: Math, a: &Expr, b: &Expr, slots: &dyn Slots, span: Span) -> Evaluated {
        let (a, b) = (self.eval(a, slots)?, self.eval(b, slots)?);
        let result = match math {
            Math::Add => arithmetic::add(&a, &b),
            Math::Subtract => arithmetic::subtract(&a, &b),
            Math::Multiply => arithmetic::multiply(&a, &b),
            Math::Divide => arithmetic::divide(&a, &b),
            Math::Remainder => arithmetic::remainder(&a, &b),
        };
        result.map_err(|trouble| failed(trouble, span))
    }

    pub(super) fn compare(
        &self,
        compare: Compare,
        a: &Expr,
        b: &Expr,
        slots: &dyn Slots,
        span: Span,
    ) -> Evaluated {
        let (a, b) = (self.eval(a, slots)?, self.eval(b, slots)?);
        if matches!(a, Value::Secret(_)) || matches!(b, Value::Secret(_)) {
            return Err(wrong("a secret can't be compared", span));
        }
        let ordering = || {
            order(&a, &b).ok_or_else(|| {
                wrong(format!("there is no order between a {} and a {}", a.kind(), b.kind()), span)
            })
        };
        Ok(Value::Bool(match compare {
            Compare::Equal => equal(&a, &b),
            Compare::NotEqual => !equal(&a, &b),
            Compare::Less => ordering()? == Ordering::Less,
            Compare::LessOrEqual => ordering()? != Ordering::Greater,
            Compare::Greater => ordering()? == Ordering::Greater,
            Compare::GreaterOrEqual => ordering()? != Ordering::Less,
        }))
    }

    pub(super) fn is_in(&self, a: &Expr, b: &Expr, slots: &dyn Slots, span: Span) -> Evaluated {
        let (a, b) = (self.eval(a, slots)?, self.eval(b, slots)?);
        Ok(Value::Bool(match (&a, &b) {
            (a, Value::List(values)) => values.iter().any(|value| equal(value, a)),
            (Value::Text(part), Value::Text(text)) => text.contains(&**part),
            (Value::Text(key), Value::Map(map)) => map.contains_key(key),
            (Value::Text(key), Value::Record(record)) => record.get(key).is_some(),
            (_, b) => return Err(wrong(format!("a {} can't be in a {}", a.kind(), b.kind()), span)),
        }))
    }
}
