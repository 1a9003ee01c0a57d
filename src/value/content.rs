//! Values by what they hold, for hashes: the same in every process and on every machine.

use super::{Callee, Map, Value};

/// Feeds a value to what is to be hashed, each piece behind a mark of its kind and, where it is composed, its length.
/// Without recursion. Bytes, not a hasher: most is so short that one go is far cheaper than many small ones.
pub fn feed(bytes: &mut Vec<u8>, value: &Value) {
    let mut left: Vec<Step<'_>> = Vec::new();
    feed_one(bytes, value, &mut left);
    while let Some(step) = left.pop() {
        match step {
            Step::Name(name) => feed_text(bytes, 0, name),
            Step::Value(value) => feed_one(bytes, value, &mut left),
        }
    }
}

enum Step<'a> {
    Value(&'a Value),
    Name(&'a str),
}

fn feed_one<'a>(bytes: &mut Vec<u8>, value: &'a Value, left: &mut Vec<Step<'a>>) {
    match value {
        Value::Nothing => feed_bytes(bytes, 1, &[]),
        Value::Bool(bool) => feed_bytes(bytes, 2, &[u8::from(*bool)]),
        Value::Int(int) => feed_bytes(bytes, 3, &int.to_le_bytes()),
        Value::Text(text) => feed_text(bytes, 4, text),
        Value::Number(number) => feed_bytes(bytes, 5, &number.to_bits().to_le_bytes()),
        Value::Date(date) => feed_text(bytes, 6, &date.to_string()),
        Value::Time(time) => feed_bytes(bytes, 7, &time.as_nanosecond().to_le_bytes()),
        Value::Duration(millis) => feed_bytes(bytes, 8, &millis.to_le_bytes()),
        Value::Money(money) => feed_bytes(bytes, 9, &money.nanos.to_le_bytes()),
        Value::List(list) => {
            feed_length(bytes, 10, list.len());
            left.extend(list.iter().rev().map(Step::Value));
        }
        Value::Record(record) => {
            feed_length(bytes, 11, record.values().len());
            let from = left.len();
            for (name, value) in record.entries() {
                left.extend([Step::Name(name), Step::Value(value)]);
            }
            left[from..].reverse();
        }
        Value::Map(map) => feed_map(bytes, 12, map, left),
        Value::Media(media) => {
            feed_text(bytes, 13, media.kind.word());
            feed_text(bytes, 13, &media.mime);
            feed_text(bytes, 13, media.name.as_deref().unwrap_or_default());
            bytes.extend_from_slice(blake3::hash(&media.bytes).as_bytes());
        }
        Value::Secret(secret) => feed_text(bytes, 14, &secret.name),
        Value::Instrument(instrument) => {
            feed_text(bytes, 15, &instrument.constructor);
            feed_map(bytes, 15, &instrument.settings, left);
        }
        Value::Function(function) => {
            let (mark, number) = match function.callee {
                Callee::Pure(number) => (16, number),
                Callee::Movement(number) => (17, number),
            };
            feed_bytes(bytes, mark, &number.to_le_bytes());
            feed_length(bytes, 16, function.captured.len());
            left.extend(function.captured.iter().rev().map(Step::Value));
        }
    }
}

fn feed_map<'a>(bytes: &mut Vec<u8>, mark: u8, map: &'a Map, left: &mut Vec<Step<'a>>) {
    feed_length(bytes, mark, map.len());
    let from = left.len();
    for (name, value) in map {
        left.extend([Step::Name(name), Step::Value(value)]);
    }
    left[from..].reverse();
}

fn feed_length(bytes: &mut Vec<u8>, mark: u8, length: usize) {
    feed_bytes(bytes, mark, &(length as u64).to_le_bytes());
}

fn feed_text(bytes: &mut Vec<u8>, mark: u8, text: &str) {
    feed_length(bytes, mark, text.len());
    bytes.extend_from_slice(text.as_bytes());
}

fn feed_bytes(bytes: &mut Vec<u8>, mark: u8, piece: &[u8]) {
    bytes.push(mark);
    bytes.extend_from_slice(piece);
}
