//! `using`: what whoever plays a part may call, and in how many turns.

use super::checker::{Checker, ItemFacts};
use super::literal::only_int;
use super::{CallError, ItemError};
use crate::base::{Help, Name, Span};
use crate::resolve::{ItemId, Meaning};
use crate::syntax::ast::{self, ClauseKind, Expr, ExprKind, ItemKind};
use crate::types::{Type, can_be_written, mentions};

/// In how many turns tools may be called.
const MOST_TURNS: i64 = 100;

impl<'a> Checker<'a> {
    /// `using a, b`
    pub(super) fn tools(&mut self, item: &'a ast::PartItem, tools: &'a [Expr], span: Span) {
        if super::quorum::of(item).is_some() {
            let help =
                "Each would call the tools again. Have one model look things up first, and ask them after.";
            let instrument = String::from("quorum");
            self.report(ItemError::UselessClause { clause: "using", instrument, help, span });
        }
        let mut named: Vec<&'a Name> = Vec::new();
        for tool in tools {
            for name in self.tool(tool) {
                if named.contains(&name) {
                    self.report(ItemError::DoubledTool { name: name.to_string(), span: tool.span });
                }
                named.push(name);
            }
        }
    }

    /// One tool, or all of an MCP instrument; their names as far as they may be some.
    fn tool(&mut self, tool: &'a Expr) -> Vec<&'a Name> {
        let name = match &tool.kind {
            ExprKind::Name(name) => name,
            ExprKind::Field { field, .. } if self.is_member(tool) => &field.name,
            ExprKind::Field { target, .. } if self.meaning(target.id).is_some() => {
                // What is no tool of an instrument is complained of.
                self.expr(tool, None);
                return Vec::new();
            }
            ExprKind::List(_) => {
                let help = Help::new("Tools stand behind one another: `using search, read_page`.")
                    .replacing(Span::new(tool.span.start, tool.span.start.saturating_add(1)), "")
                    .replacing(Span::new(tool.span.end.saturating_sub(1), tool.span.end), "");
                self.no_tool("a list", help, tool.span);
                return Vec::new();
            }
            _ => {
                let help = "Name a part or a movement: the model calls it by that name.";
                self.no_tool("what has no name", help.to_owned(), tool.span);
                return Vec::new();
            }
        };
        if let Some(Meaning::Builtin(builtin)) = self.meaning(tool.id) {
            let what = format!("the function `{}`", builtin.name);
            let help =
                format!("Write a movement around it, `movement look(…) {{ {name}(…) }}`, and name that.");
            self.no_tool(&what, help, tool.span);
            return Vec::new();
        }
        let found = self.expr(tool, None);
        match found.shape() {
            Type::Unknown | Type::Never => Vec::new(),
            Type::Part(ty) => {
                if let Some(Meaning::Item(item)) = self.meaning(tool.id) {
                    self.uses_tool(item);
                    self.item_as_tool(item, tool.span);
                } else {
                    let params = ty.params.iter().map(|param| (None, param));
                    self.writable(name, params, &ty.returns, tool.span);
                }
                vec![name]
            }
            Type::Instrument => {
                let brought = self.tools_of(tool);
                for (_, item) in &brought {
                    self.edges[self.item.0 as usize].push((*item, tool.span));
                    self.item_as_tool(*item, tool.span);
                }
                brought.into_iter().map(|(name, _)| name).collect()
            }
            _ => {
                let what = format!("`{name}`, which is {},", super::advice::show(&found));
                self.no_tool(&what, "A tool is a part or a movement.".to_owned(), tool.span);
                Vec::new()
            }
        }
    }

    fn no_tool(&mut self, what: &str, help: impl Into<Help>, span: Span) {
        self.report(ItemError::NotATool { what: what.to_owned(), help: help.into(), span });
    }

    /// A part or movement of the program as a tool.
    fn item_as_tool(&mut self, item: ItemId, span: Span) {
        let (ItemFacts::Part(signature) | ItemFacts::Movement(signature)) = self.facts(item) else { return };
        let (signature, name) = (signature.clone(), Name::from(self.item_text(item)));
        let needed = signature.params.iter().filter(|param| !param.optional);
        let needed = needed.map(|param| (Some(&param.name), &param.ty));
        self.writable(&name, needed, &signature.returns, span);
        let Some(ItemKind::Part(part)) = self.written(item).map(|item| &item.kind) else { return };
        if super::part::by(part).is_none() {
            let help = format!(
                "Say who plays it in the part: `by …`. Nobody can say it where a model calls `{name}`."
            );
            let declared = part.name.span;
            self.report(CallError::NoPlayer { part: name.to_string(), help: help.into(), span, declared });
        }
    }

    /// Checks that a model can write what a tool needs, and read what it gives.
    fn writable<'t>(
        &mut self,
        tool: &Name,
        needed: impl Iterator<Item = (Option<&'t Name>, &'t Type)>,
        returns: &Type,
        span: Span,
    ) {
        // What a type parameter stands for is judged elsewhere.
        let unwritable = |ty: &Type| !can_be_written(ty) && !mentions(ty);
        for (param, ty) in needed.filter(|(_, ty)| unwritable(ty)) {
            let param = param.map_or(String::new(), |param| format!(" as its `{param}`"));
            let what =
                format!("a model can't write {}, which `{tool}` needs{param}", super::advice::show(ty));
            let help = "Give the parameter a default, or write a movement that takes a text: a path, a number, a name.";
            self.report(ItemError::ToolShape { what, help, span });
        }
        if !matches!(returns, Type::Never) && unwritable(returns) {
            let what =
                format!("a model can't be told {}, which `{tool}` gives", super::advice::show(returns));
            let help = "Write a movement that gives a text or a record instead.";
            self.report(ItemError::ToolShape { what, help, span });
        }
    }

    /// `up to N turns`
    pub(super) fn turns(&mut self, item: &'a ast::PartItem, turns: &'a Expr, span: Span) {
        let found = self.demand(turns, &Type::Int, format_args!("the number of turns"));
        if !has_tools(item) {
            self.report(ItemError::TurnsWithoutTools { span });
        }
        if let Some(count) = only_int(&found)
            && !(1..=MOST_TURNS).contains(&count)
        {
            let what = "the number of turns";
            self.report(ItemError::BadCount {
                what,
                found: count,
                help: "It is 1 to 100.",
                span: turns.span,
            });
        }
    }
}

/// Whether a part gives tools to whoever plays it.
pub(super) fn has_tools(item: &ast::PartItem) -> bool {
    using(item).is_some()
}

/// Where a part names its tools.
pub(super) fn using(item: &ast::PartItem) -> Option<Span> {
    item.clauses.iter().find(|clause| matches!(clause.kind, ClauseKind::Using(_))).map(|clause| clause.span)
}
