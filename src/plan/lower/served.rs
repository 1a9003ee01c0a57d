//! Tools of MCP instruments: an instrument with the tool set, as which it plays.

use super::{Lower, Lowered, Made};
use crate::base::{Name, Span};
use crate::load::Served;
use crate::plan::{Expr, ExprKind, LowerError, Tool};
use crate::resolve::{ItemId, ItemPlace, Meaning};
use crate::syntax::ast;

impl Lower<'_> {
    /// `by disk.search_files`
    pub(super) fn as_tool(&self, item: ItemId, span: Span) -> Lowered<Expr> {
        let lost = LowerError::LostTrack { what: "the tool that plays here", span };
        let resolved = &self.checked.resolved;
        let place = resolved.items.get(item.0 as usize).copied().ok_or(lost.clone())?;
        let served = self.checked.program.server_of(place.module).ok_or(lost.clone())?;
        let pin = served.pins.get(place.item).ok_or(lost.clone())?;
        let instrument = ItemPlace { module: served.module, item: served.item };
        let at = resolved.items.iter().position(|place| *place == instrument).ok_or(lost.clone())?;
        let Some(Made::Instrument(id)) = u32::try_from(at).ok().and_then(|at| self.made.get(&ItemId(at)))
        else {
            return Err(lost);
        };
        let instrument = Expr { kind: ExprKind::Instrument(*id, Box::default()), span };
        let settings = pin.settings().map(|(name, value)| (name, Expr::constant(value, span)));
        Ok(Expr { kind: ExprKind::But(Box::new(instrument), Box::new(settings)), span })
    }

    /// `using disk`: all tools of an MCP instrument; `None` where it is none.
    pub(super) fn brought(&mut self, written: &ast::Expr) -> Lowered<Option<Vec<Tool>>> {
        let Some(Meaning::Item(item)) = self.checked.resolved.meanings.get(written.id).copied() else {
            return Ok(None);
        };
        let place = self.checked.resolved.items.get(item.0 as usize).copied();
        let served = place.and_then(|place| self.checked.program.served(place.module, place.item));
        let Some(Served { tools: Some(module), pins, .. }) = served else { return Ok(None) };
        let places = (0..).map(ItemId).zip(&self.checked.resolved.items);
        let items: Vec<ItemId> =
            places.filter(|(_, place)| place.module == *module).map(|(id, _)| id).collect();
        let mut all = Vec::with_capacity(items.len());
        for (item, pin) in items.into_iter().zip(pins) {
            let callee = self.item_as_value(item, &[], written.span)?;
            all.push(Tool {
                name: Name::clone(&pin.name),
                doc: std::sync::Arc::from(""),
                callee,
                arity: None,
            });
        }
        Ok(Some(all))
    }
}
