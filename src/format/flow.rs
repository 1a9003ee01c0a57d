//! What has blocks.

use super::Formatter;
use super::document::{Doc, all, join};
use crate::syntax::ast::{Arm, Block, Expr, ExprKind, For, Repeat};

impl Formatter<'_> {
    pub(super) fn construct(&self, expr: &Expr) -> Doc {
        match &expr.kind {
            ExprKind::If { .. } => {
                let mut broken = false;
                let doc = self.if_chain(expr, &mut broken);
                doc.group_if(broken)
            }
            ExprKind::Match { subject, arms } => self.match_form(expr, subject, arms),
            ExprKind::For(each) => self.each(each),
            ExprKind::Repeat(repeat) => self.repeat(repeat),
            ExprKind::Together(block) => all([Doc::text("together "), self.block(block)]),
            ExprKind::Limit { limits, body } => {
                let limits = join(limits.iter().map(|limit| self.expr(limit)), &Doc::text(", "));
                all([Doc::text("limit "), limits, Doc::text(" "), self.block(body)])
            }
            ExprKind::Block(block) => self.block(block),
            _ => self.verbatim(expr.span),
        }
    }

    /// `{ … }`
    pub(super) fn block(&self, block: &Block) -> Doc {
        self.open_block(block).group_if(self.is_broken(block))
    }

    /// Whether a block has a line for each of its statements.
    fn is_broken(&self, block: &Block) -> bool {
        block.statements.len() > 1 || !block.statements.is_empty() && self.breaks_after(block.span.start + 1)
    }

    /// The same for a group that holds several blocks.
    fn open_block(&self, block: &Block) -> Doc {
        let end = block.span.end.saturating_sub(1);
        let statements = self.statements(block.span.start + 1, end, &block.statements);
        if matches!(statements, Doc::Nil) {
            return Doc::text("{}");
        }
        all([Doc::text("{"), all([Doc::Line, statements]).nest(), Doc::Line, Doc::text("}")])
    }

    fn if_chain(&self, expr: &Expr, broken: &mut bool) -> Doc {
        let ExprKind::If { condition, then, otherwise } = &expr.kind else { return self.expr(expr) };
        *broken |= self.is_broken(then);
        let head = all([Doc::text("if "), self.expr(condition), Doc::text(" "), self.open_block(then)]);
        match otherwise.as_deref() {
            None => head,
            Some(otherwise) => {
                let rest = match &otherwise.kind {
                    ExprKind::If { .. } => self.if_chain(otherwise, broken),
                    ExprKind::Block(block) => {
                        *broken |= self.is_broken(block);
                        self.open_block(block)
                    }
                    _ => self.expr(otherwise),
                };
                all([head, Doc::text(" else "), rest])
            }
        }
    }

    fn match_form(&self, expr: &Expr, subject: &Expr, arms: &[Arm]) -> Doc {
        let open = self.find(self.end_of(subject), '{');
        let close = expr.span.end.saturating_sub(1);
        let head = all([Doc::text("match "), self.expr(subject), Doc::text(" ")]);
        let mut docs = Vec::new();
        let mut at = open + 1;
        for (n, arm) in arms.iter().enumerate() {
            let above = self.above(at, arm.span.start);
            let shown = self.arm(arm);
            let stray = self.stray(arm.span);
            let end = self.end_of(&arm.body).max(arm.span.end);
            let next = arms.get(n + 1).map_or(close, |next| next.span.start);
            let behind = self.behind(end, next);
            let last = n + 1 == arms.len();
            let comma = if last { Doc::Broken(",") } else { Doc::text(",") };
            docs.push(all([above, stray, shown, comma, behind]));
            if !last {
                docs.push(Doc::Line);
                if self.is_apart(end, next) {
                    docs.push(Doc::Hard);
                }
            }
            at = end;
        }
        let below = self.below(at, close);
        let first = if arms.is_empty() { Doc::Nil } else { Doc::Line };
        let inner = all([first, all(docs), below]).nest();
        let doc = all([Doc::text("{"), inner, Doc::Line, Doc::text("}")]);
        all([head, doc.group_if(self.breaks_after(open + 1))])
    }

    fn arm(&self, arm: &Arm) -> Doc {
        let guard = arm.guard.as_ref().map_or(Doc::Nil, |guard| all([Doc::text(" if "), self.expr(guard)]));
        all([self.pattern(&arm.pattern), guard, Doc::text(" => "), self.value(&arm.body)])
    }

    fn each(&self, each: &For) -> Doc {
        let names = match &each.index {
            Some((_, index)) => format!("({}, {})", index.name, each.item.1.name),
            None => each.item.1.name.to_string(),
        };
        let condition =
            each.condition.as_ref().map_or(Doc::Nil, |test| all([Doc::text(" if "), self.expr(test)]));
        let together = if each.together.is_some() { " together " } else { " " };
        let head = all([Doc::text(format!("for {names} in ")), self.expr(&each.list), condition]);
        all([head, Doc::text(together), self.block(&each.body)])
    }

    fn repeat(&self, repeat: &Repeat) -> Doc {
        let every =
            repeat.every.as_ref().map_or(Doc::Nil, |every| all([Doc::text(" every "), self.expr(every)]));
        let carried = repeat.carried.iter().map(|carried| {
            let ty = carried.ty.as_ref().map_or(Doc::Nil, |ty| all([Doc::text(": "), self.ty(ty)]));
            all([Doc::text(&*carried.name.name), ty, Doc::text(" = "), self.value(&carried.start)])
        });
        let with = if repeat.carried.is_empty() {
            Doc::Nil
        } else {
            all([Doc::text(" with "), join(carried, &Doc::text(", "))])
        };
        let head = all([Doc::text("repeat up to "), self.expr(&repeat.bound), every, with, Doc::text(" ")]);
        let mut broken = self.is_broken(&repeat.body);
        let body = self.open_block(&repeat.body);
        let otherwise = match &repeat.otherwise {
            None => Doc::Nil,
            Some(Expr { kind: ExprKind::Block(block), .. }) => {
                broken |= self.is_broken(block);
                all([Doc::text(" else "), self.open_block(block)])
            }
            Some(otherwise) => all([Doc::text(" else "), self.value(otherwise)]),
        };
        all([head, all([body, otherwise]).group_if(broken)])
    }
}
