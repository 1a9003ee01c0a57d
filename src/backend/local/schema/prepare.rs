//! A JSON Schema made ready for the grammar compiler: narrowed to what it understands, and with an end to everything.
//!
//! What comes out admits a part of what the schema admits, apart from the keywords listed as unchecked, which the caller checks.
//! Narrowed on purpose: an object with named properties gets no others; lengths, list sizes and numbers get the limits of `leaf` where the
//! schema leaves them open; formats with endless spellings get one short one; `oneOf` is read as `anyOf`.

use serde_json::{Map, Value, json};

use super::keyword::{is_annotation, whole};
use super::leaf::{ITEMS, KEY, any, scalar, shape_number, shape_string};
use super::merge::merge;
use super::size::{Size, size_of};

/// Nesting beyond which anything is admitted.
pub(super) const DEPTH: usize = 64;

/// Keywords that validate and that no grammar here holds.
const UNCHECKED: [&str; 15] = [
    "not",
    "if",
    "then",
    "else",
    "dependentRequired",
    "dependentSchemas",
    "dependencies",
    "contains",
    "minContains",
    "maxContains",
    "uniqueItems",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
    "$dynamicRef",
];

/// A schema that the grammar compiler takes.
#[derive(Debug, Clone)]
pub(in crate::backend::local) struct Prepared {
    /// The schema.
    pub schema: Value,
    /// Tokens of an answer.
    pub size: Size,
    /// Keywords that were dropped.
    pub unchecked: Vec<String>,
}

impl Prepared {
    /// With one more keyword that is not checked.
    pub(in crate::backend::local) fn with_unchecked(mut self, keyword: &str) -> Self {
        self.unchecked.push(keyword.to_owned());
        self
    }
}

/// Makes a schema ready.
pub(in crate::backend::local) fn prepare(schema: &Value) -> Prepared {
    let mut shaper = Shaper { root: schema, unchecked: Vec::new() };
    let mut root = match shaper.shape(schema, 0) {
        Value::Object(map) => map,
        other => Map::from_iter([("anyOf".to_owned(), json!([other]))]),
    };
    for name in ["$defs", "definitions"] {
        if let Some(Value::Object(definitions)) = schema.get(name) {
            let shaped =
                definitions.iter().map(|(key, value)| (key.clone(), shaper.shape(value, 0))).collect();
            root.insert(name.to_owned(), Value::Object(shaped));
        }
    }
    let mut unchecked = shaper.unchecked;
    unchecked.sort_unstable();
    unchecked.dedup();
    let size = size_of(&Value::Object(root.clone()));
    root.insert(
        "x-guidance".to_owned(),
        // No \u escapes: a lone surrogate would be invalid. Lenient: what slips through above is dropped, not refused.
        json!({
            "whitespace_flexible": false, "item_separator": ", ", "key_separator": ": ",
            "coerce_one_of": true, "lenient": true, "json_allowed_escapes": "n\"\\",
        }),
    );
    Prepared { schema: Value::Object(root), size, unchecked }
}

/// A schema without any `pattern`.
pub(in crate::backend::local) fn without_patterns(schema: &Value) -> Value {
    match schema {
        Value::Object(map) => {
            let keep = map.iter().filter(|(key, value)| *key != "pattern" || !value.is_string());
            Value::Object(keep.map(|(key, value)| (key.clone(), without_patterns(value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(without_patterns).collect()),
        other => other.clone(),
    }
}

struct Shaper<'a> {
    root: &'a Value,
    unchecked: Vec<String>,
}

impl Shaper<'_> {
    fn shape(&mut self, schema: &Value, depth: usize) -> Value {
        let Value::Object(map) = schema else {
            return if schema == &Value::Bool(false) { schema.clone() } else { any() };
        };
        if depth > DEPTH {
            return any();
        }
        if let Some(all) = map.get("allOf").and_then(Value::as_array) {
            let mut merged = without(map, "allOf");
            for branch in all {
                merged = merge(self.root, merged, branch, depth, &mut self.unchecked);
            }
            return self.shape(&Value::Object(merged), depth + 1);
        }
        for keyword in UNCHECKED {
            if map.contains_key(keyword) {
                self.unchecked.push(keyword.to_owned());
            }
        }
        if let Some(reference) = map.get("$ref") {
            return json!({ "$ref": reference });
        }
        if let Some(value) = map.get("const") {
            return json!({ "const": value });
        }
        if let Some(values) = map.get("enum").and_then(Value::as_array) {
            return json!({ "enum": values });
        }
        for keyword in ["anyOf", "oneOf"] {
            if let Some(branches) = map.get(keyword).and_then(Value::as_array) {
                let rest = without(map, keyword);
                let branches: Vec<Value> =
                    branches.iter().map(|branch| self.shape_branch(&rest, branch, depth)).collect();
                return json!({ "anyOf": branches });
            }
        }
        self.shape_typed(map, depth)
    }

    /// A branch of a union, with what stands beside the union.
    fn shape_branch(&mut self, rest: &Map<String, Value>, branch: &Value, depth: usize) -> Value {
        let beside = rest.keys().any(|key| !is_annotation(key));
        if !beside {
            return self.shape(branch, depth + 1);
        }
        let merged = merge(self.root, rest.clone(), branch, depth, &mut self.unchecked);
        self.shape(&Value::Object(merged), depth + 1)
    }

    fn shape_typed(&mut self, map: &Map<String, Value>, depth: usize) -> Value {
        let kind = match map.get("type") {
            Some(Value::String(kind)) => kind.as_str(),
            Some(Value::Array(kinds)) => {
                let mut branches = Vec::new();
                for kind in kinds {
                    let mut one = map.clone();
                    one.insert("type".to_owned(), kind.clone());
                    branches.push(self.shape_typed(&one, depth));
                }
                return json!({ "anyOf": branches });
            }
            _ => implied_type(map),
        };
        match kind {
            "object" => self.shape_object(map, depth),
            "array" => self.shape_array(map, depth),
            "string" => shape_string(map, &mut self.unchecked),
            "number" | "integer" => shape_number(map, kind),
            "boolean" | "null" => json!({ "type": kind }),
            _ => any(),
        }
    }

    fn shape_object(&mut self, map: &Map<String, Value>, depth: usize) -> Value {
        let extra = map.get("additionalProperties").filter(|value| **value != Value::Bool(false));
        let mut properties = Map::new();
        for (name, schema) in map.get("properties").and_then(Value::as_object).into_iter().flatten() {
            properties.insert(name.clone(), self.shape(schema, depth + 1));
        }
        let mut required: Vec<String> = map
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|v| v.as_str().map(str::to_owned))
            .collect();
        for name in &required {
            if !properties.contains_key(name) {
                properties
                    .insert(name.clone(), extra.map_or_else(any, |schema| self.shape(schema, depth + 1)));
            }
        }
        let least = whole(map, "minProperties").unwrap_or(0);
        let most = whole(map, "maxProperties");
        if properties.is_empty() {
            return self.shape_map(map, least, most, depth);
        }
        // Sizes of an object with named properties become a matter of which are required, and which there are.
        for name in properties.keys() {
            if (required.len() as u64) < least && !required.contains(name) {
                required.push(name.clone());
            }
        }
        if let Some(most) =
            most.and_then(|most| usize::try_from(most).ok()).filter(|most| *most < properties.len())
        {
            let mut room = most.saturating_sub(required.len());
            properties.retain(|name, _| {
                let optional_that_fits = room > 0 && !required.contains(name);
                room -= usize::from(optional_that_fits);
                optional_that_fits || required.contains(name)
            });
        }
        json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
    }

    fn shape_map(&mut self, map: &Map<String, Value>, least: u64, most: Option<u64>, depth: usize) -> Value {
        let mut patterns = Map::new();
        for (pattern, schema) in map.get("patternProperties").and_then(Value::as_object).into_iter().flatten()
        {
            patterns.insert(pattern.clone(), self.shape(schema, depth + 1));
        }
        let extra = map.get("additionalProperties");
        if patterns.is_empty() && extra != Some(&Value::Bool(false)) {
            let key = map
                .get("propertyNames")
                .and_then(|names| names.get("pattern"))
                .and_then(Value::as_str)
                .unwrap_or(KEY);
            let value = extra.map_or_else(scalar, |schema| {
                if schema == &Value::Bool(true) { scalar() } else { self.shape(schema, depth + 1) }
            });
            patterns.insert(key.to_owned(), value);
        }
        // A key may come twice, so a map that must have several entries may turn out to have fewer.
        if least > 1 {
            self.unchecked.push("minProperties".to_owned());
        }
        let most = most.unwrap_or_else(|| ITEMS.max(least));
        json!({
            "type": "object", "patternProperties": patterns, "additionalProperties": false,
            "minProperties": least, "maxProperties": if patterns.is_empty() { 0 } else { most },
        })
    }

    fn shape_array(&mut self, map: &Map<String, Value>, depth: usize) -> Value {
        let least = whole(map, "minItems").unwrap_or(0);
        let mut out = json!({ "type": "array", "minItems": least });
        let first: Vec<Value> = map
            .get("prefixItems")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(|item| self.shape(item, depth + 1))
            .collect();
        let rest = match map.get("items") {
            Some(Value::Bool(false)) => Value::Bool(false),
            Some(schema) => self.shape(schema, depth + 1),
            // A tuple ends where its items do, unless it must be longer.
            None if !first.is_empty() && least <= first.len() as u64 => Value::Bool(false),
            None => scalar(),
        };
        let room = if rest == Value::Bool(false) {
            first.len() as u64
        } else {
            ITEMS.max(least).max(first.len() as u64)
        };
        out["maxItems"] = json!(whole(map, "maxItems").unwrap_or(room));
        out["items"] = rest;
        if !first.is_empty() {
            out["prefixItems"] = Value::Array(first);
        }
        out
    }
}

/// The type that keywords are about, where there is no `type`; empty where there is none.
fn implied_type(map: &Map<String, Value>) -> &'static str {
    let has = |keys: &[&str]| keys.iter().any(|key| map.contains_key(*key));
    if has(&[
        "properties",
        "required",
        "additionalProperties",
        "patternProperties",
        "minProperties",
        "maxProperties",
    ]) {
        "object"
    } else if has(&["items", "prefixItems", "minItems", "maxItems"]) {
        "array"
    } else if has(&["minLength", "maxLength", "pattern", "format"]) {
        "string"
    } else if has(&["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]) {
        "number"
    } else {
        ""
    }
}

fn without(map: &Map<String, Value>, key: &str) -> Map<String, Value> {
    map.iter().filter(|(name, _)| *name != key).map(|(name, value)| (name.clone(), value.clone())).collect()
}
