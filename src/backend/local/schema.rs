//! A JSON Schema made ready for the grammar compiler: narrowed to what it understands, and with an end to everything.
//!
//! What comes out admits a part of what the schema admits, apart from the keywords listed as unchecked, which the caller checks.
//! Narrowed on purpose: an object with named properties gets no others; lengths, list sizes and numbers get the limits below where the
//! schema leaves them open; formats with endless spellings get one short one; `oneOf` is read as `anyOf`.

use serde_json::{Map, Value, json};

use super::schema_size::{Size, size_of};

/// Characters of a string that has no `maxLength`.
pub(super) const STRING: u64 = 320;
/// Most characters of any string: longer ones don't fit the context.
const LONGEST_STRING: u64 = 2000;
/// Characters of a string where the schema says nothing at all.
const ANY_STRING: u64 = 120;
/// Items of a list that has no `maxItems`, entries of a map that has no `maxProperties`.
pub(super) const ITEMS: u64 = 8;
/// Numbers without limits stay between minus and plus this.
const NUMBER: f64 = 999_999_999_999.0;
/// The finest step of numbers that may be fractions, unless their range is narrow: see [`step`].
const FRACTION: f64 = 0.0001;
/// Keys of a map whose keys are not said.
const KEY: &str = "^[A-Za-z][A-Za-z0-9_ -]{0,23}$";
/// Nesting beyond which anything is admitted.
const DEPTH: usize = 64;

/// Formats that have a shorter spelling of our own: every one is also valid by its standard.
/// Dates avoid 29 February, instants are in UTC.
const FORMATS: [(&str, &str); 7] = [
    ("date", "^(19|20)[0-9]{2}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))$"),
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
/// Keywords that validate and that no grammar here holds.
const UNCHECKED: [&str; 15] = [
    "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "dependencies", "contains", "minContains", "maxContains",
    "uniqueItems", "propertyNames", "unevaluatedItems", "unevaluatedProperties", "$dynamicRef",
];

/// A schema that the grammar compiler takes.
#[derive(Debug, Clone)]
pub(super) struct Prepared {
    /// The schema.
    pub schema: Value,
    /// Tokens of an answer.
    pub size: Size,
    /// Keywords that were dropped.
    pub unchecked: Vec<String>,
}

impl Prepared {
    /// With one more keyword that is not checked.
    pub(super) fn with_unchecked(mut self, keyword: &str) -> Self {
        self.unchecked.push(keyword.to_owned());
        self
    }
}

/// Makes a schema ready.
pub(super) fn prepare(schema: &Value) -> Prepared {
    let mut shaper = Shaper { root: schema, unchecked: Vec::new() };
    let mut root = match shaper.shape(schema, 0) {
        Value::Object(map) => map,
        other => Map::from_iter([("anyOf".to_owned(), json!([other]))]),
    };
    for name in ["$defs", "definitions"] {
        if let Some(Value::Object(definitions)) = schema.get(name) {
            let shaped = definitions.iter().map(|(key, value)| (key.clone(), shaper.shape(value, 0))).collect();
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
pub(super) fn without_patterns(schema: &Value) -> Value {
    match schema {
        Value::Object(map) => {
            let keep = map.iter().filter(|(key, value)| *key != "pattern" || !value.is_string());
            Value::Object(keep.map(|(key, value)| (key.clone(), without_patterns(value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(without_patterns).collect()),
        other => other.clone(),
    }
}

/// Follows a reference within a document: `#/$defs/NAME` and the like.
pub(super) fn resolve<'a>(root: &'a Value, reference: &str) -> Option<&'a Value> {
    root.pointer(reference.strip_prefix('#')?)
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
                merged = self.merge(merged, branch, depth);
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
                let branches: Vec<Value> = branches.iter().map(|branch| self.shape_branch(&rest, branch, depth)).collect();
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
        let merged = self.merge(rest.clone(), branch, depth);
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
            "string" => self.shape_string(map),
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
        let mut required: Vec<String> =
            map.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(|v| v.as_str().map(str::to_owned)).collect();
        for name in &required {
            if !properties.contains_key(name) {
                properties.insert(name.clone(), extra.map_or_else(any, |schema| self.shape(schema, depth + 1)));
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
        if let Some(most) = most.and_then(|most| usize::try_from(most).ok()).filter(|most| *most < properties.len()) {
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
        for (pattern, schema) in map.get("patternProperties").and_then(Value::as_object).into_iter().flatten() {
            patterns.insert(pattern.clone(), self.shape(schema, depth + 1));
        }
        let extra = map.get("additionalProperties");
        if patterns.is_empty() && extra != Some(&Value::Bool(false)) {
            let key = map.get("propertyNames").and_then(|names| names.get("pattern")).and_then(Value::as_str).unwrap_or(KEY);
            let value = extra.map_or_else(scalar, |schema| if schema == &Value::Bool(true) { scalar() } else { self.shape(schema, depth + 1) });
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
        let first: Vec<Value> =
            map.get("prefixItems").and_then(Value::as_array).into_iter().flatten().map(|item| self.shape(item, depth + 1)).collect();
        let rest = match map.get("items") {
            Some(Value::Bool(false)) => Value::Bool(false),
            Some(schema) => self.shape(schema, depth + 1),
            // A tuple ends where its items do, unless it must be longer.
            None if !first.is_empty() && least <= first.len() as u64 => Value::Bool(false),
            None => scalar(),
        };
        let room = if rest == Value::Bool(false) { first.len() as u64 } else { ITEMS.max(least).max(first.len() as u64) };
        out["maxItems"] = json!(whole(map, "maxItems").unwrap_or(room));
        out["items"] = rest;
        if !first.is_empty() {
            out["prefixItems"] = Value::Array(first);
        }
        out
    }

    fn shape_string(&mut self, map: &Map<String, Value>) -> Value {
        let mut out = Map::from_iter([("type".to_owned(), json!("string"))]);
        let least = whole(map, "minLength").unwrap_or(0);
        let most = whole(map, "maxLength");
        let mut pattern = map.get("pattern").and_then(Value::as_str);
        if let Some(format) = map.get("format").and_then(Value::as_str) {
            match FORMATS.iter().find(|(name, _)| *name == format) {
                Some((_, own)) if pattern.is_none() => pattern = Some(own),
                Some(_) => _ = out.insert("format".to_owned(), json!(format)),
                None if OTHER_FORMATS.contains(&format) => _ = out.insert("format".to_owned(), json!(format)),
                None => self.unchecked.push("format".to_owned()),
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

    /// Both schemas at once, as far as keywords can say it.
    fn merge(&mut self, mut base: Map<String, Value>, other: &Value, depth: usize) -> Map<String, Value> {
        let Value::Object(other) = other else { return base };
        if depth > DEPTH {
            return base;
        }
        if let Some(target) = other.get("$ref").and_then(Value::as_str).and_then(|reference| resolve(self.root, reference)) {
            let target = target.clone();
            base = self.merge(base, &target, depth + 1);
        }
        for (key, value) in other {
            if key == "$ref" {
                continue;
            }
            let value = match (key.as_str(), base.get(key)) {
                (_, None) => value.clone(),
                ("properties", Some(Value::Object(mine))) => self.merge_properties(mine.clone(), value, depth),
                ("required" | "allOf", Some(Value::Array(mine))) => {
                    let more = value.as_array().into_iter().flatten().filter(|item| !mine.contains(item));
                    Value::Array(mine.iter().chain(more).cloned().collect())
                }
                (key, Some(mine)) if key.starts_with("min") || key == "exclusiveMinimum" => larger(mine, value).clone(),
                (key, Some(mine)) if key.starts_with("max") || key == "exclusiveMaximum" => {
                    if larger(mine, value) == value { mine.clone() } else { value.clone() }
                }
                (key, Some(mine)) => {
                    if mine != value && !is_annotation(key) {
                        self.unchecked.push(key.to_owned());
                    }
                    value.clone()
                }
            };
            base.insert(key.clone(), value);
        }
        base
    }

    fn merge_properties(&mut self, mut mine: Map<String, Value>, other: &Value, depth: usize) -> Value {
        for (name, schema) in other.as_object().into_iter().flatten() {
            let both = match mine.get(name) {
                Some(Value::Object(first)) => {
                    let first = first.clone();
                    Value::Object(self.merge(first, schema, depth + 1))
                }
                _ => schema.clone(),
            };
            mine.insert(name.clone(), both);
        }
        Value::Object(mine)
    }
}

fn shape_number(map: &Map<String, Value>, kind: &str) -> Value {
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
fn any() -> Value {
    let list = json!({ "type": "array", "items": scalar(), "minItems": 0, "maxItems": ITEMS });
    let map = json!({ "type": "object", "patternProperties": { KEY: scalar() }, "additionalProperties": false, "maxProperties": ITEMS });
    json!({ "anyOf": [scalar(), list, map] })
}

/// Text, a number, yes or no, nothing.
fn scalar() -> Value {
    json!({ "anyOf": [
        { "type": "string", "maxLength": ANY_STRING }, shape_number(&Map::new(), "number"), { "type": "boolean" }, { "type": "null" },
    ] })
}

/// The type that keywords are about, where there is no `type`; empty where there is none.
fn implied_type(map: &Map<String, Value>) -> &'static str {
    let has = |keys: &[&str]| keys.iter().any(|key| map.contains_key(*key));
    if has(&["properties", "required", "additionalProperties", "patternProperties", "minProperties", "maxProperties"]) {
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

/// Whether a pattern is closed on both sides and repeats nothing without end.
fn has_an_end(pattern: &str) -> bool {
    let closed = pattern.starts_with('^') && pattern.ends_with('$') && !pattern.contains("|^") && !pattern.contains("$|");
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

fn is_annotation(key: &str) -> bool {
    matches!(
        key,
        "title" | "description" | "default" | "examples" | "$schema" | "$id" | "$comment" | "$defs" | "definitions" | "discriminator"
            | "deprecated" | "readOnly" | "writeOnly"
    )
}

fn without(map: &Map<String, Value>, key: &str) -> Map<String, Value> {
    map.iter().filter(|(name, _)| *name != key).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// A keyword that is a whole number; 3.0 is one too.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be a whole number that is not negative")]
pub(super) fn whole(map: &Map<String, Value>, key: &str) -> Option<u64> {
    let value = map.get(key)?;
    value.as_u64().or_else(|| value.as_f64().filter(|f| *f >= 0.0 && f.fract() == 0.0).map(|f| f as u64))
}

fn larger<'a>(a: &'a Value, b: &'a Value) -> &'a Value {
    if a.as_f64() >= b.as_f64() { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shaped(schema: &Value) -> Value {
        let mut out = prepare(schema).schema;
        out.as_object_mut().unwrap().remove("x-guidance");
        out
    }

    #[test]
    fn open_ends_get_limits() {
        assert_eq!(shaped(&json!({"type": "string"})), json!({"type": "string", "maxLength": STRING}));
        assert_eq!(shaped(&json!({"type": "string", "minLength": 400}))["maxLength"], 720);
        assert_eq!(shaped(&json!({"type": "string", "maxLength": 90000}))["maxLength"], LONGEST_STRING);
        assert_eq!(shaped(&json!({"type": "array", "items": {"type": "null"}}))["maxItems"], ITEMS);
        assert_eq!(shaped(&json!({"type": "array", "items": {"type": "null"}, "minItems": 20}))["maxItems"], 20);
        assert_eq!(shaped(&json!({"type": "integer"}))["maximum"], NUMBER);
        assert_eq!(shaped(&json!({"type": "integer", "minimum": 1}))["minimum"], 1);
        assert_eq!(shaped(&json!({"type": "number", "minimum": 0, "maximum": 1}))["multipleOf"], FRACTION);
        assert_eq!(shaped(&json!({"type": "number", "minimum": 0, "maximum": 0.001}))["multipleOf"], 0.000_001);
        assert!(shaped(&json!({"type": "number", "minimum": 0, "maximum": 1e-9})).get("multipleOf").is_none());
    }

    #[test]
    fn an_object_is_closed_and_a_map_gets_keys() {
        let object = shaped(&json!({"type": "object", "properties": {"a": {"type": "null"}}, "required": ["a", "b"]}));
        assert_eq!(object["additionalProperties"], false);
        assert!(object["properties"]["b"].is_object());
        let map = shaped(&json!({"type": "object", "additionalProperties": {"type": "integer"}}));
        assert_eq!(map["patternProperties"][KEY]["type"], "integer");
        assert_eq!(map["maxProperties"], ITEMS);
        let empty = shaped(&json!({"type": "object", "additionalProperties": false}));
        assert_eq!(empty["maxProperties"], 0);
    }

    #[test]
    fn sizes_of_an_object_become_required_properties() {
        let properties = json!({"a": {"type": "null"}, "b": {"type": "null"}, "c": {"type": "null"}});
        let object = shaped(&json!({"type": "object", "properties": properties, "minProperties": 2}));
        assert_eq!(object["required"], json!(["a", "b"]));
        let object = shaped(&json!({"type": "object", "properties": properties, "required": ["c"], "maxProperties": 2}));
        assert_eq!(object["properties"].as_object().unwrap().keys().collect::<Vec<_>>(), ["a", "c"]);
    }

    #[test]
    fn unions_carry_what_stands_beside_them() {
        let union = shaped(&json!({"type": "string", "oneOf": [{"maxLength": 3}, {"maxLength": 5}]}));
        assert_eq!(union, json!({"anyOf": [{"type": "string", "maxLength": 3}, {"type": "string", "maxLength": 5}]}));
        let nullable = shaped(&json!({"type": ["string", "null"], "maxLength": 3}));
        assert_eq!(nullable, json!({"anyOf": [{"type": "string", "maxLength": 3}, {"type": "null"}]}));
    }

    #[test]
    fn all_of_is_merged_through_references() {
        let schema = json!({
            "allOf": [{"$ref": "#/$defs/A"}, {"properties": {"b": {"type": "string", "maxLength": 9}}, "required": ["b"]}],
            "$defs": {"A": {"type": "object", "properties": {"a": {"type": "null"}, "b": {"maxLength": 4}}, "required": ["a"]}},
        });
        let out = shaped(&schema);
        assert_eq!(out["required"], json!(["a", "b"]));
        assert_eq!(out["properties"]["b"], json!({"type": "string", "maxLength": 4}));
    }

    #[test]
    fn what_the_grammar_lacks_is_listed() {
        let schema = json!({"type": "array", "uniqueItems": true, "items": {"type": "string", "format": "poem", "not": {"const": "x"}}});
        assert_eq!(prepare(&schema).unchecked, ["format", "not", "uniqueItems"]);
        assert!(prepare(&json!({"type": "string", "format": "date", "description": "a day"})).unchecked.is_empty());
    }

    #[test]
    fn only_open_patterns_get_a_length() {
        assert!(shaped(&json!({"type": "string", "pattern": "^[A-Z]{3}$"})).get("maxLength").is_none());
        for open in ["^a+$", "[A-Z]{3}", "^a{2,}$", "^a|b$"] {
            assert_eq!(shaped(&json!({"type": "string", "pattern": open}))["maxLength"], STRING, "{open}");
        }
    }

    #[test]
    fn patterns_can_be_taken_out_but_not_fields_of_that_name() {
        let schema = json!({"type": "object", "properties": {"pattern": {"type": "string", "pattern": "(?!x)"}}});
        assert_eq!(without_patterns(&schema), json!({"type": "object", "properties": {"pattern": {"type": "string"}}}));
    }

    #[test]
    fn deep_nesting_ends() {
        let mut schema = json!({"type": "null"});
        for _ in 0..500 {
            schema = json!({"type": "array", "items": schema});
        }
        assert!(prepare(&schema).schema.is_object());
    }
}
