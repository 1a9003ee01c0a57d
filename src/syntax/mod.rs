//! From text to tree. `parse` is the only place that names pest.

pub mod ast;
mod error;
mod error_edits;
mod error_text;
pub mod lex;
pub mod parse;
pub mod word;

pub use error::ParseError;
pub use error_text::TextError;
