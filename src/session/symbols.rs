//! What can be named in a score, for whoever completes and explains names.

use std::sync::Arc;

use super::{Parsed, Planned};
use crate::base::{Name, SourceMap};
use crate::load::Module;
use crate::syntax::ast::{self, Item, ItemKind, TypeKind};

/// Something with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// Its name where it is used.
    pub name: Name,
    /// `part`, `movement`, `instrument`, `type`, `module`.
    pub kind: &'static str,
    /// How it is declared: `part draft(topic: text) -> text`.
    pub head: String,
    /// Its documentation; empty if none.
    pub doc: String,
    /// The names of its parameters or, of a record type, of its fields.
    pub params: Vec<Name>,
    /// Of a module what is in it.
    pub members: Vec<Symbol>,
}

impl Planned {
    /// The names of the items of the score itself.
    #[must_use]
    pub fn names(&self) -> Vec<Name> {
        let own = self.program.modules.first();
        let items = own.into_iter().flat_map(|module| &module.file.items);
        let named = items.filter_map(Item::name).map(|name| Arc::clone(&name.name));
        named.collect()
    }

    /// An item of the score itself as it was written, with its documentation.
    pub(super) fn source_of(&self, name: &str) -> Option<String> {
        let own = self.program.modules.first()?;
        let item = own.file.items.iter().find(|item| item.name().is_some_and(|own| &*own.name == name))?;
        Some(written(item, self.sources()))
    }

    /// What can be named in the score: its own items, and what it brings in.
    #[must_use]
    pub fn symbols(&self) -> Vec<Symbol> {
        let Some(own) = self.program.modules.first() else { return Vec::new() };
        let sources = self.sources();
        let mut found = Vec::new();
        for item in &own.file.items {
            match &item.kind {
                ItemKind::Use(used) => {
                    let target = own.uses.get(&item.id).and_then(|at| self.program.modules.get(*at));
                    if let Some(target) = target {
                        brought_in(used, target, sources, &mut found);
                    }
                }
                _ => found.extend(symbol(item, sources)),
            }
        }
        found
    }
}

impl Parsed {
    /// What is in the module that the last item brings in.
    pub(super) fn members_of_last_use(&self) -> Vec<Symbol> {
        let target = self.program.modules.first().and_then(|own| {
            let last = own.file.items.last()?;
            self.program.modules.get(*own.uses.get(&last.id)?)
        });
        let items = target.into_iter().flat_map(|module| &module.file.items);
        let public = items.filter_map(|item| symbol(item, &self.program.sources));
        public.filter(|symbol| !symbol.name.starts_with('_')).collect()
    }
}

fn brought_in(used: &ast::Use, target: &Module, sources: &SourceMap, found: &mut Vec<Symbol>) {
    for (name, alias) in &used.names {
        let item = target.file.items.iter().find(|item| item.name().is_some_and(|own| own.name == name.name));
        if let Some(symbol) = item.and_then(|item| symbol(item, sources)) {
            let shown = alias.as_ref().unwrap_or(name);
            found.push(Symbol { name: Arc::clone(&shown.name), ..symbol });
        }
    }
    if used.names.is_empty() || used.alias.is_some() {
        let last = used.path.rsplit('/').next().unwrap_or(&used.path);
        let name = used.alias.as_ref().map_or_else(|| Name::from(last), |alias| Arc::clone(&alias.name));
        let public = target.file.items.iter().filter_map(|item| symbol(item, sources));
        found.push(Symbol {
            name,
            kind: "module",
            head: format!("use {}", used.path),
            doc: target.file.doc.clone(),
            params: Vec::new(),
            members: public.filter(|symbol| !symbol.name.starts_with('_')).collect(),
        });
    }
}

/// An item as it was written, with its documentation.
pub(super) fn written(item: &Item, sources: &SourceMap) -> String {
    let mut text = String::new();
    for line in item.doc.lines() {
        text.push_str(format!("/// {line}").trim_end());
        text.push('\n');
    }
    text.push_str(sources.text(item.span));
    text.push('\n');
    text
}

fn symbol(item: &Item, sources: &SourceMap) -> Option<Symbol> {
    let name = Arc::clone(&item.name()?.name);
    let of_params = |params: &[ast::Param]| params.iter().map(|param| Arc::clone(&param.name.name)).collect();
    let text = sources.text(item.span);
    let (kind, params, head): (_, Vec<Name>, String) = match &item.kind {
        ItemKind::Type(ty) => match &ty.body.ty.kind {
            TypeKind::Record(fields) => {
                let names = fields.iter().map(|field| Arc::clone(&field.name.name)).collect();
                ("type", names, text.to_owned())
            }
            _ => ("type", Vec::new(), text.to_owned()),
        },
        ItemKind::Instrument(instrument) => {
            ("instrument", of_params(instrument.params.as_deref().unwrap_or_default()), text.to_owned())
        }
        ItemKind::Part(part) => {
            let head = head(item, part.returns.as_ref(), &part.name, sources);
            ("part", of_params(&part.params), head)
        }
        ItemKind::Movement(movement) => {
            let head = head(item, movement.returns.as_ref(), &movement.name, sources);
            ("movement", of_params(&movement.params), head)
        }
        ItemKind::Use(_) | ItemKind::Test(_) => return None,
    };
    Some(Symbol { name, kind, head, doc: item.doc.clone(), params, members: Vec::new() })
}

/// How a part or movement begins, up to what it gives.
fn head(item: &Item, returns: Option<&ast::Typed>, name: &ast::Ident, sources: &SourceMap) -> String {
    let text = sources.text(item.span);
    let end = match returns {
        Some(returns) => {
            let end = returns.condition.as_ref().map_or(returns.ty.span.end, |condition| condition.span.end);
            (end - item.span.start) as usize
        }
        None => closing(text, (name.span.end - item.span.start) as usize),
    };
    text.get(..end).unwrap_or(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Behind the `)` that closes the first `(` from a place on.
fn closing(text: &str, from: usize) -> usize {
    let mut depth = 0_u32;
    for token in crate::syntax::lex::lex(text).into_iter().filter(|token| token.range.start >= from) {
        match &text[token.range.clone()] {
            "(" => depth += 1,
            ")" if depth <= 1 => return token.range.end,
            ")" => depth -= 1,
            _ => {}
        }
    }
    text.len()
}
