//! When values are equal, and which comes first.

use std::cmp::Ordering;

use super::Value;

/// Whether two values are equal: by structure, an `int` and a `number` by what they count. Never
/// recurs, however deep the values are. Whether a secret may be compared is the caller's question.
#[must_use]
pub fn equal(a: &Value, b: &Value) -> bool {
    let mut open = vec![(a, b)];
    while let Some(pair) = open.pop() {
        match pair {
            (Value::List(a), Value::List(b)) => {
                if a.len() != b.len() {
                    return false;
                }
                open.extend(a.iter().zip(b.iter()));
            }
            (Value::Record(a), Value::Record(b)) => {
                if a.values().len() != b.values().len() {
                    return false;
                }
                for (name, value) in a.entries() {
                    match b.get(name) {
                        Some(other) => open.push((value, other)),
                        None => return false,
                    }
                }
            }
            (Value::Map(a), Value::Map(b)) => {
                if a.len() != b.len() {
                    return false;
                }
                for (key, value) in a.iter() {
                    match b.get(key) {
                        Some(other) => open.push((value, other)),
                        None => return false,
                    }
                }
            }
            (Value::Int(_), Value::Number(_)) | (Value::Number(_), Value::Int(_)) => {
                if order(pair.0, pair.1) != Some(Ordering::Equal) {
                    return false;
                }
            }
            (a, b) => {
                if a != b {
                    return false;
                }
            }
        }
    }
    true
}

/// Which of two values comes first; `None` where there is no order between them. Numbers by size,
/// texts by code point, dates, times, durations and amounts as one expects, `false` before `true`.
#[must_use]
pub fn order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Number(a), Value::Number(b)) => a.partial_cmp(b),
        (Value::Int(a), Value::Number(b)) => Some(int_and_number(*a, *b)),
        (Value::Number(a), Value::Int(b)) => Some(int_and_number(*b, *a).reverse()),
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::Time(a), Value::Time(b)) => Some(a.cmp(b)),
        (Value::Duration(a), Value::Duration(b)) => Some(a.cmp(b)),
        (Value::Money(a), Value::Money(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// Exact: beyond 2^53 not every whole number is a double.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
fn int_and_number(int: i64, number: f64) -> Ordering {
    const BEYOND: f64 = 9_223_372_036_854_775_808.0; // 2^63
    if number >= BEYOND {
        return Ordering::Less;
    }
    if number < -BEYOND {
        return Ordering::Greater;
    }
    let whole = number.trunc();
    int.cmp(&(whole as i64)).then_with(|| whole.partial_cmp(&number).unwrap_or(Ordering::Equal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_exactly() {
        let order = |a, b| order(&Value::Int(a), &Value::Number(b));
        assert_eq!(order(1, 1.0), Some(Ordering::Equal));
        assert_eq!(order(1, 1.5), Some(Ordering::Less));
        assert_eq!(order(-1, -1.5), Some(Ordering::Greater));
        assert_eq!(order(i64::MAX, 9_223_372_036_854_775_807.0), Some(Ordering::Less));
        assert_eq!(order(i64::MIN, -9_223_372_036_854_775_808.0), Some(Ordering::Equal));
        assert_eq!(order((1 << 53) + 1, 9_007_199_254_740_992.0), Some(Ordering::Greater));
        assert_eq!(order(0, 1e300), Some(Ordering::Less));
        assert_eq!(order(0, -1e300), Some(Ordering::Greater));
    }

    #[test]
    fn equality_looks_inside() {
        let one = Value::list([Value::Int(1), Value::text("a")]);
        let other = Value::list([Value::Number(1.0), Value::text("a")]);
        assert!(equal(&one, &other));
        assert!(!equal(&one, &Value::list([Value::Int(1)])));
        assert!(!equal(&Value::text("1"), &Value::Int(1)));
    }

    #[test]
    fn texts_are_ordered_by_code_point() {
        assert_eq!(order(&Value::text("Z"), &Value::text("a")), Some(Ordering::Less));
        assert_eq!(order(&Value::text("\u{ffff}"), &Value::text("\u{10000}")), Some(Ordering::Less));
        assert_eq!(order(&Value::text("1"), &Value::Int(1)), None);
    }
}
