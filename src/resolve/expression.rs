//! Names in expressions and patterns.

use super::Meaning;
use super::known;
use super::resolver::Resolver;
use crate::syntax::ast::{self, Expr, ExprKind, PatternKind, Suffix, TextPiece};

impl<'a> Resolver<'a> {
    /// The holes of a text.
    pub(super) fn text(&mut self, text: &'a ast::Text) {
        for piece in &text.pieces {
            if let TextPiece::Hole { value, .. } = piece {
                self.expr(value);
            }
        }
    }

    fn all(&mut self, exprs: impl IntoIterator<Item = &'a Expr>) {
        for expr in exprs {
            self.expr(expr);
        }
    }

    /// An expression.
    pub(super) fn expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Nothing
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Number(_)
            | ExprKind::Duration(_)
            | ExprKind::Money(_) => {}
            ExprKind::Text(text) => self.text(text),
            ExprKind::Name(name) => self.name(expr.id, name, expr.span),
            ExprKind::List(elements) => self.all(elements),
            ExprKind::Record(entries) => self.all(entries.iter().map(|entry| &entry.value)),
            ExprKind::Lambda { params, body } => {
                let mark = self.scopes.open();
                for (node, ident) in params {
                    self.define(*node, ident);
                }
                self.expr(body);
                self.scopes.close(mark);
            }
            ExprKind::Call { callee, arguments } => {
                self.expr(callee);
                let types = matches!(&callee.kind, ExprKind::Name(name) if &**name == "values");
                let of_type = |expr: &Expr| matches!(&expr.kind, ExprKind::Name(name) if known::builtin_type(name).is_some());
                let values = arguments.iter().map(|argument| &argument.value);
                self.all(values.filter(|value| !(types && of_type(value))));
            }
            ExprKind::Suffix { target, suffix } => {
                self.expr(target);
                match suffix {
                    Suffix::By(expr) | Suffix::Retry(expr) => self.expr(expr),
                    Suffix::Within(all) => self.all(all),
                }
            }
            ExprKind::Index { target: left, index: right }
            | ExprKind::Binary { left, right, .. }
            | ExprKind::Range { from: left, to: right }
            | ExprKind::But { base: left, changes: right }
            | ExprKind::Pipe { left, right } => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::Slice { target, from, to } => {
                self.expr(target);
                self.all(from.as_deref().into_iter().chain(to.as_deref()));
            }
            ExprKind::Field { target, field } => self.field(expr, target, field),
            ExprKind::Unary { operand: inner, .. } | ExprKind::Fail(inner) => self.expr(inner),
            ExprKind::Is { value, ty } | ExprKind::As { value, ty } => {
                self.expr(value);
                self.ty(ty);
            }
            ExprKind::Otherwise { value, fallback, .. } => {
                self.expr(value);
                let mark = self.scopes.open();
                self.define_word("error", Meaning::Failure(expr.id), expr.span);
                self.expr(fallback);
                self.scopes.close(mark);
            }
            ExprKind::Stop { value, condition } | ExprKind::Return { value, condition } => {
                self.all(value.as_deref().into_iter().chain(condition.as_deref()));
            }
            ExprKind::Vouch { value, condition } => {
                self.expr(value);
                let mark = self.scopes.open();
                self.define_word("it", Meaning::It, condition.span);
                self.expr(condition);
                self.scopes.close(mark);
            }
            ExprKind::If { .. }
            | ExprKind::Match { .. }
            | ExprKind::For(_)
            | ExprKind::Repeat(_)
            | ExprKind::Together(_)
            | ExprKind::Limit { .. }
            | ExprKind::Block(_) => self.construct(expr),
        }
    }

    /// `e.field`, `module.name`, or `instrument.tool`.
    fn field(&mut self, expr: &'a Expr, target: &'a Expr, field: &'a ast::Ident) {
        match &target.kind {
            ExprKind::Name(name) if self.is_module(name) => {
                let module = ast::Ident { name: name.clone(), span: target.span };
                if let Some((item, _)) = self.member(&module, field) {
                    self.resolved.meanings.set(expr.id, Meaning::Item(item));
                }
            }
            _ => {
                self.expr(target);
                self.tool(expr, target, field);
            }
        }
    }

    /// What has blocks.
    fn construct(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::If { condition, then, otherwise } => {
                self.expr(condition);
                self.block(then);
                self.all(otherwise.as_deref());
            }
            ExprKind::Match { subject, arms } => {
                self.expr(subject);
                for arm in arms {
                    let mark = self.scopes.open();
                    self.pattern(&arm.pattern);
                    self.all(arm.guard.as_ref());
                    self.expr(&arm.body);
                    self.scopes.close(mark);
                }
            }
            ExprKind::For(each) => {
                self.expr(&each.list);
                let mark = self.scopes.open();
                for (node, ident) in each.index.iter().chain([&each.item]) {
                    self.define_once(*node, ident);
                }
                self.all(each.condition.as_ref());
                self.block(&each.body);
                self.scopes.close(mark);
            }
            ExprKind::Repeat(repeat) => self.repeat(repeat),
            ExprKind::Together(body) => self.block_in_scope(body),
            ExprKind::Limit { limits, body } => {
                self.all(limits);
                self.block_in_scope(body);
            }
            ExprKind::Block(body) => self.block(body),
            _ => {}
        }
    }

    fn repeat(&mut self, repeat: &'a ast::Repeat) {
        self.expr(&repeat.bound);
        self.all(repeat.every.as_ref());
        for carried in &repeat.carried {
            if let Some(ty) = &carried.ty {
                self.ty(ty);
            }
            self.expr(&carried.start);
        }
        let mark = self.scopes.open();
        for carried in &repeat.carried {
            self.define_once(carried.id, &carried.name);
        }
        self.block(&repeat.body);
        self.all(repeat.otherwise.as_ref());
        self.scopes.close(mark);
    }

    fn pattern(&mut self, pattern: &'a ast::Pattern) {
        match &pattern.kind {
            PatternKind::Any | PatternKind::Nothing | PatternKind::Literal(_) => {}
            PatternKind::Bind(ident) => {
                self.is_item(ident);
                self.define(pattern.id, ident);
            }
            PatternKind::Type { ty, binding } => {
                self.ty(ty);
                if let Some(ident) = binding {
                    self.is_item(ident);
                    self.define(pattern.id, ident);
                }
            }
            PatternKind::Either(options) => {
                for option in options {
                    self.pattern(option);
                }
            }
        }
    }
}
