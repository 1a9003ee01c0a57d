//! From a path to parsed modules.

mod error;
mod files;
mod program;

pub use error::LoadError;
pub use files::{Disk, Files, MAX_SOURCE};
pub use program::{Module, Program};
