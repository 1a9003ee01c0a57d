//! Texts: as they are written. Long ones are moved to where they stand, with all their lines alike.

use super::Formatter;
use super::document::{Doc, Raw};
use crate::base::Span;
use crate::syntax::ast::{Text, TextPiece};

impl Formatter<'_> {
    /// A text. The further lines of a long one begin with the indentation of the document around it.
    pub(super) fn text(&self, text: &Text) -> Doc {
        let written = self.slice(text.span);
        self.forget(text.span);
        if !text.style.long || !written.contains('\n') {
            return Doc::text(written);
        }
        let quotes = 3 + usize::from(text.style.raw);
        let holes: Vec<Span> = text
            .pieces
            .iter()
            .filter_map(|piece| match piece {
                TextPiece::Hole { span, .. } => Some(*span),
                TextPiece::Literal { .. } => None,
            })
            .collect();
        let lines = self.lines_of(text.span, written, &holes);
        let (first, rest) = match lines.split_first() {
            Some(split) => split,
            None => return Doc::text(written),
        };
        let opens_alone = first.text[quotes..].trim().is_empty();
        let closes_alone = rest.last().is_some_and(|last| !last.in_hole && last.text.trim() == "\"\"\"");
        if !opens_alone || !closes_alone {
            return as_written(&lines);
        }
        let (closing, inner) = match rest.split_last() {
            Some((closing, inner)) => (closing, inner),
            None => return as_written(&lines),
        };
        let counts = |line: &&Line<'_>| !line.in_hole && !line.text.trim().is_empty();
        let indents = inner.iter().filter(counts).map(|line| indent(line.text));
        let common = indents.reduce(shared).unwrap_or("");
        let mut out = vec![(first.text.trim_end().to_owned(), Raw::No)];
        for line in inner {
            if line.in_hole {
                out.push((line.text.to_owned(), Raw::Yes));
                continue;
            }
            let own = shared(indent(line.text), common).len();
            out.push((line.text[own..].trim_end_matches('\r').to_owned(), Raw::No));
        }
        out.push((closing.text.trim().to_owned(), Raw::No));
        Doc::Lines(out)
    }

    /// The lines of a text, each with whether it begins in a hole.
    fn lines_of<'t>(&self, span: Span, written: &'t str, holes: &[Span]) -> Vec<Line<'t>> {
        let mut at = span.start;
        let mut lines = Vec::new();
        for text in written.split('\n') {
            let in_hole = holes.iter().any(|hole| hole.start < at && at < hole.end);
            lines.push(Line { text, in_hole });
            at += u32::try_from(text.len() + 1).unwrap_or(0);
        }
        lines
    }
}

struct Line<'t> {
    text: &'t str,
    in_hole: bool,
}

fn as_written(lines: &[Line<'_>]) -> Doc {
    Doc::Lines(lines.iter().map(|line| (line.text.to_owned(), Raw::Yes)).collect())
}

fn indent(line: &str) -> &str {
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

fn shared<'t>(one: &'t str, other: &'t str) -> &'t str {
    let length = one.bytes().zip(other.bytes()).take_while(|(left, right)| left == right).count();
    &one[..length]
}
