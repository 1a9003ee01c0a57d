//! What tells the members of a union apart in an answer.

use super::{Literal, RecordType, Type};
use crate::base::Name;

/// Whether `nothing` is a value of it.
#[must_use]
pub fn admits_nothing(ty: &Type) -> bool {
    match ty.shape() {
        Type::Nothing | Type::Optional(_) | Type::Json | Type::Unknown => true,
        Type::Union(members) => members.iter().any(admits_nothing),
        _ => false,
    }
}

/// All values of a type that is a literal or a union of them; `None` for every other type, and
/// where a condition could take some away.
#[must_use]
pub fn closed_literals(ty: &Type) -> Option<Vec<Literal>> {
    match ty {
        Type::Literal(literal) => Some(vec![literal.clone()]),
        Type::Alias(alias) => closed_literals(alias.target()),
        Type::Union(members) => {
            let mut all = Vec::new();
            for member in members.iter() {
                all.extend(closed_literals(member)?);
            }
            Some(all)
        }
        _ => None,
    }
}

/// The name that an answer can give to say which member of a union it is: `{"Question": {…}}`.
#[must_use]
pub fn tag(ty: &Type) -> Option<Name> {
    match ty.shape() {
        Type::Record(record) => record.name.clone(),
        _ => None,
    }
}

/// Which members look like another one: records with the same fields, none of which tells them
/// apart. In an answer such a member needs its [`tag`].
#[must_use]
pub fn look_alikes(members: &[Type]) -> Vec<bool> {
    let mut alike = vec![false; members.len()];
    for (at, one) in members.iter().enumerate() {
        let Type::Record(a) = one.shape() else { continue };
        for (other_at, other) in members.iter().enumerate().skip(at + 1) {
            let Type::Record(b) = other.shape() else { continue };
            if a.name != b.name && are_alike(a, b) {
                alike[at] = true;
                alike[other_at] = true;
            }
        }
    }
    alike
}

fn are_alike(a: &RecordType, b: &RecordType) -> bool {
    a.name.is_some()
        && b.name.is_some()
        && a.fields().len() == b.fields().len()
        && a.fields()
            .iter()
            .all(|field| b.field(&field.name).is_some_and(|(_, other)| !are_disjoint(&field.ty, &other.ty)))
}

/// Whether no JSON value can be of both types. `false` where that is not plain.
fn are_disjoint(a: &Type, b: &Type) -> bool {
    if let (Some(a), Some(b)) = (closed_literals(a), closed_literals(b)) {
        return !a.iter().any(|literal| b.contains(literal));
    }
    match (json_kind(a), json_kind(b)) {
        (Some(a), Some(b)) => a != b,
        _ => false,
    }
}

fn json_kind(ty: &Type) -> Option<&'static str> {
    match ty.shape() {
        Type::Text | Type::Date | Type::Time | Type::Duration | Type::Money => Some("string"),
        Type::Literal(Literal::Text(_)) => Some("string"),
        Type::Int | Type::Number | Type::Literal(Literal::Int(_) | Literal::Number(_)) => Some("number"),
        Type::Bool | Type::Literal(Literal::Bool(_)) => Some("bool"),
        Type::List(..) => Some("array"),
        Type::Record(_) | Type::Map(_) => Some("object"),
        _ => None,
    }
}
