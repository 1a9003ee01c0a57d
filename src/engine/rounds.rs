//! `for`: rounds are opened in order while few enough frames are open, and their results keep their order.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use crate::plan::{For, Kind};
use crate::value::Value;

use super::doing::{Doing, Looping};
use super::fixed::Fixed;
use super::frame::{DoingHandle, Frame, Place};
use super::identity;
use super::state::{State, WINDOW};

impl State {
    pub fn start_for(&mut self, fixed: &Fixed, at: Place, each: &For) {
        let Some(frame) = self.frames.get(at.0) else { return };
        let list: Arc<[Value]> = match frame.value(each.list) {
            Value::List(list) => Arc::clone(list),
            _ => Arc::from([]),
        };
        let count = list.len();
        let looping = Looping {
            at,
            list,
            lanes: each.lanes,
            opened: 0,
            open: 0,
            loud: if fixed.facts(each.body.body).may_act {
                u32::try_from(count).unwrap_or(u32::MAX)
            } else {
                0
            },
            rounds: VecDeque::new(),
            results: Vec::new(),
            missing: count,
            seen: HashMap::default(),
        };
        if count == 0 {
            self.give(fixed, at, Value::list(Vec::new()));
            return self.settle(fixed, at);
        }
        let doing = self.begin_doing(at, Doing::For(Box::new(looping)));
        self.loops.push_back(doing);
        self.starved.push_back(doing);
    }

    /// Opens one more round, if one may be opened: of a loop that has none open, or else of the oldest loop.
    pub fn open_round(&mut self, fixed: &Fixed) -> bool {
        while let Some(doing) = self.starved.pop_front() {
            if self.rounds_left(doing) == Some((true, 0)) {
                self.open_next(fixed, doing);
                return true;
            }
        }
        while self.frames.len() < WINDOW {
            let Some(doing) = self.loops.front().copied() else { return false };
            if let Some((true, _)) = self.rounds_left(doing) {
                self.open_next(fixed, doing);
                return true;
            }
            self.loops.pop_front();
        }
        false
    }

    /// Whether a loop has rounds to open, and how many are open.
    fn rounds_left(&self, doing: DoingHandle) -> Option<(bool, u32)> {
        match self.doings.get(doing)? {
            Doing::For(looping) => Some(((looping.opened as usize) < looping.list.len(), looping.open)),
            _ => None,
        }
    }

    fn open_next(&mut self, fixed: &Fixed, doing: DoingHandle) {
        let Some(Doing::For(looping)) = self.doings.get_mut(doing) else { return };
        let at = looping.at;
        let number = looping.opened;
        let Some(item) = looping.list.get(number as usize).cloned() else { return };
        looping.opened += 1;
        looping.open += 1;
        let first = looping.open == 1;
        let Some(frame) = self.frames.get(at.0) else { return };
        let node = fixed.node(frame.body, at.1);
        let Kind::For(each) = &node.kind else { return };
        let key = match (&item, each.by_number) {
            (Value::Int(number), true) => u128::from(number.cast_unsigned()),
            (_, true) => u128::from(number),
            _ => {
                let content = identity::content(&item);
                let occurrence = looping.seen.entry(content).or_insert(0);
                *occurrence += 1;
                identity::round(content, *occurrence)
            }
        };
        let Some(mut opening) = self.opening(at, each.body.body, 0) else { return };
        opening.round = Some(number);
        opening.id = identity::child(opening.id, &node.name, key, "");
        opening.clear &= first || each.lanes;
        let child = self.open(fixed, opening);
        if let Some(Doing::For(looping)) = self.doings.get_mut(doing) {
            looping.rounds.push_back(child);
        }
        self.begin_with(fixed, at.0, &each.body, child);
        self.set(fixed, child, each.item, item);
        if let Some(index) = each.index {
            self.set(fixed, child, index, Value::Int(i64::from(number)));
        }
    }

    /// Takes the result of a round; `None` where it was left without one.
    pub fn take_result(&mut self, fixed: &Fixed, at: Place, round: Option<u32>, result: Option<Value>) {
        let Some(Doing::For(looping)) = self.doing_mut(at) else { return };
        looping.results.extend(round.zip(result));
        looping.missing -= 1;
        if looping.missing == 0 {
            let mut results = std::mem::take(&mut looping.results);
            results.sort_unstable_by_key(|(round, _)| *round);
            let results: Arc<[Value]> = results.into_iter().map(|(_, result)| result).collect();
            self.give(fixed, at, Value::List(results));
        }
    }

    /// A round is over.
    pub fn round_closed(&mut self, fixed: &Fixed, at: Place, closed: &Frame) {
        if !closed.quiet {
            self.child_quiet(fixed, at, 0);
        }
        let Some(doing) = self.frames.get(at.0).and_then(|frame| frame.node(at.1).doing) else { return };
        let Some(Doing::For(looping)) = self.doings.get_mut(doing) else { return };
        looping.open -= 1;
        while looping.rounds.front().is_some_and(|round| self.frames.get(*round).is_none()) {
            looping.rounds.pop_front();
        }
        let (open, more, lanes) =
            (looping.open, (looping.opened as usize) < looping.list.len(), looping.lanes);
        if open == 0 && !more {
            return self.settle(fixed, at);
        }
        if open == 0 {
            self.starved.push_back(doing);
        } else if !lanes && self.may_act(at) {
            self.clear_children(at);
        }
    }
}
