//! Calls up to the moment they are handed out: who plays, in which class, and whether they may go.

use std::sync::Arc;

use crate::base::Name;
use crate::instrument::{CallId, Class, Failure, FailureKind};
use crate::plan::{Call, ExprKind, Kind, Part, PromptPiece, Slot, Target};
use crate::value::{Instrument, Value};

use super::choice::{self, Choice};
use super::doing::{Calling, Doing, Order, Role};
use super::evaluate::{Failed, Slots};
use super::fixed::{Fixed, Seat};
use super::frame::{Frame, Phase, Place};
use super::identity;
use super::memory;
use super::money::{Afford, Hold, Purse};
use super::report::Note;
use super::state::State;
use super::talk::Talk;
use super::voices::{self, Cast, Chorus, Goal, Turns};

/// How many more tries an answer that will not do is worth, where nothing else is said.
const RETRIES: u32 = 2;

/// A call with all that is known before it goes, or the only answer it can have.
enum Prepared {
    Calling(Ready),
    Settled(Value),
}

/// A call that may begin.
struct Ready {
    calling: Calling,
    /// What the strongest of those who may play it does to the world.
    class: Class,
    /// The instrument that remembers, where one does.
    remembering: Option<Arc<Instrument>>,
}

impl State {
    /// A call has its values: who plays it is settled now, and with that what it must wait for.
    pub fn start_call(&mut self, fixed: &Fixed, at: Place, call: &Call) {
        if self.doing(at).is_some() {
            return self.go_or_park(fixed, at);
        }
        let Some(frame) = self.frames.get(at.0) else { return };
        match prepare(fixed, frame, at, call, &mut self.turns) {
            Err(failed) => self.fail_in_body(fixed, at, failed),
            Ok(Prepared::Settled(value)) => {
                self.give(fixed, at, value);
                self.settle(fixed, at);
            }
            Ok(Prepared::Calling(Ready { calling, class, remembering })) => {
                if let Some(remembering) = remembering
                    && let Err(failure) = self.may_remember(fixed, at, &remembering)
                {
                    return self.fail(fixed, at, failure);
                }
                self.begin_doing(at, Doing::Call(calling));
                if class < Class::Acts {
                    self.quiet(at.0, at.1);
                }
                self.go_or_park(fixed, at);
            }
        }
    }

    fn go_or_park(&mut self, fixed: &Fixed, at: Place) {
        let Some(Doing::Call(calling)) = self.doing(at) else { return };
        let goes = match calling.order {
            Order::Free => true,
            Order::Read => self.may_read(at),
            Order::Act => self.may_act(at),
        };
        if goes {
            return self.launch_all(fixed, at);
        }
        if let Some(frame) = self.frames.get_mut(at.0) {
            frame.node_mut(at.1).phase = Phase::Parked;
        }
    }

    /// Hands out a call, to all who play it at the same time.
    fn launch_all(&mut self, fixed: &Fixed, at: Place) {
        let Some(Doing::Call(calling)) = self.doing(at) else { return };
        let Some(voices) = calling.chorus.as_ref().map(|chorus| chorus.len()) else {
            return self.launch(fixed, at);
        };
        for voice in 0..voices {
            let Some(Doing::Call(calling)) = self.doing_mut(at) else { return };
            calling.turn_to(voice);
            self.launch(fixed, at);
        }
    }

    /// Hands out a call, or its next try.
    pub fn launch(&mut self, fixed: &Fixed, at: Place) {
        // Where there is no more money, nothing starts.
        if self.broke.is_none()
            && let Afford::Goes(hold) = self.afford(fixed, at)
        {
            self.launch_held(fixed, at, hold);
        }
    }

    /// Hands out a try of a call that may start.
    pub fn launch_held(&mut self, fixed: &Fixed, at: Place, hold: Option<Box<Hold>>) {
        self.start_limits(fixed, at);
        let Some(frame) = self.frames.get_mut(at.0) else { return };
        let node = fixed.node(frame.body, at.1);
        let state = frame.node_mut(at.1);
        state.phase = Phase::Open;
        let Some(Doing::Call(calling)) = state.doing.and_then(|doing| self.doings.get(doing)) else { return };
        if let Some((movement, function)) = calling.movement() {
            return self.launch_movement(fixed, at, movement, &function);
        }
        let (attempt, person, call) = (calling.attempt, calling.seat.person, calling.call_id());
        let id = calling.operation();
        let within = calling.within.filter(|_| calling.timer.is_none() && attempt == 0);
        self.notes.push(|| Note::Started {
            id,
            part: played(fixed, &node.kind),
            instrument: Arc::clone(&calling.seat.player.name),
            class: calling.seat.class,
            attempt,
            span: node.span,
        });
        let flight = self.launch_flight(at, Role::Play, id, 0);
        let timer = within.map(|millis| {
            let role = if person { Role::Deadline } else { Role::Within };
            self.launch_flight(at, role, identity::child(call, "", 0, "within"), millis)
        });
        if let Some(flight) = self.flights.get_mut(flight) {
            flight.hold = hold;
        }
        if let Some(Doing::Call(calling)) = self.doing_mut(at) {
            calling.flight = Some(flight);
            calling.timer = timer.or(calling.timer);
        }
    }
}

/// The name of the part or builtin that a node plays; empty for other nodes.
pub fn played(fixed: &Fixed, kind: &Kind) -> Name {
    match kind {
        Kind::Call(call) => match &call.target {
            Target::Part(part) => Arc::clone(&fixed.part(*part).name),
            Target::World { builtin, .. } => {
                fixed.world(builtin).map_or_else(Name::default, |world| Arc::clone(&world.name))
            }
        },
        _ => Name::default(),
    }
}

fn prepare(
    fixed: &Fixed,
    frame: &Frame,
    at: Place,
    call: &Call,
    turns: &mut Turns,
) -> Result<Prepared, Failed> {
    let node = fixed.node(frame.body, at.1);
    let id = identity::child(frame.id, &node.name, 0, "");
    match &call.target {
        Target::World { builtin, .. } => {
            let Some(world) = fixed.world(builtin) else {
                let failure =
                    Failure::new(FailureKind::InvalidRequest, format!("there is no builtin `{builtin}`"));
                return Err(Failed { failure, span: node.span });
            };
            let calling = calling(fixed, frame, call, id, Arc::clone(&world.seat), None)?;
            Ok(Prepared::Calling(Ready { calling, class: world.seat.class, remembering: None }))
        }
        Target::Part(part) => {
            let players = players(fixed, frame, at, call, *part, turns)?;
            let part = fixed.part(*part);
            let arguments = Arguments { frame, call };
            probe(fixed, part, &arguments)?;
            let choice = match &part.from {
                Some(from) => choice::choose(part, fixed.evaluate(from, &arguments)?, from.span)?,
                None => Choice::Free,
            };
            let (among, made) = match choice {
                Choice::Settled(value) => return Ok(Prepared::Settled(value)),
                Choice::Free => (None, None),
                Choice::Among(among) => (Some(Box::new(among)), None),
                Choice::Made(path) => (None, Some(path)),
            };
            let (class, remembering) = (players.class(), players.remembering());
            let mut calling = calling(fixed, frame, call, id, players.first(), Some((part, &arguments)))?;
            calling.among = among;
            calling.made = made;
            players.play(fixed, part, &arguments, &mut calling)?;
            calling.talk = Talk::of(fixed, part, &arguments, at)?;
            let class = with_tools(part, &mut calling, class)?;
            Ok(Prepared::Calling(Ready { calling, class, remembering }))
        }
    }
}

/// A call with tools waits at its start for what the strongest of them must wait for.
fn with_tools(part: &Part, calling: &mut Calling, class: Class) -> Result<Class, Failed> {
    let Some(talk) = &calling.talk else { return Ok(class) };
    let unable = if calling.chorus.is_some() {
        Some("several who play at the same time".to_owned())
    } else {
        calling.movement().map(|_| format!("the movement `{}`", calling.seat.player.name))
    };
    if let Some(who) = unable {
        let message = format!("`{}` has tools, and {who} can't call any", part.name);
        let failure = Failure::new(FailureKind::InvalidRequest, message)
            .with_help("put one model into the chair that can call tools, such as `openai(…)` or `local()`");
        return Err(Failed { failure, span: part.span });
    }
    calling.order = calling.order.max(talk.order());
    Ok(if talk.order() == Order::Act { Class::Acts } else { class })
}

/// The arguments of a call, where they lie: the slots of its part's expressions.
pub struct Arguments<'f> {
    pub frame: &'f Frame,
    pub call: &'f Call,
}

impl<'f> Arguments<'f> {
    /// Their values in order.
    pub fn values(&self) -> impl Iterator<Item = &'f Value> {
        self.call.arguments.iter().map(|slot| self.frame.value(*slot))
    }
}

impl Slots for Arguments<'_> {
    fn value(&self, slot: Slot) -> &Value {
        self.call.arguments.get(slot as usize).map_or(&Value::Nothing, |slot| self.frame.value(*slot))
    }
}

/// Who plays a call.
enum Players {
    /// One instrument.
    One(Arc<Seat>),
    /// Others by which an instrument plays, and that instrument.
    Cast(Cast, Arc<Instrument>),
    /// Several persons.
    Quorum(Cast),
}

impl Players {
    fn class(&self) -> Class {
        match self {
            Self::One(seat) => seat.class,
            Self::Cast(cast, _) | Self::Quorum(cast) => cast.class,
        }
    }

    fn first(&self) -> Arc<Seat> {
        match self {
            Self::One(seat) => Arc::clone(seat),
            Self::Cast(cast, _) | Self::Quorum(cast) => Arc::clone(cast.first()),
        }
    }

    fn remembering(&self) -> Option<Arc<Instrument>> {
        match self {
            Self::Cast(_, player) => memory::remembering(player),
            Self::One(_) | Self::Quorum(_) => None,
        }
    }

    /// Has them play a call that is ready but for that.
    fn play(
        self,
        fixed: &Fixed,
        part: &Part,
        arguments: &Arguments<'_>,
        calling: &mut Calling,
    ) -> Result<(), Failed> {
        let (cast, need, goal) = match self {
            Self::One(_) => return Ok(()),
            Self::Cast(cast, _) => (cast, 1, Goal::First),
            Self::Quorum(cast) => {
                let written =
                    part.quorum.as_ref().map(|quorum| fixed.evaluate(quorum, arguments)).transpose()?;
                let need = match written {
                    Some(Value::Int(need)) => usize::try_from(need).unwrap_or(0),
                    _ => 0,
                };
                let (voices, span) = (cast.voices.len(), part.span);
                if need == 0 || need > voices {
                    let message = format!("`{}` wants {need} answers, and {voices} can be asked", part.name);
                    return Err(Failed { failure: Failure::new(FailureKind::InvalidRequest, message), span });
                }
                (cast, need, voices::goal_of(&part.returns))
            }
        };
        calling.order = cast.order;
        if cast.voices.len() > 1 {
            calling.chorus = Chorus::new(calling.id, cast.voices, need, goal);
        } else if let Some(line) = cast.voices.into_iter().next() {
            calling.rest = line.into_iter().skip(1).collect();
        }
        Ok(())
    }
}

fn players(
    fixed: &Fixed,
    frame: &Frame,
    at: Place,
    call: &Call,
    id: crate::plan::PartId,
    turns: &mut Turns,
) -> Result<Players, Failed> {
    let part = fixed.part(id);
    let span = fixed.node(frame.body, at.1).span;
    let fail = |failure| Failed { failure, span };
    // A part that was passed as a value has a `by` that may say nothing.
    let by = call.by.filter(|by| *frame.value(*by) != Value::Nothing);
    let instead = by.is_some() && part.player.is_some();
    let player = match (by, fixed.seat_of(id)) {
        (Some(by), _) => frame.value(by).clone(),
        (None, Some(seat)) => {
            let seat = seat.as_ref().map_err(Clone::clone)?;
            if !voices::is_made_of_others(&seat.player) {
                return existing(fixed, seat, span).map(|()| Players::One(Arc::clone(seat)));
            }
            Value::Instrument(Arc::clone(&seat.player))
        }
        (None, None) => match &part.player {
            Some(player) => fixed.evaluate(player, &Arguments { frame, call })?,
            None => Value::Nothing,
        },
    };
    match player {
        Value::Instrument(player) if voices::is_made_of_others(&player) => {
            let cast = Cast::of(fixed, part, &player, instead, turns).map_err(fail)?;
            let cast = all_existing(fixed, cast, span)?;
            Ok(Players::Cast(cast, player))
        }
        Value::Instrument(player) => {
            let seat = fixed.seat(part, player, instead);
            existing(fixed, &seat, span).map(|()| Players::One(Arc::new(seat)))
        }
        Value::List(players) if part.quorum.is_some() && !players.is_empty() => {
            let cast = Cast::quorum(fixed, part, &players, instead, turns).map_err(fail)?;
            all_existing(fixed, cast, span).map(Players::Quorum)
        }
        _ => {
            let message = format!("nobody plays `{}`", part.name);
            let help = format!("say who: `by …` at the call, or in `part {}`", part.name);
            Err(fail(Failure::new(FailureKind::InvalidRequest, message).with_help(help)))
        }
    }
}

fn all_existing(fixed: &Fixed, cast: Cast, span: crate::base::Span) -> Result<Cast, Failed> {
    for seat in cast.voices.iter().flatten() {
        existing(fixed, seat, span)?;
    }
    Ok(cast)
}

fn existing(fixed: &Fixed, seat: &Seat, span: crate::base::Span) -> Result<(), Failed> {
    if fixed.exists(&seat.player.constructor) || super::within::movement_of(&seat.player).is_some() {
        return Ok(());
    }
    let message = format!("there is no instrument `{}`", seat.player.constructor);
    Err(Failed { failure: Failure::new(FailureKind::InvalidRequest, message), span })
}

fn calling(
    fixed: &Fixed,
    frame: &Frame,
    call: &Call,
    id: CallId,
    seat: Arc<Seat>,
    part: Option<(&Part, &Arguments<'_>)>,
) -> Result<Calling, Failed> {
    let mut bounds: Vec<Value> = call.within.iter().map(|slot| frame.value(*slot).clone()).collect();
    let mut retry = call.retry.map(|slot| frame.value(slot).clone());
    if let Some((part, arguments)) = part {
        for bound in &part.within {
            bounds.push(fixed.evaluate(bound, arguments)?);
        }
        if let (None, Some(expr)) = (&retry, &part.retry) {
            retry = Some(fixed.evaluate(expr, arguments)?);
        }
    }
    let durations = bounds.iter().filter_map(|bound| match bound {
        Value::Duration(millis) => Some((*millis).max(0)),
        _ => None,
    });
    let amounts = bounds.iter().filter_map(|bound| match bound {
        Value::Money(amount) => Some(*amount),
        _ => None,
    });
    // What has been done is never done again for the sake of a better answer; a person may be asked again.
    let retries = match retry {
        _ if seat.class == Class::Acts && !seat.person => 0,
        Some(Value::Int(retries)) => u32::try_from(retries.max(0)).unwrap_or(u32::MAX),
        _ => RETRIES,
    };
    Ok(Calling {
        id,
        order: seat.order,
        seat,
        purse: amounts.min().map(|cap| {
            let id = identity::child(id, "", 0, "limit");
            Box::new(Purse::new(id, cap, fixed.taken_before(id)))
        }),
        among: None,
        made: None,
        attempt: 0,
        retries: if part.is_some() { retries } else { 0 },
        within: durations.min(),
        flight: None,
        timer: None,
        tries: Vec::new(),
        rest: Vec::new(),
        inner: None,
        chorus: None,
        talk: None,
    })
}

/// What a call asks must be there before it goes, though it is put together only when it is taken: what fails in
/// a prompt fails here. Slots and constants cannot.
fn probe(fixed: &Fixed, part: &Part, arguments: &Arguments<'_>) -> Result<(), Failed> {
    let holes = part.lines.iter().flat_map(|line| &line.pieces).filter_map(|piece| match piece {
        PromptPiece::Hole(expr) => Some(expr),
        PromptPiece::Words(_) => None,
    });
    for expr in holes.chain(&part.prefill).chain(&part.stdin) {
        if !matches!(expr.kind, ExprKind::Slot(_) | ExprKind::Constant(_)) {
            fixed.evaluate(expr, arguments)?;
        }
    }
    Ok(())
}
