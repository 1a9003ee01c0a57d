//! How an item begins, told from its first words alone.

/// The word an item begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ItemWord {
    Use,
    Type,
    Instrument,
    Part,
    Movement,
    Test,
}

/// Words that begin what is an item elsewhere, and what to write here.
const FOREIGN: &[(&str, &str)] = &[
    ("function", MOVEMENT),
    ("def", MOVEMENT),
    ("fn", MOVEMENT),
    ("func", MOVEMENT),
    ("fun", MOVEMENT),
    ("async", "Write `movement name(…) -> Type { … }`: what can run at once does, without `async`."),
    ("pub", "Every item is public; one whose name begins with `_` is private to its file."),
    ("export", "Every item is public; one whose name begins with `_` is private to its file."),
    ("import", "Write `use std/web { search }` or `use ./file { name }`."),
    ("from", "Write `use std/web { search }` or `use ./file { name }`."),
    ("require", STATEMENT),
    ("class", "For data write `type Name { field: text }`."),
    ("struct", "For data write `type Name { field: text }`."),
    ("interface", "For data write `type Name { field: text }`."),
    ("record", "For data write `type Name { field: text }`."),
    ("enum", "Write `type Name = \"one\" | \"two\"`."),
    ("client", "Write `instrument name = openai(\"…\")`."),
    ("agent", "A task for a model is a `part`, what plays it an `instrument`."),
    ("tool", "A tool is a `part` or a `movement`; another part takes it with `using`."),
    ("prompt", "A prompt is the text of a `part`."),
    ("model", "Write `instrument name = openai(\"…\")`."),
    ("workflow", MOVEMENT),
    ("const", VALUE),
    ("var", VALUE),
    ("let", VALUE),
    ("val", VALUE),
    ("say", STATEMENT),
    ("wait", STATEMENT),
    ("return", STATEMENT),
    ("print", STATEMENT),
    ("expect", "`expect` stands in `test \"…\" { … }`."),
    ("seat", "`seat` stands in `test \"…\" { … }`."),
];

const MOVEMENT: &str = "For steps write `movement name(…) -> Type { … }`, for a task that a model or person does `part name(…) -> Type \"…\"`.";
const VALUE: &str = "There are no values at the top of a file: name it in the movement that uses it, or write `movement name() -> text { \"…\" }` and call that.";
const STATEMENT: &str = "Statements stand in a movement: `movement main() { … }`.";

/// Words that may go on with an item though they are first on their line.
const CONTINUING: &[&str] = &[
    "by",
    "using",
    "from",
    "ensure",
    "retry",
    "within",
    "up",
    "otherwise",
    "quorum",
    "thinks",
    "reads",
    "acts",
    "fresh",
    "prefill",
    "stdin",
    "system",
    "user",
    "assistant",
    "else",
    "where",
    "is",
    "as",
    "but",
    "and",
    "or",
    "in",
    "not",
    "r",
];

/// The word at `at`.
pub(super) fn word_at(bytes: &[u8], at: usize) -> &str {
    let rest = bytes.get(at..).unwrap_or_default();
    let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    std::str::from_utf8(&rest[..length]).unwrap_or_default()
}

/// The item word at `at`, if one is there.
pub(super) fn item_word(bytes: &[u8], at: usize) -> Option<ItemWord> {
    if !matches!(bytes.get(at), Some(b'u' | b't' | b'i' | b'p' | b'm')) {
        return None;
    }
    Some(match word_at(bytes, at) {
        "use" => ItemWord::Use,
        "type" => ItemWord::Type,
        "instrument" => ItemWord::Instrument,
        "part" => ItemWord::Part,
        "movement" => ItemWord::Movement,
        "test" => ItemWord::Test,
        _ => return None,
    })
}

/// Whether an item begins at `at`. First on its line, where nothing asks for more, its word is enough; elsewhere
/// (`-> instrument`, a line of a prompt) what follows must be an item's, too.
pub(super) fn looks_like_head(bytes: &[u8], at: usize, first: bool, continues: bool) -> bool {
    let Some(word) = item_word(bytes, at) else { return false };
    let after = at + word_at(bytes, at).len();
    let next = bytes.get(after).copied().unwrap_or(b'\n');
    if !matches!(next, b' ' | b'\t' | b'\r' | b'\n' | b'"') {
        return false;
    }
    if first && !continues {
        return true;
    }
    let blank =
        |from: usize| from + bytes[from..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let from = blank(after);
    let name = word_at(bytes, from).len();
    let end = blank(from + name);
    let follows = bytes.get(end).copied().unwrap_or(0);
    let second = bytes.get(end + 1).copied().unwrap_or(0);
    let dangling = continues && !first;
    !dangling
        && match word {
            ItemWord::Test => bytes.get(from) == Some(&b'"'),
            ItemWord::Use => use_follows(bytes, from),
            ItemWord::Part | ItemWord::Movement => name > 0 && matches!(follows, b'(' | b'<'),
            ItemWord::Type => {
                name > 0 && (matches!(follows, b'{' | b'<') || (follows == b'=' && second != b'='))
            }
            ItemWord::Instrument => name > 0 && (follows == b'(' || (follows == b'=' && second != b'=')),
        }
}

/// Whether a path and what may follow it stands at `from`.
fn use_follows(bytes: &[u8], from: usize) -> bool {
    let rest = bytes.get(from..).unwrap_or_default();
    let length = rest
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/'))
        .count();
    let after = rest[length..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let then = &rest[length + after..];
    rest[..length].contains(&b'/') && (then.starts_with(b"{") || then.starts_with(b"as "))
}

/// Whether an item of another language, or a lone statement, begins at `at`.
pub(super) fn foreign_head(bytes: &[u8], at: usize) -> bool {
    let word = word_at(bytes, at);
    let next = bytes.get(at + word.len()).copied().unwrap_or(0);
    word != "from" && matches!(next, b' ' | b'(') && FOREIGN.iter().any(|(foreign, _)| *foreign == word) && {
        let from = at + word.len();
        let gap = bytes[from..].iter().take_while(|byte| **byte == b' ').count();
        next == b'('
            || bytes
                .get(from + gap)
                .is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'"' | b'{'))
    }
}

/// What to write instead of an item that begins with this word.
pub(super) fn foreign_help(word: &str) -> Option<&'static str> {
    FOREIGN.iter().find(|(foreign, _)| *foreign == word).map(|(_, help)| *help)
}

/// Whether a word that is first on its line can't go on with an item that `last` may have ended.
pub(super) fn starts_new_chunk(bytes: &[u8], at: usize, last: u8) -> bool {
    matches!(last, b'}' | b'"' | b')' | b']') && !CONTINUING.contains(&word_at(bytes, at))
}
