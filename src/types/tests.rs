//! What schemas look like.

use std::sync::Arc;

use serde_json::json;

use super::notation::ty;
use super::{Field, RecordType, Type, admits_text, is_strict, is_wrapped, json_schema, wrapped_schema};

#[test]
fn records_ask_for_every_field_and_nothing_else() {
    let idea = ty("Idea{title: text, source: text?, tags: [text; ..5] =}");
    assert_eq!(
        json_schema(&idea),
        json!({
            "type": "object",
            "properties": {
                "title": {"type": "string"},
                "source": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                "tags": {"anyOf": [
                    {"type": "array", "items": {"type": "string"}, "maxItems": 5}, {"type": "null"}
                ]},
            },
            "required": ["title", "source", "tags"],
            "additionalProperties": false,
        })
    );
}

#[test]
fn literals_are_an_enum() {
    assert_eq!(json_schema(&ty(r#""calm" | "angry""#)), json!({"type": "string", "enum": ["calm", "angry"]}));
    assert_eq!(
        json_schema(&ty(r#"("calm" | 3 | {a: int})?"#))["anyOf"],
        json!([
            {"anyOf": [{"type": "string", "enum": ["calm"]}, {"type": "integer", "enum": [3]}]},
            {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"],
                "additionalProperties": false},
            {"type": "null"},
        ])
    );
}

#[test]
fn bounds_and_docs_are_said() {
    let field = |name: &str, doc: &str, ty: Type| Field {
        name: name.into(),
        doc: doc.into(),
        ty,
        has_default: false,
    };
    let record = RecordType::anonymous(vec![
        field("sure", "From 0 to 1.", ty("number where 0..1")),
        field("day", "When.", Type::Date),
        field("code", "", ty(r#"text where ~ "^[A-Z]+$""#)),
        field("list", "", ty("[int; 2..9] where len 1..5")),
    ]);
    let schema = json_schema(&Type::Record(Arc::new(record)));
    assert_eq!(
        schema["properties"],
        json!({
            "sure": {"type": "number", "minimum": 0, "maximum": 1, "description": "From 0 to 1."},
            "day": {"type": "string", "format": "date", "description": "When. A date: YYYY-MM-DD."},
            "code": {"type": "string", "pattern": "^[A-Z]+$"},
            "list": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 5},
        })
    );
}

#[test]
fn recursion_ends_in_defs() {
    let tree = ty("Node{name: text, parent: Node?, children: [Node] =}");
    let schema = json_schema(&tree);
    assert_eq!(schema["type"], "object");
    assert_eq!(schema["properties"]["children"]["anyOf"][0]["items"], json!({"$ref": "#/$defs/Node"}));
    assert_eq!(schema["$defs"]["Node"]["properties"]["name"], json!({"type": "string"}));
    let nested = json_schema(&ty("Tree := int | [Tree]"));
    assert_eq!(nested["anyOf"][1]["items"], json!({"$ref": "#/$defs/Tree"}));
    let wrapped = wrapped_schema(&ty("[Node{next: Node?}]"));
    assert_eq!(wrapped["properties"]["answer"]["type"], "array");
    assert!(wrapped["$defs"]["Node"].is_object());
}

/// A schema grows with the types that there are, not with the ways to reach them.
#[test]
fn shared_types_are_said_once() {
    let mut inner = Type::Text;
    for at in 0..60 {
        let name = format!("R{at}");
        let record = RecordType::named(name.as_str().into(), String::new());
        let field = |name: &str| Field {
            name: name.into(),
            doc: String::new(),
            ty: inner.clone(),
            has_default: false,
        };
        record.complete(vec![field("a"), field("b")], None);
        inner = Type::Record(Arc::new(record));
    }
    assert!(json_schema(&inner).to_string().len() < 20_000);
}

#[test]
fn only_what_is_no_object_is_wrapped() {
    for (notation, wraps) in
        [("{a: int}", false), ("map[int]", false), ("json", false), ("[int]", true), ("int?", true)]
    {
        assert_eq!(is_wrapped(&ty(notation)), wraps, "{notation}");
        assert_eq!(
            wrapped_schema(&ty(notation)).get("properties").is_some_and(|p| p.get("answer").is_some()),
            wraps
        );
    }
    assert!(admits_text(&ty("text where len 1..5")));
    assert!(!admits_text(&ty("text?")));
    assert!(is_strict(&ty("[Node{next: Node?}]")));
    assert!(!is_strict(&ty("{a: [map[int]]}")));
}

#[test]
fn records_that_look_alike_are_named_from_outside() {
    let schema = json_schema(&ty("Answer{text: text} | Question{text: text} | Other{n: int}"));
    let members = schema["anyOf"].as_array().unwrap();
    assert!(members[0]["properties"]["Answer"].is_object());
    assert!(members[1]["properties"]["Question"].is_object());
    assert!(members[2]["properties"]["n"].is_object());
    let schema = json_schema(&ty(r#"A{kind: "a", text: text} | B{kind: "b", text: text}"#));
    assert!(schema["anyOf"][0]["properties"]["kind"].is_object());
}
