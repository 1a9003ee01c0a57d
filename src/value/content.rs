//! Values by what they hold, for hashes: the same in every process and on every machine.

use super::{Callee, Map, Value};

/// Feeds a value without recursion, each piece behind a mark of its kind and, where it is composed, its length.
pub fn feed(hasher: &mut blake3::Hasher, value: &Value) {
    let mut left: Vec<Step<'_>> = Vec::new();
    feed_one(hasher, value, &mut left);
    while let Some(step) = left.pop() {
        match step {
            Step::Name(name) => feed_text(hasher, 0, name),
            Step::Value(value) => feed_one(hasher, value, &mut left),
        }
    }
}

enum Step<'a> {
    Value(&'a Value),
    Name(&'a str),
}

fn feed_one<'a>(hasher: &mut blake3::Hasher, value: &'a Value, left: &mut Vec<Step<'a>>) {
    match value {
        Value::Nothing => feed_bytes(hasher, 1, &[]),
        Value::Bool(bool) => feed_bytes(hasher, 2, &[u8::from(*bool)]),
        Value::Int(int) => feed_bytes(hasher, 3, &int.to_le_bytes()),
        Value::Text(text) => feed_text(hasher, 4, text),
        Value::Number(number) => feed_bytes(hasher, 5, &number.to_bits().to_le_bytes()),
        Value::Date(date) => feed_text(hasher, 6, &date.to_string()),
        Value::Time(time) => feed_bytes(hasher, 7, &time.as_nanosecond().to_le_bytes()),
        Value::Duration(millis) => feed_bytes(hasher, 8, &millis.to_le_bytes()),
        Value::Money(money) => feed_bytes(hasher, 9, &money.nanos.to_le_bytes()),
        Value::List(list) => {
            feed_length(hasher, 10, list.len());
            left.extend(list.iter().rev().map(Step::Value));
        }
        Value::Record(record) => {
            feed_length(hasher, 11, record.values().len());
            let from = left.len();
            for (name, value) in record.entries() {
                left.extend([Step::Name(name), Step::Value(value)]);
            }
            left[from..].reverse();
        }
        Value::Map(map) => feed_map(hasher, 12, map, left),
        Value::Media(media) => {
            feed_text(hasher, 13, media.kind.word());
            feed_text(hasher, 13, &media.mime);
            feed_text(hasher, 13, media.name.as_deref().unwrap_or_default());
            hasher.update(blake3::hash(&media.bytes).as_bytes());
        }
        Value::Secret(secret) => feed_text(hasher, 14, &secret.name),
        Value::Instrument(instrument) => {
            feed_text(hasher, 15, &instrument.constructor);
            feed_map(hasher, 15, &instrument.settings, left);
        }
        Value::Function(function) => {
            let (mark, number) = match function.callee {
                Callee::Pure(number) => (16, number),
                Callee::Movement(number) => (17, number),
            };
            feed_bytes(hasher, mark, &number.to_le_bytes());
            feed_length(hasher, 16, function.captured.len());
            left.extend(function.captured.iter().rev().map(Step::Value));
        }
    }
}

fn feed_map<'a>(hasher: &mut blake3::Hasher, mark: u8, map: &'a Map, left: &mut Vec<Step<'a>>) {
    feed_length(hasher, mark, map.len());
    let from = left.len();
    for (name, value) in map {
        left.extend([Step::Name(name), Step::Value(value)]);
    }
    left[from..].reverse();
}

fn feed_length(hasher: &mut blake3::Hasher, mark: u8, length: usize) {
    feed_bytes(hasher, mark, &(length as u64).to_le_bytes());
}

fn feed_text(hasher: &mut blake3::Hasher, mark: u8, text: &str) {
    feed_length(hasher, mark, text.len());
    hasher.update(text.as_bytes());
}

/// A mark and at most sixteen bytes, in one go.
fn feed_bytes(hasher: &mut blake3::Hasher, mark: u8, bytes: &[u8]) {
    let mut marked = [mark; 17];
    let used = 1 + bytes.len();
    marked[1..used].copy_from_slice(bytes);
    hasher.update(&marked[..used]);
}
