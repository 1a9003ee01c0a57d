//! Expressions.

use super::types::conform;
use super::{Lower, Lowered};
use crate::base::{Name, Span};
use crate::plan::{Compare, Expr, ExprKind, LowerError, Math, Test};
use crate::syntax::ast::{self, BinaryOp, UnaryOp};
use crate::types::Type;
use crate::value::{Money, Value};

impl Lower<'_> {
    /// The value of an expression as a pure one; what isn't pure in it becomes steps of the body.
    pub(super) fn expression(&mut self, expr: &ast::Expr) -> Lowered<Expr> {
        let hint = self.hint.take();
        let span = expr.span;
        if let Some(slot) = self.known.get(&expr.id) {
            return Ok(Expr::slot(*slot, span));
        }
        let value = |value| Ok(Expr::constant(value, span));
        match &expr.kind {
            ast::ExprKind::Nothing => value(Value::Nothing),
            ast::ExprKind::Bool(bool) => value(Value::Bool(*bool)),
            ast::ExprKind::Int(int) => value(Value::Int(*int)),
            ast::ExprKind::Number(number) => value(Value::Number(*number)),
            ast::ExprKind::Duration(millis) => value(Value::Duration(*millis)),
            ast::ExprKind::Money(nanos) => value(Value::Money(Money::from_nanos(*nanos))),
            ast::ExprKind::Text(text) => self.text(text),
            ast::ExprKind::Name(_) => self.name(expr),
            ast::ExprKind::List(items) => self.list(expr, items),
            ast::ExprKind::Record(entries) => self.record_literal(expr, entries),
            ast::ExprKind::Lambda { params, body } if self.checked.callables.get(expr.id).is_some() => {
                self.calling_lambda(expr, params, body)
            }
            ast::ExprKind::Lambda { params, body } => self.lambda(params, body, span),
            ast::ExprKind::Call { .. } | ast::ExprKind::Suffix { .. } => self.call(expr, None, hint),
            ast::ExprKind::Pipe { left, right } => self.call(right, Some(left), hint),
            ast::ExprKind::Index { target, index } => self.two(target, index, span, ExprKind::Index),
            ast::ExprKind::Slice { target, from, to } => {
                self.slice(target, from.as_deref(), to.as_deref(), span)
            }
            ast::ExprKind::Field { target, field } => self.field(expr, target, field),
            ast::ExprKind::Unary { op, operand } => self.unary(*op, operand, span),
            ast::ExprKind::Binary { op, left, right, .. } => {
                self.binary(expr, *op, left, right, hint.as_ref())
            }
            ast::ExprKind::Range { from, to } => self.two(from, to, span, ExprKind::Range),
            ast::ExprKind::Is { value, ty } => {
                let value = self.expression(value)?;
                Ok(Expr { kind: ExprKind::Is(Box::new(value), test_of(self.type_of(ty.id))), span })
            }
            ast::ExprKind::As { value, ty } => {
                let value = self.expression(value)?;
                Ok(Expr { kind: ExprKind::As(Box::new(value), self.type_of(ty.id)), span })
            }
            ast::ExprKind::But { base, changes } => self.but(expr, base, changes),
            ast::ExprKind::Otherwise { value, kinds, fallback } => {
                self.otherwise(expr, value, kinds, fallback, hint.as_ref())
            }
            ast::ExprKind::If { .. } | ast::ExprKind::Match { .. } => self.choice(expr, hint.as_ref()),
            ast::ExprKind::For(each) => self.each(expr, each, hint),
            ast::ExprKind::Repeat(repeat) => self.repeat(expr, repeat, hint),
            ast::ExprKind::Together(block) => self.together(expr, block, hint.as_ref()),
            ast::ExprKind::Limit { limits, body } => self.limit(expr, limits, body, hint),
            ast::ExprKind::Block(block) => self.block_expression(expr, block, hint),
            ast::ExprKind::Vouch { value, condition } => self.vouch(value, condition, span, hint.as_ref()),
            ast::ExprKind::Fail(inner) => {
                let inner = self.expression(inner)?;
                Ok(Expr { kind: ExprKind::Fail(Box::new(inner)), span })
            }
            ast::ExprKind::Stop { .. } | ast::ExprKind::Return { .. } => {
                self.leave(expr)?;
                Ok(Expr::constant(Value::Nothing, span))
            }
        }
    }

    /// Expressions in written order. One that may leave by `fail` becomes a step where a later one has
    /// steps: those must be held back by it.
    pub(super) fn sequence(&mut self, parts: &[&ast::Expr]) -> Lowered<Vec<Expr>> {
        let mut last_step = None;
        for (at, part) in parts.iter().enumerate() {
            if !self.is_pure(part) {
                last_step = Some(at);
            }
        }
        let mut lowered = Vec::with_capacity(parts.len());
        for (at, part) in parts.iter().enumerate() {
            let mut value = self.expression(part)?;
            if last_step.is_some_and(|last| at < last) && value.may_leave(&self.plan.functions) {
                value = Expr::slot(self.slot_of(value, "value")?, part.span);
            }
            lowered.push(value);
        }
        Ok(lowered)
    }

    fn two(
        &mut self,
        left: &ast::Expr,
        right: &ast::Expr,
        span: Span,
        kind: impl FnOnce(Box<Expr>, Box<Expr>) -> ExprKind,
    ) -> Lowered<Expr> {
        let mut both = self.sequence(&[left, right])?.into_iter();
        match (both.next(), both.next()) {
            (Some(left), Some(right)) => Ok(Expr { kind: kind(Box::new(left), Box::new(right)), span }),
            _ => Err(LowerError::LostTrack { what: "an operand", span }),
        }
    }

    fn list(&mut self, expr: &ast::Expr, items: &[ast::Expr]) -> Lowered<Expr> {
        let lowered = self.sequence(&items.iter().collect::<Vec<_>>())?;
        let wanted = element(&self.type_of(expr.id));
        let lowered = items
            .iter()
            .zip(lowered)
            .map(|(item, value)| match &wanted {
                Some(wanted) => conform(value, &self.type_of(item.id), wanted),
                None => value,
            })
            .collect();
        Ok(Expr { kind: ExprKind::List(lowered), span: expr.span })
    }

    fn slice(
        &mut self,
        target: &ast::Expr,
        from: Option<&ast::Expr>,
        to: Option<&ast::Expr>,
        span: Span,
    ) -> Lowered<Expr> {
        let parts: Vec<&ast::Expr> = std::iter::once(target).chain(from).chain(to).collect();
        let mut lowered = self.sequence(&parts)?.into_iter().map(Box::new);
        let target = lowered.next().ok_or(LowerError::LostTrack { what: "an operand", span })?;
        let from = from.and_then(|_| lowered.next());
        let to = to.and_then(|_| lowered.next());
        Ok(Expr { kind: ExprKind::Slice(target, from, to), span })
    }

    /// `e.field`, or `module.name`.
    fn field(&mut self, expr: &ast::Expr, target: &ast::Expr, field: &ast::Ident) -> Lowered<Expr> {
        if self.checked.resolved.meanings.get(expr.id).is_some() {
            return self.name(expr);
        }
        let target = self.expression(target)?;
        Ok(Expr { kind: ExprKind::Field(Box::new(target), field.name.clone()), span: expr.span })
    }

    fn unary(&mut self, op: UnaryOp, operand: &ast::Expr, span: Span) -> Lowered<Expr> {
        let operand = self.expression(operand)?;
        let kind = match (op, &operand.kind) {
            (UnaryOp::Minus, ExprKind::Constant(Value::Int(int))) if *int != i64::MIN => {
                ExprKind::Constant(Value::Int(-int))
            }
            (UnaryOp::Minus, ExprKind::Constant(Value::Number(number))) => {
                ExprKind::Constant(Value::Number(-number))
            }
            (UnaryOp::Minus, _) => ExprKind::Negate(Box::new(operand)),
            (UnaryOp::Not, _) => ExprKind::Not(Box::new(operand)),
        };
        Ok(Expr { kind, span })
    }

    fn binary(
        &mut self,
        expr: &ast::Expr,
        op: BinaryOp,
        left: &ast::Expr,
        right: &ast::Expr,
        hint: Option<&Name>,
    ) -> Lowered<Expr> {
        let span = expr.span;
        let math = |math| move |left, right| ExprKind::Math(math, left, right);
        let compare = |compare| move |left, right| ExprKind::Compare(compare, left, right);
        match op {
            BinaryOp::Add => self.two(left, right, span, math(Math::Add)),
            BinaryOp::Subtract => self.two(left, right, span, math(Math::Subtract)),
            BinaryOp::Multiply => self.two(left, right, span, math(Math::Multiply)),
            BinaryOp::Divide => self.two(left, right, span, math(Math::Divide)),
            BinaryOp::Remainder => self.two(left, right, span, math(Math::Remainder)),
            BinaryOp::Equal => self.two(left, right, span, compare(Compare::Equal)),
            BinaryOp::NotEqual => self.two(left, right, span, compare(Compare::NotEqual)),
            BinaryOp::Less => self.two(left, right, span, compare(Compare::Less)),
            BinaryOp::LessOrEqual => self.two(left, right, span, compare(Compare::LessOrEqual)),
            BinaryOp::Greater => self.two(left, right, span, compare(Compare::Greater)),
            BinaryOp::GreaterOrEqual => self.two(left, right, span, compare(Compare::GreaterOrEqual)),
            BinaryOp::In => self.two(left, right, span, ExprKind::In),
            BinaryOp::NotIn => {
                let inside = self.two(left, right, span, ExprKind::In)?;
                Ok(Expr { kind: ExprKind::Not(Box::new(inside)), span })
            }
            BinaryOp::And | BinaryOp::Or | BinaryOp::Coalesce => {
                self.short_circuit(expr, op, left, right, hint)
            }
        }
    }
}

/// What `is T` looks at.
pub(super) fn test_of(ty: Type) -> Test {
    match ty.shape() {
        Type::Nothing => Test::Nothing,
        Type::Literal(literal) => Test::Literal(super::types::literal(literal)),
        _ => Test::Type(ty),
    }
}

/// What a list holds.
pub(super) fn element(list: &Type) -> Option<Type> {
    match list.shape() {
        Type::List(element, _) => Some((**element).clone()),
        Type::Optional(inner) => element(inner),
        Type::Json => Some(Type::Json),
        _ => None,
    }
}
