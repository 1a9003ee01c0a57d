//! The grammar, compiled.

/// The recogniser that pest makes of `grammar/score.pest`.
#[derive(pest_derive::Parser)]
#[grammar = "grammar/score.pest"]
pub(super) struct Grammar;
