//! Tools of MCP instruments as parts: for each tool that `score.lock` knows, one that no source writes,
//! without a text and played by its instrument.

use std::sync::Arc;

use super::lock::{LockedTool, ServerKey};
use super::{Lock, Module, Program};
use crate::base::{FileId, Name, Span};
use crate::syntax::ast::{
    self, Clause, ClauseKind, Expr, ExprKind, Ident, InstrumentItem, Item, ItemKind, Param, PartItem, Prompt,
    TypeExpr, TypeKind, Typed,
};
use crate::types::{Type, identifiers, params_of_schema, type_of_schema};
use crate::value::Value;

/// An MCP instrument of a program, and its tools as far as they are known.
#[derive(Debug)]
pub struct Served {
    /// The module that declares it.
    pub module: usize,
    /// Its place among the items there.
    pub item: usize,
    /// How `score.lock` knows its server.
    pub key: ServerKey,
    /// The module of its tools; `None` where `score.lock` doesn't know the server.
    pub tools: Option<usize>,
    /// For each part of that module the tool that it is.
    pub pins: Vec<Pin>,
}

/// A tool, as a run counts on it.
#[derive(Debug, Clone)]
pub struct Pin {
    /// Its name, as the score has it.
    pub name: Name,
    /// Its name, as the server has it.
    pub tool: String,
    /// Whether it only reads.
    pub reads: bool,
    /// All that `score.lock` says of it, as JSON.
    pub text: Arc<str>,
}

/// The MCP instruments of a program that are declared without parameters: module, item, name and how the server is
/// known. One with parameters is known where another one is declared by it: `instrument home = notes("./home")`.
pub(super) fn servers(program: &Program) -> Vec<(usize, usize, Name, ServerKey)> {
    let mut found = Vec::new();
    for (at, module) in program.modules.iter().enumerate() {
        for (place, item) in module.file.items.iter().enumerate() {
            let ItemKind::Instrument(InstrumentItem { name, params: None, value }) = &item.kind else {
                continue;
            };
            let Some(address) = server(value, &module.file.items, MOST_MAKERS) else { continue };
            let key = match address {
                Some(address) => ServerKey::Address(address),
                None => ServerKey::Instrument(format!("{}.{}", super::stem(&module.name), name.name)),
            };
            found.push((at, place, name.name.clone(), key));
        }
    }
    found
}

/// Instruments with parameters are followed so far, one made by the other.
const MOST_MAKERS: usize = 8;

/// Whether an instrument is made by `mcp(…)`, in the end, and its server where that is written out.
fn server(value: &Expr, items: &[Item], depth: usize) -> Option<Option<String>> {
    let ExprKind::Call { callee, arguments } = &value.kind else { return None };
    let ExprKind::Name(name) = &callee.kind else { return None };
    if &**name != "mcp" {
        return server(maker(name, items)?, items, depth.checked_sub(1)?);
    }
    let named = |argument: &&ast::Argument| argument.name.as_ref().is_none_or(|name| &*name.name == "server");
    let written = arguments.iter().find(named).map(|argument| &argument.value.kind);
    Some(match written {
        Some(ExprKind::Text(text)) => text.plain().map(|text| text.to_string()),
        _ => None,
    })
}

/// What an instrument with parameters is.
fn maker<'a>(name: &Name, items: &'a [Item]) -> Option<&'a Expr> {
    items.iter().find_map(|item| match &item.kind {
        ItemKind::Instrument(maker) if maker.name.name == *name && maker.params.is_some() => {
            Some(&maker.value)
        }
        _ => None,
    })
}

/// Whether an item is an instrument with parameters that makes MCP servers.
#[must_use]
pub fn makes_servers(item: &Item, items: &[Item]) -> bool {
    let ItemKind::Instrument(InstrumentItem { params: Some(_), value, .. }) = &item.kind else {
        return false;
    };
    server(value, items, MOST_MAKERS).is_some()
}

/// Adds the tools of all MCP instruments to a program.
pub(super) fn serve(program: &mut Program, lock: &Lock, source: FileId) {
    for (module, item, name, key) in servers(program) {
        let known = lock.server(&key);
        let mut served = Served { module, item, key, tools: None, pins: Vec::new() };
        if let Some(server) = known {
            let names = identifiers(server.tools.iter().map(|tool| tool.name.as_str()));
            let mut items = Vec::with_capacity(server.tools.len());
            for (tool, called) in server.tools.iter().zip(names) {
                items.push(part(program, &name, &called, tool));
                let text = Arc::from(tool.pin().to_string());
                served.pins.push(Pin { name: called, tool: tool.name.clone(), reads: tool.reads, text });
            }
            let span = server.span;
            let file = ast::File { source, doc: String::new(), items, comments: Vec::new(), span };
            served.tools = Some(program.modules.len());
            program.modules.push(Module { name, file, uses: std::collections::HashMap::new() });
        }
        program.served.push(served);
    }
}

/// A tool as a part: `part disk.search_files(query: text) -> text by disk.search_files`.
fn part(program: &mut Program, instrument: &Name, called: &Name, tool: &LockedTool) -> Item {
    let span = tool.span;
    let ident = |name: &Name| Ident { name: name.clone(), span };
    let params = params_of_schema(&tool.input).into_iter().map(|param| Param {
        id: program.ids.fresh(),
        name: ident(&param.name),
        doc: param.doc,
        role: None,
        typed: described(program, param.ty, span),
        default: None,
    });
    let params = params.collect();
    let returns = tool.output.as_ref().map_or(Type::Text, type_of_schema);
    let returns = Some(described(program, returns, span));
    let mut expr = |kind| Expr { id: program.ids.fresh(), span, parenthesised: false, kind };
    let target = Box::new(expr(ExprKind::Name(instrument.clone())));
    let player = expr(ExprKind::Field { target, field: ident(called) });
    let item = PartItem {
        name: ident(&Name::from(format!("{instrument}.{called}"))),
        generics: Vec::new(),
        params,
        returns,
        clauses: vec![Clause { span, kind: ClauseKind::By(player) }],
        prompt: Prompt::None,
    };
    let doc = tool.description.trim().to_owned();
    Item { id: program.ids.fresh(), span, doc, kind: ItemKind::Part(Box::new(item)) }
}

/// A type that no source writes.
fn described(program: &mut Program, ty: Type, span: Span) -> Typed {
    let id = program.ids.fresh();
    program.described.set(id, ty);
    let name = Ident { name: Name::from("json"), span };
    let kind = TypeKind::Named { module: None, name, arguments: Vec::new() };
    Typed { ty: TypeExpr { id, span, kind }, condition: None }
}

impl Pin {
    /// What is set on its instrument where that is to play as this tool.
    #[must_use]
    pub fn settings(&self) -> [(Name, Value); 3] {
        [
            (Name::from("tool"), Value::text(&self.tool)),
            (Name::from("reads"), Value::Bool(self.reads)),
            (Name::from("pinned"), Value::Text(Arc::clone(&self.text))),
        ]
    }
}

impl Program {
    /// The MCP instrument that is declared as this item of a module.
    #[must_use]
    pub fn served(&self, module: usize, item: usize) -> Option<&Served> {
        self.served.iter().find(|served| (served.module, served.item) == (module, item))
    }

    /// The MCP instrument whose tools stand in this module.
    #[must_use]
    pub fn server_of(&self, tools: usize) -> Option<&Served> {
        self.served.iter().find(|served| served.tools == Some(tools))
    }
}
