//! What to say where the grammar gave up: what was expected, in English, and what was found.

use pest::error::{Error, ErrorVariant};

use super::grammar::Rule;
use super::habits::{Place, habit};
use super::heads::word_at;
use super::scan::{Chunk, DEPTH, Scanner};
use super::tokens::{Weight, label, weight};
use crate::base::Span;
use crate::syntax::ParseError;

/// Why a chunk could not be read.
pub(super) struct Failure {
    pub(super) error: ParseError,
    /// Where, local to the source.
    pub(super) at: usize,
    /// Whether more input could mend it.
    pub(super) incomplete: bool,
}

/// Words that can't be names.
pub(super) const RESERVED: &[&str] = &[
    "let", "limit", "if", "instrument", "in", "is", "else", "match", "movement", "for", "fail", "false", "repeat", "return",
    "require", "retry", "stop", "say", "together", "true", "type", "test", "wait", "within", "where", "vouch", "by", "but",
    "otherwise", "or", "as", "and", "nothing", "not", "use", "part",
];

/// What is wrong at `at`, where the grammar gave up. `last` says that nothing follows the chunk.
pub(super) fn explain(source: &str, at: usize, error: &Error<Rule>, scanner: &Scanner<'_>, chunk: &Chunk, last: bool) -> Failure {
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
        None => plain(&place, scanner, chunk, last, span),
    };
    Failure { error, at: chunk.start + at, incomplete: ends && last }
}

/// "expected …, found …"
fn plain(place: &Place<'_>, scanner: &Scanner<'_>, chunk: &Chunk, last: bool, span: impl Fn(usize, usize) -> Span) -> ParseError {
    let Place { source, at, labels } = *place;
    let word = word_at(source.as_bytes(), at);
    let expected = join(labels);
    if labels.contains(&"a name") && RESERVED.contains(&word) && labels.len() <= 2 {
        return ParseError::Reserved { word: word.to_owned(), span: span(at, at + word.len()) };
    }
    if at >= source.len() {
        let end = source.trim_end().len();
        let found = if last {
            String::from("the end")
        } else {
            let next = scanner.text[chunk.end..].trim_start();
            let from = scanner.text.len() - next.len();
            format!("the next item, `{}`", scanner.text[from..scanner.head_end(from)].trim())
        };
        let from = source[..end].char_indices().next_back().map_or(0, |(at, _)| at);
        let label = format!("after this {expected} must follow");
        return ParseError::Expected { expected, found, span: span(from, end), label, help: None };
    }
    let end = token_end(source, at);
    let found = describe(&source[at..end]);
    let comma = labels.contains(&"`,`") && labels.iter().all(|label| matches!(*label, "`,`" | "`)`" | "`]`" | "`}`"));
    if comma && begins_value(source.as_bytes()[at]) {
        let after = source[..at].trim_end();
        let line = after.rsplit('\n').next().unwrap_or(after).trim_start();
        let shown: String = line.chars().rev().take(40).collect::<Vec<_>>().into_iter().rev().collect();
        return ParseError::MissingComma { after: format!("`{shown}`"), span: span(at, end) };
    }
    let label = format!("{expected} must stand here");
    ParseError::Expected { expected, found, span: span(at, end), label, help: None }
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
    if labels.contains(&"a statement") {
        labels.retain(|label| *label != "an expression");
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
