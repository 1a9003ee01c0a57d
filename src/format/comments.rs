//! Comments: each is written once, above what it stood above, or behind what it stood behind.

use std::cell::RefCell;

use super::Formatter;
use super::document::{Doc, all};
use crate::base::Span;
use crate::syntax::ast::Comment;

/// The comments of a file that were not written yet, in source order.
pub(super) struct Comments {
    /// Each with whether it was written.
    left: RefCell<Vec<(Comment, bool)>>,
}

impl Comments {
    pub(super) fn new(comments: &[Comment]) -> Self {
        Self { left: RefCell::new(comments.iter().cloned().map(|comment| (comment, false)).collect()) }
    }

    /// Takes those that begin in this range.
    fn take(&self, from: u32, to: u32) -> Vec<Comment> {
        let mut left = self.left.borrow_mut();
        let start = left.partition_point(|(comment, _)| comment.span.start < from);
        let end = left.partition_point(|(comment, _)| comment.span.start < to);
        let range = left.get_mut(start..end.max(start)).unwrap_or_default();
        let open = range.iter_mut().filter(|(_, written)| !written);
        open.map(|(comment, written)| {
            *written = true;
            comment.clone()
        })
        .collect()
    }

    /// Whether one that was not written yet begins in this range.
    fn any(&self, from: u32, to: u32) -> bool {
        let left = self.left.borrow();
        let start = left.partition_point(|(comment, _)| comment.span.start < from);
        left[start..].iter().take_while(|(comment, _)| comment.span.start < to).any(|(_, written)| !written)
    }
}

impl Formatter<'_> {
    /// Whether a comment that was not written yet begins in a range.
    pub(super) fn has_comment(&self, from: u32, to: u32) -> bool {
        self.comments.any(from, to)
    }

    /// Comments in the holes of a text are written with it.
    pub(super) fn forget(&self, span: Span) {
        drop(self.comments.take(span.start, span.end));
    }

    /// Comments in a range, each on a line of its own with a line break behind; an empty line is kept between them
    /// and before `to`.
    pub(super) fn above(&self, from: u32, to: u32) -> Doc {
        let found = self.comments.take(from, to);
        let mut docs = Vec::new();
        for (at, comment) in found.iter().enumerate() {
            docs.push(Doc::text(self.slice(comment.span).trim_end()));
            let next = found.get(at + 1).map_or(to, |next| next.span.start);
            docs.push(if self.is_apart(comment.span.end, next) { Doc::Blank } else { Doc::Hard });
        }
        all(docs)
    }

    /// The comments that a thing is written without: those inside of it that nothing else has written.
    pub(super) fn stray(&self, span: Span) -> Doc {
        let found = self.comments.take(span.start, span.end);
        all(found.iter().flat_map(|comment| [Doc::text(self.slice(comment.span).trim_end()), Doc::Hard]))
    }

    /// The comment behind something, on its line; separators may stand between.
    pub(super) fn behind(&self, end: u32, limit: u32) -> Doc {
        let rest = self.between(end, limit);
        let line = rest.split('\n').next().unwrap_or_default();
        let Some(at) = line.find("//") else { return Doc::Nil };
        if !line[..at].chars().all(|letter| letter.is_whitespace() || letter == ',') {
            return Doc::Nil;
        }
        let start = end + u32::try_from(at).unwrap_or(0);
        match self.comments.take(start, start + 1).first() {
            Some(comment) => Doc::Ending(format!("  {}", self.slice(comment.span).trim_end())),
            None => Doc::Nil,
        }
    }

    /// Whether an empty line stands between two places.
    pub(super) fn is_apart(&self, from: u32, to: u32) -> bool {
        let between = self.between(from, to);
        let mut breaks = 0;
        for letter in between.chars() {
            match letter {
                '\n' => breaks += 1,
                letter if letter.is_whitespace() => {}
                // Behind a comment the count begins anew.
                _ => breaks = 0,
            }
            if breaks > 1 {
                return true;
            }
        }
        false
    }
}
