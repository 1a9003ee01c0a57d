//! One pass over a source, before any grammar: splits it into items, keeps its comments, checks brackets, quotes
//! and characters. Time is linear; nesting is held to [`DEPTH`]. What an item means is not known here.

use super::characters::hidden;
use super::heads::{ItemWord, foreign_head, item_word, looks_like_head, starts_new_chunk};
use super::scan_text::TextFrame;
use crate::base::{Help, Span};
use crate::syntax::ast::{Comment, CommentKind};
use crate::syntax::{ParseError, TextError};

/// How deep brackets and holes may nest.
pub(super) const DEPTH: usize = 256;

/// A stretch of the source that is parsed by itself.
#[derive(Debug)]
pub(super) struct Chunk {
    /// What it begins with; `None` where that is no item.
    pub(super) word: Option<ItemWord>,
    /// First byte.
    pub(super) start: usize,
    /// One past its last token.
    pub(super) end: usize,
    /// The first thing that is wrong with its signs.
    pub(super) fault: Option<Fault>,
    /// A long text in it that holds what looks like the next item.
    pub(super) suspect: Option<Suspect>,
}

/// Something wrong that the scan found.
#[derive(Debug)]
pub(super) struct Fault {
    /// What.
    pub(super) error: ParseError,
    /// Where it shows, local to the source.
    pub(super) at: usize,
    /// Whether more input could mend it.
    pub(super) incomplete: bool,
}

/// A long text that may lack its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Suspect {
    /// Its first quote.
    pub(super) open: usize,
    /// The line in it that looks like an item.
    pub(super) line: usize,
}

/// What is open.
#[derive(Debug)]
pub(super) enum Frame {
    /// `(`, `[` or `{`.
    Bracket { open: u8, at: usize, indent: usize },
    /// A text.
    Text(TextFrame),
    /// A hole of the text below it.
    Hole { at: usize, one_line: bool },
}

/// Reads a source from its beginning, chunk by chunk.
pub(super) struct Scanner<'a> {
    pub(super) text: &'a str,
    pub(super) bytes: &'a [u8],
    /// Where the file begins in the shared offset space.
    base: u32,
    pub(super) at: usize,
    pub(super) comments: Vec<Comment>,
    pub(super) frames: Vec<Frame>,
    pub(super) depth: usize,
    /// Where the line begins that `at` is on, and whether only blanks were seen on it.
    pub(super) line: usize,
    pub(super) first: bool,
    /// End of the last token, and its last bytes.
    pub(super) last_end: usize,
    pub(super) fault: Option<Fault>,
    pub(super) suspect: Option<Suspect>,
    /// The suspect that is taken to lack its end in this pass.
    pub(super) repair: Option<Suspect>,
    /// The bracket whose indentation says that it lacks its end.
    odd: Option<usize>,
    /// A line and how far it is indented.
    indent: (usize, usize),
    /// Whether no `*/` is left in the source.
    pub(super) no_comment_end: bool,
    /// Whether a chunk ends where an item begins; not so for lone statements and expressions.
    items: bool,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str, base: u32, items: bool) -> Self {
        let mut scanner = Self {
            text,
            bytes: text.as_bytes(),
            base,
            at: 0,
            comments: Vec::new(),
            frames: Vec::new(),
            depth: 0,
            line: 0,
            first: true,
            last_end: 0,
            fault: None,
            suspect: None,
            repair: None,
            odd: None,
            indent: (usize::MAX, 0),
            no_comment_end: false,
            items,
        };
        if text.starts_with('\u{feff}') {
            scanner.at = 3;
            scanner.line = 3;
        }
        if scanner.bytes[scanner.at..].starts_with(b"#!") {
            scanner.at = scanner.line_end(scanner.at);
        }
        scanner
    }

    /// The shared span of a local range.
    pub(super) fn span(&self, from: usize, to: usize) -> Span {
        let shared = |at: usize| self.base.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
        Span::new(shared(from), shared(to))
    }

    /// Notes what is wrong, unless something before it already is.
    pub(super) fn fail(&mut self, error: impl Into<ParseError>, at: usize) {
        self.fail_open(error, at, false);
    }

    /// The same, where more input could mend it if `incomplete`.
    pub(super) fn fail_open(&mut self, error: impl Into<ParseError>, at: usize, incomplete: bool) {
        let error = error.into();
        match &mut self.fault {
            None => self.fault = Some(Fault { error, at, incomplete }),
            // The same sign once more: it is mended with the first.
            Some(Fault { error: ParseError::Foreign { found, help, .. }, .. }) => {
                if let ParseError::Foreign { found: again, help: more, .. } = error
                    && *found == again
                {
                    *help = std::mem::take(help).with(more.edits().iter().cloned());
                }
            }
            Some(_) => {}
        }
    }

    pub(super) fn line_end(&self, from: usize) -> usize {
        self.bytes[from..]
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(self.bytes.len(), |length| from + length)
    }

    pub(super) fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    /// Goes back to the beginning of a chunk, to read it again with one of its texts closed early.
    pub(super) fn rewind(&mut self, start: usize, repair: Suspect) {
        let from = self.span(start, start);
        self.comments.truncate(self.comments.partition_point(|comment| comment.span.start < from.start));
        self.at = start;
        self.line = self.bytes[..start].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        self.first = true;
        self.repair = Some(repair);
    }

    /// Where the first token is.
    pub(super) fn first_token(mut self) -> usize {
        self.skip_blank();
        self.at
    }

    /// Whether all of the source was read.
    pub(super) fn is_done(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// The next chunk, if anything but blanks and comments is left.
    pub(super) fn next_chunk(&mut self) -> Option<Chunk> {
        self.skip_blank();
        if self.at >= self.bytes.len() {
            return None;
        }
        let start = self.at;
        self.last_end = start;
        (self.fault, self.suspect, self.odd) = (None, None, None);
        self.frames.clear();
        self.depth = 0;
        let word = if self.items { item_word(self.bytes, start) } else { None };
        let indent = start - self.line;
        let limit = if self.items { self.scan(start, indent) } else { self.scan(usize::MAX, 0) };
        self.close_all(start, limit);
        self.repair = None;
        let suspect = self.suspect.take();
        Some(Chunk { word, start, end: self.last_end, fault: self.fault.take(), suspect })
    }

    /// Reads up to the next item's head. Gives its place, or `None` at the end of the source.
    fn scan(&mut self, start: usize, indent: usize) -> Option<usize> {
        while self.at < self.bytes.len() {
            if let Some(Frame::Text(frame)) = self.frames.last() {
                let frame = *frame;
                self.scan_text(frame);
                continue;
            }
            self.skip_blank();
            let at = self.at;
            let Some(&byte) = self.bytes.get(at) else { break };
            if byte.is_ascii_alphabetic() || byte == b'_' {
                if at != start && start != usize::MAX && self.head_here(at, indent) {
                    return Some(at);
                }
                self.scan_word();
            } else {
                self.scan_sign(byte);
                if self.depth > DEPTH {
                    self.skip_to_head();
                }
            }
            if self.at > at {
                self.first = false;
                if self.last_end < self.at && !matches!(self.frames.last(), Some(Frame::Text(_))) {
                    self.last_end = self.at;
                }
            }
        }
        None
    }

    /// Whether the word at `at` begins the next chunk.
    fn head_here(&self, at: usize, indent: usize) -> bool {
        let here = at - self.line;
        if self.frames.is_empty() {
            let continues = self.continues();
            return looks_like_head(self.bytes, at, self.first, continues)
                || (self.first && here == 0 && !continues && foreign_head(self.bytes, at))
                || (self.first
                    && here == 0
                    && starts_new_chunk(self.bytes, at, self.byte(self.last_end.wrapping_sub(1))));
        }
        self.first && here <= indent && looks_like_head(self.bytes, at, false, false)
    }

    /// Whether the last sign asks for something after it, such as a type.
    fn continues(&self) -> bool {
        let last = self.byte(self.last_end.wrapping_sub(1));
        let arrow = last == b'>' && matches!(self.byte(self.last_end.wrapping_sub(2)), b'-' | b'=');
        arrow || matches!(last, b'=' | b'|' | b':' | b',' | b'.' | b'/' | b'+' | b'*')
    }

    pub(super) fn skip_blank(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\n' => {
                    self.at += 1;
                    if self.in_one_line_hole() {
                        return self.end_hole_at_line();
                    }
                    self.line = self.at;
                    self.first = true;
                }
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'/' if self.byte(self.at + 1) == b'/' => self.scan_comment(),
                _ => return,
            }
        }
    }

    fn in_one_line_hole(&self) -> bool {
        self.frames.iter().rev().find_map(|frame| match frame {
            Frame::Hole { one_line, .. } => Some(*one_line),
            Frame::Text(_) | Frame::Bracket { .. } => None,
        }) == Some(true)
    }

    /// A line ends inside a hole of a one-line text: reports it and leaves the text.
    fn end_hole_at_line(&mut self) {
        let end = self.at - 1;
        while let Some(frame) = self.frames.pop() {
            match frame {
                Frame::Hole { at, one_line: true } => {
                    self.depth -= 1;
                    let span = self.span(at, at + 1);
                    self.fail(TextError::UnclosedHole { help: self.hole_help(at), span }, at);
                    self.frames.pop();
                    if !self.in_one_line_hole() {
                        break;
                    }
                }
                Frame::Hole { .. } | Frame::Bracket { .. } => self.depth -= 1,
                Frame::Text(_) => {}
            }
        }
        self.last_end = end;
        self.line = self.at;
        self.first = true;
    }

    fn scan_comment(&mut self) {
        let (start, end) = (self.at, self.line_end(self.at));
        let kind = match (self.byte(start + 2), self.byte(start + 3)) {
            (b'/', b'/') => CommentKind::Note,
            (b'/', _) => CommentKind::Doc,
            (b'!', _) => CommentKind::FileDoc,
            _ => CommentKind::Note,
        };
        let trimmed = start + self.text[start..end].trim_end().len();
        let span = self.span(start, trimmed);
        if self.in_one_line_hole() {
            let text = self.frames.iter().rev().find_map(|frame| match frame {
                Frame::Text(text) => Some(text.open),
                Frame::Bracket { .. } | Frame::Hole { .. } => None,
            });
            self.fail(TextError::CommentInHole { span }, text.unwrap_or(start));
        }
        self.check_hidden(start, end, true);
        self.comments.push(Comment { span, kind });
        self.at = end;
    }

    /// Looks for characters that hide what a reader sees.
    pub(super) fn check_hidden(&mut self, from: usize, to: usize, in_text: bool) {
        if self.bytes[from..to].iter().all(|byte| (b' '..0x7f).contains(byte) || *byte == b'\t') {
            return;
        }
        let found = self.text[from..to]
            .char_indices()
            .find_map(|(at, character)| hidden(character, in_text).map(|name| (from + at, character, name)));
        if let Some((at, character, name)) = found {
            self.fail_hidden(at, character, name);
        }
    }

    pub(super) fn fail_hidden(&mut self, at: usize, character: char, name: &str) {
        let span = self.span(at, at + character.len_utf8());
        let code = format!("{:X}", u32::from(character));
        self.fail(ParseError::Hidden { name: name.to_owned(), code, span }, at);
    }

    fn scan_word(&mut self) {
        let start = self.at;
        while self.byte(self.at).is_ascii_alphanumeric() || self.byte(self.at) == b'_' {
            self.at += 1;
        }
        match &self.bytes[start..self.at] {
            b"throw" | b"raise" => return self.scan_thrown(start),
            b"instanceof" => return self.scan_instance(start),
            _ => {}
        }
        if self.byte(self.at) != b'"' {
            return;
        }
        match &self.bytes[start..self.at] {
            b"r" => self.open_text(start, true),
            prefix @ (b"f" | b"b" | b"u" | b"t" | b"rb" | b"br" | b"fr" | b"rf" | b"F" | b"R") => {
                let prefix = String::from_utf8_lossy(prefix).into_owned();
                let help = match prefix.as_str() {
                    "R" => "Write a raw text with a small `r`.",
                    "b" | "u" => "Delete it: every text is Unicode.",
                    _ => "Delete it: `{…}` is a hole in every text but raw ones (`r\"…\"`).",
                };
                let span = self.span(start, self.at);
                let help = Help::new(help).replacing(span, if prefix == "R" { "r" } else { "" });
                self.fail(TextError::TextPrefix { prefix, help, span }, start);
            }
            _ => {}
        }
    }

    fn scan_sign(&mut self, byte: u8) {
        let at = self.at;
        match byte {
            b'"' => self.open_text(at, false),
            b'(' | b'[' | b'{' => {
                self.depth += 1;
                if self.depth > DEPTH {
                    let error = ParseError::TooDeep { limit: DEPTH, span: self.span(at, at + 1) };
                    self.fail(error, at);
                }
                let indent = self.indent_of_line();
                self.frames.push(Frame::Bracket { open: byte, at, indent });
                self.at += 1;
            }
            b')' | b']' | b'}' => self.close(byte),
            b'0'..=b'9' => self.scan_number(),
            b';' if matches!(self.frames.last(), Some(Frame::Bracket { open: b'[', .. })) => self.at += 1,
            b'\'' => self.scan_single_quotes(),
            b'/' if self.byte(at + 1) == b'*' => self.scan_block_comment(),
            b'&' | b'|' | b'!' | b'=' | b';' | b'#' | b'@' | b'\\' | b'^' | b'~' | b'`' | b'$' | b'+'
            | b'-' => {
                self.scan_foreign(byte);
            }
            0x80.. | 0..=0x1f | 0x7f => self.scan_strange(),
            _ => self.at += 1,
        }
    }

    /// How far the line is indented; counted once a line.
    fn indent_of_line(&mut self) -> usize {
        if self.indent.0 != self.line {
            let blanks =
                self.bytes[self.line..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            self.indent = (self.line, blanks);
        }
        self.indent.1
    }

    fn scan_number(&mut self) {
        let start = self.at;
        loop {
            let next = self.byte(self.at);
            let fraction = next == b'.' && self.byte(self.at + 1).is_ascii_digit();
            if !(next.is_ascii_alphanumeric() || next == b'_' || fraction) {
                return self.scan_unit(start);
            }
            self.at += 1;
        }
    }

    fn close(&mut self, byte: u8) {
        let at = self.at;
        self.at += 1;
        let open = match byte {
            b')' => b'(',
            b']' => b'[',
            _ => b'{',
        };
        match self.frames.last() {
            Some(Frame::Bracket { open: last, at: opened, indent }) if *last == open => {
                if byte == b'}' && self.first && at - self.line < *indent && self.odd.is_none() {
                    self.odd = Some(*opened);
                }
                self.pop();
            }
            Some(Frame::Hole { .. }) if byte == b'}' => self.pop(),
            Some(Frame::Bracket { open: last, at: opened, .. }) => {
                let (last, opened) = (*last, *opened);
                let error = ParseError::Mismatched {
                    close: char::from(byte),
                    open: char::from(last),
                    help: self.mismatch_help(at, open, last, opened),
                    span: self.span(at, at + 1),
                    opened: self.span(opened, opened + 1),
                };
                self.fail(error, at);
                self.pop_to(open);
            }
            Some(Frame::Hole { .. } | Frame::Text(_)) | None => {
                let error = ParseError::Unopened {
                    close: char::from(byte),
                    open: char::from(open),
                    span: self.span(at, at + 1),
                };
                self.fail(error, at);
            }
        }
    }

    /// Of a closing bracket that doesn't fit: whether one is missing before it, it is one too many, or the wrong one.
    fn mismatch_help(&self, at: usize, open: u8, last: u8, opened: usize) -> Help {
        let wanted = closing(last);
        if self.fault.is_some() {
            return Help::default();
        }
        let mut around = self.frames.iter().rev().take_while(|frame| matches!(frame, Frame::Bracket { .. }));
        if around.any(|frame| matches!(frame, Frame::Bracket { open: one, .. } if *one == open)) {
            return Help::new(format!("Put a `{wanted}` before it.")).replacing(self.span(at, at), wanted);
        }
        if last == b'{' && opened < self.line {
            return Help::new("Delete it.").replacing(self.span(at, at + 1), "");
        }
        let help = format!("Close it with `{wanted}`, or delete the `{}`.", char::from(self.byte(at)));
        Help::new(help).replacing(self.span(at, at + 1), wanted)
    }

    pub(super) fn pop(&mut self) {
        if matches!(self.frames.pop(), Some(Frame::Bracket { .. } | Frame::Hole { .. })) {
            self.depth -= 1;
        }
    }

    /// After a wrong closing bracket: leaves what it closes, if that is open in the same text.
    fn pop_to(&mut self, wanted: u8) {
        let found = self.frames.iter().rposition(|frame| match frame {
            Frame::Bracket { open, .. } => *open == wanted,
            Frame::Hole { .. } | Frame::Text(_) => true,
        });
        if let Some(found) = found
            && matches!(self.frames[found], Frame::Bracket { .. })
        {
            while self.frames.len() > found {
                self.pop();
            }
        }
    }

    /// Beyond the depth limit nothing can be told apart: goes on at the next line that begins an item.
    fn skip_to_head(&mut self) {
        self.last_end = self.at;
        self.frames.clear();
        self.depth = 0;
        loop {
            let end = self.line_end(self.at);
            self.at = (end + 1).min(self.bytes.len());
            if self.at >= self.bytes.len() || looks_like_head(self.bytes, self.at, true, false) {
                self.line = self.at;
                self.first = true;
                return;
            }
        }
    }

    /// Says what is still open where the chunk ends.
    fn close_all(&mut self, start: usize, next: Option<usize>) {
        let opener = self.frames.iter().rev().find(|frame| !matches!(frame, Frame::Text(_)));
        let end = self.last_end;
        let Some((open, at)) = opener.map(|frame| match frame {
            Frame::Bracket { open, at, .. } => (*open, *at),
            Frame::Hole { at, .. } => (b'{', *at),
            Frame::Text(_) => (b'"', end),
        }) else {
            return;
        };
        let span = self.span(at, at + 1);
        if let Some(error) = self.divided(at, end) {
            return self.fail_open(error, end, false);
        }
        let error = match next {
            Some(next) => ParseError::ItemInside {
                next: self.item_name(next),
                current: self.item_name(start),
                close: closing(open),
                span: self.span(next, self.head_end(next)),
                open: self.odd.map_or(span, |odd| self.span(odd, odd + 1)),
            },
            None => ParseError::Unclosed {
                open: char::from(open),
                close: closing(open),
                span,
                end: self.span(end, end),
                suspect: self.odd.filter(|odd| *odd != at).map(|odd| self.span(odd, odd + 1)),
            },
        };
        self.fail_open(error, end, next.is_none());
    }

    /// `movement b`, as it is called in messages.
    fn item_name(&self, at: usize) -> String {
        format!("`{}`", self.text[at..self.head_end(at)].split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// Where the head that begins at `at` ends: after the name.
    pub(super) fn head_end(&self, at: usize) -> usize {
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let rest = &self.bytes[at..];
        let word = rest.iter().take_while(|byte| is_word(byte)).count();
        let gap = rest[word..].iter().take_while(|byte| **byte == b' ').count();
        let name = rest[word + gap..].iter().take_while(|byte| is_word(byte)).count();
        if name > 0 {
            return at + word + gap + name;
        }
        at + word.max(self.text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8))
    }
}

fn closing(open: u8) -> char {
    match open {
        b'(' => ')',
        b'[' => ']',
        b'{' => '}',
        _ => '"',
    }
}
