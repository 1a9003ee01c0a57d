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
        if let Some(help) = other_forms(name, source, given.len()) {
            return Help::new(help);
        }
        let here = NAMES.iter().find(|(there, _)| *there == name).map_or(name, |(_, here)| here);
        if crate::builtin::find(here).is_none() {
            return match crate::resolve::foreign_name(name) {
                Some(help) => help.into(),
                None => Help::new(format!(
                    "What works on a value is a function, such as `len({source})`, or a part or movement: `f({source})`."
                )),
            };
        }
        let open = Span::new(callee.span.start, callee.span.end.saturating_add(1));
        let (rest, more, comma) = if given.is_empty() { ("", "", "") } else { (", …", "…", ", ") };
        Help::new(format!("Write `{here}({source}{rest})`, or `{source} |> {here}({more})`."))
            .replacing(open, format!("{here}({whole}{comma}"))
    }
}

/// Methods for which there is another form here.
fn other_forms(name: &str, source: &str, given: usize) -> Option<String> {
    let said = match (name, given) {
        ("unwrap" | "expect", _) => {
            format!("Say what stands for `nothing`: `{source} ?? …`, or `{source} ?? fail \"…\"`.")
        }
        ("unwrap_or" | "getOrElse" | "or_else" | "orElse", _) => format!("Write `{source} ?? …`."),
        ("get", 1) => format!("Write `{source}[…]`; of a map it may be `nothing`."),
        ("at" | "nth" | "charAt", 1) => format!("Write `{source}[…]`; the first is 0."),
        ("first", 0) => format!("Write `{source}[0]`."),
        ("last", 0) => format!("Write `{source}[-1]`."),
        ("slice" | "substring", 2) => format!("Write `{source}[1..3]`: both ends belong to it."),
        ("format", _) => String::from("A text has holes: `\"{x}\"`."),
        ("forEach" | "for_each" | "each", _) => format!("Write `for x in {source} {{ … }}`."),
        ("then", _) => {
            String::from("Nothing is waited for by hand: write the next step below, and use the value.")
        }
        ("concat" | "extend", 1) => format!("Write `{source} + …`."),
        ("toString" | "to_string" | "toFixed", _) => format!("Put it in a hole: `\"{{{source}}}\"`."),
        ("keys" | "entries" | "items", 0) => String::from(
            "A map is read by its keys: `m[\"key\"]`; for many of a kind take a list of records.",
        ),
        ("clone" | "copy" | "iter" | "into_iter" | "collect" | "to_list" | "to_owned", 0) => {
            format!("Nothing is ever changed in place: `{source}` alone does.")
        }
        ("is_some" | "isPresent", 0) => format!("Write `{source} != nothing`."),
        ("is_none" | "isEmpty" | "is_empty", 0) => {
            format!("Write `{source} == nothing`, or `len({source}) == 0`.")
        }
        ("by", 1) => String::from("`by` stands behind a call, after a blank: `draft(x) by writer`."),
        _ => return None,
    };
    Some(said)
}
