//! What a type must be like to stand for a variable of a builtin's signature.

use std::sync::Arc;

use crate::types::{Literal, RecordType, Type};

/// What a type must be like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Its values have an order among them: `int` and `number`, `text`, `bool`, `date`, `time`,
    /// `duration` or `money`.
    Ordered,
    /// Its values can be added: `int` and `number`, `money` or `duration`. The variable then stands for
    /// that type itself: of literals and conditions nothing is known of the result.
    Added,
    /// It is a record or a map.
    Row,
    /// It holds no secret, instrument or function.
    Data,
}

/// Kinds of values that are ordered or added among themselves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Int,
    Number,
    Text,
    Bool,
    Date,
    Time,
    Duration,
    Money,
}

impl Need {
    /// What it asks for, to follow "needs": `values that have an order (…)`.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Ordered => {
                "values that have an order: numbers, texts, bools, dates, times, durations or amounts of money"
            }
            Self::Added => "int, number, money or duration",
            Self::Row => "records or maps",
            Self::Data => "values without secrets, instruments or functions in them",
        }
    }

    /// The type that a variable with this need stands for where `ty` was found for it; `None` where
    /// that is not what is needed.
    #[must_use]
    pub fn settle(self, ty: &Type) -> Option<Type> {
        if matches!(ty.shape(), Type::Unknown | Type::Never | Type::Variable(_)) {
            return Some(ty.clone());
        }
        match self {
            Self::Ordered => family(ty).map(|_| ty.clone()),
            Self::Added => match family(ty)? {
                Family::Int => Some(Type::Int),
                Family::Number => Some(Type::Number),
                Family::Money => Some(Type::Money),
                Family::Duration => Some(Type::Duration),
                Family::Text | Family::Bool | Family::Date | Family::Time => None,
            },
            Self::Row => is_row(ty).then(|| ty.clone()),
            Self::Data => is_data(ty, &mut Vec::new()).then(|| ty.clone()),
        }
    }
}

fn family(ty: &Type) -> Option<Family> {
    match ty.shape() {
        Type::Int | Type::Literal(Literal::Int(_)) => Some(Family::Int),
        Type::Number | Type::Literal(Literal::Number(_)) => Some(Family::Number),
        Type::Text | Type::Literal(Literal::Text(_)) => Some(Family::Text),
        Type::Bool | Type::Literal(Literal::Bool(_)) => Some(Family::Bool),
        Type::Date => Some(Family::Date),
        Type::Time => Some(Family::Time),
        Type::Duration => Some(Family::Duration),
        Type::Money => Some(Family::Money),
        Type::Union(members) => {
            let mut families = members.iter().map(family);
            let first = families.next()??;
            families.try_fold(first, |known, next| match (known, next?) {
                (known, next) if known == next => Some(known),
                (Family::Int, Family::Number) | (Family::Number, Family::Int) => Some(Family::Number),
                _ => None,
            })
        }
        _ => None,
    }
}

fn is_row(ty: &Type) -> bool {
    match ty.shape() {
        Type::Record(_) | Type::Map(_) => true,
        Type::Union(members) => members.iter().all(is_row),
        _ => false,
    }
}

/// Records that were looked into are not looked into again: they may recur.
fn is_data(ty: &Type, seen: &mut Vec<Arc<RecordType>>) -> bool {
    match ty.shape() {
        Type::Secret | Type::Instrument | Type::Part(_) => false,
        Type::List(inner, _) | Type::Map(inner) | Type::Optional(inner) => is_data(inner, seen),
        Type::Union(members) => members.iter().all(|member| is_data(member, seen)),
        Type::Record(record) => {
            if seen.iter().any(|known| Arc::ptr_eq(known, record)) {
                return true;
            }
            seen.push(Arc::clone(record));
            record.fields().iter().all(|field| is_data(&field.ty, seen))
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_of_plain_types() {
        let literals = Type::union([Type::Literal(Literal::Int(1)), Type::Literal(Literal::Int(2))]);
        assert_eq!(Need::Added.settle(&literals), Some(Type::Int));
        assert_eq!(Need::Ordered.settle(&literals), Some(literals.clone()));
        assert_eq!(Need::Added.settle(&Type::union([literals, Type::Number])), Some(Type::Number));
        assert_eq!(Need::Added.settle(&Type::Text), None);
        assert_eq!(Need::Added.settle(&Type::union([Type::Int, Type::Money])), None);
    }

    #[test]
    fn secrets_are_no_data_however_deep() {
        let hidden = Type::list(Type::Map(Arc::new(Type::Secret)));
        assert_eq!(Need::Data.settle(&hidden), None);
        assert!(Need::Data.settle(&Type::list(Type::Json)).is_some());
    }
}
