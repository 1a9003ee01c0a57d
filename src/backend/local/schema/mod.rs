//! A JSON Schema on its way to a grammar.
//!
//! | file | holds |
//! |---|---|
//! | `prepare` | the whole: objects, lists, unions |
//! | `leaf` | strings, numbers, anything; the limits |
//! | `merge` | `allOf`, and what stands beside a union |
//! | `size` | how many tokens an answer takes |
//! | `keyword` | reading keywords |

mod keyword;
mod leaf;
mod merge;
mod prepare;
mod size;
#[cfg(test)]
mod tests;

pub(super) use prepare::{Prepared, prepare, without_patterns};
