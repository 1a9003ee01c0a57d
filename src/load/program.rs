//! The parsed modules of a program.

use std::collections::HashMap;
use std::sync::Arc;

use super::Served;
use crate::base::{Name, NodeId, NodeIds, SourceMap, Table};
use crate::syntax::ast;
use crate::types::{NamedTypes, Type};

/// All modules of a program, parsed; the first is the one that was asked for.
#[derive(Debug, Default)]
pub struct Program {
    /// Their texts.
    pub sources: SourceMap,
    /// The modules.
    pub modules: Vec<Module>,
    /// Where the identities of later nodes come from (`--with`, a REPL's entries).
    pub ids: NodeIds,
    /// What was entered at a prompt, if that is what is performed.
    pub prompt: Option<Prompt>,
    /// Its MCP instruments. Their tools are modules at the end of `modules`, of parts that no source writes.
    pub served: Vec<Served>,
    /// Types that no source writes, by the type expression that stands for each.
    pub described: Table<Type>,
    /// Whether there is a `score.lock`.
    pub is_locked: bool,
}

/// What was entered at a prompt: the statements of a movement that is the last item of the first module. What it
/// names lives on, and its parameters are names that got their values before.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// The item.
    pub item: NodeId,
    /// Names that are defined again, and may be once more.
    pub again: Vec<NodeId>,
    /// Its parameters: their types, as they were in the programs that these belong to.
    pub given: Vec<(NodeId, Type, Arc<NamedTypes>)>,
}

impl Prompt {
    /// Whether this is a name that got its value before.
    #[must_use]
    pub fn gives(&self, node: NodeId) -> bool {
        self.again.contains(&node) || self.given.iter().any(|(given, ..)| *given == node)
    }
}

/// One parsed file.
#[derive(Debug)]
pub struct Module {
    /// What other modules know it by; the path as written.
    pub name: Name,
    /// Its tree.
    pub file: ast::File,
    /// For each of its `use` items the module that it brings in; absent where that could not be loaded.
    pub uses: HashMap<NodeId, usize>,
}
