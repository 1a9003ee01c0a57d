//! What is written in other languages where types tell what is meant, and the edits that write it here.

use super::ValueError;
use super::checker::Checker;
use crate::base::{Edit, Help, Span};
use crate::resolve::Meaning;
use crate::syntax::ast::{self, BinaryOp, Expr, ExprKind, ItemKind, StatementKind};
use crate::types::{Signature, Type};

impl<'a> Checker<'a> {
    /// `draft({topic: "tides"})`: says that arguments are given by name without braces, if that is what it is.
    pub(super) fn arguments_in_braces(
        &mut self,
        name: &str,
        signature: &Signature,
        arguments: &'a [ast::Argument],
    ) -> bool {
        let [ast::Argument { name: None, value }] = arguments else { return false };
        let ExprKind::Record(entries) = &value.kind else { return false };
        let takes = |key: &str| signature.params.iter().any(|param| &*param.name == key);
        let a_record = signature.params.first().is_none_or(|param| {
            matches!(
                param.ty.shape(),
                Type::Record(_) | Type::Map(_) | Type::Json | Type::Unknown | Type::Union(_)
            )
        });
        if a_record || entries.is_empty() || !entries.iter().all(|entry| takes(&entry.key.name)) {
            return false;
        }
        for entry in entries {
            self.expr(&entry.value, None);
        }
        let span = value.span;
        let help = Help::new(format!(
            "Arguments are given by name without braces: `{name}({}: …)`.",
            entries[0].key.name
        ))
        .replacing(Span::new(span.start, span.start.saturating_add(1)), "")
        .replacing(Span::new(span.end.saturating_sub(1), span.end), "");
        self.report(ValueError::Mismatch {
            what: format!("what `{name}` is given"),
            found: String::from("one record"),
            wanted: String::from("its arguments"),
            help: Some(help),
            span,
        });
        true
    }
}

impl Checker<'_> {
    /// The source of an expression, with the parentheses it needs in a place of its own.
    pub(super) fn whole(&self, expr: &Expr) -> &str {
        self.program.sources.text(expr.span)
    }

    /// `"%d of %s" % [n, name]`: the text with holes.
    pub(super) fn formatted(&self, left: &Expr, right: &Expr) -> Option<Help> {
        let ExprKind::Text(text) = &left.kind else { return None };
        text.plain()?;
        let written = self.whole(left);
        let values: Vec<&str> = match &right.kind {
            ExprKind::List(elements) => elements.iter().map(|element| self.whole(element)).collect(),
            _ => vec![self.whole(right)],
        };
        let mut values = values.into_iter();
        let mut made = String::new();
        let mut rest = written;
        while let Some(at) = rest.find('%') {
            made.push_str(&rest[..at]);
            let after = &rest[at + 1..];
            let digits = after.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
            match after.as_bytes().get(digits) {
                Some(b'%') => {
                    made.push('%');
                    rest = &after[digits + 1..];
                }
                Some(b'd' | b's' | b'f' | b'i' | b'g' | b'r') => {
                    made.extend(["{", values.next()?, "}"]);
                    rest = &after[digits + 1..];
                }
                _ => return None,
            }
        }
        made.push_str(rest);
        if values.next().is_some() || made == written {
            return None;
        }
        let span = left.span.to(right.span);
        Some(Help::new(format!("A text has holes: {}.", quoted(&made))).replacing(span, made))
    }

    /// What is joined to a text stands in a hole of it.
    pub(super) fn put_in_hole(&self, value: &Expr) -> Vec<Edit> {
        if self.whole(value).contains('\n') {
            return Vec::new();
        }
        vec![
            Edit { span: Span::at(value.span.start), replacement: String::from("\"{") },
            Edit { span: Span::at(value.span.end), replacement: String::from("}\"") },
        ]
    }

    /// What is compared with `nothing` and is always there: the parameter may be let be missing.
    pub(super) fn always_there(&self, value: &Expr, ty: &Type) -> Help {
        let source = self.source_or_x(value.span);
        let params: &[ast::Param] = match self.written(self.item).map(|item| &item.kind) {
            Some(ItemKind::Movement(item)) => &item.params,
            Some(ItemKind::Part(item)) => &item.params,
            _ => &[],
        };
        let named = match (&value.kind, self.meaning(value.id)) {
            (ExprKind::Name(_), Some(Meaning::Local(node))) => params.iter().find(|param| param.id == node),
            _ => None,
        };
        match named {
            Some(param) if !matches!(param.typed.ty.kind, ast::TypeKind::Union(_)) => Help::new(format!(
                "It is always there. If it may be missing, its type says so: `{source}: {}?`.",
                self.program.sources.text(param.typed.ty.span)
            ))
            .replacing(Span::at(param.typed.ty.span.end), "?"),
            _ => Help::new(format!(
                "It is always there: leave the comparison out. What may be missing has a type with `?`, such as `{ty}?`."
            )),
        }
    }

    /// `x or "none"`: a value for where there is none.
    pub(super) fn is_default(op: BinaryOp, left: &Type, right: &Expr) -> bool {
        let plain = matches!(
            right.kind,
            ExprKind::Text(_)
                | ExprKind::Int(_)
                | ExprKind::Number(_)
                | ExprKind::List(_)
                | ExprKind::Record(_)
        );
        op == BinaryOp::Or && plain && matches!(left.shape(), Type::Optional(_))
    }

    /// `map(xs, x => draft(x))`: what calls is done in a `for`.
    pub(super) fn as_loop(&self, call: &Expr, builtin: &str, given: &[Option<&Expr>]) -> Option<Help> {
        let [Some(list), Some(Expr { kind: ExprKind::Lambda { params, body }, .. })] = given else {
            return None;
        };
        let [(_, param)] = params.as_slice() else { return None };
        let (list, name) = (self.whole(list), &param.name);
        let body = match &body.kind {
            ExprKind::Block(block) => self.program.sources.text(block.span).to_owned(),
            _ => format!("{{ {} }}", self.whole(body)),
        };
        let made = match builtin {
            "map" => format!("for {name} in {list} {body}"),
            "filter" => {
                let test = body.trim_start_matches('{').trim_end_matches('}').trim();
                format!("for {name} in {list} if {test} {{ {name} }}")
            }
            _ => return None,
        };
        let help = "A small function only computes. What calls is done in a `for`, whose rounds think at the same time";
        let shown =
            if made.len() <= 60 && !made.contains('\n') { format!(": `{made}`.") } else { String::from(".") };
        Some(Help::new(format!("{help}{shown}")).replacing(call.span, made))
    }

    /// Where what a movement gives is said: `-> text` in its head.
    pub(super) fn says_what_it_gives(&self, help: String, ty: &Type) -> Help {
        let Some(ItemKind::Movement(item)) = self.written(self.item).map(|item| &item.kind) else {
            return Help::new(help);
        };
        let ty = ty.to_string();
        if item.returns.is_some() || ty.contains(['{', '…']) {
            return Help::new(help);
        }
        Help::new(help).replacing(Span::at(item.body.span.start), format!("-> {ty} "))
    }

    /// A text that stands first in a movement, as documentation does elsewhere.
    pub(super) fn documentation(&self, expr: &Expr) -> Option<Help> {
        let ExprKind::Text(text) = &expr.kind else { return None };
        let item = self.written(self.item)?;
        let ItemKind::Movement(movement) = &item.kind else { return None };
        let first = match &movement.body.statements.first()?.kind {
            StatementKind::Expr(first) => first.id == expr.id,
            _ => false,
        };
        let said = text.plain().filter(|_| first && text.style.long && movement.body.statements.len() > 1)?;
        let lines: Vec<String> =
            said.lines().map(|line| format!("/// {line}").trim_end().to_owned()).collect();
        let next = movement.body.statements[1].span.start;
        Some(
            Help::new("What a movement is for stands above it: `/// …`.")
                .replacing(Span::at(item.span.start), format!("{}\n", lines.join("\n")))
                .replacing(Span::new(expr.span.start, next), ""),
        )
    }

    /// A key where it stands: it is looked up by its name.
    pub(super) fn named_key(expr: &Expr) -> Option<Help> {
        let why = "Keys are not written in a score: they are found by their names,";
        if let ExprKind::Call { callee, .. } = &expr.kind
            && matches!(&callee.kind, ExprKind::Name(name) if &**name == "env")
        {
            let help = Help::new(format!("{why} and never shown: `secret(\"…\")`."));
            return Some(help.replacing(callee.span, "secret"));
        }
        let ExprKind::Text(text) = &expr.kind else { return None };
        let plain = text.plain()?;
        let is_name =
            plain.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
        let name = if is_name && !plain.is_empty() { &*plain } else { "API_KEY" };
        Some(
            Help::new(format!("{why} `secret(\"{name}\")`."))
                .replacing(expr.span, format!("secret(\"{name}\")")),
        )
    }
}

/// A piece of source as messages show it, if it is short.
fn quoted(made: &str) -> String {
    if made.len() <= 60 && !made.contains('\n') {
        format!("`{made}`")
    } else {
        String::from("`\"… {x} …\"`")
    }
}
