//! Parts and movements with type parameters: each set of types makes one of its own, so that the plan knows no
//! type variables and a part's type is a JSON Schema.

use std::sync::Arc;

use super::{Lower, Lowered, Made};
use crate::base::Span;
use crate::plan::{BodyId, LowerError, Movement, MovementId, Origin, PartId};
use crate::resolve::ItemId;
use crate::syntax::ast::ItemKind;
use crate::types::{PartType, RecordType, Type, mentions};

/// More instances than this of all items together: one of them makes itself with ever larger types.
const MOST: usize = 2_000;

impl Lower<'_> {
    /// A type with what the parameters of the item in work stand for.
    pub(super) fn bound(&self, ty: Type) -> Type {
        if self.bindings.is_empty() || !mentions(&ty) {
            return ty;
        }
        self.records.borrow_mut().put_in(&ty, &self.bindings)
    }

    /// The same of a record type.
    pub(super) fn bound_record(&self, record: &Arc<RecordType>) -> Arc<RecordType> {
        match self.bound(Type::Record(Arc::clone(record))) {
            Type::Record(bound) => bound,
            _ => Arc::clone(record),
        }
    }

    /// The same of a part type.
    pub(super) fn bound_part(&self, part: &Arc<PartType>) -> Arc<PartType> {
        match self.bound(Type::Part(Arc::clone(part))) {
            Type::Part(bound) => bound,
            _ => Arc::clone(part),
        }
    }

    /// What an item became, made for these types where it has parameters.
    pub(super) fn made_for(&mut self, item: ItemId, types: &[Type], span: Span) -> Lowered<Made> {
        let lost = LowerError::LostTrack { what: "what is called here", span };
        if types.is_empty() {
            return self.made.get(&item).copied().ok_or(lost);
        }
        let types: Vec<Type> = types.iter().map(|ty| self.bound(ty.clone())).collect();
        let known = self.instances.iter().find(|(of, with, _)| *of == item && *with == types);
        if let Some((_, _, made)) = known {
            return Ok(*made);
        }
        if self.instances.len() >= MOST {
            return Err(LowerError::NotPlannable {
                what: "a part or movement that calls itself with ever larger types",
                span,
            });
        }
        let written = self.item(item, span)?;
        let around = std::mem::replace(&mut self.bindings, types.clone());
        let made = match &written.kind {
            ItemKind::Part(part) => {
                let id = PartId(u32::try_from(self.plan.parts.len()).unwrap_or(u32::MAX));
                self.part_header(written, part)?;
                Made::Part(id)
            }
            ItemKind::Movement(movement) => {
                let id = MovementId(u32::try_from(self.plan.movements.len()).unwrap_or(u32::MAX));
                let returns =
                    movement.returns.as_ref().map_or(Type::Nothing, |returns| self.type_of(returns.ty.id));
                self.plan.movements.push(Movement {
                    name: movement.name.name.clone(),
                    doc: Arc::from(written.doc.as_str()),
                    span: written.span,
                    params: Box::default(),
                    returns,
                    body: BodyId(u32::MAX),
                    thinks: movement.thinks.is_some(),
                    depth: movement.depth.as_ref().map(super::item::depth).transpose()?,
                    captured: Box::default(),
                    origin: Origin::Instance,
                });
                // The parameters come last: a default may name a part, which takes a place of its own.
                let params = self.params(&movement.params)?;
                self.plan.movements[id.0 as usize].params = params;
                Made::Movement(id)
            }
            _ => return Err(lost),
        };
        self.bindings = around;
        self.instances.push((item, types, made));
        Ok(made)
    }

    /// Lowers what was made for types, and what that makes in turn.
    pub(super) fn finish_instances(&mut self) -> Lowered<()> {
        while let Some((item, types, made)) = self.instances.get(self.lowered).cloned() {
            self.lowered += 1;
            self.bindings = types;
            let written = self.item(item, Span::default())?;
            match (&written.kind, made) {
                (ItemKind::Part(part), Made::Part(id)) => self.part(id, part)?,
                (ItemKind::Movement(movement), Made::Movement(id)) => self.movement(id, movement)?,
                _ => {}
            }
            self.bindings = Vec::new();
        }
        Ok(())
    }

    /// Whether an item has type parameters: it is only made for types.
    pub(super) fn is_generic(&self, item: ItemId) -> bool {
        self.item(item, Span::default()).is_ok_and(|item| !item.generics().is_empty())
    }
}
