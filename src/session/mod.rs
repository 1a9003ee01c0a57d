//! What front ends use: from a source to a result, stage by stage. Each stage is a type that can only be
//! had from the one before it, so nothing unchecked is ever performed.

mod bill;
mod health;
mod parsed;
mod performance;
mod planned;
mod problems;
mod testing;

pub use crate::conduct::local::{Began, Ended, Recorder, Seen, View};
pub use bill::{Bill, Line, Tally, columns};
pub use health::{Finding, Health, examine_instruments, examine_machine};
pub use parsed::{Checked, Parsed};
pub use performance::Performance;
pub use planned::Planned;
pub use problems::Problems;
pub use testing::Flaw;
