//! Methods of other languages, and what is written instead.

use super::checker::Checker;
use crate::base::{Help, Span};
use crate::syntax::ast::{Expr, ExprKind};

/// What methods are called here, as functions of what they stand on.
const NAMES: &[(&str, &str)] = &[
    ("length", "len"),
    ("size", "len"),
    ("count", "len"),
    ("toUpperCase", "upper"),
    ("to_upper", "upper"),
    ("to_uppercase", "upper"),
    ("uppercase", "upper"),
    ("toLowerCase", "lower"),
    ("to_lower", "lower"),
    ("to_lowercase", "lower"),
    ("lowercase", "lower"),
    ("strip", "trim"),
    ("includes", "contains"),
    ("has", "contains"),
    ("startsWith", "starts_with"),
    ("startswith", "starts_with"),
    ("endsWith", "ends_with"),
    ("endswith", "ends_with"),
    ("replaceAll", "replace"),
    ("indexOf", "index_of"),
    ("some", "any"),
    ("every", "all"),
    ("flat", "flatten"),
    ("reversed", "reverse"),
    ("sorted", "sort"),
    ("splitlines", "lines"),
];

impl Checker<'_> {
    /// What to write instead of `x.name(…)`.
    pub(super) fn method_help(&self, expr: &Expr, target: &Expr, name: &str, callee: &Expr) -> Help {
        let source = self.source_or_x(target.span);
        let whole = self.program.sources.text(target.span);
        let given = match &expr.kind {
            ExprKind::Call { arguments, .. } => arguments.as_slice(),
            _ => &[],
        };
        if let ([only], "push" | "append" | "add") = (given, name) {
            let end = Span::new(only.value.span.end, expr.span.end);
            return Help::new(format!("A longer list is `{source} + […]`."))
                .replacing(Span::new(target.span.end, only.value.span.start), " + [")
                .replacing(end, "]");
        }
        let here = NAMES.iter().find(|(there, _)| *there == name).map_or(name, |(_, here)| here);
        if crate::builtin::find(here).is_none() {
            return match crate::resolve::foreign_name(name) {
                Some(help) => help.into(),
                None => Help::new(format!(
                    "What works on a value is a function: `{name}({source})`, or `{source} |> {name}()`."
                )),
            };
        }
        let open = Span::new(callee.span.start, callee.span.end.saturating_add(1));
        let (rest, more, comma) = if given.is_empty() { ("", "", "") } else { (", …", "…", ", ") };
        Help::new(format!("Write `{here}({source}{rest})`, or `{source} |> {here}({more})`."))
            .replacing(open, format!("{here}({whole}{comma}"))
    }
}
