//! Score: a small language for orchestrating AI tools. See `ARCHITECTURE.md` for the map.

pub mod base;
pub mod instrument;
pub mod syntax;
pub mod types;
pub mod value;
