//! Parts and movements as values.

use std::sync::Arc;

use super::checker::Checker;
use crate::resolve::ItemId;
use crate::syntax::ast::Expr;
use crate::types::{PartType, Signature, Type};

impl<'a> Checker<'a> {
    /// A part or movement named where a value stands: its type is that of its parameters, those that may be
    /// left out only as far as they are wanted.
    pub(super) fn callable(
        &mut self,
        expr: &'a Expr,
        item: ItemId,
        signature: &Signature,
        wanted: Option<&PartType>,
    ) -> Type {
        let types = self.generic_value(expr, item, signature, wanted);
        // Whoever gets it may call it: for circles of calls that is as if it were called here.
        self.edges[self.item.0 as usize].push((item, expr.span));
        let needed = signature.params.iter().filter(|param| !param.optional).count();
        let count = wanted.map_or(needed, |wanted| wanted.params.len().clamp(needed, signature.params.len()));
        let leading = signature.params.iter().take(count).filter(|param| !param.optional).count();
        // A parameter that must be given behind one that may be left out leaves no order to call it in.
        let count = if leading < needed { signature.params.len() } else { count };
        let params = signature.params.iter().take(count);
        let params = params.map(|param| self.instances.put_in(&param.ty, &types)).collect();
        let returns = self.instances.put_in(&signature.returns, &types);
        self.callables.set(expr.id, types);
        Type::Part(Arc::new(PartType { params, returns }))
    }
}
