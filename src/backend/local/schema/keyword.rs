//! Reading keywords of a schema.

use serde_json::{Map, Value};

/// A keyword that is a whole number; 3.0 is one too.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to be a whole number that is not negative"
)]
pub(super) fn whole(map: &Map<String, Value>, key: &str) -> Option<u64> {
    let value = map.get(key)?;
    value.as_u64().or_else(|| value.as_f64().filter(|f| *f >= 0.0 && f.fract() == 0.0).map(|f| f as u64))
}

/// Follows a reference within a document: `#/$defs/NAME` and the like.
pub(super) fn resolve<'a>(root: &'a Value, reference: &str) -> Option<&'a Value> {
    root.pointer(reference.strip_prefix('#')?)
}

/// Whether a keyword says nothing about what is valid.
pub(super) fn is_annotation(key: &str) -> bool {
    matches!(
        key,
        "title"
            | "description"
            | "default"
            | "examples"
            | "$schema"
            | "$id"
            | "$comment"
            | "$defs"
            | "definitions"
            | "discriminator"
            | "deprecated"
            | "readOnly"
            | "writeOnly"
    )
}
