//! Names in types.

use super::guess;
use super::item::item_word;
use super::known;
use super::resolver::Resolver;
use super::{ItemId, Meaning, ResolveError};
use crate::base::Help;
use crate::syntax::ast::{self, ItemKind, TypeKind};
use crate::types;

impl<'a> Resolver<'a> {
    /// A type with its condition.
    pub(super) fn typed(&mut self, typed: &'a ast::Typed) {
        self.ty(&typed.ty);
        if let Some(condition) = &typed.condition {
            let mark = self.scopes.open();
            self.define_word("it", Meaning::It, condition.span);
            self.expr(&condition.test);
            if let Some(message) = &condition.message {
                self.text(message);
            }
            self.scopes.close(mark);
        }
    }

    /// A type.
    pub(super) fn ty(&mut self, ty: &'a ast::TypeExpr) {
        match &ty.kind {
            TypeKind::Named { module, name, arguments } => {
                for argument in arguments {
                    self.ty(argument);
                }
                match module {
                    None => self.type_name(ty, name),
                    Some(module) if self.names().imports.modules.contains_key(&*module.name) => {
                        if let Some((id, item)) = self.member(module, name) {
                            self.type_item(ty, name, id, item);
                        }
                    }
                    Some(module) if self.names().imports.lost.contains(&*module.name) => {}
                    Some(module) => {
                        let help =
                            format!("A module is brought in with `use {0}` or `use … as {0}`.", module.name);
                        let help = Some(help.into());
                        let name = module.name.to_string();
                        self.report(ResolveError::UnknownName { name, help, span: module.span });
                    }
                }
            }
            TypeKind::List { element, .. } => self.ty(element),
            TypeKind::Map(inner) | TypeKind::Optional(inner) => self.ty(inner),
            TypeKind::Union(members) => {
                for member in members {
                    self.ty(member);
                }
            }
            TypeKind::Literal(_) => {}
            TypeKind::Record(fields) => self.fields(fields),
            TypeKind::Part { params, returns } => {
                for param in params {
                    self.ty(param);
                }
                if let Some(returns) = returns {
                    self.ty(returns);
                }
            }
        }
    }

    fn fields(&mut self, fields: &'a [ast::Field]) {
        let mut seen: std::collections::HashMap<&str, &ast::Ident> = std::collections::HashMap::new();
        for field in fields {
            if let Some(first) = seen.insert(&field.name.name, &field.name) {
                let error = ResolveError::NamedTwice {
                    name: field.name.name.to_string(),
                    help: String::from("Give one of the two fields another name.").into(),
                    span: field.name.span,
                    first: first.span,
                };
                self.report(error);
            }
            self.typed(&field.typed);
            if let Some(default) = &field.default {
                self.expr(default);
            }
        }
    }

    fn type_name(&mut self, ty: &'a ast::TypeExpr, name: &'a ast::Ident) {
        if known::builtin_type(&name.name).is_some()
            || self.generics.iter().any(|generic| generic.name == name.name)
        {
            return;
        }
        if let Some((id, item)) = self.look(&name.name) {
            self.type_item(ty, name, id, item);
            return;
        }
        if self.names().imports.lost.contains(&*name.name) {
            return;
        }
        if let Some(known) = types::known().named(&name.name).and_then(|record| record.name.as_deref()) {
            self.resolved.meanings.set(ty.id, Meaning::Known(known));
            return;
        }
        let help = self.type_guess(name).or_else(|| guess::word_help(&name.name, name.span));
        self.report(ResolveError::UnknownType { name: name.name.to_string(), help, span: name.span });
    }

    fn type_item(&mut self, ty: &ast::TypeExpr, name: &ast::Ident, id: ItemId, item: &ast::Item) {
        if matches!(item.kind, ItemKind::Type(_)) {
            self.resolved.meanings.set(ty.id, Meaning::Item(id));
            return;
        }
        let (what, _) = item_word(item);
        let help = self.type_guess(name);
        self.report(ResolveError::NotAType { name: name.name.to_string(), what, help, span: name.span });
    }

    fn type_guess(&mut self, name: &ast::Ident) -> Option<Help> {
        if !self.may_guess() {
            return None;
        }
        let mut items: Vec<&str> = self
            .names()
            .items
            .iter()
            .filter(|(_, (_, item))| matches!(item.kind, ItemKind::Type(_)))
            .map(|(name, _)| *name)
            .collect();
        items.sort_unstable();
        let mut visible: Vec<&str> = self.generics.iter().map(|generic| &*generic.name).collect();
        visible.extend(items);
        for name in known::type_names() {
            visible.push(name);
        }
        visible.extend(["Ran", "Response", "Error"]);
        guess::type_help(&name.name, name.span, visible)
    }
}
