//! The words and signs of a source, whether it is whole or not: for colours and for completing, while it is typed.
//! One pass, nothing is refused. What a source means is the parser's business.

use std::ops::Range;

use super::word::{RESERVED, TYPES};

/// What a piece of a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lexeme {
    /// `// …`
    Comment,
    /// `/// …`, `//! …`
    Doc,
    /// A piece of a text, quotes included.
    Text,
    /// `\n` and the like in a text.
    Escape,
    /// A number, a duration, an amount.
    Number,
    /// A word with a meaning of its own.
    Keyword,
    /// A type.
    Type,
    /// A name before `(`.
    Callee,
    /// Another name.
    Name,
    /// Anything else but blanks.
    Sign,
}

/// A piece of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Lexeme,
    /// Where it is, in bytes.
    pub range: Range<usize>,
}

/// Words with a meaning where they are first on their line, or behind the text of a part's role.
const LEADING: &[&str] = &[
    "using",
    "from",
    "ensure",
    "fresh",
    "prefill",
    "stdin",
    "system",
    "user",
    "assistant",
    "quorum",
    "thinks",
    "reads",
    "acts",
    "seat",
    "expect",
    "up",
];

/// Words that mean something behind others.
const TRAILING: &[&str] = &["up", "to", "every", "with", "deep", "turns", "on", "thinks"];

/// The pieces of a source, in order. All but blanks is in one of them.
#[must_use]
pub fn lex(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { text, bytes: text.as_bytes(), at: 0, frames: Vec::new(), tokens: Vec::new() };
    lexer.run();
    lexer.tokens
}

/// Whether a place is inside a text, and where the text that is open there begins: behind its quotes.
#[must_use]
pub fn open_text(text: &str, at: usize) -> Option<usize> {
    let before = &text[..at];
    let mut lexer =
        Lexer { text: before, bytes: before.as_bytes(), at: 0, frames: Vec::new(), tokens: Vec::new() };
    lexer.run();
    match lexer.frames.last() {
        Some(Frame::Text { from, .. }) => Some(*from),
        _ => None,
    }
}

/// What is open around a place.
enum Frame {
    /// A text: whether it is of many lines, whether it is raw, and where it begins behind its quotes.
    Text { long: bool, raw: bool, from: usize },
    /// A hole in a text: how many braces are open in it.
    Hole(u32),
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    frames: Vec<Frame>,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn run(&mut self) {
        while self.at < self.bytes.len() {
            match self.frames.last() {
                Some(Frame::Text { long, raw, .. }) => {
                    let (long, raw) = (*long, *raw);
                    self.inside(long, raw);
                }
                _ => self.outside(),
            }
        }
    }

    fn push(&mut self, kind: Lexeme, from: usize) {
        self.tokens.push(Token { kind, range: from..self.at });
    }

    fn rest(&self) -> &[u8] {
        &self.bytes[self.at..]
    }

    /// A stretch of a text up to an escape, a hole or its end.
    fn inside(&mut self, long: bool, raw: bool) {
        let from = self.at;
        loop {
            match self.rest().first() {
                None => return self.push(Lexeme::Text, from),
                Some(b'\n') if !long => {
                    self.frames.pop();
                    if self.at > from {
                        self.push(Lexeme::Text, from);
                    }
                    return;
                }
                Some(b'"') if !long || self.rest().starts_with(b"\"\"\"") => {
                    // Of a longer run of quotes the last three close it.
                    while long && self.rest().starts_with(b"\"\"\"\"") {
                        self.at += 1;
                    }
                    self.at += if long { 3 } else { 1 };
                    self.frames.pop();
                    return self.push(Lexeme::Text, from);
                }
                Some(b'\\') if !raw => return self.escape(from),
                Some(b'{') if !raw => {
                    if self.at > from {
                        self.push(Lexeme::Text, from);
                    }
                    let brace = self.at;
                    self.at += 1;
                    self.frames.push(Frame::Hole(0));
                    return self.push(Lexeme::Sign, brace);
                }
                Some(_) => self.at += self.letter(),
            }
        }
    }

    fn escape(&mut self, from: usize) {
        if self.at > from {
            self.push(Lexeme::Text, from);
        }
        let start = self.at;
        self.at += 1;
        if self.rest().starts_with(b"u{") {
            let length = self.rest().iter().take(12).position(|byte| *byte == b'}').map_or(2, |at| at + 1);
            self.at += length;
        } else if self.rest().first().is_some_and(|byte| *byte != b'\n') {
            self.at += self.letter();
        }
        self.push(Lexeme::Escape, start);
    }

    /// The length of the letter at the place.
    fn letter(&self) -> usize {
        self.text[self.at..].chars().next().map_or(1, char::len_utf8)
    }

    fn outside(&mut self) {
        let from = self.at;
        let rest = self.rest();
        match rest[0] {
            b'\n' => {
                self.at += 1;
                self.end_of_line();
            }
            b' ' | b'\t' | b'\r' => self.at += 1,
            b'/' if rest.starts_with(b"//") => {
                let doc = rest.starts_with(b"///") || rest.starts_with(b"//!");
                self.at += rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
                self.push(if doc { Lexeme::Doc } else { Lexeme::Comment }, from);
            }
            b'"' => self.open(from, false),
            b'r' if rest.get(1) == Some(&b'"') => {
                self.at += 1;
                self.open(from, true);
            }
            b'0'..=b'9' => self.number(from),
            b'$' if rest.get(1).is_some_and(u8::is_ascii_digit) => {
                self.at += 1;
                self.number(from);
            }
            byte if byte.is_ascii_alphabetic() || byte == b'_' => self.word(from),
            byte => {
                self.at += self.letter();
                self.push(Lexeme::Sign, from);
                self.brace(byte);
            }
        }
    }

    /// A hole of a text of one line ends with the line, and the text with it.
    fn end_of_line(&mut self) {
        let short = |frame: &Frame| matches!(frame, Frame::Text { long: false, .. });
        if let Some(outermost) = self.frames.iter().position(short) {
            self.frames.truncate(outermost);
        }
    }

    fn brace(&mut self, byte: u8) {
        let Some(Frame::Hole(open)) = self.frames.last_mut() else { return };
        match (byte, *open) {
            (b'{', _) => *open += 1,
            (b'}', 0) => {
                self.frames.pop();
            }
            (b'}', _) => *open -= 1,
            _ => {}
        }
    }

    fn open(&mut self, from: usize, raw: bool) {
        let long = self.rest().starts_with(b"\"\"\"");
        self.at += if long { 3 } else { 1 };
        self.push(Lexeme::Text, from);
        self.frames.push(Frame::Text { long, raw, from: self.at });
    }

    fn number(&mut self, from: usize) {
        let more = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        while let Some(byte) = self.rest().first() {
            let point = *byte == b'.' && self.rest().get(1).is_some_and(u8::is_ascii_digit);
            if !(more(byte) || point) {
                break;
            }
            self.at += 1;
        }
        self.push(Lexeme::Number, from);
    }

    fn word(&mut self, from: usize) {
        let length =
            self.rest().iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
        self.at += length;
        let kind = self.kind(from);
        self.push(kind, from);
    }

    fn kind(&self, from: usize) -> Lexeme {
        let word = &self.text[from..self.at];
        let next = self.rest().first().copied();
        let line = self.text[..from].rfind('\n').map_or(0, |at| at + 1);
        let leads = self.text[line..from].trim().is_empty();
        let before = self.text[..from].trim_end();
        if before.ends_with('.') && !before.ends_with("..") {
            return if next == Some(b'(') { Lexeme::Callee } else { Lexeme::Name };
        }
        let names = next == Some(b':') && !leads;
        let typed = before.ends_with("->")
            || before.ends_with([':', '[', '|', '<'])
            || before.ends_with(" is")
            || before.ends_with(" as")
            || before.ends_with('=');
        if (TYPES.contains(&word) || word == "map") && typed && next != Some(b'(') {
            return Lexeme::Type;
        }
        if !names && RESERVED.contains(&word) {
            return Lexeme::Keyword;
        }
        if leads && LEADING.contains(&word) && !matches!(next, Some(b'(' | b'.' | b':')) {
            return Lexeme::Keyword;
        }
        if next == Some(b' ') && self.trails(word, before) {
            return Lexeme::Keyword;
        }
        match word.as_bytes()[0] {
            b'A'..=b'Z' => Lexeme::Type,
            _ if next == Some(b'(') => Lexeme::Callee,
            _ => Lexeme::Name,
        }
    }

    /// Whether a word means something behind the word before it: `repeat up to`, `every 2s`, `otherwise on`.
    fn trails(&self, word: &str, before: &str) -> bool {
        if !TRAILING.contains(&word) {
            return false;
        }
        let last = before.rsplit(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap_or("");
        match word {
            "up" => self.rest().starts_with(b" to "),
            "to" => last == "up",
            "on" => last == "otherwise",
            _ => {
                last.ends_with(|letter: char| letter.is_ascii_digit())
                    || before.ends_with([')', 's', 'd', 'h'])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Lexeme, RESERVED, lex, open_text};

    fn shown(text: &str) -> Vec<(Lexeme, &str)> {
        lex(text).into_iter().map(|token| (token.kind, &text[token.range])).collect()
    }

    #[test]
    fn words_and_signs_are_told_apart() {
        use Lexeme::{Callee, Keyword, Name, Number, Sign, Type};
        assert_eq!(
            shown("let x: [Idea; 3] = draft(y.text, 0.5, $1.50, 30s)"),
            [
                (Keyword, "let"),
                (Name, "x"),
                (Sign, ":"),
                (Sign, "["),
                (Type, "Idea"),
                (Sign, ";"),
                (Number, "3"),
                (Sign, "]"),
                (Sign, "="),
                (Callee, "draft"),
                (Sign, "("),
                (Name, "y"),
                (Sign, "."),
                (Name, "text"),
                (Sign, ","),
                (Number, "0.5"),
                (Sign, ","),
                (Number, "$1.50"),
                (Sign, ","),
                (Number, "30s"),
                (Sign, ")"),
            ]
        );
        let clause = shown("part f(text: text)\n  ensure ok\n  \"\"\"a\"\"\"");
        assert_eq!(clause[3], (Name, "text"));
        assert_eq!(clause[5], (Type, "text"));
        assert_eq!(clause[7], (Keyword, "ensure"));
    }

    #[test]
    fn texts_have_holes_and_holes_have_texts() {
        use Lexeme::{Callee, Escape, Name, Sign, Text};
        assert_eq!(
            shown(r#""a\n{f("b {c}")} d""#),
            [
                (Text, "\""),
                (Text, "a"),
                (Escape, "\\n"),
                (Sign, "{"),
                (Callee, "f"),
                (Sign, "("),
                (Text, "\""),
                (Text, "b "),
                (Sign, "{"),
                (Name, "c"),
                (Sign, "}"),
                (Text, "\""),
                (Sign, ")"),
                (Sign, "}"),
                (Text, " d\""),
            ]
        );
        assert_eq!(shown("\"open {x\ny").last(), Some(&(Name, "y")));
        assert_eq!(shown("r\"{x}\\\" z").last(), Some(&(Name, "z")));
        assert_eq!(shown("\"\"\"a \" {b}\nc\"\"\"\" d").last(), Some(&(Name, "d")));
    }

    #[test]
    fn a_place_knows_the_text_around_it() {
        assert_eq!(open_text("read(\"a/b", 9), Some(6));
        assert_eq!(open_text("read(\"a/{b", 10), None);
        assert_eq!(open_text("read(\"a\", ", 10), None);
    }

    /// The words that the grammar reserves are those that are coloured as such.
    #[test]
    fn reserved_words_are_those_of_the_grammar() {
        use crate::base::{NodeIds, SourceMap};
        for word in RESERVED {
            let mut sources = SourceMap::default();
            let id = sources.add("x", format!("let {word} = 1"));
            let parsed = crate::syntax::parse::parse_entry(id, sources.file(id), &mut NodeIds::default());
            assert!(!parsed.errors.is_empty(), "`{word}` is not reserved");
        }
        for word in super::LEADING.iter().chain(super::TRAILING).chain(super::TYPES).chain(&["map"]) {
            let mut sources = SourceMap::default();
            let id = sources.add("x", format!("let {word} = 1"));
            let parsed = crate::syntax::parse::parse_entry(id, sources.file(id), &mut NodeIds::default());
            assert_eq!(parsed.errors.is_empty(), !RESERVED.contains(word), "`{word}`");
        }
    }

    #[test]
    fn all_but_blanks_is_in_a_piece() {
        let text = "// é\npart f(x: text) -> text by local()\n  \"\"\"{x} — \\u{1F3B5}\"\"\" ?? @ é";
        let mut at = 0;
        for token in lex(text) {
            assert!(text[at..token.range.start].trim().is_empty(), "{at}");
            at = token.range.end;
        }
        assert!(text[at..].trim().is_empty());
    }
}
