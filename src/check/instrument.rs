//! Instruments as declared.

use super::ItemError;
use super::checker::{Checker, Place};
use super::graph::{components, cycle};
use crate::resolve::{ItemId, Meaning};
use crate::syntax::ast::{self, Expr, ExprKind, ItemKind};
use crate::types::Type;

impl<'a> Checker<'a> {
    /// `instrument name(params) = value`
    pub(super) fn check_instrument(&mut self, id: ItemId, item: &'a ast::InstrumentItem) {
        self.begin(id, Some(Place::Clause));
        self.param_defaults(item.params.as_deref().unwrap_or(&[]));
        let used = self.used.contains(&id);
        let help = "An instrument is made from values that are known when the run starts.";
        self.computing("the value of an instrument", help, |checker| {
            checker.demand(&item.value, &Type::Instrument, format_args!("`{}`", item.name.name));
        });
        // Being named in its own value is no use of it.
        if !used {
            self.used.remove(&id);
        }
    }

    /// Who each declared instrument is, and instruments that are made of themselves.
    pub(super) fn settle_instruments(&mut self) {
        let all: Vec<(ItemId, &'a ast::InstrumentItem)> = self
            .all_items()
            .filter_map(|(id, item)| match &item.kind {
                ItemKind::Instrument(item) => Some((id, item)),
                _ => None,
            })
            .collect();
        let mut places = vec![usize::MAX; self.items.len()];
        for (at, (id, _)) in all.iter().enumerate() {
            places[id.0 as usize] = at;
        }
        let edges: Vec<Vec<usize>> = all
            .iter()
            .map(|(_, item)| {
                let mut named = Vec::new();
                self.named_items(&item.value, &mut named);
                named
                    .into_iter()
                    .filter_map(|item| places.get(item.0 as usize).copied())
                    .filter(|at| *at != usize::MAX)
                    .collect()
            })
            .collect();
        for component in components(&edges) {
            let path = cycle(&edges, &component);
            let Some(first) = path.first() else {
                let (id, item) = all[component[0]];
                self.remember_player(id, &item.value);
                continue;
            };
            let shown: Vec<&str> = path.iter().chain([first]).map(|at| &*all[*at].1.name.name).collect();
            let item = all[*first].1;
            let (name, path) = (item.name.name.to_string(), shown.join(" is made of "));
            self.report(ItemError::InstrumentCycle { name, path, span: item.name.span });
        }
    }

    /// The items that the value of an instrument names.
    fn named_items(&self, value: &Expr, named: &mut Vec<ItemId>) {
        let mut pending = vec![value];
        while let Some(expr) = pending.pop() {
            if let Some(Meaning::Item(item)) = self.meaning(expr.id) {
                named.push(item);
            }
            match &expr.kind {
                ExprKind::Call { callee, arguments } => {
                    pending.push(callee);
                    pending.extend(arguments.iter().map(|argument| &argument.value));
                }
                ExprKind::List(all) => pending.extend(all),
                ExprKind::If { condition: _, then, otherwise } => {
                    pending.extend(then.statements.iter().filter_map(|statement| match &statement.kind {
                        ast::StatementKind::Expr(expr) => Some(expr),
                        _ => None,
                    }));
                    pending.extend(otherwise.as_deref());
                }
                ExprKind::Match { arms, .. } => pending.extend(arms.iter().map(|arm| &arm.body)),
                ExprKind::Block(block) => {
                    pending.extend(block.statements.iter().filter_map(|statement| match &statement.kind {
                        ast::StatementKind::Expr(expr) => Some(expr),
                        _ => None,
                    }));
                }
                ExprKind::Binary { left, right, .. } | ExprKind::Index { target: left, index: right } => {
                    pending.extend([&**left, &**right]);
                }
                _ => {}
            }
        }
    }
}
