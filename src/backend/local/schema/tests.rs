//! What schemas become.

use serde_json::{Value, json};

use super::leaf::{FRACTION, ITEMS, KEY, LONGEST_STRING, NUMBER, STRING};
use super::prepare::{prepare, without_patterns};

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
    let object =
        shaped(&json!({"type": "object", "properties": {"a": {"type": "null"}}, "required": ["a", "b"]}));
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
    let object =
        shaped(&json!({"type": "object", "properties": properties, "required": ["c"], "maxProperties": 2}));
    assert_eq!(object["properties"].as_object().unwrap().keys().collect::<Vec<_>>(), ["a", "c"]);
}

#[test]
fn unions_carry_what_stands_beside_them() {
    let union = shaped(&json!({"type": "string", "oneOf": [{"maxLength": 3}, {"maxLength": 5}]}));
    assert_eq!(
        union,
        json!({"anyOf": [{"type": "string", "maxLength": 3}, {"type": "string", "maxLength": 5}]})
    );
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
    assert!(
        prepare(&json!({"type": "string", "format": "date", "description": "a day"})).unchecked.is_empty()
    );
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
    assert_eq!(
        without_patterns(&schema),
        json!({"type": "object", "properties": {"pattern": {"type": "string"}}})
    );
}

#[test]
fn deep_nesting_ends() {
    let mut schema = json!({"type": "null"});
    for _ in 0..500 {
        schema = json!({"type": "array", "items": schema});
    }
    assert!(prepare(&schema).schema.is_object());
}
