//! Forms: `if`, `match`, loops, `limit`, `vouch`, and what leaves.

use super::build::{Builder, Pair, Pairs, find};
use super::grammar::Rule;
use crate::base::Span;
use crate::syntax::ParseError;
use crate::syntax::ast::{Block, Carried, Expr, ExprKind, For, Repeat};

impl Builder<'_, '_> {
    /// A form, whole.
    pub(super) fn form(&mut self, pair: Pair<'_>) -> Expr {
        let place = self.span(&pair);
        let rule = pair.as_rule();
        let mut inner = pair.into_inner();
        // What stands in a form is parted by its own words, not by the commas around it.
        self.listing(false, |builder| match rule {
            Rule::if_form => builder.if_form(inner, place),
            Rule::match_form => builder.match_form(inner, place),
            Rule::for_form => builder.for_form(inner, place),
            Rule::repeat_form => builder.repeat_form(inner, place),
            Rule::together_form => {
                let block = find(&mut inner, Rule::block).map(|block| builder.block(block));
                match block {
                    Some(block) => builder.ending(place, block.span, ExprKind::Together(block)),
                    None => builder.missing(place),
                }
            }
            Rule::limit_form => builder.limit_form(inner, place),
            Rule::vouch_form => builder.vouch_form(inner, place),
            Rule::fail_form => builder.fail_form(inner, place),
            Rule::stop_form | Rule::return_form => {
                builder.leave_form(inner, place, rule == Rule::return_form)
            }
            _ => builder.missing(place),
        })
    }

    /// An expression from where `place` begins to where `last` ends.
    fn ending(&mut self, place: Span, last: Span, kind: ExprKind) -> Expr {
        self.expr(Span::new(place.start, last.end.max(place.start)), kind)
    }

    fn if_form(&mut self, inner: Pairs<'_>, place: Span) -> Expr {
        let links = inner.clone().filter(|part| part.as_rule() == Rule::kw_if).count();
        let start = Span::new(place.start, place.start + 2);
        let built = self.deeper(links, start, |builder| {
            let mut arms: Vec<(Span, Expr, Block)> = Vec::new();
            let mut start = place;
            let mut condition = None;
            let mut last = None;
            for part in inner {
                match part.as_rule() {
                    Rule::kw_if => start = builder.span(&part),
                    Rule::expression => condition = Some(builder.expression(part)),
                    Rule::block => match condition.take() {
                        Some(condition) => arms.push((start, condition, builder.block(part))),
                        None => last = Some(Box::new(builder.block_expression(part))),
                    },
                    _ => {}
                }
            }
            for (start, condition, then) in arms.into_iter().rev() {
                let end = last.as_ref().map_or(then.span, |last| last.span);
                let kind = ExprKind::If { condition: Box::new(condition), then, otherwise: last.take() };
                last = Some(Box::new(builder.ending(start, end, kind)));
            }
            last.map(|last| *last)
        });
        built.flatten().unwrap_or_else(|| self.missing(place))
    }

    fn match_form(&mut self, inner: Pairs<'_>, place: Span) -> Expr {
        let mut subject = None;
        let mut arms = Vec::new();
        let mut end = place;
        for part in inner {
            match part.as_rule() {
                Rule::expression => subject = Some(self.expression(part)),
                Rule::arm => arms.push(self.arm(part)),
                Rule::r_brace => end = self.span(&part),
                _ => {}
            }
        }
        let subject = Box::new(subject.unwrap_or_else(|| self.missing(place)));
        self.ending(place, end, ExprKind::Match { subject, arms })
    }

    fn for_form(&mut self, inner: Pairs<'_>, place: Span) -> Expr {
        let mut names = Vec::new();
        let mut list: Option<(Expr, Option<Expr>)> = None;
        let (mut ranged, mut conditional) = (false, false);
        let (mut condition, mut together): (Option<Expr>, Option<Span>) = (None, None);
        let mut body = None;
        for part in inner {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::name => names.push((self.ids.fresh(), self.ident(&part))),
                Rule::dot_dot => ranged = true,
                Rule::kw_if => {
                    conditional = true;
                    if let Some(first) = &condition {
                        let first = first.span;
                        let help = String::from("Join the two with `and`.");
                        self.fail(ParseError::Repeated {
                            word: String::from("if"),
                            help: help.into(),
                            span,
                            first,
                        });
                    }
                }
                Rule::kw_together => {
                    if let Some(first) = together.replace(span) {
                        let help = String::from("Delete one of the two.");
                        self.fail(ParseError::Repeated {
                            word: String::from("together"),
                            help: help.into(),
                            span,
                            first,
                        });
                    }
                }
                Rule::expression => {
                    let expression = self.expression(part);
                    match &mut list {
                        _ if conditional => condition = Some(expression),
                        Some((_, last)) if ranged => *last = Some(expression),
                        _ => list = Some((expression, None)),
                    }
                }
                Rule::block => body = Some(self.block(part)),
                _ => {}
            }
        }
        let list = match list {
            Some((from, Some(to))) => {
                let span = from.span.to(to.span);
                self.expr(span, ExprKind::Range { from: Box::new(from), to: Box::new(to) })
            }
            Some((list, None)) => list,
            None => self.missing(place),
        };
        let item = names.pop();
        let (Some(item), Some(body)) = (item, body) else { return self.missing(place) };
        let span = body.span;
        self.ending(
            place,
            span,
            ExprKind::For(Box::new(For { index: names.pop(), item, list, condition, together, body })),
        )
    }

    fn repeat_form(&mut self, inner: Pairs<'_>, place: Span) -> Expr {
        let (mut bound, mut every, mut body, mut otherwise) = (None, None, None, None);
        let mut carried = Vec::new();
        for part in inner {
            match part.as_rule() {
                Rule::every => every = part.into_inner().last().map(|inner| self.single(inner)),
                Rule::carried => carried.push(self.listing(true, |builder| builder.carried(part))),
                Rule::block if body.is_none() => body = Some(self.block(part)),
                Rule::block | Rule::expression => otherwise = self.arrow_body(part),
                Rule::kw_repeat | Rule::kw_up_to | Rule::kw_with | Rule::kw_else | Rule::comma => {}
                _ => bound = Some(self.single(part)),
            }
        }
        let bound = bound.unwrap_or_else(|| self.missing(place));
        let Some(body) = body else { return self.missing(place) };
        let end = otherwise.as_ref().map_or(body.span, |otherwise| otherwise.span);
        self.ending(place, end, ExprKind::Repeat(Box::new(Repeat { bound, every, carried, body, otherwise })))
    }

    fn carried(&mut self, pair: Pair<'_>) -> Carried {
        let place = self.span(&pair);
        let (mut name, mut ty, mut start) = (None, None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::name => name = Some(self.ident(&part)),
                Rule::type_expression => ty = Some(self.type_expression(part)),
                Rule::expression => start = Some(self.expression(part)),
                _ => {}
            }
        }
        let name = name.unwrap_or_else(|| self.missing_ident(place));
        Carried { id: self.ids.fresh(), name, ty, start: start.unwrap_or_else(|| self.missing(place)) }
    }

    fn limit_form(&mut self, inner: Pairs<'_>, place: Span) -> Expr {
        let mut limits = Vec::new();
        let mut body = None;
        for part in inner {
            match part.as_rule() {
                Rule::kw_limit | Rule::comma => {}
                Rule::block => body = Some(self.block(part)),
                _ => limits.push(self.single(part)),
            }
        }
        match body {
            Some(body) => self.ending(place, body.span, ExprKind::Limit { limits, body }),
            None => self.missing(place),
        }
    }

    fn vouch_form(&mut self, inner: Pairs<'_>, place: Span) -> Expr {
        let (mut value, mut condition) = (None, None);
        for part in inner {
            match part.as_rule() {
                Rule::expression => value = Some(Box::new(self.expression(part))),
                Rule::bare_expression => condition = Some(Box::new(self.expression(part))),
                _ => {}
            }
        }
        let (Some(value), Some(condition)) = (value, condition) else { return self.missing(place) };
        self.refuse_leaving("vouch", &value);
        let end = condition.span;
        self.ending(place, end, ExprKind::Vouch { value, condition })
    }

    fn fail_form(&mut self, mut inner: Pairs<'_>, place: Span) -> Expr {
        let Some(value) = find(&mut inner, Rule::bare_expression) else { return self.missing(place) };
        let value = Box::new(self.expression(value));
        self.refuse_leaving("fail", &value);
        let end = value.span;
        self.ending(place, end, ExprKind::Fail(value))
    }

    /// `stop`, `return`: the value, and the condition after it.
    fn leave_form(&mut self, inner: Pairs<'_>, place: Span, returns: bool) -> Expr {
        let word = if returns { "return" } else { "stop" };
        let mut end = Span::new(place.start, place.start + u32::from(if returns { 6_u8 } else { 4 }));
        let mut value = None;
        let mut condition = None;
        for part in inner {
            match part.as_rule() {
                Rule::expression => {
                    let read = self.expression(part);
                    end = read.span;
                    self.refuse_leaving(word, &read);
                    value = Some(Box::new(read));
                }
                Rule::leave_if => {
                    let mut parts = part.into_inner();
                    if let Some(test) = find(&mut parts, Rule::expression) {
                        let test = self.expression(test);
                        self.refuse_block(word, place, &test, value.as_deref(), parts);
                        end = test.span;
                        condition = Some(Box::new(test));
                    }
                }
                _ => {}
            }
        }
        let kind =
            if returns { ExprKind::Return { value, condition } } else { ExprKind::Stop { value, condition } };
        self.ending(place, end, kind)
    }

    /// `stop e if c { … }`: a condition here has no block, and after a plain `stop` nothing comes.
    fn refuse_block(
        &mut self,
        word: &'static str,
        place: Span,
        test: &Expr,
        value: Option<&Expr>,
        mut rest: Pairs<'_>,
    ) {
        let Some(block) = find(&mut rest, Rule::block) else { return };
        let between = &self.source[self.offset(place)..self.offset(test.span)];
        let leave = value.map_or(String::from(word), |value| format!("{word} {}", self.quote(value.span)));
        let test = self.quote(test.span);
        let (help, label) = if between.contains('\n') {
            (
                format!("Nothing happens after `{leave}`: put it last, or write `{leave} if {test}`."),
                "never comes to this",
            )
        } else {
            (format!("Write `if {test} {{ … {leave} }}`, or `{leave} if {test}` alone."), "no block here")
        };
        let span = self.span(&block);
        let span = Span::new(span.start, span.start + 1);
        self.fail(ParseError::LeaveBlock { word, help: help.into(), span, label });
    }

    /// `fail fail`, `vouch stop`: the outer one never comes to anything.
    fn refuse_leaving(&mut self, outer: &'static str, value: &Expr) {
        let inner = match &value.kind {
            ExprKind::Fail(_) => "fail",
            ExprKind::Stop { .. } => "stop",
            ExprKind::Return { .. } => "return",
            ExprKind::Vouch { .. } if outer == "vouch" => "vouch",
            _ => return,
        };
        let noted = self.errors.iter().any(|error| matches!(error, ParseError::LeavingTwice { .. }));
        if !noted {
            self.fail(ParseError::LeavingTwice { inner, outer, span: value.span });
        }
    }
}
