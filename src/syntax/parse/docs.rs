//! Documentation comments: which of them belong to what, and which to nothing.

use crate::base::Span;
use crate::syntax::ParseError;
use crate::syntax::ast::{Comment, CommentKind};

/// The comments of one file, with a note of which are accounted for.
pub(super) struct Docs<'a> {
    text: &'a str,
    base: u32,
    /// All comments so far, in source order.
    pub(super) comments: Vec<Comment>,
    taken: Vec<bool>,
}

impl<'a> Docs<'a> {
    pub(super) fn new(text: &'a str, base: u32) -> Self {
        Self { text, base, comments: Vec::new(), taken: Vec::new() }
    }

    fn local(&self, from: u32, to: u32) -> &'a str {
        self.text.get((from - self.base) as usize..(to - self.base) as usize).unwrap_or_default()
    }

    /// The documentation that stands right above `place`: its lines, without the marks.
    pub(super) fn above(&mut self, place: Span) -> String {
        let after = self.comments.partition_point(|comment| comment.span.end <= place.start);
        let mut first = after;
        let mut below = place.start;
        while let Some(comment) = first.checked_sub(1).and_then(|at| self.comments.get(at)) {
            let alone = self.is_first_on_line(comment.span);
            if !alone
                || comment.kind == CommentKind::FileDoc
                || !self.local(comment.span.end, below).trim().is_empty()
            {
                break;
            }
            below = comment.span.start;
            first -= 1;
        }
        let mut doc = String::new();
        for at in first..after {
            let comment = &self.comments[at];
            if comment.kind == CommentKind::Doc {
                push_line(&mut doc, self.local(comment.span.start, comment.span.end));
                self.take(at);
            }
        }
        doc
    }

    fn take(&mut self, at: usize) {
        if self.taken.len() <= at {
            self.taken.resize(at + 1, false);
        }
        self.taken[at] = true;
    }

    /// Leaves alone all documentation in `span`: what it belongs to could not be read.
    pub(super) fn forgive(&mut self, span: Span) {
        let from = self.comments.partition_point(|comment| comment.span.end <= span.start);
        for at in from..self.comments.len() {
            if self.comments[at].span.start >= span.end {
                return;
            }
            self.take(at);
        }
    }

    /// `//!` lines above the first item.
    pub(super) fn of_file(&self, first_item: u32) -> String {
        let mut doc = String::new();
        let lines = self.comments.iter().filter(|comment| comment.kind == CommentKind::FileDoc);
        for comment in lines.take_while(|comment| comment.span.start < first_item) {
            push_line(&mut doc, self.local(comment.span.start, comment.span.end));
        }
        doc
    }

    /// Errors for documentation that documents nothing. Of several lines in a row only the first is named.
    pub(super) fn misplaced(&self, first_item: u32) -> Vec<ParseError> {
        let mut errors = Vec::new();
        let mut last: Option<u32> = None;
        for (at, comment) in self.comments.iter().enumerate() {
            let span = comment.span;
            let error = match comment.kind {
                CommentKind::Doc if !self.taken.get(at).copied().unwrap_or(false) => {
                    ParseError::MisplacedDoc { span }
                }
                CommentKind::FileDoc if span.start >= first_item => ParseError::MisplacedFileDoc { span },
                CommentKind::Note | CommentKind::Doc | CommentKind::FileDoc => continue,
            };
            let follows = last.is_some_and(|end| self.local(end, span.start).trim().is_empty());
            last = Some(span.end);
            if !follows {
                errors.push(error);
            }
        }
        errors
    }

    fn is_first_on_line(&self, span: Span) -> bool {
        let before = self.local(self.base, span.start);
        before
            .bytes()
            .rev()
            .take_while(|byte| *byte != b'\n')
            .all(|byte| matches!(byte, b' ' | b'\t' | 0xef | 0xbb | 0xbf))
    }
}

fn push_line(doc: &mut String, comment: &str) {
    if !doc.is_empty() {
        doc.push('\n');
    }
    let line = comment.get(3..).unwrap_or_default();
    doc.push_str(line.strip_prefix(' ').unwrap_or(line).trim_end());
}

#[cfg(test)]
mod tests {
    use super::push_line;

    #[test]
    fn marks_and_one_blank_are_left_out() {
        let mut doc = String::new();
        push_line(&mut doc, "/// One.");
        push_line(&mut doc, "///   two");
        assert_eq!(doc, "One.\n  two");
    }
}
