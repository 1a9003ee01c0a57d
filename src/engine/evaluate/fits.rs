//! Whether a value is of a member of a union, as `is` and patterns ask: nothing is converted.

use std::sync::Arc;

use crate::types::{Literal, Refinement, Type};
use crate::value::{Value, equal, is_json, is_plain};

/// Values and types are followed so deep together; deeper ones don't fit.
const LEVELS: usize = 300;

/// Whether a value is of a type. Named records are told apart by name, not by fields. An int is also a
/// number. `holds` judges conditions.
pub(super) fn fits(value: &Value, ty: &Type, holds: &mut dyn FnMut(&Refinement, &Value) -> bool) -> bool {
    Fits { holds }.check(value, ty, LEVELS)
}

struct Fits<'h> {
    holds: &'h mut dyn FnMut(&Refinement, &Value) -> bool,
}

impl Fits<'_> {
    fn check(&mut self, value: &Value, ty: &Type, levels: usize) -> bool {
        let Some(levels) = levels.checked_sub(1) else { return false };
        match (ty, value) {
            (Type::Alias(alias), value) => self.check(value, alias.target(), levels),
            (Type::Refined(base, refinement), value) => {
                self.check(value, base, levels) && (self.holds)(refinement, value)
            }
            (Type::Unknown | Type::Variable(_), _) => true,
            (Type::Optional(_), Value::Nothing) => true,
            (Type::Optional(inner), value) => self.check(value, inner, levels),
            (Type::Union(members), value) => members.iter().any(|member| self.check(value, member, levels)),
            (Type::List(element, size), Value::List(values)) => {
                size.holds(values.len()) && values.iter().all(|value| self.check(value, element, levels))
            }
            (Type::Map(element), Value::Map(map)) => {
                map.values().all(|value| self.check(value, element, levels))
            }
            (Type::Record(wanted), Value::Record(record)) => {
                if wanted.name.is_some() || record.shape().name.is_some() {
                    return Arc::ptr_eq(wanted, record.shape());
                }
                record.shape().fields().len() == wanted.fields().len()
                    && wanted.fields().iter().all(|field| {
                        record.get(&field.name).is_some_and(|value| self.check(value, &field.ty, levels))
                    })
            }
            (Type::Json, value) => is_json(value, levels),
            (Type::Literal(literal), value) => is_literal(literal, value),
            (Type::Number, Value::Int(_)) => true,
            (ty, value) => is_plain(ty, value),
        }
    }
}

fn is_literal(literal: &Literal, value: &Value) -> bool {
    match literal {
        Literal::Text(text) => value.as_text() == Some(&**text),
        Literal::Int(int) => equal(value, &Value::Int(*int)),
        Literal::Number(number) => equal(value, &Value::Number(*number)),
        Literal::Bool(bool) => *value == Value::Bool(*bool),
    }
}
