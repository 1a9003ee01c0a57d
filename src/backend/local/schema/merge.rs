//! Two schemas that must both hold, as one.

use serde_json::{Map, Value};

use super::keyword::{is_annotation, resolve};
use super::prepare::DEPTH;

/// Both schemas at once, as far as keywords can say it.
pub(super) fn merge(
    root: &Value,
    mut base: Map<String, Value>,
    other: &Value,
    depth: usize,
    unchecked: &mut Vec<String>,
) -> Map<String, Value> {
    let Value::Object(other) = other else { return base };
    if depth > DEPTH {
        return base;
    }
    if let Some(target) =
        other.get("$ref").and_then(Value::as_str).and_then(|reference| resolve(root, reference))
    {
        base = merge(root, base, target, depth + 1, unchecked);
    }
    for (key, value) in other {
        if key == "$ref" {
            continue;
        }
        let value = match (key.as_str(), base.get(key)) {
            (_, None) => value.clone(),
            ("properties", Some(Value::Object(mine))) => {
                merge_properties(root, mine.clone(), value, depth, unchecked)
            }
            ("required" | "allOf", Some(Value::Array(mine))) => {
                let more = value.as_array().into_iter().flatten().filter(|item| !mine.contains(item));
                Value::Array(mine.iter().chain(more).cloned().collect())
            }
            (key, Some(mine)) if key.starts_with("min") || key == "exclusiveMinimum" => {
                larger(mine, value).clone()
            }
            (key, Some(mine)) if key.starts_with("max") || key == "exclusiveMaximum" => {
                if larger(mine, value) == value { mine.clone() } else { value.clone() }
            }
            (key, Some(mine)) => {
                if mine != value && !is_annotation(key) {
                    unchecked.push(key.to_owned());
                }
                value.clone()
            }
        };
        base.insert(key.clone(), value);
    }
    base
}

fn merge_properties(
    root: &Value,
    mut mine: Map<String, Value>,
    other: &Value,
    depth: usize,
    unchecked: &mut Vec<String>,
) -> Value {
    for (name, schema) in other.as_object().into_iter().flatten() {
        let both = match mine.get(name) {
            Some(Value::Object(first)) => {
                let first = first.clone();
                Value::Object(merge(root, first, schema, depth + 1, unchecked))
            }
            _ => schema.clone(),
        };
        mine.insert(name.clone(), both);
    }
    Value::Object(mine)
}

fn larger<'a>(a: &'a Value, b: &'a Value) -> &'a Value {
    if a.as_f64() >= b.as_f64() { a } else { b }
}
