//! Habits in expressions: lists that are comprehended, things that are spread, closures in bars, conditions behind
//! their value.

use super::habits::{Place, foreign, misplaced};
use super::heads::word_at;
use super::rewrite::{LocalEdit, closing, expression_end, opening};
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
        return Some(foreign(&before, at + 1, help, Vec::new(), span));
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
