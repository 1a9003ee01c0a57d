//! What a tool is sent: the part's arguments by the names that the server gives them, if they are as its schema
//! says. What is `nothing` is left out, unless it must be there.

use serde_json::{Map, Value as Json};

use crate::backend::said::json;
use crate::base::Name;
use crate::instrument::{Failure, FailureKind, Request, Stage};
use crate::load::LockedTool;
use crate::types::params_of_schema;
use crate::value::{Reading, Value, conform_with, from_json};

/// Holds the arguments against the schema of the tool: a part of one's own may be less particular than it.
///
/// # Errors
/// If one of them is not as the schema says. Nothing is sent then.
pub(super) fn check(request: &Request, tool: &LockedTool, stage: &Stage) -> Result<(), Failure> {
    let params = params_of_schema(&tool.input);
    for (name, value) in &request.arguments {
        let Some(param) = params.iter().find(|param| param.name == *name) else { continue };
        let mut wrong = None;
        (stage.judging)(&mut |judge| {
            let given = conform_with(from_json(json(value)), &param.ty, Reading::FromJson, judge);
            wrong = given.err();
        });
        if let Some(mismatch) = wrong {
            let place = format!("`{name}` of the tool `{}`", tool.name);
            return Err(Failure::new(FailureKind::InvalidRequest, mismatch.in_words(&place)));
        }
    }
    Ok(())
}

/// The arguments as an object of this schema.
pub(super) fn object(arguments: &[(Name, Value)], schema: &Json) -> Map<String, Json> {
    let params = params_of_schema(schema);
    let fields = arguments.iter().filter_map(|(name, value)| {
        let param = params.iter().find(|param| param.name == *name);
        let field = param.map_or_else(|| name.to_string(), |param| param.field.clone());
        if *value == Value::Nothing {
            return param.is_some_and(|param| param.required).then_some((field, Json::Null));
        }
        let own = schema.pointer("/properties").and_then(|all| all.get(&field)).unwrap_or(&Json::Null);
        Some((field, filled(json(value), own, schema, 0)))
    });
    fields.collect()
}

/// The same without fields that are `null` and may be left out.
fn filled(value: Json, schema: &Json, root: &Json, depth: usize) -> Json {
    let schema = match schema.get("$ref").and_then(Json::as_str).and_then(|path| path.strip_prefix('#')) {
        Some(path) => root.pointer(path).unwrap_or(schema),
        None => schema,
    };
    match value {
        _ if depth > crate::value::MAX_DEPTH => value,
        Json::Array(values) => {
            let items = schema.get("items").unwrap_or(&Json::Null);
            values.into_iter().map(|value| filled(value, items, root, depth + 1)).collect()
        }
        Json::Object(fields) => {
            let Some(known) = schema.get("properties").and_then(Json::as_object) else {
                return Json::Object(fields);
            };
            let required = schema.get("required").and_then(Json::as_array);
            let needed =
                |name: &str| required.is_some_and(|all| all.iter().any(|one| one.as_str() == Some(name)));
            let kept = fields.into_iter().filter(|(name, value)| !value.is_null() || needed(name));
            kept.map(|(name, value)| {
                let own = known.get(&name).unwrap_or(&Json::Null);
                let value = filled(value, own, root, depth + 1);
                (name, value)
            })
            .collect()
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::value::from_json;

    #[test]
    fn what_is_nothing_is_left_out_unless_it_must_be_there() {
        let schema = json!({"type": "object", "required": ["a"], "properties": {
            "a": {"type": ["string", "null"]}, "b-c": {"type": "integer"}, "d": {"type": "object",
            "required": ["e"], "properties": {"e": {"type": "null"}, "f": {"type": "string"}}}}});
        let given = |name: &str, value: Value| (Name::from(name), value);
        let arguments = [
            given("a", Value::Nothing),
            given("b_c", Value::Nothing),
            given("d", from_json(json!({"e": null, "f": null}))),
        ];
        assert_eq!(Json::Object(object(&arguments, &schema)), json!({"a": null, "d": {"e": null}}));
        let arguments = [given("b_c", Value::Int(3))];
        assert_eq!(Json::Object(object(&arguments, &schema)), json!({"b-c": 3}));
    }
}
