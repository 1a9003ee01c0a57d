//! Names that the language itself gives a meaning.

use crate::types::Type;

/// The built-in types without parameters, by name.
const TYPES: &[(&str, Type)] = &[
    ("text", Type::Text),
    ("int", Type::Int),
    ("number", Type::Number),
    ("bool", Type::Bool),
    ("date", Type::Date),
    ("time", Type::Time),
    ("duration", Type::Duration),
    ("money", Type::Money),
    ("json", Type::Json),
    ("image", Type::Image),
    ("audio", Type::Audio),
    ("video", Type::Video),
    ("file", Type::File),
    ("secret", Type::Secret),
    ("instrument", Type::Instrument),
    ("nothing", Type::Nothing),
];

/// The built-in type with this name.
#[must_use]
pub fn builtin_type(name: &str) -> Option<Type> {
    TYPES.iter().find(|(known, _)| *known == name).map(|(_, ty)| ty.clone())
}

/// The names of the built-in types.
pub(super) fn type_names() -> impl Iterator<Item = &'static str> {
    TYPES.iter().map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::type_names;
    use crate::syntax::word::TYPES;

    #[test]
    fn the_front_knows_the_same_types_everywhere() {
        assert!(type_names().eq(TYPES.iter().copied()));
    }
}
