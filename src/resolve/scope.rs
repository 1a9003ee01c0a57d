//! Names with values: what is visible where, and what was.

use std::collections::HashMap;

use super::Meaning;
use crate::base::{Name, Span};

/// A name with a value.
#[derive(Clone, Copy)]
pub(super) struct Local {
    /// What it means.
    pub meaning: Meaning,
    /// Where it was named.
    pub span: Span,
}

/// The names with values that are visible, innermost last.
#[derive(Default)]
pub(super) struct Scopes {
    visible: HashMap<Name, Vec<Local>>,
    order: Vec<Name>,
    /// Names whose scope has ended, for messages.
    gone: HashMap<Name, Span>,
}

impl Scopes {
    /// Forgets everything: a new item begins.
    pub(super) fn clear(&mut self) {
        self.visible.clear();
        self.order.clear();
        self.gone.clear();
    }

    /// The beginning of a scope, for [`Self::close`].
    pub(super) fn open(&self) -> usize {
        self.order.len()
    }

    /// Ends the scope that began at `mark`.
    pub(super) fn close(&mut self, mark: usize) {
        while self.order.len() > mark {
            let Some(name) = self.order.pop() else { return };
            if let Some(stack) = self.visible.get_mut(&name)
                && let Some(local) = stack.pop()
            {
                self.gone.insert(name, local.span);
            }
        }
    }

    /// Makes a name visible to the end of the scope.
    pub(super) fn define(&mut self, name: &Name, local: Local) {
        self.visible.entry(name.clone()).or_default().push(local);
        self.order.push(name.clone());
    }

    /// What a name means here.
    pub(super) fn get(&self, name: &str) -> Option<Local> {
        self.visible.get(name).and_then(|stack| stack.last().copied())
    }

    /// Where a name that is visible no more was named.
    pub(super) fn gone(&self, name: &str) -> Option<Span> {
        self.gone.get(name).copied()
    }

    /// All visible names, innermost first.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.order.iter().rev().map(AsRef::as_ref)
    }
}
