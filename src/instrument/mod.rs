//! The port between a performance and what plays it: what is asked, what comes back, how it fails.
//! Holds no implementations; `backend` does.

mod ability;
mod backend;
mod cabinet;
mod cache;
mod event;
mod failure;
mod input;
mod outcome;
mod price;
mod recording;
mod reply;
mod request;
mod tool;

pub use ability::{Abilities, Class, Profile};
pub use backend::{
    Ask, Backend, Judging, Needs, Opening, PlayFuture, ProbeFuture, Probed, Question, Served, Stage,
};
pub use cabinet::Cabinet;
pub use cache::{Cache, CacheKey};
pub use event::{Clearance, Event, Outgoing, Watch};
pub use failure::{Committed, Failure, FailureKind};
pub use input::{InputHash, WORLD};
pub use outcome::{CallId, Outcome};
pub use price::{Counted, Most, Price, Rates, Tariff};
pub use recording::{Recorded, asked, line as recording_line, read as read_recording};
pub use reply::{Answer, Memo, Reply, Usage};
pub use request::{Ensures, Message, Piece, REQUEST_ADDS, Request, Role};
pub use tool::{Tool, ToolCall};
