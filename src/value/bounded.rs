//! A judge for tests: it judges conditions by their bounds, and every default is the simplest value.

use std::sync::Arc;

use super::{Judge, Map, Value, within};
use crate::types::{RecordType, Refinement, Type};

/// Judges by bounds alone.
pub struct Bounded;

impl Judge for Bounded {
    fn holds(&mut self, refinement: &Refinement, value: &Value) -> Result<(), String> {
        if within(&refinement.bounds, value) { Ok(()) } else { Err(String::new()) }
    }

    fn default(&mut self, record: &RecordType, field: usize) -> Option<Value> {
        match record.fields()[field].ty.shape() {
            Type::Text => Some(Value::text("default")),
            Type::Int => Some(Value::Int(0)),
            Type::Number => Some(Value::Number(0.0)),
            Type::Bool => Some(Value::Bool(false)),
            Type::List(..) => Some(Value::list([])),
            Type::Map(_) => Some(Value::Map(Arc::new(Map::new()))),
            _ => None,
        }
    }
}
