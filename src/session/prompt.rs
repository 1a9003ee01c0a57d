//! What is entered at a prompt as a movement of the score.

use std::sync::Arc;

use super::symbols::written;
use super::{Checked, Parsed, Problems};
use crate::base::{Name, NodeId, NodeIds, Piece, SourceFile, SourceMap, Span};
use crate::check::{CheckError, ItemError};
use crate::load::Prompt;
use crate::syntax::ast::{
    Block, Ident, Item, ItemKind, MovementItem, Param, Statement, StatementKind, TypeExpr, TypeKind, Typed,
};
use crate::syntax::parse::{Entry, ParsedEntry, parse, parse_entry};
use crate::types::{NamedTypes, Type};

/// How the name of the movement that an entry is begins: behind it stands the number of the run, so that what
/// remembers by where it was made does not remember what another one heard.
pub const MOVEMENT: &str = "prompt";

/// A name that got its value before.
pub(super) type Given = (Name, Type, Arc<NamedTypes>);

impl Parsed {
    /// Adds what was entered, behind what is made again for it: a movement that is given the names it uses.
    ///
    /// # Errors
    /// If it has syntax errors.
    pub(super) fn add_prompt(
        &mut self,
        entry: &Piece,
        number: u64,
        again: &[Piece],
        given: Vec<Given>,
    ) -> Result<Vec<Statement>, Problems> {
        let mut statements = Vec::new();
        for piece in again {
            statements.extend(self.statements(piece)?);
        }
        let again = names(&statements).into_iter().map(|(node, ..)| node).collect();
        let own = self.statements(entry)?;
        statements.extend(own.iter().cloned());
        let file = self.program.sources.files().last();
        let span = file.map_or(Span::at(0), |file| file.span());
        let ids = &mut self.program.ids;
        let item = ids.fresh();
        let mut params = Vec::new();
        let mut types = Vec::new();
        for (name, ty, named) in given {
            let id = ids.fresh();
            let ident = |name: Name| Ident { name, span };
            let kind = TypeKind::Named { module: None, name: ident("nothing".into()), arguments: Vec::new() };
            let typed = Typed { ty: TypeExpr { id: ids.fresh(), span, kind }, condition: None };
            params.push(Param {
                id,
                name: ident(name),
                doc: String::new(),
                role: None,
                typed,
                default: None,
            });
            types.push((id, ty, named));
        }
        let movement = MovementItem {
            name: Ident { name: format!("{MOVEMENT} {number}").into(), span },
            generics: Vec::new(),
            params,
            returns: None,
            thinks: None,
            depth: None,
            body: Block { span, statements },
        };
        let kind = ItemKind::Movement(movement);
        if let Some(module) = self.program.modules.first_mut() {
            module.file.items.push(Item { id: item, span, doc: String::new(), kind });
        }
        self.program.prompt = Some(Prompt { item, again, given: types });
        Ok(own)
    }

    /// The parameters of what was entered.
    pub(super) fn prompt_params(&self) -> Vec<NodeId> {
        let given = self.program.prompt.iter().flat_map(|prompt| &prompt.given);
        given.map(|(node, ..)| *node).collect()
    }

    /// Where the source stands that was added last.
    pub(super) fn last_place(&self) -> Span {
        self.program.sources.files().last().map_or(Span::at(0), SourceFile::span)
    }

    /// Where the entry with this number stands, from 1: those come right behind the score itself.
    pub(super) fn place_of(&self, entry: usize) -> Span {
        self.program.sources.files().get(entry).map_or(Span::at(0), SourceFile::span)
    }

    /// The score itself as one text: its own, with comments, where items that were entered stand in the places of
    /// those that they replaced; new ones at its end.
    pub(super) fn declarations(&self, text: &str) -> String {
        let sources = &self.program.sources;
        let Some(own) = self.program.modules.first() else { return text.to_owned() };
        let first = sources.files().first().map_or(Span::at(0), SourceFile::span);
        let mut entered: Vec<&Item> =
            own.file.items.iter().filter(|item| !first.contains(item.span)).collect();
        let mut whole = SourceMap::default();
        let source = whole.add("", text);
        let before = parse(source, whole.file(source), &mut NodeIds::default()).file.items;
        let mut out = String::new();
        let mut at = 0;
        for old in &before {
            let kept = own.file.items.iter().any(|item| item.span == old.span && first.contains(item.span));
            if kept {
                continue;
            }
            let (from, to) = (documented_from(text, old.span.start as usize), old.span.end as usize);
            out.push_str(&text[at..from]);
            at = to;
            let place = entered
                .iter()
                .position(|new| new.name().map(|name| &name.name) == old.name().map(|name| &name.name));
            if let Some(place) = place.filter(|_| old.name().is_some()) {
                out.push_str(written(entered.remove(place), sources).trim_end());
            }
        }
        out.push_str(&text[at..]);
        for item in entered {
            if !out.trim().is_empty() {
                out.push_str("\n\n");
            }
            out.push_str(&written(item, sources));
        }
        out
    }

    fn statements(&mut self, piece: &Piece) -> Result<Vec<Statement>, Problems> {
        let source = self.program.sources.add_piece(piece);
        let file = self.program.sources.file(source).clone();
        let ParsedEntry { entry, errors, .. } = parse_entry(source, &file, &mut self.program.ids);
        match entry {
            Entry::Statements(statements) if errors.is_empty() => Ok(statements),
            _ => Err(Problems::new(self.program.sources.clone(), errors)),
        }
    }
}

impl Checked {
    /// The type of a node.
    pub(super) fn type_of(&self, node: NodeId) -> Type {
        self.checked.types.get(node).cloned().unwrap_or(Type::Unknown)
    }

    /// What is odd in a stretch of the sources. That nothing uses something says nothing at a prompt.
    pub(super) fn odd_in(&self, place: Span) -> Problems {
        let odd = self.checked.warnings.iter().filter(|warning| {
            place.contains(warning.span())
                && !matches!(warning, CheckError::Item(ItemError::UnusedInstrument { .. }))
        });
        Problems::new(self.checked.program.sources.clone(), odd.cloned().collect::<Vec<_>>())
    }
}

/// Where the documentation begins that stands right above an item.
fn documented_from(text: &str, item: usize) -> usize {
    let mut from = text[..item].rfind('\n').map_or(0, |at| at + 1);
    while from > 0 {
        let above = text[..from - 1].rfind('\n').map_or(0, |at| at + 1);
        if !text[above..from].trim_start().starts_with("///") {
            break;
        }
        from = above;
    }
    from
}

/// The names that statements leave behind, with the nodes that define them: those of `together` and `limit`, too.
pub(super) fn names(statements: &[Statement]) -> Vec<(NodeId, Name, Span)> {
    use crate::syntax::ast::ExprKind;

    let mut found = Vec::new();
    let mut left: Vec<&Statement> = statements.iter().rev().collect();
    while let Some(statement) = left.pop() {
        match &statement.kind {
            StatementKind::Let { name, .. } => {
                found.push((statement.id, Arc::clone(&name.name), statement.span));
            }
            StatementKind::Expr(expr) => match &expr.kind {
                ExprKind::Together(block) | ExprKind::Limit { body: block, .. } => {
                    left.extend(block.statements.iter().rev());
                }
                _ => {}
            },
            _ => {}
        }
    }
    found
}
