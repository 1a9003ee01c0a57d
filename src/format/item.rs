//! Items: those that stand together are kept together, and the names of a cast stand in a column.

use super::Formatter;
use super::document::{Doc, all, join, lay_out, width};
use crate::syntax::ast::{
    ClassWord, Clause, ClauseKind, File, Ident, Item, ItemKind, PartItem, Prompt, Role, TypeItem, TypeKind,
};

impl Formatter<'_> {
    /// All items of a file.
    pub(super) fn items(&self, file: &File) -> Doc {
        let heads = self.columns(&file.items);
        let mut docs = Vec::new();
        let mut at = self.base;
        if let Some(line) = self.text.lines().next().filter(|line| line.starts_with("#!")) {
            at += u32::try_from(line.len()).unwrap_or(0);
        }
        let mut long = false;
        for (n, item) in file.items.iter().enumerate() {
            let above = self.above(at, item.span.start);
            let shown = self.item(item, heads[n]);
            let stray = self.stray(item.span);
            let next = file.items.get(n + 1).map_or(file.span.end, |next| next.span.start);
            let behind = self.behind(item.span.end, next);
            let is_long = lay_out(&shown).lines().count() > 1;
            let says = |doc: &Doc| matches!(doc, Doc::All(lines) if !lines.is_empty());
            let is_tall = is_long || says(&above) || says(&stray);
            let whole = all([above, stray, shown, behind]);
            if n > 0 {
                let apart = self.is_apart(at, item.span.start.min(self.first_above(at, item.span.start)));
                docs.push(if apart || long || is_tall && !together(&file.items[n - 1], item) {
                    Doc::Blank
                } else {
                    Doc::Hard
                });
            }
            docs.push(whole);
            long = is_long && !file.items.get(n + 1).is_some_and(|next| together(item, next));
            at = item.span.end;
        }
        let below = self.above(at, file.span.end);
        if let Doc::All(rest) = &below
            && !rest.is_empty()
        {
            if !file.items.is_empty() {
                docs.push(if self.is_apart(at, self.first_above(at, file.span.end)) {
                    Doc::Blank
                } else {
                    Doc::Hard
                });
            }
            docs.push(below);
        }
        all(docs)
    }

    /// Where the first thing behind a place begins.
    fn first_above(&self, from: u32, to: u32) -> u32 {
        // Behind the line of what stands there.
        let rest = self.between(from, to);
        let line = rest.find('\n').unwrap_or(0);
        let blanks = rest[line..].len() - rest[line..].trim_start().len();
        from + u32::try_from(line + blanks).unwrap_or(0)
    }

    /// For instruments that stand together, how wide their heads are.
    fn columns(&self, items: &[Item]) -> Vec<usize> {
        let head = |item: &Item| match &item.kind {
            ItemKind::Instrument(one) if one.params.is_none() => Some(width(&one.name.name)),
            _ => None,
        };
        let mut columns = vec![0; items.len()];
        let mut start = 0;
        while start < items.len() {
            let mut end = start;
            let mut widest = 0;
            while let Some(own) = items.get(end).and_then(head) {
                let apart = end > start
                    && self.is_apart(
                        items[end - 1].span.end,
                        self.first_above(items[end - 1].span.end, items[end].span.start),
                    );
                if apart {
                    break;
                }
                widest = widest.max(own);
                end += 1;
            }
            columns[start..end].fill(widest);
            start = end.max(start + 1);
        }
        columns
    }

    fn item(&self, item: &Item, column: usize) -> Doc {
        match &item.kind {
            ItemKind::Use(used) => {
                let alias = |alias: &Option<Ident>| {
                    alias.as_ref().map_or(String::new(), |alias| format!(" as {}", alias.name))
                };
                let head = Doc::text(format!("use {}{}", used.path, alias(&used.alias)));
                if used.names.is_empty() {
                    return head;
                }
                let names = used
                    .names
                    .iter()
                    .map(|(name, other)| Doc::text(format!("{}{}", name.name, alias(other))));
                let names = join(names, &all([Doc::text(","), Doc::Line]));
                let open = self.find(used.path_span.end, '{');
                let inner = all([Doc::Line, names, Doc::Broken(",")]).nest();
                let list = all([Doc::text("{"), inner, Doc::Line, Doc::text("}")]);
                all([head, Doc::text(" "), list.group_if(self.breaks_after(open + 1))])
            }
            ItemKind::Type(ty) => self.type_item(ty),
            ItemKind::Instrument(instrument) => {
                let params = instrument
                    .params
                    .as_ref()
                    .map_or(Doc::Nil, |params| self.params(instrument.name.span.end, params));
                let name = &instrument.name.name;
                let room = if instrument.params.is_none() { column.saturating_sub(width(name)) } else { 0 };
                let value = self.value(&instrument.value);
                all([
                    Doc::text(format!("instrument {name}")),
                    params,
                    Doc::text(format!("{} = ", " ".repeat(room))),
                    value,
                ])
            }
            ItemKind::Part(part) => self.part(item, part),
            ItemKind::Movement(movement) => {
                let head =
                    Doc::text(format!("movement {}{}", movement.name.name, generics(&movement.generics)));
                let params = self.params(movement.name.span.end, &movement.params);
                let returns = movement
                    .returns
                    .as_ref()
                    .map_or(Doc::Nil, |returns| all([Doc::text(" -> "), self.typed(returns)]));
                let thinks = if movement.thinks.is_some() { " thinks" } else { "" };
                let deep = movement.depth.as_ref().map_or(Doc::Nil, |depth| {
                    all([Doc::text(" up to "), self.expr(depth), Doc::text(" deep")])
                });
                let body = self.block(&movement.body);
                all([head, params, returns, Doc::text(thinks), deep, Doc::text(" "), body])
            }
            ItemKind::Test(test) => {
                all([Doc::text("test "), self.text(&test.name), Doc::text(" "), self.block(&test.body)])
            }
        }
    }

    fn type_item(&self, ty: &TypeItem) -> Doc {
        let head = format!("type {}{}", ty.name.name, generics(&ty.generics));
        let TypeKind::Record(fields) = &ty.body.ty.kind else {
            return all([Doc::text(format!("{head} = ")), self.typed(&ty.body)]);
        };
        let record = self.record_type(ty.body.ty.span, fields);
        let condition = ty.body.condition.as_ref().map_or(Doc::Nil, |condition| {
            let message = condition
                .message
                .as_ref()
                .map_or(Doc::Nil, |message| all([Doc::Line, Doc::text("else "), self.text(message)]));
            all([Doc::text(" where "), all([self.expr(&condition.test), message]).nest().group()])
        });
        all([Doc::text(format!("{head} ")), record, condition])
    }

    /// A part: its head, its clauses in their order, what it says. On one line where its author wrote it so and it
    /// fits, else a line each.
    fn part(&self, item: &Item, part: &PartItem) -> Doc {
        let head = Doc::text(format!("part {}{}", part.name.name, generics(&part.generics)));
        let params = self.params(part.name.span.end, &part.params);
        let returns =
            part.returns.as_ref().map_or(Doc::Nil, |returns| all([Doc::text(" -> "), self.typed(returns)]));
        let said = match &part.prompt {
            Prompt::None => Vec::new(),
            Prompt::Text(text) => vec![(text.span, self.text(text))],
            Prompt::Roles(roles) => roles
                .iter()
                .map(|(role, span, text)| {
                    let word = match role {
                        Role::System => "system ",
                        Role::User => "user ",
                        Role::Assistant => "assistant ",
                    };
                    (
                        crate::base::Span::new(span.start, text.span.end),
                        all([Doc::text(word), self.text(text)]),
                    )
                })
                .collect(),
        };
        let clauses = part.clauses.iter().map(|clause| (clause.span, self.clause(clause)));
        let written: Vec<_> = clauses.chain(said).collect();
        let mut at = written.first().map_or(item.span.end, |(span, _)| {
            part.returns.as_ref().map_or(span.start, |returns| self.end_of_typed(returns))
        });
        let ordered = part.clauses.is_sorted_by_key(|clause| rank(&clause.kind));
        let mut lines = Vec::new();
        for (n, (span, doc)) in written.iter().enumerate() {
            let above = self.above(at, span.start);
            let stray = self.stray(*span);
            // The comment behind the part is that of its last clause where that moves up.
            let last = if ordered { item.span.end } else { u32::MAX };
            let next = written.get(n + 1).map_or(last, |(next, _)| next.start);
            let behind = self.behind(span.end, next);
            let rank = part.clauses.get(n).map_or(u8::MAX, |clause| rank(&clause.kind));
            lines.push((rank, all([above, stray, doc.clone(), behind])));
            at = span.end;
        }
        lines.sort_by_key(|(rank, _)| *rank);
        let lines = lines.into_iter().map(|(_, doc)| all([Doc::Line, doc]));
        let end = written.iter().map(|(span, _)| span.end).max().unwrap_or(item.span.end);
        let start = written.first().map_or(item.span.end, |(span, _)| span.start);
        // The end of the head, as near as blanks and comments allow.
        let broken = self.between(self.last_before(start), end).contains('\n');
        all([head, params, returns, all(lines).nest().group_if(broken)])
    }

    /// Where the last thing before a place ends.
    fn last_before(&self, place: u32) -> u32 {
        let before = self.between(self.base, place);
        self.base + u32::try_from(before.trim_end().len()).unwrap_or(0)
    }

    fn clause(&self, clause: &Clause) -> Doc {
        let values = |word: &'static str, values: &[crate::syntax::ast::Expr]| {
            let values = join(values.iter().map(|value| self.value(value)), &Doc::text(", "));
            all([Doc::text(word), values])
        };
        let value =
            |word: &'static str, value: &crate::syntax::ast::Expr| all([Doc::text(word), self.value(value)]);
        match &clause.kind {
            ClauseKind::By(player) => value("by ", player),
            ClauseKind::Using(tools) => values("using ", tools),
            ClauseKind::From(list) => value("from ", list),
            ClauseKind::Ensure { condition, message } => {
                let message = all([Doc::Line, Doc::text("else "), self.text(message)]).nest();
                all([Doc::text("ensure "), self.expr(condition), message]).group()
            }
            ClauseKind::Retry(tries) => value("retry ", tries),
            ClauseKind::Within(limits) => values("within ", limits),
            ClauseKind::Turns(turns) => all([value("up to ", turns), Doc::text(" turns")]),
            ClauseKind::Otherwise(fallback) => value("otherwise ", fallback),
            ClauseKind::Quorum(count) => value("quorum ", count),
            ClauseKind::Class(word) => Doc::text(match word {
                ClassWord::Thinks => "thinks",
                ClassWord::Reads => "reads",
                ClassWord::Acts => "acts",
            }),
            ClauseKind::Fresh => Doc::text("fresh"),
            ClauseKind::Prefill(start) => value("prefill ", start),
            ClauseKind::Stdin(input) => value("stdin ", input),
        }
    }
}

/// Clauses stand in this order.
fn rank(clause: &ClauseKind) -> u8 {
    match clause {
        ClauseKind::By(_) => 0,
        ClauseKind::Using(_) => 1,
        ClauseKind::From(_) => 2,
        ClauseKind::Ensure { .. } => 3,
        ClauseKind::Retry(_) => 4,
        ClauseKind::Within(_) => 5,
        ClauseKind::Turns(_) => 6,
        ClauseKind::Otherwise(_) => 7,
        ClauseKind::Quorum(_) => 8,
        ClauseKind::Class(_) => 9,
        ClauseKind::Fresh => 10,
        ClauseKind::Prefill(_) => 11,
        ClauseKind::Stdin(_) => 12,
    }
}

/// Whether two items need no empty line between them though one has a comment above it.
fn together(one: &Item, other: &Item) -> bool {
    matches!((&one.kind, &other.kind), (ItemKind::Instrument(_), ItemKind::Instrument(_)))
}

fn generics(names: &[Ident]) -> String {
    if names.is_empty() {
        return String::new();
    }
    let names: Vec<&str> = names.iter().map(|name| &*name.name).collect();
    format!("<{}>", names.join(", "))
}
