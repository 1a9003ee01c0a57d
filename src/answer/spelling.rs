//! What people and models write for values without parts, by type.

use crate::answer::json::parse_whole;
use crate::answer::{candidates, dates, numbers, words};
use crate::types::{Literal, Type};
use crate::value::{Money, Spelling, Value, decimal_nanos, show_number};

/// Reads what people and models write.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spoken;

/// Longer texts say no single value.
const MAX_SCALAR: usize = 4_096;

impl Spelling for Spoken {
    fn readings(&self, value: &Value, ty: &Type) -> Vec<Value> {
        match (ty, value) {
            (Type::Bool, Value::Int(0)) => vec![Value::Bool(false)],
            (Type::Bool, Value::Int(1)) => vec![Value::Bool(true)],
            (Type::Text, Value::Int(int)) => vec![Value::text(&int.to_string())],
            (Type::Money, Value::Int(_) | Value::Number(_)) => money_of(value).into_iter().collect(),
            (_, Value::Text(text)) if text.len() <= MAX_SCALAR => spoken(text, ty),
            (Type::Literal(Literal::Text(_)), Value::Text(text)) => {
                spoken(last_line(text).unwrap_or_default(), ty)
            }
            _ => Vec::new(),
        }
    }

    fn plain(&self, name: &str) -> String {
        words::plain(name)
    }

    fn unpacked(&self, text: &str) -> Option<Value> {
        let fenced = candidates::fences(text.trim());
        let text = match (fenced.blocks[..].first(), fenced.blocks.len()) {
            (Some(block), 1) if fenced.around.iter().all(|text| text.trim().is_empty()) => block,
            _ => text.trim(),
        };
        if !text.starts_with(['{', '[']) {
            return None;
        }
        parse_whole(text).ok().filter(|parsed| !parsed.closed).map(|parsed| parsed.value)
    }
}

fn last_line(text: &str) -> Option<&str> {
    text.trim_end().lines().next_back().filter(|line| line.len() <= MAX_SCALAR)
}

/// The readings of the first part of a text that has any: all of it before what it labels.
fn spoken(text: &str, ty: &Type) -> Vec<Value> {
    if matches!(ty, Type::Text) {
        return Vec::new();
    }
    for core in words::cores(text) {
        let found = read_core(core, ty);
        if !found.is_empty() {
            return found;
        }
    }
    match ty {
        Type::Bool | Type::Literal(_) => words::verdict(text).map_or(Vec::new(), |core| read_core(core, ty)),
        _ => Vec::new(),
    }
}

fn read_core(core: &str, ty: &Type) -> Vec<Value> {
    match ty {
        Type::Nothing => nothing_of(core).then_some(Value::Nothing).into_iter().collect(),
        Type::Bool => bool_of(core).map(Value::Bool).into_iter().collect(),
        Type::Int => {
            numbers::readings(core).iter().filter_map(|digits| int_of(digits)).map(Value::Int).collect()
        }
        Type::Number => numbers::readings(core).iter().filter_map(|digits| number_of(digits)).collect(),
        Type::Date => dates::dates(core).into_iter().map(Value::Date).collect(),
        Type::Time => dates::times(core).into_iter().map(Value::Time).collect(),
        Type::Duration => dates::durations(core).into_iter().map(Value::Duration).collect(),
        Type::Money => amounts(core),
        Type::Literal(literal) => literal_of(core, literal).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn literal_of(core: &str, literal: &Literal) -> Option<Value> {
    match literal {
        Literal::Text(word) => {
            let wanted = words::plain(word);
            let is = if wanted.is_empty() { core == &**word } else { words::plain(core) == wanted };
            is.then(|| Value::Text(word.clone()))
        }
        Literal::Int(int) => {
            let found = numbers::readings(core);
            (found.len() == 1 && int_of(&found[0]) == Some(*int)).then_some(Value::Int(*int))
        }
        Literal::Number(number) => {
            let found = numbers::readings(core);
            let wanted = Value::Number(*number);
            (found.len() == 1 && number_of(&found[0]).as_ref() == Some(&wanted)).then_some(wanted)
        }
        Literal::Bool(bool) => (bool_of(core) == Some(*bool)).then_some(Value::Bool(*bool)),
    }
}

fn nothing_of(core: &str) -> bool {
    matches!(words::plain(core).as_str(), "null" | "none" | "nothing" | "na" | "nil" | "notapplicable")
        || core.is_empty()
        || matches!(core, "-" | "–" | "—")
}

fn bool_of(core: &str) -> Option<bool> {
    match words::plain(core).as_str() {
        "true" | "yes" | "y" | "correct" | "ja" | "oui" | "si" | "sim" | "да" | "是" | "はい" => {
            Some(true)
        }
        "false" | "no" | "n" | "incorrect" | "nein" | "non" | "nao" | "нет" | "否" | "いいえ" => {
            Some(false)
        }
        _ => None,
    }
}

#[allow(clippy::cast_possible_truncation)]
fn int_of(digits: &str) -> Option<i64> {
    if let Ok(int) = digits.parse() {
        return Some(int);
    }
    let number: f64 = digits.parse().ok()?;
    (number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0).then_some(number as i64)
}

fn number_of(digits: &str) -> Option<Value> {
    digits.parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::Number)
}

/// A number for money is dollars.
fn money_of(value: &Value) -> Option<Value> {
    let digits = match value {
        Value::Int(int) => int.to_string(),
        Value::Number(number) => show_number(*number),
        _ => return None,
    };
    nanos_of(&digits).map(|nanos| Value::Money(Money::from_nanos(nanos)))
}

fn nanos_of(digits: &str) -> Option<i64> {
    let (negative, digits) = digits.strip_prefix('-').map_or((false, digits), |rest| (true, rest));
    decimal_nanos(digits, negative)
}

/// Dollars and cents. Other currencies are no amount of these.
fn amounts(core: &str) -> Vec<Value> {
    let (negative, rest) = match core.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, core),
    };
    let cents = ["cents", "cent", "¢"].iter().find_map(|unit| rest.strip_suffix(unit));
    let (digits, divisor) = match cents {
        Some(digits) => (digits.trim_end(), 100),
        None => (without_dollars(rest), 1),
    };
    let dollars = if cents.is_none() && digits.len() < rest.len() { Some("$") } else { None };
    numbers::numerals(digits, dollars)
        .iter()
        .filter_map(|digits| nanos_of(digits))
        .filter(|nanos| nanos % divisor == 0)
        .map(|nanos| Value::Money(Money::from_nanos(if negative { -nanos } else { nanos } / divisor)))
        .collect()
}

fn without_dollars(text: &str) -> &str {
    for mark in ["US$", "USD", "$"] {
        if let Some(rest) = text.strip_prefix(mark) {
            return rest.trim_start();
        }
    }
    for mark in ["USD", "US dollars", "dollars", "dollar", "$"] {
        if let Some(rest) = text.strip_suffix(mark) {
            let rest = rest.trim_end();
            return rest.strip_prefix('$').unwrap_or(rest);
        }
    }
    text
}
