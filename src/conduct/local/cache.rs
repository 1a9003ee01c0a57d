//! Calls answered from a cache: only those that think, only by answers that were accepted.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::Orchestra;
use crate::engine::{IdHasher, Note, Profiles as _};
use crate::instrument::{Cache, CacheKey, CallId, Class, InputHash, Opening, Outcome, Reply, Request, Usage};

/// A cache that lasts as long as the process.
#[derive(Debug, Default)]
pub struct MemoryCache {
    kept: Mutex<HashMap<CacheKey, Reply>>,
}

impl Cache for MemoryCache {
    fn get(&self, key: CacheKey) -> Option<Reply> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned()
    }

    fn put(&self, key: CacheKey, reply: &Reply) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(key, reply.clone());
    }
}

/// What one run looks up and keeps.
#[derive(Default)]
pub(super) struct Lookups {
    cache: Option<Arc<dyn Cache>>,
    /// How many calls with an input there were.
    counts: HashMap<InputHash, u32>,
    /// Calls in flight whose answers are kept once they are accepted.
    asked: HashMap<CallId, CacheKey, IdHasher>,
    /// Answers that are not accepted yet.
    answered: HashMap<CallId, (CacheKey, Reply), IdHasher>,
}

impl Lookups {
    pub fn new(cache: Option<Arc<dyn Cache>>) -> Self {
        Self { cache, ..Self::default() }
    }

    /// The kept answer of a call that starts now; where there is none, its own is kept later.
    pub fn look(&mut self, request: &Request, orchestra: &Orchestra) -> Option<Reply> {
        let cache = self.cache.as_ref().filter(|_| may_be_kept(request, orchestra))?;
        let input = request.input_hash();
        let count = self.counts.entry(input).or_insert(0);
        let key = CacheKey { input, nth: *count };
        *count += 1;
        let Some(reply) = cache.get(key) else {
            self.asked.insert(request.call, key);
            return None;
        };
        Some(reply.with_usage(Usage::NOTHING))
    }

    /// A call that need not be made: the next one like it is another one.
    pub fn recalled(&mut self, request: &Request, orchestra: &Orchestra) {
        if self.cache.is_some() && may_be_kept(request, orchestra) {
            *self.counts.entry(request.input_hash()).or_insert(0) += 1;
        }
    }

    /// Notes how a call ended.
    pub fn ended(&mut self, id: CallId, outcome: &Outcome) {
        if let (Some(key), Outcome::Done(reply)) = (self.asked.remove(&id), outcome) {
            self.answered.insert(id, (key, reply.clone()));
        }
    }

    /// Keeps an answer once the engine has accepted it: as the last, or as a call of tools.
    pub fn noted(&mut self, note: &Note) {
        match note {
            Note::Finished { id, .. } | Note::Called { id, .. } => {
                if let (Some(cache), Some((key, reply))) = (&self.cache, self.answered.remove(id)) {
                    cache.put(key, &reply);
                }
            }
            Note::Tried { id, .. } | Note::Failed { id, .. } | Note::Cancelled { id } => {
                self.answered.remove(id);
            }
            _ => {}
        }
    }
}

/// Whether what a call is asked decides its answer: not so for what reads or acts, for people, for what deals from a
/// list and for stand-ins, who look at where the call stands.
fn may_be_kept(request: &Request, orchestra: &Orchestra) -> bool {
    let profile = orchestra.profile(&request.instrument, Opening::default());
    request.class == Class::Thinks
        && !request.fresh
        && !(profile.ordered || profile.stand_in || profile.person)
        && !orchestra.rehearsal
        && orchestra.house.is_none()
        && orchestra.recording.is_none()
}
