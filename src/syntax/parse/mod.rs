//! From a source to its syntax tree. The only place that names pest.
//!
//! The way through: `scan` splits the source into items and checks its signs; the grammar (`grammar/score.pest`)
//! recognises each item by itself; `build` and its topics make the tree; where the grammar fails, `failure` and
//! `habits` say what to write instead. `entry` holds the doors.

mod build;
mod characters;
mod clause;
mod clause_habits;
mod docs;
mod entry;
mod expression;
mod failure;
mod foreign_type;
mod form;
mod grammar;
mod habits;
mod heads;
mod item;
mod number;
mod pattern;
mod precedence;
mod rewrite;
mod scan;
mod scan_foreign;
mod scan_text;
mod statement;
mod text;
mod tokens;
mod types;
mod value_habits;

#[cfg(test)]
mod tests;

pub use entry::{Entry, Parsed, ParsedEntry, parse, parse_entry, parse_expression};
