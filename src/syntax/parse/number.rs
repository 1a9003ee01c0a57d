//! Numbers, durations and amounts of money as written, to values. Letters that no number ends with are told here.

use crate::base::{Help, Span};
use crate::syntax::ParseError;
use crate::syntax::ast::ExprKind;

/// Units of durations, the greatest first, in milliseconds.
const UNITS: &[(&str, i64)] =
    &[("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000), ("ms", 1)];

/// Units as others write them.
const FOREIGN_UNITS: &[(&str, &str)] = &[
    ("m", "min"),
    ("mins", "min"),
    ("minute", "min"),
    ("minutes", "min"),
    ("sec", "s"),
    ("secs", "s"),
    ("second", "s"),
    ("seconds", "s"),
    ("hr", "h"),
    ("hrs", "h"),
    ("hour", "h"),
    ("hours", "h"),
    ("day", "d"),
    ("days", "d"),
    ("millis", "ms"),
    ("msec", "ms"),
];

/// Words behind a number that are no names.
const APART: &[(&str, &str)] = &[
    ("USD", "$"),
    ("usd", "$"),
    ("dollar", "$"),
    ("dollars", "$"),
    ("ms", "ms"),
    ("min", "min"),
    ("minute", "min"),
    ("minutes", "min"),
    ("second", "s"),
    ("seconds", "s"),
    ("hour", "h"),
    ("hours", "h"),
];

/// The unit that a word behind a number, and apart from it, stands for; `$` for amounts.
pub(super) fn apart(word: &str) -> Option<&'static str> {
    APART.iter().find(|(name, _)| *name == word).map(|(_, unit)| *unit)
}

/// What a number with the letters that touch it says.
///
/// # Errors
/// If it says nothing.
pub(super) fn number(written: &str, span: Span) -> Result<ExprKind, ParseError> {
    let fail =
        |help: String| Err(ParseError::Number { written: written.to_owned(), help: help.into(), span });
    let (digits, unit) = split(written);
    let plain: String = digits.chars().filter(|digit| *digit != '_').collect();
    if digits.ends_with('_') {
        return fail(String::from("A `_` stands between digits: `1_000`."));
    }
    if unit.is_empty() {
        if plain.contains('.') {
            return match plain.parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(ExprKind::Number(number)),
                _ => Err(too_big(written, "number", "1.7e308", span)),
            };
        }
        let whole = plain.parse::<i64>().map(ExprKind::Int);
        return whole.map_err(|_| too_big(written, "whole number", "9223372036854775807", span));
    }
    if let Some((_, length)) = UNITS.iter().find(|(name, _)| *name == unit) {
        return match scaled(&plain, *length) {
            Some(Ok(value)) => Ok(ExprKind::Duration(value)),
            Some(Err(())) => fail(String::from("A duration is a whole number of milliseconds.")),
            None => Err(too_big(written, "duration", "9223372036854775807ms", span)),
        };
    }
    let help = unit_help(written, digits, unit, span);
    Err(ParseError::Number { written: written.to_owned(), help, span })
}

fn unit_help(written: &str, digits: &str, unit: &str, span: Span) -> Help {
    if let Some((_, right)) = FOREIGN_UNITS.iter().find(|(name, _)| *name == unit) {
        let help = Help::new(format!("Write `{digits}{right}`; durations are `500ms 30s 5min 2h 3d`."));
        return help.replacing(span, format!("{digits}{right}"));
    }
    if let Some(total) = compound(written) {
        return Help::new(format!("A duration has one unit: write `{total}`.")).replacing(span, total);
    }
    let text = match unit {
        "w" | "week" | "weeks" => String::from("Write weeks as days: `7d`."),
        "k" | "K" | "m_" | "M" => format!("Write it out: `{digits}_000`, `{digits}_000_000`."),
        "f" | "f32" | "f64" | "i32" | "i64" | "u32" | "u64" | "n" | "L" => {
            return Help::new(format!("Write `{digits}`.")).replacing(span, digits);
        }
        _ if unit.starts_with(['e', 'E']) => {
            String::from("Write it out in digits; `_` may part them: `1_000_000`.")
        }
        _ if digits == "0" && unit.starts_with(['x', 'b', 'o', 'X']) => {
            String::from("Write it in decimal digits.")
        }
        _ => String::from(
            "A number is followed by no letters but a unit of time (`500ms 30s 5min 2h 3d`). A name can't begin with a digit.",
        ),
    };
    text.into()
}

/// What an amount of money says.
///
/// # Errors
/// If it says nothing, or not in whole billionths of a dollar.
pub(super) fn money(written: &str, span: Span) -> Result<i64, ParseError> {
    let (digits, unit) = split(&written[1..]);
    let plain: String = digits.chars().filter(|digit| *digit != '_').collect();
    if !unit.is_empty() || digits.ends_with('_') {
        let digits = digits.trim_end_matches('_');
        let help = Help::new(format!("An amount is written in dollars: `${digits}`."));
        let help = help.replacing(span, format!("${digits}"));
        return Err(ParseError::Number { written: written.to_owned(), help, span });
    }
    match scaled(&plain, 1_000_000_000) {
        Some(Ok(value)) => Ok(value),
        Some(Err(())) => {
            let help = String::from(
                "The smallest amount is a billionth of a dollar: at most nine digits after the point.",
            );
            Err(ParseError::Number { written: written.to_owned(), help: help.into(), span })
        }
        None => Err(too_big(written, "amount", "$9223372036", span)),
    }
}

fn too_big(written: &str, what: &'static str, limit: &'static str, span: Span) -> ParseError {
    ParseError::NumberTooBig { written: written.to_owned(), what, limit, span }
}

/// Digits, and the letters after them.
fn split(written: &str) -> (&str, &str) {
    let at = written.find(|character: char| character.is_ascii_alphabetic()).unwrap_or(written.len());
    written.split_at(at)
}

/// A decimal number times a whole one; `Err` where that is not whole, `None` where it is too big.
fn scaled(plain: &str, factor: i64) -> Option<Result<i64, ()>> {
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > 9 {
        return Some(Err(()));
    }
    let divisor = 10_i128.pow(u32::try_from(fraction.len()).ok()?);
    let value = format!("{whole}{fraction}").parse::<i128>().ok()?.checked_mul(i128::from(factor))?;
    if value % divisor != 0 {
        return Some(Err(()));
    }
    i64::try_from(value / divisor).ok().map(Ok)
}

/// `1h30min` in one unit.
fn compound(written: &str) -> Option<String> {
    let mut rest = written;
    let mut total = 0_i64;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let letters = rest[digits..].bytes().take_while(u8::is_ascii_alphabetic).count();
        let unit = &rest[digits..digits + letters];
        let unit = FOREIGN_UNITS.iter().find(|(name, _)| *name == unit).map_or(unit, |(_, right)| right);
        let (_, length) = UNITS.iter().find(|(name, _)| *name == unit)?;
        total = rest[..digits].parse::<i64>().ok()?.checked_mul(*length)?.checked_add(total)?;
        rest = &rest[digits + letters..];
    }
    let (unit, length) = UNITS.iter().find(|(_, length)| total % length == 0)?;
    Some(format!("{}{unit}", total / length))
}

#[cfg(test)]
mod tests {
    use super::{money, number};
    use crate::base::Span;
    use crate::syntax::ParseError;
    use crate::syntax::ast::ExprKind;

    fn duration(written: &str) -> Option<i64> {
        match number(written, Span::at(0)) {
            Ok(ExprKind::Duration(value)) => Some(value),
            _ => None,
        }
    }

    fn help(written: &str) -> String {
        match number(written, Span::at(0)) {
            Err(ParseError::Number { help, .. }) => help.to_string(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn durations_are_milliseconds() {
        assert_eq!(duration("500ms"), Some(500));
        assert_eq!(duration("1.5h"), Some(5_400_000));
        assert_eq!(duration("0.25s"), Some(250));
        assert_eq!(duration("0.0001s"), None);
        assert_eq!(duration("3d"), Some(259_200_000));
    }

    #[test]
    fn wrong_units_are_told_with_the_edit() {
        assert!(help("5m").contains("`5min`"));
        assert!(help("1h30min").contains("`90min`"));
        assert!(help("1h30m").contains("`90min`"));
        assert!(help("1e6").contains("Write it out"));
        assert!(help("3x").contains("begin with a digit"));
        assert!(help("1_").contains("between digits"));
    }

    #[test]
    fn money_is_exact() {
        assert_eq!(money("$0.50", Span::at(0)), Ok(500_000_000));
        assert_eq!(money("$0.000000001", Span::at(0)), Ok(1));
        assert!(money("$0.0000000001", Span::at(0)).is_err());
        assert!(money("$5k", Span::at(0)).is_err());
        assert!(money("$99999999999", Span::at(0)).is_err());
    }

    #[test]
    fn whole_numbers_have_a_limit() {
        assert!(matches!(number("9223372036854775807", Span::at(0)), Ok(ExprKind::Int(i64::MAX))));
        assert!(matches!(number("9223372036854775808", Span::at(0)), Err(ParseError::NumberTooBig { .. })));
    }
}
