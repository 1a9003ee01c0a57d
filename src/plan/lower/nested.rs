//! What holds a body: `for`, `repeat`, `together`, `limit`, `otherwise`.

use std::sync::Arc;

use super::body::Key;
use super::expression::element;
use super::types::conform;
use super::{Lower, Lowered};
use crate::base::{Name, Span};
use crate::instrument::FailureKind;
use crate::plan::{self, Expr, ExprKind, Guard, Kind, LowerError, Slot, Use};
use crate::syntax::ast::{self, Block};
use crate::types::{Field, Literal, RecordType, Type};

impl Lower<'_> {
    /// `for`
    pub(super) fn each(&mut self, expr: &ast::Expr, each: &ast::For, hint: Option<Name>) -> Lowered<Expr> {
        if !self.in_body() {
            return self.computed_each(expr, each);
        }
        let list = self.expression(&each.list)?;
        let list = self.slot_of(list, "list")?;
        let name = self.site(hint, "for");
        let wanted = element(&self.type_of(expr.id));
        let repeats = std::mem::take(&mut self.repeats);
        let (mut item, mut index) = (0, None);
        let body = self.nest(expr.span, |lower| {
            item = lower.introduce(each.item.0, each.item.1.span)?;
            if let Some((definition, ident)) = &each.index {
                index = Some(lower.introduce(*definition, ident.span)?);
            }
            if let Some(condition) = &each.condition {
                let holds = lower.expression(condition)?;
                let slot = lower.slot_of(holds, "if")?;
                lower.push(Kind::Guard(Guard::Skip(slot)), None, Name::from("if"), condition.span)?;
            }
            lower.block(&each.body, wanted.as_ref())
        })?;
        self.repeats = repeats;
        let most = self.most_elements(&each.list);
        self.note_most(&body, most);
        let by_number = matches!(each.list.kind, ast::ExprKind::Range { .. });
        let each = plan::For { list, item, index, lanes: each.together.is_some(), by_number, body };
        self.push_out(Kind::For(Box::new(each)), name, expr.span)
    }

    /// A `for` where only computing is possible: `map`, and `filter` before it.
    fn computed_each(&mut self, expr: &ast::Expr, each: &ast::For) -> Lowered<Expr> {
        let builtin = |name: &'static str, list: Expr, function: Expr| {
            let lost = LowerError::LostTrack { what: "what a `for` computes with", span: expr.span };
            let builtin = crate::builtin::find(name).ok_or(lost)?;
            Ok(Expr { kind: ExprKind::Builtin(builtin, Box::new([list, function])), span: expr.span })
        };
        let item = [Key::Name(each.item.0)];
        let mut list = self.expression(&each.list)?;
        if let Some(condition) = &each.condition {
            let holds = self.function(&item, condition.span, |lower| lower.expression(condition))?;
            list = builtin("filter", list, holds)?;
        }
        let wanted = element(&self.type_of(expr.id)).unwrap_or(Type::Unknown);
        let round = self.function(&item, expr.span, |lower| lower.pure_block(&each.body, &wanted))?;
        builtin("map", list, round)
    }

    /// `repeat`
    pub(super) fn repeat(
        &mut self,
        expr: &ast::Expr,
        repeat: &ast::Repeat,
        hint: Option<Name>,
    ) -> Lowered<Expr> {
        let bound = self.expression(&repeat.bound)?;
        let bound = self.slot_of(bound, "bound")?;
        let every = match &repeat.every {
            Some(every) => {
                let every = self.expression(every)?;
                Some(self.slot_of(every, "every")?)
            }
            None => None,
        };
        let mut starts = Vec::with_capacity(repeat.carried.len());
        for carried in &repeat.carried {
            let start = self.expression(&carried.start)?;
            let start = conform(start, &self.type_of(carried.start.id), &self.type_of(carried.id));
            starts.push(self.slot_of(start, &carried.name.name)?);
        }
        let name = self.site(hint, "repeat");
        let ty = self.type_of(expr.id);
        let next = self.next_round(&repeat.carried);
        self.repeats.push((ty.clone(), false));
        let mut carried = Vec::new();
        let body = self.nest(expr.span, |lower| {
            carried = lower.carry(&repeat.carried)?;
            match (&next, round_end(&repeat.body)) {
                (Some(next), Some(end)) => lower.round_end(&repeat.body, end, next),
                _ => lower.block(&repeat.body, next.as_ref()),
            }
        })?;
        let most = self.most_rounds(&repeat.bound);
        self.note_most(&body, most);
        let can_stop = self.repeats.pop().is_some_and(|(_, can_stop)| can_stop);
        let otherwise = match &repeat.otherwise {
            Some(otherwise) => Some(self.run_out(&repeat.carried, otherwise, &ty)?),
            None => None,
        };
        let names = repeat.carried.iter().map(|carried| carried.name.name.clone()).collect();
        let repeat = plan::Repeat {
            bound,
            every,
            starts: starts.into_boxed_slice(),
            carried: carried.into_boxed_slice(),
            names,
            body,
            can_stop,
            otherwise,
        };
        self.push_out(Kind::Repeat(Box::new(repeat)), name, expr.span)
    }

    fn note_most(&mut self, round: &Use, most: Option<u64>) {
        if let Some(body) = self.plan.bodies.get_mut(round.body.0 as usize) {
            body.most = most;
        }
    }

    /// How many elements a list has at most, as far as its type or a range's ends say.
    fn most_elements(&self, list: &ast::Expr) -> Option<u64> {
        if let ast::ExprKind::Range { from, to } = &list.kind
            && let ast::ExprKind::Int(from) = from.kind
        {
            let last = self.greatest(to)?;
            return u64::try_from(last.saturating_sub(from).saturating_add(1).max(0)).ok();
        }
        match self.type_of(list.id).shape() {
            Type::List(_, size) => size.max,
            _ => None,
        }
    }

    fn most_rounds(&self, bound: &ast::Expr) -> Option<u64> {
        u64::try_from(self.greatest(bound)?.max(0)).ok()
    }

    /// The greatest value of a whole number, where its type or a literal says so.
    fn greatest(&self, expr: &ast::Expr) -> Option<i64> {
        if let ast::ExprKind::Int(int) = expr.kind {
            return Some(int);
        }
        let mut ty = self.type_of(expr.id);
        loop {
            ty = match &ty {
                Type::Literal(Literal::Int(int)) => return Some(*int),
                Type::Alias(alias) => alias.target().clone(),
                Type::Refined(base, refinement) => match (refinement.bounds.max, refinement.bounds.below) {
                    (None, None) => (**base).clone(),
                    #[allow(clippy::cast_possible_truncation)] // bounds of whole numbers
                    (max, below) => return Some(max.or(below).unwrap_or_default().floor() as i64),
                },
                _ => return None,
            };
        }
    }

    /// What a round must give: the carried value, or a record with all of them.
    fn next_round(&self, carried: &[ast::Carried]) -> Option<Type> {
        match carried {
            [] => None,
            [one] => Some(self.type_of(one.id)),
            several => {
                let field = |carried: &ast::Carried| Field {
                    name: carried.name.name.clone(),
                    doc: String::new(),
                    ty: self.type_of(carried.id),
                    has_default: false,
                };
                Some(Type::Record(Arc::new(RecordType::anonymous(several.iter().map(field).collect()))))
            }
        }
    }

    /// Slots for the carried values in the body in work.
    fn carry(&mut self, carried: &[ast::Carried]) -> Lowered<Vec<Slot>> {
        carried.iter().map(|carried| self.introduce(carried.id, carried.name.span)).collect()
    }

    /// `else` of a `repeat`.
    fn run_out(
        &mut self,
        carried: &[ast::Carried],
        otherwise: &ast::Expr,
        ty: &Type,
    ) -> Lowered<(Use, Box<[Slot]>)> {
        let mut slots = Vec::new();
        let used = self.nest(otherwise.span, |lower| {
            slots = lower.carry(carried)?;
            lower.value(otherwise, Some(ty))
        })?;
        Ok((used, slots.into_boxed_slice()))
    }

    /// `together { … }`: a lane per statement.
    pub(super) fn together(&mut self, expr: &ast::Expr, block: &Block, hint: Option<&Name>) -> Lowered<Expr> {
        let name = self.site(None, "together");
        let wanted = self.type_of(expr.id);
        let mut lanes = Vec::with_capacity(block.statements.len());
        for (at, statement) in block.statements.iter().enumerate() {
            let last = at + 1 == block.statements.len();
            lanes.push(self.nest_scopeless(statement.span, |lower| {
                if last {
                    lower.hint = hint.cloned();
                    lower.last_statement(statement, Some(&wanted))
                } else {
                    lower.statement(statement)?;
                    Ok(None)
                }
            })?);
        }
        self.push_out(Kind::Together(lanes.into_boxed_slice()), name, expr.span)
    }

    /// `limit 2min, $1 { … }`
    pub(super) fn limit(
        &mut self,
        expr: &ast::Expr,
        limits: &[ast::Expr],
        block: &Block,
        hint: Option<Name>,
    ) -> Lowered<Expr> {
        let (mut time, mut money) = (None, None);
        for limit in limits {
            let slot = self.expression(limit)?;
            let slot = self.slot_of(slot, "limit")?;
            match self.type_of(limit.id).shape() {
                Type::Duration => time = Some(slot),
                Type::Money => money = Some(slot),
                _ => return Err(LowerError::LostTrack { what: "the type of this limit", span: limit.span }),
            }
        }
        let name = self.site(None, "limit");
        let wanted = self.type_of(expr.id);
        let body = self.nest_scopeless(block.span, |lower| {
            lower.hint = hint;
            lower.block(block, Some(&wanted))
        })?;
        let limit = plan::Limit { time, money, body };
        self.push_out(Kind::Limit(Box::new(limit)), name, expr.span)
    }

    /// `e otherwise on KINDS f`
    pub(super) fn otherwise(
        &mut self,
        expr: &ast::Expr,
        value: &ast::Expr,
        kinds: &[ast::Ident],
        fallback: &ast::Expr,
        hint: Option<&Name>,
    ) -> Lowered<Expr> {
        let wanted = self.type_of(expr.id);
        let kinds = kinds
            .iter()
            .map(|kind| {
                FailureKind::from_word(&kind.name)
                    .ok_or(LowerError::LostTrack { what: "a kind", span: kind.span })
            })
            .collect::<Lowered<Box<[_]>>>()?;
        let name = self.site(None, "otherwise");
        let body = self.value_body(value, &wanted, hint)?;
        let (fallback, error) = self.fallback(Key::Name(expr.id), fallback, &wanted)?;
        let otherwise = plan::Otherwise { body, kinds, fallback, error };
        self.push_out(Kind::Otherwise(Box::new(otherwise)), name, expr.span)
    }

    /// The body of a fallback and the slot of its `error`.
    pub(super) fn fallback(
        &mut self,
        error: Key,
        fallback: &ast::Expr,
        wanted: &Type,
    ) -> Lowered<(Use, Option<Slot>)> {
        let mut slot = None;
        let used = self.nest(fallback.span, |lower| {
            slot = Some(lower.here(fallback.span)?.introduce(error));
            lower.value(fallback, Some(wanted))
        })?;
        Ok((used, slot))
    }
}

/// The `stop e if c` that a round ends with: where it doesn't stop, `e` is what is carried on.
fn round_end(body: &ast::Block) -> Option<(&ast::Expr, &ast::Expr, Span)> {
    let ast::StatementKind::Expr(last) = &body.statements.last()?.kind else { return None };
    match &last.kind {
        ast::ExprKind::Stop { value: Some(value), condition: Some(condition) } => {
            Some((value, condition, last.span))
        }
        _ => None,
    }
}
