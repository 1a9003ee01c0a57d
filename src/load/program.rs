//! The parsed modules of a program.

use std::collections::HashMap;

use crate::base::{Name, NodeId, NodeIds, SourceMap};
use crate::syntax::ast;

/// All modules of a program, parsed; the first is the one that was asked for.
#[derive(Debug, Default)]
pub struct Program {
    /// Their texts.
    pub sources: SourceMap,
    /// The modules.
    pub modules: Vec<Module>,
    /// Where the identities of later nodes come from (`--with`, a REPL's entries).
    pub ids: NodeIds,
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
