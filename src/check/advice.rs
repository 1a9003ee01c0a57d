//! What to say where a type doesn't fit: the edit, and the place to make it.

use std::fmt;

use super::checker::Checker;
use super::fits::fits;
use super::narrow::members;
use super::{CheckError, ValueError};
use crate::base::did_you_mean;
use crate::syntax::ast::{self, BinaryOp, Expr, ExprKind, StatementKind};
use crate::types::{Literal, Size, Type};

impl<'a> Checker<'a> {
    /// Checks an expression that must give this; `what` it is, in words, for messages.
    pub(super) fn demand(&mut self, expr: &'a Expr, wanted: &Type, what: fmt::Arguments<'_>) -> Type {
        let found = self.expr(expr, Some(wanted));
        if fits(&found, wanted) {
            self.within_bounds(expr, wanted);
        } else {
            self.mismatch(expr, &found, wanted, what);
        }
        found
    }

    /// Checks a condition.
    pub(super) fn condition(&mut self, expr: &'a Expr, what: &str) {
        let found = self.expr(expr, Some(&Type::Bool));
        if !fits(&found, &Type::Bool) {
            let help = match found.shape() {
                Type::Optional(_) => Some(format!(
                    "To ask whether it is there, write `{} != nothing`.",
                    self.source_or_x(expr.span)
                )),
                Type::Text | Type::List(..) | Type::Map(_) => Some(format!(
                    "To ask whether it is empty, write `len({}) > 0`.",
                    self.source_or_x(expr.span)
                )),
                Type::Int | Type::Number => Some(String::from("Compare it with something: `x > 0`.")),
                _ => None,
            };
            self.report(ValueError::Mismatch {
                what: what.to_owned(),
                found: show(&found),
                wanted: String::from("a bool"),
                help,
                span: expr.span,
            });
        }
    }

    /// Says that a type doesn't fit, at the innermost place that is to blame.
    pub(super) fn mismatch(&mut self, expr: &'a Expr, found: &Type, wanted: &Type, what: fmt::Arguments<'_>) {
        let mut blamed = Vec::new();
        self.blame(expr, wanted, &mut blamed);
        if blamed.len() == 1 && std::ptr::eq(blamed[0].0, expr) {
            let error = self.misfit(expr, found, wanted, what.to_string());
            self.report(error);
            return;
        }
        for (inner, wanted) in blamed {
            let found = self.types.get(inner.id).cloned().unwrap_or(Type::Unknown);
            let error = self.misfit(inner, &found, &wanted, String::from("this"));
            self.report(error);
        }
    }

    fn misfit(&self, expr: &Expr, found: &Type, wanted: &Type, what: String) -> CheckError {
        let help = self.advice(expr, found, wanted);
        ValueError::Mismatch { what, found: show(found), wanted: show(wanted), help, span: expr.span }.into()
    }

    /// The innermost expressions that don't fit.
    fn blame(&self, expr: &'a Expr, wanted: &Type, blamed: &mut Vec<(&'a Expr, Type)>) {
        let before = blamed.len();
        let mut look = |inner: &'a Expr, wanted: &Type| {
            if self.types.get(inner.id).is_some_and(|found| !fits(found, wanted)) {
                self.blame(inner, wanted, blamed);
            }
        };
        match (&expr.kind, wanted.shape()) {
            (ExprKind::List(elements), Type::List(inner, _)) => {
                for element in elements {
                    look(element, inner);
                }
            }
            (ExprKind::If { then, otherwise, .. }, _) => {
                for inner in last(then).into_iter().chain(otherwise.as_deref()) {
                    look(inner, wanted);
                }
            }
            (ExprKind::Match { arms, .. }, _) => {
                for arm in arms {
                    look(&arm.body, wanted);
                }
            }
            (ExprKind::Block(block) | ExprKind::Together(block) | ExprKind::Limit { body: block, .. }, _) => {
                if let Some(inner) = last(block) {
                    look(inner, wanted);
                }
            }
            (ExprKind::Otherwise { value, fallback, .. }, _) => {
                look(value, wanted);
                look(fallback, wanted);
            }
            (ExprKind::Binary { op: BinaryOp::Coalesce, right, .. }, _) => look(right, wanted),
            _ => {}
        }
        if blamed.len() == before {
            blamed.push((expr, wanted.clone()));
        }
    }

    /// The edit that would make it fit, where there is an obvious one.
    pub(super) fn advice(&self, expr: &Expr, found: &Type, wanted: &Type) -> Option<String> {
        let source = self.source_or_x(expr.span);
        if matches!(expr.kind, ExprKind::If { otherwise: None, .. }) {
            return Some(String::from(
                "Without `else` it gives `nothing` where the condition doesn't hold. Add `else { … }`.",
            ));
        }
        if let Type::Optional(inner) = found.shape()
            && fits(inner, wanted)
        {
            return Some(format!(
                "It may be `nothing`. Say what then: `{source} ?? …`, or ask first: `if {source} != nothing {{ … }}`."
            ));
        }
        if let Some(help) = literal_advice(found, wanted) {
            return Some(help);
        }
        match (found.shape(), wanted.shape()) {
            (_, Type::Optional(inner)) => self.advice(expr, found, inner),
            (Type::Json, _) => Some(format!("Read it into the type: `{source} as {wanted}`.")),
            (Type::Number, Type::Int) => Some(format!("To leave out its decimals, write `int({source})`.")),
            (Type::Text, Type::Int) => Some(format!("To read a number from a text, write `int({source})`.")),
            (Type::Text, Type::Number) => {
                Some(format!("To read a number from a text, write `number({source})`."))
            }
            (Type::List(inner, _), Type::Text) if fits(inner, &Type::Text) => {
                Some(format!("To make one text of it, write `join({source}, \", \")`."))
            }
            (Type::Text | Type::Literal(Literal::Text(_)), Type::Instrument) => {
                Some(String::from("An instrument is made by a constructor, such as `local()` or `human()`."))
            }
            (Type::Part(part), Type::Instrument) => Some(format!(
                "Whoever sits there is told one text. Give the rest: `prompt => {}({})`.",
                self.source_or_x(expr.span),
                std::iter::once("prompt")
                    .chain(part.params.iter().skip(1).map(|_| "…"))
                    .collect::<Vec<_>>()
                    .join(", ")
            )),
            (Type::Secret | Type::Instrument | Type::Part(_), Type::Text) => None,
            (Type::Literal(_), Type::Text) => Some(format!("A text stands in quotes: `\"{source}\"`.")),
            (Type::Literal(Literal::Text(text)), Type::Int | Type::Number | Type::Bool)
                if text.parse::<f64>().is_ok() || matches!(&**text, "true" | "false") =>
            {
                Some(format!("Without quotes: `{text}`."))
            }
            (_, Type::Text) => Some(format!("To make a text of it, put it in a hole: `\"{{{source}}}\"`.")),
            (Type::Int | Type::Literal(Literal::Int(_)), Type::Duration) => {
                Some(format!("A time has a unit: `{source}s`, `{source}min`."))
            }
            (Type::Int | Type::Number | Type::Literal(Literal::Int(_) | Literal::Number(_)), Type::Money) => {
                Some(format!("Money is written with a dollar sign: `${source}`."))
            }
            (Type::List(inner, _), Type::List(element, size)) if fits(inner, element) => {
                Some(size_advice(source, *size, wanted))
            }
            (_, Type::List(inner, _)) if fits(found, inner) => {
                Some(format!("A list of one is written `[{source}]`."))
            }
            (Type::Text, _)
                if matches!(wanted.shape(), Type::Union(_) | Type::Literal(_) | Type::Record(_)) =>
            {
                Some(format!("Read it into the type: `{source} as {wanted}`."))
            }
            (Type::Union(_), _) if members(found).iter().any(|member| fits(member, wanted)) => Some(format!(
                "It may be something else, too. Ask first: `if {source} is {wanted} {{ … }}`, or use `match`."
            )),
            (Type::Record(from), Type::Record(to)) if from.name.is_none() => {
                let missing =
                    to.fields().iter().find(|field| !field.has_default && from.field(&field.name).is_none());
                missing.map(|field| format!("The field `{}` is missing.", field.name))
            }
            _ => None,
        }
    }
}

/// A type as messages show it.
pub(super) fn show(ty: &Type) -> String {
    match ty {
        Type::Literal(Literal::Text(_)) => format!("the text {ty}"),
        Type::Literal(_) | Type::Nothing => format!("`{ty}`"),
        Type::Alias(alias) => match alias.target() {
            target @ Type::Union(members) if members.len() <= 6 => format!("`{}` ({target})", alias.name),
            _ => format!("`{}`", alias.name),
        },
        _ => format!("`{ty}`"),
    }
}

fn last(block: &ast::Block) -> Option<&Expr> {
    match &block.statements.last()?.kind {
        StatementKind::Expr(expr) => Some(expr),
        _ => None,
    }
}

fn size_advice(source: &str, size: Size, wanted: &Type) -> String {
    match size {
        Size { min: 0, max: Some(max) } => {
            format!("To take at most {max} of them, write `take({source}, {max})`.")
        }
        _ => format!("To check the size when it is known, write `{source} as {wanted}`."),
    }
}

/// A misspelt literal of a union.
fn literal_advice(found: &Type, wanted: &Type) -> Option<String> {
    let Type::Literal(Literal::Text(text)) = found else { return None };
    let all: Vec<Type> = members(wanted);
    let words: Vec<&str> = all
        .iter()
        .filter_map(|member| match member {
            Type::Literal(Literal::Text(word)) => Some(&**word),
            _ => None,
        })
        .collect();
    if words.is_empty() {
        return None;
    }
    if let Some(meant) = did_you_mean(text, words.iter().copied()) {
        return Some(format!("Did you mean \"{meant}\"?"));
    }
    let shown: Vec<String> = words.iter().take(12).map(|word| format!("\"{word}\"")).collect();
    let more = if words.len() > shown.len() { ", …" } else { "" };
    Some(format!("It may be {}{more}.", shown.join(", ")))
}
