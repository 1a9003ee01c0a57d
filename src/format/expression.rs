//! Expressions.

use super::Formatter;
use super::document::{Doc, all, join};
use crate::base::Span;
use crate::syntax::ast::{Argument, BinaryOp, Entry, Expr, ExprKind, Ident, Suffix, UnaryOp};

/// Arguments before one that is broken in its own way take no more room than this.
const SHORT: usize = 40;

impl Formatter<'_> {
    /// An expression, in parentheses where it stood in some.
    pub(super) fn expr(&self, expr: &Expr) -> Doc {
        let inner = self.bare(expr);
        if expr.parenthesised { all([Doc::text("("), inner, Doc::text(")")]) } else { inner }
    }

    /// The same behind something on its line: the lines of a long text stand further in.
    pub(super) fn value(&self, expr: &Expr) -> Doc {
        let doc = self.expr(expr);
        if matches!(expr.kind, ExprKind::Text(_)) { doc.nest() } else { doc }
    }

    /// Where an expression begins, its parentheses included.
    pub(super) fn start_of(&self, expr: &Expr) -> u32 {
        let before = self.between(self.base, expr.span.start).trim_end();
        if expr.parenthesised && before.ends_with('(') {
            return self.base + u32::try_from(before.len() - 1).unwrap_or(0);
        }
        expr.span.start
    }

    /// Where an expression ends, its parentheses included.
    pub(super) fn end_of(&self, expr: &Expr) -> u32 {
        if expr.parenthesised { self.find(expr.span.end, ')') + 1 } else { expr.span.end }
    }

    fn bare(&self, expr: &Expr) -> Doc {
        match &expr.kind {
            ExprKind::Nothing
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Number(_)
            | ExprKind::Duration(_)
            | ExprKind::Money(_)
            | ExprKind::Name(_) => self.verbatim(expr.span),
            ExprKind::Text(text) => self.text(text),
            ExprKind::List(items) => {
                let place = |item: &Expr| Span::new(self.start_of(item), self.end_of(item));
                let ends = (expr.span.start, expr.span.end.saturating_sub(1));
                self.list(("[", "]"), ends, items, place, |item| self.expr(item))
            }
            ExprKind::Record(entries) => self.record(expr.span, entries),
            ExprKind::Lambda { params, body } => {
                let names = join(params.iter().map(|(_, name)| Doc::text(&*name.name)), &Doc::text(", "));
                let head =
                    if params.len() == 1 { names } else { all([Doc::text("("), names, Doc::text(")")]) };
                all([head, Doc::text(" => "), self.value(body)])
            }
            ExprKind::Call { callee, arguments } => self.call(expr, callee, arguments),
            ExprKind::Suffix { target, suffix } => self.suffix(target, suffix),
            ExprKind::Index { target, index } => {
                all([self.expr(target), Doc::text("["), self.expr(index), Doc::text("]")])
            }
            ExprKind::Slice { target, from, to } => {
                let side = |side: &Option<Box<Expr>>| side.as_ref().map_or(Doc::Nil, |side| self.expr(side));
                all([
                    self.expr(target),
                    Doc::text("["),
                    side(from),
                    Doc::text(".."),
                    side(to),
                    Doc::text("]"),
                ])
            }
            ExprKind::Field { target, field } => {
                all([self.expr(target), Doc::text(format!(".{}", field.name))])
            }
            ExprKind::Unary { op, operand } => {
                let op = match op {
                    UnaryOp::Not => "not ",
                    UnaryOp::Minus => "-",
                };
                all([Doc::text(op), self.expr(operand)])
            }
            ExprKind::Binary { op, .. } => self.chain(expr, strength(*op)),
            ExprKind::Range { from, to } => all([self.expr(from), Doc::text(".."), self.expr(to)]),
            ExprKind::Is { value, ty } => all([self.expr(value), Doc::text(" is "), self.ty(ty)]),
            ExprKind::As { value, ty } => all([self.expr(value), Doc::text(" as "), self.ty(ty)]),
            ExprKind::But { base, changes } => all([self.expr(base), Doc::text(" but "), self.expr(changes)]),
            ExprKind::Pipe { .. } => self.pipe(expr),
            ExprKind::Otherwise { value, kinds, fallback } => self.otherwise(value, kinds, fallback),
            ExprKind::Vouch { value, condition } => {
                all([Doc::text("vouch "), self.expr(value), Doc::text(" where "), self.expr(condition)])
            }
            ExprKind::Fail(inner) => all([Doc::text("fail "), self.value(inner)]),
            ExprKind::Stop { value, condition } => self.leave("stop", value.as_deref(), condition.as_deref()),
            ExprKind::Return { value, condition } => {
                self.leave("return", value.as_deref(), condition.as_deref())
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

    fn suffix(&self, target: &Expr, suffix: &Suffix) -> Doc {
        let (word, values): (_, &[Expr]) = match suffix {
            Suffix::By(player) => (" by ", std::slice::from_ref(player)),
            Suffix::Within(limits) => (" within ", limits),
            Suffix::Retry(tries) => (" retry ", std::slice::from_ref(tries)),
        };
        let values = join(values.iter().map(|value| self.value(value)), &Doc::text(", "));
        all([self.expr(target), Doc::text(word), values])
    }

    fn otherwise(&self, value: &Expr, kinds: &[Ident], fallback: &Expr) -> Doc {
        let kinds = if kinds.is_empty() {
            Doc::Nil
        } else {
            all([Doc::text("on "), self.names(kinds), Doc::text(" ")])
        };
        let fallback_doc = all([Doc::text("otherwise "), kinds, self.value(fallback)]);
        if matches!(fallback.kind, ExprKind::Block(_)) {
            return all([self.expr(value), Doc::text(" "), fallback_doc]);
        }
        all([self.expr(value), all([Doc::Line, fallback_doc]).nest()]).group()
    }

    fn leave(&self, word: &'static str, value: Option<&Expr>, condition: Option<&Expr>) -> Doc {
        let value = value.map_or(Doc::Nil, |value| all([Doc::text(" "), self.value(value)]));
        let condition = condition.map_or(Doc::Nil, |test| all([Doc::text(" if "), self.expr(test)]));
        all([Doc::text(word), value, condition])
    }

    fn record(&self, span: Span, entries: &[Entry]) -> Doc {
        let place = |entry: &Entry| Span::new(entry.key.span.start, self.end_of(&entry.value));
        self.list(("{", "}"), (span.start, span.end.saturating_sub(1)), entries, place, |entry| {
            all([self.verbatim(entry.key.span), Doc::text(": "), self.value(&entry.value)])
        })
    }

    fn argument(&self, argument: &Argument) -> Doc {
        match &argument.name {
            Some(name) => all([Doc::text(format!("{}: ", name.name)), self.value(&argument.value)]),
            None => self.expr(&argument.value),
        }
    }

    fn call(&self, expr: &Expr, callee: &Expr, arguments: &[Argument]) -> Doc {
        let open = self.find(callee.span.end, '(');
        let open = if callee.parenthesised { self.find(open.max(self.end_of(callee)), '(') } else { open };
        let close = expr.span.end.saturating_sub(1);
        let callee = self.expr(callee);
        if let Some((last, before)) = arguments.split_last()
            && self.is_broken_in_its_own_way(&last.value)
            && !self.breaks_after(open + 1)
            && !self.has_comment(open, self.start_of(&last.value))
        {
            let before: Vec<Doc> = before.iter().map(|argument| self.argument(argument)).collect();
            let room: usize = before.iter().map(flat_width).sum();
            if room <= SHORT && !before.iter().any(Doc::ends_line) {
                let before = before.into_iter().flat_map(|doc| [Doc::Flat(Box::new(doc)), Doc::text(", ")]);
                let last = match (&last.name, &last.value.kind) {
                    (None, ExprKind::Text(_)) => self.argument(last).nest(),
                    _ => self.argument(last),
                };
                let inner = all(before.chain([last]));
                return all([callee, Doc::text("("), inner, Doc::text(")")]);
            }
        }
        let place = |argument: &Argument| {
            let start = argument.name.as_ref().map_or(self.start_of(&argument.value), |name| name.span.start);
            Span::new(start, self.end_of(&argument.value))
        };
        let list = self.list(("(", ")"), (open, close), arguments, place, |argument| self.argument(argument));
        all([callee, list])
    }

    /// Whether an expression, as a last argument, is broken between its own brackets.
    fn is_broken_in_its_own_way(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::List(items) => !items.is_empty(),
            ExprKind::Record(entries) => !entries.is_empty(),
            ExprKind::Text(text) => self.slice(text.span).contains('\n'),
            ExprKind::Lambda { body, .. } => {
                matches!(body.kind, ExprKind::Block(_)) || self.is_broken_in_its_own_way(body)
            }
            ExprKind::For(_) | ExprKind::Match { .. } => true,
            _ => false,
        }
    }

    /// Operators of the same strength, one after another.
    fn chain(&self, expr: &Expr, strong: u8) -> Doc {
        // One that compares with a list stays on the line.
        if let ExprKind::Binary { op, left, right, .. } = &expr.kind
            && !matches!(&left.kind, ExprKind::Binary { op, .. } if strength(*op) == strong)
            && self.is_broken_in_its_own_way(right)
        {
            let left = self.expr(left);
            return all([left, Doc::text(format!(" {} ", sign(*op))), self.value(right)]);
        }
        let mut rest = Vec::new();
        let mut first = expr;
        while let ExprKind::Binary { op, left, right, .. } = &first.kind {
            let own = std::ptr::eq(first, expr) || !first.parenthesised;
            if strength(*op) != strong || !own {
                break;
            }
            rest.push(all([Doc::Line, Doc::text(sign(*op)), Doc::text(" "), self.expr(right)]));
            first = left;
        }
        rest.reverse();
        all([self.expr(first), all(rest).nest()]).group()
    }

    fn pipe(&self, expr: &Expr) -> Doc {
        let mut rest = Vec::new();
        let mut first = expr;
        while let ExprKind::Pipe { left, right } = &first.kind {
            if !std::ptr::eq(first, expr) && first.parenthesised {
                break;
            }
            rest.push(all([Doc::Line, Doc::text("|> "), self.expr(right)]));
            first = left;
        }
        rest.reverse();
        all([self.expr(first), all(rest).nest()]).group()
    }
}

/// How wide a document is on one line.
fn flat_width(doc: &Doc) -> usize {
    match doc {
        Doc::Text(text) => super::document::width(text),
        Doc::Line => 1,
        Doc::Separator => 2,
        Doc::Lines(lines) => lines.iter().map(|(line, _)| super::document::width(line)).sum(),
        Doc::All(docs) => docs.iter().map(flat_width).sum(),
        Doc::Nest(inner) | Doc::Flat(inner) | Doc::Group { inner, .. } => flat_width(inner),
        Doc::Nil | Doc::Forced | Doc::Soft | Doc::Hard | Doc::Blank | Doc::Broken(_) | Doc::Ending(_) => 0,
    }
}

fn strength(op: BinaryOp) -> u8 {
    match op {
        BinaryOp::Coalesce => 0,
        BinaryOp::Or => 1,
        BinaryOp::And => 2,
        BinaryOp::Equal
        | BinaryOp::NotEqual
        | BinaryOp::Less
        | BinaryOp::LessOrEqual
        | BinaryOp::Greater
        | BinaryOp::GreaterOrEqual
        | BinaryOp::In
        | BinaryOp::NotIn => 3,
        BinaryOp::Add | BinaryOp::Subtract => 4,
        BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Remainder => 5,
    }
}

fn sign(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Multiply => "*",
        BinaryOp::Divide => "/",
        BinaryOp::Remainder => "%",
        BinaryOp::Equal => "==",
        BinaryOp::NotEqual => "!=",
        BinaryOp::Less => "<",
        BinaryOp::LessOrEqual => "<=",
        BinaryOp::Greater => ">",
        BinaryOp::GreaterOrEqual => ">=",
        BinaryOp::In => "in",
        BinaryOp::NotIn => "not in",
        BinaryOp::And => "and",
        BinaryOp::Or => "or",
        BinaryOp::Coalesce => "??",
    }
}
