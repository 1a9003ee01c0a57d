//! What to say where the grammar gave up: what was expected, in English, and what was found.

use pest::error::{Error, ErrorVariant};

use super::grammar::Rule;
use super::habits::{Place, habit};
use super::heads::word_at;
use super::rewrite;
use super::scan::{Chunk, DEPTH, Scanner};
use super::tokens::{Weight, label, weight};
use crate::base::{Edit, Help, Span};
use crate::syntax::ParseError;
use crate::syntax::word::RESERVED;

/// Why a chunk could not be read.
pub(super) struct Failure {
    pub(super) error: ParseError,
    /// Where, local to the source.
    pub(super) at: usize,
    /// Whether more input could mend it.
    pub(super) incomplete: bool,
}

/// What is wrong at `at`, where the grammar gave up.
pub(super) fn explain(
    source: &str,
    at: usize,
    error: &Error<Rule>,
    scanner: &Scanner<'_>,
    chunk: &Chunk,
) -> Failure {
    let span = |from: usize, to: usize| scanner.span(chunk.start + from, chunk.start + to);
    let ErrorVariant::ParsingError { positives, .. } = &error.variant else {
        let error = ParseError::TooDeep { limit: DEPTH, span: span(at, (at + 1).min(source.len())) };
        return Failure { error, at: chunk.start + at, incomplete: false };
    };
    let at = at.min(source.len());
    let labels = expected(positives);
    let place = Place { source, at, labels: &labels };
    let ends = at >= source.len();
    let error = match habit(&place, span) {
        Some(error) => error,
        None => plain(&place, scanner, span),
    };
    Failure { error, at: chunk.start + at, incomplete: ends && scanner.is_done() }
}

/// "expected …, found …"
fn plain(place: &Place<'_>, scanner: &Scanner<'_>, span: impl Fn(usize, usize) -> Span) -> ParseError {
    let Place { source, at, labels } = *place;
    let word = word_at(source.as_bytes(), at);
    let expected = join(labels);
    let named = labels.contains(&"a name") || labels.contains(&"a parameter");
    if named && RESERVED.contains(&word) && labels.len() <= 2 {
        return ParseError::Reserved { word: word.to_owned(), span: span(at, at + word.len()) };
    }
    if at >= source.len() {
        let end = source.trim_end().len();
        let found = if scanner.is_done() {
            String::from("the end")
        } else {
            format!("the next item, `{}`", scanner.text[scanner.at..scanner.head_end(scanner.at)].trim())
        };
        let from = source[..end].char_indices().next_back().map_or(0, |(at, _)| at);
        let label = format!("after this {expected} must follow");
        return ParseError::Expected { expected, found, span: span(from, end), label, help: None };
    }
    let end = token_end(source, at);
    let found = describe(&source[at..end]);
    let comma = labels.contains(&"`,`")
        && labels.iter().all(|label| matches!(*label, "`,`" | "`)`" | "`]`" | "`}`" | "`:`" | "`=`"));
    if comma && begins_value(source.as_bytes()[at]) {
        let gap = source[..at].trim_end().len();
        let after = last_written(&source[..at]);
        return ParseError::MissingComma { after, span: span(at, end), gap: span(gap, gap) };
    }
    let label = format!("{expected} must stand here");
    let help = help(place, &span);
    ParseError::Expected { expected, found, span: span(at, end), label, help }
}

/// The last token of a stretch of source: a word, or one sign.
fn last_token(source: &str) -> &str {
    let source = source.trim_end();
    let word = source.bytes().rev().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    let sign = source.chars().next_back().map_or(0, char::len_utf8);
    &source[source.len() - if word > 0 { word } else { sign }..]
}

/// What the `,` must follow, as it is called in messages.
fn last_written(source: &str) -> String {
    let token = last_token(source);
    if token == "\"" { String::from("the text") } else { format!("`{token}`") }
}

/// What to write, where what was expected tells it.
fn help(place: &Place<'_>, span: impl Fn(usize, usize) -> Span) -> Option<Help> {
    let Place { source, at, labels } = *place;
    let before = last_token(&source[..at]);
    let end = token_end(source, at);
    let found = &source[at..end];
    let line = source[..at].rsplit('\n').next().unwrap_or_default();
    let gap = span(source[..at].trim_end().len(), at);
    let help = |text: &str| Some(Help::new(text));
    match labels {
        _ if found == "," && labels.contains(&"`else`") => {
            help("What is said where it doesn't hold stands after `else`: `require condition else \"…\"`.")
                .map(|help| help.replacing(span(at, end), " else"))
        }
        ["a path"] if found.starts_with('"') => {
            let help = Help::new("A path stands without quotes: `use ./file { name }`.");
            let close = source[end..].find('"').map(|length| end + length);
            Some(match close {
                Some(close) => help.replacing(span(at, end), "").replacing(span(close, close + 1), ""),
                None => help,
            })
        }
        ["`up to`"] => {
            help("A loop has a bound: `repeat up to 3 { … }`.").map(|help| help.replacing(gap, " up to "))
        }
        ["`(`", "`=`"] if source.starts_with("instrument") => {
            Some(Help::new(format!("Write `instrument {before} = …`.")).replacing(gap, " = "))
        }
        ["a text"] if source.starts_with("test") && found == "{" => {
            help("A test has a name: `test \"what it shows\" { … }`.")
                .map(|help| help.replacing(gap, " \"what it shows\" "))
        }
        _ if source.starts_with("use ") && source[at..].starts_with("::") => {
            let path: String = source[4..rewrite::line_end(source, at)].trim().replace("::", "/");
            let (module, name) = path.rsplit_once('/').unwrap_or((&path, ""));
            let line = span(4, rewrite::line_end(source, at));
            Some(
                Help::new("The steps of a path are parted by `/`, and what is used stands in braces.")
                    .replacing(line, format!("{module} {{ {name} }}")),
            )
        }
        _ if source.starts_with("use ") && found == "*" => {
            let open = source[..at].trim_end_matches([' ', '{']).len();
            let close = source[at..].find('}').map_or(end, |length| at + length + 1);
            let name = source[..open].rsplit(['/', ' ']).next().unwrap_or("m").to_owned();
            Some(
                Help::new(format!("Name what you use, or take all of it under a name: `as {name}`."))
                    .replacing(span(open, close), format!(" as {name}")),
            )
        }
        ["a size"] => help("A size is written in digits: `[T; 3]`, `[T; 1..5]`, `[T; ..10]`."),
        ["`:`"] if matches!(found, ")" | ",") => {
            Some(Help::new(format!("A parameter has a type: `{before}: text`.")).replacing(gap, ": text"))
        }
        ["`:`"] if RESERVED.contains(&before) => help(
            "A `{` that a value may begin with opens a record. A block stands behind `=>`, `otherwise` and `else`; leave these braces out.",
        ),
        ["`:`"] if RESERVED.contains(&found) || !line.contains('{') && !line.contains('(') => None,
        ["`:`"] => Some(Help::new(format!("Write `{before}: {found}`.")).replacing(gap, ": ")),
        ["`in`"] if found == "of" => {
            Some(Help::new(format!("Write `for {before} in …`.")).replacing(span(at, end), "in"))
        }
        ["`in`"] if found == "," => {
            let (help, edits) = counted(source, at, before)?;
            Some(Help::new(help).with(
                edits.into_iter().map(|(from, to, replacement)| Edit { span: span(from, to), replacement }),
            ))
        }
        ["`in`"] => Some(Help::new(format!("Write `for {before} in …`."))),
        ["`:`", "`=`"] | ["`=`", "`:`"] => {
            Some(Help::new(format!("Write `{before} = …`.")).replacing(gap, " = "))
        }
        _ => None,
    }
}

/// `for i, x in enumerate(xs)`, the comma being at `at`.
fn counted(source: &str, at: usize, index: &str) -> Option<(String, Vec<rewrite::LocalEdit>)> {
    let from = source[..at].trim_end().len() - index.len();
    let second = at + 1 + (source[at + 1..].len() - source[at + 1..].trim_start().len());
    let item = word_at(source.as_bytes(), second);
    let end = second + item.len();
    let mut edits = vec![(from, end, format!("({index}, {item})"))];
    let line = rewrite::line_end(source, end);
    if let Some(call) = source[end..line].find("enumerate(") {
        let open = end + call + "enumerate".len();
        let close = rewrite::closing(source, open)?;
        edits.push((end + call, open + 1, String::new()));
        edits.push((close, close + 1, String::new()));
    }
    (!item.is_empty()).then(|| (format!("With its number it is `for ({index}, {item}) in …`."), edits))
}

fn begins_value(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'"' | b'(' | b'[' | b'{' | b'$')
}

/// The labels of what was expected, without those that tell little, each once.
fn expected(rules: &[Rule]) -> Vec<&'static str> {
    let mut labels: Vec<&'static str> = Vec::new();
    for rule in rules {
        let label = label(*rule);
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    if labels.iter().any(|label| weight(label) == Weight::Strong) {
        labels.retain(|label| weight(label) == Weight::Strong);
    }
    // Only in a block may both an expression and the end stand.
    if labels.contains(&"an expression") && labels.contains(&"`}`") {
        labels.insert(0, "a statement");
    }
    if labels.contains(&"a statement") {
        let mut seen = false;
        labels.retain(|label| {
            *label != "an expression" && !(*label == "a statement" && std::mem::replace(&mut seen, true))
        });
    }
    labels
}

/// Labels as a phrase.
fn join(labels: &[&str]) -> String {
    match labels {
        [] => String::from("something else"),
        [only] => (*only).to_owned(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}

/// Where the token at `at` ends.
pub(super) fn token_end(source: &str, at: usize) -> usize {
    let bytes = source.as_bytes();
    let first = bytes.get(at).copied().unwrap_or(0);
    if first.is_ascii_alphanumeric() || first == b'_' {
        return at + word_at(bytes, at).len();
    }
    for sign in ["=>", "->", "|>", "??", "==", "!=", "<=", ">=", "..", "\"\"\""] {
        if source[at..].starts_with(sign) {
            return at + sign.len();
        }
    }
    at + source[at..].chars().next().map_or(0, char::len_utf8)
}

/// A token as it is called in messages.
fn describe(token: &str) -> String {
    match token.as_bytes().first() {
        Some(b'"') => String::from("a text"),
        Some(b'0'..=b'9') => format!("the number `{token}`"),
        Some(_) if RESERVED.contains(&token) => format!("the word `{token}`"),
        _ => format!("`{token}`"),
    }
}
