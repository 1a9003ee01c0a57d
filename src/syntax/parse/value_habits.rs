//! Habits in expressions: lists that are comprehended, things that are spread, closures in bars, conditions behind
//! their value.

use super::habits::{Place, foreign, misplaced};
use super::heads::word_at;
use super::rewrite::{LocalEdit, closing, expression_end, line_end, opening};
use crate::base::Span;
use crate::syntax::ParseError;

/// What the habit is, if the place looks like one.
pub(super) fn value_habit(place: &Place<'_>, span: &impl Fn(usize, usize) -> Span) -> Option<ParseError> {
    let Place { source, at, labels } = *place;
    let rest = &source[at..];
    let expects = |label: &str| labels.contains(&label);
    let found = |to: usize, help: &str, edits: Vec<LocalEdit>| Some(foreign(place, to, help, edits, span));
    let word = word_at(source.as_bytes(), at);
    if word == "for" && expects("`]`") {
        let help = "A list made from a list is a loop: `for x in xs { upper(x) }`, `for x in xs if c { x }`.";
        return found(at + 3, help, comprehension(source, at).unwrap_or_default());
    }
    if word == "else" && expects("`{`") && source[..at].contains(" if ") {
        let help = "A condition stands before both values: `if c { a } else { b }`.";
        return found(at + 4, help, behind(source, at).unwrap_or_default());
    }
    if rest.starts_with("...") {
        return found(at + 3, SPREAD, spread(source, at).unwrap_or_default());
    }
    if rest.starts_with('|') && source[..at].trim_end().ends_with(['(', ',', '=']) {
        let close = at + 1 + rest[1..].find('|')?;
        let names = source[at + 1..close].trim();
        let plain = names.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_, ".contains(&byte));
        let names =
            if names.contains(',') || names.is_empty() { format!("({names})") } else { names.to_owned() };
        let help = "A small function is `x => …`, or `(x, y) => …`.";
        let edits = vec![(at, close + 1, format!("{names} =>"))];
        return if plain { found(close + 1, help, edits) } else { None };
    }
    if rest.starts_with('*') && source[..at].ends_with('*') {
        let before = Place { source, at: at - 1, labels };
        let help = "There is no sign for powers: write `n * n`.";
        return Some(foreign(&before, at + 1, help, power(source, at).unwrap_or_default(), span));
    }
    if rest.starts_with(':') && expects("`]`") {
        let help = "A range is `xs[1..3]`, and both ends belong to it; the first few are `take(xs, 3)`.";
        return found(at + 1, help, slice(source, at).unwrap_or_default());
    }
    if rest.starts_with(":=") {
        let before = source[..at].trim_end();
        let name = before.bytes().rev().take_while(|byte| is_word(*byte)).count();
        let from = before.len() - name;
        let help = "A value gets a name with `let name = …`.";
        return found(at + 2, help, vec![(from, from, "let ".into()), (at, at + 2, "=".into())]);
    }
    if rest.starts_with('=') && !rest.starts_with("==") && source[..at].ends_with("..") {
        let help = "Both ends of a range belong to it: `0..n`.";
        return found(at + 1, help, vec![(at, at + 1, String::new())]);
    }
    if word == "let" && source[..at].trim_end().ends_with("if") {
        let help = "What may be missing is asked first: `if x != nothing { … }`. In the braces it is there.";
        return found(at + 3, help, Vec::new());
    }
    if expects("`{`") && !rest.starts_with('{') {
        let help = "What is chosen stands in braces: `if c { a } else { b }`.";
        if let Some(edits) = bare_branches(source, at) {
            let wanted = ("a block in braces", "its braces are missing");
            return Some(misplaced(place, wanted, help, edits, span));
        }
    }
    if matches!(rest.as_bytes().first(), Some(b'{' | b'(')) && source[..at].trim_end().ends_with("let") {
        let help = "One `let` names one value: `let title = idea.title`.";
        return found(at + 1, help, taken_apart(source, at).unwrap_or_default());
    }
    if word == "not" && expects("a type") && source[..at].trim_end().ends_with(" is") {
        let is = source[..at].trim_end().len() - 2;
        let from = at + 3 + (rest[3..].len() - rest[3..].trim_start().len());
        let nothing = word_at(source.as_bytes(), from);
        if matches!(nothing, "nothing" | "None" | "null" | "nil") {
            let edits = vec![(is, from + nothing.len(), String::from("!= nothing"))];
            return found(at + 3, "Write `x != nothing`.", edits);
        }
        return found(at + 3, "Write `not x is A`.", Vec::new());
    }
    None
}

const SPREAD: &str =
    "Nothing is spread: a longer list is `xs + [y]`, a record with changes `x but {title: \"…\"}`.";

/// What stands in a brace that begins no block: a record that is the result, or one of a named type.
pub(super) fn record_habit(place: &Place<'_>, span: &impl Fn(usize, usize) -> Span) -> Option<ParseError> {
    let Place { source, at, .. } = *place;
    let close = closing(source, at)?;
    let inside = source[at + 1..close].trim_start();
    let wanted = ("a statement", "a block or a record alone does nothing");
    let found = |help: &str, edits: Vec<LocalEdit>| Some(misplaced(place, wanted, help, edits, span));
    let before = source[..at].trim_end();
    let name = before.rsplit(|last: char| !(last.is_ascii_alphanumeric() || last == '_')).next()?;
    if inside.starts_with("...") {
        let dots =
            close - inside.len() - (source[at + 1..close].len() - source[at + 1..close].trim_start().len());
        let dots = at + 1 + source[at + 1..].find("...").unwrap_or(dots);
        return found(SPREAD, spread(source, dots).unwrap_or_default());
    }
    let word = word_at(inside.as_bytes(), 0);
    let labelled = inside[word.len()..].starts_with(':') && !word.is_empty();
    let quoted =
        inside.starts_with('"') && inside[1..].find("\":").is_some_and(|end| !inside[1..=end].contains('\n'));
    if !labelled && !quoted {
        return None;
    }
    if name.starts_with(|first: char| first.is_ascii_uppercase()) {
        let help = format!("A record of a type is made with parentheses: `{name}({word}: …)`.");
        return found(&help, vec![(before.len(), at + 1, "(".into()), (close, close + 1, ")".into())]);
    }
    let help = "A record or map that is the result stands in parentheses: `({title: \"…\"})`.";
    found(help, vec![(at, at, "(".into()), (close + 1, close + 1, ")".into())])
}

/// `if (c) a else b` on one line, `a` being at `at`.
fn bare_branches(source: &str, at: usize) -> Option<Vec<LocalEdit>> {
    let line = source[..at].rfind('\n').map_or(0, |before| before + 1);
    let end = line_end(source, at);
    if !source[line..at].contains("if (") || !source[..at].trim_end().ends_with(')') {
        return None;
    }
    let parted = at + source[at..end].find(" else ")?;
    let second = parted + " else ".len();
    let (one, other) = (source[at..parted].trim(), source[second..end].trim_end());
    let plain =
        |value: &str| !value.is_empty() && !value.contains(['{', '}', ';']) && !value.starts_with("if ");
    let end = second + other.len();
    (plain(one) && plain(other))
        .then(|| vec![(at, parted, format!("{{ {one} }}")), (second, end, format!("{{ {other} }}"))])
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The name or number that ends at a place.
fn word_to(source: &str, at: usize) -> &str {
    let length = source[..at].bytes().rev().take_while(|byte| is_word(*byte)).count();
    &source[at - length..at]
}

/// `n ** 2`, the second `*` being at `at`.
fn power(source: &str, at: usize) -> Option<Vec<LocalEdit>> {
    let before = source[..at - 1].trim_end();
    let base = word_to(source, before.len());
    let from = at + 1 + (source[at + 1..].len() - source[at + 1..].trim_start().len());
    let exponent = word_at(source.as_bytes(), from);
    let times = exponent.parse::<usize>().ok().filter(|times| (2..=4).contains(times))?;
    let made = vec![base; times].join(" * ");
    (!base.is_empty()).then(|| vec![(before.len() - base.len(), from + exponent.len(), made)])
}

/// `xs[1:3]`, `xs[1:]`, `xs[:3]`, the `:` being at `at`: there the end does not belong to it.
fn slice(source: &str, at: usize) -> Option<Vec<LocalEdit>> {
    let open = opening(source, at).filter(|open| source[*open..].starts_with('['))?;
    let close = closing(source, open)?;
    let (from, to) = (source[open + 1..at].trim(), source[at + 1..close].trim());
    if to.contains(':') || to.starts_with('-') {
        return None;
    }
    let list = word_to(source, open);
    if from.is_empty() && !list.is_empty() && !to.is_empty() {
        return Some(vec![(open - list.len(), close + 1, format!("take({list}, {to})"))]);
    }
    let to = match to.parse::<i64>() {
        _ if to.is_empty() => String::new(),
        Ok(to) => (to - 1).to_string(),
        Err(_) => format!("{to} - 1"),
    };
    Some(vec![(open, close + 1, format!("[{from}..{to}]"))])
}

/// `let {a, b} = x` and `let (a, b) = (x, y)`, the bracket being at `at`.
fn taken_apart(source: &str, at: usize) -> Option<Vec<LocalEdit>> {
    let close = closing(source, at)?;
    let names: Vec<&str> = source[at + 1..close].split(',').map(str::trim).collect();
    let plain = |name: &&str| !name.is_empty() && name.bytes().all(is_word);
    let start = source[..at].trim_end().len() - "let".len();
    let line = source[..start].rfind('\n').map_or(0, |before| before + 1);
    let margin = &source[line..start];
    let equals = close
        + 1
        + source[close + 1..].find('=').filter(|gap| source[close + 1..][..*gap].trim().is_empty())?;
    let end = line_end(source, equals);
    let value = source[equals + 1..end].trim();
    let values: Vec<String> = if source[at..].starts_with('{') {
        let path = value.bytes().all(|byte| is_word(byte) || byte == b'.');
        path.then(|| names.iter().map(|name| format!("{value}.{name}")).collect())?
    } else {
        let inner = value.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'))?;
        let values: Vec<String> = inner.split(',').map(|value| value.trim().to_owned()).collect();
        (!inner.contains('"')).then_some(values)?
    };
    if !names.iter().all(plain) || names.len() != values.len() || !margin.trim().is_empty() {
        return None;
    }
    let lets: Vec<String> =
        names.iter().zip(&values).map(|(name, value)| format!("let {name} = {value}")).collect();
    Some(vec![(start, end, lets.join(&format!("\n{margin}")))])
}

/// `[upper(x) for x in xs if c]`, the `for` being at `at`.
fn comprehension(source: &str, at: usize) -> Option<Vec<LocalEdit>> {
    let open = opening(source, at)?;
    let close = closing(source, open).filter(|_| source[open..].starts_with('['))?;
    let (value, head) = (source[open + 1..at].trim(), source[at..close].trim());
    Some(vec![(open, close + 1, format!("{head} {{ {value} }}"))])
}

/// `a if c else b`, the `else` being at `at`.
fn behind(source: &str, at: usize) -> Option<Vec<LocalEdit>> {
    let condition = source[..at].rfind(" if ")?;
    let line = source[..condition].rfind('\n').map_or(0, |before| before + 1);
    let begins = ["return ", "= ", "say ", "(", "{ ", ", ", ": "];
    let from = begins
        .iter()
        .filter_map(|before| source[line..condition].rfind(before).map(|found| line + found + before.len()))
        .max()
        .unwrap_or(line + (source[line..condition].len() - source[line..condition].trim_start().len()));
    let end = expression_end(source, at);
    let (value, test) = (source[from..condition].trim(), source[condition + 4..at].trim());
    let other = source[at + 4..end].trim();
    (!value.is_empty() && !other.is_empty())
        .then(|| vec![(from, end, format!("if {test} {{ {value} }} else {{ {other} }}"))])
}

/// `[...xs, a]` and `{...x, a: b}`, the dots being at `at`.
fn spread(source: &str, at: usize) -> Option<Vec<LocalEdit>> {
    let open = opening(source, at)?;
    let close = closing(source, open)?;
    if !source[open + 1..at].trim().is_empty() {
        return None;
    }
    let inside = &source[at + 3..close];
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    let length = inside.bytes().take_while(|byte| plain(*byte)).count();
    let (name, more) = (&inside[..length], inside[length..].trim());
    let more = more.strip_prefix(',').map(str::trim);
    let said = match (source.as_bytes()[open], more) {
        _ if name.is_empty() => return None,
        (_, None | Some("")) if inside[length..].trim().is_empty() => name.to_owned(),
        (b'[', Some(more)) => format!("{name} + [{more}]"),
        (b'{', Some(more)) => format!("{name} but {{{more}}}"),
        _ => return None,
    };
    Some(vec![(open, close + 1, said)])
}
