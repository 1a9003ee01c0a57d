//! JSON Schemas of others as types: what a tool takes and gives, as its server describes it. What is to be given
//! keeps to the bounds of its schema; what comes back is taken as it is, in the right form. What no type says is
//! said in the documentation; a schema that says nothing clear is `json`.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Bounds, Field, Literal, RecordType, Size, Type, regular_expression};
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

/// The type of what comes in the form of a schema.
#[must_use]
pub fn type_of_schema(schema: &Value) -> Type {
    Reader { root: schema, bounds: false }.ty(schema, DEPTH)
}

/// The type of what is to be given in the form of a schema.
#[must_use]
pub fn form_of_schema(schema: &Value) -> Type {
    Reader { root: schema, bounds: true }.ty(schema, DEPTH)
}

/// The fields of a schema of an object as parameters: those that must be given first.
#[must_use]
pub fn params_of_schema(schema: &Value) -> Vec<Described> {
    let reader = Reader { root: schema, bounds: true };
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
                doc: reader.documented(reader.followed(schema, DEPTH)),
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

struct Reader<'s> {
    root: &'s Value,
    /// Whether values are to keep to bounds, patterns and formats.
    bounds: bool,
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
            return union(values.iter().map(literal));
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
            "string" => match schema.get("format").and_then(Value::as_str).filter(|_| self.bounds) {
                Some("date") => Type::Date,
                Some("date-time") => Type::Time,
                _ => self.bounded(Type::Text, schema),
            },
            "integer" => self.bounded(Type::Int, schema),
            "number" => self.bounded(Type::Number, schema),
            "boolean" => Type::Bool,
            "null" => Type::Nothing,
            "array" => {
                let element = match schema.get("items") {
                    Some(items @ Value::Object(_)) if !schema.contains_key("prefixItems") => {
                        self.ty(items, below)
                    }
                    _ => Type::Json,
                };
                let size =
                    Size { min: count(schema, "minItems").unwrap_or(0), max: count(schema, "maxItems") };
                Type::List(Arc::new(element), size)
            }
            "object" => self.object(schema, below),
            _ => Type::Json,
        }
    }

    /// A type with the bounds that a schema sets for values of its kind.
    fn bounded(&self, ty: Type, schema: &Map<String, Value>) -> Type {
        if !self.bounds {
            return ty;
        }
        let bounds = match &ty {
            Type::Text => Bounds {
                min_len: count(schema, "minLength").filter(|least| *least > 0),
                max_len: count(schema, "maxLength"),
                pattern: pattern(schema).map(Name::from),
                ..Bounds::default()
            },
            Type::Map(_) => Bounds {
                min_len: count(schema, "minProperties").filter(|least| *least > 0),
                max_len: count(schema, "maxProperties"),
                ..Bounds::default()
            },
            _ => {
                let number = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
                // Older schemas say by a bool that a bound itself is left out.
                let open = |keyword: &str| schema.get(keyword).and_then(Value::as_bool) == Some(true);
                let (min, max) = (number("minimum"), number("maximum"));
                let (above, below) = (open("exclusiveMinimum"), open("exclusiveMaximum"));
                Bounds {
                    min: min.filter(|_| !above),
                    max: max.filter(|_| !below),
                    above: number("exclusiveMinimum").or(min.filter(|_| above)),
                    below: number("exclusiveMaximum").or(max.filter(|_| below)),
                    ..Bounds::default()
                }
            }
        };
        bounds.on(ty)
    }

    /// A schema's description, and what of it no type says.
    fn documented(&self, schema: &Map<String, Value>) -> String {
        const BOUNDS: [(&str, &str); 8] = [
            ("minimum", "at least"),
            ("exclusiveMinimum", "above"),
            ("maximum", "at most"),
            ("exclusiveMaximum", "below"),
            ("minLength", "characters at least:"),
            ("maxLength", "characters at most:"),
            ("pattern", "must match"),
            ("format", "format:"),
        ];
        const OTHERS: [(&str, &str); 3] = [
            ("multipleOf", "a multiple of"),
            ("uniqueItems", "no element twice:"),
            ("default", "if left out:"),
        ];
        let is_kept = |keyword: &str| {
            self.bounds
                && match keyword {
                    "pattern" => pattern(schema).is_some(),
                    "format" => {
                        matches!(schema.get("format").and_then(Value::as_str), Some("date" | "date-time"))
                    }
                    _ => true,
                }
        };
        let words = BOUNDS.iter().filter(|(keyword, _)| !is_kept(keyword)).chain(&OTHERS);
        let mut said: Vec<String> =
            words.filter_map(|(keyword, words)| Some(format!("{words} {}", schema.get(*keyword)?))).collect();
        let mut doc = schema.get("description").and_then(Value::as_str).unwrap_or_default().trim().to_owned();
        said.extend(titles(schema));
        if said.is_empty() {
            return doc;
        }
        if !doc.is_empty() {
            doc.push(' ');
        }
        doc + "(" + &said.join(", ") + ")"
    }

    fn object(&self, schema: &'s Map<String, Value>, below: usize) -> Type {
        match (schema.get("properties").and_then(Value::as_object), schema.get("additionalProperties")) {
            (Some(fields), _) if !fields.is_empty() => {
                let needed = required(schema);
                let fields = fields.iter().map(|(name, field)| {
                    let ty = self.ty(field, below);
                    let ty = if needed.contains(name.as_str()) { ty } else { ty.optional() };
                    let doc = self.documented(self.followed(field, DEPTH));
                    let has_default = super::admits_nothing(&ty);
                    Field { name: Name::from(name.as_str()), doc, ty, has_default }
                });
                Type::Record(Arc::new(RecordType::anonymous(fields.collect())))
            }
            (_, Some(values @ Value::Object(_))) => {
                self.bounded(Type::Map(Arc::new(self.ty(values, below))), schema)
            }
            _ => self.bounded(Type::Map(Arc::new(Type::Json)), schema),
        }
    }
}

/// What choices are called where they stand for something: `hero-1: Superman`.
fn titles(schema: &Map<String, Value>) -> Vec<String> {
    let schema = schema.get("items").and_then(Value::as_object).unwrap_or(schema);
    let members = ["oneOf", "anyOf"].iter().find_map(|keyword| schema.get(*keyword)?.as_array());
    let shown = |(value, title): (&Value, &Value)| Some(format!("{}: {}", value.as_str()?, title.as_str()?));
    if let Some(members) = members {
        return members
            .iter()
            .filter_map(|member| shown((member.get("const")?, member.get("title")?)))
            .collect();
    }
    let names = |keyword: &str| schema.get(keyword).and_then(Value::as_array).into_iter().flatten();
    names("enum").zip(names("enumNames")).filter_map(shown).collect()
}

fn count(schema: &Map<String, Value>, keyword: &str) -> Option<u64> {
    let given = schema.get(keyword)?;
    given.as_u64().or_else(|| {
        let whole = given.as_f64().filter(|number| (0.0..1e15).contains(number) && number.fract() == 0.0)?;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // whole and bounded just here
        Some(whole as u64)
    })
}

/// The pattern of a schema, if it can be judged here.
fn pattern(schema: &Map<String, Value>) -> Option<&str> {
    let pattern = schema.get("pattern")?.as_str()?;
    regular_expression(pattern).is_ok().then_some(pattern)
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
        assert_eq!(params[1].doc, "How many.");
        assert_eq!(params[1].ty.to_string(), "(int where it <= 9)?");
        assert_eq!(params[1].field, "max-results");
    }

    #[test]
    fn what_is_to_be_given_keeps_to_its_bounds_and_what_comes_does_not() {
        let form = |schema: Value| form_of_schema(&schema).to_string();
        let bounded = json!({"type": "integer", "minimum": 1, "exclusiveMaximum": 9});
        assert_eq!(form(bounded.clone()), "int where 1 <= it and it < 9");
        assert_eq!(shown(bounded), "int");
        let old = json!({"type": "number", "minimum": 0, "exclusiveMinimum": true});
        assert_eq!(form(old), "number where 0 < it");
        let text = json!({"type": "string", "minLength": 1, "maxLength": 5.0, "pattern": "^[a-z]+$"});
        assert_eq!(form(text), "text where 1 <= len(it) and len(it) <= 5 and matches(it, r\"^[a-z]+$\")");
        assert_eq!(form(json!({"type": ["string", "null"], "maxLength": 5})), "(text where len(it) <= 5)?");
        assert_eq!(form(json!({"type": "string", "format": "date"})), "date");
        assert_eq!(form(json!({"type": "string", "format": "date-time"})), "time");
        assert_eq!(shown(json!({"type": "string", "format": "date-time"})), "text");
        assert_eq!(form(json!({"type": "object", "maxProperties": 2})), "map[json] where len(it) <= 2");
        assert_eq!(form(json!({"enum": ["a", {"b": 1}]})), "json");
    }

    #[test]
    fn what_no_type_says_is_documented() {
        let doc = |schema: Value| {
            let schema = json!({"properties": {"a": schema}});
            params_of_schema(&schema)[0].doc.clone()
        };
        // A pattern that looks ahead can't be judged here.
        assert_eq!(doc(json!({"type": "string", "pattern": "^(?!x)"})), "(must match \"^(?!x)\")");
        assert_eq!(
            doc(json!({"type": "string", "format": "email", "description": "Whom."})),
            "Whom. (format: \"email\")"
        );
        let titled = json!([{"const": "h1", "title": "Ada"}, {"const": "h2", "title": "Lin"}]);
        assert_eq!(doc(json!({"oneOf": titled})), "(h1: Ada, h2: Lin)");
        assert_eq!(doc(json!({"type": "array", "items": {"anyOf": titled}})), "(h1: Ada, h2: Lin)");
        assert_eq!(doc(json!({"enum": ["a", "b"], "enumNames": ["An A"]})), "(a: An A)");
        assert_eq!(
            doc(json!({"type": "integer", "multipleOf": 5, "default": 10})),
            "(a multiple of 5, if left out: 10)"
        );
    }
}
