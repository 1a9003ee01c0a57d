//! The conductor for one process, on tokio.
//!
//! One round: take what has ended, let the engine go as far as it can, record the ends and the intents they
//! caused in one append, and only then start what it asked for. So nothing that an outcome causes leaves the
//! process before the outcome is recorded.

mod cache;
mod clocks;
mod house;
mod orchestra;
mod perform;
mod recorder;
mod turns;
mod view;
mod watch;
mod within;

pub use cache::MemoryCache;
pub use house::House;
pub use orchestra::{Orchestra, Profiled};
pub use perform::{Ended, Interrupt, Setting, perform};
pub use recorder::Recorder;
pub use view::{Began, Seen, View};
