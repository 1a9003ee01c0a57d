//! The scan at signs of other languages, and at characters that are no signs at all.

use super::characters::{hidden, lookalike};
use super::scan::Scanner;
use crate::syntax::ParseError;

impl Scanner<'_> {
    pub(super) fn scan_single_quotes(&mut self) {
        let start = self.at;
        let length = self.bytes[start + 1..].iter().position(|byte| matches!(byte, b'\'' | b'\n'));
        let end = length.map(|length| start + 2 + length).filter(|end| self.bytes[end - 1] == b'\'');
        let (end, instead) = match end {
            Some(end) => (end, format!("\"{}\"", self.text[start + 1..end - 1].replace('"', "\\\""))),
            None => (start + 1, String::from("\"…\"")),
        };
        let span = self.span(start, end);
        self.fail(ParseError::SingleQuotes { instead, span }, start);
        self.at = end;
    }

    pub(super) fn scan_block_comment(&mut self) {
        let start = self.at;
        let help = String::from("A comment is `// …` to the end of its line.");
        let error = ParseError::Foreign {
            found: String::from("/*"),
            help: help.into(),
            span: self.span(start, start + 2),
        };
        self.fail(error, start);
        self.at += 2;
        if self.no_comment_end {
            return;
        }
        match self.text.get(self.at..).and_then(|rest| rest.find("*/")) {
            Some(length) => self.at += length + 2,
            None => self.no_comment_end = true,
        }
    }

    /// Operators and signs of other languages.
    pub(super) fn scan_foreign(&mut self, byte: u8) {
        let at = self.at;
        let rest = &self.bytes[at..];
        let (length, help) = match byte {
            b'&' if rest.starts_with(b"&&") => (2, "Write `and`."),
            b'|' if rest.starts_with(b"||") => (2, "Write `or`; for a value where there is nothing, `??`."),
            b'=' if rest.starts_with(b"===") => (3, "Write `==`."),
            b'!' if rest.starts_with(b"!==") => (3, "Write `!=`."),
            b'!' if rest.starts_with(b"!=") => (0, ""),
            b'!' => (1, "Write `not`."),
            b';' => (1, "Delete it: a statement ends where the next begins."),
            b'#' => (1, "A comment is `// …`."),
            b'`' => (1, "A text stands in double quotes, `\"…\"`, and has holes, `{…}`."),
            b'@' => (1, "There are no decorators: what a part needs stands in its clauses."),
            b'$' if self.byte(at + 1).is_ascii_digit() => (0, ""),
            b'$' => (1, "A name stands without `$`; an amount is `$0.50`."),
            b'\\' => (1, "A line needs no mark to go on in the next one."),
            b'&' => (1, "For `and` write `and`."),
            b'^' | b'~' => (1, "There are no operators on bits."),
            _ => (0, ""),
        };
        if length > 0 {
            let found = self.text[at..at + length].to_owned();
            let span = self.span(at, at + length);
            let help = help.to_owned();
            let error = match byte {
                b'@' | b'\\' | b'^' | b'~' | b'$' => {
                    ParseError::Character { character: found, help: help.into(), span }
                }
                _ => ParseError::Foreign { found, help: help.into(), span },
            };
            self.fail(error, at);
        }
        // The second byte of `==`, `!=` and `=>` is no sign of its own.
        let two = matches!((byte, self.byte(at + 1)), (b'=' | b'!', b'=') | (b'=', b'>'));
        self.at += length.max(1 + usize::from(two));
    }

    /// A character outside ASCII, or a control character, where there is no text.
    pub(super) fn scan_strange(&mut self) {
        let at = self.at;
        let Some(character) = self.text[at..].chars().next() else {
            self.at += 1;
            return;
        };
        self.at += character.len_utf8();
        if let Some(name) = hidden(character, false) {
            return self.fail_hidden(at, character, name);
        }
        let span = self.span(at, self.at);
        let error = ParseError::Character {
            character: character.to_string(),
            help: lookalike(character).into(),
            span,
        };
        self.fail(error, at);
    }
}
