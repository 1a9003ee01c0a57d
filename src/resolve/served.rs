//! Tools of MCP instruments: `disk.search_files` means the part that the tool is.

use super::resolver::Resolver;
use super::{ItemId, Meaning};
use crate::base::NodeId;
use crate::load::Program;
use crate::syntax::ast::{ClauseKind, Expr, ExprKind, Ident, ItemKind};

impl<'a> Resolver<'a> {
    /// Notes the tools of all MCP instruments. Who plays each is known: the instrument, as that tool.
    pub(super) fn serve(&mut self, program: &'a Program) {
        let firsts: Vec<u32> = program
            .modules
            .iter()
            .scan(0, |next, module| {
                let first = *next;
                *next += u32::try_from(module.file.items.len()).unwrap_or(u32::MAX);
                Some(first)
            })
            .collect();
        let id = |module: usize, item: usize| {
            let first = firsts.get(module).copied().unwrap_or(u32::MAX);
            ItemId(first.saturating_add(u32::try_from(item).unwrap_or(u32::MAX)))
        };
        for served in &program.served {
            let Some(module) = served.tools else { continue };
            let instrument = id(served.module, served.item);
            let mut tools = std::collections::HashMap::new();
            for (at, (pin, item)) in served.pins.iter().zip(&program.modules[module].file.items).enumerate() {
                let tool = id(module, at);
                tools.insert(&*pin.name, tool);
                for (player, target) in players(&item.kind) {
                    self.resolved.meanings.set(player, Meaning::Item(tool));
                    self.resolved.meanings.set(target, Meaning::Item(instrument));
                }
            }
            self.tools.insert(instrument, tools);
        }
    }

    /// Gives `disk.search_files` its meaning, where `disk` is an MCP instrument that has that tool.
    pub(super) fn tool(&mut self, expr: &'a Expr, target: &'a Expr, field: &'a Ident) {
        let Some(Meaning::Item(instrument)) = self.resolved.meanings.get(target.id).copied() else { return };
        let tool = self.tools.get(&instrument).and_then(|tools| tools.get(&*field.name)).copied();
        if let Some(tool) = tool {
            self.resolved.meanings.set(expr.id, Meaning::Item(tool));
        }
    }
}

/// The `disk.tool` of `by disk.tool`, and its `disk`.
fn players(part: &ItemKind) -> impl Iterator<Item = (NodeId, NodeId)> + '_ {
    let clauses = match part {
        ItemKind::Part(part) => &part.clauses[..],
        _ => &[],
    };
    clauses.iter().filter_map(|clause| match &clause.kind {
        ClauseKind::By(by) => match &by.kind {
            ExprKind::Field { target, .. } => Some((by.id, target.id)),
            _ => None,
        },
        _ => None,
    })
}
