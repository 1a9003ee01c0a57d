//! Methods of other languages, and what is written instead.

use super::checker::Checker;
use crate::base::{Help, Span};
use crate::resolve::Meaning;
use crate::syntax::ast::{self, Expr, ExprKind};
use crate::types::Type;

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

/// Methods by which what is built elsewhere is run: a part or a movement is called.
const RUNS: &[&str] =
    &["invoke", "run", "call", "execute", "predict", "complete", "generate", "ainvoke", "arun", "apply"];

impl Checker<'_> {
    /// What to write instead of `x.name(…)`, where `x` is of this type.
    pub(super) fn method_help(
        &self,
        expr: &Expr,
        target: &Expr,
        name: &str,
        callee: &Expr,
        found: &Type,
    ) -> Help {
        let source = self.source_or_x(target.span);
        let whole = self.whole(target);
        let given = match &expr.kind {
            ExprKind::Call { arguments, .. } => arguments.as_slice(),
            _ => &[],
        };
        if matches!(found.shape(), Type::Part(_)) && RUNS.contains(&name) {
            return Help::new(format!("It is called by its name: `{source}(…)`."))
                .replacing(Span::new(target.span.end, callee.span.end), "");
        }
        if let ([only], "push" | "append" | "add") = (given, name) {
            let end = Span::new(only.value.span.end, expr.span.end);
            return Help::new(format!("A longer list is `{source} + […]`."))
                .replacing(Span::new(target.span.end, only.value.span.start), " + [")
                .replacing(end, "]");
        }
        if let Some(help) = self.other_form(expr, target, name, given, found) {
            return help;
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

    /// Methods for which something else than a function is written, with the edit that writes it.
    fn other_form(
        &self,
        expr: &Expr,
        target: &Expr,
        name: &str,
        given: &[ast::Argument],
        found: &Type,
    ) -> Option<Help> {
        let x = self.whole(target);
        let is_list = matches!(found.shape(), Type::List(..));
        let first = given.first().map(|argument| self.whole(&argument.value));
        let made = match (name, first, given.len()) {
            ("unwrap", None, 0) => format!("({x} ?? fail \"`{}` is missing\")", x.replace('"', "'")),
            ("unwrap_or" | "getOrElse" | "or_else" | "orElse", Some(other), 1) => format!("({x} ?? {other})"),
            ("get" | "at" | "nth" | "charAt", Some(at), 1) => format!("{x}[{at}]"),
            ("first", None, 0) => format!("{x}[0]"),
            ("last", None, 0) => format!("{x}[-1]"),
            ("concat" | "extend", Some(more), 1) => format!("({x} + {more})"),
            ("toString" | "to_string", None, 0) if !x.contains('\n') => format!("\"{{{x}}}\""),
            ("clone" | "copy" | "iter" | "into_iter" | "collect" | "to_list" | "to_owned", None, 0) => {
                x.to_owned()
            }
            ("is_some" | "isPresent", None, 0) => format!("({x} != nothing)"),
            ("is_none", None, 0) => format!("({x} == nothing)"),
            ("isEmpty" | "is_empty", None, 0) => format!("(len({x}) == 0)"),
            ("includes" | "contains" | "has", Some(what), 1) if is_list => format!("({what} in {x})"),
            ("join", Some(all), 1) if !is_list => format!("join({all}, {x})"),
            ("forEach" | "for_each" | "each", Some(_), 1) => match &given[0].value.kind {
                ExprKind::Lambda { params, body } => {
                    let [(_, param)] = params.as_slice() else { return None };
                    let body = match &body.kind {
                        ExprKind::Block(block) => self.program.sources.text(block.span).to_owned(),
                        _ => format!("{{ {} }}", self.whole(body)),
                    };
                    format!("for {} in {x} {body}", param.name)
                }
                _ => return None,
            },
            _ => return None,
        };
        let shown = if made.len() <= 60 && !made.contains('\n') { made.clone() } else { String::from("…") };
        let text = match name {
            "unwrap" => format!("Say what stands for `nothing`: `x ?? …`, or that it fails: `{shown}`."),
            "clone" | "copy" | "iter" | "into_iter" | "collect" | "to_list" | "to_owned" => {
                format!("Nothing is ever changed in place: `{shown}` alone does.")
            }
            _ => format!("Write `{shown}`."),
        };
        Some(Help::new(text).replacing(expr.span, made))
    }

    /// `json.dumps(x)`, `json.loads(t)`
    pub(super) fn of_json(&self, expr: &Expr, target: &Expr, name: &str) -> Option<Help> {
        let ExprKind::Name(module) = &target.kind else { return None };
        let builtin = matches!(self.meaning(target.id), Some(Meaning::Builtin(_)));
        let ExprKind::Call { arguments, .. } = &expr.kind else { return None };
        let given = arguments.first().map(|argument| self.whole(&argument.value))?;
        if &**module != "json" || !builtin {
            return None;
        }
        match name {
            "dumps" | "stringify" | "encode" => {
                let help = Help::new("JSON of a value is `json(x)`.");
                Some(help.replacing(
                    Span::new(target.span.end, target.span.end.saturating_add(1 + width(name))),
                    "",
                ))
            }
            "loads" | "parse" | "decode" => {
                let help = Help::new("A text is read into a type: `text as Idea`, `text as json`.");
                let read =
                    self.program.sources.text(Span::new(expr.span.end, expr.span.end.saturating_add(4)));
                let made = if read == " as " { given.to_owned() } else { format!("({given} as json)") };
                Some(help.replacing(expr.span, made))
            }
            _ => None,
        }
    }
}

fn width(name: &str) -> u32 {
    u32::try_from(name.len()).unwrap_or(0)
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
