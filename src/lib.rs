//! Score: a small language for orchestrating AI tools. See `ARCHITECTURE.md` for the map.

pub mod answer;
pub mod backend;
pub mod base;
pub mod builtin;
pub mod check;
pub mod cli;
pub mod conduct;
pub mod engine;
pub mod format;
pub mod instrument;
pub mod journal;
pub mod keys;
pub mod load;
pub mod models;
pub mod plan;
pub mod repl;
pub mod report;
pub mod resolve;
pub mod session;
pub mod syntax;
pub mod types;
pub mod value;
