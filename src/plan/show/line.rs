//! Pieces of the source, short enough for one line.

use crate::base::{SourceMap, Span};

/// Longer than this a piece is cut.
const WIDEST: usize = 60;

/// The line a span begins on, counted from 1.
pub(super) fn line(sources: &SourceMap, span: Span) -> usize {
    sources.file_at(span.start).map_or(0, |file| file.line_column(span.start).0)
}

/// What a span says up to its block, in one line.
pub(super) fn heading(sources: &SourceMap, span: Span) -> String {
    let text = sources.text(span);
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

/// What a span says, in one line.
pub(super) fn written(sources: &SourceMap, span: Span) -> String {
    shorten(sources.text(span))
}

fn shorten(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(WIDEST) {
        None => line,
        Some((cut, _)) => format!("{}…", line[..cut].trim_end()),
    }
}
