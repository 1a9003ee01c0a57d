//! Long answers that are none: what models say when they run wild, and what would take a careless reader long.

/// A kind of garbage, of any length.
pub struct Kind {
    /// What it is, for who prints it.
    #[allow(dead_code)]
    pub name: &'static str,
    pub make: fn(usize) -> String,
}

const fn kind(name: &'static str, make: fn(usize) -> String) -> Kind {
    Kind { name, make }
}

/// The piece again and again, up to about this length.
fn again(piece: &str, size: usize) -> String {
    piece.repeat(size / piece.len())
}

/// Numbered pieces, no two of them the same.
fn numbered(size: usize, piece: impl Fn(usize) -> String) -> String {
    let mut text = String::with_capacity(size + 100);
    let mut number = 0;
    while text.len() < size {
        text.push_str(&piece(number));
        number += 1;
    }
    text
}

macro_rules! repeated {
    ($($piece:literal),* $(,)?) => {
        &[$(kind($piece, |size| again($piece, size))),*]
    };
}

/// Every kind.
pub fn kinds() -> impl Iterator<Item = &'static Kind> {
    REPEATED.iter().chain(GROWN)
}

/// A short piece without end.
const REPEATED: &[Kind] = repeated![
    "[",
    "]",
    "{",
    "}",
    "{\"",
    "{\"a\":",
    "{a:",
    "[\"",
    "['",
    "[1,",
    "[[1],",
    "[-",
    "[,",
    "[x",
    "[/*",
    "[//",
    "[#",
    "{/*",
    "{//x\n",
    "[/",
    "[\"a\" ",
    "['a",
    "[\"\\u",
    "[\"\\",
    "{\"a\": \"",
    "{\"a\":1}",
    "{\"a\":1},",
    "{\"a\" \"b\"}",
    "{\"title\":\"a\"}\n",
    "[{\"title\": \"a\"}]\n",
    "[{\"title\":\"a\"},",
    "\"",
    "'",
    "“",
    "„",
    "\"\"\"",
    "'''",
    "\\",
    "\\\"",
    "{\\\"",
    "\\\\\\\"",
    "`",
    "```\n",
    "```json\n{}\n```\n",
    "```json\n{",
    "``` ",
    "~~~\n",
    "~~~ x\n",
    "/*",
    "*/",
    "/*/",
    "//",
    "#",
    "<think>",
    "</think>",
    "<think></think>",
    "<think>\n</think>\n",
    "- a\n",
    "  - a\n",
    "- ",
    "* * ",
    "1. ",
    "1. a\n\n",
    "Answer: 1\n",
    "Answer: ",
    "\\boxed{",
    "\\boxed{1}",
    "a, ",
    "a; ",
    ",",
    ";",
    ":",
    " is ",
    "is not ",
    "not ",
    "a",
    "é",
    "\u{1f600}",
    "\u{feff}",
    "\0",
    " ",
    "\n",
    "\r",
    "\t",
    " \n",
    "1",
    "1,",
    "1.",
    "-",
    "1/",
    "9e9",
    "0.",
    "$1",
    "%",
    "yes ",
    "calm ",
    "calm, ",
    "calm or ",
    "true",
    "null,",
    "null ",
    "...",
    "… ",
    "**",
    "__",
    "*_",
    "(",
    "[1](x) ",
    "see [1]. ",
    "| a | b |\n",
];

/// What grows in other ways.
const GROWN: &[Kind] = &[
    kind("distinct objects", |size| numbered(size, |n| format!("{{\"a{n}\": \"b\"}}\n"))),
    kind("distinct answers", |size| numbered(size, |n| format!("{{\"title\": \"a{n}\"}} or "))),
    kind("distinct lists", |size| numbered(size, |n| format!("[{n}]\n"))),
    kind("distinct keys", |size| {
        format!("{{{}\"end\": 1}}", numbered(size, |n| format!("\"k{n}\": \"v\", ")))
    }),
    kind("a key again and again", |size| format!("{{{}\"a\": 1}}", again("\"a\": 1, ", size))),
    kind("a key with two values, late", |size| format!("{{{}\"a\": 2}}", again("\"a\": 1, ", size))),
    kind("numbers", |size| format!("[{}0]", numbered(size, |n| format!("{n}, ")))),
    kind("texts", |size| format!("[{}\"z\"]", numbered(size, |n| format!("\"text {n}\", ")))),
    kind("numbers in lines", |size| numbered(size, |n| format!("{n}\n"))),
    kind("bullets", |size| numbered(size, |n| format!("- item {n}\n"))),
    kind("fences", |size| numbered(size, |n| format!("```json\n{{\"title\": \"t{n}\"}}\n```\n"))),
    kind("fences that grow", |size| numbered(size, |n| format!("{}\n", "`".repeat(3 + n % 500)))),
    kind("deep, and closed", |size| format!("{}{}", "[".repeat(size / 2), "]".repeat(size / 2))),
    kind("deep objects, and closed", |size| {
        let depth = size / 6;
        format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth))
    }),
    kind("many that are 120 deep", |size| again(&format!("{}1{} ", "[".repeat(120), "]".repeat(120)), size)),
    kind("many that are 200 deep", |size| again(&format!("{}1{} ", "[".repeat(200), "]".repeat(200)), size)),
    kind("one long text", |size| format!("{{\"title\": \"{}\"}}", "x".repeat(size))),
    kind("one long text, not closed", |size| format!("{{\"title\": \"{}", "x".repeat(size))),
    kind("one long text of escapes", |size| format!("{{\"title\": \"{}\"}}", "\\n".repeat(size / 2))),
    kind("one long key", |size| format!("{{\"{}\": 1}}", "x".repeat(size))),
    kind("one long number", |size| "7".repeat(size)),
    kind("one long number, broken", |size| format!("{}.{}", "7".repeat(size / 2), "e".repeat(size / 2))),
    kind("JSON in a text, in a text", |size| {
        let mut text = "[1]".to_owned();
        while text.len() < size {
            text = format!("{text:?}");
        }
        text.truncate(size);
        text
    }),
    kind("a table", |size| numbered(size, |n| format!("| {n} | name {n} | yes |\n"))),
    kind("an answer behind prose", |size| format!("{}{{\"title\": \"a\"}}", again("So I thought. ", size))),
    kind("an answer behind braces", |size| format!("{}{{\"title\": \"a\"}}", again("a {b} ", size))),
    kind("an answer behind open comments", |size| format!("{}{{\"title\": \"a\"}}", again("[/* ", size))),
];
