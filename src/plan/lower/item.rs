//! Items: first what each is called with, then what each does.

use std::sync::Arc;

use super::body::{Builder, Key};
use super::types::conform;
use super::{Lower, Lowered, Made};
use crate::plan::{BodyId, Expr, ExprKind, Prompt, Slot};
use crate::plan::{Instrument, InstrumentId, LowerError, Movement, MovementId, Origin, Param, PartId};
use crate::resolve::ItemId;
use crate::syntax::ast::{self, ItemKind};
use crate::types::Type;
use crate::value::Value;

impl<'a> Lower<'a> {
    /// All items of the program.
    pub(super) fn program(&mut self) -> Lowered<()> {
        self.number_items();
        let items: Vec<(ItemId, &'a ast::Item)> = self.items().collect();
        let is_instrument = |item: &ast::Item| matches!(item.kind, ItemKind::Instrument(_));
        for (_, item) in items.iter().filter(|(_, item)| is_instrument(item)) {
            self.header(item)?;
        }
        self.defaults()?;
        for (id, item) in items.iter().filter(|(_, item)| !is_instrument(item)) {
            if self.made.contains_key(id) {
                self.header(item)?;
            }
        }
        // Their defaults may name any of them.
        for (id, item) in &items {
            if let (ItemKind::Movement(movement), Some(Made::Movement(id))) =
                (&item.kind, self.made.get(id).copied())
            {
                self.plan.movements[id.0 as usize].params = self.params(&movement.params)?;
            }
        }
        for (id, item) in &items {
            match (&item.kind, self.made.get(id).copied()) {
                (ItemKind::Part(part), Some(Made::Part(id))) => self.part(id, part)?,
                (ItemKind::Movement(movement), Some(Made::Movement(id))) => self.movement(id, movement)?,
                (ItemKind::Instrument(instrument), Some(Made::Instrument(id))) => {
                    self.instrument(id, instrument)?;
                }
                _ => {}
            }
        }
        self.finish_instances()?;
        self.conditions()
    }

    pub(super) fn items(&self) -> impl Iterator<Item = (ItemId, &'a ast::Item)> + use<'a> {
        let checked = self.checked;
        (0..).zip(&checked.resolved.items).filter_map(|(id, place)| {
            let item = checked.program.modules.get(place.module)?.file.items.get(place.item)?;
            Some((ItemId(id), item))
        })
    }

    /// Gives parts, movements and instruments their places in the plan, in the order of the program.
    pub(super) fn number_items(&mut self) {
        let (mut parts, mut movements, mut instruments) = (0, 0, 0);
        let next = |counter: &mut u32| {
            *counter += 1;
            *counter - 1
        };
        let items: Vec<_> = self.items().collect();
        for (id, item) in items {
            if self.is_generic(id) {
                continue;
            }
            let made = match &item.kind {
                ItemKind::Part(_) => Made::Part(PartId(next(&mut parts))),
                ItemKind::Movement(_) => Made::Movement(MovementId(next(&mut movements))),
                ItemKind::Instrument(_) => Made::Instrument(InstrumentId(next(&mut instruments))),
                ItemKind::Use(_) | ItemKind::Type(_) | ItemKind::Test(_) => continue,
            };
            self.made.insert(id, made);
        }
    }

    fn header(&mut self, item: &ast::Item) -> Lowered<()> {
        match &item.kind {
            ItemKind::Part(part) => self.part_header(item, part),
            ItemKind::Movement(movement) => {
                let returns =
                    movement.returns.as_ref().map_or(Type::Nothing, |returns| self.type_of(returns.ty.id));
                self.plan.movements.push(Movement {
                    name: movement.name.name.clone(),
                    doc: Arc::from(item.doc.as_str()),
                    span: item.span,
                    params: Box::default(),
                    returns,
                    body: BodyId(u32::MAX),
                    thinks: movement.thinks.is_some(),
                    depth: movement.depth.as_ref().map(depth).transpose()?,
                    captured: Box::default(),
                    origin: Origin::Written,
                });
                Ok(())
            }
            ItemKind::Instrument(instrument) => {
                let params = self.params(instrument.params.as_deref().unwrap_or_default())?;
                self.plan.instruments.push(Instrument {
                    name: instrument.name.name.clone(),
                    span: item.span,
                    params,
                    value: Expr::constant(Value::Nothing, item.span),
                });
                Ok(())
            }
            ItemKind::Use(_) | ItemKind::Type(_) | ItemKind::Test(_) => Ok(()),
        }
    }

    /// Parameters with their defaults.
    pub(super) fn params(&mut self, params: &[ast::Param]) -> Lowered<Box<[Param]>> {
        params
            .iter()
            .map(|param| {
                let ty = self.type_of(param.id);
                let default =
                    param.default.as_ref().map(|default| self.standing_alone(default, &ty)).transpose()?;
                Ok(Param { name: param.name.name.clone(), doc: Arc::from(param.doc.as_str()), ty, default })
            })
            .collect()
    }

    pub(super) fn movement(&mut self, id: MovementId, movement: &ast::MovementItem) -> Lowered<()> {
        let span = movement.name.span;
        let lost = LowerError::LostTrack { what: "this movement", span };
        self.returns = self.plan.movements.get(id.0 as usize).ok_or(lost)?.returns.clone();
        self.counts.clear();
        self.repeats.clear();
        self.hint = None;
        let mut builder = Builder::movement();
        for param in &movement.params {
            builder.introduce(Key::Name(param.id));
        }
        self.stack.push(builder);
        if self.is_prompt(id) {
            let result = self.prompt(id, movement)?;
            self.plan.movements[id.0 as usize].body = self.finish_movement(Some(result), span)?;
            return Ok(());
        }
        let wanted = self.returns.clone();
        let result = self.block(&movement.body, Some(&wanted))?;
        // Without an arrow what its last line gives stays inside.
        let result = result.filter(|_| wanted != Type::Nothing);
        self.plan.movements[id.0 as usize].body = self.finish_movement(result, span)?;
        Ok(())
    }

    fn is_prompt(&self, id: MovementId) -> bool {
        let Some(prompt) = &self.checked.program.prompt else { return false };
        self.made.iter().any(|(item, made)| {
            matches!(made, Made::Movement(made) if *made == id)
                && self.item(*item, crate::base::Span::at(0)).is_ok_and(|item| item.id == prompt.item)
        })
    }

    /// What was entered at a prompt: the slot of the list of what it names and of the value of its last line.
    fn prompt(&mut self, id: MovementId, movement: &ast::MovementItem) -> Lowered<Slot> {
        let span = movement.body.span;
        let last = self.block(&movement.body, None)?;
        let lets = self.here(span)?.lets.clone();
        let (named, slots): (Vec<_>, Vec<Slot>) = lets.into_iter().unzip();
        let values = slots.into_iter().map(|slot| Expr::slot(slot, span));
        let last = last.map_or(Expr::constant(Value::Nothing, span), |slot| Expr::slot(slot, span));
        let list = Expr { kind: ExprKind::List(values.chain([last]).collect()), span };
        self.plan.prompt = Some(Prompt { movement: id, named });
        self.slot_of(list, "prompt")
    }

    fn instrument(&mut self, id: InstrumentId, instrument: &ast::InstrumentItem) -> Lowered<()> {
        let mut builder = Builder::closed();
        for param in instrument.params.iter().flatten() {
            builder.introduce(Key::Name(param.id));
        }
        self.stack.push(builder);
        let value = self.expression(&instrument.value);
        self.stack.pop();
        let has = self.type_of(instrument.value.id);
        self.plan.instruments[id.0 as usize].value = conform(value?, &has, &Type::Instrument);
        Ok(())
    }
}

/// `up to N deep`
pub(super) fn depth(written: &ast::Expr) -> Lowered<u32> {
    match written.kind {
        ast::ExprKind::Int(depth) => Ok(u32::try_from(depth).unwrap_or(u32::MAX)),
        _ => Err(LowerError::NotPlannable { what: "a computed depth", span: written.span }),
    }
}
