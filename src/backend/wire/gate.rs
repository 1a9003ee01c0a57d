//! Limits on how many calls are on their way to one service, shared by all who call it.
//!
//! `at_once:` and `per_minute:` are kept exactly. When the service pushes back (429, 503), nobody calls
//! it before the time it asked for, and then half as many at once as before, one more with each success.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

const MINUTE: Duration = Duration::from_mins(1);

/// The gate to one service.
#[derive(Debug)]
pub(in crate::backend) struct Gate {
    at_once: usize,
    per_minute: usize,
    /// How long a minute is; tests have shorter ones.
    minute: Duration,
    state: Mutex<State>,
    freed: Notify,
}

#[derive(Debug)]
struct State {
    inside: usize,
    /// How many may be inside now: `at_once`, or fewer after the service pushed back.
    allowed: usize,
    closed_until: Option<Instant>,
    /// Starts of the last minute; kept only where `per_minute` bounds them.
    starts: VecDeque<Instant>,
}

/// A call that is inside; leaves when dropped.
#[derive(Debug)]
pub(in crate::backend) struct Pass {
    gate: Arc<Gate>,
}

/// What a call waits for.
enum Wait {
    Until(Instant),
    ForRoom,
}

/// The gate for a service: the same for the same key and limits.
pub(in crate::backend) fn gate(key: &[&str], at_once: Option<usize>, per_minute: Option<usize>) -> Arc<Gate> {
    static GATES: LazyLock<Mutex<HashMap<u64, Arc<Gate>>>> = LazyLock::new(Mutex::default);
    let mut hasher = DefaultHasher::new();
    (key, at_once, per_minute).hash(&mut hasher);
    let mut gates = GATES.lock().unwrap_or_else(PoisonError::into_inner);
    gates.entry(hasher.finish()).or_insert_with(|| Arc::new(Gate::new(at_once, per_minute, MINUTE))).clone()
}

impl Gate {
    fn new(at_once: Option<usize>, per_minute: Option<usize>, minute: Duration) -> Self {
        let at_once = at_once.unwrap_or(usize::MAX).max(1);
        let state = State { inside: 0, allowed: at_once, closed_until: None, starts: VecDeque::new() };
        Self {
            at_once,
            minute,
            per_minute: per_minute.unwrap_or(usize::MAX).max(1),
            state: Mutex::new(state),
            freed: Notify::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn try_enter(&self) -> Result<(), Wait> {
        let mut state = self.state();
        if state.inside >= state.allowed {
            return Err(Wait::ForRoom);
        }
        if state.closed_until.is_some() || self.per_minute != usize::MAX {
            let now = Instant::now();
            if let Some(until) = state.closed_until {
                if now < until {
                    return Err(Wait::Until(until));
                }
                state.closed_until = None;
            }
            while state.starts.front().is_some_and(|start| now.duration_since(*start) >= self.minute) {
                state.starts.pop_front();
            }
            if self.per_minute != usize::MAX {
                if let (true, Some(first)) = (state.starts.len() >= self.per_minute, state.starts.front()) {
                    return Err(Wait::Until(*first + self.minute));
                }
                state.starts.push_back(now);
            }
        }
        state.inside += 1;
        if state.inside < state.allowed && state.allowed != usize::MAX {
            self.freed.notify_one();
        }
        Ok(())
    }

    /// Waits for a place inside. `waiting` is told once if it must wait at all.
    pub(in crate::backend) async fn enter(self: &Arc<Self>, mut waiting: impl FnMut()) -> Pass {
        let mut told = false;
        loop {
            let freed = self.freed.notified();
            tokio::pin!(freed);
            // Listening from before the look: what is freed in between is not missed.
            freed.as_mut().enable();
            let wait = match self.try_enter() {
                Ok(()) => return Pass { gate: self.clone() },
                Err(wait) => wait,
            };
            if !told {
                told = true;
                waiting();
            }
            match wait {
                Wait::ForRoom => freed.await,
                Wait::Until(until) => sleep_until(until).await,
            }
        }
    }
}

impl Pass {
    /// The service answered as it should: one more may be inside.
    pub(super) fn went_well(&self) {
        let mut state = self.gate.state();
        if state.allowed < self.gate.at_once {
            state.allowed += 1;
            self.gate.freed.notify_one();
        }
    }

    /// The service pushed back: half as many at once, and none before `until`.
    pub(super) fn pushed_back(&self, until: Instant) {
        let mut state = self.gate.state();
        state.allowed = (state.inside / 2).max(1);
        state.closed_until = state.closed_until.max(Some(until));
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.gate.state().inside -= 1;
        self.gate.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_more_than_at_once_are_inside_and_all_get_in() {
        let gate = Arc::new(Gate::new(Some(3), None, MINUTE));
        let most = Arc::new(Mutex::new((0usize, 0usize)));
        let calls: Vec<_> = (0..40)
            .map(|_| {
                let (gate, most) = (gate.clone(), most.clone());
                tokio::spawn(async move {
                    let pass = gate.enter(|| ()).await;
                    {
                        let mut most = most.lock().unwrap();
                        most.0 += 1;
                        most.1 = most.1.max(most.0);
                    }
                    tokio::time::sleep(Duration::from_millis(2)).await;
                    most.lock().unwrap().0 -= 1;
                    drop(pass);
                })
            })
            .collect();
        for call in calls {
            call.await.unwrap();
        }
        assert_eq!(most.lock().unwrap().1, 3);
    }

    #[tokio::test]
    async fn a_minute_holds_no_more_starts_than_it_may() {
        let gate = Arc::new(Gate::new(None, Some(2), Duration::from_millis(60)));
        let start = Instant::now();
        for _ in 0..5 {
            drop(gate.enter(|| ()).await);
        }
        let taken = start.elapsed();
        assert!(taken >= Duration::from_millis(120), "{taken:?}");
    }

    #[tokio::test]
    async fn after_push_back_everyone_waits_and_few_return() {
        let gate = Arc::new(Gate::new(None, None, MINUTE));
        let (a, b) = (gate.enter(|| ()).await, gate.enter(|| ()).await);
        let start = Instant::now();
        a.pushed_back(start + Duration::from_millis(80));
        drop((a, b));
        let mut told = 0;
        let first = gate.enter(|| told += 1).await;
        assert!(start.elapsed() >= Duration::from_millis(80));
        assert_eq!(told, 1);
        let waits = tokio::time::timeout(Duration::from_millis(50), gate.enter(|| ())).await;
        assert!(waits.is_err(), "only one at once after two pushed back");
        first.went_well();
        drop(gate.enter(|| ()).await);
    }

    #[test]
    fn the_same_service_has_one_gate() {
        assert!(Arc::ptr_eq(&gate(&["a", "b"], Some(1), None), &gate(&["a", "b"], Some(1), None)));
        assert!(!Arc::ptr_eq(&gate(&["a", "b"], Some(1), None), &gate(&["a", "b"], Some(2), None)));
        assert!(!Arc::ptr_eq(&gate(&["a", "b"], None, None), &gate(&["ab", ""], None, None)));
    }
}
