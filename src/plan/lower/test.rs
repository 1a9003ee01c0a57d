//! Tests: hidden movements, who sits in which chair, and what `expect` shows where it fails.

use std::sync::Arc;

use super::body::Builder;
use super::{Lower, Lowered, Made};
use crate::base::{Name, Span};
use crate::plan::{
    BodyId, Chair, Expr, ExprKind, Guard, Kind, LowerError, Movement, MovementId, Origin, Seating, Segment,
    Test, TestCase,
};
use crate::resolve::{ItemId, Meaning};
use crate::syntax::ast::{self, BinaryOp, ItemKind, Statement, StatementKind, UnaryOp};
use crate::types::Type;
use crate::value::Value;

impl<'a> Lower<'a> {
    /// The tests of the score itself; what they make of parts and movements with type parameters, too.
    pub(super) fn tests(&mut self) -> Lowered<()> {
        let own = |id: &ItemId| {
            self.checked.resolved.items.get(id.0 as usize).is_some_and(|place| place.module == 0)
        };
        let tests: Vec<(&'a ast::Item, &'a ast::TestItem)> = self
            .items()
            .filter(|(id, _)| own(id))
            .filter_map(|(_, item)| match &item.kind {
                ItemKind::Test(test) => Some((item, test)),
                _ => None,
            })
            .collect();
        for (item, test) in &tests {
            self.test(item.span, test)?;
        }
        self.finish_instances()?;
        for (at, (_, test)) in tests.iter().enumerate() {
            self.seats(at, test)?;
        }
        Ok(())
    }

    fn test(&mut self, span: Span, test: &'a ast::TestItem) -> Lowered<()> {
        let name: Name = test.name.plain().unwrap_or_default();
        let id = MovementId(u32::try_from(self.plan.movements.len()).unwrap_or(u32::MAX));
        self.plan.movements.push(Movement {
            name: name.clone(),
            doc: Arc::from(""),
            span,
            params: Box::default(),
            returns: Type::Nothing,
            body: BodyId(u32::MAX),
            thinks: false,
            depth: None,
            captured: Box::default(),
            origin: Origin::Test,
        });
        self.returns = Type::Nothing;
        self.counts.clear();
        self.repeats.clear();
        self.hint = None;
        self.stack.push(Builder::movement());
        for statement in &test.body.statements {
            if !matches!(statement.kind, StatementKind::Seat { .. }) {
                self.statement(statement)?;
            }
        }
        self.plan.movements[id.0 as usize].body = self.finish_movement(None, span)?;
        let (seats, files, clock) = (Vec::new(), None, None);
        self.plan.tests.push(TestCase { name, span, movement: id, seats, files, clock });
        Ok(())
    }

    /// Who sits where in a test, when all that parts and movements were made into is known.
    fn seats(&mut self, at: usize, test: &'a ast::TestItem) -> Lowered<()> {
        for statement in &test.body.statements {
            let StatementKind::Seat { name, value, .. } = &statement.kind else { continue };
            let meaning = self.checked.resolved.meanings.get(statement.id).copied();
            let Some(Meaning::Item(item)) = meaning else {
                let value = self.standing_alone(value, &Type::Unknown)?;
                let test = &mut self.plan.tests[at];
                let place = if &*name.name == "files" { &mut test.files } else { &mut test.clock };
                *place = Some(value);
                continue;
            };
            let value = self.standing_alone(value, &Type::Instrument)?;
            if let Some(chair) = self.chair(item, statement)? {
                self.plan.tests[at].seats.push(Seating { chair, value });
            }
        }
        Ok(())
    }

    /// `None` for a part or movement with type parameters that nothing calls.
    fn chair(&self, item: ItemId, statement: &Statement) -> Lowered<Option<Chair>> {
        let of_types = self.instances.iter().filter(|(of, ..)| *of == item).map(|(_, _, made)| *made);
        let made: Vec<Made> = self.made.get(&item).copied().into_iter().chain(of_types).collect();
        let movements = made.iter().filter_map(|made| match made {
            Made::Movement(id) => Some(*id),
            _ => None,
        });
        let parts = made.iter().filter_map(|made| match made {
            Made::Part(id) => Some(*id),
            _ => None,
        });
        match made.first() {
            None if self.is_generic(item) => Ok(None),
            None => Err(LowerError::LostTrack { what: "who is seated here", span: statement.span }),
            Some(Made::Instrument(id)) => Ok(Some(Chair::Instrument(*id))),
            Some(Made::Part(_)) => Ok(Some(Chair::Parts(parts.collect()))),
            Some(Made::Movement(_)) => Ok(Some(Chair::Movements(movements.collect()))),
        }
    }

    /// What an item is called in the plan: what `asked` looks for.
    pub(super) fn planned_name(&self, argument: &ast::Expr) -> Lowered<Expr> {
        let span = argument.span;
        let lost = LowerError::LostTrack { what: "who was asked", span };
        let Meaning::Item(item) = self.meaning(argument.id, span)? else { return Err(lost) };
        let of_types = self.instances.iter().find(|(of, ..)| *of == item).map(|(_, _, made)| *made);
        let (kind, name) = match self.made.get(&item).copied().or(of_types) {
            Some(Made::Instrument(id)) => ("instrument", &self.plan.instruments[id.0 as usize].name),
            Some(Made::Part(id)) => ("part", &self.plan.parts[id.0 as usize].name),
            Some(Made::Movement(id)) => ("part", &self.plan.movements[id.0 as usize].name),
            // One with type parameters that is made for no types yet keeps its name.
            None => {
                let name = crate::resolve::item_name(self.item(item, span)?).ok_or(lost)?;
                ("part", &name.name)
            }
        };
        Ok(Expr::constant(Value::text(&format!("{kind} {name}")), span))
    }

    /// `expect e`
    pub(super) fn expected(&mut self, condition: &ast::Expr, span: Span) -> Lowered<()> {
        // Each half of an `and` is expected on its own, so that what fails is the one that is shown.
        if let ast::ExprKind::Binary { op: BinaryOp::And, left, right, .. } = &condition.kind {
            self.expected(left, left.span)?;
            return self.expected(right, right.span);
        }
        let mut shown = Vec::new();
        for operand in operands(condition) {
            let value = self.expression(operand)?;
            let slot = self.slot_of(value, "expect")?;
            self.known.insert(operand.id, slot);
            shown.push((operand, slot));
        }
        let holds = self.expression(condition)?;
        let condition_slot = self.slot_of(holds, "expect")?;
        let mut segments =
            vec![Segment::Words(Arc::from(format!("`{}` does not hold", self.written(condition))))];
        for (at, (operand, slot)) in shown.into_iter().enumerate() {
            let before = if at == 0 { ":" } else { "" };
            let words = format!("{before}\n  {} is ", self.written(operand));
            segments.push(Segment::Words(Arc::from(words)));
            segments.push(Segment::Hole(self.quoted(slot, operand)));
        }
        let message = Expr { kind: ExprKind::Text(segments.into_boxed_slice()), span };
        let guard = Guard::Require { condition: condition_slot, message };
        self.push(Kind::Guard(guard), None, Name::from("expect"), span)
    }

    /// A value as one would write it, where that can be done.
    fn quoted(&self, slot: crate::plan::Slot, operand: &ast::Expr) -> Expr {
        let value = Expr::slot(slot, operand.span);
        let mut ty = self.type_of(operand.id);
        while let Type::Optional(inner) = ty.shape().clone() {
            ty = (*inner).clone();
        }
        let data = matches!(
            ty.shape(),
            Type::Text
                | Type::List(..)
                | Type::Record(_)
                | Type::Map(_)
                | Type::Union(_)
                | Type::Json
                | Type::Literal(_)
        );
        let span = operand.span;
        let shown = match crate::builtin::find("json").filter(|_| data) {
            Some(json) => Expr { kind: ExprKind::Builtin(json, Box::new([value])), span },
            None => value,
        };
        let absent = Expr { kind: ExprKind::Is(Box::new(Expr::slot(slot, span)), Test::Nothing), span };
        let arms = [(Some(absent), Expr::constant(Value::text("nothing"), span)), (None, shown)];
        Expr { kind: ExprKind::Choose(Box::new(arms)), span }
    }

    /// An expression as written, on one line.
    fn written(&self, expr: &ast::Expr) -> String {
        let text = self.checked.program.sources.text(expr.span);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// What a condition compares, where it is worth showing.
fn operands(condition: &ast::Expr) -> Vec<&ast::Expr> {
    match &condition.kind {
        ast::ExprKind::Binary { op, left, right, .. }
            if !matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Coalesce) =>
        {
            [&**left, &**right].into_iter().filter(|side| !is_plain(side)).collect()
        }
        ast::ExprKind::Unary { op: UnaryOp::Not, operand } => operands(operand),
        ast::ExprKind::Is { value, .. } => vec![&**value],
        _ => Vec::new(),
    }
}

/// Whether an expression says itself what it is.
fn is_plain(expr: &ast::Expr) -> bool {
    match &expr.kind {
        ast::ExprKind::Nothing
        | ast::ExprKind::Bool(_)
        | ast::ExprKind::Int(_)
        | ast::ExprKind::Number(_)
        | ast::ExprKind::Duration(_)
        | ast::ExprKind::Money(_) => true,
        ast::ExprKind::Text(text) => text.plain().is_some(),
        ast::ExprKind::List(items) => items.iter().all(is_plain),
        ast::ExprKind::Record(entries) => entries.iter().all(|entry| is_plain(&entry.value)),
        ast::ExprKind::Unary { operand, .. } => is_plain(operand),
        _ => false,
    }
}
