//! What tests say about names: `x is Invoice`, `x != nothing`, through `and`, `or` and `not`.

use std::collections::HashMap;

use super::checker::Checker;
use super::fits::fits;
use super::join::join_all;
use super::types::overlaps;
use crate::base::{Name, NodeId};
use crate::resolve::Meaning;
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, UnaryOp};
use crate::types::{Literal, Type};

/// What a name leads to: `x`, `x.reply`, `it.total`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Path {
    /// The definition; `None` for `it`.
    root: Option<NodeId>,
    /// How deep `it` is nested, where it is the root.
    level: usize,
    fields: Vec<Name>,
}

/// What is known more closely here than where it was named.
#[derive(Default)]
pub(super) struct Narrowing {
    known: HashMap<Path, Type>,
    undo: Vec<(Path, Option<Type>)>,
}

/// What a test says about paths.
pub(super) type Facts = Vec<(Path, Type)>;

impl Narrowing {
    pub(super) fn clear(&mut self) {
        self.known.clear();
        self.undo.clear();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// The beginning of where facts hold, for [`Self::forget`].
    pub(super) fn mark(&self) -> usize {
        self.undo.len()
    }

    /// Forgets what was learnt since `mark`.
    pub(super) fn forget(&mut self, mark: usize) {
        while self.undo.len() > mark {
            match self.undo.pop() {
                Some((path, Some(before))) => drop(self.known.insert(path, before)),
                Some((path, None)) => drop(self.known.remove(&path)),
                None => return,
            }
        }
    }

    /// Learns facts.
    pub(super) fn learn(&mut self, facts: Facts) {
        for (path, ty) in facts {
            let before = self.known.insert(path.clone(), ty);
            self.undo.push((path, before));
        }
    }

    /// What is known of a path.
    pub(super) fn get(&self, path: &Path) -> Option<&Type> {
        self.known.get(path)
    }
}

impl Checker<'_> {
    /// The path that an expression is, if it is one.
    pub(super) fn path(&self, expr: &Expr) -> Option<Path> {
        let mut fields = Vec::new();
        let mut at = expr;
        while let ExprKind::Field { target, field } = &at.kind {
            fields.push(field.name.clone());
            at = target;
        }
        let ExprKind::Name(_) = &at.kind else { return None };
        fields.reverse();
        match self.meaning(at.id)? {
            Meaning::Local(node) => Some(Path { root: Some(node), level: 0, fields }),
            Meaning::It => Some(Path { root: None, level: self.it.len(), fields }),
            _ => None,
        }
    }

    /// What holds of paths where a test that was already checked came out like this.
    pub(super) fn learnt(&self, test: &Expr, outcome: bool) -> Facts {
        let mut facts = Vec::new();
        self.gather(test, outcome, &mut facts);
        facts
    }

    fn gather(&self, test: &Expr, outcome: bool, facts: &mut Facts) {
        match &test.kind {
            ExprKind::Unary { op: UnaryOp::Not, operand } => self.gather(operand, !outcome, facts),
            ExprKind::Binary { op: BinaryOp::And, left, right, .. } if outcome => {
                self.gather(left, true, facts);
                self.gather(right, true, facts);
            }
            ExprKind::Binary { op: BinaryOp::Or, left, right, .. } if !outcome => {
                self.gather(left, false, facts);
                self.gather(right, false, facts);
            }
            ExprKind::Binary { op: op @ (BinaryOp::Equal | BinaryOp::NotEqual), left, right, .. } => {
                let same = (*op == BinaryOp::Equal) == outcome;
                self.compared(left, right, same, facts);
                self.compared(right, left, same, facts);
            }
            ExprKind::Is { value, ty } => {
                if let (Some(path), Some(has), Some(wanted)) =
                    (self.path(value), self.types.get(value.id), self.types.get(ty.id))
                {
                    facts.push((path, if outcome { kept(has, wanted) } else { without(has, wanted) }));
                }
            }
            _ => {}
        }
    }

    /// `path == literal`, `path == nothing`
    fn compared(&self, value: &Expr, with: &Expr, same: bool, facts: &mut Facts) {
        let (Some(path), Some(has), Some(other)) =
            (self.path(value), self.types.get(value.id), self.types.get(with.id))
        else {
            return;
        };
        if !matches!(other, Type::Nothing | Type::Literal(_))
            || !matches!(has.shape(), Type::Optional(_) | Type::Union(_))
        {
            return;
        }
        facts.push((path, if same { kept(has, other) } else { without(has, other) }));
    }
}

/// The kinds of values of a type, one by one: `nothing` and the members of unions.
pub(super) fn members(ty: &Type) -> Vec<Type> {
    let mut found = Vec::new();
    let mut pending = vec![ty];
    while let Some(ty) = pending.pop() {
        match ty {
            Type::Optional(inner) => {
                found.push(Type::Nothing);
                pending.push(inner);
            }
            Type::Union(members) => pending.extend(members.iter().rev()),
            Type::Alias(alias) => match alias.target().shape() {
                Type::Optional(_) | Type::Union(_) => pending.push(alias.target()),
                Type::Bool => found.extend(both()),
                _ => found.push(ty.clone()),
            },
            Type::Refined(inner, _) if matches!(inner.shape(), Type::Optional(_) | Type::Union(_)) => {
                pending.push(inner)
            }
            Type::Bool => found.extend(both()),
            _ => found.push(ty.clone()),
        }
    }
    found
}

fn both() -> [Type; 2] {
    [true, false].map(|bool| Type::Literal(Literal::Bool(bool)))
}

/// Members put together again.
pub(super) fn together(members: Vec<Type>) -> Type {
    if members.len() == 2 && both().iter().all(|bool| members.contains(bool)) {
        return Type::Bool;
    }
    let nothing = members.contains(&Type::Nothing);
    let joined = join_all(members.into_iter().filter(|member| *member != Type::Nothing));
    if nothing { joined.optional() } else { joined }
}

/// What is left of a type where its values are of another, too.
pub(super) fn kept(has: &Type, wanted: &Type) -> Type {
    if fits(has, wanted) {
        return has.clone();
    }
    let kept: Vec<Type> = members(has)
        .into_iter()
        .filter_map(|member| match () {
            () if fits(&member, wanted) => Some(member),
            () if overlaps(&member, wanted) => Some(wanted.clone()),
            () => None,
        })
        .collect();
    together(kept)
}

/// What is left of a type where its values are not of another.
pub(super) fn without(has: &Type, ruled_out: &Type) -> Type {
    let all = members(has);
    let before = all.len();
    let left: Vec<Type> = all.into_iter().filter(|member| !fits(member, ruled_out)).collect();
    if left.len() == before { has.clone() } else { together(left) }
}
