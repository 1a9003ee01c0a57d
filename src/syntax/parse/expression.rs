//! Expressions: lambdas, calls, lists, records and the like. Operators are bound in `precedence`.

use super::build::{Builder, Pair, Pairs, find};
use super::grammar::Rule;
use super::number::{money, number};
use super::precedence::Operand;
use super::text::is_text;
use crate::base::{Help, Name, NodeId, Span};
use crate::syntax::ParseError;
use crate::syntax::ast::{Argument, Entry, Expr, ExprKind, Ident, Suffix};

/// Words for values and calls in other languages, and what to write here.
const FOREIGN: &[(&str, &str, Option<&str>)] = &[
    ("null", "Write `nothing`.", Some("nothing")),
    ("nil", "Write `nothing`.", Some("nothing")),
    ("None", "Write `nothing`.", Some("nothing")),
    ("undefined", "Write `nothing`.", Some("nothing")),
    ("True", "Write `true`.", Some("true")),
    ("False", "Write `false`.", Some("false")),
    ("await", "Delete it: a value is waited for where it is used.", Some("")),
    ("async", "Delete it: what can run at once does.", Some("")),
    ("new", "Delete it: a type is its own constructor, `Idea(title: \"…\")`.", Some("")),
    ("this", "There are no objects: a record's field is `record.field`.", None),
    ("lambda", "Write `x => …`.", None),
];

impl Builder<'_, '_> {
    /// An `expression`, `bare_expression` or `guard`.
    pub(super) fn expression(&mut self, pair: Pair<'_>) -> Expr {
        self.outer_expression(pair).expr
    }

    fn outer_expression(&mut self, pair: Pair<'_>) -> Operand {
        let span = self.span(&pair);
        let built = self.deeper(1, span, |builder| {
            let mut inner = pair.into_inner();
            let body = inner.next_back();
            match body {
                Some(body) if matches!(body.as_rule(), Rule::block | Rule::expression) => {
                    builder.lambda(inner, body, span)
                }
                Some(last) => builder.flat(inner.chain(Some(last)), span),
                None => Operand { expr: builder.missing(span), outer: span },
            }
        });
        built.unwrap_or_else(|| Operand { expr: self.missing(span), outer: span })
    }

    /// `x => e`: `head` is what stands before the body, the arrow included.
    fn lambda(&mut self, head: Pairs<'_>, body: Pair<'_>, place: Span) -> Operand {
        let mut params = Vec::new();
        let (mut arrow, mut last) = (place, place);
        let (mut parts, mut named) = (0, true);
        for part in head {
            if part.as_rule() == Rule::fat_arrow {
                arrow = self.span(&part);
            } else {
                last = self.tight(&part);
                parts += 1;
                named = named && self.lambda_params(&part, &mut params);
            }
        }
        if !named || parts > 1 {
            self.fail(ParseError::LambdaHead { span: Span::new(place.start, last.end) });
        }
        let place = Span::new(place.start, arrow.end);
        let body = self.arrow_body(body).unwrap_or_else(|| self.missing(place));
        let span = Span::new(place.start, body.span.end);
        let span = if body.parenthesised { self.after_parens(span) } else { span };
        let expr = self.expr(span, ExprKind::Lambda { params, body: Box::new(body) });
        Operand { expr, outer: span }
    }

    /// `x`, `(a, b)`: the names, if that is all it is.
    fn lambda_params(&mut self, pair: &Pair<'_>, params: &mut Vec<(NodeId, Ident)>) -> bool {
        let mut inner = pair.clone().into_inner();
        let (Some(atom), None) = (inner.next(), inner.next()) else { return false };
        if atom.as_rule() == Rule::name {
            params.push((self.ids.fresh(), self.ident(&atom)));
            return true;
        }
        let names = atom.clone().into_inner().filter(|part| part.as_rule() == Rule::expression);
        let mut all = atom.as_rule() == Rule::paren;
        for part in names {
            let mut parts = part.into_inner();
            let alone = match (parts.next(), parts.next()) {
                (Some(only), None) => only.into_inner(),
                _ => return false,
            };
            match (alone.peek(), alone.len()) {
                (Some(name), 1) if name.as_rule() == Rule::name => {
                    params.push((self.ids.fresh(), self.ident(&name)));
                }
                _ => all = false,
            }
        }
        all
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
        if pair.as_rule() == Rule::primary {
            return self.primary(pair);
        }
        let expr = self.form(pair);
        let outer = expr.span;
        Operand { expr, outer }
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
        let start = self.span(&atom);
        let built = self.deeper(links, start, |builder| {
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
            let mut parts = argument.into_inner();
            if parts.len() > 1 {
                name = parts.next().map(|label| self.label(&label));
            }
            for inner in parts {
                if inner.as_rule() == Rule::expression {
                    value = Some(self.listing(true, |builder| builder.expression(inner)));
                }
            }
            arguments.push(Argument { name, value: value.unwrap_or_else(|| self.missing(place)) });
        }
        arguments
    }

    /// What stands before the `:` of an argument.
    fn label(&mut self, pair: &Pair<'_>) -> Ident {
        let span = self.tight(pair);
        let written = self.text_at(span);
        if !written.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            self.fail(ParseError::Label { written: self.quote(span), span });
        }
        Ident { name: Name::from(written), span }
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
            Rule::kw_within => {
                ("within", "For a limit over more than one call write `limit 2min { … }` around it.")
            }
            _ => ("retry", "Write it after the call that is to be tried again: `f(x) retry 2`."),
        };
        if !matches!(target.expr.kind, ExprKind::Call { .. } | ExprKind::Suffix { .. }) {
            self.fail(ParseError::Suffix { word: name, help: help.to_owned().into(), span: word_span });
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
        let read = if written.starts_with('$') {
            money(written, span).map(ExprKind::Money)
        } else {
            number(written, span)
        };
        read.unwrap_or_else(|error| {
            self.fail(error);
            ExprKind::Int(0)
        })
    }

    /// `require(c, "…")`, the parentheses of which are given, and both that stand in them.
    fn required(&self, outer: Span, first: Span, second: Span) -> Option<ParseError> {
        let start = usize::try_from(outer.start - self.local(0, 0).start).ok()?;
        self.source[..start].ends_with("require").then(|| {
            let help = Help::new("Write `require condition else \"…\"`.")
                .replacing(Span::new(outer.start, first.start), " ")
                .replacing(Span::new(first.end, second.start), " else ")
                .replacing(Span::new(second.end, outer.end), "");
            ParseError::Foreign { found: String::from("require(…)"), help, span: outer }
        })
    }

    fn atom(&mut self, pair: Pair<'_>) -> Operand {
        let outer = self.span(&pair);
        let kind = match pair.as_rule() {
            Rule::paren => {
                let mut inner = pair.into_inner();
                let inside = find(&mut inner, Rule::expression);
                let second = inner.find(|part| part.as_rule() == Rule::expression);
                if let (Some(first), Some(second)) = (&inside, &second) {
                    let (first, second) = (self.span(first), self.span(second));
                    let error =
                        self.required(outer, first, second).unwrap_or(ParseError::Tuple { span: outer });
                    self.fail(error);
                } else if inside.is_none() {
                    self.fail(ParseError::Tuple { span: outer });
                }
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
                if let Some((found, help, here)) = FOREIGN.iter().find(|(found, ..)| *found == &*name.name) {
                    let help = Help::new(*help).with(here.map(|here| self.instead(outer, here)));
                    self.fail(ParseError::Foreign { found: (*found).to_owned(), help, span: outer });
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
