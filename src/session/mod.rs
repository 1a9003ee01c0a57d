//! What front ends use: from a source to a result, stage by stage. Each stage is a type that can only be
//! had from the one before it, so nothing unchecked is ever performed.

mod bill;
mod entries;
mod health;
mod interactive;
mod journaled;
mod kept;
mod parsed;
mod performance;
mod planned;
mod prepared;
mod problems;
mod prompt;
mod purse;
mod servers;
mod symbols;
mod termination;
mod testing;
#[cfg(test)]
mod tests;

pub use crate::conduct::local::{Began, Ended, MemoryCache, Recorder, Seen, View};
pub use crate::conduct::scribe::{Changed, Decisions, Doubt, Doubtful, Explained, Why, is_below};
pub use bill::{Bill, Line, Tally, columns};
pub use entries::{split, wants_more};
pub use health::{
    Finding, Health, broken_keys, examine_instruments, examine_machine, examine_servers, known_keys, unready,
};
pub use interactive::{Declared, Entered, LAST, Refused, Session};
pub use journaled::{Foreseen, Origin, arguments as recorded_arguments, seat};
pub use kept::Kept;
pub use parsed::{Checked, Parsed};
pub use performance::Performance;
pub use planned::Planned;
pub use prepared::{Outcome, Prepared};
pub use problems::Problems;
pub use prompt::MOVEMENT;
pub use purse::Purse;
pub use servers::{Asked, Servers};
pub use symbols::Symbol;
pub use termination::{asked_to_terminate, heed_termination};
pub use testing::Flaw;
