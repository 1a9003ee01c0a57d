//! Clauses of parts.

use super::ValueError;
use super::checker::Checker;
use super::fits::{admits_nothing, fits};
use crate::syntax::ast::{self, ClauseKind, Expr};
use crate::types::Type;

impl<'a> Checker<'a> {
    /// One clause of a part that gives `returns`.
    pub(super) fn clause(&mut self, item: &'a ast::PartItem, clause: &'a ast::Clause, returns: &Type) {
        if let ClauseKind::Otherwise(fallback) = &clause.kind {
            self.demand(fallback, returns, format_args!("what stands after `otherwise`"));
            return;
        }
        if let ClauseKind::Using(tools) = &clause.kind {
            self.tools(item, tools, clause.span);
            return;
        }
        let place = format!("`{}`", word(&clause.kind));
        let help = "A clause only computes. Call it in the movement, and pass what it gives as a parameter.";
        self.computing(&place, help, |checker| checker.computed_clause(item, clause, returns));
    }

    fn computed_clause(&mut self, item: &'a ast::PartItem, clause: &'a ast::Clause, returns: &Type) {
        match &clause.kind {
            ClauseKind::By(by) => self.players_of(item, by),
            ClauseKind::From(from) => self.chosen_from(from, returns),
            ClauseKind::Ensure { condition, message } => {
                self.it.push(returns.clone());
                if item.returns.is_none() {
                    self.nothing_to_ensure(clause);
                }
                self.condition_of_it(condition, "ensure");
                let mark = self.narrowing.mark();
                let facts = self.learnt(condition, false);
                self.narrowing.learn(facts);
                self.text(message);
                self.narrowing.forget(mark);
                self.it.pop();
            }
            ClauseKind::Retry(retry) => self.tries(retry, "retry"),
            ClauseKind::Within(limits) => self.limits(limits, "within"),
            ClauseKind::Turns(turns) => self.turns(item, turns, clause.span),
            ClauseKind::Quorum(quorum) => self.quorum(item, quorum),
            ClauseKind::Prefill(prefill) => self.prefill(prefill, returns),
            ClauseKind::Stdin(stdin) => {
                let found = self.expr(stdin, Some(&Type::Text));
                if !found.is_media() {
                    self.fits_or(stdin, &found, &Type::Text, "what stands after `stdin`");
                }
            }
            ClauseKind::Otherwise(_) | ClauseKind::Using(_) | ClauseKind::Class(_) | ClauseKind::Fresh => {}
        }
    }

    fn fits_or(&mut self, expr: &'a Expr, found: &Type, wanted: &Type, what: &str) {
        if !fits(found, wanted) {
            self.mismatch(expr, found, wanted, format_args!("{what}"));
        }
    }

    /// What a person starts from: something like the answer, or a text.
    fn prefill(&mut self, prefill: &'a Expr, returns: &Type) {
        let found = self.expr(prefill, Some(returns));
        let wanted = if admits_nothing(&found) { returns.clone().optional() } else { returns.clone() };
        let text = if admits_nothing(&found) { Type::Text.optional() } else { Type::Text };
        if !fits(&found, &text) {
            self.fits_or(prefill, &found, &wanted, "what stands after `prefill`");
        }
    }

    fn nothing_to_ensure(&mut self, clause: &ast::Clause) {
        self.report(ValueError::Mismatch {
            what: String::from("`it`"),
            found: String::from("`nothing`"),
            wanted: String::from("an answer"),
            help: Some(
                String::from("The part gives nothing that could be checked. Say what it gives: `-> text`.")
                    .into(),
            ),
            span: clause.span,
        });
    }

    /// `within` may be said again, but not twice of time.
    pub(super) fn doubled_limits(&mut self, item: &ast::PartItem) {
        let mut limits: Vec<&[Expr]> = Vec::new();
        for clause in &item.clauses {
            if let ClauseKind::Within(all) = &clause.kind {
                limits.push(all);
            }
        }
        let is_time = |limit: &&Expr| matches!(limit.kind, ast::ExprKind::Duration(_));
        let times: Vec<&Expr> = limits.iter().copied().flatten().filter(is_time).collect();
        if let (2.., [_, second, ..]) = (limits.len(), times.as_slice()) {
            self.report(super::FlowError::DoubledLimit { what: "time", span: second.span });
        }
    }
}

/// The word a clause begins with.
const fn word(kind: &ClauseKind) -> &'static str {
    match kind {
        ClauseKind::By(_) => "by",
        ClauseKind::Using(_) => "using",
        ClauseKind::From(_) => "from",
        ClauseKind::Ensure { .. } => "ensure",
        ClauseKind::Retry(_) => "retry",
        ClauseKind::Within(_) => "within",
        ClauseKind::Turns(_) => "up to … turns",
        ClauseKind::Otherwise(_) => "otherwise",
        ClauseKind::Quorum(_) => "quorum",
        ClauseKind::Class(_) => "thinks, reads or acts",
        ClauseKind::Fresh => "fresh",
        ClauseKind::Prefill(_) => "prefill",
        ClauseKind::Stdin(_) => "stdin",
    }
}
