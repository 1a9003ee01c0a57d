//! From a path to parsed modules.

mod program;

pub use program::{Module, Program};
