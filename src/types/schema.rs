//! Types as JSON Schema (2020-12), in the subset that every provider takes.
//!
//! The form is the one that OpenAI's strict mode asks for, which the others take too: every field
//! stands in `required`; a field that may be left out is nullable instead, and `null` for a field
//! with a default means "left out". `$ref` stands alone, without siblings. Only `map[T]` and `json`
//! can't be said strictly ([`is_strict`]).

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value, json};

use super::{Bounds, Literal, RecordType, Refinement, Size, Type, look_alikes};

/// The field that holds the answer where its type is no object ([`wrapped_schema`]).
pub const WRAPPER: &str = "answer";

/// The JSON Schema of a type.
#[must_use]
pub fn json_schema(ty: &Type) -> Value {
    Writer::of(ty).document(ty)
}

/// The JSON Schema of a type as text. Every call asks for that of its answer: of a text and of a record it is written
/// once.
#[must_use]
pub fn json_schema_text(ty: &Type) -> Arc<str> {
    static TEXT: OnceLock<Arc<str>> = OnceLock::new();
    let written = || Arc::from(json_schema(ty).to_string());
    match ty {
        Type::Text => Arc::clone(TEXT.get_or_init(written)),
        Type::Record(record) if record.is_complete() => Arc::clone(record.schema.get_or_init(written)),
        _ => written(),
    }
}

/// The JSON Schema of a type for services that want an object at the root: other types are put in
/// an object with the one field `answer` ([`is_wrapped`]).
#[must_use]
pub fn wrapped_schema(ty: &Type) -> Value {
    let schema = json_schema(ty);
    if !is_wrapped(ty) {
        return schema;
    }
    let Value::Object(mut inner) = schema else { return schema };
    let defs = inner.remove("$defs");
    let mut outer = object(&[(WRAPPER, Value::Object(inner))]);
    if let (Some(defs), Some(outer)) = (defs, outer.as_object_mut()) {
        outer.insert("$defs".into(), defs);
    }
    outer
}

/// Whether [`wrapped_schema`] wraps this type. `json` is not wrapped: any object is one.
#[must_use]
pub fn is_wrapped(ty: &Type) -> bool {
    !matches!(ty.shape(), Type::Record(_) | Type::Map(_) | Type::Json | Type::Unknown)
}

/// Whether the answer is plain text, so that no schema is needed.
#[must_use]
pub fn admits_text(ty: &Type) -> bool {
    matches!(ty.shape(), Type::Text)
}

/// Whether the schema keeps to what strict modes take: no maps and no `json` in it.
#[must_use]
pub fn is_strict(ty: &Type) -> bool {
    let mut seen = HashSet::new();
    let mut pending = vec![ty];
    while let Some(ty) = pending.pop() {
        match ty {
            Type::Map(_) | Type::Json | Type::Unknown | Type::Variable(_) => return false,
            Type::Alias(alias) if !seen.insert(address(&**alias)) => {}
            Type::Record(record) if !seen.insert(address(&**record)) => {}
            other => pending.extend(children(other)),
        }
    }
    true
}

/// Whether a model can write a value of it down: no picture, no secret, no instrument, no function is in it.
#[must_use]
pub fn can_be_written(ty: &Type) -> bool {
    let mut seen = HashSet::new();
    let mut pending = vec![ty];
    while let Some(ty) = pending.pop() {
        match ty {
            Type::Secret | Type::Instrument | Type::Part(_) | Type::Never | Type::Variable(_) => {
                return false;
            }
            ty if ty.is_media() => return false,
            Type::Alias(alias) if !seen.insert(address(&**alias)) => {}
            Type::Record(record) if !seen.insert(address(&**record)) => {}
            other => pending.extend(children(other)),
        }
    }
    true
}

/// The types that a type is directly made of.
fn children(ty: &Type) -> Vec<&Type> {
    match ty {
        Type::List(inner, _) | Type::Map(inner) | Type::Optional(inner) => vec![inner],
        Type::Refined(inner, _) => vec![inner],
        Type::Union(members) => members.iter().collect(),
        Type::Alias(alias) => vec![alias.target()],
        Type::Record(record) => record.fields().iter().map(|field| &field.ty).collect(),
        _ => Vec::new(),
    }
}

fn address<T>(of: &T) -> usize {
    std::ptr::from_ref(of) as usize
}

/// The identity and the name of a type that can be kept in `$defs`.
fn definable(ty: &Type) -> Option<(usize, &str)> {
    match ty {
        Type::Record(record) => Some((address(&**record), record.name.as_deref().unwrap_or("Record"))),
        Type::Alias(alias) if children(alias.target()).iter().any(|inner| !is_leaf(inner)) => {
            Some((address(&**alias), &alias.name))
        }
        _ => None,
    }
}

fn is_leaf(ty: &Type) -> bool {
    match ty {
        Type::Refined(inner, _) => is_leaf(inner),
        _ => children(ty).is_empty(),
    }
}

struct Writer {
    /// Types met more than once: written once, in `$defs`. So recursion ends, and no schema grows
    /// out of proportion to its types.
    shared: HashMap<usize, String>,
    defs: Map<String, Value>,
}

impl Writer {
    fn of(root: &Type) -> Self {
        let mut met: HashSet<usize> = HashSet::new();
        let mut shared: HashMap<usize, String> = HashMap::new();
        let mut names: HashSet<String> = HashSet::new();
        let mut pending = vec![root];
        while let Some(ty) = pending.pop() {
            if let Some((id, name)) = definable(ty)
                && !met.insert(id)
            {
                shared.entry(id).or_insert_with(|| fresh_name(name, &mut names));
                continue;
            }
            pending.extend(children(ty).into_iter().rev());
        }
        Self { shared, defs: Map::new() }
    }

    fn document(mut self, root: &Type) -> Value {
        let mut schema = self.schema(root);
        // Services want the root's own keywords at the root, not behind a `$ref`.
        if let Some(Value::String(path)) = schema.get("$ref") {
            let name = path.trim_start_matches("#/$defs/");
            schema = self.defs.get(name).cloned().unwrap_or(schema);
        }
        if let (false, Some(schema)) = (self.defs.is_empty(), schema.as_object_mut()) {
            schema.insert("$defs".into(), Value::Object(self.defs));
        }
        schema
    }

    fn schema(&mut self, ty: &Type) -> Value {
        let Some(name) = definable(ty).and_then(|(id, _)| self.shared.get(&id)).cloned() else {
            return self.spelled_out(ty);
        };
        if !self.defs.contains_key(&name) {
            self.defs.insert(name.clone(), Value::Null);
            let schema = self.spelled_out(ty);
            self.defs.insert(name.clone(), schema);
        }
        json!({ "$ref": format!("#/$defs/{name}") })
    }

    fn spelled_out(&mut self, ty: &Type) -> Value {
        match ty {
            Type::Unknown | Type::Never | Type::Json | Type::Variable(_) => json!({}),
            Type::Nothing => json!({ "type": "null" }),
            Type::Text => json!({ "type": "string" }),
            Type::Int => json!({ "type": "integer" }),
            Type::Number => json!({ "type": "number" }),
            Type::Bool => json!({ "type": "boolean" }),
            Type::Date => json!({ "type": "string", "format": "date",
                "description": "A date: YYYY-MM-DD." }),
            Type::Time => json!({ "type": "string", "format": "date-time",
                "description": "A date and time with its zone: 2026-01-05T09:00:00Z." }),
            Type::Duration => json!({ "type": "string", "pattern": "^-?([0-9]+(d|h|min|s|ms))+$",
                "description": "A length of time: 1h30min, 45s, 2d." }),
            Type::Money => json!({ "type": "string", "pattern": "^-?[$][0-9]+([.][0-9]{1,9})?$",
                "description": "An amount in US dollars: $0.50." }),
            Type::Image
            | Type::Audio
            | Type::Video
            | Type::File
            | Type::Secret
            | Type::Instrument
            | Type::Part(_) => {
                json!({ "type": "string", "description": format!("({ty})") })
            }
            Type::Literal(literal) => literals(std::slice::from_ref(literal)),
            Type::List(element, size) => self.list(element, *size),
            Type::Map(value) => {
                let value = self.schema(value);
                json!({ "type": "object", "additionalProperties": value })
            }
            Type::Optional(inner) => nullable(self.schema(inner)),
            Type::Union(members) => self.union(members),
            Type::Record(record) => self.record(record),
            Type::Alias(alias) => describe(self.schema(alias.target()), &alias.doc),
            Type::Refined(inner, refinement) => {
                let mut schema = self.schema(inner);
                if schema.get("$ref").is_none() {
                    bound(&mut schema, &refinement.bounds);
                }
                describe(schema, &condition(refinement))
            }
        }
    }

    fn list(&mut self, element: &Type, size: Size) -> Value {
        let mut schema = json!({ "type": "array", "items": self.schema(element) });
        let bounds =
            Bounds { min_len: (size.min > 0).then_some(size.min), max_len: size.max, ..Bounds::default() };
        bound(&mut schema, &bounds);
        schema
    }

    fn record(&mut self, record: &RecordType) -> Value {
        let mut properties = Map::new();
        let mut required = Vec::new();
        for field in record.fields() {
            let mut schema = describe(self.schema(&field.ty), &field.doc);
            if field.has_default && !super::admits_nothing(&field.ty) {
                schema = nullable(schema);
            }
            properties.insert(field.name.to_string(), schema);
            required.push(Value::from(&*field.name));
        }
        let schema = json!({ "type": "object", "properties": properties, "required": required,
            "additionalProperties": false });
        let schema = describe(schema, &record.doc);
        match record.refinement() {
            Some(refinement) => describe(schema, &condition(refinement)),
            None => schema,
        }
    }

    fn union(&mut self, members: &[Type]) -> Value {
        let mut words = Vec::new();
        let mut others = Vec::new();
        let alike = look_alikes(members);
        for (at, member) in members.iter().enumerate() {
            if let Some(literals) = super::closed_literals(member) {
                words.extend(literals);
                continue;
            }
            let schema = self.schema(member);
            others.push(match super::tag(member).filter(|_| alike[at]) {
                Some(tag) => object(&[(&*tag, schema)]),
                None => schema,
            });
        }
        if !words.is_empty() {
            others.insert(0, literals(&words));
        }
        any_of(others)
    }
}

fn fresh_name(name: &str, taken: &mut HashSet<String>) -> String {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let mut fresh = plain.clone();
    let mut next = 2;
    while !taken.insert(fresh.clone()) {
        fresh = format!("{plain}_{next}");
        next += 1;
    }
    fresh
}

/// An object with exactly these fields.
fn object(fields: &[(&str, Value)]) -> Value {
    let required: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    let properties: Map<String, Value> =
        fields.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    json!({ "type": "object", "properties": properties, "required": required,
        "additionalProperties": false })
}

/// `enum`, one for each kind of literal.
fn literals(all: &[Literal]) -> Value {
    let mut kinds: Vec<(&str, Vec<Value>)> = Vec::new();
    for literal in all {
        let (kind, value) = match literal {
            Literal::Text(text) => ("string", Value::from(&**text)),
            Literal::Int(int) => ("integer", Value::from(*int)),
            Literal::Number(number) => ("number", Value::from(*number)),
            Literal::Bool(bool) => ("boolean", Value::from(*bool)),
        };
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, values)) if values.contains(&value) => {}
            Some((_, values)) => values.push(value),
            None => kinds.push((kind, vec![value])),
        }
    }
    any_of(kinds.into_iter().map(|(kind, values)| json!({ "type": kind, "enum": values })).collect())
}

fn any_of(mut schemas: Vec<Value>) -> Value {
    if schemas.len() == 1 { schemas.remove(0) } else { json!({ "anyOf": schemas }) }
}

/// The schema, or `null`. Its description stays outside, where it is read.
fn nullable(mut schema: Value) -> Value {
    let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
    let mut members = match schema.as_object_mut() {
        Some(only) if only.len() == 1 => match only.remove("anyOf") {
            Some(Value::Array(members)) => members,
            Some(other) => vec![json!({ "anyOf": other })],
            None => vec![schema],
        },
        // `{}` takes `null` already.
        Some(any) if any.is_empty() => return schema,
        _ => vec![schema],
    };
    let null = json!({ "type": "null" });
    if !members.contains(&null) {
        members.push(null);
    }
    let mut schema = any_of(members);
    if let (Some(description), Some(schema)) = (description, schema.as_object_mut()) {
        schema.insert("description".into(), description);
    }
    schema
}

/// Puts a text before what the description says already.
fn describe(schema: Value, doc: &str) -> Value {
    let doc = doc.trim();
    if doc.is_empty() {
        return schema;
    }
    let mut schema = if schema.get("$ref").is_some() { json!({ "anyOf": [schema] }) } else { schema };
    if let Some(schema) = schema.as_object_mut() {
        let whole = match schema.get("description").and_then(Value::as_str) {
            Some(said) if said != doc => format!("{doc} {said}"),
            _ => doc.to_owned(),
        };
        schema.insert("description".into(), whole.into());
    }
    schema
}

/// The condition in words, where no keyword says it.
fn condition(refinement: &Refinement) -> String {
    if refinement.bounds == Bounds::default() {
        format!("Must hold: {}.", refinement.source)
    } else {
        String::new()
    }
}

/// Adds what the bounds say to a number, a text, a list or a map; other schemas are left alone.
fn bound(schema: &mut Value, bounds: &Bounds) {
    let Some(schema) = schema.as_object_mut() else { return };
    let kind = schema.get("type").and_then(Value::as_str).unwrap_or_default();
    let lengths = match kind {
        "string" => ["minLength", "maxLength"],
        "array" => ["minItems", "maxItems"],
        "object" if !schema.contains_key("properties") => ["minProperties", "maxProperties"],
        "integer" | "number" if !schema.contains_key("enum") => {
            let numbers = [
                ("minimum", bounds.min),
                ("maximum", bounds.max),
                ("exclusiveMinimum", bounds.above),
                ("exclusiveMaximum", bounds.below),
            ];
            for (keyword, bound) in numbers {
                if let Some(bound) = bound.filter(|bound| bound.is_finite()) {
                    schema.insert(keyword.into(), plain_number(bound));
                }
            }
            return;
        }
        _ => return,
    };
    if let (Some(pattern), true) = (&bounds.pattern, kind == "string") {
        schema.insert("pattern".into(), (&**pattern).into());
    }
    for (keyword, bound) in lengths.into_iter().zip([bounds.min_len, bounds.max_len]) {
        let Some(mut bound) = bound else { continue };
        if let Some(said) = schema.get(keyword).and_then(Value::as_u64) {
            bound = if keyword.starts_with("min") { said.max(bound) } else { said.min(bound) };
        }
        schema.insert(keyword.into(), bound.into());
    }
}

/// A whole number without a decimal point: some services insist.
#[allow(clippy::cast_possible_truncation)]
fn plain_number(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9e15 { (number as i64).into() } else { number.into() }
}
