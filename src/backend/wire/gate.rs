//! Limits on how many calls are on their way to one service.
//!
//! `at_once:` and `per_minute:` are an instrument's own and kept exactly, over all of its calls. What is learned
//! of a service is shared by all that call it with the same key, whatever limits they have: when it pushes back
//! (429, 503, 529), nobody calls it before the time it asked for, and then half as many at once as before, one
//! more with each success. Calls that were on their way already when the number was halved halve it no further.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::instrument::{Failure, Watch};

const MINUTE: Duration = Duration::from_mins(1);

/// The gate that the calls of one instrument go through.
#[derive(Debug)]
pub(in crate::backend) struct Gate {
    at_once: usize,
    per_minute: usize,
    /// How long a minute is; tests have shorter ones.
    minute: Duration,
    own: Mutex<Own>,
    service: Arc<Service>,
}

#[derive(Debug, Default)]
struct Own {
    inside: usize,
    /// Starts of the last minute; kept only where `per_minute` bounds them.
    starts: VecDeque<Instant>,
}

/// What is learned of a service by all who call it with one key.
#[derive(Debug)]
struct Service {
    learned: Mutex<Learned>,
    freed: Notify,
}

#[derive(Debug)]
struct Learned {
    inside: usize,
    /// How many may be inside now.
    allowed: usize,
    closed_until: Option<Instant>,
    /// When `allowed` was last halved.
    halved: Option<Instant>,
}

/// A call that is inside; leaves when dropped.
#[derive(Debug)]
pub(in crate::backend) struct Pass {
    gate: Arc<Gate>,
    since: Instant,
}

/// What a call waits for.
enum Wait {
    /// The service wants to be left alone until then.
    Closed(Instant),
    Until(Instant),
    ForRoom,
}

/// The gate for an instrument with these limits at the service of this name.
pub(in crate::backend) fn gate(
    service: &[&str],
    at_once: Option<usize>,
    per_minute: Option<usize>,
) -> Arc<Gate> {
    static GATES: LazyLock<Mutex<Gates>> = LazyLock::new(Mutex::default);
    let mut gates = GATES.lock().unwrap_or_else(PoisonError::into_inner);
    gates.gate(service, at_once, per_minute)
}

/// Most gates that are kept once nobody is inside and nothing they know matters any more.
const KEPT: usize = 1_024;
/// How long it matters that a service pushed back.
const REMEMBERED: Duration = Duration::from_mins(10);

/// All gates, and what they share.
#[derive(Debug, Default)]
struct Gates {
    services: HashMap<u64, Arc<Service>>,
    gates: HashMap<u64, Arc<Gate>>,
    /// From how many on those that don't matter are looked for.
    full: usize,
}

impl Gates {
    fn gate(&mut self, service: &[&str], at_once: Option<usize>, per_minute: Option<usize>) -> Arc<Gate> {
        let mut hasher = DefaultHasher::new();
        service.hash(&mut hasher);
        let service = hasher.finish();
        (at_once, per_minute).hash(&mut hasher);
        let name = hasher.finish();
        if let Some(gate) = self.gates.get(&name) {
            return gate.clone();
        }
        if self.gates.len() >= self.full.max(KEPT) {
            self.forget();
        }
        let service = self.services.entry(service).or_default().clone();
        let gate = Arc::new(Gate::new(service, at_once, per_minute, MINUTE));
        self.gates.insert(name, gate.clone());
        gate
    }

    /// Forgets the gates that nobody is at and that count no starts, then services that nobody pushed back lately.
    /// Whoever holds one of them got it here, so that one that is held only here can't be entered meanwhile.
    fn forget(&mut self) {
        let now = Instant::now();
        self.gates.retain(|_, gate| Arc::strong_count(gate) > 1 || gate.counts(now));
        self.services.retain(|_, service| Arc::strong_count(service) > 1 || service.matters(now));
        self.full = 2 * self.gates.len();
    }
}

impl Default for Service {
    fn default() -> Self {
        let learned = Learned { inside: 0, allowed: usize::MAX, closed_until: None, halved: None };
        Self { learned: Mutex::new(learned), freed: Notify::new() }
    }
}

impl Service {
    fn learned(&self) -> MutexGuard<'_, Learned> {
        self.learned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it still is of use what was learned.
    fn matters(&self, now: Instant) -> bool {
        let learned = self.learned();
        learned.closed_until.is_some_and(|until| now < until)
            || learned.halved.is_some_and(|halved| now.duration_since(halved) < REMEMBERED)
    }
}

impl Gate {
    fn new(
        service: Arc<Service>,
        at_once: Option<usize>,
        per_minute: Option<usize>,
        minute: Duration,
    ) -> Self {
        Self {
            at_once: at_once.unwrap_or(usize::MAX).max(1),
            per_minute: per_minute.unwrap_or(usize::MAX).max(1),
            minute,
            own: Mutex::default(),
            service,
        }
    }

    fn own(&self) -> MutexGuard<'_, Own> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether starts are counted that still bound others.
    fn counts(&self, now: Instant) -> bool {
        self.own().starts.back().is_some_and(|start| now.duration_since(*start) < self.minute)
    }

    fn try_enter(&self) -> Result<(), Wait> {
        let mut own = self.own();
        let mut learned = self.service.learned();
        if own.inside >= self.at_once || learned.inside >= learned.allowed {
            return Err(Wait::ForRoom);
        }
        if learned.closed_until.is_some() || self.per_minute != usize::MAX {
            let now = Instant::now();
            if let Some(until) = learned.closed_until {
                if now < until {
                    return Err(Wait::Closed(until));
                }
                learned.closed_until = None;
            }
            self.start(&mut own, now)?;
        }
        own.inside += 1;
        learned.inside += 1;
        if own.inside < self.at_once && learned.inside < learned.allowed && learned.allowed != usize::MAX {
            self.service.freed.notify_one();
        }
        Ok(())
    }

    /// Counts a start within the minute.
    fn start(&self, own: &mut Own, now: Instant) -> Result<(), Wait> {
        if self.per_minute == usize::MAX {
            return Ok(());
        }
        while own.starts.front().is_some_and(|start| now.duration_since(*start) >= self.minute) {
            own.starts.pop_front();
        }
        if let (true, Some(first)) = (own.starts.len() >= self.per_minute, own.starts.front()) {
            return Err(Wait::Until(*first + self.minute));
        }
        own.starts.push_back(now);
        Ok(())
    }

    /// Waits for a place inside, however long, and for the word that the call may be sent.
    ///
    /// # Errors
    /// If it must not be.
    pub(in crate::backend) async fn turn(self: &Arc<Self>, watch: &dyn Watch) -> Result<Pass, Failure> {
        let pass = self.enter(|| watch.queued("for its turn".into())).await;
        if let Some(cleared) = watch.sending() {
            cleared.await?;
        }
        Ok(pass)
    }

    /// Waits for a place inside, however long. `waiting` is told once if it must wait at all.
    async fn enter(self: &Arc<Self>, mut waiting: impl FnMut()) -> Pass {
        loop {
            let tomorrow = Instant::now() + MINUTE * 60 * 24;
            if let Ok(pass) = self.enter_before(tomorrow, &mut waiting).await {
                return pass;
            }
        }
    }

    /// Waits for a place inside. `waiting` is told once if it must wait at all.
    ///
    /// # Errors
    /// If the service asked to be left alone for longer than there is time: until when.
    pub(super) async fn enter_before(
        self: &Arc<Self>,
        deadline: Instant,
        mut waiting: impl FnMut(),
    ) -> Result<Pass, Instant> {
        // Most find room at once.
        if self.try_enter().is_ok() {
            return Ok(Pass { gate: self.clone(), since: Instant::now() });
        }
        let mut told = false;
        loop {
            let freed = self.service.freed.notified();
            tokio::pin!(freed);
            // Listening from before the look: what is freed in between is not missed.
            freed.as_mut().enable();
            let wait = match self.try_enter() {
                Ok(()) => return Ok(Pass { gate: self.clone(), since: Instant::now() }),
                Err(wait) => wait,
            };
            if !told {
                told = true;
                waiting();
            }
            match wait {
                Wait::ForRoom => freed.await,
                Wait::Closed(until) if until > deadline => return Err(until),
                Wait::Closed(until) | Wait::Until(until) => sleep_until(until).await,
            }
        }
    }
}

impl Pass {
    /// The service answered as it should: one more may be inside.
    pub(super) fn went_well(&self) {
        let mut learned = self.gate.service.learned();
        if learned.allowed != usize::MAX {
            learned.allowed += 1;
            self.gate.service.freed.notify_one();
        }
    }

    /// The service pushed back: half as many at once, and none before `until`.
    pub(super) fn pushed_back(&self, until: Instant) {
        let mut learned = self.gate.service.learned();
        learned.closed_until = learned.closed_until.max(Some(until));
        if learned.halved.is_none_or(|halved| self.since > halved) {
            learned.halved = Some(Instant::now());
            learned.allowed = (learned.inside / 2).max(1);
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.gate.own().inside -= 1;
        self.gate.service.learned().inside -= 1;
        self.gate.service.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(at_once: Option<usize>, per_minute: Option<usize>, minute: Duration) -> Arc<Gate> {
        Arc::new(Gate::new(Arc::default(), at_once, per_minute, minute))
    }

    #[tokio::test]
    async fn no_more_than_at_once_are_inside_and_all_get_in() {
        let gate = own(Some(3), None, MINUTE);
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
        let gate = own(None, Some(2), Duration::from_millis(60));
        let start = Instant::now();
        for _ in 0..5 {
            drop(gate.enter(|| ()).await);
        }
        let taken = start.elapsed();
        assert!(taken >= Duration::from_millis(120), "{taken:?}");
    }

    #[tokio::test]
    async fn after_push_back_everyone_waits_and_few_return() {
        let gate = own(None, None, MINUTE);
        let (a, b) = (gate.enter(|| ()).await, gate.enter(|| ()).await);
        let start = Instant::now();
        a.pushed_back(start + Duration::from_millis(80));
        drop((a, b));
        let mut told = 0;
        let first = gate.enter_before(start + MINUTE, || told += 1).await.unwrap();
        assert!(start.elapsed() >= Duration::from_millis(80));
        assert_eq!(told, 1);
        let waits = tokio::time::timeout(Duration::from_millis(50), gate.enter(|| ())).await;
        assert!(waits.is_err(), "only one at once after two pushed back");
        first.went_well();
        drop(gate.enter(|| ()).await);
    }

    #[tokio::test]
    async fn what_was_on_its_way_halves_no_further_and_who_has_no_time_is_told() {
        let gate = own(None, None, MINUTE);
        let mut all = Vec::new();
        for _ in 0..40 {
            all.push(gate.enter(|| ()).await);
        }
        let until = Instant::now() + Duration::from_secs(30);
        for pass in all {
            pass.pushed_back(until);
        }
        assert_eq!(gate.service.learned().allowed, 20);
        let refused = gate.enter_before(Instant::now() + Duration::from_secs(1), || ()).await;
        assert_eq!(refused.err(), Some(until));
    }

    #[tokio::test]
    async fn what_is_learned_is_shared_and_limits_are_not() {
        let gate = |key: &str, at_once| gate(&["http://limits.example", key], at_once, None);
        assert!(Arc::ptr_eq(&gate("k", Some(1)), &gate("k", Some(1))));
        let (one, two, other) = (gate("k", Some(1)), gate("k", Some(2)), gate("j", Some(1)));
        assert!(!Arc::ptr_eq(&one, &two) && Arc::ptr_eq(&one.service, &two.service));
        assert!(!Arc::ptr_eq(&one.service, &other.service));
        let pass = one.enter(|| ()).await;
        drop(two.enter(|| ()).await);
        let until = Instant::now() + Duration::from_secs(30);
        pass.pushed_back(until);
        drop(pass);
        let soon = Instant::now() + Duration::from_secs(1);
        assert_eq!(two.enter_before(soon, || ()).await.err(), Some(until));
        assert!(other.enter_before(soon, || ()).await.is_ok());
    }

    #[tokio::test]
    async fn gates_are_forgotten_that_nobody_needs_and_no_others() {
        let mut gates = Gates::default();
        let name = |at: usize| format!("http://{at}.example");
        let held = gates.gate(&[&name(0)], None, None);
        drop(gates.gate(&[&name(1)], None, Some(3)).enter(|| ()).await);
        let pass = gates.gate(&[&name(2)], None, None).enter(|| ()).await;
        pass.pushed_back(Instant::now());
        drop(pass);
        for at in 3..20_000 {
            gates.gate(&[&name(at)], None, None);
        }
        assert!(gates.gates.len() <= 2 * KEPT, "{}", gates.gates.len());
        assert!(gates.services.len() <= 2 * KEPT, "{}", gates.services.len());
        assert!(Arc::ptr_eq(&held, &gates.gate(&[&name(0)], None, None)));
        assert_eq!(gates.gate(&[&name(1)], None, Some(3)).own().starts.len(), 1);
        assert_eq!(gates.gate(&[&name(2)], None, None).service.learned().allowed, 1);
    }
}
