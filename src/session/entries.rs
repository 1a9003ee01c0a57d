//! What is entered at a prompt: whether it is whole, and where one entry ends and the next begins.

use crate::base::{NodeIds, SourceMap};
use crate::syntax::ast::{ItemKind, Prompt};
use crate::syntax::parse::{Entry, parse_entry};

/// Whether more is needed: the parser finds that all that is wrong is that it ends too early, or it is a part whose
/// text is still to come (one that has none is ended by an empty line).
#[must_use]
pub fn wants_more(text: &str) -> bool {
    let mut sources = SourceMap::default();
    let source = sources.add("prompt", text);
    let parsed = parse_entry(source, sources.file(source), &mut NodeIds::default());
    if parsed.incomplete {
        return true;
    }
    let Entry::Items(file) = parsed.entry else { return false };
    let open = match file.items.last().map(|item| &item.kind) {
        Some(ItemKind::Part(part)) => parsed.errors.is_empty() && matches!(part.prompt, Prompt::None),
        _ => false,
    };
    open && !text.trim_end_matches([' ', '\t', '\r']).ends_with('\n')
}

/// Entries of a text that holds several, each with the number of the line it begins on, from 1. An entry goes on as
/// long as it is not whole, and over lines that are indented.
#[must_use]
pub fn split(text: &str) -> Vec<(usize, &str)> {
    let mut splitter = Splitter::default();
    let mut entries: Vec<(usize, &str)> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        if let Some((number, range)) = splitter.take(text, at, end) {
            entries.push((number, &text[range]));
        }
        at = end;
    }
    entries.extend(splitter.finish(text).map(|(number, range)| (number, &text[range])));
    entries
}

/// Finds where entries end, line by line.
#[derive(Debug, Default)]
struct Splitter {
    start: usize,
    end: usize,
    /// The number of the line that the entry begins on.
    number: usize,
    lines: usize,
    whole: bool,
}

impl Splitter {
    /// Takes a line, and gives the entry before it if that ends here.
    fn take(&mut self, text: &str, from: usize, to: usize) -> Option<(usize, std::ops::Range<usize>)> {
        self.lines += 1;
        let line = &text[from..to];
        let indented = line.starts_with([' ', '\t']) && !line.trim().is_empty();
        let ended = if self.whole && !indented { self.ended(text) } else { None };
        if ended.is_some() || self.number == 0 {
            (self.start, self.number) = (from, self.lines);
        }
        self.end = to;
        let entry = &text[self.start..to];
        self.whole = !wants_more(entry.strip_suffix('\n').unwrap_or(entry));
        if text[self.start..to].trim().is_empty() {
            self.number = 0;
            self.whole = false;
        }
        ended
    }

    fn ended(&self, text: &str) -> Option<(usize, std::ops::Range<usize>)> {
        let range = self.start..self.end;
        (self.number > 0 && !text[range.clone()].trim().is_empty()).then_some((self.number, range))
    }

    fn finish(&self, text: &str) -> Option<(usize, std::ops::Range<usize>)> {
        self.ended(text)
    }
}

#[cfg(test)]
mod tests {
    use super::{split, wants_more};

    #[test]
    fn a_part_goes_on_until_its_text_or_an_empty_line() {
        for open in
            ["part a(x: text) -> text", "part a(x: text) -> text\n  by local()", "let x =", "movement a() {"]
        {
            assert!(wants_more(open), "{open:?}");
        }
        for whole in
            ["part a() -> text \"hi\"", "part a(x: text) -> text\n", "1 + 1", "type A = int", "let = 3", ""]
        {
            assert!(!wants_more(whole), "{whole:?}");
        }
    }

    #[test]
    fn entries_are_told_apart_and_know_their_lines() {
        let text = "// a note\nlet x = 1\n\npart p(x: text)\n  -> text\n  by local()\n  \"\"\"\n  {x}\n  \"\"\"\n\
                    movement m() -> int {\n\n1\n}\nx +\n  1\nm()\npart q() -> text\n  by echo()\n\"hi\"\npart r(x: text)\n\nr(1)";
        let entries: Vec<(usize, &str)> =
            split(text).into_iter().map(|(line, entry)| (line, entry.lines().next().unwrap_or(""))).collect();
        let expected = [
            (1, "// a note"),
            (2, "let x = 1"),
            (4, "part p(x: text)"),
            (10, "movement m() -> int {"),
            (14, "x +"),
            (16, "m()"),
            (17, "part q() -> text"),
            (20, "part r(x: text)"),
            (22, "r(1)"),
        ];
        assert_eq!(entries, expected);
    }
}
