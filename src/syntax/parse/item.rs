//! Items.

use super::build::{Builder, Pair, Pairs, find};
use super::grammar::Rule;
use super::text::is_text;
use crate::base::{Name, Span};
use crate::syntax::ParseError;
use crate::syntax::ast::{
    Expr, Ident, InstrumentItem, Item, ItemKind, MovementItem, Param, ParamRole, PartItem, Prompt, Role,
    TestItem, Text, TypeItem, Typed, Use,
};

/// What stands before the body of a part or movement.
#[derive(Default)]
struct Head {
    name: Option<Ident>,
    generics: Vec<Ident>,
    params: Option<Vec<Param>>,
    returns: Option<Typed>,
}

impl Builder<'_, '_> {
    /// An item; `pair` is its rule.
    pub(super) fn item(&mut self, pair: Pair<'_>) -> Option<Item> {
        let span = self.tight(&pair);
        let doc = self.docs.above(span);
        let id = self.ids.fresh();
        let rule = pair.as_rule();
        let inner = pair.into_inner();
        let kind = match rule {
            Rule::use_item => ItemKind::Use(self.use_item(inner, span)),
            Rule::type_item => ItemKind::Type(self.type_item(inner, span)),
            Rule::instrument_item => ItemKind::Instrument(self.instrument_item(inner, span)),
            Rule::part_item => ItemKind::Part(Box::new(self.part_item(inner, span))),
            Rule::movement_item => ItemKind::Movement(self.movement_item(inner, span)?),
            Rule::test_item => ItemKind::Test(self.test_item(inner, span)?),
            _ => return None,
        };
        Some(Item { id, span, doc, kind })
    }

    fn use_item(&mut self, inner: Pairs<'_>, span: Span) -> Use {
        let mut path = (Name::from(""), span);
        let mut alias = None;
        let mut names = Vec::new();
        for part in inner {
            match part.as_rule() {
                Rule::path => {
                    let place = self.span(&part);
                    self.check_path(part.as_str(), place);
                    path = (Name::from(part.as_str()), place);
                }
                Rule::name => alias = Some(self.ident(&part)),
                Rule::used => {
                    let mut words = part.into_inner().filter(|word| word.as_rule() == Rule::name);
                    if let Some(name) = words.next() {
                        let alias = words.next().map(|alias| self.ident(&alias));
                        names.push((self.ident(&name), alias));
                    }
                }
                _ => {}
            }
        }
        Use { path: path.0, path_span: path.1, alias, names }
    }

    fn check_path(&mut self, path: &str, span: Span) {
        let help = if let Some(bare) = path.strip_suffix(".score") {
            format!("Leave the ending out: `{bare}`.")
        } else if path.starts_with('/') {
            String::from("A path begins with `./`, `../`, `std/` or the name of a package.")
        } else {
            let mut steps = path.split('/').skip_while(|step| matches!(*step, "." | ".."));
            let good = |step: &str| !step.is_empty() && !step.contains('.');
            let mut any = false;
            if steps.all(|step| {
                any = true;
                good(step)
            }) && any
            {
                return;
            }
            String::from(
                "Write `use std/web { search }`, `use ./file { name }` or `use package/module as m`.",
            )
        };
        self.fail(ParseError::Path { path: path.to_owned(), help: help.into(), span });
    }

    fn type_item(&mut self, inner: Pairs<'_>, span: Span) -> TypeItem {
        let mut head = Head::default();
        let mut ty = None;
        let mut condition = None;
        for part in inner {
            match part.as_rule() {
                Rule::defined_type => self.defined(part, &mut head),
                Rule::record_type => ty = Some(self.record_type(part)),
                Rule::condition => condition = Some(self.condition(part)),
                Rule::typed => {
                    let typed = self.typed(part);
                    ty = Some(typed.ty);
                    condition = typed.condition;
                }
                _ => {}
            }
        }
        let name = head.name.unwrap_or_else(|| self.missing_ident(span));
        self.check_type_name(&name);
        let body = Typed { ty: ty.unwrap_or_else(|| self.missing_type(span)), condition };
        TypeItem { name, generics: head.generics, body }
    }

    /// `name<T, U>`
    fn defined(&mut self, pair: Pair<'_>, head: &mut Head) {
        for part in pair.into_inner() {
            if part.as_rule() == Rule::generics {
                for name in part.into_inner().filter(|inner| inner.as_rule() == Rule::name) {
                    let name = self.ident(&name);
                    self.check_type_name(&name);
                    head.generics.push(name);
                }
            } else {
                head.name = Some(self.ident(&part));
            }
        }
    }

    fn instrument_item(&mut self, inner: Pairs<'_>, span: Span) -> InstrumentItem {
        let mut name = None;
        let mut params = None;
        let mut value = None;
        for part in inner {
            match part.as_rule() {
                Rule::name => name = Some(self.ident(&part)),
                Rule::params => params = Some(self.params(part)),
                Rule::expression => value = Some(self.expression(part)),
                _ => {}
            }
        }
        let name = name.unwrap_or_else(|| self.missing_ident(span));
        self.check_value_name(&name);
        InstrumentItem { name, params, value: value.unwrap_or_else(|| self.missing(span)) }
    }

    fn params(&mut self, pair: Pair<'_>) -> Vec<Param> {
        let params = pair.into_inner().filter(|part| part.as_rule() == Rule::param);
        params.map(|part| self.param(part)).collect()
    }

    fn param(&mut self, pair: Pair<'_>) -> Param {
        let place = self.span(&pair);
        let doc = self.docs.above(place);
        let id = self.ids.fresh();
        let (mut role, mut name, mut typed, mut default) = (None, None, None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::role if part.as_str() == "content" => role = Some(ParamRole::Content),
                Rule::role => role = Some(ParamRole::Control),
                Rule::name => name = Some(self.ident(&part)),
                Rule::typed => typed = Some(self.typed(part)),
                Rule::expression => default = Some(self.listing(true, |builder| builder.expression(part))),
                _ => {}
            }
        }
        let name = name.unwrap_or_else(|| self.missing_ident(place));
        self.check_value_name(&name);
        let typed = typed.unwrap_or_else(|| Typed { ty: self.missing_type(place), condition: None });
        Param { id, name, doc, role, typed, default }
    }

    fn head_part(&mut self, part: Pair<'_>, head: &mut Head) {
        match part.as_rule() {
            Rule::defined_type => self.defined(part, head),
            Rule::params => head.params = Some(self.params(part)),
            Rule::returns => {
                let typed = find(&mut part.into_inner(), Rule::typed);
                head.returns = typed.map(|typed| self.typed(typed));
            }
            _ => {}
        }
    }

    fn part_item(&mut self, inner: Pairs<'_>, span: Span) -> PartItem {
        let mut head = Head::default();
        let mut clauses = Vec::new();
        let mut prompt: Vec<(Option<Role>, Span, Text)> = Vec::new();
        for part in inner {
            match part.as_rule() {
                Rule::clause => {
                    let place = self.tight(&part);
                    if let Some((_, first, _)) = prompt.first() {
                        let (written, text) = (self.quote(place), Span::at(first.start));
                        let before = self.source[..self.offset(place)].trim_end().len();
                        let gap = Span::new(self.local(before, before).start, place.end);
                        self.fail(ParseError::LateClause { written, span: place, text, gap });
                    }
                    clauses.extend(self.clause(part));
                }
                Rule::late_text => self.prompt_text(part, &head, &mut prompt),
                _ => self.head_part(part, &mut head),
            }
        }
        self.check_repeated(&clauses);
        let name = head.name.unwrap_or_else(|| self.missing_ident(span));
        self.check_value_name(&name);
        PartItem {
            name,
            generics: head.generics,
            params: head.params.unwrap_or_default(),
            returns: head.returns,
            clauses,
            prompt: into_prompt(prompt),
        }
    }

    fn prompt_text(&mut self, pair: Pair<'_>, head: &Head, prompt: &mut Vec<(Option<Role>, Span, Text)>) {
        let place = self.span(&pair);
        let mut role = None;
        let mut text = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::kw_system => role = Some(Role::System),
                Rule::kw_user => role = Some(Role::User),
                Rule::kw_assistant => role = Some(Role::Assistant),
                rule if is_text(rule) => text = Some(self.text(&part)),
                _ => {}
            }
        }
        let text = text.unwrap_or_else(|| self.missing_text(place));
        if let Some((first, ..)) = prompt.first()
            && (first.is_none() || role.is_none())
        {
            let literal =
                head.returns.as_ref().is_some_and(|typed| self.text_at(typed.ty.span).ends_with('"'));
            let choice = if literal { " If it belongs to the type, put `|` before it." } else { "" };
            self.fail(ParseError::TwoTexts { choice: choice.to_owned(), span: text.span });
        }
        prompt.push((role, Span::new(place.start, text.span.end), text));
    }

    fn movement_item(&mut self, inner: Pairs<'_>, span: Span) -> Option<MovementItem> {
        let mut head = Head::default();
        let (mut thinks, mut depth, mut body) = (None, None::<Expr>, None);
        for part in inner {
            match part.as_rule() {
                Rule::kw_thinks => {
                    let place = self.span(&part);
                    if let Some(first) = thinks.replace(place) {
                        self.fail_twice("thinks", place, first);
                    }
                }
                Rule::depth => {
                    let place = self.tight(&part);
                    let bound = part
                        .into_inner()
                        .find(|inner| !matches!(inner.as_rule(), Rule::kw_up_to | Rule::kw_deep));
                    let bound = bound.map(|bound| self.single(bound));
                    if let Some(first) = std::mem::replace(&mut depth, bound) {
                        self.fail_twice("up to … deep", place, first.span);
                    }
                }
                Rule::block => body = Some(self.block(part)),
                _ => self.head_part(part, &mut head),
            }
        }
        let name = head.name.unwrap_or_else(|| self.missing_ident(span));
        self.check_value_name(&name);
        Some(MovementItem {
            name,
            generics: head.generics,
            params: head.params.unwrap_or_default(),
            returns: head.returns,
            thinks,
            depth,
            body: body?,
        })
    }

    fn fail_twice(&mut self, word: &str, span: Span, first: Span) {
        let help = String::from("Delete one of the two.");
        self.fail(ParseError::Repeated { word: word.to_owned(), help: help.into(), span, first });
    }

    fn test_item(&mut self, inner: Pairs<'_>, span: Span) -> Option<TestItem> {
        let mut name = None;
        let mut body = None;
        self.in_test = true;
        for part in inner {
            match part.as_rule() {
                rule if is_text(rule) => {
                    self.plain_text(&part, "the name of a test");
                    name = Some(self.text(&part));
                }
                Rule::block => body = Some(self.block(part)),
                _ => {}
            }
        }
        self.in_test = false;
        let name = name.unwrap_or_else(|| self.missing_text(span));
        Some(TestItem { name, body: body? })
    }

    /// Values, parts, movements and instruments begin with a small letter.
    pub(super) fn check_value_name(&mut self, name: &Ident) {
        if name.name.starts_with(|first: char| first.is_ascii_uppercase()) {
            let instead = snake_case(&name.name);
            let what = "the name of a value, part, movement or instrument";
            self.fail(ParseError::NameCase { what, style: "snake_case", instead, span: name.span });
        }
    }

    fn check_type_name(&mut self, name: &Ident) {
        if !name.name.trim_start_matches('_').starts_with(|first: char| first.is_ascii_uppercase()) {
            let instead = camel_case(&name.name);
            self.fail(ParseError::NameCase {
                what: "the name of a type",
                style: "CamelCase",
                instead,
                span: name.span,
            });
        }
    }
}

fn into_prompt(texts: Vec<(Option<Role>, Span, Text)>) -> Prompt {
    let mut roles = Vec::new();
    for (role, span, text) in texts {
        match role {
            Some(role) => roles.push((role, span, text)),
            None => return Prompt::Text(text),
        }
    }
    if roles.is_empty() { Prompt::None } else { Prompt::Roles(roles) }
}

pub(super) fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    let mut before_small = false;
    for character in name.chars() {
        if character.is_ascii_uppercase() && before_small {
            snake.push('_');
        }
        before_small = character.is_ascii_lowercase() || character.is_ascii_digit();
        snake.push(character.to_ascii_lowercase());
    }
    snake
}

fn camel_case(name: &str) -> String {
    let words = name.split('_').filter(|word| !word.is_empty());
    let capital = |word: &str| word[..1].to_ascii_uppercase() + &word[1..];
    let camel: String = words.map(capital).collect();
    if name.starts_with('_') { format!("_{camel}") } else { camel }
}
