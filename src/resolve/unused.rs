//! Names that nothing uses.

use std::collections::HashSet;

use super::resolver::Resolver;
use super::{ItemId, ResolveError, item_name};
use crate::base::{Help, NodeId, Span};
use crate::syntax::ast::{self, ItemKind, Prompt};

/// What is named, and what of it is used.
#[derive(Default)]
pub(super) struct Usage<'a> {
    /// What `let` names.
    lets: Vec<(NodeId, &'a ast::Ident)>,
    /// Parameters of parts with a text.
    params: Vec<(NodeId, &'a ast::Ident)>,
    pub locals: HashSet<NodeId>,
    pub items: HashSet<ItemId>,
}

impl<'a> Resolver<'a> {
    /// Watches what a `let` names.
    pub(super) fn watch_let(&mut self, node: NodeId, name: &'a ast::Ident) {
        self.usage.lets.push((node, name));
    }

    /// Watches the parameters of a part. Without a text all of them are sent.
    pub(super) fn watch_params(&mut self, part: &'a ast::PartItem) {
        if !matches!(part.prompt, Prompt::None) {
            self.usage.params.extend(part.params.iter().map(|param| (param.id, &param.name)));
        }
    }

    /// Warns of what nothing uses. A name that begins with `_` is meant to be so, but for an item.
    pub(super) fn unused_names(&mut self) {
        let usage = std::mem::take(&mut self.usage);
        let idle = |named: &(NodeId, &ast::Ident)| {
            !usage.locals.contains(&named.0) && !named.1.name.starts_with('_')
        };
        for (_, name) in usage.lets.iter().filter(|named| idle(named)) {
            let help = Help::new(format!("Leave it out, or call it `_{}`.", name.name));
            let help = help.replacing(Span::at(name.span.start), "_");
            self.report(ResolveError::UnusedName { name: name.name.to_string(), help, span: name.span });
        }
        for (_, name) in usage.params.iter().filter(|named| idle(named)) {
            self.report(ResolveError::UnusedParameter { name: name.name.to_string(), span: name.span });
        }
        let mut items: Vec<(ItemId, &ast::Ident)> = Vec::new();
        for names in &self.modules {
            let private = names.items.values().filter_map(|(id, item)| {
                // The check speaks of instruments that nobody uses.
                let speaks = matches!(item.kind, ItemKind::Instrument(_));
                item_name(item).filter(|name| name.name.starts_with('_') && !speaks).map(|name| (*id, name))
            });
            items.extend(private.filter(|(id, _)| !usage.items.contains(id)));
        }
        for (_, name) in items {
            self.report(ResolveError::UnusedItem { name: name.name.to_string(), span: name.span });
        }
    }
}
