//! The type of what comes from one of several places.

use std::collections::HashSet;
use std::sync::Arc;

use super::fits::fits;
use crate::types::{Field, Literal, RecordType, Size, Type};

/// From so many different literals on, only their base type is kept.
const MANY: usize = 256;

/// The type of a value that is of either type.
pub(super) fn join(left: &Type, right: &Type) -> Type {
    if matches!(left, Type::Unknown) || matches!(right, Type::Unknown) {
        return Type::Unknown;
    }
    if left == right || fits(left, right) {
        return right.clone();
    }
    if fits(right, left) {
        return left.clone();
    }
    match (left, right) {
        (Type::List(one, has), Type::List(other, had)) => {
            let max = has.max.zip(had.max).map(|(one, other)| one.max(other));
            Type::List(Arc::new(join(one, other)), Size { min: has.min.min(had.min), max })
        }
        (Type::Map(one), Type::Map(other)) => Type::Map(Arc::new(join(one, other))),
        (Type::Optional(inner), other) | (other, Type::Optional(inner)) => {
            let other = match other {
                Type::Optional(other) => other,
                other => other,
            };
            join(inner, other).optional()
        }
        (Type::Record(one), Type::Record(other)) => {
            join_records(one, other).unwrap_or_else(|| Type::union([left.clone(), right.clone()]))
        }
        _ => Type::union([left.clone(), right.clone()]),
    }
}

/// Records without names and with the same fields are joined field by field.
fn join_records(one: &RecordType, other: &RecordType) -> Option<Type> {
    let alike = one.name.is_none()
        && other.name.is_none()
        && one.fields().len() == other.fields().len()
        && one.fields().iter().all(|field| other.field(&field.name).is_some());
    if !alike {
        return None;
    }
    let fields = one.fields().iter().filter_map(|field| {
        let (_, theirs) = other.field(&field.name)?;
        Some(Field { ty: join(&field.ty, &theirs.ty), ..field.clone() })
    });
    Some(Type::Record(Arc::new(RecordType::anonymous(fields.collect()))))
}

/// The type of a value that is of any of these types; `never` for none.
pub(super) fn join_all(types: impl IntoIterator<Item = Type>) -> Type {
    let mut literals: Vec<Type> = Vec::new();
    let mut seen: HashSet<String> = HashSet::new();
    let mut joined = Type::Never;
    for ty in types {
        match &ty {
            Type::Literal(literal) if literals.len() <= MANY => {
                if seen.insert(literal.to_string()) {
                    literals.push(ty);
                }
            }
            Type::Literal(literal) => joined = join(&joined, &base(literal)),
            _ => joined = join(&joined, &ty),
        }
    }
    if literals.len() > MANY {
        return literals.iter().fold(joined, |joined, literal| join(&joined, &widen(literal)));
    }
    match literals.len() {
        0 => joined,
        1 => join(&joined, &literals[0]),
        _ => join(&joined, &Type::Union(literals.into())),
    }
}

/// The type that a literal is one of.
pub(super) const fn base(literal: &Literal) -> Type {
    match literal {
        Literal::Text(_) => Type::Text,
        Literal::Int(_) => Type::Int,
        Literal::Number(_) => Type::Number,
        Literal::Bool(_) => Type::Bool,
    }
}

/// The type that a value's type is widened to where the next value may be another one: literals
/// become their base, lists have any size.
pub(super) fn widen(ty: &Type) -> Type {
    match ty {
        Type::Literal(literal) => base(literal),
        Type::Union(members) => join_all(members.iter().map(widen)),
        Type::Optional(inner) => widen(inner).optional(),
        Type::List(inner, _) => Type::list(widen(inner)),
        Type::Map(inner) => Type::Map(Arc::new(widen(inner))),
        Type::Record(record) if record.name.is_none() => {
            let fields = record.fields().iter().map(|field| Field { ty: widen(&field.ty), ..field.clone() });
            Type::Record(Arc::new(RecordType::anonymous(fields.collect())))
        }
        _ => ty.clone(),
    }
}

/// The type of a literal alone, widened; any other type as it is.
#[must_use]
pub fn widen_literal(ty: &Type) -> Type {
    match ty {
        Type::Literal(literal) => base(literal),
        _ => ty.clone(),
    }
}
