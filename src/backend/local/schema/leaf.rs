//! Strings, numbers and whatever else is not made of parts: shorter spellings, and limits where a schema leaves an end open.

use serde_json::{Map, Value, json};

use super::keyword::whole;

/// Characters of a string that has no `maxLength`.
pub(super) const STRING: u64 = 320;
/// Most characters of any string: longer ones don't fit the context.
pub(super) const LONGEST_STRING: u64 = 2000;
/// Characters of a string where the schema says nothing at all.
const ANY_STRING: u64 = 120;
/// Items of a list that has no `maxItems`, entries of a map that has no `maxProperties`.
pub(super) const ITEMS: u64 = 8;
/// Numbers without limits stay between minus and plus this.
pub(super) const NUMBER: f64 = 999_999_999_999.0;
/// The finest step of numbers that may be fractions, unless their range is narrow: see [`step`].
pub(super) const FRACTION: f64 = 0.0001;
/// Keys of a map whose keys are not said.
pub(super) const KEY: &str = "^[A-Za-z][A-Za-z0-9_ -]{0,23}$";

/// Formats that have a shorter spelling of our own: every one is also valid by its standard.
/// Dates avoid 29 February, instants are in UTC.
const FORMATS: [(&str, &str); 7] = [
    (
        "date",
        "^(19|20)[0-9]{2}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))$",
    ),
    (
        "date-time",
        "^(19|20)[0-9]{2}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$",
    ),
    ("time", "^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$"),
    ("duration", "^P([1-9][0-9]{0,2}D|T[1-9][0-9]{0,2}[HMS])$"),
    ("email", r"^[a-z0-9]{1,20}(\.[a-z0-9]{1,20})?@[a-z0-9]{1,20}\.[a-z]{2,6}$"),
    ("uri", r"^https://[a-z0-9]{1,20}(\.[a-z0-9]{1,20}){1,2}(/[a-z0-9_-]{1,20}){0,3}$"),
    ("hostname", r"^[a-z0-9]{1,20}(\.[a-z]{2,10}){1,2}$"),
];
/// Formats left to the grammar compiler.
const OTHER_FORMATS: [&str; 3] = ["ipv4", "ipv6", "uuid"];

/// A string with an end. Formats that no grammar holds are listed.
pub(super) fn shape_string(map: &Map<String, Value>, unchecked: &mut Vec<String>) -> Value {
    let mut out = Map::from_iter([("type".to_owned(), json!("string"))]);
    let least = whole(map, "minLength").unwrap_or(0);
    let most = whole(map, "maxLength");
    let mut pattern = map.get("pattern").and_then(Value::as_str);
    if let Some(format) = map.get("format").and_then(Value::as_str) {
        match FORMATS.iter().find(|(name, _)| *name == format) {
            Some((_, own)) if pattern.is_none() => pattern = Some(own),
            Some(_) => _ = out.insert("format".to_owned(), json!(format)),
            None if OTHER_FORMATS.contains(&format) => _ = out.insert("format".to_owned(), json!(format)),
            None => unchecked.push("format".to_owned()),
        }
    }
    if least > 0 {
        out.insert("minLength".to_owned(), json!(least));
    }
    // A pattern that has an end of its own needs no second one, which would make its automaton bigger.
    let ends = pattern.is_some_and(has_an_end) || (pattern.is_none() && out.contains_key("format"));
    if let Some(pattern) = pattern {
        out.insert("pattern".to_owned(), json!(pattern));
    }
    if most.is_some() || !ends {
        let most = most.unwrap_or_else(|| if least > STRING { least + STRING } else { STRING });
        out.insert("maxLength".to_owned(), json!(most.min(LONGEST_STRING.max(least))));
    }
    Value::Object(out)
}

/// A number with an end.
pub(super) fn shape_number(map: &Map<String, Value>, kind: &str) -> Value {
    let mut out = Map::from_iter([("type".to_owned(), json!(kind))]);
    for key in ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"] {
        if let Some(value) = map.get(key).filter(|value| value.is_number()) {
            out.insert(key.to_owned(), value.clone());
        }
    }
    let limit = |keys: [&str; 2]| keys.iter().find_map(|key| out.get(*key).and_then(Value::as_f64));
    let lower = limit(["minimum", "exclusiveMinimum"]);
    let upper = limit(["maximum", "exclusiveMaximum"]);
    let low = lower.unwrap_or_else(|| upper.map_or(-NUMBER, |upper| (-NUMBER).min(upper - NUMBER)));
    let high = upper.unwrap_or_else(|| lower.map_or(NUMBER, |lower| NUMBER.max(lower + NUMBER)));
    if lower.is_none() {
        out.insert("minimum".to_owned(), json!(low));
    }
    if upper.is_none() {
        out.insert("maximum".to_owned(), json!(high));
    }
    if let Some(step) = step(high - low).filter(|_| kind == "number" && !out.contains_key("multipleOf")) {
        out.insert("multipleOf".to_owned(), json!(step));
    }
    Value::Object(out)
}

/// A step that leaves a range at least a hundred numbers: digits without end would never end. `None` for an extremely narrow range.
fn step(range: f64) -> Option<f64> {
    [FRACTION, 0.000_001, 0.000_000_01].into_iter().find(|step| range >= step * 100.0)
}

/// Anything, within reason.
pub(super) fn any() -> Value {
    let list = json!({ "type": "array", "items": scalar(), "minItems": 0, "maxItems": ITEMS });
    let map = json!({ "type": "object", "patternProperties": { KEY: scalar() }, "additionalProperties": false, "maxProperties": ITEMS });
    json!({ "anyOf": [scalar(), list, map] })
}

/// Text, a number, yes or no, nothing.
pub(super) fn scalar() -> Value {
    json!({ "anyOf": [
        { "type": "string", "maxLength": ANY_STRING }, shape_number(&Map::new(), "number"), { "type": "boolean" }, { "type": "null" },
    ] })
}

/// Whether a pattern is closed on both sides and repeats nothing without end.
fn has_an_end(pattern: &str) -> bool {
    let closed = pattern.starts_with('^')
        && pattern.ends_with('$')
        && !pattern.contains("|^")
        && !pattern.contains("$|");
    let top_level_choice = {
        let mut nesting = 0i32;
        pattern.chars().any(|c| {
            nesting += match c {
                '(' | '[' => 1,
                ')' | ']' => -1,
                _ => 0,
            };
            c == '|' && nesting == 0
        })
    };
    closed && !top_level_choice && !pattern.contains(['*', '+']) && !pattern.contains(",}")
}
