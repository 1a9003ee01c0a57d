//! What is shown of a source around a place: the lines themselves, but of lines that no screen holds only what
//! stands near it. A score may be one line of a megabyte.

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use crate::base::SourceMap;

/// How many bytes of a line are too many to be shown beside what is pointed at.
const LONG: usize = 200;

/// How many of them are shown then, on each side.
const BESIDE: usize = 60;

/// The texts of a program as they are shown.
pub(super) struct Excerpt<'a>(pub(super) &'a SourceMap);

impl SourceCode for Excerpt<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_lines_before: usize,
        context_lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let whole = self.0.read_span(span, context_lines_before, context_lines_after)?;
        let (data, from) = (whole.data(), whole.span().offset());
        let shown = window(data, span.offset() - from, span.len());
        if shown == (0..data.len()) {
            return Ok(whole);
        }
        let lines = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'\n').count();
        let before = &data[..shown.start];
        let column = match before.iter().rposition(|byte| *byte == b'\n') {
            Some(end) => shown.start - end - 1,
            None => whole.column() + shown.start,
        };
        let kept = &data[shown.clone()];
        Ok(Box::new(MietteSpanContents::new_named(
            whole.name().unwrap_or_default().to_owned(),
            kept,
            SourceSpan::from((from + shown.start, kept.len())),
            whole.line() + lines(before),
            column,
            lines(kept) + 1,
        )))
    }
}

/// Which bytes are shown: all, or from and up to a line that is too long, which is shown near the place only.
fn window(data: &[u8], at: usize, len: usize) -> std::ops::Range<usize> {
    let (at, end) = (at.min(data.len()), at.saturating_add(len).min(data.len()));
    // A line above, or the place's own, of which too much stands before the place.
    let start = match nearest_long(&data[..at], |bytes| bytes.rsplit(|byte| *byte == b'\n')) {
        None => 0,
        Some(0) => border(data, at.saturating_sub(BESIDE)),
        Some(passed) => at + 1 - passed,
    };
    let stop = match nearest_long(&data[end..], |bytes| bytes.split(|byte| *byte == b'\n')) {
        None => data.len(),
        Some(0) => border(data, end + BESIDE),
        Some(passed) => end + passed,
    };
    start..stop
}

/// How many bytes, counted from the place, stand nearer to it than the first line that is too long; `None`
/// where there is no such line.
fn nearest_long<'a, I>(bytes: &'a [u8], lines: impl Fn(&'a [u8]) -> I) -> Option<usize>
where
    I: Iterator<Item = &'a [u8]>,
{
    let mut passed = 0;
    for line in lines(bytes) {
        if line.len() > LONG {
            return Some(passed);
        }
        passed += line.len() + 1;
    }
    None
}

/// The border of a character at this byte or shortly before.
fn border(data: &[u8], at: usize) -> usize {
    let at = at.min(data.len());
    (at.saturating_sub(3)..=at)
        .rev()
        .find(|at| data.get(*at).is_none_or(|byte| byte & 0xC0 != 0x80))
        .unwrap_or(at)
}

/// A label that marks no more than a screen holds.
pub(super) fn narrowed(label: LabeledSpan, sources: &SourceMap) -> LabeledSpan {
    let (offset, len) = (label.offset(), label.len());
    let Ok(contents) = sources.read_span(&SourceSpan::from((offset, len)), 0, 0) else { return label };
    let data = contents.data();
    let line = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    if line <= LONG {
        return label;
    }
    let span = SourceSpan::from((offset, border(data, BESIDE)));
    if label.primary() {
        return LabeledSpan::new_primary_with_span(label.label().map(str::to_owned), span);
    }
    LabeledSpan::new_with_span(label.label().map(str::to_owned), span)
}

#[cfg(test)]
mod tests {
    use super::window;

    #[test]
    fn ordinary_lines_are_shown_whole() {
        let text = b"one\ntwo three\nfour";
        assert_eq!(window(text, 8, 5), 0..text.len());
    }

    #[test]
    fn of_a_long_line_only_what_is_near_is_shown() {
        let text = format!("above\n{}here{}\nbelow", "(".repeat(1_000), ")".repeat(1_000));
        let shown = window(text.as_bytes(), 1_006, 4);
        assert_eq!(shown, 946..1_070);
    }

    #[test]
    fn a_long_line_beside_it_is_left_out() {
        let text = format!("{}\nhere\n{}", "a".repeat(1_000), "b".repeat(1_000));
        assert_eq!(&text[window(text.as_bytes(), 1_001, 4)], "here\n");
    }

    #[test]
    fn characters_stay_whole() {
        let text = format!("{}here{}", "ä".repeat(500), "ö".repeat(500));
        let shown = window(text.as_bytes(), 1_000, 4);
        assert!(text.is_char_boundary(shown.start) && text.is_char_boundary(shown.end));
    }
}
