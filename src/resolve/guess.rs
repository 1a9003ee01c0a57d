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
    ("range", "A range is written `1..5`, in `for` and in sizes."),
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
    ("input", "A person is an instrument too: `instrument me = human()`, and a part played by it."),
    ("ask", "A person is an instrument too: `instrument me = human()`, and a part played by it."),
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

/// The help for an unknown name, given all that is visible.
pub(super) fn name_help<'a>(
    name: &str,
    span: Span,
    visible: impl IntoIterator<Item = &'a str>,
) -> Option<Help> {
    if let Some(help) = foreign_name(name) {
        return Some(help.into());
    }
    did_you_mean(name, visible).map(|meant| Help::meant(meant, span))
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
