//! Going through pure expressions.

use super::{Expr, ExprKind, Function, Segment, Slot};
use crate::value::Callee;

impl Expr {
    /// The expressions right below this one, in written order. What a function does is not among them.
    #[must_use]
    pub fn children(&self) -> Vec<&Self> {
        match &self.kind {
            ExprKind::Constant(_)
            | ExprKind::Slot(_)
            | ExprKind::Function(..)
            | ExprKind::Secret(_)
            | ExprKind::CallId
            | ExprKind::Env(_, None) => Vec::new(),
            ExprKind::Text(segments) => segments.iter().filter_map(Segment::hole).collect(),
            ExprKind::List(items)
            | ExprKind::Record(_, items)
            | ExprKind::Builtin(_, items)
            | ExprKind::Instrument(_, items) => items.iter().collect(),
            ExprKind::Map(entries) | ExprKind::Construct(_, entries) => {
                entries.iter().map(|(_, value)| value).collect()
            }
            ExprKind::Range(left, right)
            | ExprKind::Index(left, right)
            | ExprKind::Math(_, left, right)
            | ExprKind::Compare(_, left, right)
            | ExprKind::In(left, right)
            | ExprKind::And(left, right)
            | ExprKind::Or(left, right)
            | ExprKind::Coalesce(left, right) => vec![left, right],
            ExprKind::Slice(target, from, to) => {
                [Some(target), from.as_ref(), to.as_ref()].into_iter().flatten().map(|part| &**part).collect()
            }
            ExprKind::Field(inner, _)
            | ExprKind::Not(inner)
            | ExprKind::Negate(inner)
            | ExprKind::Is(inner, _)
            | ExprKind::As(inner, _)
            | ExprKind::Conform(inner, _)
            | ExprKind::Env(_, Some(inner))
            | ExprKind::Fail(inner) => vec![inner],
            ExprKind::But(base, changes) => {
                std::iter::once(&**base).chain(changes.iter().map(|(_, value)| value)).collect()
            }
            ExprKind::Apply(function, arguments) => {
                std::iter::once(&**function).chain(arguments.iter()).collect()
            }
            ExprKind::Choose(arms) => {
                arms.iter().flat_map(|(test, value)| test.iter().chain(std::iter::once(value))).collect()
            }
        }
    }

    /// Calls `visit` with this expression and all below it, outer ones first.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        let mut waiting = vec![self];
        while let Some(expr) = waiting.pop() {
            visit(expr);
            waiting.extend(expr.children().into_iter().rev());
        }
    }

    /// The slots it reads, each once, in written order.
    #[must_use]
    pub fn slots(&self) -> Vec<Slot> {
        let mut found = Vec::new();
        self.walk(&mut |expr| match &expr.kind {
            ExprKind::Slot(slot) => note(&mut found, *slot),
            ExprKind::Function(_, captured) => captured.iter().for_each(|slot| note(&mut found, *slot)),
            _ => {}
        });
        found
    }

    /// Whether a `fail` stands in it, outside of functions that are only passed on.
    #[must_use]
    pub fn may_leave(&self, functions: &[Function]) -> bool {
        let mut found = false;
        self.walk(&mut |expr| {
            found |= match &expr.kind {
                ExprKind::Fail(_) => true,
                ExprKind::Apply(applied, _) => match applied.kind {
                    ExprKind::Function(Callee::Pure(id), _) => {
                        functions.get(id as usize).is_some_and(|function| function.value.may_leave(functions))
                    }
                    _ => false,
                },
                _ => false,
            };
        });
        found
    }
}

impl Segment {
    fn hole(&self) -> Option<&Expr> {
        match self {
            Self::Words(_) => None,
            Self::Hole(expr) => Some(expr),
        }
    }
}

fn note(found: &mut Vec<Slot>, slot: Slot) {
    if !found.contains(&slot) {
        found.push(slot);
    }
}
