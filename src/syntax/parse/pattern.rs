//! Patterns of `match`.

use super::build::{Builder, Pair};
use super::grammar::Rule;
use super::text::is_text;
use crate::base::Span;
use crate::syntax::ParseError;
use crate::syntax::ast::{Arm, LiteralType, Pattern, PatternKind, TypeExpr, TypeKind};
use crate::syntax::word::TYPES;

impl Builder<'_, '_> {
    /// `pattern if guard => body`
    pub(super) fn arm(&mut self, pair: Pair<'_>) -> Arm {
        let span = self.tight(&pair);
        let (mut pattern, mut guard, mut body) = (None, None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::pattern => pattern = Some(self.pattern(part)),
                Rule::guard => guard = Some(self.expression(part)),
                Rule::block | Rule::expression => {
                    body = self.listing(true, |builder| builder.arrow_body(part));
                }
                _ => {}
            }
        }
        let pattern =
            pattern.unwrap_or_else(|| Pattern { id: self.ids.fresh(), span, kind: PatternKind::Any });
        Arm { span, pattern, guard, body: body.unwrap_or_else(|| self.missing(span)) }
    }

    fn pattern(&mut self, pair: Pair<'_>) -> Pattern {
        let span = self.tight(&pair);
        let parts = pair.into_inner().filter(|part| part.as_rule() == Rule::pattern_atom);
        let mut atoms: Vec<Pattern> = parts.map(|part| self.pattern_atom(part)).collect();
        match atoms.pop() {
            Some(only) if atoms.is_empty() => only,
            last => {
                atoms.extend(last);
                Pattern { id: self.ids.fresh(), span, kind: PatternKind::Either(atoms) }
            }
        }
    }

    fn pattern_atom(&mut self, pair: Pair<'_>) -> Pattern {
        let span = self.tight(&pair);
        let id = self.ids.fresh();
        let mut inner = pair.into_inner();
        let Some(first) = inner.peek() else {
            self.missing(span);
            return Pattern { id, span, kind: PatternKind::Any };
        };
        let kind = match first.as_rule() {
            Rule::any => PatternKind::Any,
            Rule::kw_nothing => PatternKind::Nothing,
            Rule::type_pattern => {
                inner.next();
                self.type_pattern(first, span)
            }
            Rule::name => {
                let name = self.ident(&first);
                if TYPES.contains(&&*name.name) {
                    self.fail(ParseError::BareTypePattern { name: name.name.to_string(), span });
                }
                self.check_value_name(&name);
                PatternKind::Bind(name)
            }
            rule if is_text(rule) => PatternKind::Literal(LiteralType::Text(self.literal_text(&first))),
            _ => PatternKind::Literal(self.literal(inner, span)),
        };
        Pattern { id, span, kind }
    }

    fn type_pattern(&mut self, pair: Pair<'_>, span: Span) -> PatternKind {
        let mut ty = None;
        let mut binding = None;
        for part in pair.into_inner() {
            let place = self.tight(&part);
            match part.as_rule() {
                Rule::binder => binding = part.into_inner().next().map(|name| self.ident(&name)),
                Rule::built_in_type => {
                    let name = self.ident(&part);
                    let kind = TypeKind::Named { module: None, name, arguments: Vec::new() };
                    ty = Some(TypeExpr { id: self.ids.fresh(), span: place, kind });
                }
                Rule::capital_type => {
                    let kind = self.named_type(part.into_inner(), place);
                    ty = Some(TypeExpr { id: self.ids.fresh(), span: place, kind });
                }
                _ => ty = Some(self.type_primary(part)),
            }
        }
        if let Some(name) = &binding {
            self.check_value_name(name);
        }
        let binding = binding.filter(|name| &*name.name != "_");
        PatternKind::Type { ty: ty.unwrap_or_else(|| self.missing_type(span)), binding }
    }
}
