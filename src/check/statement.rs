//! Statements and blocks.

use super::advice::show;
use super::checker::{Checker, ItemFacts, Place};
use super::fits::fits;
use super::join::widen_literal;
use super::{FlowError, ValueError};
use crate::resolve::Meaning;
use crate::syntax::ast::{self, BinaryOp, Expr, ExprKind, StatementKind};
use crate::types::Type;

impl<'a> Checker<'a> {
    /// A block with a scope of its own: what was learnt in it is forgotten.
    pub(super) fn block(&mut self, block: &'a ast::Block, want: Option<&Type>) -> Type {
        let mark = self.narrowing.mark();
        let ty = self.block_open(block, want);
        self.narrowing.forget(mark);
        ty
    }

    /// A block without a scope of its own; gives the value of its last expression.
    pub(super) fn block_open(&mut self, block: &'a ast::Block, want: Option<&Type>) -> Type {
        let Some((last, before)) = block.statements.split_last() else { return Type::Nothing };
        let left = self.statements(before, Some(last));
        let ty = if let StatementKind::Expr(expr) = &last.kind {
            self.value_statement(last, expr, want)
        } else {
            self.statement(last, None);
            Type::Nothing
        };
        if let Some(after) = left {
            self.unreachable(last.span, after);
            return Type::Never;
        }
        ty
    }

    /// Statements of which none gives a value.
    pub(super) fn steps(&mut self, statements: &'a [ast::Statement]) {
        let Some((last, before)) = statements.split_last() else { return };
        if let Some(after) = self.statements(before, Some(last)) {
            self.unreachable(last.span, after);
        }
        self.statement(last, None);
    }

    /// Statements that are not the last; where one always leaves, its place.
    pub(super) fn statements(
        &mut self,
        statements: &'a [ast::Statement],
        last: Option<&'a ast::Statement>,
    ) -> Option<crate::base::Span> {
        let mut left = None;
        for (at, statement) in statements.iter().enumerate() {
            let next = statements.get(at + 1).or(last);
            let leaves = self.statement(statement, next);
            if leaves && left.is_none() {
                left = Some(statement.span);
                if let Some(next) = statements.get(at + 1) {
                    self.unreachable(next.span, statement.span);
                }
            }
        }
        // The last statement is complained of by the caller, unless one before it was.
        left.filter(|after| statements.last().is_some_and(|last| last.span == *after))
    }

    /// One statement whose value is not used. Says whether it always leaves.
    pub(super) fn statement(
        &mut self,
        statement: &'a ast::Statement,
        next: Option<&'a ast::Statement>,
    ) -> bool {
        match &statement.kind {
            StatementKind::Let { name, ty, value } => {
                let touched = std::mem::replace(&mut self.touched, 0);
                let found = match ty {
                    Some(ty) => {
                        let wanted = self.ty(ty);
                        self.demand(value, &wanted, format_args!("the value of `{}`", name.name));
                        wanted
                    }
                    None => self.expr(value, None),
                };
                if found == Type::Nothing && ty.is_none() && !matches!(value.kind, ExprKind::Nothing) {
                    self.named_nothing(name, value);
                }
                let leaves = self.types.get(value.id) == Some(&Type::Never);
                self.types.set(statement.id, found);
                self.named_from(statement.id, value, ty.is_some());
                if self.touched > 0 {
                    self.depends.insert(statement.id, self.touched);
                }
                self.touched = self.touched.max(touched);
                leaves
            }
            StatementKind::Require { condition, message } => {
                self.done += 1;
                self.condition(condition, "what stands after `require`");
                self.text(message);
                let facts = self.learnt(condition, true);
                self.narrowing.learn(facts);
                false
            }
            StatementKind::Say(expr) => {
                self.done += 1;
                self.form("say", statement.span);
                self.demand(expr, &Type::Text, format_args!("what stands after `say`"));
                false
            }
            StatementKind::Wait(expr) => {
                self.done += 1;
                self.form("wait", statement.span);
                self.demand(expr, &Type::Duration, format_args!("what stands after `wait`"));
                false
            }
            StatementKind::Expr(expr) => self.dropped(statement, expr, next),
            StatementKind::Seat { value, .. } => {
                self.late_seat(statement);
                self.expr(value, None);
                false
            }
            StatementKind::Expect(condition) => {
                self.done += 1;
                self.truth(condition, "what stands after `expect`");
                let facts = self.learnt(condition, true);
                self.narrowing.learn(facts);
                false
            }
        }
    }

    /// An expression that is not the last statement: it must do something.
    fn dropped(
        &mut self,
        statement: &'a ast::Statement,
        expr: &'a Expr,
        next: Option<&'a ast::Statement>,
    ) -> bool {
        if let Some(help) = self.torn_apart(expr, next) {
            self.types.set(expr.id, Type::Unknown);
            self.report(FlowError::UnusedValue { help: help.into(), span: expr.span });
            return false;
        }
        let done = self.done;
        if matches!(self.places.last(), Some(Place::Lambda | Place::Clause)) {
            self.form("a statement for what it does", expr.span);
        }
        let ty = self.value_statement(statement, expr, None);
        if self.done == done && !unsure(&ty) {
            let help = self.documentation(expr).unwrap_or_else(|| self.unused_help(expr).into());
            self.report(FlowError::UnusedValue { help, span: expr.span });
        }
        ty == Type::Never
    }

    /// An expression as a statement: what its outcome rules out is known below it.
    pub(super) fn value_statement(
        &mut self,
        statement: &ast::Statement,
        expr: &'a Expr,
        want: Option<&Type>,
    ) -> Type {
        let (ty, facts) = match &expr.kind {
            ExprKind::If { condition, then, otherwise } => {
                self.if_else(condition, then, otherwise.as_deref(), want)
            }
            ExprKind::Match { subject, arms } => self.match_arms(subject, arms, want),
            ExprKind::Stop { condition: Some(condition), .. }
            | ExprKind::Return { condition: Some(condition), .. } => {
                let ty = self.expr(expr, want);
                let facts = self.learnt(condition, false);
                (ty, facts)
            }
            _ => (self.expr(expr, want), Vec::new()),
        };
        debug_assert!(statement.span.start <= expr.span.start || expr.parenthesised);
        self.types.set(expr.id, ty.clone());
        self.narrowing.learn(facts);
        ty
    }

    /// `f (x)` and `xs [0]`: two statements where one was meant.
    fn torn_apart(&self, expr: &Expr, next: Option<&ast::Statement>) -> Option<String> {
        let ExprKind::Name(name) = &expr.kind else { return None };
        let StatementKind::Expr(next) = &next?.kind else { return None };
        let callable = match self.meaning(expr.id) {
            Some(Meaning::Item(item)) => !matches!(self.facts(item), ItemFacts::Instrument(None)),
            Some(Meaning::Builtin(_) | Meaning::Constructor(_) | Meaning::Known(_)) => true,
            _ => false,
        };
        if callable {
            let inside = self.source(next.span).unwrap_or("…");
            return Some(if next.parenthesised {
                format!("A call's `(` touches the name: `{name}({inside})`.")
            } else {
                format!("To call it, write `{name}(…)`.")
            });
        }
        matches!(next.kind, ExprKind::List(_))
            .then(|| format!("An index's `[` touches the name: `{name}[…]`."))
    }

    fn unused_help(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Text(_) => String::from(
                "To show it, write `say \"…\"`; to use it further down, name it: `let x = \"…\"`; a result stands last.",
            ),
            ExprKind::Binary { op: BinaryOp::Equal, left, right, .. } => match &left.kind {
                ExprKind::Name(name) => {
                    format!(
                        "`==` compares. To name a value, write `let {name} = {}`.",
                        self.source(right.span).unwrap_or("…")
                    )
                }
                _ => String::from("`==` compares. To make sure of it, write `require … else \"…\"`."),
            },
            ExprKind::For(_) | ExprKind::If { .. } | ExprKind::Match { .. } => {
                String::from("Nothing is done inside. Name what it gives, `let x = …`, or leave it out.")
            }
            ExprKind::Lambda { .. } => {
                String::from("A small function stands as an argument. Leave it out here.")
            }
            _ => String::from(
                "Name it to use it further down, `let x = …`, or leave it out; a result stands last.",
            ),
        }
    }

    /// `let x = f()` where f gives nothing.
    fn named_nothing(&mut self, name: &ast::Ident, value: &Expr) {
        let help =
            format!("Leave `let {} =` out, or let what is called give something (`-> text`).", name.name);
        self.report(ValueError::Mismatch {
            what: format!("the value of `{}`", name.name),
            found: String::from("`nothing`"),
            wanted: String::from("a value"),
            help: Some(help.into()),
            span: value.span,
        });
    }

    /// The body of a movement, which gives `wanted`.
    pub(super) fn body(&mut self, item: &'a ast::MovementItem, wanted: &Type) {
        let Some((last, before)) = item.body.statements.split_last() else {
            if *wanted != Type::Nothing {
                self.missing_result(item, None, wanted);
            }
            return;
        };
        let left = self.statements(before, Some(last));
        if let Some(after) = left {
            self.unreachable(last.span, after);
        }
        match &last.kind {
            StatementKind::Expr(expr) if *wanted == Type::Nothing => {
                let done = self.done;
                let found = self.value_statement(last, expr, None);
                if self.done == done && found != Type::Nothing && !unsure(&found) {
                    let returned = match widen_literal(&found) {
                        ty @ (Type::Record(_) | Type::List(..)) if ty.to_string().contains('{') => {
                            String::from("T")
                        }
                        ty => ty.to_string(),
                    };
                    let help = format!(
                        "To give it back, say so in the head: `movement {}(…) -> {returned}`.",
                        item.name.name
                    );
                    let help = self.says_what_it_gives(help, &widen_literal(&found));
                    self.report(FlowError::UnusedValue { help, span: expr.span });
                }
            }
            StatementKind::Expr(expr) => {
                let found = self.value_statement(last, expr, Some(wanted));
                self.gives(expr);
                if left.is_some() || fits(&found, wanted) {
                    self.within_bounds(expr, wanted);
                } else if found == Type::Nothing
                    && !matches!(expr.kind, ExprKind::Nothing | ExprKind::Call { .. })
                {
                    self.missing_result(item, Some(last), wanted);
                } else {
                    self.mismatch(expr, &found, wanted, format_args!("the result of `{}`", item.name.name));
                }
            }
            _ => {
                let leaves = self.statement(last, None);
                if *wanted != Type::Nothing && !leaves && left.is_none() {
                    self.missing_result(item, Some(last), wanted);
                }
            }
        }
    }

    fn missing_result(&mut self, item: &'a ast::MovementItem, last: Option<&ast::Statement>, wanted: &Type) {
        if *wanted == Type::Unknown {
            return;
        }
        let help = match last.map(|last| &last.kind) {
            Some(StatementKind::Let { name, ty: _, value }) => match self.types.get(value.id) {
                Some(found) if fits(found, wanted) => {
                    format!("Add a last line with the result: `{}`.", name.name)
                }
                _ => format!("Add a last line that gives {}.", show(wanted)),
            },
            Some(StatementKind::Say(_)) => {
                String::from("`say` shows a line and gives nothing. Put the result itself on the last line.")
            }
            _ => format!(
                "Add a last line that gives {}, or leave `-> {wanted}` out of the head.",
                show(wanted)
            ),
        };
        let end = item.body.span.end;
        let span = last.map_or(crate::base::Span::new(end.saturating_sub(1), end), |last| last.span);
        let declared = item.returns.as_ref().map(|returns| returns.ty.span);
        self.report(FlowError::MissingResult {
            wanted: wanted.to_string(),
            help: help.into(),
            span,
            declared,
        });
    }
}

/// Whether something else is wrong with a value, or it never comes: then that it is unused says nothing.
fn unsure(ty: &Type) -> bool {
    match ty {
        Type::Unknown | Type::Never => true,
        Type::List(inner, _) | Type::Optional(inner) | Type::Map(inner) => unsure(inner),
        _ => false,
    }
}
