//! Values without parts: what of each kind is of which type.

use std::sync::Arc;

use super::{Degree, Fitter, Reading};
use crate::types::{Literal, Type};
use crate::value::{MAX_DEPTH, from_json, to_json};
use crate::value::{Map, MediaKind, Value, parse_date, parse_duration, parse_money, parse_time};

/// Whole numbers up to here are exact as doubles.
const EXACT: i64 = 1 << 53;

impl Fitter<'_> {
    /// The readings of a value as a type without parts: mostly one or none.
    pub(super) fn scalars(&self, value: &Value, ty: &Type, degree: Degree) -> Vec<Value> {
        let exact = exact(value, ty)
            .or_else(|| if self.comes_from_json() { written(value, ty) } else { None })
            .or_else(|| if degree >= Degree::Score { converted(value, ty) } else { None })
            .or_else(|| if degree >= Degree::Json { whole(value, ty) } else { None });
        if let Some(value) = exact {
            return vec![value];
        }
        match self.reading {
            Reading::Loose(spelling) if degree == Degree::Loose => spelling.readings(value, ty),
            _ => Vec::new(),
        }
    }
}

/// The value, if it is of the type as it is.
fn exact(value: &Value, ty: &Type) -> Option<Value> {
    let is = match (ty, value) {
        (Type::Literal(literal), value) => is_literal(literal, value),
        (Type::Json, value) => is_json(value, MAX_DEPTH),
        (ty, value) => is_plain(ty, value),
    };
    is.then(|| value.clone())
}

/// Whether a value is of a type that has no parts, as it is.
pub(crate) fn is_plain(ty: &Type, value: &Value) -> bool {
    match (ty, value) {
        (Type::Nothing, Value::Nothing)
        | (Type::Text, Value::Text(_))
        | (Type::Int, Value::Int(_))
        | (Type::Number, Value::Number(_))
        | (Type::Bool, Value::Bool(_))
        | (Type::Date, Value::Date(_))
        | (Type::Time, Value::Time(_))
        | (Type::Duration, Value::Duration(_))
        | (Type::Money, Value::Money(_))
        | (Type::File, Value::Media(_))
        | (Type::Secret, Value::Secret(_))
        | (Type::Instrument, Value::Instrument(_) | Value::Function(_))
        | (Type::Part(_), Value::Function(_)) => true,
        (Type::Image, Value::Media(media)) => media.kind == MediaKind::Image,
        (Type::Audio, Value::Media(media)) => media.kind == MediaKind::Audio,
        (Type::Video, Value::Media(media)) => media.kind == MediaKind::Video,
        _ => false,
    }
}

/// Whether a value is the very one that a literal type says.
#[allow(clippy::float_cmp)]
pub(crate) fn is_literal(literal: &Literal, value: &Value) -> bool {
    match (literal, value) {
        (Literal::Text(a), Value::Text(b)) => a == b,
        (Literal::Int(a), Value::Int(b)) => a == b,
        (Literal::Number(a), Value::Number(b)) => a == b,
        (Literal::Bool(a), Value::Bool(b)) => a == b,
        _ => false,
    }
}

/// Whether a value is made of what JSON has, nested at most so deep.
pub(crate) fn is_json(value: &Value, levels: usize) -> bool {
    match value {
        Value::Nothing | Value::Bool(_) | Value::Int(_) | Value::Number(_) | Value::Text(_) => true,
        _ if levels == 0 => false,
        Value::List(values) => values.iter().all(|value| is_json(value, levels - 1)),
        Value::Map(map) => map.values().all(|value| is_json(value, levels - 1)),
        _ => false,
    }
}

/// Whether JSON can say all of it.
fn has_json(value: &Value, levels: usize) -> bool {
    match value {
        Value::Media(_) | Value::Secret(_) | Value::Instrument(_) | Value::Function(_) => false,
        Value::List(_) | Value::Map(_) | Value::Record(_) if levels == 0 => false,
        Value::List(values) => values.iter().all(|value| has_json(value, levels - 1)),
        Value::Map(map) => map.values().all(|value| has_json(value, levels - 1)),
        Value::Record(record) => record.values().iter().all(|value| has_json(value, levels - 1)),
        _ => true,
    }
}

/// A text in the type's own form.
fn written(value: &Value, ty: &Type) -> Option<Value> {
    let text = value.as_text()?;
    match ty {
        Type::Date => parse_date(text).map(Value::Date),
        Type::Time => parse_time(text).map(Value::Time),
        Type::Duration => parse_duration(text).map(Value::Duration),
        Type::Money => parse_money(text).map(Value::Money),
        _ => None,
    }
}

/// What a score converts without a word.
#[allow(clippy::cast_precision_loss)]
fn converted(value: &Value, ty: &Type) -> Option<Value> {
    match (ty, value) {
        (Type::Number, Value::Int(int)) if (-EXACT..=EXACT).contains(int) => Some(Value::Number(*int as f64)),
        (Type::Literal(Literal::Number(wanted)), Value::Int(int))
            if (*int as f64).to_bits() == wanted.to_bits() =>
        {
            Some(Value::Number(*wanted))
        }
        (Type::Json, value) if has_json(value, MAX_DEPTH) => Some(from_json(to_json(value))),
        (Type::Json, _) => None,
        _ => None,
    }
}

/// `3.0` where a whole number is wanted: JSON does not tell them apart.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
fn whole(value: &Value, ty: &Type) -> Option<Value> {
    let Value::Number(number) = value else { return None };
    if number.fract() != 0.0 || number.abs() > EXACT as f64 {
        return None;
    }
    let int = *number as i64;
    match ty {
        Type::Int => Some(Value::Int(int)),
        Type::Literal(Literal::Int(wanted)) if *wanted == int => Some(Value::Int(int)),
        _ => None,
    }
}

/// Whether two values are the same down to the names of their records.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Record(a), Value::Record(b)) => {
            Arc::ptr_eq(a.shape(), b.shape()) && a.values().iter().zip(b.values()).all(|(a, b)| same(a, b))
        }
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| same(a, b))
        }
        (Value::Map(a), Value::Map(b)) => same_maps(a, b),
        _ => a == b,
    }
}

fn same_maps(a: &Map, b: &Map) -> bool {
    a.len() == b.len() && a.iter().all(|(key, value)| b.get(key).is_some_and(|other| same(value, other)))
}
