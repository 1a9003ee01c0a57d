//! Stands in for conformity and for the reader of answers until they are there.

use std::sync::Arc;

use super::Conditions;
use crate::types::{RecordType, Type};
use crate::value::{Map, Record, Value};

pub(super) fn conform(value: &Value, ty: &Type, judge: &mut Conditions<'_, '_>) -> Result<Value, String> {
    let wrong = || format!("the value must be `{ty}`, but is a {}", value.kind());
    match (ty, value) {
        (Type::Alias(alias), _) => conform(value, alias.target(), judge),
        (Type::Refined(base, refinement), _) => {
            let value = conform(value, base, judge)?;
            judge.holds(refinement, &value)?;
            Ok(value)
        }
        (Type::Optional(_), Value::Nothing) => Ok(Value::Nothing),
        (Type::Optional(inner), _) => conform(value, inner, judge),
        (Type::Union(members), _) => {
            if judge.is(value, ty) {
                return Ok(value.clone());
            }
            members.iter().find_map(|member| conform(value, member, judge).ok()).ok_or_else(wrong)
        }
        #[allow(clippy::cast_precision_loss)]
        (Type::Number, Value::Int(int)) => Ok(Value::Number(*int as f64)),
        (Type::List(element, size), Value::List(values)) => {
            if !size.holds(values.len()) {
                return Err(format!("the list must have {size} elements, but has {}", values.len()));
            }
            let values: Result<Vec<_>, _> =
                values.iter().map(|value| conform(value, element, judge)).collect();
            Ok(Value::list(values?))
        }
        (Type::Map(element), Value::Map(map)) => {
            let map: Result<Map, String> = map
                .iter()
                .map(|(key, value)| Ok((Arc::clone(key), conform(value, element, judge)?)))
                .collect();
            Ok(Value::Map(Arc::new(map?)))
        }
        (Type::Map(_), Value::Record(record)) => {
            let map = record.entries().map(|(name, value)| (Arc::from(name), value.clone())).collect();
            conform(&Value::Map(Arc::new(map)), ty, judge)
        }
        (Type::Record(wanted), Value::Record(record)) => {
            let known: Map = record.entries().map(|(name, value)| (Arc::from(name), value.clone())).collect();
            fields(&known, wanted, judge)
        }
        (Type::Record(wanted), Value::Map(map)) => fields(map, wanted, judge),
        (Type::Json, _) => Ok(value.clone()),
        _ if judge.is(value, ty) => Ok(value.clone()),
        _ => Err(wrong()),
    }
}

fn fields(known: &Map, wanted: &Arc<RecordType>, judge: &mut Conditions<'_, '_>) -> Result<Value, String> {
    if let Some(key) = known.keys().find(|key| wanted.field(key).is_none()) {
        return Err(format!("there is no field `{key}`"));
    }
    let mut values = Vec::new();
    for (at, field) in wanted.fields().iter().enumerate() {
        let value = match known.get(&field.name) {
            Some(value) => value.clone(),
            None => judge.default(wanted, at).unwrap_or(Value::Nothing),
        };
        values.push(
            conform(&value, &field.ty, judge)
                .map_err(|reason| format!("field `{}`: {reason}", field.name))?,
        );
    }
    let record = Record::new(Arc::clone(wanted), values).ok_or("a field is missing")?;
    let value = Value::Record(Arc::new(record));
    if let Some(refinement) = wanted.refinement() {
        judge.holds(refinement, &value)?;
    }
    Ok(value)
}
