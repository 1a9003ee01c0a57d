//! Types as written.

use super::build::{Builder, Pair, Pairs, find};
use super::foreign_type::{named, takes_arguments, translated};
use super::grammar::Rule;
use super::number::number;
use super::text::is_text;
use crate::base::{Name, Span};
use crate::syntax::ParseError;
use crate::syntax::ast::{Condition, ExprKind, Field, Ident, LiteralType, Size, TypeExpr, TypeKind, Typed};

impl Builder<'_, '_> {
    /// `TYPE [where COND [else TEXT]]`
    pub(super) fn typed(&mut self, pair: Pair<'_>) -> Typed {
        let span = self.span(&pair);
        let mut ty = None;
        let mut condition = None;
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::type_expression => ty = Some(self.type_expression(inner)),
                Rule::condition => condition = Some(self.condition(inner)),
                _ => {}
            }
        }
        Typed { ty: ty.unwrap_or_else(|| self.missing_type(span)), condition }
    }

    pub(super) fn condition(&mut self, pair: Pair<'_>) -> Condition {
        let span = self.tight(&pair);
        let mut test = None;
        let mut message = None;
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::bare_expression => test = Some(self.expression(inner)),
                rule if is_text(rule) => message = Some(self.text(&inner)),
                _ => {}
            }
        }
        Condition { span, test: test.unwrap_or_else(|| self.missing(span)), message }
    }

    pub(super) fn type_expression(&mut self, pair: Pair<'_>) -> TypeExpr {
        let span = self.tight(&pair);
        self.deeper(1, span, |builder| builder.union(pair, span)).unwrap_or_else(|| self.missing_type(span))
    }

    fn union(&mut self, pair: Pair<'_>, span: Span) -> TypeExpr {
        let parts: Vec<Pair<'_>> =
            pair.into_inner().filter(|inner| inner.as_rule() == Rule::type_member).collect();
        let alone = parts.len() == 1;
        let mut members = Vec::with_capacity(parts.len());
        for part in parts {
            let mark = part.clone().into_inner().find(|inner| inner.as_rule() == Rule::optional);
            let member = self.type_member(part);
            if let (false, Some(mark)) = (alone, mark) {
                let whole = span;
                let left = self
                    .text_at(span)
                    .replace(&format!("{}?", self.text_at(member.span).trim_end_matches('?')), "");
                let shown = self.text_at(member.span).trim_end_matches('?').to_owned();
                let rest = left.trim().trim_end_matches('|').trim();
                let union = if rest.is_empty() { shown.clone() } else { format!("{rest} | {shown}") };
                let span = self.span(&mark);
                self.fail(ParseError::OptionalMember { member: shown, union, span, whole });
            }
            members.push(member);
        }
        match members.pop() {
            Some(member) if alone => member,
            Some(member) => {
                members.push(member);
                TypeExpr { id: self.ids.fresh(), span, kind: TypeKind::Union(members) }
            }
            None => self.missing_type(span),
        }
    }

    /// One member of a union.
    pub(super) fn type_member(&mut self, pair: Pair<'_>) -> TypeExpr {
        let span = self.tight(&pair);
        self.deeper(1, span, |builder| builder.member(pair, span)).unwrap_or_else(|| self.missing_type(span))
    }

    fn member(&mut self, pair: Pair<'_>, span: Span) -> TypeExpr {
        let mut ty = None;
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::optional => {
                    let of = ty.take().unwrap_or_else(|| self.missing_type(span));
                    ty =
                        Some(TypeExpr { id: self.ids.fresh(), span, kind: TypeKind::Optional(Box::new(of)) });
                }
                _ => ty = Some(self.type_primary(inner)),
            }
        }
        ty.unwrap_or_else(|| self.missing_type(span))
    }

    /// A list, map, literal, name, part type, or a type in parentheses.
    pub(super) fn type_primary(&mut self, pair: Pair<'_>) -> TypeExpr {
        let span = self.tight(&pair);
        let rule = pair.as_rule();
        let mut inner = pair.into_inner();
        let kind = match rule {
            Rule::paren_type => {
                return match find(&mut inner, Rule::type_expression) {
                    Some(inside) => self.type_expression(inside),
                    None => self.missing_type(span),
                };
            }
            Rule::list_type => self.list_type(inner, span),
            Rule::map_type => {
                let inside =
                    find(&mut inner, Rule::type_expression).map(|inside| self.type_expression(inside));
                TypeKind::Map(Box::new(inside.unwrap_or_else(|| self.missing_type(span))))
            }
            Rule::literal_type => TypeKind::Literal(self.literal(inner, span)),
            Rule::part_type => self.part_type(inner),
            _ => self.named_type(inner, span),
        };
        TypeExpr { id: self.ids.fresh(), span, kind }
    }

    fn list_type(&mut self, inner: Pairs<'_>, span: Span) -> TypeKind {
        let mut element = None;
        let mut size = None;
        for part in inner {
            match part.as_rule() {
                Rule::type_expression => element = Some(self.type_expression(part)),
                Rule::size => size = self.size(part),
                _ => {}
            }
        }
        TypeKind::List { element: Box::new(element.unwrap_or_else(|| self.missing_type(span))), size }
    }

    fn size(&mut self, pair: Pair<'_>) -> Option<Size> {
        let span = self.tight(&pair);
        let mut bounds: [Option<u64>; 2] = [None, None];
        let mut ranged = false;
        for part in pair.into_inner() {
            if part.as_rule() == Rule::dot_dot {
                ranged = true;
                continue;
            }
            let Ok(ExprKind::Int(value)) = number(part.as_str(), span) else {
                let help = String::from("Write `[T; 3]`, `[T; 1..5]`, `[T; ..10]` or `[T; 1..]`.");
                self.fail(ParseError::Size { help: help.into(), span: self.span(&part) });
                return None;
            };
            bounds[usize::from(ranged)] = u64::try_from(value).ok();
        }
        let [min, max] = if ranged { bounds } else { [bounds[0], bounds[0]] };
        if let (Some(least), Some(most)) = (min, max)
            && least > most
        {
            let help = format!("From small to great: `{most}..{least}`.");
            self.fail(ParseError::Size { help: help.into(), span });
        }
        Some(Size { span, min, max })
    }

    /// A text, number, `true` or `false` as a type or pattern.
    pub(super) fn literal(&mut self, inner: Pairs<'_>, span: Span) -> LiteralType {
        let mut negative = false;
        for part in inner {
            match part.as_rule() {
                Rule::minus => negative = true,
                Rule::kw_true => return LiteralType::Bool(true),
                Rule::kw_false => return LiteralType::Bool(false),
                Rule::numeric => return self.literal_number(&part, negative),
                rule if is_text(rule) => return LiteralType::Text(self.plain_text(&part, "a literal type")),
                _ => {}
            }
        }
        self.missing(span);
        LiteralType::Bool(false)
    }

    fn literal_number(&mut self, part: &Pair<'_>, negative: bool) -> LiteralType {
        let span = self.span(part);
        match number(part.as_str(), span) {
            Ok(ExprKind::Int(value)) => LiteralType::Int(if negative { -value } else { value }),
            Ok(ExprKind::Number(value)) => LiteralType::Number(if negative { -value } else { value }),
            Ok(_) => {
                let help = String::from("A literal type or pattern is a text, a number, `true` or `false`.");
                self.fail(ParseError::Number { written: part.as_str().to_owned(), help: help.into(), span });
                LiteralType::Int(0)
            }
            Err(error) => {
                self.fail(error);
                LiteralType::Int(0)
            }
        }
    }

    fn part_type(&mut self, inner: Pairs<'_>) -> TypeKind {
        let mut params = Vec::new();
        let mut returns = None;
        for part in inner {
            match part.as_rule() {
                Rule::type_expression => params.push(self.type_expression(part)),
                Rule::type_member => returns = Some(Box::new(self.type_member(part))),
                _ => {}
            }
        }
        TypeKind::Part { params, returns }
    }

    /// `Name`, `m.Name`, `Name<A>`.
    pub(super) fn named_type(&mut self, inner: Pairs<'_>, span: Span) -> TypeKind {
        let mut first: Option<Ident> = None;
        let mut module = None;
        let mut arguments = Vec::new();
        for part in inner {
            match part.as_rule() {
                Rule::type_name | Rule::name => {
                    let name = self.ident(&part);
                    module = first.replace(name);
                }
                Rule::type_arguments if first.as_ref().is_some_and(|name| takes_arguments(&name.name)) => {
                    let found = first.as_ref().map_or(String::new(), |name| name.name.to_string());
                    let instead = translated(self.text_at(span));
                    self.fail(ParseError::ForeignType { found, instead, span });
                    return TypeKind::Union(Vec::new());
                }
                Rule::type_arguments => {
                    for argument in part.into_inner().filter(|inner| inner.as_rule() == Rule::type_expression)
                    {
                        arguments.push(self.type_expression(argument));
                    }
                }
                _ => {}
            }
        }
        let name = first.unwrap_or_else(|| self.missing_ident(span));
        if module.is_none()
            && let Some(instead) = named(&name.name)
        {
            let (found, instead) = (name.name.to_string(), instead.to_owned());
            self.fail(ParseError::ForeignType { found, instead, span: name.span });
        }
        TypeKind::Named { module, name, arguments }
    }

    /// The fields of a record type.
    pub(super) fn record_type(&mut self, pair: Pair<'_>) -> TypeExpr {
        let span = self.span(&pair);
        let mut fields = Vec::new();
        for part in pair.into_inner().filter(|inner| inner.as_rule() == Rule::field_type) {
            let place = self.span(&part);
            let doc = self.docs.above(place);
            let mut name = None;
            let mut typed = None;
            let mut default = None;
            for inner in part.into_inner() {
                match inner.as_rule() {
                    Rule::word => name = Some(self.ident(&inner)),
                    Rule::typed => typed = Some(self.typed(inner)),
                    Rule::expression => default = Some(self.expression(inner)),
                    _ => {}
                }
            }
            let name = name.unwrap_or_else(|| self.missing_ident(place));
            let typed = typed.unwrap_or_else(|| Typed { ty: self.missing_type(place), condition: None });
            fields.push(Field { id: self.ids.fresh(), name, doc, typed, default });
        }
        TypeExpr { id: self.ids.fresh(), span, kind: TypeKind::Record(fields) }
    }

    /// The text of a literal type of one token, for patterns.
    pub(super) fn literal_text(&mut self, part: &Pair<'_>) -> Name {
        self.plain_text(part, "a pattern")
    }
}
