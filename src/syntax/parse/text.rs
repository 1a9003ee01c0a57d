//! Texts: pieces, escapes, and the indentation of long ones.

use super::build::{Builder, Pair};
use super::grammar::Rule;
use crate::base::{Help, Name, Span};
use crate::syntax::TextError;
use crate::syntax::ast::{Expr, Text, TextPiece, TextStyle};

/// A piece as written.
enum Raw<'a> {
    /// Characters of the source.
    Chars(&'a str, Span),
    /// What an escape stands for.
    Escape(char, Span),
    /// `{expression}`
    Hole(Expr, Span),
}

/// Whether a rule is a text.
pub(super) fn is_text(rule: Rule) -> bool {
    matches!(rule, Rule::short_text | Rule::long_text | Rule::raw_text | Rule::raw_long_text)
}

impl Builder<'_, '_> {
    pub(super) fn text(&mut self, pair: &Pair<'_>) -> Text {
        let span = self.span(pair);
        let raw = matches!(pair.as_rule(), Rule::raw_text | Rule::raw_long_text);
        let long = matches!(pair.as_rule(), Rule::long_text | Rule::raw_long_text);
        let style = TextStyle { long, raw };
        let written = pair.as_str();
        let quotes = if long { 3 } else { 1 };
        let pieces = if raw {
            let inside = written.get(1 + quotes..written.len() - quotes).unwrap_or_default();
            let start = self.offset(span) + 1 + quotes;
            vec![Raw::Chars(inside, self.local(start, start + inside.len()))]
        } else {
            self.raw_pieces(pair)
        };
        let pieces = if long { unindent(pieces) } else { pieces };
        Text { span, style, pieces: join(pieces) }
    }

    fn raw_pieces<'a>(&mut self, pair: &Pair<'a>) -> Vec<Raw<'a>> {
        let mut pieces = Vec::new();
        for piece in pair.clone().into_inner() {
            let span = self.span(&piece);
            match piece.as_rule() {
                Rule::escape => {
                    let character = self.escape(piece.as_str(), span);
                    pieces.push(Raw::Escape(character, span));
                }
                Rule::hole => {
                    let inside = piece.into_inner().find(|inner| inner.as_rule() == Rule::expression);
                    let value = match inside {
                        Some(inside) => self.listing(false, |builder| builder.expression(inside)),
                        None => self.missing(span),
                    };
                    pieces.push(Raw::Hole(value, span));
                }
                Rule::short_chars | Rule::long_chars | Rule::inner_quote => {
                    pieces.push(Raw::Chars(piece.as_str(), span));
                }
                _ => {}
            }
        }
        pieces
    }

    /// A text that may have no holes: a name, a type, a key.
    pub(super) fn plain_text(&mut self, pair: &Pair<'_>, place: &'static str) -> Name {
        let text = self.text(pair);
        let hole = text.pieces.iter().find_map(|piece| match piece {
            TextPiece::Hole { span, .. } => Some(*span),
            TextPiece::Literal { .. } => None,
        });
        if let Some(span) = hole {
            self.fail(TextError::HoleElsewhere { place, span });
        }
        text.plain().unwrap_or_default()
    }

    /// A key in quotes.
    pub(super) fn quoted_key(&mut self, written: &str, span: Span) -> Name {
        let inside = written.get(1..written.len() - 1).unwrap_or_default();
        let mut key = String::with_capacity(inside.len());
        let mut rest = inside;
        while let Some(at) = rest.find('\\') {
            key.push_str(&rest[..at]);
            let escape = &rest[at..];
            let end = match escape.strip_prefix("\\u{").and_then(|digits| digits.find('}')) {
                Some(length) => length + 4,
                None => 1 + escape[1..].chars().next().map_or(0, char::len_utf8),
            };
            key.push(self.escape(&escape[..end], span));
            rest = &escape[end..];
        }
        key.push_str(rest);
        Name::from(key)
    }

    /// The character an escape stands for.
    fn escape(&mut self, written: &str, span: Span) -> char {
        let help = match &written[1..] {
            "n" => return '\n',
            "t" => return '\t',
            "r" => return '\r',
            "\\" => return '\\',
            "\"" => return '"',
            "{" => return '{',
            "}" => return '}',
            code if code.starts_with("u{") => {
                let digits = code.trim_start_matches("u{").trim_end_matches('}');
                if let Some(character) = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32) {
                    return character;
                }
                format!(
                    "`{digits}` is no code of a character: write up to six hexadecimal digits, as in `\\u{{1F3B5}}`."
                )
            }
            "u" | "x" => String::from("Write the code in braces: `\\u{1F3B5}`."),
            "$" | "'" | "`" | "/" | "#" | "-" => format!("Write `{}`: it needs no mark.", &written[1..]),
            "0" => String::from("Write `\\u{0}`."),
            _ => String::from(
                "Escapes are `\\n \\t \\r \\\\ \\\" \\{ \\} \\u{1F3B5}`. For a backslash write `\\\\`, or a raw text `r\"…\"`.",
            ),
        };
        let mut help = Help::new(help);
        if let "$" | "'" | "`" | "/" | "#" | "-" = &written[1..] {
            help = help.replacing(span, &written[1..]);
        }
        self.fail(TextError::Escape { escape: written.to_owned(), help, span });
        ' '
    }
}

/// Takes the first and last line break and the common indentation out of a long text.
///
/// Lines of blanks only count for nothing; nor does what stands on the line of the opening quotes.
fn unindent(mut pieces: Vec<Raw<'_>>) -> Vec<Raw<'_>> {
    let mut starts_line = false;
    if let Some(Raw::Chars(chars, _)) = pieces.first_mut()
        && let Some(end) = chars.find('\n')
        && chars[..end].trim().is_empty()
    {
        *chars = &chars[end + 1..];
        starts_line = true;
    }
    if let Some(Raw::Chars(chars, _)) = pieces.last_mut() {
        match chars.rfind('\n') {
            Some(end) if chars[end..].trim().is_empty() => {
                *chars = chars[..end].strip_suffix('\r').unwrap_or(&chars[..end]);
            }
            None if starts_line && chars.trim().is_empty() => *chars = "",
            Some(_) | None => {}
        }
    }
    let Some(indent) = common_indent(&pieces, starts_line) else { return pieces };
    if indent.is_empty() {
        return pieces;
    }
    let mut kept = Vec::with_capacity(pieces.len());
    for (at, piece) in pieces.into_iter().enumerate() {
        let Raw::Chars(chars, span) = piece else {
            kept.push(piece);
            continue;
        };
        let mut first = !(at == 0 && starts_line);
        for line in chars.split_inclusive('\n') {
            let line = if first { line } else { without(line, indent) };
            first = false;
            kept.push(Raw::Chars(line, span));
        }
    }
    kept
}

/// The longest run of blanks that every line with something on it begins with.
fn common_indent<'a>(pieces: &[Raw<'a>], starts_line: bool) -> Option<&'a str> {
    let mut common: Option<&str> = None;
    for (at, piece) in pieces.iter().enumerate() {
        let Raw::Chars(chars, _) = piece else { continue };
        let skip = usize::from(!(at == 0 && starts_line));
        let empty_start = at == 0 && starts_line && chars.is_empty();
        let after = (chars.ends_with('\n') || empty_start).then_some("");
        for line in chars.split_inclusive('\n').chain(after).skip(skip) {
            let text = line.trim_start_matches([' ', '\t']);
            // Blanks up to a hole or an escape are an indentation, too.
            let blank = if text.is_empty() { at + 1 == pieces.len() } else { text.trim().is_empty() };
            if !blank {
                let indent = &line[..line.len() - text.len()];
                common = Some(common.map_or(indent, |common| shared(common, indent)));
            }
        }
    }
    common
}

fn shared<'a>(one: &'a str, other: &str) -> &'a str {
    let length = one.bytes().zip(other.bytes()).take_while(|(left, right)| left == right).count();
    &one[..length]
}

/// A line without the indentation, or as much of it as it has.
fn without<'a>(line: &'a str, indent: &str) -> &'a str {
    &line[shared(line, indent).len()..]
}

/// Joins neighbouring characters, and writes every line break as `\n`.
fn join(pieces: Vec<Raw<'_>>) -> Vec<TextPiece> {
    let mut joined = Vec::new();
    let mut value = String::new();
    let mut place: Option<Span> = None;
    for piece in pieces {
        match piece {
            Raw::Chars(chars, span) => {
                if chars.contains('\r') {
                    value.push_str(&chars.replace("\r\n", "\n"));
                } else {
                    value.push_str(chars);
                }
                place = Some(place.map_or(span, |place| place.to(span)));
            }
            Raw::Escape(character, span) => {
                value.push(character);
                place = Some(place.map_or(span, |place| place.to(span)));
            }
            Raw::Hole(expression, span) => {
                finish(&mut joined, &mut value, place.take());
                joined.push(TextPiece::Hole { span, value: Box::new(expression) });
            }
        }
    }
    finish(&mut joined, &mut value, place);
    joined
}

fn finish(joined: &mut Vec<TextPiece>, value: &mut String, place: Option<Span>) {
    if let (Some(span), false) = (place, value.is_empty()) {
        joined.push(TextPiece::Literal { span, value: Name::from(value.as_str()) });
    }
    value.clear();
}
