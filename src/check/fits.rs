//! Which values may stand where another type is wanted.

use std::sync::Arc;

use crate::types::{Alias, Literal, PartType, RecordType, Type};

/// Whether a value of type `from` may stand where `to` is wanted.
///
/// Conditions (`where`) are judged when the value gets there; so is nothing else: sizes, fields and
/// members must fit beforehand.
#[must_use]
pub fn fits(from: &Type, to: &Type) -> bool {
    Fits::default().fits(from, to)
}

#[derive(Default)]
struct Fits {
    /// Pairs of recursive types that are being compared: taken to fit.
    assumed: Vec<(*const Alias, *const Alias)>,
}

impl Fits {
    fn fits(&mut self, from: &Type, to: &Type) -> bool {
        match (from, to) {
            (Type::Unknown | Type::Never, _) | (_, Type::Unknown | Type::Variable(_)) => true,
            (Type::Alias(from), Type::Alias(to)) => {
                let pair = (Arc::as_ptr(from), Arc::as_ptr(to));
                if Arc::ptr_eq(from, to) || self.assumed.contains(&pair) {
                    return true;
                }
                self.assumed.push(pair);
                let fits = self.fits(from.target(), to.target());
                self.assumed.pop();
                fits
            }
            (Type::Alias(from), _) => self.fits(from.target(), to),
            (_, Type::Alias(to)) => self.fits(from, to.target()),
            (Type::Refined(from, _), _) => self.fits(from, to),
            (_, Type::Refined(to, _)) => self.fits(from, to),
            (Type::Union(members), _) => members.iter().all(|member| self.fits(member, to)),
            (Type::Optional(inner), _) => self.fits(&Type::Nothing, to) && self.fits(inner, to),
            (_, Type::Optional(inner)) => *from == Type::Nothing || self.fits(from, inner),
            (_, Type::Union(members)) => {
                members.iter().any(|member| self.fits(from, member)) || (*from == Type::Bool && self.both(to))
            }
            _ => self.plain(from, to),
        }
    }

    /// `bool` is `true | false`.
    fn both(&mut self, to: &Type) -> bool {
        [true, false].into_iter().all(|bool| self.fits(&Type::Literal(Literal::Bool(bool)), to))
    }

    /// Neither is a name, a condition, a union or an optional.
    fn plain(&mut self, from: &Type, to: &Type) -> bool {
        match (from, to) {
            (_, Type::Json) => is_json(from),
            (Type::Literal(from), Type::Literal(to)) => same_literal(from, to),
            (Type::Literal(literal), _) => match literal {
                Literal::Text(_) => *to == Type::Text,
                Literal::Int(_) => matches!(to, Type::Int | Type::Number),
                Literal::Number(_) => *to == Type::Number,
                Literal::Bool(_) => *to == Type::Bool,
            },
            (Type::Int, Type::Number) => true,
            (Type::List(from, has), Type::List(to, wants)) => wants.contains(*has) && self.fits(from, to),
            (Type::Map(from), Type::Map(to)) => self.fits(from, to),
            (Type::Record(from), Type::Record(to)) => from == to || self.records(from, to),
            (Type::Part(from), Type::Part(to)) => {
                from.params.len() == to.params.len()
                    && to.params.iter().zip(&from.params).all(|(given, taken)| self.fits(given, taken))
                    && (to.returns == Type::Nothing || self.fits(&from.returns, &to.returns))
            }
            // In the chair of an instrument it is told what a part says.
            (Type::Part(from), Type::Instrument) => may_play(from),
            _ => from == to,
        }
    }

    /// A record without a name fits where all its fields do and none is missing.
    fn records(&mut self, from: &RecordType, to: &RecordType) -> bool {
        if from.name.is_some() {
            return false;
        }
        from.fields()
            .iter()
            .all(|field| to.field(&field.name).is_some_and(|(_, to)| self.fits(&field.ty, &to.ty)))
            && to.fields().iter().all(|field| field.has_default || from.field(&field.name).is_some())
    }
}

fn same_literal(from: &Literal, to: &Literal) -> bool {
    match (from, to) {
        #[allow(clippy::cast_precision_loss, clippy::float_cmp)] // `3` is `3.0` as long as it is exact
        (Literal::Int(from), Literal::Number(to)) => *from as f64 == *to,
        _ => from == to,
    }
}

/// The first thing that is found in a type, its fields and elements included.
pub(super) fn find<R>(ty: &Type, mut look: impl FnMut(&Type) -> Option<R>) -> Option<R> {
    let (mut pending, mut aliases, mut records) = (vec![ty], Vec::new(), Vec::new());
    while let Some(ty) = pending.pop() {
        if let Some(found) = look(ty) {
            return Some(found);
        }
        match ty {
            Type::Alias(alias) if !aliases.contains(&Arc::as_ptr(alias)) => {
                aliases.push(Arc::as_ptr(alias));
                pending.push(alias.target());
            }
            Type::Refined(inner, _) | Type::List(inner, _) | Type::Map(inner) | Type::Optional(inner) => {
                pending.push(inner);
            }
            Type::Union(members) => pending.extend(members.iter()),
            Type::Record(record) if !records.contains(&Arc::as_ptr(record)) => {
                records.push(Arc::as_ptr(record));
                pending.extend(record.fields().iter().map(|field| &field.ty));
            }
            _ => {}
        }
    }
    None
}

/// Whether values of a type are JSON values as they are.
pub(super) fn is_json(ty: &Type) -> bool {
    let other = find(ty, |ty| match ty {
        Type::Date
        | Type::Time
        | Type::Duration
        | Type::Money
        | Type::Image
        | Type::Audio
        | Type::Video
        | Type::File
        | Type::Secret
        | Type::Instrument
        | Type::Part(_) => Some(()),
        _ => None,
    });
    other.is_none()
}

/// Whether `nothing` is among the values of a type.
pub(super) fn admits_nothing(ty: &Type) -> bool {
    match ty.shape() {
        Type::Nothing | Type::Optional(_) | Type::Json => true,
        Type::Union(members) => members.iter().any(admits_nothing),
        _ => false,
    }
}

/// Whether something that can't be shown, read or kept is in a type: the word for it.
pub(super) fn unshowable(ty: &Type) -> Option<&'static str> {
    find(ty, |ty| match ty {
        Type::Secret => Some("a secret"),
        Type::Instrument => Some("an instrument"),
        Type::Part(_) => Some("a function"),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::fits;
    use crate::types::{Literal, Size, Type};

    fn word(text: &str) -> Type {
        Type::Literal(Literal::Text(text.into()))
    }

    #[test]
    fn literals_widen_and_whole_numbers_are_numbers() {
        assert!(fits(&word("calm"), &Type::Text));
        assert!(fits(&Type::Int, &Type::Number));
        assert!(!fits(&Type::Number, &Type::Int));
        assert!(!fits(&Type::Text, &word("calm")));
    }

    #[test]
    fn members_fit_their_union_and_optionals_take_nothing() {
        let mood = Type::union([word("calm"), word("angry")]);
        assert!(fits(&word("calm"), &mood));
        assert!(!fits(&word("sad"), &mood));
        assert!(fits(&mood, &Type::Text));
        assert!(fits(&Type::Nothing, &mood.clone().optional()));
        assert!(!fits(&mood.clone().optional(), &mood));
    }

    #[test]
    fn sizes_must_be_known_to_fit() {
        let sized = |min, max| Type::List(Type::Text.into(), Size { min, max });
        assert!(fits(&sized(2, Some(3)), &sized(1, Some(5))));
        assert!(!fits(&sized(0, None), &sized(0, Some(5))));
    }
}

/// Whether a part, movement or function may sit in the chair of an instrument: it takes one text, and media.
fn may_play(part: &PartType) -> bool {
    let media = |ty: &Type| match ty.shape() {
        Type::Optional(inner) => inner.is_media(),
        ty => ty.is_media(),
    };
    let words = part.params.iter().filter(|ty| !media(ty)).collect::<Vec<_>>();
    !part.params.is_empty() && words.len() <= 1 && words.iter().all(|ty| fits(&Type::Text, ty))
}
