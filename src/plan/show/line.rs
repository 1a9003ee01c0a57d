//! Pieces of the source, short enough for one line.

use crate::base::{SourceMap, Span};

/// Longer than this a piece is cut.
const WIDEST: usize = 60;

/// The sources with the beginnings of their lines.
pub(super) struct Pages<'a> {
    sources: &'a SourceMap,
    /// The offset of each line of each file, all in one space.
    lines: Vec<u32>,
}

impl<'a> Pages<'a> {
    pub(super) fn new(sources: &'a SourceMap) -> Self {
        let mut lines = Vec::new();
        for file in sources.files() {
            lines.push(file.start);
            let breaks = file.text.bytes().zip(file.start + 1..).filter(|(byte, _)| *byte == b'\n');
            lines.extend(breaks.map(|(_, next)| next));
        }
        Self { sources, lines }
    }

    /// The line a span begins on, counted from 1.
    pub(super) fn line(&self, span: Span) -> usize {
        let up_to = |offset: u32| self.lines.partition_point(|start| *start <= offset);
        self.sources.file_at(span.start).map_or(0, |file| up_to(span.start) - up_to(file.start) + 1)
    }

    /// What a span says up to its block, in one line.
    pub(super) fn heading(&self, span: Span) -> String {
        heading(self.sources.text(span))
    }

    /// What a span says, in one line.
    pub(super) fn written(&self, span: Span) -> String {
        shorten(self.sources.text(span))
    }
}

fn heading(text: &str) -> String {
    let mut quoted = false;
    let mut end = text.len();
    for (at, letter) in text.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            '{' if !quoted => {
                end = at;
                break;
            }
            '=' if !quoted && text[at..].starts_with("=>") => {
                end = at;
                break;
            }
            'e' if !quoted && text.starts_with("require") && text[at..].starts_with("else ") => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    shorten(&text[..end])
}

fn shorten(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(WIDEST) {
        None => line,
        Some((cut, _)) => format!("{}…", line[..cut].trim_end()),
    }
}
