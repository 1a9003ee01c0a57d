//! From what the grammar recognised to the syntax tree: what all the builders share. Builders never fail: they note
//! what is wrong and put something in its place; an item with anything noted is left out of the tree.

use pest::iterators::{Pair as PestPair, Pairs as PestPairs};

use super::docs::Docs;
use super::grammar::Rule;
use crate::base::{Edit, Name, NodeIds, Span};
use crate::syntax::ParseError;
use crate::syntax::ast::{Expr, ExprKind, Ident, Text, TextStyle, TypeExpr, TypeKind};

pub(super) type Pair<'a> = PestPair<'a, Rule>;
pub(super) type Pairs<'a> = PestPairs<'a, Rule>;

/// How many levels the tree may have, links of chains included.
const LEVELS: usize = 1_500;

/// How many links one chain may have.
pub(super) const LINKS: usize = 1_000;

/// Builds the tree of one chunk.
pub(super) struct Builder<'a, 'f> {
    /// The chunk.
    pub(super) source: &'a str,
    /// Where the chunk begins in the shared offset space.
    base: u32,
    pub(super) ids: &'a mut NodeIds,
    pub(super) docs: &'a mut Docs<'f>,
    /// What is wrong, as it was come upon.
    pub(super) errors: Vec<ParseError>,
    levels: usize,
    /// Whether this is inside a `test`.
    pub(super) in_test: bool,
    /// Whether a `,` would part arguments or elements.
    pub(super) in_list: bool,
}

impl<'a, 'f> Builder<'a, 'f> {
    pub(super) fn new(source: &'a str, base: u32, ids: &'a mut NodeIds, docs: &'a mut Docs<'f>) -> Self {
        Self { source, base, ids, docs, errors: Vec::new(), levels: 0, in_test: false, in_list: false }
    }

    /// The shared span of a range of the chunk.
    pub(super) fn local(&self, from: usize, to: usize) -> Span {
        let shared = |at: usize| self.base.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
        Span::new(shared(from), shared(to))
    }

    /// The place of a token.
    pub(super) fn span(&self, token: &Pair<'_>) -> Span {
        let span = token.as_span();
        self.local(span.start(), span.end())
    }

    /// The place of a rule that may have taken blanks at its end: up to its last token.
    pub(super) fn tight(&self, pair: &Pair<'_>) -> Span {
        let mut last = pair.clone();
        while let Some(next) = last.clone().into_inner().next_back() {
            last = next;
        }
        self.local(pair.as_span().start(), last.as_span().end())
    }

    /// The source at a place of this chunk.
    pub(super) fn text_at(&self, span: Span) -> &'a str {
        self.source
            .get((span.start - self.base) as usize..(span.end - self.base) as usize)
            .unwrap_or_default()
    }

    /// The same on one line, shortened for a message.
    pub(super) fn quote(&self, span: Span) -> String {
        let words: Vec<&str> = self.text_at(span).split_whitespace().collect();
        let line = words.join(" ");
        match line.char_indices().nth(60) {
            Some((at, _)) => format!("{}…", &line[..at]),
            None => line,
        }
    }

    /// The edit that puts something else at a place; where that is nothing, the blanks behind it go, too.
    pub(super) fn instead(&self, span: Span, here: &str) -> Edit {
        let behind = self.source.get((span.end - self.base) as usize..).unwrap_or_default();
        let blanks = if here.is_empty() { behind.len() - behind.trim_start_matches(' ').len() } else { 0 };
        let end = span.end.saturating_add(u32::try_from(blanks).unwrap_or(0));
        Edit { span: Span::new(span.start, end), replacement: here.to_owned() }
    }

    pub(super) fn offset(&self, span: Span) -> usize {
        (span.start - self.base) as usize
    }

    pub(super) fn fail(&mut self, error: impl Into<ParseError>) {
        self.errors.push(error.into());
    }

    pub(super) fn ident(&self, token: &Pair<'_>) -> Ident {
        Ident { name: Name::from(token.as_str()), span: self.span(token) }
    }

    pub(super) fn expr(&mut self, span: Span, kind: ExprKind) -> Expr {
        Expr { id: self.ids.fresh(), span, parenthesised: false, kind }
    }

    /// Stands for what could not be read; notes it unless something else already is.
    pub(super) fn missing(&mut self, span: Span) -> Expr {
        self.unread(span);
        self.expr(span, ExprKind::Nothing)
    }

    pub(super) fn missing_type(&mut self, span: Span) -> TypeExpr {
        self.unread(span);
        TypeExpr { id: self.ids.fresh(), span, kind: TypeKind::Union(Vec::new()) }
    }

    pub(super) fn missing_ident(&mut self, span: Span) -> Ident {
        self.unread(span);
        Ident { name: Name::from(""), span }
    }

    pub(super) fn missing_text(&mut self, span: Span) -> Text {
        self.unread(span);
        Text { span, style: TextStyle { long: false, raw: false }, pieces: Vec::new() }
    }

    fn unread(&mut self, span: Span) {
        if self.errors.is_empty() {
            self.fail(ParseError::Unread { span });
        }
    }

    /// Goes `levels` deeper for what `build` builds; `None`, and a note, where that is too deep.
    pub(super) fn deeper<T>(
        &mut self,
        levels: usize,
        span: Span,
        build: impl FnOnce(&mut Self) -> T,
    ) -> Option<T> {
        if levels > LINKS {
            self.fail(ParseError::TooLong { limit: LINKS, span });
            return None;
        }
        if self.levels + levels > LEVELS {
            let noted = self.errors.iter().any(|error| matches!(error, ParseError::TooDeep { .. }));
            if !noted {
                self.fail(ParseError::TooDeep { limit: LEVELS, span });
            }
            return None;
        }
        self.levels += levels;
        let built = build(self);
        self.levels -= levels;
        Some(built)
    }

    /// Builds with `in_list` as given, and puts it back.
    pub(super) fn listing<T>(&mut self, in_list: bool, build: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.in_list, in_list);
        let built = build(self);
        self.in_list = before;
        built
    }
}

/// The first of `pairs` with this rule, and everything before it dropped.
pub(super) fn find<'a>(pairs: &mut Pairs<'a>, rule: Rule) -> Option<Pair<'a>> {
    pairs.find(|pair| pair.as_rule() == rule)
}
