//! How many tokens an answer under a prepared schema takes: enough to plan by, on the safe side.

use serde_json::{Map, Value};

use super::keyword::{resolve, whole};
use super::leaf::{ITEMS, STRING};

/// Characters of ordinary prose in a token.
const PROSE: u64 = 3;
/// Tokens of a number: sign, twelve digits, point, four more.
const NUMBER: u64 = 18;
/// Tokens of what repeats itself by reference, beyond the first.
const REFERENCE: u64 = 8;
/// Characters that a pattern of unknown length is taken for.
const PATTERN: u64 = 60;

/// Tokens of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::backend::local) struct Size {
    /// At most this many for the shortest answer.
    pub least: u64,
    /// At most this many for an ordinary answer that uses all its room.
    pub ample: u64,
}

impl Size {
    fn of(least: u64, ample: u64) -> Self {
        Self { least, ample: ample.max(least) }
    }

    fn plus(self, other: Self) -> Self {
        Self { least: self.least.saturating_add(other.least), ample: self.ample.saturating_add(other.ample) }
    }
}

/// The size of answers under a prepared schema.
pub(super) fn size_of(schema: &Value) -> Size {
    measure(schema, schema, &mut Vec::new())
}

fn measure<'a>(schema: &'a Value, root: &'a Value, within: &mut Vec<&'a str>) -> Size {
    let Value::Object(map) = schema else { return Size::default() };
    if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
        if within.contains(&reference) {
            return Size::of(REFERENCE, REFERENCE);
        }
        within.push(reference);
        let size = resolve(root, reference).map_or(Size::default(), |target| measure(target, root, within));
        within.pop();
        return size;
    }
    if let Some(value) = map.get("const") {
        return literal(value);
    }
    if let Some(values) = map.get("enum").and_then(Value::as_array) {
        return widest(values.iter().map(literal));
    }
    if let Some(branches) = map.get("anyOf").and_then(Value::as_array) {
        let sizes: Vec<Size> = branches.iter().map(|branch| measure(branch, root, within)).collect();
        return widest(sizes.into_iter());
    }
    match map.get("type").and_then(Value::as_str) {
        Some("object") => object(map, root, within),
        Some("array") => array(map, root, within),
        Some("string") => string(map),
        Some("number" | "integer") => Size::of(NUMBER, NUMBER),
        _ => Size::of(2, 2),
    }
}

/// The size that covers each of several.
fn widest(sizes: impl Iterator<Item = Size>) -> Size {
    sizes.fold(Size::default(), |a, b| Size { least: a.least.max(b.least), ample: a.ample.max(b.ample) })
}

fn literal(value: &Value) -> Size {
    let length = value.to_string().len() as u64;
    Size::of(length, length)
}

fn string(map: &Map<String, Value>) -> Size {
    let least = whole(map, "minLength").unwrap_or(0);
    if map.contains_key("pattern") || map.contains_key("format") {
        let longest = whole(map, "maxLength").unwrap_or(PATTERN).clamp(least, PATTERN.max(least));
        return Size::of(longest + 2, longest + 2);
    }
    Size::of(least + 3, 3 + whole(map, "maxLength").unwrap_or(STRING) / PROSE)
}

fn array<'a>(map: &'a Map<String, Value>, root: &'a Value, within: &mut Vec<&'a str>) -> Size {
    let first = map.get("prefixItems").and_then(Value::as_array);
    let each = widest(
        first
            .into_iter()
            .flatten()
            .chain(map.get("items"))
            .map(|item| measure(item, root, within))
            .collect::<Vec<_>>()
            .into_iter(),
    );
    let least = whole(map, "minItems").unwrap_or(0);
    let most = whole(map, "maxItems").unwrap_or(ITEMS);
    let all = |each: u64, count: u64| each.saturating_add(2).saturating_mul(count).saturating_add(2);
    Size::of(all(each.least, least), all(each.ample, most))
}

fn object<'a>(map: &'a Map<String, Value>, root: &'a Value, within: &mut Vec<&'a str>) -> Size {
    let mut size = Size::of(2, 2);
    let required = map.get("required").and_then(Value::as_array);
    for (name, schema) in map.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let entry =
            measure(schema, root, within).plus(Size::of(name.len() as u64 + 5, name.len() as u64 + 5));
        let is_required = required.is_some_and(|names| names.iter().any(|n| n == name));
        size = size.plus(if is_required { entry } else { Size { least: 0, ..entry } });
    }
    for schema in map.get("patternProperties").and_then(Value::as_object).into_iter().flat_map(Map::values) {
        let entry = measure(schema, root, within).plus(Size::of(12, 12));
        let least = whole(map, "minProperties").unwrap_or(0);
        let most = whole(map, "maxProperties").unwrap_or(ITEMS);
        size = size
            .plus(Size { least: entry.least.saturating_mul(least), ample: entry.ample.saturating_mul(most) });
    }
    size
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sizes_add_up() {
        let schema = json!({
            "type": "object", "required": ["a"],
            "properties": {"a": {"type": "array", "minItems": 2, "maxItems": 3, "items": {"type": "boolean"}}, "b": {"type": "string", "maxLength": 30}},
        });
        let size = size_of(&schema);
        assert_eq!(size, Size { least: 2 + 6 + 10, ample: 2 + 6 + 14 + 6 + 13 });
    }

    #[test]
    fn references_to_oneself_end() {
        let schema = json!({"$ref": "#/$defs/T", "$defs": {"T": {
            "type": "object", "required": ["next"], "properties": {"next": {"anyOf": [{"$ref": "#/$defs/T"}, {"type": "null"}]}},
        }}});
        assert_eq!(size_of(&schema).least, 2 + 9 + REFERENCE);
    }
}
