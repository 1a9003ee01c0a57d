//! The scan at signs of other languages, and at characters that are no signs at all.

use super::characters::{hidden, lookalike};
use super::rewrite;
use super::scan::Scanner;
use crate::base::{Edit, Help};
use crate::syntax::ParseError;

/// How far the end of a text in foreign quotes is looked for.
const MOST_QUOTED: usize = 4_000;

const REBOUND: &str = "Nothing is rebound. Write the next value, `n + 1`: as the last line of a `repeat … with n = …` it is what the next round begins with.";

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
        self.at += 2;
        let end = match self.text.get(self.at..).and_then(|rest| rest.find("*/")) {
            _ if self.no_comment_end => None,
            Some(length) => Some(self.at + length + 2),
            None => {
                self.no_comment_end = true;
                None
            }
        };
        let mut help = Help::new("A comment is `// …` to the end of its line.");
        if let Some(end) = end {
            let inside: Vec<&str> = self.text[start + 2..end - 2].trim().lines().map(str::trim).collect();
            let lines: Vec<String> =
                inside.iter().map(|line| format!("// {}", line.trim_start_matches('*').trim())).collect();
            let goes_on = !self.text[end..self.line_end(end)].trim().is_empty();
            let after = if goes_on { "\n" } else { "" };
            help = help.replacing(self.span(start, end), lines.join("\n") + after);
            self.at = end;
        }
        let error =
            ParseError::Foreign { found: String::from("/*"), help, span: self.span(start, start + 2) };
        self.fail(error, start);
    }

    /// Operators and signs of other languages: how long they are, what to say, and what is written instead.
    fn foreign_sign(&self, byte: u8) -> (usize, &'static str, Option<&'static str>) {
        let at = self.at;
        let rest = &self.bytes[at..];
        let touches = self.byte(at.wrapping_sub(1)).is_ascii_alphanumeric();
        match byte {
            b'&' if rest.starts_with(b"&&") => (2, "Write `and`.", Some("and")),
            b'|' if rest.starts_with(b"||") && self.value_follows(at + 2) => (
                2,
                "A value for where there is none stands behind `??`; between conditions write `or`.",
                Some("??"),
            ),
            b'|' if rest.starts_with(b"||") => {
                (2, "Write `or`; for a value where there is nothing, `??`.", Some("or"))
            }
            b'=' if rest.starts_with(b"===") => (3, "Write `==`.", Some("==")),
            b'!' if rest.starts_with(b"!==") => (3, "Write `!=`.", Some("!=")),
            b'!' if rest.starts_with(b"!=") => (0, "", None),
            b'!' if rest.starts_with(b"!(") && touches => {
                (1, "There are no macros: to show a line write `say \"…\"`.", None)
            }
            b'!' if touches_value(rest, self.byte(at.wrapping_sub(1))) => (
                1,
                "Say what stands for `nothing`: `x ?? …`, or that it fails: `x ?? fail \"…\"`.",
                Some(" ?? fail \"it is missing\""),
            ),
            b'!' => (1, "Write `not`.", Some("not ")),
            b';' if rest.starts_with(b"; ") && self.text[self.line..at].trim().is_empty() => {
                (1, "A comment is `// …`.", Some("//"))
            }
            b'-' if rest.starts_with(b"-- ") && !touches => (2, "A comment is `// …`.", Some("//")),
            b'+' if rest.starts_with(b"++") && touches => (2, REBOUND, Some(" + 1")),
            b'-' if rest.starts_with(b"--") && touches => (2, REBOUND, Some(" - 1")),
            b'+' if rest.starts_with(b"++") => (2, "Texts and lists are joined by `+`.", Some("+")),
            b';' => (1, "Delete it: a statement ends where the next begins.", Some("")),
            b'#' => (1, "A comment is `// …`.", Some("//")),
            b'`' => (1, "A text stands in double quotes, `\"…\"`, and has holes, `{…}`.", None),
            b'@' if self.text[self.line..at].trim().is_empty() => {
                (1, "There are no decorators: what a part needs stands in its clauses.", Some(""))
            }
            b'@' => (1, "There are no decorators: what a part needs stands in its clauses.", None),
            b'$' if self.byte(at + 1).is_ascii_digit() => (0, "", None),
            b'$' => (1, "A name stands without `$`; an amount is `$0.50`.", Some("")),
            b'\\' => (1, "A line needs no mark to go on in the next one.", Some("")),
            b'&' => (1, "For `and` write `and`.", Some("and")),
            b'^' | b'~' => (1, "There are no operators on bits.", None),
            _ => (0, "", None),
        }
    }

    /// Whether what stands at a place is no condition: a text or a number, and nothing it is compared with.
    fn value_follows(&self, at: usize) -> bool {
        let rest = self.text[at..self.line_end(at)].trim_start();
        let compared = rest.contains("==") || rest.contains("!=") || rest.contains('<') || rest.contains('>');
        rest.starts_with(|first: char| first == '"' || first.is_ascii_digit()) && !compared
    }

    pub(super) fn scan_foreign(&mut self, byte: u8) {
        let at = self.at;
        if self.scan_quoted() || self.scan_described() {
            return;
        }
        let (length, text, here) = self.foreign_sign(byte);
        if length > 0 {
            let mut from = at;
            let span = self.span(at, at + length);
            let mut help = Help::new(text);
            if byte == b'@' && here.is_some() {
                // A decorator goes with all of its line.
                let end = self.line_end(at).saturating_add(1).min(self.bytes.len());
                help = help.replacing(self.span(self.line, end), "");
            } else if let Some(here) = here {
                help = help.replacing(span, here);
            } else if byte == b'!' {
                from = at - self.bytes[..at].iter().rev().take_while(|byte| is_word(**byte)).count();
                let whole = self.span(from, at + 1);
                help = match &self.text[from..at] {
                    "println" | "print" | "eprintln" => help.replacing(whole, "say "),
                    "panic" => help.replacing(whole, "fail "),
                    _ => help,
                };
            }
            let found = self.text[from..at + length].to_owned();
            let span = self.span(from, at + length);
            let error = match byte {
                b'@' | b'\\' | b'^' | b'~' | b'$' => ParseError::Character { character: found, help, span },
                _ => ParseError::Foreign { found, help, span },
            };
            self.fail(error, from);
        }
        if byte == b'#' || here == Some("//") {
            self.at = self.line_end(at);
            return;
        }
        // The second byte of `==`, `!=` and `=>` is no sign of its own.
        let two = matches!((byte, self.byte(at + 1)), (b'=' | b'!', b'=') | (b'=', b'>'));
        self.at += length.max(1 + usize::from(two));
    }

    /// `throw new Error("…")` and `raise Error("…")`: a word that what is raised follows.
    pub(super) fn scan_thrown(&mut self, start: usize) {
        let raised = self.text[self.at..].strip_prefix(' ').is_some_and(|rest| {
            rest.starts_with("new ")
                || rest.starts_with(|first: char| first == '"' || first.is_ascii_uppercase())
        });
        if !raised {
            return;
        }
        let found = &self.text[start..self.at];
        let edits = rewrite::of_word(self.text, start, found);
        let edits =
            edits.into_iter().map(|(from, to, replacement)| Edit { span: self.span(from, to), replacement });
        let help = Help::new("Write `fail \"…\"`.").with(edits);
        let span = self.span(start, self.at);
        self.fail(ParseError::Foreign { found: found.to_owned(), help, span }, start);
    }

    /// `x instanceof Idea`
    pub(super) fn scan_instance(&mut self, start: usize) {
        let rest = self.text[self.at..].trim_start_matches(' ');
        if rest.starts_with(|first: char| first.is_ascii_uppercase()) && !self.first {
            let span = self.span(start, self.at);
            let help = Help::new("Whether a value is of a type asks `x is Idea`.").replacing(span, "is");
            self.fail(ParseError::Foreign { found: String::from("instanceof"), help, span }, start);
        }
    }

    /// A unit that stands apart from its number: `5 seconds`, `5 USD`.
    pub(super) fn scan_unit(&mut self, start: usize) {
        let end = self.at;
        let blanks = self.bytes[end..].iter().take_while(|byte| **byte == b' ').count();
        let from = end + blanks;
        let length = self.bytes[from..].iter().take_while(|byte| is_word(**byte)).count();
        let word = &self.text[from..from + length];
        let number = &self.text[start..end];
        let amount = self.byte(start.wrapping_sub(1)) == b'$';
        let called = matches!(self.byte(from + length), b'(' | b'.' | b':');
        let instead = match super::number::apart(word) {
            _ if blanks == 0 || length == 0 || amount || called => return,
            Some("$") => format!("${number}"),
            Some(unit) => format!("{number}{unit}"),
            None => return,
        };
        let written = self.text[start..from + length].to_owned();
        let span = self.span(start, from + length);
        let help = Help::new(format!("Write `{instead}`.")).replacing(span, instead);
        self.fail(ParseError::Number { written, help, span }, start);
        self.at = from + length;
    }

    /// A division of whole numbers that began a comment, in which what closes the bracket at `open` stands.
    pub(super) fn divided(&self, open: usize, end: usize) -> Option<ParseError> {
        let close = match self.bytes.get(open)? {
            b'(' => ')',
            b'[' => ']',
            _ => '}',
        };
        let line = self.line_end(open);
        let from = open + self.text[open..line].find("//")?;
        let before = self.text[..from].trim_end();
        if !before.ends_with(|last: char| last.is_ascii_alphanumeric() || matches!(last, ')' | ']' | '_')) {
            return None;
        }
        let behind = &self.text[from + 2..line.max(end.min(line))];
        if !behind.contains(close) {
            return None;
        }
        let words = |text: &str| text.bytes().take_while(|byte| is_word(*byte)).count();
        let left = before.bytes().rev().take_while(|byte| is_word(*byte)).count();
        let right = behind.trim_start();
        let right_at = from + 2 + behind.len() - right.len();
        let help = Help::new("`//` begins a comment. To divide whole numbers write `int(a / b)`.");
        let simple = left > 0 && words(right) > 0;
        let help = if simple {
            let (start, stop) = (before.len() - left, right_at + words(right));
            let said = format!("int({} / {})", &before[start..], &right[..words(right)]);
            help.replacing(self.span(start, stop), said)
        } else {
            help
        };
        Some(ParseError::Foreign { found: String::from("//"), help, span: self.span(from, from + 2) })
    }

    /// A text in the quotes of other languages: `` `…` `` and `#"…"#`.
    fn scan_quoted(&mut self) -> bool {
        let at = self.at;
        let (open, close) = match &self.bytes[at..] {
            [b'`', ..] => ("`", "`"),
            [b'#', b'"', ..] => ("#\"", "\"#"),
            _ => return false,
        };
        let from = at + open.len();
        let ahead = self.bytes.get(from..).unwrap_or_default();
        let found =
            ahead.windows(close.len()).take(MOST_QUOTED).position(|window| window == close.as_bytes());
        let Some(length) = found.filter(|_| self.fault.is_none()) else { return false };
        let inside = &self.text[from..from + length];
        let end = from + length + close.len();
        let long = inside.contains('\n') || open.len() > 1;
        let text = inside.replace("${", "{").replace("{{ ", "{").replace(" }}", "}");
        let text = if long { text } else { text.replace('"', "\\\"") };
        let quotes = if long { "\"\"\"" } else { "\"" };
        let help = Help::new("A text stands in double quotes, `\"…\"`, and has holes, `{…}`.")
            .replacing(self.span(at, end), format!("{quotes}{text}{quotes}"));
        let span = self.span(at, from);
        self.fail(ParseError::Foreign { found: open.to_owned(), help, span }, at);
        self.at = end;
        true
    }

    /// `@description("…")` behind a field: what it says stands above the field, after `///`.
    fn scan_described(&mut self) -> bool {
        let at = self.at;
        let Some(rest) = self.text[at..].strip_prefix("@description(\"").filter(|_| self.fault.is_none())
        else {
            return false;
        };
        let rest = rest.lines().next().unwrap_or_default();
        let Some(length) = rest.find("\")") else { return false };
        let end = at + "@description(\"".len() + length + 2;
        let before = self.text[..at].trim_end().len();
        let line = self.line + self.text[self.line..at].len() - self.text[self.line..at].trim_start().len();
        let margin = &self.text[self.line..line];
        let help = Help::new("What a field is stands above it: `/// …`.")
            .replacing(self.span(line, line), format!("/// {}\n{margin}", &rest[..length]))
            .replacing(self.span(before, end), "");
        let span = self.span(at, at + 1);
        self.fail(ParseError::Character { character: String::from("@"), help, span }, at);
        self.at = end;
        true
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
            help: self.lookalike_help(character, at),
            span,
        };
        self.fail(error, at);
    }

    /// What to write instead of a character; typographic quotes with those that close them.
    fn lookalike_help(&self, character: char, at: usize) -> Help {
        let (text, here) = lookalike(character);
        let help = Help::new(text);
        let Some(here) = here else { return help };
        let length = character.len_utf8();
        let help = help.replacing(self.span(at, at + length), here);
        let line = self.line_end(at);
        let closes = |other: char| match character {
            '“' | '„' => matches!(other, '“' | '”'),
            '«' => other == '»',
            '‘' => other == '’',
            _ => false,
        };
        match self.text[at + length..line].char_indices().find(|(_, other)| closes(*other)) {
            Some((after, other)) => {
                let from = at + length + after;
                help.replacing(self.span(from, from + other.len_utf8()), "\"")
            }
            None => help,
        }
    }
}

/// Whether a sign stands right behind a value, and nothing behind it that it could belong to.
fn touches_value(rest: &[u8], before: u8) -> bool {
    let after = rest.get(1).copied().unwrap_or(b'\n');
    (is_word(before) || matches!(before, b')' | b']'))
        && !is_word(after)
        && !matches!(after, b'(' | b'=' | b'"')
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
