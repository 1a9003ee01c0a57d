//! Types, abilities, effects and bounds: what is known before anything runs. Side tables by node.

mod checked;

pub use checked::{CallFacts, Callee, Checked, Passed, RefinementFacts};
