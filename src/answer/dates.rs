//! Dates, instants and lengths of time as people and models write them. Every reading there is:
//! `03/04/2026` has two.

use jiff::civil::Date;
use jiff::{Timestamp, tz};

use crate::value::{decimal_nanos, parse_date, parse_duration, parse_time};

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// All readings of a text as a date.
pub fn dates(text: &str) -> Vec<Date> {
    let text = text.trim();
    if let Some(date) = parse_date(text) {
        return vec![date];
    }
    if let Some(date) = midnight(text) {
        return vec![date];
    }
    let (weekday, rest) = split_weekday(text);
    let mut found = if rest.chars().any(char::is_alphabetic) { in_words(rest) } else { in_digits(rest) };
    if let Some(weekday) = weekday {
        found.retain(|date| usize::try_from(date.weekday().to_monday_zero_offset()) == Ok(weekday));
    }
    found
}

/// The date of an instant that says no more than its date.
fn midnight(text: &str) -> Option<Date> {
    let (date, time) = text.split_once(['T', ' '])?;
    let time = time.trim_end_matches('Z').trim_end_matches("+00:00");
    let plain = matches!(time, "00:00" | "00:00:00" | "00:00:00.000" | "00:00:00.000000");
    if plain { parse_date(date) } else { None }
}

/// A weekday before a date, as an index from Monday.
fn split_weekday(text: &str) -> (Option<usize>, &str) {
    let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    let word = text[..end].to_lowercase();
    let known = DAYS.iter().position(|day| *day == word || (word.len() >= 3 && day.starts_with(&word)));
    match known.filter(|_| end < text.len()) {
        Some(day) => (Some(day), text[end..].trim_start_matches(['.', ',', ' '])),
        None => (None, text),
    }
}

/// `5 January 2026`, `January 5th, 2026`, `5-Jan-2026`.
fn in_words(text: &str) -> Vec<Date> {
    let (mut year, mut month, mut day) = (None, None, None);
    let parts = text.split(|c: char| c.is_whitespace() || ",.-/".contains(c));
    for part in parts.filter(|part| !part.is_empty()) {
        let lower = part.to_lowercase();
        if matches!(lower.as_str(), "of" | "the" | "de" | "on") {
            continue;
        }
        let digits = lower.trim_end_matches("st").trim_end_matches("nd");
        let digits = digits.trim_end_matches("rd").trim_end_matches("th");
        let slot = if let Some(at) = month_of(&lower) {
            (&mut month, at)
        } else if lower.len() == 4 && is_digits(&lower) {
            (&mut year, lower.parse().unwrap_or(0))
        } else if is_digits(digits) && digits.len() <= 2 {
            (&mut day, digits.parse().unwrap_or(0))
        } else {
            return Vec::new();
        };
        if slot.0.replace(slot.1).is_some() {
            return Vec::new();
        }
    }
    match (year, month, day) {
        (Some(year), Some(month), Some(day)) => civil(year, month, day).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn month_of(word: &str) -> Option<i64> {
    let known = |month: &&str| {
        *month == word
            || word == "sept" && **month == *"september"
            || word.len() == 3 && month.starts_with(word)
    };
    (1..).zip(MONTHS.iter()).find(|(_, month)| known(month)).map(|(at, _)| at)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn civil(year: i64, month: i64, day: i64) -> Option<Date> {
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    Date::new(i16::try_from(year).ok()?, month, day).ok()
}

/// `2026/1/5`, `20260105`, `5.1.2026` (day first, as where dots are used), `13/04/2026`; with
/// slashes or hyphens and the year last, day first and month first are both readings.
fn in_digits(text: &str) -> Vec<Date> {
    if text.len() == 8 && is_digits(text) {
        let number = |from: usize, to: usize| text[from..to].parse().unwrap_or(0);
        return civil(number(0, 4), number(4, 6), number(6, 8)).into_iter().collect();
    }
    let Some(separator) = text.chars().find(|c| "/-.".contains(*c)) else { return Vec::new() };
    let parts: Vec<&str> = text.split(separator).map(str::trim).collect();
    let [a, b, c] = parts[..] else { return Vec::new() };
    if !parts.iter().all(|part| is_digits(part) && part.len() <= 4) {
        return Vec::new();
    }
    let number = |text: &str| text.parse::<i64>().unwrap_or(0);
    let short = |text: &str| text.len() <= 2;
    let mut found = Vec::new();
    if a.len() == 4 && short(b) && short(c) {
        found.extend(civil(number(a), number(b), number(c)));
    } else if c.len() == 4 && short(a) && short(b) {
        found.extend(civil(number(c), number(b), number(a)));
        if separator != '.' {
            found.extend(civil(number(c), number(a), number(b)));
        }
    }
    found.dedup();
    found
}

/// All readings of a text as an instant: a date, a time of day and a zone.
pub fn times(text: &str) -> Vec<Timestamp> {
    let text = text.trim();
    if let Some(time) = parse_time(text) {
        return vec![time];
    }
    let Some((rest, offset)) = split_zone(text) else { return Vec::new() };
    let Some((date, time)) = split_clock(rest) else { return Vec::new() };
    let zone = tz::TimeZone::fixed(offset);
    let instants =
        dates(date).into_iter().filter_map(|date| date.to_datetime(time).to_zoned(zone.clone()).ok());
    instants.map(|zoned| zoned.timestamp()).collect()
}

/// The zone at the end: `Z`, `UTC`, `GMT`, `+01:00`, `UTC+1`.
fn split_zone(text: &str) -> Option<(&str, tz::Offset)> {
    for name in ["(UTC)", "(GMT)", "UTC", "GMT", "Z", "z"] {
        if let Some(rest) = text.strip_suffix(name) {
            return Some((rest.trim_end(), tz::Offset::UTC));
        }
    }
    let at = text.rfind(['+', '-', '−'])?;
    let sign = if text[at..].starts_with('+') { 1 } else { -1 };
    let digits = text[at..].trim_start_matches(['+', '-', '−']);
    let (hours, minutes) = match (digits.split_once(':'), digits.len()) {
        (Some(parts), _) => parts,
        (None, 4) => digits.split_at_checked(2)?,
        (None, 1 | 2) if text[..at].ends_with(['C', 'T']) => (digits, "0"),
        _ => return None,
    };
    if !is_digits(hours) || !is_digits(minutes) {
        return None;
    }
    let seconds = hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60;
    let rest = text[..at].trim_end();
    let rest = rest.strip_suffix("UTC").or_else(|| rest.strip_suffix("GMT")).unwrap_or(rest).trim_end();
    // A hyphen may as well be one of the date's.
    rest.contains(':').then_some(())?;
    Some((rest, tz::Offset::from_seconds(sign * seconds).ok()?))
}

/// The time of day at the end, and the date before it.
fn split_clock(text: &str) -> Option<(&str, jiff::civil::Time)> {
    let lower = text.to_ascii_lowercase();
    let marks = [("a.m.", 0), ("p.m.", 12), ("am", 0), ("pm", 12)];
    let half = marks.iter().find(|(mark, _)| lower.ends_with(mark));
    let text = half.map_or(text, |(mark, _)| text[..text.len() - mark.len()].trim_end());
    let at = text.rfind(|c: char| !c.is_ascii_digit() && c != ':' && c != '.').map_or(0, |at| at + 1);
    let at = if text.is_char_boundary(at) { at } else { return None };
    let mut parts = text[at..].split(':');
    let mut hours: i8 = parts.next()?.parse().ok()?;
    let minutes: i8 = match parts.next() {
        Some(minutes) => minutes.parse().ok()?,
        None => half.map(|_| 0)?,
    };
    let seconds: i8 = parts.next().map_or(Some(0), |seconds| seconds.parse().ok())?;
    if let Some((_, half)) = half {
        if !(1..=12).contains(&hours) {
            return None;
        }
        hours = hours % 12 + half;
    }
    let time = jiff::civil::Time::new(hours, minutes, seconds, 0).ok()?;
    let date = text[..at].trim_end().trim_end_matches(['T', ',']).trim_end();
    Some((date.strip_suffix(" at").unwrap_or(date), time))
}

const UNITS: [(&[&str], i64); 7] = [
    (&["ms", "msec", "millisecond", "milliseconds"], 1),
    (&["s", "sec", "secs", "second", "seconds"], 1_000),
    (&["m", "min", "mins", "minute", "minutes"], 60_000),
    (&["h", "hr", "hrs", "hour", "hours"], 3_600_000),
    (&["d", "day", "days"], 86_400_000),
    (&["w", "wk", "week", "weeks"], 604_800_000),
    (&["fortnight"], 1_209_600_000),
];

/// All readings of a text as a length of time, in milliseconds. Months and years have none.
pub fn durations(text: &str) -> Vec<i64> {
    let text = text.trim();
    if let Some(length) = parse_duration(text) {
        return vec![length];
    }
    if let Some(length) = iso(text).or_else(|| in_units(text)) {
        return vec![length];
    }
    clock_length(text)
}

fn unit(word: &str) -> Option<i64> {
    let word = word.to_lowercase();
    UNITS.iter().find(|(names, _)| names.contains(&word.as_str())).map(|(_, size)| *size)
}

fn amount(digits: &str, unit: i64) -> Option<i64> {
    let nanos = i128::from(decimal_nanos(digits, false)?) * i128::from(unit);
    (nanos % 1_000_000_000 == 0).then(|| i64::try_from(nanos / 1_000_000_000).ok())?
}

/// `1 hour, 30 minutes`, `1.5h`, `an hour and a half` is none.
fn in_units(text: &str) -> Option<i64> {
    let mut rest = text;
    let mut total: i64 = 0;
    let mut least = i64::MAX;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (count, after) = match (digits, rest.split_once(' ')) {
            (0, Some(("a" | "an" | "one" | "One" | "An" | "A", after))) => ("1", after),
            (0, Some(("half", after))) => ("0.5", after.trim_start_matches("an ").trim_start_matches("a ")),
            (0, _) => return None,
            _ => rest.split_at(digits),
        };
        let after = after.trim_start_matches([' ', '-']);
        let letters = after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len());
        let size = unit(&after[..letters]).filter(|size| *size < least)?;
        least = size;
        total = total.checked_add(amount(count, size)?)?;
        rest = after[letters..].trim_start_matches([' ', ',']);
        rest = rest.strip_prefix("and ").unwrap_or(rest).trim_start();
    }
    (least < i64::MAX).then_some(total)
}

/// `PT1H30M`, `P2DT5S`; months and years are no length of time.
fn iso(text: &str) -> Option<i64> {
    let mut rest = text.strip_prefix('P')?;
    let (mut total, mut in_time, mut any) = (0i64, false, false);
    while !rest.is_empty() {
        if let (Some(after), false) = (rest.strip_prefix('T'), in_time) {
            (rest, in_time) = (after, true);
            continue;
        }
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let size = match (rest[digits..].chars().next()?, in_time) {
            ('W', false) => 604_800_000,
            ('D', false) => 86_400_000,
            ('H', true) => 3_600_000,
            ('M', true) => 60_000,
            ('S', true) => 1_000,
            _ => return None,
        };
        total = total.checked_add(amount(&rest[..digits], size)?)?;
        rest = &rest[digits + 1..];
        any = true;
    }
    any.then_some(total)
}

/// `1:30:00`; `1:30` may be hours and minutes or minutes and seconds.
fn clock_length(text: &str) -> Vec<i64> {
    let parts: Vec<&str> = text.split(':').collect();
    let fine = parts.iter().all(|part| is_digits(part) && part.len() <= 4)
        && parts.iter().skip(1).all(|part| part.len() == 2 && *part < "60");
    let numbers: Vec<i64> = parts.iter().filter_map(|part| part.parse().ok()).collect();
    match numbers[..] {
        [h, m, s] if fine => vec![(h * 3600 + m * 60 + s) * 1000],
        [a, b] if fine => vec![(a * 3600 + b * 60) * 1000, (a * 60 + b) * 1000],
        _ => Vec::new(),
    }
}
