//! The ground every other module stands on: places in sources, names, identities of syntax nodes.
//! Knows nothing of the language.

mod folder;
mod help;
mod names;
mod node;
mod source;
mod span;
mod stack;

pub use folder::user_folder;
pub use help::{Edit, Help};
pub use names::{Name, did_you_mean};
pub use node::{NodeId, NodeIds, Table};
pub use source::{FileId, Piece, SourceFile, SourceMap};
pub use span::Span;
pub use stack::on_deep_stack;
