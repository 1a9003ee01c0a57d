//! From text to tree. `parse` is the only place that names pest.

pub mod ast;
