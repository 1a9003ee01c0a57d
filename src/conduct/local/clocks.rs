//! The two clocks of a performance. Wall time goes on always. Performing time stands still while nothing
//! goes on but open questions, so that a `limit` does not run out while a person thinks.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};
use std::time::Duration;

use tokio::time::Instant;

use crate::engine::{Clock, IdHasher};
use crate::instrument::CallId;

/// How a timer goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ticking {
    /// With performing time.
    Performing,
    /// On the wall.
    Wall,
    /// On the wall, for a question: while that is open and nothing else goes on, nobody waits for it.
    Deadline,
}

impl Ticking {
    /// How a timer of the engine goes.
    pub(super) const fn of(clock: Clock, within: bool) -> Self {
        match (clock, within) {
            (Clock::Performing, _) => Self::Performing,
            (Clock::Wall, true) => Self::Deadline,
            (Clock::Wall, false) => Self::Wall,
        }
    }
}

/// Timers on both clocks.
pub(super) struct Clocks {
    wall: BinaryHeap<Reverse<(Instant, CallId)>>,
    deadlines: BinaryHeap<Reverse<(Instant, CallId)>>,
    performing: BinaryHeap<Reverse<(Duration, CallId)>>,
    cancelled: HashSet<CallId, IdHasher>,
    /// Performing time up to `since`.
    performed: Duration,
    /// Since when performing time has been going on, if it does.
    since: Option<Instant>,
    /// Time that was passed over, on both clocks.
    skipped: Duration,
}

impl Clocks {
    /// No timers; performing time stands still where it is.
    pub(super) fn after(performed: Duration) -> Self {
        Self {
            wall: BinaryHeap::new(),
            deadlines: BinaryHeap::new(),
            performing: BinaryHeap::new(),
            cancelled: HashSet::default(),
            performed,
            since: None,
            skipped: Duration::ZERO,
        }
    }

    fn now(&self) -> Instant {
        Instant::now() + self.skipped
    }

    /// Passes over the time until the next timer fires, and says how long that is.
    pub(super) fn skip(&mut self) -> Duration {
        let Some(next) = self.next() else { return Duration::ZERO };
        let over = next.saturating_duration_since(self.now());
        self.skipped += over;
        over
    }

    /// Lets performing time go on, or stand still.
    pub(super) fn set_performing(&mut self, on: bool) {
        match (on, self.since) {
            (true, None) => self.since = Some(self.now()),
            (false, Some(_)) => {
                self.performed = self.performed();
                self.since = None;
            }
            _ => {}
        }
    }

    /// Starts a timer.
    pub(super) fn start(&mut self, id: CallId, millis: i64, ticking: Ticking) {
        let duration = Duration::from_millis(u64::try_from(millis).unwrap_or(0));
        match ticking {
            Ticking::Wall => self.wall.push(Reverse((self.now() + duration, id))),
            Ticking::Deadline => self.deadlines.push(Reverse((self.now() + duration, id))),
            Ticking::Performing => self.performing.push(Reverse((self.performed() + duration, id))),
        }
    }

    fn are_none(&self) -> bool {
        self.wall.is_empty() && self.deadlines.is_empty() && self.performing.is_empty()
    }

    /// Forgets a timer.
    pub(super) fn cancel(&mut self, id: CallId) {
        if !self.are_none() {
            self.cancelled.insert(id);
        }
    }

    /// Whether no timer runs that could ever fire as things stand; deadlines to come aside, where questions are
    /// open.
    pub(super) fn is_quiet(&mut self, questions: bool) -> bool {
        self.drop_cancelled();
        let performing = self.since.is_some() && !self.performing.is_empty();
        let now = self.now();
        let due = |at: Instant| !questions || at <= now;
        let deadline = self.deadlines.peek().is_some_and(|Reverse((at, _))| due(*at));
        self.wall.is_empty() && !performing && !deadline
    }

    /// When the next timer fires by the machine's clock, as things stand.
    pub(super) fn due(&mut self) -> Option<Instant> {
        let skipped = self.skipped;
        self.next().map(|at| at.checked_sub(skipped).unwrap_or(at))
    }

    /// When the next timer fires, as things stand.
    fn next(&mut self) -> Option<Instant> {
        self.drop_cancelled();
        let wall = self.wall.peek().map(|Reverse((at, _))| *at);
        let deadline = self.deadlines.peek().map(|Reverse((at, _))| *at);
        let performing = self.since.and_then(|_| {
            let Reverse((at, _)) = self.performing.peek()?;
            Some(self.now() + at.saturating_sub(self.performed()))
        });
        [wall, deadline, performing].into_iter().flatten().min()
    }

    /// The timers that have fired, earliest first within each clock.
    pub(super) fn fired(&mut self) -> Vec<CallId> {
        self.drop_cancelled();
        let mut fired = Vec::new();
        let now = self.now();
        for clock in [&mut self.deadlines, &mut self.wall] {
            while let Some(Reverse((at, id))) = clock.peek().copied()
                && at <= now
            {
                clock.pop();
                fired.push(id);
            }
        }
        let performed = self.performed();
        while let Some(Reverse((at, id))) = self.performing.peek().copied()
            && at <= performed
        {
            self.performing.pop();
            fired.push(id);
        }
        fired.retain(|id| !self.cancelled.remove(id));
        fired
    }

    fn drop_cancelled(&mut self) {
        for clock in [&mut self.deadlines, &mut self.wall] {
            while let Some(Reverse((_, id))) = clock.peek()
                && self.cancelled.remove(id)
            {
                clock.pop();
            }
        }
        while let Some(Reverse((_, id))) = self.performing.peek()
            && self.cancelled.remove(id)
        {
            self.performing.pop();
        }
        if self.are_none() {
            self.cancelled.clear();
        }
    }

    /// Performing time so far, that before this start included.
    pub(super) fn performed(&self) -> Duration {
        self.performed
            + self.since.map_or(Duration::ZERO, |since| self.now().saturating_duration_since(since))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Clocks, Ticking};
    use crate::instrument::CallId;

    #[tokio::test(start_paused = true)]
    async fn performing_time_stands_still_while_only_a_person_thinks() {
        let mut clocks = Clocks::after(Duration::ZERO);
        clocks.set_performing(true);
        clocks.start(CallId(1), 1_000, Ticking::Performing);
        clocks.start(CallId(2), 5_000, Ticking::Wall);
        tokio::time::advance(Duration::from_millis(500)).await;
        clocks.set_performing(false);
        tokio::time::advance(Duration::from_millis(4_500)).await;
        assert_eq!(clocks.fired(), [CallId(2)], "wall time goes on");
        assert!(clocks.is_quiet(false), "performing time doesn't");
        clocks.set_performing(true);
        tokio::time::advance(Duration::from_millis(500)).await;
        assert_eq!(clocks.fired(), [CallId(1)]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_cancelled_timer_never_fires() {
        let mut clocks = Clocks::after(Duration::ZERO);
        clocks.start(CallId(1), 10, Ticking::Wall);
        clocks.cancel(CallId(1));
        tokio::time::advance(Duration::from_millis(20)).await;
        assert!(clocks.fired().is_empty());
        assert!(clocks.is_quiet(false));
    }
}
