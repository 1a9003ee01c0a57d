//! What performances took: call by call.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::engine::Note;
use crate::instrument::{CallId, Usage};
use crate::session::{Began, MOVEMENT, Seen, View};
use crate::value::Money;

/// One call.
#[derive(Clone, Debug)]
pub struct Call {
    /// Its path, without the prompt's own name.
    pub path: String,
    /// Who played it: the name in the score.
    pub instrument: String,
    /// Whether it was answered from the cache.
    pub cached: bool,
    /// How long it took.
    pub took: Duration,
    /// What it took; absent figures are unknown.
    pub usage: Usage,
    /// How it failed, if it did.
    pub failed: Option<String>,
}

/// Many calls, added up.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// One after another, as they ended.
    pub calls: Vec<Call>,
    /// From beginning to end.
    pub took: Duration,
}

impl Tally {
    /// Adds those of another.
    pub fn add(&mut self, other: &Self) {
        self.calls.extend(other.calls.iter().cloned());
        self.took += other.took;
    }

    /// `1.2 s · 2 calls, 1 cached · 812 tokens in, 64 out · $0.002`: what is not known is said to be so.
    pub fn show(&self) -> String {
        let mut shown = seconds(self.took);
        let cached = self.calls.iter().filter(|call| call.cached).count();
        let failed = self.calls.iter().filter(|call| call.failed.is_some()).count();
        let _ = match self.calls.len() {
            0 => write!(shown, " · no calls"),
            1 => write!(shown, " · 1 call"),
            many => write!(shown, " · {many} calls"),
        };
        let _ = match (cached, self.calls.len()) {
            (0, _) => Ok(()),
            (1, 1) => write!(shown, ", cached"),
            (cached, _) => write!(shown, ", {cached} cached"),
        };
        if failed > 0 {
            let _ = write!(shown, ", {failed} failed");
        }
        for part in [self.tokens(), self.spend()].into_iter().flatten() {
            let _ = write!(shown, " · {part}");
        }
        shown
    }

    fn asked(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(|call| !call.cached)
    }

    /// Tokens, as far as calls said.
    fn tokens(&self) -> Option<String> {
        let sum =
            |of: fn(&Usage) -> Option<u64>| self.asked().filter_map(|call| of(&call.usage)).sum::<u64>();
        let (read, written) = (sum(|usage| usage.tokens_in), sum(|usage| usage.tokens_out));
        let silent =
            self.asked().filter(|call| call.usage.tokens_out.is_none() && call.usage.spend.is_none());
        match (read, written, silent.count()) {
            (0, 0, 0) => None,
            (0, 0, _) => Some(String::from("tokens unknown")),
            (read, written, 0) => Some(format!("{read} tokens in, {written} out")),
            (read, written, _) => Some(format!("at least {read} tokens in, {written} out")),
        }
    }

    /// What it cost; nothing is said where nobody was called.
    fn spend(&self) -> Option<String> {
        if self.calls.is_empty() {
            return None;
        }
        let known = self.asked().filter_map(|call| call.usage.spend);
        let known = known.fold(Money::ZERO, |sum, one| sum.checked_add(one).unwrap_or(sum));
        let unknown = self.asked().filter(|call| call.usage.spend.is_none()).count();
        Some(match (unknown, known == Money::ZERO) {
            (0, true) => String::from("free"),
            (0, false) => known.to_string(),
            (_, true) => String::from("spend unknown"),
            (1, false) => format!("{known} and 1 call at an unknown price"),
            (many, false) => format!("{known} and {many} calls at an unknown price"),
        })
    }
}

/// `0.4 s`, `12 s`, `3 min 5 s`
pub fn seconds(time: Duration) -> String {
    match time.as_secs() {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        secs @ 10..120 => format!("{secs} s"),
        secs => format!("{} min {} s", secs / 60, secs % 60),
    }
}

/// Watches a performance for another view, and notes what its calls take.
pub struct Watch {
    next: Arc<dyn View>,
    begun: Instant,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    open: HashMap<CallId, (Began, Instant)>,
    calls: Vec<(CallId, Call)>,
    /// Those that may have cost something that nobody has told.
    unsure: HashSet<CallId>,
}

impl Watch {
    /// Passes on to `next` what it sees.
    pub fn new(next: Arc<dyn View>) -> Self {
        Self { next, begun: Instant::now(), state: Mutex::default() }
    }

    /// All calls so far.
    pub fn tally(&self) -> Tally {
        let state = self.state();
        let calls = state.calls.iter().map(|(id, call)| {
            let spend = call.usage.spend.filter(|_| !state.unsure.contains(id));
            Call { usage: Usage { spend, ..call.usage }, ..call.clone() }
        });
        Tally { calls: calls.collect(), took: self.begun.elapsed() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ended(&self, id: CallId, usage: Usage, failed: Option<String>) {
        let mut state = self.state();
        let Some((began, at)) = state.open.remove(&id) else { return };
        let call = Call {
            path: began.path.to_string(),
            instrument: began.instrument.to_string(),
            cached: began.cached,
            took: at.elapsed(),
            usage,
            failed,
        };
        state.calls.push((id, call));
    }
}

impl Watch {
    /// What a call took is known after all.
    fn settled(&self, id: CallId, usage: Usage) {
        let mut state = self.state();
        state.unsure.remove(&id);
        if let Some((_, call)) = state.calls.iter_mut().find(|(known, _)| *known == id) {
            call.usage = usage;
        }
    }
}

impl View for Watch {
    fn see(&self, seen: Seen) {
        let seen = match seen {
            Seen::Began(began) => Seen::Began(Began { path: own(&began.path), ..began }),
            other => other,
        };
        match &seen {
            Seen::Began(began) => {
                self.state().open.entry(began.id).or_insert_with(|| (began.clone(), Instant::now()));
            }
            Seen::Note(Note::Finished { id, usage } | Note::Tried { id, usage, .. }) => {
                self.ended(*id, *usage, None);
            }
            Seen::Note(Note::Failed { id, failure, .. } | Note::FellOver { id, failure, .. }) => {
                let took = failure.usage().unwrap_or(Usage::NOTHING);
                self.ended(*id, took, Some(failure.kind.to_string()));
            }
            Seen::Note(Note::Cancelled { id }) => {
                self.ended(*id, Usage::NOTHING, Some(String::from("cancelled")));
            }
            Seen::Note(Note::MayCost { id, .. }) => {
                self.state().unsure.insert(*id);
            }
            Seen::Note(Note::Settled { id, usage }) => self.settled(*id, *usage),
            Seen::Note(_) | Seen::Event(..) | Seen::Before(_) | Seen::GoesOn(_) | Seen::Ending(_) => {}
        }
        self.next.see(seen);
    }

    fn live(&self) -> bool {
        self.next.live()
    }
}

/// A path without the prompt's own name before it.
fn own(path: &Arc<str>) -> Arc<str> {
    match path.split_once('/') {
        Some((movement, rest)) if movement.starts_with(MOVEMENT) => Arc::from(rest),
        _ => Arc::clone(path),
    }
}

#[cfg(test)]
mod tests {
    use super::{Call, Duration, Money, Tally, Usage};

    fn call(cached: bool, tokens: Option<u64>, spend: Option<i64>) -> Call {
        Call {
            path: "draft".into(),
            instrument: "writer".into(),
            cached,
            took: Duration::ZERO,
            usage: Usage {
                tokens_in: tokens,
                tokens_out: tokens,
                spend: spend.map(Money::from_nanos),
                ..Usage::default()
            },
            failed: None,
        }
    }

    #[test]
    fn what_is_not_known_is_never_shown_as_nothing() {
        let shown =
            |calls: &[Call]| Tally { calls: calls.to_vec(), took: Duration::from_millis(1_240) }.show();
        assert_eq!(shown(&[]), "1.2 s · no calls");
        assert_eq!(shown(&[call(false, None, Some(0))]), "1.2 s · 1 call · free");
        assert_eq!(
            shown(&[call(false, Some(8), None)]),
            "1.2 s · 1 call · 8 tokens in, 8 out · spend unknown"
        );
        assert_eq!(shown(&[call(false, None, None)]), "1.2 s · 1 call · tokens unknown · spend unknown");
        assert_eq!(shown(&[call(true, None, Some(0))]), "1.2 s · 1 call, cached · free");
        let mixed =
            [call(false, Some(8), Some(500_000_000)), call(false, None, None), call(true, None, Some(0))];
        assert_eq!(
            shown(&mixed),
            "1.2 s · 3 calls, 1 cached · at least 8 tokens in, 8 out · $0.50 and 1 call at an unknown price"
        );
    }
}
