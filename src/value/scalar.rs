//! How dates, instants, lengths of time and amounts are written in the language and in JSON:
//! `2026-01-05`, `2026-01-05T09:00:00Z`, `1h30min`, `$0.50`. Other spellings are read elsewhere.

use super::Money;

/// Units of length of time with their milliseconds, longest first.
const UNITS: [(&str, u64); 5] =
    [("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000), ("ms", 1)];

/// A date as written: `2026-01-05`, and nothing else.
#[must_use]
pub fn parse_date(text: &str) -> Option<jiff::civil::Date> {
    let date: jiff::civil::Date = text.parse().ok()?;
    (date.to_string() == text).then_some(date)
}

/// An instant as written, RFC 3339: `2026-01-05T09:00:00Z`, `2026-01-05T09:00+01:00`. The zone is
/// required.
#[must_use]
pub fn parse_time(text: &str) -> Option<jiff::Timestamp> {
    let bytes = text.as_bytes();
    let plain = bytes.len() > 10
        && matches!(bytes[10], b'T' | b't' | b' ')
        && bytes[..10]
            .iter()
            .enumerate()
            .all(|(at, byte)| if at == 4 || at == 7 { *byte == b'-' } else { byte.is_ascii_digit() });
    if plain && !text.contains('[') { text.parse().ok() } else { None }
}

/// A length of time in milliseconds, as written: whole numbers with the units
/// `d h min s ms`, longest first, each at most once.
#[must_use]
pub fn parse_duration(text: &str) -> Option<i64> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    if rest.is_empty() {
        return None;
    }
    let mut total: u64 = 0;
    let mut units = UNITS.iter();
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (count, after) = rest.split_at(digits);
        let letters = after.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (unit, after) = after.split_at(letters);
        let (_, size) = units.by_ref().find(|(name, _)| *name == unit)?;
        total = total.checked_add(count.parse::<u64>().ok()?.checked_mul(*size)?)?;
        rest = after;
    }
    let total = i128::from(total) * if negative { -1 } else { 1 };
    i64::try_from(total).ok()
}

/// A length of time as [`parse_duration`] reads it.
#[must_use]
pub fn show_duration(milliseconds: i64) -> String {
    if milliseconds == 0 {
        return "0s".to_owned();
    }
    let mut shown = String::new();
    if milliseconds < 0 {
        shown.push('-');
    }
    let mut rest = milliseconds.unsigned_abs();
    for (unit, size) in UNITS {
        if rest >= size {
            shown.push_str(&(rest / size).to_string());
            shown.push_str(unit);
            rest %= size;
        }
    }
    shown
}

/// An amount as written: `$0.50`, `-$1.25`, at most nine decimals.
#[must_use]
pub fn parse_money(text: &str) -> Option<Money> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    decimal_nanos(rest.strip_prefix('$')?, negative).map(Money::from_nanos)
}

/// Billionths of a plain decimal number without sign: `12.5`.
#[must_use]
pub fn decimal_nanos(text: &str, negative: bool) -> Option<i64> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(decimals) || decimals.len() > 9 {
        return None;
    }
    let nanos = whole.parse::<i128>().ok()?.checked_mul(1_000_000_000)?
        + format!("{decimals:0<9}").parse::<i128>().ok()?;
    i64::try_from(if negative { -nanos } else { nanos }).ok()
}

/// A double in the fewest digits that read back as the same one; `3` for three.
#[must_use]
pub fn show_number(number: f64) -> String {
    let size = number.abs();
    if size != 0.0 && !(1e-7..1e21).contains(&size) { format!("{number:e}") } else { number.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_read_as_they_are_shown() {
        for (text, wanted) in
            [("1h30min", 5_400_000), ("500ms", 500), ("3d", 259_200_000), ("-5min", -300_000), ("0s", 0)]
        {
            assert_eq!(parse_duration(text), Some(wanted), "{text}");
            assert_eq!(show_duration(wanted), text);
        }
        assert_eq!(parse_duration(&show_duration(i64::MIN)), Some(i64::MIN));
        for wrong in ["", "-", "5", "min", "5min1h", "1h1h", "1.5h", "99999999999999999999d", "5 min"] {
            assert_eq!(parse_duration(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn amounts_read_as_they_are_shown() {
        for nanos in [0, 75, -1_250_000_000, 500_000_000, i64::MAX, i64::MIN] {
            let money = Money::from_nanos(nanos);
            assert_eq!(parse_money(&money.to_string()), Some(money));
        }
        for wrong in ["0.50", "$", "$.5", "$1.", "$1.0000000001", "$1,000", "$99999999999999"] {
            assert_eq!(parse_money(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn instants_need_a_zone() {
        assert!(parse_time("2026-01-05T09:00Z").is_some());
        assert!(parse_time("2026-01-05T09:00:00.5+01:00").is_some());
        assert_eq!(parse_time("2026-01-05T09:00:00"), None);
        assert_eq!(parse_time("2026-01-05"), None);
        assert_eq!(parse_date("2026-1-5"), None);
        assert_eq!(parse_date("2026-02-30"), None);
        assert!(parse_date("2026-01-05").is_some());
    }

    #[test]
    fn numbers_keep_their_value() {
        for number in [0.1, 3.0, 1e300, -2.5e-12, 123_456_789.125] {
            assert_eq!(show_number(number).parse(), Ok(number));
        }
        assert_eq!(show_number(3.0), "3");
    }
}
