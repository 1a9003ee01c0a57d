//! JSON Schemas of others as types: what a tool takes and gives, as its server describes it. What no type
//! says (a pattern, a bound) is left to the server; a schema that says nothing clear is `json`.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Field, Literal, RecordType, Size, Type};
use crate::base::Name;

/// Schemas nested deeper than this are `json`.
const DEPTH: usize = 12;

/// Of a field of an object that is taken as parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Described {
    /// What it is called in a score.
    pub name: Name,
    /// What it is called in the schema.
    pub field: String,
    /// Its documentation, with bounds that its type does not say; empty if none.
    pub doc: String,
    /// Its type; optional where it may be left out.
    pub ty: Type,
    /// Whether it must be there.
    pub required: bool,
}

/// The type that a schema describes.
#[must_use]
pub fn type_of_schema(schema: &Value) -> Type {
    Reader { root: schema }.ty(schema, DEPTH)
}

/// The fields of a schema of an object as parameters: those that must be given first.
#[must_use]
pub fn params_of_schema(schema: &Value) -> Vec<Described> {
    let reader = Reader { root: schema };
    let object = reader.followed(schema, DEPTH);
    let Some(fields) = object.get("properties").and_then(Value::as_object) else { return Vec::new() };
    let needed = required(object);
    let names = identifiers(fields.keys().map(String::as_str));
    let mut params: Vec<Described> = fields
        .iter()
        .zip(names)
        .map(|((field, schema), name)| {
            let required = needed.contains(field.as_str());
            let ty = reader.ty(schema, DEPTH - 1);
            let ty = if required { ty } else { ty.optional() };
            Described {
                name,
                field: field.clone(),
                doc: documented(reader.followed(schema, DEPTH)),
                ty,
                required,
            }
        })
        .collect();
    params.sort_by_key(|param| !param.required);
    params
}

/// Names as a score can write them, each once: what is no letter, digit or `_` becomes `_`.
pub fn identifiers<'n>(names: impl Iterator<Item = &'n str>) -> Vec<Name> {
    let mut taken: HashSet<String> = HashSet::new();
    names
        .map(|name| {
            let plain = identifier(name);
            let mut fresh = plain.clone();
            let mut next = 2;
            while !taken.insert(fresh.clone()) {
                fresh = format!("{plain}_{next}");
                next += 1;
            }
            Name::from(fresh)
        })
        .collect()
}

fn identifier(name: &str) -> String {
    let plain: String =
        name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' }).collect();
    let plain = plain.trim_start_matches('_');
    match plain.chars().next() {
        None => String::from("unnamed"),
        Some(first) if first.is_ascii_digit() => format!("n{plain}"),
        Some(_) => plain.to_owned(),
    }
}

fn required(object: &Map<String, Value>) -> HashSet<&str> {
    let listed = object.get("required").and_then(Value::as_array);
    listed.into_iter().flatten().filter_map(Value::as_str).collect()
}

/// A schema's description, and what of it no type says.
fn documented(schema: &Map<String, Value>) -> String {
    const BOUNDS: [(&str, &str); 7] = [
        ("minimum", "at least"),
        ("exclusiveMinimum", "above"),
        ("maximum", "at most"),
        ("exclusiveMaximum", "below"),
        ("maxLength", "characters at most:"),
        ("pattern", "must match"),
        ("default", "if left out:"),
    ];
    let mut doc = schema.get("description").and_then(Value::as_str).unwrap_or_default().trim().to_owned();
    let said =
        BOUNDS.iter().filter_map(|(keyword, words)| Some(format!("{words} {}", schema.get(*keyword)?)));
    let said: Vec<String> = said.collect();
    if !said.is_empty() {
        let space = if doc.is_empty() { "" } else { " " };
        doc.push_str(&format!("{space}({})", said.join(", ")));
    }
    doc
}

struct Reader<'s> {
    root: &'s Value,
}

impl<'s> Reader<'s> {
    /// The object behind references; an empty one where there is none.
    fn followed(&self, schema: &'s Value, depth: usize) -> &'s Map<String, Value> {
        static NONE: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
        let mut found = schema;
        for _ in 0..depth {
            let Some(path) = found.get("$ref").and_then(Value::as_str) else { break };
            match path.strip_prefix('#').and_then(|path| self.root.pointer(path)) {
                Some(target) => found = target,
                None => return &NONE,
            }
        }
        found.as_object().unwrap_or(&NONE)
    }

    fn ty(&self, schema: &'s Value, depth: usize) -> Type {
        let Some(below) = depth.checked_sub(1) else { return Type::Json };
        let schema = self.followed(schema, depth);
        if let Some(constant) = schema.get("const") {
            return literal(constant);
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            return Type::union(values.iter().map(literal));
        }
        for keyword in ["anyOf", "oneOf"] {
            if let Some(members) = schema.get(keyword).and_then(Value::as_array) {
                return union(members.iter().map(|member| self.ty(member, below)));
            }
        }
        if let Some([only]) = schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
            return self.ty(only, below);
        }
        match schema.get("type") {
            Some(Value::String(kind)) => self.of_kind(kind, schema, below),
            Some(Value::Array(kinds)) => {
                let kinds = kinds.iter().filter_map(Value::as_str);
                union(kinds.map(|kind| self.of_kind(kind, schema, below)))
            }
            _ if schema.contains_key("properties") => self.of_kind("object", schema, below),
            _ => Type::Json,
        }
    }

    fn of_kind(&self, kind: &str, schema: &'s Map<String, Value>, below: usize) -> Type {
        match kind {
            "string" => Type::Text,
            "integer" => Type::Int,
            "number" => Type::Number,
            "boolean" => Type::Bool,
            "null" => Type::Nothing,
            "array" => {
                let element = match schema.get("items") {
                    Some(items @ Value::Object(_)) if !schema.contains_key("prefixItems") => {
                        self.ty(items, below)
                    }
                    _ => Type::Json,
                };
                let count = |keyword: &str| schema.get(keyword).and_then(Value::as_u64);
                let size = Size { min: count("minItems").unwrap_or(0), max: count("maxItems") };
                Type::List(Arc::new(element), size)
            }
            "object" => self.object(schema, below),
            _ => Type::Json,
        }
    }

    fn object(&self, schema: &'s Map<String, Value>, below: usize) -> Type {
        match (schema.get("properties").and_then(Value::as_object), schema.get("additionalProperties")) {
            (Some(fields), _) if !fields.is_empty() => {
                let needed = required(schema);
                let fields = fields.iter().map(|(name, field)| {
                    let ty = self.ty(field, below);
                    let ty = if needed.contains(name.as_str()) { ty } else { ty.optional() };
                    let doc = documented(self.followed(field, DEPTH));
                    let has_default = super::admits_nothing(&ty);
                    Field { name: Name::from(name.as_str()), doc, ty, has_default }
                });
                Type::Record(Arc::new(RecordType::anonymous(fields.collect())))
            }
            (_, Some(values @ Value::Object(_))) => Type::Map(Arc::new(self.ty(values, below))),
            _ => Type::Map(Arc::new(Type::Json)),
        }
    }
}

/// Members that may be anything make the whole anything.
fn union(members: impl Iterator<Item = Type>) -> Type {
    let members: Vec<Type> = members.collect();
    if members.is_empty() || members.iter().any(|member| matches!(member, Type::Json)) {
        return Type::Json;
    }
    Type::union(members)
}

fn literal(value: &Value) -> Type {
    match value {
        Value::Null => Type::Nothing,
        Value::Bool(bool) => Type::Literal(Literal::Bool(*bool)),
        Value::String(text) => Type::Literal(Literal::Text(Name::from(text.as_str()))),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(int), _) => Type::Literal(Literal::Int(int)),
            (None, Some(number)) => Type::Literal(Literal::Number(number)),
            (None, None) => Type::Json,
        },
        Value::Array(_) | Value::Object(_) => Type::Json,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(schema: Value) -> String {
        type_of_schema(&schema).to_string()
    }

    #[test]
    fn kinds_become_types() {
        assert_eq!(shown(json!({"type": "string"})), "text");
        assert_eq!(shown(json!({"type": ["integer", "null"]})), "int?");
        assert_eq!(shown(json!({"enum": ["a", "b", null]})), "(\"a\" | \"b\")?");
        assert_eq!(
            shown(json!({"type": "array", "items": {"type": "number"}, "maxItems": 3})),
            "[number; ..3]"
        );
        assert_eq!(shown(json!({"type": "object"})), "map[json]");
        assert_eq!(shown(json!({"type": "object", "additionalProperties": {"type": "string"}})), "map[text]");
        assert_eq!(shown(json!({"anyOf": [{"type": "string"}, {}]})), "json");
        assert_eq!(shown(json!(true)), "json");
    }

    #[test]
    fn objects_become_records_and_what_may_be_left_out_is_optional() {
        let schema = json!({"type": "object", "required": ["a"], "properties": {
            "a": {"$ref": "#/$defs/A"}, "b-c": {"type": "boolean"}}, "$defs": {"A": {"const": "x"}}});
        assert_eq!(shown(schema), "{a: \"x\", b-c: bool?}");
    }

    #[test]
    fn a_schema_of_itself_ends() {
        let schema = json!({"type": "object", "properties": {"next": {"$ref": "#"}}, "required": ["next"]});
        assert!(shown(schema).contains("{next: json}"));
        assert_eq!(shown(json!({"$ref": "#"})), "json");
    }

    #[test]
    fn parameters_have_names_that_a_score_can_write() {
        let schema = json!({"properties": {
            "max-results": {"type": "integer", "maximum": 9, "description": "How many."},
            "max_results": {"type": "integer"}, "1st": {"type": "string"}, "$": {"type": "string"}},
            "required": ["1st"]});
        let params = params_of_schema(&schema);
        let names: Vec<&str> = params.iter().map(|param| &*param.name).collect();
        assert_eq!(names, ["n1st", "max_results", "max_results_2", "unnamed"]);
        assert_eq!(params[1].doc, "How many. (at most 9)");
        assert_eq!((params[1].ty.to_string(), params[1].field.as_str()), ("int?".into(), "max-results"));
    }
}
