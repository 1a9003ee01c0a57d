//! Equal values found again fast, in the order in which they first came.

use std::collections::HashMap;
use std::sync::Arc;

use crate::value::{Value, equal};

/// Distinct values in the order in which they first came.
#[derive(Default)]
pub(super) struct Groups {
    keys: Vec<Value>,
    /// Places of those that can be looked up. Never gone through in its own order.
    known: HashMap<Key, usize>,
    /// Places of all others: each is compared.
    others: Vec<usize>,
}

#[derive(PartialEq, Eq, Hash)]
enum Key {
    Text(Arc<str>),
    Int(i64),
    /// By bits; whole numbers are [`Key::Int`], so that 1 and 1.0 are one.
    Number(u64),
    Bool(bool),
    Date(jiff::civil::Date),
}

impl Groups {
    /// The place of the value among the distinct ones.
    pub(super) fn place(&mut self, value: &Value) -> usize {
        let next = self.keys.len();
        let place = if let Some(key) = key(value) {
            *self.known.entry(key).or_insert(next)
        } else {
            let known = self.others.iter().copied().find(|at| equal(&self.keys[*at], value));
            known.unwrap_or_else(|| {
                self.others.push(next);
                next
            })
        };
        if place == next {
            self.keys.push(value.clone());
        }
        place
    }

    /// The distinct values.
    pub(super) fn into_keys(self) -> Vec<Value> {
        self.keys
    }
}

#[allow(clippy::cast_possible_truncation)]
fn key(value: &Value) -> Option<Key> {
    match value {
        Value::Text(text) => Some(Key::Text(Arc::clone(text))),
        Value::Int(int) => Some(Key::Int(*int)),
        Value::Number(number) => {
            let whole = Value::Int(*number as i64);
            Some(match (equal(value, &whole), whole) {
                (true, Value::Int(int)) => Key::Int(int),
                _ => Key::Number(number.to_bits()),
            })
        }
        Value::Bool(bool) => Some(Key::Bool(*bool)),
        Value::Date(date) => Some(Key::Date(*date)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_one() {
        let mut groups = Groups::default();
        let places: Vec<usize> = [
            Value::Int(1),
            Value::Number(1.0),
            Value::text("1"),
            Value::Number(1.5),
            Value::Nothing,
            Value::list([Value::Int(1)]),
            Value::Nothing,
            Value::list([Value::Number(1.0)]),
            Value::Number(0.0),
            Value::Number(-0.0),
        ]
        .iter()
        .map(|value| groups.place(value))
        .collect();
        assert_eq!(places, [0, 0, 1, 2, 3, 4, 3, 4, 5, 5]);
        assert_eq!(groups.into_keys().len(), 6);
    }
}
