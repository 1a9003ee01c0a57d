//! Which operator binds what. The grammar gives them flat; here they become a tree.
//!
//! Loosest first: `otherwise`; `|>`; `??` (to the right); `or`; `and`; `not`; comparisons, `in`, `not in`, `is` (they
//! don't chain); `+ -`; `* / %`; `but`, `as`; unary `-`.

use std::vec::IntoIter;

use super::build::{Builder, Pair};
use super::grammar::Rule;
use crate::base::Span;
use crate::syntax::ParseError;
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, Ident, TypeExpr, UnaryOp};

const OTHERWISE: u8 = 1;
const PIPE: u8 = 2;
const COALESCE: u8 = 3;
const OR: u8 = 4;
const AND: u8 = 5;
const NOT: u8 = 6;
const COMPARISON: u8 = 7;
const SUM: u8 = 8;
const PRODUCT: u8 = 9;
const CAST: u8 = 10;
const MINUS: u8 = 11;

/// An operand with its place, parentheses included.
pub(super) struct Operand {
    pub(super) expr: Expr,
    pub(super) outer: Span,
}

/// What stands between or around operands.
enum Token {
    Prefix(UnaryOp, Span),
    Operand(Operand),
    Binary(BinaryOp, Span),
    Pipe,
    But,
    Is(TypeExpr, Span),
    As(TypeExpr, Span),
    Otherwise(Vec<Ident>),
}

impl Token {
    /// How tightly it binds as an operator after an operand.
    fn level(&self) -> Option<u8> {
        Some(match self {
            Self::Prefix(..) | Self::Operand(_) => return None,
            Self::Otherwise(_) => OTHERWISE,
            Self::Pipe => PIPE,
            Self::But | Self::As(..) => CAST,
            Self::Is(..) => COMPARISON,
            Self::Binary(op, _) => match op {
                BinaryOp::Coalesce => COALESCE,
                BinaryOp::Or => OR,
                BinaryOp::And => AND,
                BinaryOp::Equal
                | BinaryOp::NotEqual
                | BinaryOp::Less
                | BinaryOp::LessOrEqual
                | BinaryOp::Greater
                | BinaryOp::GreaterOrEqual
                | BinaryOp::In
                | BinaryOp::NotIn => COMPARISON,
                BinaryOp::Add | BinaryOp::Subtract => SUM,
                BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Remainder => PRODUCT,
            },
        })
    }
}

fn is_operand(pair: &Pair<'_>) -> bool {
    pair.as_rule() == Rule::primary
}

type Tokens = std::iter::Peekable<IntoIter<Token>>;

impl Builder<'_, '_> {
    /// Operands and operators in a row.
    pub(super) fn flat<'p>(
        &mut self,
        mut pairs: impl Iterator<Item = Pair<'p>> + Clone,
        span: Span,
    ) -> Operand {
        let Some(first) = pairs.next() else { return self.missing_operand(span) };
        let Some(second) = pairs.next() else { return self.operand(first) };
        let rest = pairs.clone();
        let operators = [&first, &second].into_iter().filter(|pair| !is_operand(pair)).count();
        let links = operators + rest.filter(|pair| !is_operand(pair)).count();
        let start = self.span(&first);
        let built = self.deeper(links, start, |builder| {
            let mut tokens = Vec::with_capacity(2 * links + 1);
            for pair in [first, second].into_iter().chain(pairs) {
                builder.token(pair, &mut tokens);
            }
            builder.bind(&mut tokens.into_iter().peekable(), OTHERWISE, span)
        });
        built.unwrap_or_else(|| self.missing_operand(span))
    }

    fn missing_operand(&mut self, span: Span) -> Operand {
        Operand { expr: self.missing(span), outer: span }
    }

    fn token(&mut self, pair: Pair<'_>, tokens: &mut Vec<Token>) {
        let span = self.span(&pair);
        match pair.as_rule() {
            Rule::minus => tokens.push(Token::Prefix(UnaryOp::Minus, span)),
            Rule::kw_not => tokens.push(Token::Prefix(UnaryOp::Not, span)),
            Rule::infix | Rule::word_infix => {
                let Some(op) = pair.into_inner().next() else { return };
                let span = self.span(&op);
                tokens.push(self.infix(op.as_rule(), span));
            }
            Rule::is_tail | Rule::as_tail => {
                let is = pair.as_rule() == Rule::is_tail;
                let ty = pair.into_inner().find(|inner| inner.as_rule() == Rule::type_member);
                let ty = match ty {
                    Some(ty) => self.type_member(ty),
                    None => self.missing_type(span),
                };
                let span = Span::new(span.start, ty.span.end);
                tokens.push(if is { Token::Is(ty, span) } else { Token::As(ty, span) });
            }
            Rule::otherwise_tail => self.otherwise(pair, tokens),
            Rule::suffix => {
                let target = match tokens.pop() {
                    Some(Token::Operand(target)) => target,
                    Some(_) | None => self.missing_operand(span),
                };
                let operand = self.suffix(target, pair);
                tokens.push(Token::Operand(operand));
            }
            _ => {
                let operand = self.operand(pair);
                tokens.push(Token::Operand(operand));
            }
        }
    }

    fn otherwise(&mut self, pair: Pair<'_>, tokens: &mut Vec<Token>) {
        let span = self.tight(&pair);
        let mut kinds = Vec::new();
        let inner: Vec<Pair<'_>> = pair.into_inner().collect();
        for part in &inner {
            if part.as_rule() == Rule::kind {
                kinds.push(self.ident(part));
            }
        }
        if kinds.len() > 1 && self.in_list {
            let first = tokens.iter().find_map(|token| match token {
                Token::Prefix(_, place) | Token::Operand(Operand { outer: place, .. }) => Some(*place),
                _ => None,
            });
            let span = first.map_or(span, |first| first.to(span));
            self.fail(ParseError::AmbiguousComma { written: self.quote(span), span });
        }
        tokens.push(Token::Otherwise(kinds));
        for part in inner {
            match part.as_rule() {
                Rule::kw_otherwise | Rule::on_head | Rule::kind | Rule::comma => {}
                Rule::block => {
                    let expr = self.block_expression(part);
                    let outer = expr.span;
                    tokens.push(Token::Operand(Operand { expr, outer }));
                }
                _ => self.token(part, tokens),
            }
        }
    }

    fn infix(&mut self, rule: Rule, span: Span) -> Token {
        let op = match rule {
            Rule::op_pipe => return Token::Pipe,
            Rule::op_but => return Token::But,
            Rule::op_coalesce => BinaryOp::Coalesce,
            Rule::op_or => BinaryOp::Or,
            Rule::op_and => BinaryOp::And,
            Rule::op_equal => BinaryOp::Equal,
            Rule::op_not_equal => BinaryOp::NotEqual,
            Rule::op_less => BinaryOp::Less,
            Rule::op_less_equal => BinaryOp::LessOrEqual,
            Rule::op_greater => BinaryOp::Greater,
            Rule::op_greater_equal => BinaryOp::GreaterOrEqual,
            Rule::op_in => BinaryOp::In,
            Rule::op_not_in => BinaryOp::NotIn,
            Rule::op_plus => BinaryOp::Add,
            Rule::op_times => BinaryOp::Multiply,
            Rule::op_divide => BinaryOp::Divide,
            Rule::op_remainder => BinaryOp::Remainder,
            _ => {
                self.check_lone_minus(span);
                BinaryOp::Subtract
            }
        };
        Token::Binary(op, span)
    }

    /// A `-` that is first on its line and touches what follows.
    fn check_lone_minus(&mut self, span: Span) {
        let at = self.offset(span);
        let before = self.source[..at].bytes().rev().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r'));
        let after = self.source.as_bytes().get(at + 1);
        if before == Some(b'\n') && after.is_some_and(|byte| !byte.is_ascii_whitespace()) {
            self.fail(ParseError::LoneMinus { span });
        }
    }

    /// The longest expression whose operators bind at least as tightly as `least`.
    fn bind(&mut self, tokens: &mut Tokens, least: u8, place: Span) -> Operand {
        let mut left = match tokens.next() {
            Some(Token::Operand(operand)) => operand,
            Some(Token::Prefix(op, span)) => {
                let operand = self.bind(tokens, if op == UnaryOp::Not { NOT } else { MINUS }, place);
                if op == UnaryOp::Not && least > NOT {
                    self.fail(ParseError::NotInside {
                        operand: self.quote(operand.outer),
                        span,
                        whole: span.to(operand.outer),
                    });
                }
                let span = span.to(operand.outer);
                let expr = self.expr(span, ExprKind::Unary { op, operand: Box::new(operand.expr) });
                Operand { expr, outer: span }
            }
            Some(_) | None => return self.missing_operand(place),
        };
        let mut compared: Option<(Span, Span)> = None;
        while let Some(level) = tokens.peek().and_then(Token::level) {
            if level < least {
                break;
            }
            let Some(token) = tokens.next() else { break };
            if level == COMPARISON {
                compared = self.check_chain(compared, &left, &token, tokens);
            }
            left = self.join_operands(left, token, level, tokens, place);
        }
        left
    }

    /// Notes the place of a comparison's right side, and that a second comparison follows it.
    fn check_chain(
        &mut self,
        before: Option<(Span, Span)>,
        left: &Operand,
        token: &Token,
        tokens: &mut Tokens,
    ) -> Option<(Span, Span)> {
        let (op, right) = match (token, tokens.peek()) {
            (Token::Binary(_, op), Some(Token::Operand(right))) => (*op, right.outer),
            (Token::Binary(_, op), _) => (*op, *op),
            (Token::Is(ty, span), _) => (*span, ty.span),
            _ => return before,
        };
        if let Some((first, middle)) = before {
            let end = Span::new(op.start, right.end);
            let whole = Span::new(left.outer.start, right.end);
            // `best<text>(ideas)`: what types stand for is never written in a call.
            let called = Span::new(first.start, op.end);
            let generic = self.text_at(first) == "<"
                && self.text_at(op) == ">"
                && !self.text_at(called).contains(' ')
                && self.text_at(Span::new(op.end, right.end)).starts_with('(');
            let instead = if generic {
                let name = Span::new(left.outer.start, first.start);
                format!("{}{}", self.quote(name), self.quote(Span::new(op.end, right.end)))
            } else {
                format!("{} and {} {}", self.quote(left.outer), self.quote(middle), self.quote(end))
            };
            self.fail(ParseError::ChainedComparison { instead, span: op, whole });
        }
        Some((op, right))
    }

    fn join_operands(
        &mut self,
        left: Operand,
        token: Token,
        level: u8,
        tokens: &mut Tokens,
        place: Span,
    ) -> Operand {
        let mut outer = left.outer;
        let left = Box::new(left.expr);
        let mut right = |builder: &mut Self, least: u8| {
            let operand = builder.bind(tokens, least, place);
            outer = outer.to(operand.outer);
            Box::new(operand.expr)
        };
        let kind = match token {
            Token::Binary(BinaryOp::Coalesce, op_span) => {
                ExprKind::Binary { op: BinaryOp::Coalesce, op_span, left, right: right(self, level) }
            }
            Token::Binary(op, op_span) => {
                ExprKind::Binary { op, op_span, left, right: right(self, level + 1) }
            }
            Token::Pipe => ExprKind::Pipe { left, right: right(self, level + 1) },
            Token::But => ExprKind::But { base: left, changes: right(self, level + 1) },
            Token::Otherwise(kinds) => {
                ExprKind::Otherwise { value: left, kinds, fallback: right(self, level + 1) }
            }
            Token::Is(ty, span) => {
                outer = outer.to(span);
                ExprKind::Is { value: left, ty }
            }
            Token::As(ty, span) => {
                outer = outer.to(span);
                ExprKind::As { value: left, ty }
            }
            Token::Prefix(..) | Token::Operand(_) => return self.missing_operand(place),
        };
        let expr = self.expr(outer, kind);
        Operand { expr, outer }
    }
}
