//! What to say where a type doesn't fit: the edit, and the place to make it.

use std::fmt;
use std::sync::Arc;

use super::checker::Checker;
use super::fits::fits;
use super::narrow::members;
use super::{CheckError, FlowError, ValueError};
use crate::base::{Help, did_you_mean};
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

    /// Checks a condition, which should not always come out the same.
    pub(super) fn condition(&mut self, expr: &'a Expr, what: &str) {
        self.truth(expr, what);
        self.judge(expr);
    }

    /// Checks a condition of what `it` stands for, which should look at it.
    pub(super) fn condition_of_it(&mut self, expr: &'a Expr, word: &'static str) {
        let before = self.its;
        self.truth(
            expr,
            if word == "ensure" { "what stands after `ensure`" } else { "what stands after `where`" },
        );
        match self.outcome(expr) {
            Some(holds) if word == "ensure" => self.report(if holds {
                FlowError::IdleEnsure { span: expr.span }
            } else {
                FlowError::ImpossibleEnsure { span: expr.span }
            }),
            Some(_) => self.judge(expr),
            None if self.its == before && self.types.get(expr.id) == Some(&Type::Bool) => {
                self.report(FlowError::BlindCondition { word, span: expr.span });
            }
            None => {}
        }
    }

    /// Checks what must be true or false.
    pub(super) fn truth(&mut self, expr: &'a Expr, what: &str) {
        let found = self.expr(expr, Some(&Type::Bool));
        if !fits(&found, &Type::Bool) {
            let help = match found.shape() {
                Type::Optional(_) => {
                    Some(self.writing(expr, "To ask whether it is there, write", |source| {
                        format!("{source} != nothing")
                    }))
                }
                Type::Text | Type::List(..) | Type::Map(_) => {
                    Some(self.writing(expr, "To ask whether it is empty, write", |source| {
                        format!("len({source}) > 0")
                    }))
                }
                Type::Int | Type::Number => Some(Help::new("Compare it with something: `x > 0`.")),
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

    /// "To …, write `…`.", and the edit that does it.
    pub(super) fn writing(&self, expr: &Expr, why: &str, write: impl Fn(&str) -> String) -> Help {
        let shown = write(&self.source_or_x(expr.span));
        Help::new(format!("{why} `{shown}`."))
            .replacing(expr.span, write(self.program.sources.text(expr.span)))
    }

    /// The edit that would make it fit, where there is an obvious one.
    pub(super) fn advice(&self, expr: &Expr, found: &Type, wanted: &Type) -> Option<Help> {
        let source = self.source_or_x(expr.span);
        if matches!(expr.kind, ExprKind::If { otherwise: None, .. }) {
            return Some(Help::new(
                "Without `else` it gives `nothing` where the condition doesn't hold. Add `else { … }`.",
            ));
        }
        if let Type::Optional(inner) = found.shape()
            && fits(inner, wanted)
        {
            return Some(Help::new(format!(
                "It may be `nothing`. Say what then: `{source} ?? …`, or ask first: `if {source} != nothing {{ … }}`."
            )));
        }
        if let Some(help) = literal_advice(expr, found, wanted) {
            return Some(help);
        }
        if let Some(help) = self.made_to_fit(expr, found, wanted) {
            return Some(help);
        }
        let text = match (found.shape(), wanted.shape()) {
            (_, Type::Optional(inner)) => return self.advice(expr, found, inner),
            (Type::Literal(Literal::Text(model)), Type::Instrument)
                if !model.is_empty() && !model.contains(' ') =>
            {
                let why = "A model is named in a constructor:";
                return Some(self.writing(expr, why, |source| format!("openai({source})")));
            }
            (Type::Text | Type::Literal(Literal::Text(_)), Type::Instrument) => {
                String::from("An instrument is made by a constructor, such as `local()` or `human()`.")
            }
            (Type::Part(part), Type::Instrument) => format!(
                "Whoever sits there is told one text. Give the rest: `prompt => {source}({})`.",
                std::iter::once("prompt")
                    .chain(part.params.iter().skip(1).map(|_| "…"))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
            (Type::Int, Type::Date) if is_day(source) => {
                let why = "A day is read from a text:";
                return Some(self.writing(expr, why, |source| format!("\"{source}\" as date")));
            }
            (Type::Int | Type::Literal(Literal::Int(_)), Type::Duration) => {
                let help = Help::new(format!("A time has a unit: `{source}s`, `{source}min`."));
                let end = crate::base::Span::at(expr.span.end);
                return Some(if matches!(expr.kind, ExprKind::Int(_)) {
                    help.replacing(end, "s")
                } else {
                    help
                });
            }
            (Type::Text | Type::Literal(Literal::Text(_)), Type::Secret) => return Self::named_key(expr),
            (Type::Union(_), _) if members(found).iter().any(|member| fits(member, wanted)) => format!(
                "It may be something else, too. Ask first: `if {source} is {wanted} {{ … }}`, or use `match`."
            ),
            (Type::Record(from), Type::Record(to)) if from.name.is_none() => {
                let missing = to
                    .fields()
                    .iter()
                    .find(|field| !field.has_default && from.field(&field.name).is_none())?;
                format!("The field `{}` is missing.", missing.name)
            }
            _ => return None,
        };
        Some(text.into())
    }

    /// What makes a value of this type one of that.
    fn made_to_fit(&self, expr: &Expr, found: &Type, wanted: &Type) -> Option<Help> {
        let writing = |why: &str, write: &dyn Fn(&str) -> String| Some(self.writing(expr, why, write));
        match (found.shape(), wanted.shape()) {
            (Type::Json, _) => writing("Read it into the type:", &|source| format!("{source} as {wanted}")),
            (Type::Number, Type::Int) => {
                writing("To leave out its decimals, write", &|source| format!("int({source})"))
            }
            (Type::Text, Type::Int) => {
                writing("To read a number from a text, write", &|source| format!("int({source})"))
            }
            (Type::Text, Type::Number) => {
                writing("To read a number from a text, write", &|source| format!("number({source})"))
            }
            (Type::List(inner, _), Type::Text) if fits(inner, &Type::Text) => {
                writing("To make one text of it, write", &|source| format!("join({source}, \", \")"))
            }
            (Type::Secret | Type::Instrument | Type::Part(_), Type::Text) => None,
            (Type::Literal(_), Type::Text) => {
                writing("A text stands in quotes:", &|source| format!("\"{source}\""))
            }
            (Type::Literal(Literal::Text(text)), Type::Int | Type::Number | Type::Bool)
                if text.parse::<f64>().is_ok() || matches!(&**text, "true" | "false") =>
            {
                writing("Without quotes:", &|_| text.to_string())
            }
            (_, Type::Text) => {
                writing("To make a text of it, put it in a hole:", &|source| format!("\"{{{source}}}\""))
            }
            (Type::Int | Type::Number | Type::Literal(Literal::Int(_) | Literal::Number(_)), Type::Money) => {
                writing("Money is written with a dollar sign:", &|source| format!("${source}"))
            }
            (Type::List(inner, _), Type::List(element, Size { min: 0, max: Some(max) }))
                if fits(inner, element) =>
            {
                let why = format!("To take at most {max} of them, write");
                writing(&why, &|source| format!("take({source}, {max})"))
            }
            (Type::List(inner, _), Type::List(element, size))
                if fits(inner, element) && !matches!(expr.kind, ExprKind::List(_)) =>
            {
                // Where no source writes a type, its conditions have no place in one.
                let sized = Type::List(Arc::new(element.shape().clone()), *size);
                let wanted = if matches!(**element, Type::Refined(..)) { &sized } else { wanted };
                writing("To check the size when it is known, write", &|source| {
                    format!("{source} as {wanted}")
                })
            }
            (_, Type::List(inner, _)) if fits(found, inner) => {
                writing("A list of one is written", &|source| format!("[{source}]"))
            }
            (Type::Literal(Literal::Text(text)), Type::Date) if !is_day(text) => {
                Some(Help::new("A day is written `\"2026-01-05\" as date`."))
            }
            (Type::Literal(Literal::Text(text)), Type::Time) if text.parse::<jiff::Timestamp>().is_err() => {
                Some(Help::new("A time is written `\"2026-01-05T09:00:00Z\" as time`, with its zone."))
            }
            (Type::Literal(Literal::Text(_)), Type::Date | Type::Time) => {
                writing("It is read from the text:", &|source| format!("{source} as {wanted}"))
            }
            (Type::Text, Type::Union(_) | Type::Literal(_) | Type::Record(_) | Type::Date | Type::Time) => {
                writing("Read it into the type:", &|source| format!("{source} as {wanted}"))
            }
            _ => None,
        }
    }
}

/// `2026-01-02`
fn is_day(source: &str) -> bool {
    let parts: Vec<&str> = source.split('-').collect();
    parts.len() == 3 && [4, 2, 2].iter().zip(&parts).all(|(length, part)| part.len() == *length)
}

/// A type as messages show it.
pub(super) fn show(ty: &Type) -> String {
    match ty {
        Type::Literal(Literal::Text(_)) => format!("the text {ty}"),
        Type::Literal(_) | Type::Nothing => format!("`{ty}`"),
        Type::Map(inner) if **inner == Type::Unknown => String::from("a map"),
        Type::List(inner, _) if **inner == Type::Unknown => String::from("a list"),
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

/// A misspelt literal of a union.
fn literal_advice(expr: &Expr, found: &Type, wanted: &Type) -> Option<Help> {
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
        let help = Help::new(format!("Did you mean \"{meant}\"?"));
        return Some(help.replacing(expr.span, format!("\"{meant}\"")));
    }
    let shown: Vec<String> = words.iter().take(12).map(|word| format!("\"{word}\"")).collect();
    let more = if words.len() > shown.len() { ", …" } else { "" };
    Some(Help::new(format!("It may be {}{more}.", shown.join(", "))))
}
