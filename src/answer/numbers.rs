//! Numbers as written: separators, currency, percent, fractions, words. Gives every reading there
//! is, as decimal digits; which one holds is for the type and its conditions to say.

/// A number in digits: `-1234.5`, perhaps with an exponent.
pub type Digits = String;

const WORDS: [&str; 21] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];

const VULGAR: [(char, f64); 9] = [
    ('½', 0.5),
    ('¼', 0.25),
    ('¾', 0.75),
    ('⅓', 1.0 / 3.0),
    ('⅔', 2.0 / 3.0),
    ('⅕', 0.2),
    ('⅖', 0.4),
    ('⅗', 0.6),
    ('⅛', 0.125),
];

const CURRENCIES: [&str; 13] =
    ["US$", "$", "€", "£", "¥", "₹", "USD", "EUR", "GBP", "JPY", "CHF", "dollars", "euros"];

const SCALES: [(&str, u32); 9] = [
    ("hundred", 2),
    ("thousand", 3),
    ("k", 3),
    ("K", 3),
    ("million", 6),
    ("M", 6),
    ("mn", 6),
    ("billion", 9),
    ("bn", 9),
];

/// All readings of a text as a number.
pub fn readings(text: &str) -> Vec<Digits> {
    let text = unhedged(text.trim());
    let (negative, text) = sign(text);
    let (currency, text) = without_currency(text);
    let (inner, text) = if currency.is_some() { sign(text) } else { (false, text) };
    let negative = negative != inner;
    let mut found = unsigned(text, currency);
    if negative {
        for digits in &mut found {
            digits.insert(0, '-');
        }
    }
    found
}

fn unhedged(text: &str) -> &str {
    for hedge in ["~", "≈", "about ", "approximately ", "roughly ", "around ", "approx. ", "ca. "] {
        let head = text.get(..hedge.len());
        if head.is_some_and(|head| head.eq_ignore_ascii_case(hedge)) {
            return text[hedge.len()..].trim_start();
        }
    }
    text
}

fn sign(text: &str) -> (bool, &str) {
    for (sign, negative) in [("-", true), ("−", true), ("minus ", true), ("+", false)] {
        if let Some(rest) = text.strip_prefix(sign) {
            return (negative, rest.trim_start());
        }
    }
    (false, text)
}

fn without_currency(text: &str) -> (Option<&'static str>, &str) {
    for currency in CURRENCIES {
        if let Some(rest) = text.strip_prefix(currency).or_else(|| text.strip_suffix(currency)) {
            return (Some(currency), rest.trim());
        }
    }
    (None, text)
}

fn unsigned(text: &str, currency: Option<&str>) -> Vec<Digits> {
    if let Some(at) = WORDS.iter().position(|word| text.eq_ignore_ascii_case(word)) {
        return vec![at.to_string()];
    }
    let percent = ["%", "percent", "per cent"].iter().find_map(|mark| text.strip_suffix(mark));
    if let Some(rest) = percent {
        let plain = numerals(rest.trim_end(), currency);
        let parts = plain.iter().map(|digits| scaled(digits, -2));
        return plain.iter().cloned().chain(parts).collect();
    }
    if let Some(found) = fraction(text) {
        return found;
    }
    for (word, exponent) in SCALES {
        if let Some(rest) = text.strip_suffix(word)
            && rest.ends_with(|c: char| c.is_ascii_digit() || c == ' ')
        {
            let plain = numerals(rest.trim_end(), currency);
            return plain.iter().map(|digits| scaled(digits, exponent.cast_signed())).collect();
        }
    }
    numerals(text, currency)
}

fn scaled(digits: &str, exponent: i32) -> Digits {
    if digits.contains(['e', 'E']) { digits.to_owned() } else { format!("{digits}e{exponent}") }
}

/// `3/4`, `1 1/2`, `½`, `8/10` (which may be a mark of 8), `8 out of 10`.
fn fraction(text: &str) -> Option<Vec<Digits>> {
    let whole_number = |text: &str| -> Option<f64> {
        let text = text.trim();
        let digits = !text.is_empty() && text.len() < 16 && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse().ok()).flatten()
    };
    if let Some((at, (_, part))) = text
        .char_indices()
        .last()
        .and_then(|(at, last)| VULGAR.iter().find(|(sign, _)| *sign == last).map(|found| (at, found)))
    {
        let whole = if at == 0 { 0.0 } else { whole_number(&text[..at])? };
        return Some(vec![(whole + part).to_string()]);
    }
    let (above, below, is_mark) = if let Some((above, below)) = text.split_once(" out of ") {
        (above, below, true)
    } else {
        let (above, below) = text.split_once('/')?;
        (above, below, matches!(below.trim(), "5" | "10" | "20" | "100"))
    };
    let below = whole_number(below).filter(|below| *below != 0.0)?;
    if let (Some((whole, above)), false) = (above.trim().split_once(' '), is_mark) {
        return Some(vec![(whole_number(whole)? + whole_number(above)? / below).to_string()]);
    }
    let above = whole_number(above)?;
    let mut found = vec![(above / below).to_string()];
    if is_mark {
        found.push(above.to_string());
    }
    Some(found)
}

/// Digits with separators. A comma before three digits may be either kind where nothing tells.
pub fn numerals(text: &str, currency: Option<&str>) -> Vec<Digits> {
    if is_decimal(text) {
        let foreign = currency.is_some_and(|currency| !currency.contains('$') && currency != "£");
        let groups = foreign.then(|| grouped(text, '.')).flatten();
        return std::iter::once(text.to_owned()).chain(groups).collect();
    }
    if text.contains('_') && text.bytes().all(|b| b.is_ascii_digit() || b == b'_') {
        let joined = text.replace('_', "");
        return if text.starts_with('_') || text.ends_with('_') { Vec::new() } else { vec![joined] };
    }
    for blank in [' ', '\u{a0}', '\u{202f}', '\u{2009}', '\'', '’'] {
        if text.contains(blank) {
            let (whole, decimals) = text.rsplit_once(['.', ',']).unwrap_or((text, ""));
            return grouped(whole, blank).map(|whole| joined(&whole, decimals)).into_iter().collect();
        }
    }
    match (text.rfind(','), text.rfind('.')) {
        (Some(comma), Some(point)) => {
            let (thousands, at) = if comma < point { (',', point) } else { ('.', comma) };
            let decimals = &text[at + 1..];
            let whole = if is_digits(decimals) { grouped(&text[..at], thousands) } else { None };
            whole.map(|whole| joined(&whole, decimals)).into_iter().collect()
        }
        (Some(_), None) => {
            let dollars = currency.is_some_and(|currency| currency.contains('$') || currency == "USD");
            let groups = grouped(text, ',').or_else(|| indian(text));
            let decimal = text.split_once(',').filter(|(a, b)| is_digits(a) && is_digits(b));
            let decimal = decimal.map(|(whole, decimals)| joined(whole, decimals));
            match (groups, decimal) {
                (Some(groups), _) if dollars => vec![groups],
                (groups, decimal) => groups.into_iter().chain(decimal).collect(),
            }
        }
        (None, Some(_)) => grouped(text, '.').into_iter().collect(),
        (None, None) => Vec::new(),
    }
}

fn joined(whole: &str, decimals: &str) -> Digits {
    if decimals.is_empty() { whole.to_owned() } else { format!("{whole}.{decimals}") }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Digits with at most one point, perhaps an exponent.
fn is_decimal(text: &str) -> bool {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    is_digits(exponent)
        && exponent.len() < 4
        && (is_digits(whole) && (is_digits(decimals) || decimals.is_empty())
            || whole.is_empty() && is_digits(decimals))
}

/// `1,234,567` without its separators: one to three digits, then groups of three.
fn grouped(text: &str, separator: char) -> Option<Digits> {
    let mut groups = text.split(separator);
    let first = groups.next()?;
    let well = is_digits(first) && first.len() <= 3 && first != "0" && text.contains(separator);
    (well && groups.all(|group| group.len() == 3 && is_digits(group))).then(|| text.replace(separator, ""))
}

/// `12,34,567`: groups of two, the last of three.
fn indian(text: &str) -> Option<Digits> {
    let groups: Vec<&str> = text.split(',').collect();
    let (last, others) = groups.split_last()?;
    let well = others.len() > 1
        && last.len() == 3
        && (1..=2).contains(&others[0].len())
        && others[1..].iter().all(|group| group.len() == 2)
        && groups.iter().all(|group| is_digits(group));
    well.then(|| text.replace(',', ""))
}
