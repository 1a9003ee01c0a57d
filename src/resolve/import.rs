//! What `use` brings in: names of other modules, and modules as a whole.

use std::collections::{HashMap, HashSet};

use super::item::item_name;
use super::resolver::{ModuleNames, Resolver};
use super::{ItemId, ResolveError, known};
use crate::base::{Span, did_you_mean};
use crate::load::{Module, Program};
use crate::syntax::ast::{self, ItemKind};
use crate::types;

/// What a module brings in.
#[derive(Default)]
pub(super) struct Imports<'a> {
    /// Names brought in one by one, with the place where that is written. Their items stand among the
    /// module's own.
    pub names: HashMap<&'a str, Span>,
    /// Modules brought in as a whole; `None` for one that could not be loaded.
    pub modules: HashMap<&'a str, (Option<usize>, Span)>,
    /// Names that were to be brought in and could not: nothing is said of their uses.
    pub lost: HashSet<&'a str>,
    /// What is used of all this.
    pub used: HashSet<&'a str>,
}

impl<'a> Resolver<'a> {
    /// Brings in what the `use`s of a module name. The items of all modules are known.
    pub(super) fn import(&mut self, program: &'a Program, at: usize) {
        let module: &'a Module = &program.modules[at];
        for item in &module.file.items {
            let ItemKind::Use(used) = &item.kind else { continue };
            let target = module.uses.get(&item.id).copied();
            for (name, alias) in &used.names {
                self.import_name(at, target, used, name, alias.as_ref().unwrap_or(name));
            }
            if used.names.is_empty() {
                let (name, span) = match &used.alias {
                    Some(alias) => (&*alias.name, alias.span),
                    None => (last_step(&used.path), used.path_span),
                };
                if self.is_free(at, name, span, used) {
                    self.modules[at].imports.modules.insert(name, (target, span));
                }
            }
        }
    }

    fn import_name(
        &mut self,
        at: usize,
        target: Option<usize>,
        used: &'a ast::Use,
        name: &'a ast::Ident,
        alias: &'a ast::Ident,
    ) {
        let local: &'a str = &alias.name;
        let Some(target) = target else {
            self.modules[at].imports.lost.insert(local);
            return;
        };
        let Some(found) = self.offered(target, &used.path, name) else {
            self.modules[at].imports.lost.insert(local);
            return;
        };
        if !self.is_free(at, local, alias.span, used) {
            return;
        }
        self.modules[at].items.insert(local, found);
        self.modules[at].imports.names.insert(local, alias.span);
    }

    /// Whether a name that is brought in is the only one of its kind in the module.
    fn is_free(&mut self, at: usize, name: &'a str, span: Span, used: &'a ast::Use) -> bool {
        if known::builtin_type(name).is_some() || types::known().named(name).is_some() {
            let instead =
                if name.starts_with(char::is_uppercase) { format!("My{name}") } else { format!("my_{name}") };
            self.report(ResolveError::ReservedName { instead, name: name.to_owned(), span });
            return false;
        }
        let names = &self.modules[at];
        let first = match (names.imports.names.get(name), names.imports.modules.get(name)) {
            (Some(span), _) | (None, Some((_, span))) => Some(*span),
            _ => names.items.get(name).map(|(_, item)| item_name(item).map_or(item.span, |name| name.span)),
        };
        let Some(first) = first else { return true };
        let other = format!("{}_{name}", last_step(&used.path).replace('-', "_"));
        let written =
            used.names.iter().find(|(_, alias)| alias.as_ref().is_some_and(|alias| alias.span == span));
        let original = written.map_or(name, |(original, _)| &*original.name);
        let help = if used.names.is_empty() {
            format!("Give the module another name here: `use {} as other`.", used.path)
        } else {
            format!("Give it another name here: `use {} {{ {original} as {other} }}`.", used.path)
        };
        self.report(ResolveError::ImportClash { name: name.to_owned(), help: help.into(), span, first });
        false
    }

    /// The item that a module offers under this name.
    fn offered(&mut self, module: usize, path: &str, name: &ast::Ident) -> Option<(ItemId, &'a ast::Item)> {
        let names = &self.modules[module];
        let own = |name: &str| !names.imports.names.contains_key(name);
        let found = names.items.get(&*name.name).copied().filter(|_| own(&name.name));
        if found.is_some() && !name.name.starts_with('_') {
            return found;
        }
        let mut offered: Vec<&str> =
            names.items.keys().copied().filter(|name| own(name) && is_public(name)).collect();
        offered.sort_unstable();
        let list = match offered.as_slice() {
            [] => String::from("It offers nothing."),
            some if some.len() > 12 => format!("It offers {} and more.", some[..12].join(", ")),
            some => format!("It offers {}.", some.join(", ")),
        };
        let module = path.to_owned();
        let wanted = name.name.to_string();
        self.report(if found.is_some() {
            ResolveError::Private { name: wanted, module, help: list.into(), span: name.span }
        } else {
            let help = match did_you_mean(&name.name, offered.iter().copied()) {
                Some(meant) => format!("Did you mean `{meant}`?"),
                None => list,
            };
            ResolveError::NotInModule { name: wanted, module, help: help.into(), span: name.span }
        });
        None
    }

    /// Whether a name is that of a module here, and no value's.
    pub(super) fn is_module(&self, name: &str) -> bool {
        self.scopes.get(name).is_none() && self.names().imports.modules.contains_key(name)
    }

    /// The item that `module.name` means.
    pub(super) fn member(
        &mut self,
        module: &ast::Ident,
        name: &ast::Ident,
    ) -> Option<(ItemId, &'a ast::Item)> {
        let imports = &mut self.modules[self.at].imports;
        let (key, (target, _)) = imports.modules.get_key_value(&*module.name)?;
        let (key, target) = (*key, *target);
        imports.used.insert(key);
        let found = self.offered(target?, key, name)?;
        Some(found)
    }

    /// The item with this name, the module's own or brought in.
    pub(super) fn look(&mut self, name: &str) -> Option<(ItemId, &'a ast::Item)> {
        let names = &mut self.modules[self.at];
        if let Some((key, _)) = names.imports.names.get_key_value(name) {
            names.imports.used.insert(key);
        }
        let found = names.items.get(name).copied();
        self.usage.items.extend(found.map(|(id, _)| id));
        found
    }

    /// Warns of what a module brings in and doesn't use.
    pub(super) fn unused_imports(&mut self) {
        let mut unused = Vec::new();
        for names in &self.modules {
            let named = names.imports.names.iter().map(|(name, span)| (*name, *span));
            let whole = names.imports.modules.iter().map(|(name, (_, span))| (*name, *span));
            unused.extend(named.chain(whole).filter(|(name, _)| !names.imports.used.contains(name)));
        }
        for (name, span) in unused {
            self.report(ResolveError::UnusedImport { name: name.to_owned(), span });
        }
    }
}

impl ModuleNames<'_> {
    /// Where a name is given in this module: where its item is declared, or where it is brought in.
    pub(super) fn place(&self, name: &str, item: &ast::Item) -> Span {
        let declared = || item_name(item).map_or(item.span, |name| name.span);
        self.imports.names.get(name).copied().unwrap_or_else(declared)
    }
}

fn is_public(name: &str) -> bool {
    !name.starts_with('_')
}

fn last_step(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
