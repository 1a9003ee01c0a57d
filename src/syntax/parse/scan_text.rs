//! The scan inside texts: where they end, where their holes begin, what in them is a habit of other languages.

use super::heads::looks_like_head;
use super::scan::{DEPTH, Frame, Scanner, Suspect};
use crate::base::Help;
use crate::syntax::{ParseError, TextError};

/// A text that is open.
#[derive(Debug, Clone, Copy)]
pub(super) struct TextFrame {
    /// Its first byte, the `r` included.
    pub(super) open: usize,
    pub(super) long: bool,
    pub(super) raw: bool,
}

impl Scanner<'_> {
    /// Enters a text; `at` is its first byte.
    pub(super) fn open_text(&mut self, at: usize, raw: bool) {
        let quotes = at + usize::from(raw);
        let long = self.bytes[quotes..].starts_with(b"\"\"\"");
        self.at = quotes + if long { 3 } else { 1 };
        self.frames.push(Frame::Text(TextFrame { open: at, long, raw }));
    }

    fn leave_text(&mut self, end: usize) {
        self.frames.pop();
        self.at = end;
        self.last_end = end;
        self.first = false;
    }

    /// Reads a text up to its end or its next hole.
    pub(super) fn scan_text(&mut self, frame: TextFrame) {
        let from = self.at;
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'"' if !frame.long => {
                    self.check_text(from, self.at);
                    return self.leave_text(self.at + 1);
                }
                b'"' if self.bytes[self.at..].starts_with(b"\"\"\"") => {
                    let run = self.bytes[self.at..].iter().take_while(|byte| **byte == b'"').count();
                    self.check_text(from, self.at);
                    return self.leave_text(self.at + run);
                }
                b'\n' if !frame.long => {
                    self.check_text(from, self.at);
                    return self.end_text_at_line(frame);
                }
                b'\n' => {
                    self.at += 1;
                    self.line = self.at;
                    if looks_like_head(self.bytes, self.at, false, false) && self.suspect_line(frame) {
                        return;
                    }
                }
                b'\\' if !frame.raw => {
                    // A line break is never part of an escape.
                    self.at += if matches!(self.byte(self.at + 1), b'\n' | b'\r') { 1 } else { 2 };
                }
                b'{' if !frame.raw => {
                    self.check_text(from, self.at);
                    return self.open_hole(frame);
                }
                _ => self.at += 1,
            }
        }
        self.at = self.bytes.len();
        self.check_text(from, self.at);
        self.last_end = self.at.min(self.text.trim_end().len()).max(frame.open + 1);
        self.fail_unterminated(frame, None, frame.long);
        self.frames.clear();
        self.depth = 0;
    }

    fn check_text(&mut self, from: usize, to: usize) {
        let to = to.min(self.bytes.len());
        if from < to && self.text.is_char_boundary(from) && self.text.is_char_boundary(to) {
            self.check_hidden(from, to, true);
        }
    }

    /// A line in a long text looks like an item: the text may lack its end. In a repairing pass it does.
    fn suspect_line(&mut self, frame: TextFrame) -> bool {
        let suspect = Suspect { open: frame.open, line: self.at };
        if self.repair == Some(suspect) {
            self.fail_unterminated(frame, Some(self.at), false);
            self.frames.clear();
            self.depth = 0;
            self.first = true;
            self.last_end = self.text[..self.at].trim_end().len();
            return true;
        }
        if self.suspect.is_none() {
            self.suspect = Some(suspect);
        }
        false
    }

    fn fail_unterminated(&mut self, frame: TextFrame, next: Option<usize>, incomplete: bool) {
        if self.fault.is_some() {
            return;
        }
        if let Some(at) = self.torn_hole(frame) {
            let span = self.span(at, at + 1);
            return self.fail(TextError::UnclosedHole { help: self.hole_help(at), span }, at);
        }
        let quotes = frame.open + usize::from(frame.raw);
        let span = self.span(frame.open, quotes + if frame.long { 3 } else { 1 });
        let help = if frame.long {
            "Put `\"\"\"` where it ends."
        } else {
            "Put a `\"` where it ends. A text over several lines stands in `\"\"\"`."
        };
        let mut help = Help::new(help);
        if !frame.long {
            let end = self.text_end(frame);
            help = help.replacing(self.span(end, end), "\"");
        } else if let Some(next) = next {
            let end = self.text[..next].trim_end().len();
            help = help.replacing(self.span(end, end), "\n  \"\"\"");
        }
        let swallowed = next.map(|next| self.span(next, self.head_end(next)));
        let error = TextError::UnterminatedText { help, span, swallowed };
        self.fail_open(error, frame.open, incomplete);
    }

    /// Where a one-line text without an end was most likely to end: before the brackets at the end of its line
    /// that close what was opened before it.
    fn text_end(&self, frame: TextFrame) -> usize {
        let open = |byte: &&u8| matches!(byte, b'(' | b'[' | b'{');
        let start = self.bytes[..frame.open].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let mut brackets = self.bytes[start..frame.open].iter().filter(open).count();
        let mut end = self.text[..self.line_end(frame.open)].trim_end().len();
        while brackets > 0 && end > frame.open + 1 && matches!(self.bytes[end - 1], b')' | b']' | b'}' | b',')
        {
            brackets -= usize::from(self.bytes[end - 1] != b',');
            end = self.text[..end - 1].trim_end().len();
        }
        end.max(frame.open + 1)
    }

    /// What closes the hole at a place: a `}` behind the name in it, where that is all.
    pub(super) fn hole_help(&self, at: usize) -> Help {
        let help = Help::new(
            "Close it with `}`. A brace that is meant as such is `\\{`. A hole over several lines stands in a `\"\"\"` text.",
        );
        let name = self.bytes[at + 1..]
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'))
            .count();
        let end = at + 1 + name;
        if name > 0 && self.byte(end) == b'"' { help.replacing(self.span(end, end), "}") } else { help }
    }

    /// `"about {topic"`: the hole around a one-line text without an end, where no brace closes it on its line. The
    /// quotes that seem to open the inner text were to close the outer one.
    fn torn_hole(&self, frame: TextFrame) -> Option<usize> {
        if frame.long || self.text[frame.open..self.line_end(frame.open)].contains('}') {
            return None;
        }
        self.frames.iter().rev().find_map(|frame| match frame {
            Frame::Hole { at, one_line: true } => Some(*at),
            _ => None,
        })
    }

    /// A one-line text meets the end of its line.
    fn end_text_at_line(&mut self, frame: TextFrame) {
        let end = self.at;
        self.last_end = end;
        self.fail_unterminated(frame, None, false);
        self.leave_text(end);
    }

    fn open_hole(&mut self, frame: TextFrame) {
        let at = self.at;
        self.check_hole(at);
        self.at += 1;
        self.depth += 1;
        if self.depth > DEPTH {
            let error = ParseError::TooDeep { limit: DEPTH, span: self.span(at, at + 1) };
            self.fail(error, at);
        }
        self.frames.push(Frame::Hole { at, one_line: !frame.long });
    }

    /// Habits of other languages at the brace of a hole.
    fn check_hole(&mut self, at: usize) {
        let rest = &self.bytes[at + 1..];
        if at > 0 && self.bytes[at - 1] == b'$' && !(at > 1 && self.bytes[at - 2] == b'\\') {
            let end = self.simple_end(at, 1);
            let inside = &self.text[at + 1..end];
            let help = if inside.is_empty() {
                String::from(
                    "Write `{…}` without the `$`; for a dollar sign before a value write `\\u{24}{…}`.",
                )
            } else {
                format!("Write `{{{inside}}}`; for a dollar sign before it write `\\u{{24}}{{{inside}}}`.")
            };
            let span = self.span(at - 1, at + 1);
            let help = Help::new(help).replacing(self.span(at - 1, at), "");
            return self.fail(TextError::HoleHabit { help, span }, at - 1);
        }
        let skipped = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        match rest.get(skipped) {
            Some(b'}') => {
                let span = self.span(at, at + skipped + 2);
                let help = self.filled(at).unwrap_or_else(|| {
                    Help::new("Write what belongs in it, or `\\{\\}` for the two braces.")
                        .replacing(span, "\\{\\}")
                });
                self.fail(TextError::EmptyHole { help, span }, at);
            }
            Some(b'{') if skipped == 0 && !self.key_follows(at + 2) => {
                let end = self.simple_end(at, 2);
                let inside = &self.text[at + 2..end];
                let help = if inside.is_empty() {
                    String::from("Write `{…}`; for a brace as such write `\\{`.")
                } else {
                    format!("Write `{{{}}}`; for a brace as such write `\\{{`.", inside.trim())
                };
                let span = self.span(at, at + 2);
                let mut help = Help::new(help);
                if !inside.is_empty() && self.bytes[end..].starts_with(b"}}") {
                    help = help.replacing(self.span(at, end + 2), format!("{{{}}}", inside.trim()));
                }
                self.fail(TextError::HoleHabit { help, span }, at);
            }
            Some(b'"') if self.key_follows(at + 1 + skipped) => {
                let from = at + 2 + skipped;
                let key = &self.text
                    [from..from + self.bytes[from..].iter().take_while(|byte| **byte != b'"').count()];
                let (key, span) =
                    (if is_word(key) { key.to_owned() } else { format!("\"{key}\"") }, self.span(at, at + 1));
                self.fail(TextError::JsonInText { key, span }, at);
            }
            _ => {}
        }
    }

    /// The end of what stands in the braces at `at`, where that is short and simple; else its beginning.
    fn simple_end(&self, at: usize, braces: usize) -> usize {
        let from = at + braces;
        let length = self.bytes[from..]
            .iter()
            .take(80)
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b' '))
            .count();
        if self.byte(from + length) == b'}' { from + length } else { from }
    }

    /// Whether `key:` or `"key":` stands at `at`. Looks at most 200 bytes ahead.
    fn key_follows(&self, at: usize) -> bool {
        let rest = self.bytes.get(at..).unwrap_or_default();
        let rest = &rest[..rest.len().min(200)];
        let blank = |from: usize| rest[from..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let start = blank(0);
        let end = match rest.get(start) {
            Some(b'"') => {
                let length =
                    rest[start + 1..].iter().take_while(|byte| !matches!(byte, b'"' | b'\n' | b'{')).count();
                if rest.get(start + 1 + length) != Some(&b'"') {
                    return false;
                }
                start + length + 2
            }
            Some(byte) if byte.is_ascii_alphabetic() || *byte == b'_' => {
                start
                    + rest[start..]
                        .iter()
                        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
                        .count()
            }
            _ => return false,
        };
        rest.get(end + blank(end)) == Some(&b':')
    }

    /// `"Hello {}".format(name)`, the first hole being at `at`: what is given stands in the holes.
    fn filled(&self, at: usize) -> Option<Help> {
        let line = &self.text[at..self.line_end(at)];
        let quote = line.find("\".format(")?;
        let given = quote + "\".format(".len();
        let close = given + line[given..].find(')')?;
        let values: Vec<&str> = line[given..close].split(',').map(str::trim).collect();
        let holes: Vec<usize> = line[..quote].match_indices("{}").map(|(found, _)| found).collect();
        if line[..quote].contains('"') || line[given..close].contains('(') || holes.len() != values.len() {
            return None;
        }
        let mut help = Help::new("What is put into a text stands in it: `\"Hello {name}\"`.");
        for (hole, value) in holes.iter().zip(values) {
            help = help.replacing(self.span(at + hole, at + hole + 2), format!("{{{value}}}"));
        }
        Some(help.replacing(self.span(at + quote + 1, at + close + 1), ""))
    }
}

fn is_word(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && text.bytes().next().is_some_and(|byte| !byte.is_ascii_digit())
}
