//! Who is who in a performance: 128-bit ids chained from parent to child, and hashes of values.

use crate::instrument::CallId;
use crate::value::{Callee, Map, Value};

/// The id of the whole performance: what the entry movement's name gives.
pub fn root(movement: &str) -> CallId {
    finish(blake3::Hasher::new().update(b"score/1").update(movement.as_bytes()))
}

/// The id of what stands at the site `name` of `parent`, under `key` (a round), and for which `purpose`.
pub fn child(parent: CallId, name: &str, key: u128, purpose: &str) -> CallId {
    // One block of input for names of ordinary length: the cheapest that the hash can be.
    let mut bytes = [0_u8; 64];
    let used = 16 + 16 + name.len() + 1 + purpose.len();
    if used <= bytes.len() {
        bytes[..16].copy_from_slice(&parent.0.to_le_bytes());
        bytes[16..32].copy_from_slice(&key.to_le_bytes());
        bytes[32..32 + name.len()].copy_from_slice(name.as_bytes());
        bytes[33 + name.len()..used].copy_from_slice(purpose.as_bytes());
        return first_half(&blake3::hash(&bytes[..used]));
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update(&parent.0.to_le_bytes()).update(&key.to_le_bytes());
    finish(hasher.update(name.as_bytes()).update(&[0]).update(purpose.as_bytes()))
}

/// The key of a round by what it is about and how often that was there before.
pub fn round(content: u128, occurrence: u32) -> u128 {
    content.wrapping_add(u128::from(occurrence).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835))
}

/// The hash of a value's content.
pub fn content(value: &Value) -> u128 {
    if let Value::Text(text) = value
        && text.len() < 63
    {
        let mut bytes = [0_u8; 64];
        bytes[0] = 40;
        bytes[1..=text.len()].copy_from_slice(text.as_bytes());
        return first_half(&blake3::hash(&bytes[..=text.len()])).0;
    }
    let mut hasher = blake3::Hasher::new();
    feed(&mut hasher, value);
    finish(&hasher).0
}

fn finish(hasher: &blake3::Hasher) -> CallId {
    first_half(&hasher.finalize())
}

fn first_half(hash: &blake3::Hash) -> CallId {
    let mut half = [0; 16];
    half.copy_from_slice(&hash.as_bytes()[..16]);
    CallId(u128::from_le_bytes(half))
}

/// Feeds a value without recursion, each piece behind a mark of its kind and, where it is composed, its length.
pub fn feed(hasher: &mut blake3::Hasher, value: &Value) {
    let mut left: Vec<Step<'_>> = vec![Step::Value(value)];
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
            feed_text(hasher, 13, &media.mime);
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

fn feed_bytes(hasher: &mut blake3::Hasher, mark: u8, bytes: &[u8]) {
    hasher.update(&[mark]).update(bytes);
}

#[cfg(test)]
mod tests {
    use super::{child, content, root, round};
    use crate::value::Value;

    #[test]
    fn equal_contents_have_equal_hashes_and_others_do_not() {
        let deep =
            |n: i64| Value::list(vec![Value::text("a"), Value::list(vec![Value::Int(n), Value::Nothing])]);
        assert_eq!(content(&deep(1)), content(&deep(1)));
        assert_ne!(content(&deep(1)), content(&deep(2)));
        assert_ne!(content(&Value::text("1")), content(&Value::Int(1)));
        assert_ne!(content(&Value::Nothing), content(&Value::list(Vec::new())));
        let long = "x".repeat(100);
        assert_eq!(content(&Value::text(&long)), content(&Value::text(&long)));
    }

    #[test]
    fn ids_tell_sites_rounds_and_purposes_apart() {
        let id = root("main");
        assert_eq!(child(id, "draft", 1, ""), child(id, "draft", 1, ""));
        assert_ne!(child(id, "draft", 1, ""), child(id, "draft", 2, ""));
        assert_ne!(child(id, "draft", 1, ""), child(id, "draft", 1, "within"));
        assert_ne!(child(id, "draft", 1, "try"), child(id, "drafttry", 1, ""));
        assert_ne!(round(7, 0), round(7, 1));
        let long = "n".repeat(90);
        assert_ne!(child(id, &long, 1, ""), child(id, &long, 2, ""));
    }
}
