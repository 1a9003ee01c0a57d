//! Answers of earlier calls, for calls that are the same.

use super::{InputHash, Reply};

/// Which call: what decides its answer, and how many calls with that were made before it in its run. So five calls
/// that ask the same keep their five answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CacheKey {
    /// What decides the answer.
    pub input: InputHash,
    /// The number of the call among those of its run with this input, from 0, in the order in which they started.
    pub nth: u32,
}

/// Keeps accepted answers of calls that think.
pub trait Cache: Send + Sync {
    /// The answer that is kept for a call.
    fn get(&self, key: CacheKey) -> Option<Reply>;

    /// Keeps an answer.
    fn put(&self, key: CacheKey, reply: &Reply);
}
