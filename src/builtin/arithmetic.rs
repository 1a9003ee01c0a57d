//! Arithmetic on values: exact for `int`, `money` and `duration`, double precision for `number`.
//!
//! What an operator gives, by what stands left and right of it (`n` is an `int` or a `number`):
//!
//! | | |
//! |---|---|
//! | `int + int`, `-`, `*`, `%` | `int`; fails where it does not fit 64 bits |
//! | `int / int` | `number`, always: `7 / 2` is `3.5` |
//! | `n + n` and the like, one a `number` | `number`; fails where it would not be finite |
//! | `a % b` | what is left of `a` above a multiple of `b`: never negative |
//! | `money + money`, `-` | `money` |
//! | `money * n`, `n * money`, `money / n` | `money`, to the nearest billionth of a dollar |
//! | `money / money` | `number` |
//! | `duration` | as `money`, to the nearest millisecond |
//! | `date + duration`, `duration + date`, `date - duration` | `date`; fails where the duration is not of whole days |
//! | `time + duration`, `duration + time`, `time - duration` | `time` |
//! | `date - date`, `time - time` | `duration` |
//! | `text + text`, `[T] + [T]` | joined |

use jiff::{SignedDuration, Timestamp, civil::Date};

use super::Trouble;
use super::decimal::Decimal;
use crate::value::{Money, Value, show_duration, show_number};

const DAY: i64 = 86_400_000;

/// `a + b`
///
/// # Errors
/// Where the sum can't be held, or the two can't be added.
pub fn add(a: &Value, b: &Value) -> Result<Value, Trouble> {
    let sum = match (a, b) {
        (Value::Int(x), Value::Int(y)) => x.checked_add(*y).map(Value::Int),
        (Value::Money(x), Value::Money(y)) => x.checked_add(*y).map(Value::Money),
        (Value::Duration(x), Value::Duration(y)) => x.checked_add(*y).map(Value::Duration),
        (Value::Date(date), Value::Duration(length)) | (Value::Duration(length), Value::Date(date)) => {
            moved(*date, *length, "+")?
        }
        (Value::Time(time), Value::Duration(length)) | (Value::Duration(length), Value::Time(time)) => {
            later(*time, Some(*length))
        }
        (Value::Text(x), Value::Text(y)) => {
            let mut joined = String::with_capacity(x.len() + y.len());
            joined.push_str(x);
            joined.push_str(y);
            Some(Value::Text(joined.into()))
        }
        (Value::List(x), Value::List(y)) => {
            Some(Value::list(x.iter().chain(y.iter()).cloned().collect::<Vec<_>>()))
        }
        _ => numbers(a, b, |x, y| x + y),
    };
    sum.ok_or_else(|| beyond(a, "+", b))
}

/// `a - b`
///
/// # Errors
/// Where the difference can't be held, or the two have none.
pub fn subtract(a: &Value, b: &Value) -> Result<Value, Trouble> {
    let difference = match (a, b) {
        (Value::Int(x), Value::Int(y)) => x.checked_sub(*y).map(Value::Int),
        (Value::Money(x), Value::Money(y)) => x.checked_sub(*y).map(Value::Money),
        (Value::Duration(x), Value::Duration(y)) => x.checked_sub(*y).map(Value::Duration),
        (Value::Date(date), Value::Duration(length)) => match length.checked_neg() {
            Some(back) => moved(*date, back, "-")?,
            None => None,
        },
        (Value::Time(time), Value::Duration(length)) => later(*time, length.checked_neg()),
        (Value::Date(x), Value::Date(y)) => milliseconds(x.duration_since(*y)),
        (Value::Time(x), Value::Time(y)) => milliseconds(x.duration_since(*y)),
        _ => numbers(a, b, |x, y| x - y),
    };
    difference.ok_or_else(|| beyond(a, "-", b))
}

/// `a * b`
///
/// # Errors
/// Where the product can't be held, or the two have none.
pub fn multiply(a: &Value, b: &Value) -> Result<Value, Trouble> {
    let product = match (a, b) {
        (Value::Int(x), Value::Int(y)) => x.checked_mul(*y).map(Value::Int),
        (Value::Money(money), n) | (n, Value::Money(money)) => {
            decimal(n).and_then(|n| n.times(money.nanos)).map(dollars)
        }
        (Value::Duration(length), n) | (n, Value::Duration(length)) => {
            decimal(n).and_then(|n| n.times(*length)).map(Value::Duration)
        }
        _ => numbers(a, b, |x, y| x * y),
    };
    product.ok_or_else(|| beyond(a, "*", b))
}

/// `a / b`
///
/// # Errors
/// Where `b` is 0, the quotient can't be held, or the two have none.
pub fn divide(a: &Value, b: &Value) -> Result<Value, Trouble> {
    if is_zero(b) {
        return Err(Trouble::new(format!("{} can't be divided by {}", shown(a), shown(b))));
    }
    let quotient = match (a, b) {
        (Value::Money(x), Value::Money(y)) => finite(double(x.nanos) / double(y.nanos)),
        (Value::Duration(x), Value::Duration(y)) => finite(double(*x) / double(*y)),
        (Value::Money(money), n) => decimal(n).and_then(|n| n.divide(money.nanos)).map(dollars),
        (Value::Duration(length), n) => decimal(n).and_then(|n| n.divide(*length)).map(Value::Duration),
        _ => numbers(a, b, |x, y| x / y),
    };
    quotient.ok_or_else(|| beyond(a, "/", b))
}

/// `a % b`
///
/// # Errors
/// Where `b` is 0 or the two have no remainder.
pub fn remainder(a: &Value, b: &Value) -> Result<Value, Trouble> {
    if is_zero(b) {
        return Err(Trouble::new(format!("{} can't be divided by {}", shown(a), shown(b))));
    }
    let rest = match (a, b) {
        // Only the least int by -1 overflows, and it leaves nothing.
        (Value::Int(x), Value::Int(y)) => Some(Value::Int(x.checked_rem_euclid(*y).unwrap_or(0))),
        _ => numbers(a, b, f64::rem_euclid),
    };
    rest.ok_or_else(|| beyond(a, "%", b))
}

/// `-a`
///
/// # Errors
/// Where it can't be held, or there is none.
pub fn negate(a: &Value) -> Result<Value, Trouble> {
    let negative = match a {
        Value::Int(x) => x.checked_neg().map(Value::Int),
        Value::Number(x) => Some(Value::Number(-x)),
        Value::Duration(x) => x.checked_neg().map(Value::Duration),
        Value::Money(x) => x.nanos.checked_neg().map(dollars),
        _ => return Err(Trouble::new(format!("there is no negative of a {}", a.kind()))),
    };
    negative.ok_or_else(|| Trouble::new(format!("-({}) is more than a {} can hold", shown(a), a.kind())))
}

/// Whether it is less than 0.
pub(super) fn is_negative(a: &Value) -> bool {
    match a {
        Value::Int(x) | Value::Duration(x) => *x < 0,
        Value::Number(x) => *x < 0.0,
        Value::Money(x) => x.nanos < 0,
        _ => false,
    }
}

fn is_zero(value: &Value) -> bool {
    match value {
        Value::Int(x) | Value::Duration(x) => *x == 0,
        Value::Number(x) => *x == 0.0,
        Value::Money(x) => x.nanos == 0,
        _ => false,
    }
}

fn dollars(nanos: i64) -> Value {
    Value::Money(Money::from_nanos(nanos))
}

/// What an `int` or `number` is as a double.
pub(super) fn as_double(value: &Value) -> Option<f64> {
    match value {
        Value::Int(int) => Some(double(*int)),
        Value::Number(number) => Some(*number),
        _ => None,
    }
}

#[allow(clippy::cast_precision_loss)]
fn double(int: i64) -> f64 {
    int as f64
}

fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Int(int) => Some(Decimal::whole(*int)),
        Value::Number(number) => Decimal::of(*number),
        _ => None,
    }
}

fn numbers(a: &Value, b: &Value, calculate: fn(f64, f64) -> f64) -> Option<Value> {
    finite(calculate(as_double(a)?, as_double(b)?))
}

/// Never gives minus 0, which would show as `-0`.
fn finite(number: f64) -> Option<Value> {
    number.is_finite().then_some(Value::Number(number + 0.0))
}

fn later(time: Timestamp, length: Option<i64>) -> Option<Value> {
    time.checked_add(SignedDuration::from_millis(length?)).ok().map(Value::Time)
}

fn moved(date: Date, length: i64, sign: &str) -> Result<Option<Value>, Trouble> {
    if length % DAY != 0 {
        let length = show_duration(if sign == "-" { -length } else { length });
        return Err(Trouble::new(format!(
            "{date} {sign} {length}: a date moves by whole days only; a `time` moves by any duration"
        )));
    }
    Ok(date.checked_add(SignedDuration::from_millis(length)).ok().map(Value::Date))
}

fn milliseconds(length: SignedDuration) -> Option<Value> {
    i64::try_from(length.as_millis()).ok().map(Value::Duration)
}

/// A value in an error message about arithmetic.
fn shown(value: &Value) -> String {
    match value {
        Value::Int(int) => int.to_string(),
        Value::Number(number) => show_number(*number),
        Value::Money(money) => money.to_string(),
        Value::Duration(length) => show_duration(*length),
        Value::Date(date) => date.to_string(),
        Value::Time(time) => time.to_string(),
        other => format!("a {}", other.kind()),
    }
}

fn beyond(a: &Value, sign: &str, b: &Value) -> Trouble {
    let known = |value: &Value| {
        matches!(
            value,
            Value::Int(_)
                | Value::Number(_)
                | Value::Money(_)
                | Value::Duration(_)
                | Value::Date(_)
                | Value::Time(_)
        )
    };
    let (left, right) = (shown(a), shown(b));
    if known(a) && known(b) {
        Trouble::new(format!("{left} {sign} {right} is beyond what can be held, or is not defined"))
    } else {
        Trouble::new(format!("`{sign}` is not defined for {left} and {right}"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Value {
        Value::Date(text.parse().unwrap())
    }

    fn time(text: &str) -> Value {
        Value::Time(text.parse().unwrap())
    }

    fn money(nanos: i64) -> Value {
        dollars(nanos)
    }

    #[test]
    fn ints_stay_exact_or_fail() {
        let max = Value::Int(i64::MAX);
        assert_eq!(add(&Value::Int(1), &Value::Int(2)), Ok(Value::Int(3)));
        for trouble in [
            add(&max, &Value::Int(1)),
            subtract(&Value::Int(i64::MIN), &Value::Int(1)),
            multiply(&max, &Value::Int(2)),
            negate(&Value::Int(i64::MIN)),
            multiply(&Value::Number(1e308), &Value::Int(10)),
        ] {
            assert!(trouble.is_err());
        }
        assert_eq!(divide(&Value::Int(7), &Value::Int(2)), Ok(Value::Number(3.5)));
        assert_eq!(divide(&Value::Int(6), &Value::Int(2)), Ok(Value::Number(3.0)));
        assert_eq!(divide(&Value::Int(7), &Value::Int(0)).unwrap_err().message, "7 can't be divided by 0");
        assert_eq!(remainder(&Value::Int(-7), &Value::Int(5)), Ok(Value::Int(3)));
        assert_eq!(remainder(&Value::Int(i64::MIN), &Value::Int(-1)), Ok(Value::Int(0)));
        assert_eq!(remainder(&Value::Number(-0.5), &Value::Int(2)), Ok(Value::Number(1.5)));
        assert!(remainder(&Value::Int(1), &Value::Number(0.0)).is_err());
    }

    #[test]
    fn money_is_exact() {
        let dollar = money(1_000_000_000);
        assert_eq!(multiply(&dollar, &Value::Number(0.1)), Ok(money(100_000_000)));
        assert_eq!(multiply(&Value::Int(3), &dollar), Ok(money(3_000_000_000)));
        assert_eq!(divide(&dollar, &Value::Int(3)), Ok(money(333_333_333)));
        assert_eq!(divide(&dollar, &money(250_000_000)), Ok(Value::Number(4.0)));
        assert!(add(&dollar, &Value::Int(1)).is_err());
        assert!(divide(&dollar, &money(0)).is_err());
        assert!(multiply(&dollar, &Value::Number(1e300)).is_err());
        assert!(multiply(&dollar, &dollar).is_err());
    }

    #[test]
    fn dates_move_by_whole_days_and_times_by_any_duration() {
        let hour = Value::Duration(3_600_000);
        assert_eq!(add(&day("2026-02-27"), &Value::Duration(2 * DAY)), Ok(day("2026-03-01")));
        assert_eq!(subtract(&day("2026-03-01"), &Value::Duration(DAY)), Ok(day("2026-02-28")));
        assert_eq!(subtract(&day("2026-03-01"), &day("2026-02-27")), Ok(Value::Duration(2 * DAY)));
        assert!(add(&day("2026-01-01"), &hour).unwrap_err().message.contains("whole days"));
        assert!(add(&day("9999-12-31"), &Value::Duration(DAY)).is_err());
        assert_eq!(add(&time("2026-01-05T09:00Z"), &hour), Ok(time("2026-01-05T10:00Z")));
        assert_eq!(subtract(&time("2026-01-05T09:00Z"), &time("2026-01-05T08:00Z")), Ok(hour.clone()));
        assert_eq!(multiply(&hour, &Value::Number(0.5)), Ok(Value::Duration(1_800_000)));
        assert_eq!(divide(&hour, &Value::Duration(60_000)), Ok(Value::Number(60.0)));
    }

    #[test]
    fn plus_joins() {
        assert_eq!(add(&Value::text("a"), &Value::text("b")), Ok(Value::text("ab")));
        let one = || Value::list([Value::Int(1)]);
        assert_eq!(add(&one(), &one()), Ok(Value::list([Value::Int(1), Value::Int(1)])));
        assert_eq!(
            add(&Value::text("a"), &Value::Int(1)).unwrap_err().message,
            "`+` is not defined for a text and 1"
        );
    }

    fn any_value() -> impl Strategy<Value = Value> {
        prop_oneof![
            any::<i64>().prop_map(Value::Int),
            (-9_i64..9).prop_map(Value::Int),
            any::<f64>().prop_filter("finite", |n| n.is_finite()).prop_map(Value::Number),
            any::<i64>().prop_map(dollars),
            any::<i64>().prop_map(Value::Duration),
            (-40_i64..40).prop_map(|days| Value::Duration(days * DAY)),
            (1_i16..9999, 1_i8..=12, 1_i8..=28).prop_map(|(y, m, d)| Value::Date(Date::constant(y, m, d))),
            (-1_000_000_000_000_i64..1_000_000_000_000)
                .prop_map(|at| Value::Time(Timestamp::from_millisecond(at).unwrap())),
        ]
    }

    proptest! {
        #[test]
        fn no_arithmetic_panics_or_gives_what_is_no_number(a in any_value(), b in any_value()) {
            for calculate in [add, subtract, multiply, divide, remainder] {
                if let Ok(Value::Number(number)) = calculate(&a, &b) {
                    prop_assert!(number.is_finite());
                }
            }
            let _ = negate(&a);
        }

        #[test]
        fn what_is_added_can_be_taken_away(a in any_value(), b in any_value()) {
            let exact = !matches!(
                (&a, &b),
                (Value::Number(_), _) | (_, Value::Number(_)) | (Value::Duration(_), Value::Date(_) | Value::Time(_))
            );
            if let Ok(sum) = add(&a, &b) && exact {
                prop_assert_eq!(subtract(&sum, &b), Ok(a));
            }
        }

        #[test]
        fn remainders_are_never_negative(a in any::<i64>(), b in any::<i64>()) {
            if let Ok(Value::Int(rest)) = remainder(&Value::Int(a), &Value::Int(b)) {
                prop_assert!(rest >= 0 && rest.unsigned_abs() < b.unsigned_abs());
            }
        }
    }
}
