//! Who is who in a performance: 128-bit ids chained from parent to child, and hashes of values.

use crate::instrument::CallId;
use crate::value::{Value, feed};

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
    let mut bytes = Vec::new();
    feed(&mut bytes, value);
    first_half(&blake3::hash(&bytes)).0
}

fn finish(hasher: &blake3::Hasher) -> CallId {
    first_half(&hasher.finalize())
}

fn first_half(hash: &blake3::Hash) -> CallId {
    let mut half = [0; 16];
    half.copy_from_slice(&hash.as_bytes()[..16]);
    CallId(u128::from_le_bytes(half))
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
