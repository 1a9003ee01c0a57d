//! Expressions: lambdas, calls, lists, records and the like. Operators are bound in `precedence`.

use super::build::{Builder, Pair, find};
use super::grammar::Rule;
use super::number::{money, number};
use super::precedence::Operand;
use super::text::is_text;
use crate::base::Span;
use crate::syntax::ParseError;
use crate::syntax::ast::{Argument, Entry, Expr, ExprKind, Suffix};

/// Words for values and calls in other languages, and what to write here.
const FOREIGN: &[(&str, &str)] = &[
    ("null", "Write `nothing`."),
    ("nil", "Write `nothing`."),
    ("None", "Write `nothing`."),
    ("undefined", "Write `nothing`."),
    ("True", "Write `true`."),
    ("False", "Write `false`."),
    ("await", "Delete it: a value is waited for where it is used."),
    ("async", "Delete it: what can run at once does."),
    ("new", "Delete it: a type is its own constructor, `Idea(title: \"…\")`."),
    ("this", "There are no objects: a record's field is `record.field`."),
    ("lambda", "Write `x => …`."),
];

impl Builder<'_, '_> {
    /// An `expression`, `bare_expression` or `guard`.
    pub(super) fn expression(&mut self, pair: Pair<'_>) -> Expr {
        self.outer_expression(pair).expr
    }

    fn outer_expression(&mut self, pair: Pair<'_>) -> Operand {
        let span = self.span(&pair);
        let built = self.deeper(1, span, |builder| {
            let inner = pair.into_inner();
            match inner.peek() {
                Some(lambda) if lambda.as_rule() == Rule::lambda => {
                    let expr = builder.lambda(lambda, span);
                    let outer = expr.span;
                    Operand { expr, outer }
                }
                _ => builder.flat(inner, span),
            }
        });
        built.unwrap_or_else(|| Operand { expr: self.missing(span), outer: span })
    }

    fn lambda(&mut self, pair: Pair<'_>, place: Span) -> Expr {
        let start = self.span(&pair);
        let mut params = Vec::new();
        let mut body = None;
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::lambda_head => {
                    for name in inner.into_inner().filter(|part| part.as_rule() == Rule::name) {
                        params.push((self.ids.fresh(), self.ident(&name)));
                    }
                }
                _ => body = self.arrow_body(inner),
            }
        }
        let body = body.unwrap_or_else(|| self.missing(place));
        let span = Span::new(start.start, body.span.end);
        let span = if body.parenthesised { self.after_parens(span) } else { span };
        self.expr(span, ExprKind::Lambda { params, body: Box::new(body) })
    }

    /// Moves the end of a span over the `)` that its last expression stands in.
    fn after_parens(&self, span: Span) -> Span {
        let end = self.offset(Span::at(span.end));
        let rest = &self.source[end..];
        let blank = rest.len() - rest.trim_start().len();
        if rest[blank..].starts_with(')') {
            return self.local(self.offset(span), end + blank + 1);
        }
        span
    }

    /// A block or an expression after `=>`, `otherwise`, or the `else` of a loop.
    pub(super) fn arrow_body(&mut self, pair: Pair<'_>) -> Option<Expr> {
        match pair.as_rule() {
            Rule::block => Some(self.block_expression(pair)),
            Rule::expression | Rule::bare_expression => Some(self.expression(pair)),
            _ => None,
        }
    }

    pub(super) fn block_expression(&mut self, pair: Pair<'_>) -> Expr {
        let block = self.block(pair);
        self.expr(block.span, ExprKind::Block(block))
    }

    /// One operand: a form, or a primary. Its suffixes follow it as pairs of their own.
    pub(super) fn operand(&mut self, pair: Pair<'_>) -> Operand {
        match pair.as_rule() {
            Rule::primary => self.primary(pair),
            _ => {
                let expr = self.form(pair);
                let outer = expr.span;
                Operand { expr, outer }
            }
        }
    }

    /// A `bare_operand` where only one stands.
    pub(super) fn single(&mut self, pair: Pair<'_>) -> Expr {
        self.operand(pair).expr
    }

    fn primary(&mut self, pair: Pair<'_>) -> Operand {
        let span = self.span(&pair);
        let mut inner = pair.into_inner();
        let Some(atom) = inner.next() else { return Operand { expr: self.missing(span), outer: span } };
        let links = inner.clone().count();
        if links == 0 {
            return self.atom(atom);
        }
        let built = self.deeper(links, span, |builder| {
            let mut read = builder.atom(atom);
            for trailer in inner {
                read = builder.trailer(read, trailer);
            }
            read
        });
        built.unwrap_or_else(|| Operand { expr: self.missing(span), outer: span })
    }

    fn trailer(&mut self, target: Operand, pair: Pair<'_>) -> Operand {
        let span = target.outer.to(self.span(&pair));
        let target = Box::new(target.expr);
        let kind = match pair.as_rule() {
            Rule::call => ExprKind::Call { callee: target, arguments: self.arguments(pair) },
            Rule::index => self.index(target, pair, span),
            _ => {
                let word = find(&mut pair.into_inner(), Rule::word).map(|word| self.ident(&word));
                ExprKind::Field { target, field: word.unwrap_or_else(|| self.missing_ident(span)) }
            }
        };
        Operand { expr: self.expr(span, kind), outer: span }
    }

    fn arguments(&mut self, pair: Pair<'_>) -> Vec<Argument> {
        let mut arguments = Vec::new();
        for argument in pair.into_inner().filter(|inner| inner.as_rule() == Rule::argument) {
            let place = self.span(&argument);
            let mut name = None;
            let mut value = None;
            for inner in argument.into_inner() {
                match inner.as_rule() {
                    Rule::label => name = Some(self.ident(&inner)),
                    Rule::expression => value = Some(self.listing(true, |builder| builder.expression(inner))),
                    _ => {}
                }
            }
            arguments.push(Argument { name, value: value.unwrap_or_else(|| self.missing(place)) });
        }
        arguments
    }

    fn index(&mut self, target: Box<Expr>, pair: Pair<'_>, span: Span) -> ExprKind {
        let mut ends: [Option<Box<Expr>>; 2] = [None, None];
        let mut ranged = false;
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::dot_dot => ranged = true,
                Rule::expression => {
                    let end = self.listing(false, |builder| builder.expression(inner));
                    ends[usize::from(ranged)] = Some(Box::new(end));
                }
                _ => {}
            }
        }
        let [from, to] = ends;
        if ranged {
            return ExprKind::Slice { target, from, to };
        }
        let index = from.unwrap_or_else(|| Box::new(self.missing(span)));
        ExprKind::Index { target, index }
    }

    /// Puts a suffix on the operand before it.
    pub(super) fn suffix(&mut self, target: Operand, pair: Pair<'_>) -> Operand {
        let place = self.tight(&pair);
        let span = target.outer.to(place);
        let mut word = Rule::kw_by;
        let mut word_span = place;
        let mut values = Vec::new();
        for inner in pair.into_inner() {
            match inner.as_rule() {
                rule @ (Rule::kw_by | Rule::kw_within | Rule::kw_retry) => {
                    word = rule;
                    word_span = self.span(&inner);
                }
                Rule::comma => {}
                Rule::amount => values.push(self.amount(&inner)),
                _ => values.push(self.operand(inner).expr),
            }
        }
        let (name, help) = match word {
            Rule::kw_by => ("by", "Write it after the call that is to be played: `f(x) by writer`."),
            Rule::kw_within => ("within", "For a limit over more than one call write `limit 2min { … }` around it."),
            _ => ("retry", "Write it after the call that is to be tried again: `f(x) retry 2`."),
        };
        if !matches!(target.expr.kind, ExprKind::Call { .. } | ExprKind::Suffix { .. }) {
            self.fail(ParseError::Suffix { word: name, help: help.to_owned(), span: word_span });
        }
        if values.len() > 1 && self.in_list {
            self.fail(ParseError::AmbiguousComma { written: self.quote(span), span });
        }
        let suffix = match (word, values.pop()) {
            (Rule::kw_within, Some(last)) => {
                values.push(last);
                Suffix::Within(values)
            }
            (Rule::kw_by, Some(value)) => Suffix::By(Box::new(value)),
            (_, Some(value)) => Suffix::Retry(Box::new(value)),
            (_, None) => Suffix::Within(Vec::new()),
        };
        let kind = ExprKind::Suffix { target: Box::new(target.expr), suffix };
        Operand { expr: self.expr(span, kind), outer: span }
    }

    fn amount(&mut self, pair: &Pair<'_>) -> Expr {
        let span = self.span(pair);
        let kind = self.number_kind(pair.as_str(), span);
        self.expr(span, kind)
    }

    fn number_kind(&mut self, written: &str, span: Span) -> ExprKind {
        let read = if written.starts_with('$') { money(written, span).map(ExprKind::Money) } else { number(written, span) };
        read.unwrap_or_else(|error| {
            self.fail(error);
            ExprKind::Int(0)
        })
    }

    fn atom(&mut self, pair: Pair<'_>) -> Operand {
        let outer = self.span(&pair);
        let kind = match pair.as_rule() {
            Rule::paren => {
                let inside = find(&mut pair.into_inner(), Rule::expression);
                let mut expr = match inside {
                    Some(inside) => self.listing(false, |builder| builder.expression(inside)),
                    None => self.missing(outer),
                };
                expr.parenthesised = true;
                return Operand { expr, outer };
            }
            Rule::numeric | Rule::money => self.number_kind(pair.as_str(), outer),
            Rule::kw_nothing => ExprKind::Nothing,
            Rule::kw_true => ExprKind::Bool(true),
            Rule::kw_false => ExprKind::Bool(false),
            Rule::list => ExprKind::List(self.listing(true, |builder| builder.elements(pair))),
            Rule::record => ExprKind::Record(self.listing(true, |builder| builder.entries(pair))),
            rule if is_text(rule) => ExprKind::Text(self.text(&pair)),
            _ => {
                let name = self.ident(&pair);
                if let Some((found, help)) = FOREIGN.iter().find(|(found, _)| *found == &*name.name) {
                    self.fail(ParseError::Foreign { found: (*found).to_owned(), help: (*help).to_owned(), span: outer });
                }
                ExprKind::Name(name.name)
            }
        };
        Operand { expr: self.expr(outer, kind), outer }
    }

    fn elements(&mut self, pair: Pair<'_>) -> Vec<Expr> {
        let inner = pair.into_inner().filter(|inner| inner.as_rule() == Rule::expression);
        inner.map(|inner| self.expression(inner)).collect()
    }

    fn entries(&mut self, pair: Pair<'_>) -> Vec<Entry> {
        let mut entries = Vec::new();
        for entry in pair.into_inner().filter(|inner| inner.as_rule() == Rule::entry) {
            let place = self.span(&entry);
            let mut key = None;
            let mut quoted = false;
            let mut value = None;
            for inner in entry.into_inner() {
                match inner.as_rule() {
                    Rule::key => {
                        let mut ident = self.ident(&inner);
                        if inner.as_str().starts_with('"') {
                            quoted = true;
                            ident.name = self.quoted_key(inner.as_str(), ident.span);
                        }
                        key = Some(ident);
                    }
                    Rule::expression => value = Some(self.expression(inner)),
                    _ => {}
                }
            }
            let key = key.unwrap_or_else(|| self.missing_ident(place));
            entries.push(Entry { key, quoted, value: value.unwrap_or_else(|| self.missing(place)) });
        }
        entries
    }
}
