//! Habits of other languages, told from the tokens around the place where the grammar gave up.

use super::clause_habits::clause_habit;
use super::failure::token_end;
use super::foreign_type::{bracketed, translated};
use super::heads::word_at;
use super::rewrite::{self, LocalEdit, line_end};
use super::value_habits::{record_habit, value_habit};
use crate::base::{Edit, Help, Span};
use crate::syntax::ParseError;

/// Where the grammar gave up, and what it could have gone on with.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) source: &'a str,
    pub(super) at: usize,
    pub(super) labels: &'a [&'static str],
}

/// Words that begin a statement elsewhere, and what to write here.
const WORDS: &[(&str, &str)] = &[
    ("elif", "Write `else if`."),
    ("elsif", "Write `else if`."),
    ("elseif", "Write `else if`."),
    ("while", "Write `repeat up to N { … stop if … }`: every loop has a bound."),
    ("loop", "Write `repeat up to N { … stop if … }`: every loop has a bound."),
    ("do", "Write `repeat up to N { … stop if … }`."),
    ("until", "Write `repeat up to N { … stop if … }`."),
    ("unless", "Write `if not …`."),
    ("switch", "Write `match e { \"a\" => …, _ => … }`."),
    ("case", "An arm of `match` is `pattern => value`."),
    ("when", "Write `match e { \"a\" => …, _ => … }`."),
    ("default", "The last arm of `match` is `_ => value`."),
    ("try", "Write `value otherwise fallback`; inside it `error` says what went wrong."),
    ("catch", "Write `value otherwise fallback`; inside it `error` says what went wrong."),
    ("except", "Write `value otherwise fallback`; inside it `error` says what went wrong."),
    ("finally", "There is none: what must happen in any case is written below."),
    ("throw", "Write `fail \"…\"`."),
    ("raise", "Write `fail \"…\"`."),
    ("assert", "Write `require condition else \"…\"`."),
    ("break", "In a `repeat` write `stop`; a `for` goes over all of its list."),
    ("continue", "Write `if … { … }` around the rest of the round."),
    ("const", "Write `let`."),
    ("var", "Write `let`; a value that changes from round to round is carried by `repeat … with`."),
    ("val", "Write `let`."),
    ("mut", "Nothing is rebound. A value that changes from round to round is carried by `repeat … with`."),
    ("async", "Delete it: what can run at once does."),
    ("await", "Delete it: a value is waited for where it is used."),
    ("parallel", "What can run at once does; `together { … }` lifts the order of acts."),
    ("function", "For a small function write `x => …`; a movement stands at the top of the file."),
    ("fn", "For a small function write `x => …`; a movement stands at the top of the file."),
    ("def", "For a small function write `x => …`; a movement stands at the top of the file."),
    ("lambda", "Write `x => …`."),
    ("then", "Write `if condition { … }`."),
    ("new", "Delete it: a type is its own constructor, `Idea(title: \"…\")`."),
    ("yield", "The last expression of a block is its value."),
    ("begin", "A block stands in braces."),
    ("end", "A block stands in braces."),
    ("pass", "An empty block is `{}`."),
    ("with", "To copy a record with changes write `x but {title: \"…\"}`."),
    ("print", "Write `say \"…\"`."),
    ("mock", "In a test `seat writer = script([\"…\"])` puts a stand-in into a chair."),
    ("stub", "In a test `seat writer = script([\"…\"])` puts a stand-in into a chair."),
];

/// A form of another language, from the place to `to`, and what mends it.
pub(super) fn foreign(
    place: &Place<'_>,
    to: usize,
    help: &str,
    edits: Vec<LocalEdit>,
    span: &impl Fn(usize, usize) -> Span,
) -> ParseError {
    let edits = edits.into_iter().map(|(from, to, replacement)| Edit { span: span(from, to), replacement });
    let found = place.source[place.at..to].to_owned();
    ParseError::Foreign { found, help: Help::new(help).with(edits), span: span(place.at, to) }
}

/// Something that can't stand at the place, and what mends it.
pub(super) fn misplaced(
    place: &Place<'_>,
    wanted: (&str, &str),
    help: &str,
    edits: Vec<LocalEdit>,
    span: &impl Fn(usize, usize) -> Span,
) -> ParseError {
    let edits = edits.into_iter().map(|(from, to, replacement)| Edit { span: span(from, to), replacement });
    let end = token_end(place.source, place.at);
    ParseError::Expected {
        expected: wanted.0.to_owned(),
        found: format!("`{}`", &place.source[place.at..end]),
        label: wanted.1.to_owned(),
        help: Some(Help::new(help).with(edits)),
        span: span(place.at, end),
    }
}

/// What the habit is, if the place looks like one.
pub(super) fn habit(place: &Place<'_>, span: impl Fn(usize, usize) -> Span) -> Option<ParseError> {
    let Place { source, at, labels } = *place;
    let rest = &source[at..];
    let end = token_end(source, at);
    let expects = |label: &str| labels.contains(&label);
    let mended = |from: usize, to: usize, help: &str, edits: Vec<LocalEdit>| {
        let edits =
            edits.into_iter().map(|(from, to, replacement)| Edit { span: span(from, to), replacement });
        let help = Help::new(help).with(edits);
        Some(ParseError::Foreign { found: source[from..to].to_owned(), help, span: span(from, to) })
    };
    let foreign = |from: usize, to: usize, help: &str| mended(from, to, help, Vec::new());
    let instead = |from: usize, to: usize, help: &str, here: &str| {
        mended(from, to, help, vec![(from, to, here.into())])
    };
    if let Some(error) = clause_habit(place, &span).or_else(|| value_habit(place, &span)) {
        return Some(error);
    }
    if let Some(head) = rewrite::for_head(source, at) {
        let help = "Write `for x in xs { … }`, or to count `for i in 0..9 { … }`: both ends belong to it.";
        return mended(head.0, head.1, help, vec![head.clone()]);
    }
    if rest.starts_with('[')
        && let Some((from, to)) = bracketed(source, at)
    {
        let (found, instead) = (source[from..to].to_owned(), translated(&source[from..to]));
        return Some(ParseError::ForeignType { found, instead, span: span(from, to) });
    }
    if rest.starts_with("?:") && expects("`:`") {
        let ends = |last: char| matches!(last, ',' | '}' | ')' | '=' | '\n');
        let end = at + 2 + rest[2..].find(ends).unwrap_or(rest.len() - 2);
        let end = source[..end].trim_end().len();
        let help = "The type says it: `name: text?`.";
        return mended(at, at + 1, help, vec![(at, at + 1, String::new()), (end, end, "?".into())]);
    }
    if let Some((from, word, help)) = word_before(source, at) {
        return mended(from, from + word.len(), help, rewrite::of_word(source, from, word));
    }
    let word = word_at(source.as_bytes(), at);
    if rest.starts_with("=>") && (expects("`->`") || expects("`{`")) && !expects("`=>`") {
        let help = "Write `->` before a return type; `=>` makes a small function or an arm.";
        return instead(at, end, help, "->");
    }
    if rest.starts_with("->") && weak_arrow(place) {
        let arms = arrows_of_match(source, at);
        return mended(at, end, "Write `=>`: `->` stands before a return type.", arms);
    }
    let ends_line = source[at..rewrite::line_end(source, at)].trim() == ":";
    if ends_line && expects("`{`") {
        let help = "A block stands in braces: `{ … }`.";
        return mended(at, at + 1, help, rewrite::indented_block(source, at));
    }
    if rest.starts_with(':') && expects("`->`") {
        return instead(at, at + 1, "Write `->` before a return type.", " ->");
    }
    if rest.starts_with(':') && in_match(source, at) {
        return instead(at, at + 1, "Write `=>` after a pattern.", " =>");
    }
    if rest.starts_with('=') && !rest.starts_with("=>") && !expects("a name") {
        return equals(place, span);
    }
    if rest.starts_with("..") {
        return Some(ParseError::Range { span: span(at, end) });
    }
    if matches!(word, "let" | "require" | "say" | "wait") && expects("an expression") && !expects("`}`") {
        return foreign(at, end, "It is a statement: put it in braces, `{ … }`.");
    }
    if matches!(word, "use" | "type" | "part" | "movement" | "instrument" | "test")
        && (expects("a statement") || expects("`}`"))
    {
        return foreign(at, end, "An item stands at the top of the file, not in a block.");
    }
    brace(place, &span).or_else(|| sign(place, span))
}

/// A brace where no block and no record can stand.
fn brace(place: &Place<'_>, span: impl Fn(usize, usize) -> Span) -> Option<ParseError> {
    let Place { source, at, labels } = *place;
    let rest = &source[at..];
    let expects = |label: &str| labels.contains(&label);
    if rest.starts_with('{') && expects("a type") {
        return Some(ParseError::RecordType { span: span(at, at + 1) });
    }
    if rest.starts_with('{') && expects("a statement") {
        if let Some(error) = record_habit(place, &span) {
            return Some(error);
        }
        return Some(ParseError::Expected {
            expected: String::from("a statement"),
            found: String::from("`{`"),
            span: span(at, at + 1),
            label: String::from("a block or a record alone does nothing"),
            help: Some(
                String::from(
                    "A record stands where its value is used; statements need no braces of their own.",
                )
                .into(),
            ),
        });
    }
    None
}

/// A sign that stands where it means nothing.
fn sign(place: &Place<'_>, span: impl Fn(usize, usize) -> Span) -> Option<ParseError> {
    let Place { source, at, .. } = *place;
    let rest = &source[at..];
    let mended = |help: &str, edits: Vec<LocalEdit>| {
        let found = source[at..=at].to_owned();
        let edits =
            edits.into_iter().map(|(from, to, replacement)| Edit { span: span(from, to), replacement });
        Some(ParseError::Foreign { found, help: Help::new(help).with(edits), span: span(at, at + 1) })
    };
    let foreign = |help: &str| mended(help, Vec::new());
    if rest.starts_with(['(', '[', '.']) && source[..at].ends_with('}') {
        let help = "Put the construct in parentheses to call it, index it or take a field: `(if … { … } else { … }).name`.";
        return foreign(help);
    }
    if rest.starts_with('.') && rest[1..].starts_with(|next: char| next.is_ascii_alphabetic()) {
        return foreign(
            "A field's `.` touches what it belongs to. For steps in a row write `value |> step(…)`.",
        );
    }
    if rest.starts_with('.') && rest[1..].starts_with(|next: char| next.is_ascii_digit()) {
        return mended("Write a digit before the point: `0.5`.", vec![(at, at, "0".into())]);
    }
    if rest.starts_with("?.") {
        let path = source[..at]
            .bytes()
            .rev()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
        let (from, field) = (at - path.count(), word_at(source.as_bytes(), at + 2));
        let owner = &source[from..at];
        let help = "What may be missing is asked first: `if idea != nothing { idea.title }`.";
        let made = format!("(if {owner} != nothing {{ {owner}.{field} }} else {{ nothing }})");
        let edits = vec![(from, at + 2 + field.len(), made)];
        return mended(help, if owner.is_empty() || field.is_empty() { Vec::new() } else { edits });
    }
    let ends = rest.strip_prefix('?').unwrap_or_default().trim_start_matches([' ', '\t', '\r']);
    if rest.starts_with('?')
        && source[..at].ends_with(')')
        && (ends.is_empty() || ends.starts_with(['\n', '}', ')', ',']))
    {
        let help = "Delete it: a failure is passed on by itself, and caught by `otherwise`.";
        return mended(help, vec![(at, at + 1, String::new())]);
    }
    if rest.starts_with('?') {
        let help = "For a choice write `if c { a } else { b }`; for a fallback `x ?? y`; an optional type is `text?`.";
        return mended(help, rewrite::ternary(source, at));
    }
    if rest.starts_with('|') && !rest.starts_with("|>") && !place.labels.contains(&"a type") {
        let next = rest[1..].trim_start();
        let word = word_at(next.as_bytes(), 0);
        if next[word.len()..].starts_with('(') && !word.is_empty() {
            let mut pipes = Vec::new();
            for (here, _) in source[at..line_end(source, at)].match_indices(" | ") {
                pipes.push((at + here + 1, at + here + 2, "|>".into()));
            }
            if pipes.first().is_none_or(|(from, ..)| *from != at) {
                pipes.insert(0, (at, at + 1, "|>".into()));
            }
            return mended(
                "What goes on with a value stands behind `|>`: `draft(topic) |> review()`.",
                pipes,
            );
        }
        if word_at(source[..at].trim_end().as_bytes(), 0).is_empty()
            && !next.is_empty()
            && !rest.starts_with("||")
        {
            return mended("For `or` write `or`.", vec![(at, at + 1, "or".into())]);
        }
        return foreign("Here stands one type: name the union, or write `x is A or x is B`.");
    }
    None
}

/// A foreign word in the line, before the place or at it.
fn word_before(source: &str, at: usize) -> Option<(usize, &str, &'static str)> {
    let line = source[..at].rfind('\n').map_or(0, |before| before + 1);
    let bytes = source.as_bytes();
    let mut found = None;
    let mut here = line;
    let mut quoted = false;
    while here <= at && here < bytes.len() {
        let byte = bytes[here];
        if byte == b'"' {
            quoted = !quoted;
        }
        if byte.is_ascii_alphabetic() || byte == b'_' {
            let word = word_at(bytes, here);
            let after = source[here + word.len()..].trim_start();
            let labelled = after.starts_with(':') || source[..here].ends_with(['.', '$']);
            let called = source[here + word.len()..].starts_with('(') && here + word.len() < at;
            let known = WORDS.iter().find(|(known, _)| *known == word && !quoted && !labelled && !called);
            if let Some((_, help)) = known
                && !(word == "with" && source[line..here].contains("repeat"))
            {
                found = Some((here, word, *help));
            }
            here += word.len();
        } else if byte.is_ascii_digit() {
            here += word_at(bytes, here).len().max(1);
        } else {
            here += 1;
        }
    }
    found
}

/// Whether a `->` stands where an arm or a small function has `=>`.
fn weak_arrow(place: &Place<'_>) -> bool {
    let before = place.source[..place.at].trim_end();
    place.labels.contains(&"`=>`") || in_match(place.source, place.at) || before.ends_with(')')
}

/// All arrows of the arms of a `match`, the first being at `at`.
fn arrows_of_match(source: &str, at: usize) -> Vec<LocalEdit> {
    let mut arrows = vec![(at, at + 2, String::from("=>"))];
    let close = rewrite::opening(source, at).and_then(|open| rewrite::closing(source, open));
    if let Some(close) = close.filter(|_| in_match(source, at)) {
        let same = |here: &usize| rewrite::opening(source, *here) == rewrite::opening(source, at);
        let more = source[at + 2..close].match_indices("->").map(|(found, _)| at + 2 + found);
        arrows.extend(more.filter(same).take(50).map(|here| (here, here + 2, String::from("=>"))));
    }
    arrows
}

/// Whether the innermost open brace is that of a `match`.
fn in_match(source: &str, at: usize) -> bool {
    let bytes = source.as_bytes();
    let mut depth = 0_usize;
    let mut here = at;
    // A look back of a few lines is enough for a message.
    while here > 0 && at - here < 2_000 {
        here -= 1;
        match bytes[here] {
            b'}' | b')' | b']' => depth += 1,
            b'{' | b'(' | b'[' if depth > 0 => depth -= 1,
            b'{' => {
                let line = source[..here].rsplit('\n').next().unwrap_or_default();
                return line.trim_start().starts_with("match ") || line.contains(" match ");
            }
            b'(' | b'[' => return false,
            _ => {}
        }
    }
    false
}

/// `=` where something is compared, assigned, or given by name.
fn equals(place: &Place<'_>, span: impl Fn(usize, usize) -> Span) -> Option<ParseError> {
    let Place { source, at, labels } = *place;
    if source[at..].starts_with("==") {
        let named = labels.contains(&"`=`");
        let help = Help::new("One `=` names a value or gives a default; `==` compares.");
        let span = span(at, at + 2);
        return named.then(|| ParseError::Equals { help: help.replacing(span, "="), span });
    }
    let line = source[..at].rsplit('\n').next().unwrap_or_default();
    let before = source[..at].trim_end();
    let name_at =
        before.rfind(|last: char| !(last.is_ascii_alphanumeric() || last == '_')).map_or(0, |last| last + 1);
    let name = &before[name_at..];
    let opener = before[..name_at].trim_end();
    let compares = ["if ", "require ", "ensure ", "where ", " and ", " or ", "expect ", "stop "]
        .iter()
        .any(|word| line.contains(word));
    let here = span(at, at + 1);
    let gap = source[..at].len() - before.len();
    let colon = span(at - gap, at + 1);
    let help = if source.starts_with("type ") && opener.ends_with(['{', ',', '\n', '"', ']', '}', '?']) {
        Help::new(format!("A field has a type, and may have a default: `{name}: text = …`."))
            .replacing(span(at - gap, at), ": text ")
    } else if before.ends_with(['+', '-', '*', '/', '%']) {
        let name = before[..before.len() - 1].trim_end();
        let name_at = name
            .rfind(|last: char| !(last.is_ascii_alphanumeric() || last == '_'))
            .map_or(0, |last| last + 1);
        let name = &name[name_at..];
        Help::new(format!(
            "Nothing is rebound. Write the next value, `{name} {} …`: as the last line of a `repeat … with {name} = …` it is what the next round begins with.",
            &before[before.len() - 1..]
        ))
        .replacing(here, "")
    } else if opener.ends_with('.') {
        Help::new(format!("A record is not changed; a copy of it is: `record but {{{name}: …}}`."))
    } else if opener.ends_with('(') || opener.ends_with(',') {
        Help::new(format!("An argument or entry is given by name with `:`, as in `{name}: …`."))
            .replacing(colon, ":")
    } else if opener.ends_with('{') && !line.trim_start().starts_with(name) && !opens_block(opener) {
        Help::new(format!("In a record write `{name}: …`.")).replacing(colon, ":")
    } else if compares {
        Help::new("Write `==` to compare.").replacing(here, "==")
    } else if mentions(&source[at + 1..rewrite::line_end(source, at)], name) {
        Help::new(format!(
            "Nothing is rebound: name the next value, `let new_{name} = …`. One that changes from round to round is carried by `repeat … with {name} = …`."
        ))
    } else if let Some(from) = typed_before(opener, name) {
        let ty = &opener[from..];
        let ty = super::foreign_type::named(ty).unwrap_or(ty);
        let named = if ty == "auto" { format!("let {name}") } else { format!("let {name}: {ty}") };
        Help::new(format!("The type stands behind the name: `{named} = …`."))
            .replacing(span(from, before.len()), named)
    } else if (line.trim() == name || opener.ends_with('{')) && mentions_let(&source[..name_at], name) {
        Help::new(format!(
            "Nothing is rebound: name the next value, `let new_{name} = …`. One that changes from round to round is carried by `repeat … with {name} = …`."
        ))
    } else if (line.trim() == name || opener.ends_with('{')) && !name.is_empty() {
        let help = Help::new(format!(
            "Write `let {name} = …` for a new name. Nothing is rebound: a value that changes from round to round is carried by `repeat … with {name} = …`."
        ));
        help.replacing(span(name_at, name_at), "let ")
    } else {
        Help::new("Write `==` to compare, `let name = …` to name a value.")
    };
    Some(ParseError::Equals { help, span: here })
}

/// Whether the brace at the end of a stretch opens a block, as far as what stands before it tells.
fn opens_block(opener: &str) -> bool {
    let before = opener[..opener.len() - 1].trim_end();
    !before.ends_with(['(', ',', '=', ':', '[', '+']) && !before.ends_with(" but") && !before.ends_with("=>")
}

/// Where a type stands right before a name, as in `int n = 3`.
fn typed_before(opener: &str, name: &str) -> Option<usize> {
    let line = opener.rsplit('\n').next().unwrap_or_default().trim();
    let known = ["text", "int", "number", "bool", "json", "auto"].contains(&line)
        || super::foreign_type::named(line).is_some_and(|_| line != "null" && line != "none");
    (known && !name.is_empty()).then(|| opener.len() - line.len())
}

/// Whether a `let` of this name stands in a stretch of source.
fn mentions_let(source: &str, name: &str) -> bool {
    source
        .match_indices("let ")
        .any(|(at, word)| word_at(source.as_bytes(), at + word.len()) == name && !name.is_empty())
}

/// Whether a name stands in a stretch of source.
fn mentions(source: &str, name: &str) -> bool {
    !name.is_empty()
        && source
            .split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))
            .any(|word| word == name)
}
