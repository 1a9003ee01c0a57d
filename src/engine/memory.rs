//! What instruments remember: the questions and accepted answers of each `remember`, in the order in which they
//! were answered, which is the written one.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::instrument::{Answer, Failure, FailureKind, Message, Piece, Role};
use crate::value::{Instrument, Value, render};

use super::doing::Doing;
use super::fixed::Fixed;
use super::frame::Place;
use super::identity;
use super::state::State;

/// What was said, by memory.
pub type Memories = BTreeMap<u128, Vec<Message>>;

/// The hidden setting that says where in the run a memory was made; one that was declared has none.
pub const MADE_AT: &str = "memory";

/// Which memory a `remember` is: one for a declared one, one for each time another one was made.
pub fn key(player: &Instrument) -> u128 {
    match player.setting(MADE_AT) {
        Some(place) => identity::content(place),
        None => declared(&player.name),
    }
}

/// The memory of the declared instrument with this name.
#[must_use]
pub fn declared(name: &Arc<str>) -> u128 {
    identity::content(&Value::Text(Arc::clone(name)))
}

/// The instrument that remembers among those that an instrument is made of.
pub fn remembering(player: &Arc<Instrument>) -> Option<Arc<Instrument>> {
    let mut left = vec![player];
    while let Some(player) = left.pop() {
        if &*player.constructor == "remember" {
            return Some(Arc::clone(player));
        }
        for setting in player.settings.values() {
            let members = match setting {
                Value::List(members) => &members[..],
                one => std::slice::from_ref(one),
            };
            left.extend(members.iter().filter_map(|member| match member {
                Value::Instrument(member) => Some(member),
                _ => None,
            }));
        }
    }
    None
}

impl State {
    /// What is remembered of earlier turns, put before what is said now but behind the rules of the house.
    pub fn recall(&self, memory: Option<u128>, messages: &mut Vec<Message>) {
        let Some(turns) = memory.and_then(|memory| self.memories.get(&memory)) else { return };
        let rules = messages.iter().take_while(|message| message.role == Role::System).count();
        messages.splice(rules..rules, turns.iter().cloned());
    }

    /// Keeps a turn: what was asked last, and the answer that was accepted.
    pub fn remember(&mut self, memory: u128, asked: &[Message], answer: &Answer) {
        let Some(question) = asked.iter().rev().find(|message| message.role == Role::User) else { return };
        let said = match answer {
            Answer::Text(text) => Arc::from(text.as_str()),
            Answer::Value(value) => Arc::from(render(value)),
        };
        let turns = self.memories.entry(memory).or_default();
        turns.push(question.clone());
        turns.push(Message::new(Role::Assistant, vec![Piece::Words(said)]));
    }

    /// Whether a memory may be used here: between lanes its turns would have no order.
    pub fn may_remember(&self, fixed: &Fixed, at: Place, player: &Instrument) -> Result<(), Failure> {
        let made = match player.setting(MADE_AT) {
            Some(Value::Text(place)) => Some(place),
            _ => None,
        };
        let mut next = Some(at.0);
        while let Some(frame) = next.and_then(|handle| self.frames.get(handle)) {
            let Some(around) = frame.parent else { return Ok(()) };
            let lanes = match self.doing(around) {
                Some(Doing::Together(_)) => true,
                Some(Doing::For(looping)) => looping.lanes,
                _ => false,
            };
            if let (true, Some(handle)) = (lanes, next) {
                let lane = self.path(fixed, handle, None);
                if made.is_some_and(|made| made.starts_with(&*lane)) {
                    return Ok(());
                }
                let message = format!(
                    "`{}` remembers, and lanes have no order: it can't be used in a lane that it was not made in",
                    player.name
                );
                let help = "make it in the lane: `let memory = remember(…)`, or take `together` away";
                return Err(Failure::new(FailureKind::InvalidRequest, message).with_help(help));
            }
            next = Some(around.0);
        }
        Ok(())
    }
}
