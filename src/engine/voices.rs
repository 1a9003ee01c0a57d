//! Calls that more than one instrument plays: one after the other (`fallback`), in turn (`rotate`), side by side
//! with the first answer winning (`race`), or several persons (`quorum`).
//!
//! A call is played by *voices* at the same time, most calls by one. A voice has whoever plays now, and those
//! who play where that one is not to be had. The voice that is looked at stands in the call itself
//! ([`Calling::turn_to`]), so that the life of a call is written once.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::instrument::{CallId, Class, Failure, FailureKind};
use crate::plan::Part;
use crate::types::Type;
use crate::value::{Instrument, Value, render};

use super::doing::{Calling, FlightHandle, Order};
use super::fixed::{Fixed, Seat};
use super::identity;
use super::report::Tried;

/// How deep instruments may be made of one another.
const DEEPEST: u32 = 16;

/// Who plays a call: voices side by side, each with those that follow one another.
#[derive(Debug)]
pub struct Cast {
    /// Side by side; one for most calls.
    pub voices: Vec<Vec<Arc<Seat>>>,
    /// What must be over before the call starts: for the strongest of all.
    pub order: Order,
    /// What the strongest of all does to the world.
    pub class: Class,
}

/// One of several that play a call at the same time, while another one is looked at.
#[derive(Debug)]
pub struct Voice {
    /// The id of its first try.
    id: CallId,
    pub seat: Arc<Seat>,
    rest: Vec<Arc<Seat>>,
    pub attempt: u32,
    pub tries: Vec<Tried>,
    flight: Option<FlightHandle>,
    /// How it ended.
    ended: Option<Result<Value, ()>>,
}

/// Who is asked by one operation.
pub struct Asked<'c> {
    pub seat: &'c Seat,
    pub attempt: u32,
    pub tries: &'c [Tried],
}

/// Several that play a call at the same time.
#[derive(Debug)]
pub struct Chorus {
    /// How many answers are wanted.
    need: usize,
    /// Whether they are counted against each other; otherwise all of them are the answer. One is itself.
    goal: Goal,
    /// The id of the call.
    call: CallId,
    /// Which one stands in the call.
    now: usize,
    voices: Vec<Voice>,
}

/// What several answers come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// The first.
    First,
    /// The one most of them are.
    Majority,
    /// All of them.
    All,
}

/// What is to be done after an answer or a failure of one voice.
pub enum Sung {
    /// The others are waited for.
    Waiting,
    /// That was enough: this is the answer.
    Done(Value),
    /// There can be no answer any more.
    Failed(Failure),
}

/// The failures after which the next instrument of a `fallback` plays.
pub const FALLS_OVER: [FailureKind; 3] =
    [FailureKind::Unavailable, FailureKind::RateLimited, FailureKind::Timeout];

/// Who in turn plays for each `rotate`, by its name and what it is made of.
pub type Turns = BTreeMap<u128, usize>;

/// Whether an instrument plays by others.
pub fn is_made_of_others(player: &Instrument) -> bool {
    matches!(&*player.constructor, "fallback" | "race" | "rotate" | "remember")
}

impl Cast {
    /// The one that stands first.
    pub fn first(&self) -> &Arc<Seat> {
        &self.voices[0][0]
    }

    /// Who plays where this instrument is wanted.
    pub fn of(
        fixed: &Fixed,
        part: &Part,
        player: &Arc<Instrument>,
        instead: bool,
        turns: &mut Turns,
    ) -> Result<Self, Failure> {
        let voices = voices(fixed, part, player, instead, turns, 0)?;
        Self::checked(voices)
    }

    /// Who plays where the answers of several are wanted.
    pub fn quorum(
        fixed: &Fixed,
        part: &Part,
        players: &[Value],
        instead: bool,
        turns: &mut Turns,
    ) -> Result<Self, Failure> {
        let mut all = Vec::new();
        for player in players {
            let Value::Instrument(player) = player else { continue };
            let mut voices = voices(fixed, part, player, instead, turns, 0)?;
            match (voices.pop(), voices.is_empty()) {
                (Some(one), true) => all.push(one),
                _ => return Err(refused("`race` can't be one of those that a quorum is made of".to_owned())),
            }
        }
        let of = |value: Class| match value {
            Class::Thinks => Order::Free,
            Class::Reads => Order::Read,
            Class::Acts => Order::Act,
        };
        let class = all.iter().flatten().map(|seat: &Arc<Seat>| seat.class).max().unwrap_or(Class::Thinks);
        let ordered = all.iter().flatten().any(|seat| seat.order == Order::Act);
        Ok(Self { voices: all, order: if ordered { Order::Act } else { of(class) }, class })
    }

    fn checked(voices: Vec<Vec<Arc<Seat>>>) -> Result<Self, Failure> {
        let seats = || voices.iter().flatten();
        if voices.len() > 1
            && let Some(seat) = seats().find(|seat| seat.class == Class::Acts && !seat.person)
        {
            let message =
                format!("`race` can't have `{}` play this: it acts, and all would act", seat.player.name);
            return Err(refused(message).with_help("use `fallback`, or name the one that is to act"));
        }
        let class = seats().map(|seat| seat.class).max().unwrap_or(Class::Thinks);
        let rank = |order: Order| match order {
            Order::Free => 0,
            Order::Read => 1,
            Order::Act => 2,
        };
        let order = seats().map(|seat| seat.order).max_by_key(|order| rank(*order)).unwrap_or(Order::Free);
        Ok(Self { voices, order, class })
    }
}

/// The voices that an instrument is: alternatives of `race` side by side, those of `fallback` one after another.
fn voices(
    fixed: &Fixed,
    part: &Part,
    player: &Arc<Instrument>,
    instead: bool,
    turns: &mut Turns,
    depth: u32,
) -> Result<Vec<Vec<Arc<Seat>>>, Failure> {
    if depth > DEEPEST {
        return Err(refused(format!("`{}` is made of itself more than {DEEPEST} deep", player.name)));
    }
    let inner = match &*player.constructor {
        "race" | "fallback" | "rotate" => members(player)?,
        "remember" => {
            let Some(Value::Instrument(inner)) = player.setting("instrument") else {
                return Err(refused("`remember` needs the instrument that remembers".to_owned()));
            };
            let mut voices = voices(fixed, part, inner, instead, turns, depth + 1)?;
            let memory = super::memory::key(player);
            for seat in voices.iter_mut().flatten().map(Arc::make_mut) {
                seat.order = Order::Act;
                seat.memory = Some(memory);
            }
            return Ok(voices);
        }
        _ => return Ok(vec![vec![Arc::new(fixed.seat(part, Arc::clone(player), instead))]]),
    };
    if &*player.constructor == "rotate" {
        let turn = turns.entry(identity::content(&Value::Instrument(Arc::clone(player)))).or_insert(0);
        let chosen = &inner[*turn % inner.len()];
        *turn += 1;
        return voices(fixed, part, chosen, instead, turns, depth + 1);
    }
    let mut all = Vec::new();
    for member in &inner {
        all.push(voices(fixed, part, member, instead, turns, depth + 1)?);
    }
    if &*player.constructor == "race" {
        return Ok(all.into_iter().flatten().collect());
    }
    let mut line = Vec::new();
    for mut voices in all {
        match (voices.pop(), voices.is_empty()) {
            (Some(seats), true) => line.extend(seats),
            _ => {
                let message = format!("`{}` can't fall back to or from a `race`", player.name);
                return Err(refused(message).with_help("turn it round: `race(fallback(a, b), c)`"));
            }
        }
    }
    Ok(vec![line])
}

/// The instruments that a combinator was given.
fn members(player: &Instrument) -> Result<Vec<Arc<Instrument>>, Failure> {
    let given = match player.setting("instruments") {
        Some(Value::List(given)) => given.to_vec(),
        Some(one) => vec![one.clone()],
        None => Vec::new(),
    };
    let members: Vec<Arc<Instrument>> = given
        .into_iter()
        .filter_map(|member| match member {
            Value::Instrument(member) => Some(member),
            _ => None,
        })
        .collect();
    if members.is_empty() {
        return Err(refused(format!("`{}` is made of no instrument", player.constructor)));
    }
    Ok(members)
}

fn refused(message: String) -> Failure {
    Failure::new(FailureKind::InvalidRequest, message)
}

impl Chorus {
    /// Several that begin a call.
    pub fn new(call: CallId, voices: Vec<Vec<Arc<Seat>>>, need: usize, goal: Goal) -> Option<Box<Self>> {
        let voices: Vec<Voice> = (0_u32..)
            .zip(voices)
            .filter_map(|(number, mut seats)| {
                let rest = seats.split_off(1.min(seats.len()));
                let seat = seats.pop()?;
                Some(Voice {
                    id: identity::child(call, "", u128::from(number), "voice"),
                    seat,
                    rest,
                    attempt: 0,
                    tries: Vec::new(),
                    flight: None,
                    ended: None,
                })
            })
            .collect();
        let none = voices.is_empty();
        (!none).then(|| Box::new(Self { need, goal, call, now: usize::MAX, voices }))
    }

    /// How many they are.
    pub fn len(&self) -> usize {
        self.voices.len()
    }

    /// Operations in flight of those that are not looked at.
    pub fn take_flights(&mut self) -> Vec<FlightHandle> {
        self.voices.iter_mut().filter_map(|voice| voice.flight.take()).collect()
    }

    /// Whom and what a voice that is not looked at asks.
    pub fn asks(&self, id: CallId) -> Option<&Voice> {
        let at = self.position(id)?;
        self.voices.get(at).filter(|_| at != self.now)
    }

    fn position(&self, id: CallId) -> Option<usize> {
        self.voices.iter().position(|voice| voice.id == id || try_id(voice.id, voice.attempt) == id)
    }

    /// What all that has ended comes to; `last` is the failure that ended the last one, if it was one.
    fn sum(&self, last: Option<Failure>) -> Sung {
        let answers: Vec<&Value> =
            self.voices.iter().filter_map(|voice| voice.ended.as_ref()?.as_ref().ok()).collect();
        let open = self.voices.iter().filter(|voice| voice.ended.is_none()).count();
        if answers.len() >= self.need {
            match self.goal {
                Goal::First => return Sung::Done(answers[0].clone()),
                Goal::All => {
                    let all: Vec<Value> = answers.into_iter().cloned().collect();
                    return Sung::Done(Value::list(all));
                }
                Goal::Majority => {
                    if let Some(value) = most(&answers) {
                        return Sung::Done(value.clone());
                    }
                    if open == 0 {
                        let said: Vec<String> = answers.iter().map(|answer| render(answer)).collect();
                        let message = format!("the answers are tied: {}", said.join(", "));
                        let failure = Failure::new(FailureKind::Exhausted, message);
                        return Sung::Failed(failure.with_help("ask one more, an odd number can't be tied"));
                    }
                }
            }
        }
        if answers.len() + open < self.need || open == 0 {
            let failure = last.unwrap_or_else(|| refused("no one is left to answer".to_owned()));
            return Sung::Failed(failure);
        }
        Sung::Waiting
    }
}

/// The answer that more gave than any other.
fn most<'v>(answers: &[&'v Value]) -> Option<&'v Value> {
    let count = |one: &Value| answers.iter().filter(|answer| **answer == one).count();
    let best = answers.iter().copied().max_by_key(|answer| count(answer))?;
    let tied = answers.iter().any(|answer| *answer != best && count(answer) == count(best));
    (!tied).then_some(best)
}

/// The id of a try of what has this id.
pub fn try_id(id: CallId, attempt: u32) -> CallId {
    if attempt == 0 { id } else { identity::child(id, "", u128::from(attempt), "try") }
}

impl Calling {
    /// Looks at another voice.
    pub fn turn_to(&mut self, voice: usize) {
        let Some(mut chorus) = self.chorus.take() else { return };
        if chorus.now != voice {
            let now = chorus.now;
            if now < chorus.voices.len() {
                self.swap(&mut chorus.voices[now]);
            }
            if voice < chorus.voices.len() {
                self.swap(&mut chorus.voices[voice]);
                chorus.now = voice;
            }
        }
        self.chorus = Some(chorus);
    }

    /// Looks at the voice whose operation this is.
    pub fn turn_to_id(&mut self, id: CallId) {
        let Some(chorus) = &self.chorus else { return };
        // The one that is looked at stands in the call: what is in its place is not its own.
        let now = try_id(self.id, self.attempt) == id || self.id == id;
        if let (false, Some(voice)) = (now, chorus.position(id)) {
            self.turn_to(voice);
        }
    }

    fn swap(&mut self, voice: &mut Voice) {
        std::mem::swap(&mut self.id, &mut voice.id);
        std::mem::swap(&mut self.seat, &mut voice.seat);
        std::mem::swap(&mut self.rest, &mut voice.rest);
        std::mem::swap(&mut self.attempt, &mut voice.attempt);
        std::mem::swap(&mut self.tries, &mut voice.tries);
        std::mem::swap(&mut self.flight, &mut voice.flight);
    }

    /// The id of the next operation: of a try, or of a turn where there are tools.
    pub fn operation(&self) -> CallId {
        match &self.talk {
            Some(talk) => talk.operation(self.id),
            None => try_id(self.id, self.attempt),
        }
    }

    /// How many messages were added to what the part says: tries, and turns with tools.
    pub fn added(&self) -> usize {
        self.talk.as_ref().map_or(2 * self.tries.len(), |talk| talk.said.len())
    }

    /// Who is asked by an operation of this call, and what stands between.
    pub fn asked_of(&self, id: CallId) -> Asked<'_> {
        match self.chorus.as_ref().and_then(|chorus| chorus.asks(id)) {
            Some(voice) => Asked { seat: &voice.seat, attempt: voice.attempt, tries: &voice.tries },
            None => Asked { seat: &self.seat, attempt: self.attempt, tries: &self.tries },
        }
    }

    /// The id of the call as a whole.
    pub fn call_id(&self) -> CallId {
        self.chorus.as_ref().map_or(self.id, |chorus| chorus.call)
    }

    /// The voice that is looked at has ended: what all of them come to.
    pub fn sung(&mut self, ended: Result<Value, Failure>) -> Sung {
        let Some(chorus) = &mut self.chorus else {
            return match ended {
                Ok(value) => Sung::Done(value),
                Err(failure) => Sung::Failed(failure),
            };
        };
        let (mark, last) = match ended {
            Ok(value) => (Ok(value), None),
            Err(failure) => (Err(()), Some(failure)),
        };
        let now = chorus.now;
        if let Some(voice) = chorus.voices.get_mut(now) {
            voice.ended = Some(mark);
        }
        chorus.sum(last)
    }

    /// Has the next instrument of a `fallback` play, where this failure lets it; says whether one does.
    pub fn fall_over(&mut self, failure: &Failure) -> bool {
        if self.rest.is_empty() || !FALLS_OVER.contains(&failure.kind) || self.may_have_acted(failure) {
            return false;
        }
        self.seat = self.rest.remove(0);
        self.id = identity::child(self.id, "", 0, "fallback");
        self.attempt = 0;
        self.tries.clear();
        self.flight = None;
        true
    }
}

/// What the answers of several persons come to, by the type of each.
pub fn goal_of(answer: &Type) -> Goal {
    match answer.shape() {
        Type::Bool | Type::Union(_) | Type::Literal(_) => Goal::Majority,
        _ => Goal::All,
    }
}
