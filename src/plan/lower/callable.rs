//! Parts, movements and small functions that call, as values: each is a movement of the plan.

use std::sync::Arc;

use super::body::{Builder, Key};
use super::types::conform;
use super::{Lower, Lowered, Made};
use crate::base::{Name, NodeId, Span};
use crate::plan::{
    self, BodyId, Expr, ExprKind, LowerError, Movement, MovementId, Origin, Param, PartId, Slot, Target,
};
use crate::resolve::ItemId;
use crate::syntax::ast;
use crate::types::Type;
use crate::value::Callee;

impl Lower<'_> {
    /// A part or movement named where a value stands.
    pub(super) fn item_as_value(&mut self, item: ItemId, types: &[Type], span: Span) -> Lowered<Expr> {
        let id = match self.made_for(item, types, span)? {
            Made::Movement(id) => id,
            Made::Part(part) => {
                let types: Vec<Type> = types.iter().map(|ty| self.bound(ty.clone())).collect();
                let around = std::mem::replace(&mut self.bindings, types);
                let made = self.behind(part, item, span);
                self.bindings = around;
                made?
            }
            Made::Instrument(_) => return Err(LowerError::LostTrack { what: "what is passed here", span }),
        };
        Ok(Expr { kind: ExprKind::Function(Callee::Movement(id.0), Box::default()), span })
    }

    /// The movement behind a part: its parameters are the part's, and last who plays it.
    fn behind(&mut self, part: PartId, item: ItemId, span: Span) -> Lowered<MovementId> {
        if let Some(known) = self.behind.get(&part) {
            return Ok(*known);
        }
        let lost = LowerError::LostTrack { what: "the part that is passed here", span };
        let header = self.plan.parts.get(part.0 as usize).ok_or(lost)?;
        let (name, doc, at, returns) =
            (header.name.clone(), Arc::clone(&header.doc), header.span, header.returns.clone());
        let mut params = header.params.to_vec();
        params.push(Param {
            name: Name::from("by"),
            doc: Arc::from("Who plays it; its own player if left out."),
            ty: Type::Optional(Arc::new(Type::Instrument)),
            default: None,
        });
        let movement = Movement {
            name: name.clone(),
            doc,
            span: at,
            params: params.into_boxed_slice(),
            returns,
            body: BodyId(u32::MAX),
            thinks: false,
            depth: None,
            captured: Box::default(),
            origin: Origin::Part,
        };
        let id = self.add_movement(movement);
        self.behind.insert(part, id);
        let count = self.plan.parts.get(part.0 as usize).map_or(0, |part| part.params.len());
        let (counts, hint) = (std::mem::take(&mut self.counts), self.hint.take());
        let mut builder = Builder::movement();
        let slots: Vec<Slot> = (0..=count).map(|_| builder.fresh()).collect();
        self.stack.push(builder);
        let call = plan::Call {
            target: Target::Part(part),
            arguments: slots[..count].into(),
            by: slots.last().copied(),
            within: Box::default(),
            retry: None,
        };
        let site = self.site(None, &name);
        let value = self.played(call, item, site, at)?;
        let result = self.slot_of(value, &name)?;
        self.plan.movements[id.0 as usize].body = self.finish_movement(Some(result), at)?;
        self.counts = counts;
        self.hint = hint;
        Ok(id)
    }

    /// `x => e` where a part or movement is wanted: an anonymous movement.
    pub(super) fn calling_lambda(
        &mut self,
        expr: &ast::Expr,
        params: &[(NodeId, ast::Ident)],
        body: &ast::Expr,
    ) -> Lowered<Expr> {
        let span = expr.span;
        let Type::Part(ty) = self.type_of(expr.id).shape().clone() else {
            return Err(LowerError::LostTrack { what: "the type of this function", span });
        };
        let made = params.iter().zip(&ty.params).map(|((_, ident), ty)| Param {
            name: ident.name.clone(),
            doc: Arc::from(""),
            ty: ty.clone(),
            default: None,
        });
        let movement = Movement {
            name: self.site(None, "function"),
            doc: Arc::from(""),
            span,
            params: made.collect(),
            returns: ty.returns.clone(),
            body: BodyId(u32::MAX),
            thinks: false,
            depth: None,
            captured: Box::default(),
            origin: Origin::Function,
        };
        let id = self.add_movement(movement);
        let mut builder = Builder::nested();
        for (definition, _) in params {
            builder.introduce(Key::Name(*definition));
        }
        let hint = self.hint.take();
        self.stack.push(builder);
        let value = self.expression(body)?;
        let value = conform(value, &self.type_of(body.id), &ty.returns);
        let result = self.slot_of(value, "function")?;
        self.hint = hint;
        let (body, inputs) = self.finish_capturing(result, span)?;
        let made = &mut self.plan.movements[id.0 as usize];
        made.body = body;
        made.captured = inputs.iter().map(|input| input.to).collect();
        let captured = inputs.iter().map(|input| input.from).collect();
        Ok(Expr { kind: ExprKind::Function(Callee::Movement(id.0), captured), span })
    }

    fn add_movement(&mut self, movement: Movement) -> MovementId {
        let id = MovementId(u32::try_from(self.plan.movements.len()).unwrap_or(u32::MAX));
        self.plan.movements.push(movement);
        id
    }
}
