//! Types, abilities, effects and bounds: what is known before anything runs. Side tables by node.

mod advice;
mod arguments;
mod builtin;
mod call;
mod callable;
mod checked;
mod checker;
mod clause;
mod error;
mod expression;
mod fits;
mod flow;
mod graph;
mod instrument;
mod item;
mod join;
mod literal;
mod movement;
mod narrow;
mod operator;
mod part;
mod pattern;
mod player;
mod quorum;
mod record;
mod refine;
mod repeat;
mod statement;
mod suffix;
mod text;
mod types;
mod usage;

pub use checked::{CallFacts, Callee, Checked, Passed, RefinementFacts};
pub use checker::check;
pub use error::{CallError, CheckError, FlowError, ItemError, ValueError};
pub use fits::fits;
