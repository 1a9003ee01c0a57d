//! A judge for tests: it judges conditions by their bounds, and every default is the simplest value.

#![allow(clippy::cast_precision_loss)]

use std::sync::Arc;

use super::{Judge, Map, Value};
use crate::types::{RecordType, Refinement, Type};

/// Judges by bounds alone.
pub struct Bounded;

impl Judge for Bounded {
    fn holds(&mut self, refinement: &Refinement, value: &Value) -> Result<(), String> {
        let bounds = &refinement.bounds;
        let number = match value {
            Value::Int(int) => Some(*int as f64),
            Value::Number(number) => Some(*number),
            _ => None,
        };
        let len = match value {
            Value::Text(text) => Some(text.chars().count() as u64),
            Value::List(values) => Some(values.len() as u64),
            Value::Map(map) => Some(map.len() as u64),
            _ => None,
        };
        let holds = number.is_none_or(|number| {
            bounds.min.is_none_or(|min| number >= min)
                && bounds.max.is_none_or(|max| number <= max)
                && bounds.above.is_none_or(|above| number > above)
                && bounds.below.is_none_or(|below| number < below)
        }) && len.is_none_or(|len| {
            bounds.min_len.is_none_or(|min| len >= min) && bounds.max_len.is_none_or(|max| len <= max)
        });
        if holds { Ok(()) } else { Err(String::new()) }
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
