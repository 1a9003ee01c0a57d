//! From text to tree. `parse` is the only place that names pest.

pub mod ast;
mod error;
pub mod parse;

pub use error::ParseError;
