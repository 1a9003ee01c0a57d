//! Statements.

use super::Formatter;
use super::document::{Doc, all};
use crate::syntax::ast::{Expr, ExprKind, SeatSpace, Statement, StatementKind};

impl Formatter<'_> {
    /// Statements a line each, with their comments; nothing where there are none of both.
    pub(super) fn statements(&self, start: u32, end: u32, statements: &[Statement]) -> Doc {
        let mut docs = Vec::new();
        let mut at = start;
        for (n, statement) in statements.iter().enumerate() {
            let place = self.place_of(statement);
            let above = self.above(at, place.start);
            let shown = self.statement(statement);
            let stray = self.stray(place);
            let next = statements.get(n + 1).map_or(end, |next| self.place_of(next).start);
            let behind = self.behind(place.end, next);
            docs.push(all([above, stray, shown, behind]));
            if n + 1 < statements.len() {
                docs.push(if self.is_apart(place.end, next) { Doc::Blank } else { Doc::Hard });
            }
            at = place.end;
        }
        let below = if statements.is_empty() {
            // They stand where statements would.
            match self.above(start, end) {
                Doc::All(mut docs) => {
                    docs.pop();
                    if docs.is_empty() { Doc::Nil } else { all([all(docs), Doc::Forced]) }
                }
                other => other,
            }
        } else {
            self.below(at, end)
        };
        if docs.is_empty() && matches!(below, Doc::Nil) { Doc::Nil } else { all([all(docs), below]) }
    }

    /// Where a statement stands, parentheses around it included.
    fn place_of(&self, statement: &Statement) -> crate::base::Span {
        let (mut start, mut end) = (statement.span.start, statement.span.end);
        if let StatementKind::Expr(expr) = &statement.kind {
            start = start.min(self.start_of(expr));
        }
        if let Some(last) = last_expr(statement) {
            end = end.max(self.end_of(last));
        }
        crate::base::Span::new(start, end)
    }

    fn statement(&self, statement: &Statement) -> Doc {
        match &statement.kind {
            StatementKind::Let { name, ty, value } => {
                let ty = ty.as_ref().map_or(Doc::Nil, |ty| all([Doc::text(": "), self.ty(ty)]));
                all([Doc::text(format!("let {}", name.name)), ty, Doc::text(" = "), self.value(value)])
            }
            StatementKind::Require { condition, message } => {
                let message = all([Doc::text("else "), self.text(message)]);
                all([Doc::text("require "), self.expr(condition), all([Doc::Line, message]).nest()]).group()
            }
            StatementKind::Say(line) => all([Doc::text("say "), self.value(line)]),
            StatementKind::Wait(time) => all([Doc::text("wait "), self.value(time)]),
            StatementKind::Expr(expr) => self.expr(expr),
            StatementKind::Seat { space, name, value } => {
                let space = match space {
                    Some(SeatSpace::Part) => "part ",
                    Some(SeatSpace::Movement) => "movement ",
                    None => "",
                };
                all([Doc::text(format!("seat {space}{} = ", name.name)), self.value(value)])
            }
            StatementKind::Expect(condition) => all([Doc::text("expect "), self.expr(condition)]),
        }
    }
}

/// What a statement ends with.
fn last_expr(statement: &Statement) -> Option<&Expr> {
    match &statement.kind {
        StatementKind::Let { value, .. } | StatementKind::Seat { value, .. } => Some(value),
        StatementKind::Say(expr)
        | StatementKind::Wait(expr)
        | StatementKind::Expr(expr)
        | StatementKind::Expect(expr) => Some(expr),
        StatementKind::Require { .. } => None,
    }
    .filter(|expr| !matches!(expr.kind, ExprKind::Block(_)))
}
