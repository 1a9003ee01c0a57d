//! Names in items.

use super::Meaning;
use super::resolver::Resolver;
use crate::syntax::ast::{self, ClauseKind, ItemKind, Prompt};

/// The name of an item, if it has one.
#[must_use]
pub fn item_name(item: &ast::Item) -> Option<&ast::Ident> {
    item.name()
}

/// What an item is, with and without article.
pub(super) fn item_word(item: &ast::Item) -> (&'static str, &'static str) {
    match &item.kind {
        ItemKind::Use(_) => ("a module", "module"),
        ItemKind::Type(_) => ("a type", "type"),
        ItemKind::Instrument(_) => ("an instrument", "instrument"),
        ItemKind::Part(_) => ("a part", "part"),
        ItemKind::Movement(_) => ("a movement", "movement"),
        ItemKind::Test(_) => ("a test", "test"),
    }
}

impl<'a> Resolver<'a> {
    /// Names in one item. The tests of other modules are theirs.
    pub(super) fn item(&mut self, item: &'a ast::Item) {
        self.generics = &[];
        match &item.kind {
            ItemKind::Use(_) => {}
            ItemKind::Test(item) if self.at == 0 => self.block_in_scope(&item.body),
            ItemKind::Test(_) => {}
            ItemKind::Type(item) => {
                self.generics = &item.generics;
                self.typed(&item.body);
            }
            ItemKind::Instrument(item) => {
                self.params(item.params.as_deref().unwrap_or(&[]));
                self.own = Some(&item.name.name);
                self.expr(&item.value);
                self.own = None;
            }
            ItemKind::Part(item) => self.part(item),
            ItemKind::Movement(item) => {
                self.generics = &item.generics;
                self.params(&item.params);
                if let Some(returns) = &item.returns {
                    self.typed(returns);
                }
                if let Some(depth) = &item.depth {
                    self.expr(depth);
                }
                self.block_in_scope(&item.body);
            }
        }
    }

    /// Types and defaults of parameters, then their names.
    fn params(&mut self, params: &'a [ast::Param]) {
        self.in_default = Some(params);
        for param in params {
            self.typed(&param.typed);
            if let Some(default) = &param.default {
                self.expr(default);
            }
        }
        self.in_default = None;
        for param in params {
            if let Some(first) = self.scopes.get(&param.name.name) {
                let error = super::ResolveError::NamedTwice {
                    name: param.name.name.to_string(),
                    help: String::from("Give one of the two parameters another name.").into(),
                    span: param.name.span,
                    first: first.span,
                };
                self.report(error);
            }
            self.define(param.id, &param.name);
        }
    }

    fn part(&mut self, item: &'a ast::PartItem) {
        self.generics = &item.generics;
        self.params(&item.params);
        if let Some(returns) = &item.returns {
            self.typed(returns);
        }
        for clause in &item.clauses {
            self.clause(clause);
        }
        self.watch_params(item);
        match &item.prompt {
            Prompt::None => {}
            Prompt::Text(text) => self.text(text),
            Prompt::Roles(roles) => {
                for (_, _, text) in roles {
                    self.text(text);
                }
            }
        }
    }

    fn clause(&mut self, clause: &'a ast::Clause) {
        match &clause.kind {
            ClauseKind::By(expr)
            | ClauseKind::From(expr)
            | ClauseKind::Retry(expr)
            | ClauseKind::Turns(expr)
            | ClauseKind::Quorum(expr)
            | ClauseKind::Prefill(expr)
            | ClauseKind::Stdin(expr) => self.expr(expr),
            ClauseKind::Using(all) | ClauseKind::Within(all) => {
                for expr in all {
                    self.expr(expr);
                }
            }
            ClauseKind::Ensure { condition, message } => {
                let mark = self.scopes.open();
                self.define_word("it", Meaning::It, clause.span);
                self.expr(condition);
                self.text(message);
                self.scopes.close(mark);
            }
            ClauseKind::Otherwise(fallback) => {
                let mark = self.scopes.open();
                self.define_word("error", Meaning::Failure(fallback.id), clause.span);
                self.expr(fallback);
                self.scopes.close(mark);
            }
            ClauseKind::Class(_) | ClauseKind::Fresh => {}
        }
    }
}
