//! Conducts on a virtual clock: every play is answered by a function, takes as long as that says, and a million
//! of them take a second. The same seed gives the same events. For tests, benchmarks and trying out orders.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::scribe::{Doubtful, Scribe, Verdict};
use crate::engine::{Clock, Engine, IdHasher, Operation, Report, Step, What};
use crate::instrument::{CallId, Class, Outcome, Request, Usage};
use crate::journal::JournalError;
use crate::value::Value;

/// Repeatable chance (splitmix64).
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// The chance of a seed.
    #[must_use]
    pub const fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number.
    pub const fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// One of `0..bound`; 0 where that is empty.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.number() % bound.max(1)
    }
}

const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// How a call is played.
#[derive(Debug, Clone, PartialEq)]
pub struct Play {
    /// How it ends.
    pub outcome: Outcome,
    /// After how long, in virtual milliseconds.
    pub millis: i64,
    /// Whether it is an open question: performing time stands still while nothing else goes on.
    pub question: bool,
}

/// How to simulate.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Decides what is left to chance.
    pub seed: u64,
    /// How many calls are played at a time at most; the others wait for their turn.
    pub at_once: usize,
    /// How many small steps an engine makes at a time.
    pub fuel: u32,
    /// What the clock on the wall shows after so many milliseconds. What is waited for goes by time that passes.
    pub shown: fn(i64) -> i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { seed: 0, at_once: usize::MAX, fuel: 10_000, shown: |millis| millis }
    }
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulated {
    /// The value, or why there is none.
    pub result: Result<Value, Box<Report>>,
    /// A hash of all operations and outcomes, in order.
    pub events: u64,
    /// How many operations were started.
    pub operations: u64,
    /// How many were in flight at a time at most.
    pub most_in_flight: usize,
    /// How long it took, in virtual milliseconds.
    pub millis: i64,
    /// Acts that somebody must decide about before it goes on.
    pub doubts: Vec<Doubtful>,
}

/// An operation under way.
#[derive(Clone, Copy)]
struct Under {
    /// When its outcome is due, in the calendar that holds it.
    due: i64,
    /// Whether performing time goes on for it.
    performing: bool,
    /// Whether it takes up a place of `at_once`.
    play: bool,
}

/// Operations under way, looked up in, never gone through.
type Underway = HashMap<CallId, Under, IdHasher>;

/// How operations end, by when that is due; at the same time, in the order in which they were started. Those that
/// are not under way any more are passed over.
#[derive(Default)]
struct Calendar(BTreeMap<i64, VecDeque<(CallId, Outcome)>>);

impl Calendar {
    fn add(&mut self, due: i64, id: CallId, outcome: Outcome) {
        self.0.entry(due).or_default().push_back((id, outcome));
    }

    /// When the next of what is still under way is due.
    fn next(&mut self, underway: &Underway) -> Option<i64> {
        loop {
            let mut first = self.0.first_entry()?;
            let due = *first.key();
            match first.get().front() {
                Some((id, _)) if underway.get(id).is_some_and(|under| under.due == due) => return Some(due),
                Some(_) => {
                    first.get_mut().pop_front();
                }
                None => {
                    first.remove();
                }
            }
        }
    }

    /// Takes what is first.
    fn take(&mut self) -> Option<(CallId, Outcome)> {
        self.0.first_entry()?.get_mut().pop_front()
    }

    /// How an operation ends that is due then.
    fn outcome_mut(&mut self, due: i64, id: CallId) -> Option<&mut Outcome> {
        let found = self.0.get_mut(&due)?.iter_mut().find(|(other, _)| *other == id)?;
        Some(&mut found.1)
    }
}

struct Simulation<F> {
    engine: Engine,
    settings: Settings,
    player: F,
    chance: Chance,
    wall: i64,
    performed: i64,
    /// By wall time.
    plays: Calendar,
    /// By performing time.
    timers: Calendar,
    waiting: VecDeque<CallId>,
    underway: Underway,
    playing: usize,
    performing: usize,
    simulated: Simulated,
    /// Who writes it down.
    scribe: Option<Scribe>,
    /// What a run that goes on wants beyond what is recorded.
    wanted: Vec<Operation>,
}

/// Conducts an engine to its end. `player` says how each call is played.
pub fn simulate<F>(engine: Engine, settings: Settings, player: F) -> Simulated
where
    F: FnMut(&Request, &mut Chance) -> Play,
{
    match conduct(engine, settings, None, player) {
        Ok(simulated) => simulated,
        // Nothing is written down that could not be.
        Err(_) => nothing(),
    }
}

/// The same written down, going on from what is recorded if anything is. Nothing is played before what led to it
/// is recorded.
///
/// # Errors
/// If the journal could not be written or read: as if the process had died there.
pub fn simulate_recorded<F>(
    engine: Engine,
    settings: Settings,
    scribe: Scribe,
    player: F,
) -> Result<Simulated, JournalError>
where
    F: FnMut(&Request, &mut Chance) -> Play,
{
    conduct(engine, settings, Some(scribe), player)
}

const fn nothing() -> Simulated {
    Simulated {
        result: Ok(Value::Nothing),
        events: 0,
        operations: 0,
        most_in_flight: 0,
        millis: 0,
        doubts: Vec::new(),
    }
}

fn conduct<F>(
    engine: Engine,
    settings: Settings,
    scribe: Option<Scribe>,
    player: F,
) -> Result<Simulated, JournalError>
where
    F: FnMut(&Request, &mut Chance) -> Play,
{
    let performed = scribe.as_ref().map_or(0, |scribe| scribe.performed().as_millis());
    let performed = i64::try_from(performed).unwrap_or(i64::MAX);
    let simulation = Simulation {
        engine,
        settings,
        player,
        chance: Chance::seeded(settings.seed),
        wall: performed,
        performed,
        plays: Calendar::default(),
        timers: Calendar::default(),
        waiting: VecDeque::new(),
        underway: Underway::default(),
        playing: 0,
        performing: 0,
        simulated: nothing(),
        scribe,
        wanted: Vec::new(),
    };
    simulation.run()
}

impl<F: FnMut(&Request, &mut Chance) -> Play> Simulation<F> {
    fn run(mut self) -> Result<Simulated, JournalError> {
        if let Some(scribe) = self.scribe.as_mut().filter(|scribe| scribe.goes_on()) {
            self.wanted = scribe.replay(&mut self.engine, &mut |_| {})?.wanted;
        }
        loop {
            match self.engine.step(self.settings.fuel) {
                Step::More => {}
                Step::Idle => {
                    let more = self.take()?;
                    if !more && !self.next() && !self.simulated.doubts.is_empty() {
                        self.engine.interrupt("somebody must decide");
                    }
                }
                Step::Done(value) => return self.end(Ok(value)),
                Step::Failed(report) => return self.end(Err(report)),
            }
        }
    }

    fn end(mut self, result: Result<Value, Box<Report>>) -> Result<Simulated, JournalError> {
        self.take()?;
        if let Some(scribe) = &mut self.scribe {
            match &result {
                Ok(value) => scribe.done(value),
                Err(report) => scribe.failed(report, self.engine.failed_by()),
            }
            scribe.commit(millis(self.performed))?;
        }
        self.simulated.millis = self.wall;
        Ok(Simulated { result, ..self.simulated })
    }

    fn event(&mut self, kind: u64, id: CallId) {
        let bytes = id.0.to_le_bytes();
        for half in bytes.chunks(8) {
            let mut word = [0; 8];
            word.copy_from_slice(half);
            self.simulated.events =
                mix(self.simulated.events.rotate_left(7) ^ u64::from_le_bytes(word) ^ kind);
        }
    }

    /// Takes what the engine wants, has it recorded, and starts it; says whether something was known already.
    fn take(&mut self) -> Result<bool, JournalError> {
        let wanted = std::mem::take(&mut self.wanted);
        for operation in wanted.into_iter().chain(self.engine.take_operations()) {
            match operation {
                Operation::Cancel(id) => {
                    self.event(1, id);
                    let owes = self.engine.owes(id);
                    if let Some(under) = self.underway.remove(&id) {
                        self.gone(under);
                        // What it takes is known when it would have ended.
                        if let Some(outcome) = self.plays.outcome_mut(under.due, id).filter(|_| owes)
                            && let Outcome::Done(reply) = outcome
                        {
                            *outcome = Outcome::Settled(reply.usage);
                            self.begin(id, Under { performing: false, play: false, ..under });
                        }
                    } else if owes {
                        self.deliver(id, Outcome::Settled(Usage::NOTHING));
                    }
                }
                Operation::Start { id, what: What::Play } => {
                    self.event(2, id);
                    self.simulated.operations += 1;
                    self.waiting.push_back(id);
                }
                Operation::Start { id, what: What::Timer { millis, clock, within } } => {
                    self.event(3, id);
                    let now = (self.settings.shown)(self.wall);
                    let left = |scribe: &mut Scribe| scribe.time(id, millis, clock, within, now);
                    let millis = self.scribe.as_mut().map_or(millis, left);
                    let (calendar, now) = match clock {
                        Clock::Wall => (&mut self.plays, self.wall),
                        Clock::Performing => (&mut self.timers, self.performed),
                    };
                    self.simulated.operations += 1;
                    let due = now.saturating_add(millis);
                    calendar.add(due, id, Outcome::Fired);
                    // Only what is waited for by the wall clock lets performing time go on.
                    let performing = clock == Clock::Wall;
                    self.begin(id, Under { due, performing, play: false });
                }
            }
        }
        let (requests, known) = self.dequeue()?;
        if let Some(scribe) = &mut self.scribe {
            scribe.commit(millis(self.performed))?;
        }
        for request in requests {
            self.play(&request);
        }
        Ok(known)
    }

    fn play(&mut self, request: &Request) {
        let play = (self.player)(request, &mut self.chance);
        let due = self.wall.saturating_add(play.millis);
        self.plays.add(due, request.call, play.outcome);
        self.begin(request.call, Under { due, performing: !play.question, play: true });
    }

    /// Calls that may start now, their intents among what is to be recorded, and whether others need not be made.
    /// Where nothing is recorded they start at once: nobody need hold the requests of all of them.
    fn dequeue(&mut self) -> Result<(Vec<Request>, bool), JournalError> {
        let (mut requests, mut known) = (Vec::new(), false);
        while self.playing < self.settings.at_once {
            let Some(id) = self.waiting.pop_front() else { break };
            // What was cancelled while it waited is asked no more.
            let Some(mut request) = self.engine.render(id) else { continue };
            if let Some(scribe) = &mut self.scribe {
                match scribe.judge(&mut request, false, false, &self.engine)? {
                    Verdict::Go => {}
                    Verdict::Known(outcome) => {
                        self.engine.deliver(id, outcome);
                        known = true;
                        continue;
                    }
                    Verdict::Doubtful(doubtful) => {
                        self.simulated.doubts.push(*doubtful);
                        continue;
                    }
                }
                let repeatable = request.class != Class::Acts;
                scribe.intend(&request, false, repeatable, &self.engine);
            }
            self.playing += 1;
            if self.scribe.is_some() {
                requests.push(request);
            } else {
                self.play(&request);
            }
        }
        Ok((requests, known))
    }

    fn begin(&mut self, id: CallId, under: Under) {
        self.performing += usize::from(under.performing);
        self.underway.insert(id, under);
        self.simulated.most_in_flight = self.simulated.most_in_flight.max(self.underway.len());
    }

    fn gone(&mut self, under: Under) {
        self.performing -= usize::from(under.performing);
        self.playing -= usize::from(under.play);
    }

    /// Lets time go on to what is due next, and delivers that; says whether there was anything.
    fn next(&mut self) -> bool {
        let left = |due: i64, now: i64| due.saturating_sub(now).max(0);
        let to_play = self.plays.next(&self.underway).map(|due| left(due, self.wall));
        let to_timer = self.timers.next(&self.underway).map(|due| left(due, self.performed));
        let timer_first = match (to_play, to_timer) {
            (Some(play), Some(timer)) => self.performing > 0 && timer < play,
            (None, Some(_)) => true,
            _ => false,
        };
        let (calendar, passed) =
            if timer_first { (&mut self.timers, to_timer) } else { (&mut self.plays, to_play) };
        let Some(passed) = passed else { return false };
        let Some((id, outcome)) = calendar.take() else { return false };
        self.wall = self.wall.saturating_add(passed);
        if self.performing > 0 {
            self.performed = self.performed.saturating_add(passed);
        }
        let Some(under) = self.underway.remove(&id) else { return false };
        self.gone(under);
        let kind = match &outcome {
            Outcome::Done(_) => 4,
            Outcome::Failed(_) => 5,
            Outcome::Fired => 6,
            Outcome::Settled(_) | Outcome::Unpaid => 7,
        };
        self.event(kind, id);
        self.deliver(id, outcome);
        true
    }

    fn deliver(&mut self, id: CallId, outcome: Outcome) {
        if let Some(scribe) = &mut self.scribe {
            scribe.end(id, &outcome);
        }
        self.engine.deliver(id, outcome);
    }
}

fn millis(performed: i64) -> std::time::Duration {
    std::time::Duration::from_millis(u64::try_from(performed).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Play, Settings, Simulated, simulate};
    use crate::engine::Engine;
    use crate::engine::evaluate::Given;
    use crate::engine::tests::hand::{block, call, program};
    use crate::engine::tests::lower::{Cast, plan};
    use crate::engine::tests::program::{Player, Stmt};
    use crate::instrument::{Failure, FailureKind, Outcome, Reply};
    use crate::plan::MovementId;
    use crate::value::Value;

    /// Forty rounds that think and act, and then a wait.
    fn simulated(settings: Settings, fails: bool) -> Simulated {
        let round = block(vec![call(Player::Thinker, 1, &[10], 11), call(Player::Person, 2, &[11], 12)], 12);
        let each = Stmt::For { count: 40, lanes: false, item: 10, skip: None, body: round, out: 20 };
        let plan = plan(&program(vec![each, Stmt::Wait], 20));
        let engine = Engine::new(Arc::new(plan), MovementId(0), Vec::new(), Given::default(), Arc::new(Cast));
        simulate(engine, settings, |request, chance| {
            let millis = i64::try_from(chance.below(100)).expect("small");
            let outcome = if fails && chance.below(30) == 0 {
                Outcome::Failed(Failure::new(FailureKind::Unavailable, "gone"))
            } else {
                Outcome::Done(Reply::value(request.arguments[1].1.clone()))
            };
            Play { outcome, millis, question: &*request.part == "person" }
        })
    }

    #[test]
    fn the_same_seed_gives_the_same_events_and_another_one_others() {
        let settings = |seed| Settings { seed, ..Settings::default() };
        let one = simulated(settings(1), false);
        assert_eq!(one, simulated(settings(1), false));
        let other = simulated(settings(2), false);
        assert_ne!(one.events, other.events);
        assert_eq!(one.result, other.result);
        assert_eq!(one.result, Ok(Value::list((1..=40).map(Value::Int).collect::<Vec<_>>())));
        assert_eq!(one.operations, 81);
        assert_eq!(one, simulated(Settings { fuel: 1, ..settings(1) }, false));
    }

    #[test]
    fn no_more_are_played_at_a_time_than_is_said() {
        let few = simulated(Settings { at_once: 3, ..Settings::default() }, false);
        assert!(few.most_in_flight <= 3, "{}", few.most_in_flight);
        assert!(few.result.is_ok());
        assert!(simulated(Settings::default(), false).most_in_flight >= 40);
    }

    #[test]
    fn faults_end_it() {
        assert!(
            (0..20).any(|seed| simulated(Settings { seed, ..Settings::default() }, true).result.is_err())
        );
    }
}
