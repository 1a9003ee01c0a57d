//! One style for all scores: the tree laid out again, with every comment. Where lines break is a matter of width,
//! but for what its author began on a new line: arguments, records, lists, blocks and clauses stay so.

mod comments;
mod document;
mod expression;
mod flow;
mod item;
mod pattern;
mod statement;
mod text;
mod types;

use crate::base::{NodeIds, SourceMap, Span};
use crate::syntax::ParseError;
use crate::syntax::ast::File;
use crate::syntax::parse::parse;

use comments::Comments;
use document::{Doc, all, join, lay_out};

/// A text in the one style.
///
/// # Errors
/// If it doesn't parse: all its errors, and the source map that they point into.
pub fn format(name: &str, text: &str) -> Result<String, (SourceMap, Vec<ParseError>)> {
    let mut sources = SourceMap::default();
    let id = sources.add(name, text);
    let file = sources.file(id).clone();
    let parsed = parse(id, &file, &mut NodeIds::default());
    if !parsed.errors.is_empty() {
        return Err((sources, parsed.errors));
    }
    // Trees are as deep as the parser lets through.
    Ok(crate::base::on_deep_stack(|| {
        let comments = Comments::new(&parsed.file.comments);
        Formatter { text: &file.text, base: file.start, comments }.file(&parsed.file)
    }))
}

/// What is being formatted.
struct Formatter<'a> {
    text: &'a str,
    /// Where the text begins among all sources.
    base: u32,
    comments: Comments,
}

impl Formatter<'_> {
    fn file(&self, file: &File) -> String {
        let doc = self.items(file);
        let laid = lay_out(&doc);
        match self.text.lines().next().filter(|line| line.starts_with("#!")) {
            Some(line) => format!("{}\n{laid}", line.trim_end()),
            None if laid.trim().is_empty() => String::new(),
            None => laid,
        }
    }

    /// The source between two places.
    fn between(&self, from: u32, to: u32) -> &str {
        let at = |place: u32| place.saturating_sub(self.base) as usize;
        self.text.get(at(from)..at(to).min(self.text.len())).unwrap_or_default()
    }

    /// What is written at a place.
    fn slice(&self, span: Span) -> &str {
        self.between(span.start, span.end)
    }

    /// Something as it is written.
    fn verbatim(&self, span: Span) -> Doc {
        Doc::text(self.slice(span))
    }

    /// Whether the first thing after this place stands on another line.
    fn breaks_after(&self, place: u32) -> bool {
        let rest = self.between(place, u32::MAX);
        let blanks = rest.len() - rest.trim_start().len();
        rest[..blanks].contains('\n')
    }

    /// The place of this character at or behind a place, outside of comments and texts; the place itself where there
    /// is none.
    fn find(&self, from: u32, wanted: char) -> u32 {
        let rest = self.between(from, u32::MAX);
        let mut at = 0;
        while let Some(letter) = rest[at..].chars().next() {
            if rest[at..].starts_with("//") {
                at += rest[at..].find('\n').unwrap_or(rest.len() - at);
                continue;
            }
            if letter == wanted {
                return from + u32::try_from(at).unwrap_or(0);
            }
            at += letter.len_utf8();
        }
        from
    }

    /// Things between two marks, separated by commas: on one line where they fit, else a line each with a comma
    /// behind every one. They stay broken where their author began the first on a new line.
    fn list<T>(
        &self,
        (open, close): (&'static str, &'static str),
        (start, end): (u32, u32),
        things: &[T],
        place: impl Fn(&T) -> Span,
        show: impl Fn(&T) -> Doc,
    ) -> Doc {
        let broken = !things.is_empty() && self.breaks_after(start + 1);
        let (inner, comments) = self.separated((start + 1, end), things, place, show);
        if things.is_empty() && !comments {
            return Doc::text(format!("{open}{close}"));
        }
        let trail = if things.is_empty() { Doc::Nil } else { Doc::Broken(",") };
        let inner = match inner {
            Inner { things, trailing: Doc::Nil, below } => all([things, trail, below]),
            Inner { things, trailing, below } => all([things, Doc::text(","), trailing, below]),
        };
        // Comments alone begin with a line break of their own.
        let first = if things.is_empty() { Doc::Nil } else { Doc::Soft };
        all([Doc::text(open), all([first, inner]).nest(), Doc::Soft, Doc::text(close)]).group_if(broken)
    }

    /// Things with commas and breaks between them, and their comments; whether there are any.
    fn separated<T>(
        &self,
        (start, end): (u32, u32),
        things: &[T],
        place: impl Fn(&T) -> Span,
        show: impl Fn(&T) -> Doc,
    ) -> (Inner, bool) {
        let mut docs = Vec::new();
        let mut at = start;
        let mut trailing = Doc::Nil;
        for (n, thing) in things.iter().enumerate() {
            let span = place(thing);
            let above = self.above(at, span.start);
            let shown = show(thing);
            let stray = self.stray(span);
            docs.push(all([above, stray, shown]));
            let next = things.get(n + 1).map_or(end, |next| place(next).start);
            trailing = self.behind(span.end, next);
            if n + 1 < things.len() {
                docs.push(all([Doc::text(","), std::mem::replace(&mut trailing, Doc::Nil), Doc::Line]));
            }
            at = span.end;
        }
        let below = self.below(at, end);
        let comments = !matches!(below, Doc::Nil);
        (Inner { things: all(docs), trailing, below }, comments)
    }

    /// Comments below the last thing in brackets or braces.
    fn below(&self, from: u32, to: u32) -> Doc {
        match self.above(from, to) {
            Doc::All(mut docs) if !docs.is_empty() => {
                docs.pop();
                let next = from + u32::try_from(self.between(from, to).find("//").unwrap_or(0)).unwrap_or(0);
                docs.insert(0, if self.is_apart(from, next) { Doc::Blank } else { Doc::Hard });
                Doc::All(docs)
            }
            _ => Doc::Nil,
        }
    }

    /// Names with commas between them.
    fn names(&self, names: &[crate::syntax::ast::Ident]) -> Doc {
        join(names.iter().map(|name| Doc::text(&*name.name)), &Doc::text(", "))
    }
}

/// What stands between two marks.
struct Inner {
    things: Doc,
    /// The comment behind the last of them.
    trailing: Doc,
    /// Comments below them.
    below: Doc,
}
