//! Guesses at what an unknown name was meant to be: near spellings, and words of other languages.

use crate::base::{Help, Span, did_you_mean};

/// What people coming from other languages write, and what it is called here.
const FOREIGN: &[(&str, &str)] = &[
    ("none", "`nothing` stands for no value."),
    ("print", "To show a line, write `say \"…\"`."),
    ("println", "To show a line, write `say \"…\"`."),
    ("puts", "To show a line, write `say \"…\"`."),
    ("echo_line", "To show a line, write `say \"…\"`."),
    ("log", "To show a line, write `say \"…\"`."),
    ("length", "The length of a text, list or map is `len(x)`."),
    ("size", "The length of a text, list or map is `len(x)`."),
    ("count", "The length of a text, list or map is `len(x)`."),
    ("str", "To make a text of a value, put it in a hole: `\"{x}\"`."),
    ("to_string", "To make a text of a value, put it in a hole: `\"{x}\"`."),
    ("format", "A text has holes: `\"{x}\"`."),
    ("float", "To make a number of a text, write `number(x)`."),
    ("console", "To show a line, write `say \"…\"`."),
    ("range", "A range is written `0..4`, in `for` and in sizes: both ends belong to it."),
    ("parallel", "Thinking runs together by itself; `together { … }` lets acts run together too."),
    ("while", "A loop without a list is `repeat up to N { … }`."),
    ("sleep", "To wait, write `wait 2s`."),
    ("assert", "To stop where something doesn't hold, write `require c else \"…\"`."),
    ("throw", "To stop with an error, write `fail \"…\"`."),
    ("raise", "To stop with an error, write `fail \"…\"`."),
    ("switch", "To choose by value, write `match x { … }`."),
    ("break", "To leave a `repeat`, write `stop`."),
    ("continue", "Leave out elements with `for x in xs if c { … }`."),
    (
        "fetch",
        "Declare the server as an instrument, `instrument api = http(\"https://…\")`, and a part played by it.",
    ),
    ("assert_eq", "To check in a test, write `expect a == b`."),
    ("assert_equal", "To check in a test, write `expect a == b`."),
    ("expect", "To check in a test, write `expect a == b`, without parentheses."),
    ("input", "A person is an instrument too: `instrument me = human()`, and a part played by it."),
    ("ask", "A person is an instrument too: `instrument me = human()`, and a part played by it."),
];

/// Words of the language that something stands behind.
const WORDS: &[&str] = &[
    "within",
    "retry",
    "otherwise",
    "require",
    "return",
    "repeat",
    "together",
    "limit",
    "match",
    "vouch",
    "ensure",
];

/// Names of types elsewhere, and what they are called here.
const FOREIGN_TYPES: &[(&str, &str)] = &[
    ("String", "text"),
    ("Text", "text"),
    ("Number", "number"),
    ("Int", "int"),
    ("Integer", "int"),
    ("Bool", "bool"),
    ("Boolean", "bool"),
    ("Map", "map[text]"),
    ("List", "[text]"),
    ("Array", "[text]"),
    ("Date", "date"),
    ("sound", "audio"),
    ("bytes", "file"),
];

/// What to say of a name that people bring from elsewhere.
#[must_use]
pub fn foreign_name(name: &str) -> Option<&'static str> {
    FOREIGN.iter().find(|(known, _)| *known == name).map(|(_, help)| *help)
}

/// What a call of a foreign name is here, and how much of the line that stands instead of.
fn foreign_call(name: &str, rest: &str) -> Option<(usize, String)> {
    let open = rest.find('(')?;
    let called = &rest[..open];
    let close = open + rest[open..].find(')')?;
    let inside = rest[open + 1..close].trim();
    match name {
        "print" | "println" | "puts" | "log" | "echo_line" if called == name => {
            Some((name.len(), String::from("say ")))
        }
        "console" if matches!(called, "console.log" | "console.info" | "console.error") => {
            Some((open, String::from("say ")))
        }
        "length" | "size" | "count" if called == name => Some((name.len(), String::from("len"))),
        "float" if called == name => Some((name.len(), String::from("number"))),
        "str" | "to_string" | "String" if called == name && !inside.contains(['(', '"']) => {
            Some((close + 1, format!("\"{{{inside}}}\"")))
        }
        "throw" | "raise" if called == name => Some((name.len(), String::from("fail "))),
        "sleep" if called == name => Some((name.len(), String::from("wait "))),
        "range" if called == name => {
            let (least, most) = inside.split_once(',').unwrap_or(("0", inside));
            let last = match most.trim().parse::<i64>() {
                Ok(most) => most.saturating_sub(1).to_string(),
                Err(_) if most.contains('(') => return None,
                Err(_) => format!("{} - 1", most.trim()),
            };
            Some((close + 1, format!("{}..{last}", least.trim())))
        }
        _ => None,
    }
}

/// The help for an unknown name, given what stands from it to the end of its line, and all that is visible.
pub(super) fn name_help<'a>(
    name: &str,
    rest: &str,
    span: Span,
    visible: impl IntoIterator<Item = &'a str>,
) -> Option<Help> {
    if let Some(help) = foreign_name(name) {
        let longer = |length: usize| {
            Span::new(span.start, span.start.saturating_add(u32::try_from(length).unwrap_or(u32::MAX)))
        };
        return Some(match foreign_call(name, rest) {
            Some((length, here)) => Help::new(help).replacing(longer(length), here),
            None => help.into(),
        });
    }
    // A name with something behind it on its line may be a word of the language that was misspelt.
    let words: &[&str] = if rest[name.len().min(rest.len())..].starts_with(' ') { WORDS } else { &[] };
    did_you_mean(name, visible)
        .or_else(|| did_you_mean(name, words.iter().copied()))
        .map(|meant| Help::meant(meant, span))
}

/// The help for an unknown type, given all that is visible.
pub(super) fn type_help<'a>(
    name: &str,
    span: Span,
    visible: impl IntoIterator<Item = &'a str>,
) -> Option<Help> {
    if let Some((_, here)) = FOREIGN_TYPES.iter().find(|(known, _)| *known == name) {
        return Some(Help::new(format!("It is called `{here}` here.")).replacing(span, *here));
    }
    did_you_mean(name, visible).map(|meant| Help::meant(meant, span))
}

/// The help for a word that is no type and none that is near: types of a score begin with a capital.
pub(super) fn word_help(name: &str, span: Span) -> Option<Help> {
    name.starts_with(|first: char| first.is_ascii_lowercase()).then(|| {
        Help::new(format!("A word to choose stands in quotes: `\"{name}\"`."))
            .replacing(span, format!("\"{name}\""))
    })
}
