//! Types, fields and parameters.

use super::Formatter;
use super::document::{Doc, all, join};
use crate::base::Span;
use crate::syntax::ast::{Field, Param, ParamRole, TypeExpr, TypeKind, Typed};

impl Formatter<'_> {
    /// A type with its condition.
    pub(super) fn typed(&self, typed: &Typed) -> Doc {
        let ty = self.ty(&typed.ty);
        let Some(condition) = &typed.condition else { return ty };
        let message = match &condition.message {
            Some(message) => all([Doc::Line, Doc::text("else "), self.text(message)]),
            None => Doc::Nil,
        };
        let condition = all([Doc::text("where "), self.expr(&condition.test), message]);
        all([ty, all([Doc::Line, condition]).nest()]).group()
    }

    pub(super) fn ty(&self, ty: &TypeExpr) -> Doc {
        match &ty.kind {
            TypeKind::Named { module, name, arguments } => {
                let module = module.as_ref().map_or(String::new(), |module| format!("{}.", module.name));
                let head = Doc::text(format!("{module}{}", name.name));
                if arguments.is_empty() {
                    return head;
                }
                let inner = join(arguments.iter().map(|argument| self.ty(argument)), &Doc::text(", "));
                all([head, Doc::text("<"), inner, Doc::text(">")])
            }
            TypeKind::List { element, size } => {
                let size = size.map_or(String::new(), |size| format!("; {}", self.slice(size.span).trim()));
                all([Doc::text("["), self.ty(element), Doc::text(size), Doc::text("]")])
            }
            TypeKind::Map(inner) => all([Doc::text("map["), self.ty(inner), Doc::text("]")]),
            TypeKind::Optional(inner) => {
                // A part type that may be left out keeps its parentheses, as a union does.
                if matches!(inner.kind, TypeKind::Union(_) | TypeKind::Part { .. }) {
                    return all([Doc::text("("), self.ty(inner), Doc::text(")?")]);
                }
                all([self.ty(inner), Doc::text("?")])
            }
            TypeKind::Union(members) => self.union(members),
            TypeKind::Literal(_) => self.verbatim(ty.span),
            TypeKind::Record(fields) => self.record_type(ty.span, fields),
            TypeKind::Part { params, returns } => {
                let params = join(params.iter().map(|param| self.ty(param)), &Doc::text(", "));
                let returns = match returns {
                    Some(returns) => all([Doc::text(" -> "), self.member(returns)]),
                    None => Doc::Nil,
                };
                all([Doc::text("part("), params, Doc::text(")"), returns])
            }
        }
    }

    fn union(&self, members: &[TypeExpr]) -> Doc {
        let between = all([Doc::Line, Doc::text("| ")]);
        let members = join(members.iter().map(|member| self.member(member)), &between);
        all([Doc::Nil, members]).nest().group()
    }

    /// A member of a union; one that is a union itself stands in parentheses.
    fn member(&self, ty: &TypeExpr) -> Doc {
        let wrapped = matches!(ty.kind, TypeKind::Union(_));
        if wrapped { all([Doc::text("("), self.ty(ty), Doc::text(")")]) } else { self.ty(ty) }
    }

    /// `{ a: text, b: int }`; a line each without commas where it is broken.
    pub(super) fn record_type(&self, span: Span, fields: &[Field]) -> Doc {
        if fields.is_empty() {
            return match self.below(span.start, span.end) {
                Doc::Nil => Doc::text("{}"),
                below => all([Doc::text("{"), below.nest(), Doc::Hard, Doc::text("}")]),
            };
        }
        let mut docs = Vec::new();
        let mut at = span.start + 1;
        for (n, field) in fields.iter().enumerate() {
            let place = self.place_of_field(field);
            let above = self.above(at, place.start);
            let shown = self.field(field);
            let stray = self.stray(place);
            let next = fields.get(n + 1).map_or(span.end, |next| next.name.span.start);
            let behind = self.behind(place.end, next);
            docs.push(all([above, stray, shown, behind]));
            if n + 1 < fields.len() {
                docs.push(Doc::Separator);
                if self.is_apart(place.end, next) && self.breaks_after(span.start + 1) {
                    docs.push(Doc::Hard);
                }
            }
            at = place.end;
        }
        let below = self.below(at, span.end);
        let inner = all([Doc::Line, all(docs), below]).nest();
        all([Doc::text("{"), inner, Doc::Line, Doc::text("}")]).group_if(self.breaks_after(span.start + 1))
    }

    fn place_of_field(&self, field: &Field) -> Span {
        let end = match &field.default {
            Some(default) => self.end_of(default),
            None => self.end_of_typed(&field.typed),
        };
        Span::new(field.name.span.start, end)
    }

    fn field(&self, field: &Field) -> Doc {
        let default = self.default(field.default.as_ref());
        all([Doc::text(format!("{}: ", field.name.name)), self.typed(&field.typed), default])
    }

    fn default(&self, default: Option<&crate::syntax::ast::Expr>) -> Doc {
        match default {
            Some(default) => all([Doc::text(" = "), self.expr(default)]),
            None => Doc::Nil,
        }
    }

    /// Where a type with its condition ends.
    pub(super) fn end_of_typed(&self, typed: &Typed) -> u32 {
        let condition = typed.condition.as_ref().map(|condition| {
            let message = condition.message.as_ref().map(|message| message.span.end);
            message.unwrap_or_else(|| self.end_of(&condition.test))
        });
        condition.unwrap_or(typed.ty.span.end)
    }

    /// `(a: text, b: int = 1)`; `from` is a place before the opening parenthesis.
    pub(super) fn params(&self, from: u32, params: &[Param]) -> Doc {
        let start = self.find(from, '(');
        let place = |param: &Param| {
            let end = match &param.default {
                Some(default) => self.end_of(default),
                None => self.end_of_typed(&param.typed),
            };
            let name = param.name.span.start;
            // `content` and `control` stand before the name.
            let start = match param.role {
                Some(_) => {
                    let before = self.between(self.base, name).trim_end();
                    let word = before.rfind(|letter: char| !letter.is_alphanumeric()).map_or(0, |at| at + 1);
                    self.base + u32::try_from(word).unwrap_or(0)
                }
                None => name,
            };
            Span::new(start, end)
        };
        let last = params.last().map_or(start + 1, |param| place(param).end);
        let end = self.find(last, ')');
        self.list(("(", ")"), (start, end), params, place, |param| {
            let role = match param.role {
                Some(ParamRole::Content) => "content ",
                Some(ParamRole::Control) => "control ",
                None => "",
            };
            let head = Doc::text(format!("{role}{}: ", param.name.name));
            all([head, self.typed(&param.typed), self.default(param.default.as_ref())])
        })
    }
}
