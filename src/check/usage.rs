//! What is judged when all calls are known: circles, tries of what acts, instruments nobody uses.

use super::checker::{Checker, Later};
use super::graph::{components, cycle};
use super::{FlowError, ItemError};
use crate::base::Span;
use crate::instrument::Class;
use crate::resolve::{ItemId, item_name};
use crate::syntax::ast::{self, ItemKind};

impl Checker<'_> {
    /// All of it.
    pub(super) fn check_usage(&mut self) {
        let edges: Vec<Vec<usize>> = self
            .edges
            .iter()
            .map(|calls| {
                let mut targets: Vec<usize> = calls.iter().map(|(item, _)| item.0 as usize).collect();
                targets.sort_unstable();
                targets.dedup();
                targets
            })
            .collect();
        self.recursion(&edges);
        let acts = self.who_acts(&edges);
        for later in std::mem::take(&mut self.later) {
            match later {
                Later::Retry(item, name, span) => {
                    if acts.get(item.0 as usize).copied().unwrap_or(false) {
                        let help = "Put `retry` on the calls in it that only think; where it fails, `otherwise` says what then.";
                        self.acts_again(&name, "`retry`", span, help);
                    }
                }
                Later::Read { span, name, calls } => {
                    let act =
                        calls.iter().find(|(item, _)| acts.get(item.0 as usize).copied().unwrap_or(false));
                    if let Some((_, act)) = act {
                        self.report(FlowError::ConstantRead { span, name: name.to_string(), act: *act });
                    }
                }
            }
        }
        self.check_paces(&acts);
        self.unused_instruments();
    }

    /// A circle of calls needs a bound on one of its movements.
    fn recursion(&mut self, edges: &[Vec<usize>]) {
        let bounded = |id: usize| {
            let item = self.written(ItemId(u32::try_from(id).unwrap_or(u32::MAX)));
            matches!(
                item.map(|item| &item.kind),
                Some(ItemKind::Movement(ast::MovementItem { depth: Some(_), .. }))
            )
        };
        let open: Vec<Vec<usize>> = edges
            .iter()
            .enumerate()
            .map(|(from, targets)| {
                let kept = targets.iter().copied().filter(|target| !bounded(*target));
                if bounded(from) { Vec::new() } else { kept.collect() }
            })
            .collect();
        let mut found = Vec::new();
        for component in components(&open) {
            let path = cycle(&open, &component);
            if !path.is_empty() {
                found.push(path);
            }
        }
        for path in found {
            self.recursive(&path);
        }
    }

    fn recursive(&mut self, path: &[usize]) {
        let ids: Vec<ItemId> = path.iter().map(|at| ItemId(u32::try_from(*at).unwrap_or(u32::MAX))).collect();
        let Some((first, last)) = ids.first().zip(ids.last()) else { return };
        let names: Vec<String> = ids.iter().chain([first]).map(|id| self.item_text(*id)).collect();
        let bounded = ids.iter().find_map(|id| match self.written(*id).map(|item| &item.kind) {
            Some(ItemKind::Movement(item)) => Some(item),
            _ => None,
        });
        let help = match bounded {
            Some(item) => format!(
                "Say how deep: `movement {}(…){} up to 5 deep {{ … }}`.",
                item.name.name,
                if item.returns.is_some() { " -> …" } else { "" }
            ),
            None => String::from(
                "Neither its `otherwise` nor a tool can lead back to a part without a movement between that says how deep.",
            ),
        };
        let back = self.edges[last.0 as usize].iter().find(|(item, _)| item == first).map(|(_, span)| *span);
        let declared = self.written(*first).and_then(item_name).map_or(Span::default(), |name| name.span);
        self.report(ItemError::Recursion {
            name: names[0].clone(),
            path: names.join(" calls "),
            help,
            span: back.unwrap_or(declared),
            declared,
        });
    }

    /// For each item whether a call of it surely may act, through all that it calls.
    fn who_acts(&self, edges: &[Vec<usize>]) -> Vec<bool> {
        let mut acts: Vec<bool> = (0..edges.len())
            .map(|at| {
                let id = ItemId(u32::try_from(at).unwrap_or(u32::MAX));
                self.classes.get(&id).copied().flatten() == Some(Class::Acts) || self.writes.contains(&id)
            })
            .collect();
        for component in components(edges) {
            let any = component.iter().any(|at| acts[*at] || edges[*at].iter().any(|target| acts[*target]));
            for at in component {
                acts[at] = any;
            }
        }
        acts
    }

    fn unused_instruments(&mut self) {
        let performs = self.all_items().any(|(_, item)| matches!(item.kind, ItemKind::Movement(_)));
        if !performs {
            return; // a file of instruments for others
        }
        for (id, item) in self.all_items() {
            let own = self.resolved.items.get(id.0 as usize).is_some_and(|place| place.module == 0);
            if let ItemKind::Instrument(item) = &item.kind
                && own
                && item.params.is_none()
                && !self.used.contains(&id)
                && item.name.name.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
            {
                self.report(ItemError::UnusedInstrument {
                    name: item.name.name.to_string(),
                    span: item.name.span,
                });
            }
        }
    }
}
