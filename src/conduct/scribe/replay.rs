//! The first step of going on: what is recorded is fed to the engine, and nothing is started.

use std::collections::{BTreeMap, HashMap};

use super::recall::Recalled;
use super::{Scribe, Why};
use crate::engine::{Engine, Note, Operation, Step, What};
use crate::instrument::{CallId, Request};
use crate::journal::{Entry, JournalError};

const FUEL: u32 = 10_000;

/// Something to be told while what is recorded is fed.
pub enum Told<'r> {
    /// This call need not be made again.
    Recalled(&'r Request),
    /// What the engine notes of what was.
    Noted(Note),
}

/// How far what was recorded goes.
pub struct Replayed {
    /// What the engine came to.
    pub step: Step,
    /// What is to be started now, in order.
    pub wanted: Vec<Operation>,
}

/// What the engine wants and nothing is recorded of, in order.
#[derive(Default)]
struct Wanted {
    all: Vec<Option<Operation>>,
    places: HashMap<CallId, usize>,
    /// Records of attempts that did not end. Where the call is cancelled, they stand for it.
    cut_off: HashMap<CallId, usize>,
}

impl Wanted {
    fn push(&mut self, id: CallId, operation: Operation) {
        self.places.insert(id, self.all.len());
        self.all.push(Some(operation));
    }

    fn remove(&mut self, id: CallId) {
        if let Some(at) = self.places.remove(&id) {
            self.all[at] = None;
        }
    }

    fn calls(&self) -> Vec<CallId> {
        let call = |operation: &Operation| match operation {
            Operation::Start { id, what: What::Play } => Some(*id),
            _ => None,
        };
        self.all.iter().flatten().filter_map(call).collect()
    }
}

/// Outcomes that can be fed, by their numbers, with the record that holds each.
#[derive(Default)]
struct Due {
    by_number: BTreeMap<u64, (CallId, u64)>,
    numbers: HashMap<CallId, u64>,
}

impl Due {
    fn add(&mut self, id: CallId, number: u64, holder: u64) {
        self.by_number.insert(number, (id, holder));
        self.numbers.insert(id, number);
    }

    fn remove(&mut self, id: CallId) {
        if let Some(number) = self.numbers.remove(&id) {
            self.by_number.remove(&number);
        }
    }

    fn next(&mut self) -> Option<(CallId, u64)> {
        let (_, (id, holder)) = self.by_number.pop_first()?;
        self.numbers.remove(&id);
        Some((id, holder))
    }
}

impl Scribe {
    /// Feeds what is recorded, always the lowest number among what the engine wants. `told` is each call that
    /// need not be made again, in the order in which the engine wanted them, and what the engine notes of all that was.
    ///
    /// # Errors
    /// If what is recorded can't be read.
    pub fn replay(
        &mut self,
        engine: &mut Engine,
        told: &mut dyn FnMut(Told<'_>),
    ) -> Result<Replayed, JournalError> {
        let (mut wanted, mut due) = (Wanted::default(), Due::default());
        loop {
            let step = advance(engine);
            for operation in engine.take_operations() {
                self.sort(engine, operation, &mut wanted, &mut due, told);
            }
            let (notes, _lost) = engine.take_notes();
            for note in notes {
                told(Told::Noted(note));
            }
            if matches!(step, Step::Idle) {
                if let Some((id, holder)) = due.next() {
                    engine.deliver(id, self.fed(holder)?);
                    continue;
                }
                if self.feed_moved(engine, &mut wanted, told)? {
                    continue;
                }
            }
            return Ok(Replayed { step, wanted: wanted.all.into_iter().flatten().collect() });
        }
    }

    /// Sorts what the engine wants into what is recorded and what is not.
    fn sort(
        &mut self,
        engine: &Engine,
        operation: Operation,
        wanted: &mut Wanted,
        due: &mut Due,
        told: &mut dyn FnMut(Told<'_>),
    ) {
        match operation {
            Operation::Cancel(id) => {
                wanted.remove(id);
                due.remove(id);
                if let (Some(at), Some(recall)) = (wanted.cut_off.remove(&id), &mut self.recall) {
                    recall.claim(at);
                }
                if engine.owes(id)
                    && let Some(seq) = self.settled(id)
                {
                    due.add(id, seq, seq);
                }
            }
            Operation::Start { id, what: What::Timer { millis, .. } } => {
                match self.recall.as_ref().and_then(|recall| recall.fired(id, millis)) {
                    Some(seq) => due.add(id, seq, seq),
                    None => wanted.push(id, operation),
                }
            }
            Operation::Start { id, what: What::Play } => {
                let Some(request) = engine.render(id) else { return };
                match self.recalled(&request) {
                    Some(known) => {
                        told(Told::Recalled(&request));
                        self.stands(engine, id, known);
                        due.add(id, known.number, known.holder);
                    }
                    None => {
                        wanted.push(id, operation);
                        wanted
                            .cut_off
                            .extend(self.recall.as_ref().and_then(|recall| recall.cut_off(&request)));
                    }
                }
            }
        }
    }

    /// What a call took though it was cancelled.
    fn settled(&self, id: CallId) -> Option<u64> {
        let past = &self.recall.as_ref()?.past;
        past.records[past.position(id)?].settled
    }

    /// What is recorded of this very call, which is claimed.
    pub(super) fn recalled(&mut self, request: &Request) -> Option<Recalled> {
        let recall = self.recall.as_mut()?;
        let at = recall.same(request, request.input_hash())?;
        recall.claim(at);
        let (number, holder) = recall.past.records[at].outcome?;
        self.reused += 1;
        self.explain(request, || Why::Same);
        Some(Recalled { at, number, holder })
    }

    /// What is recorded of another call that asked the same, which is claimed for this one.
    pub(super) fn recalled_elsewhere(&mut self, request: &Request) -> Option<Recalled> {
        let recall = self.recall.as_mut()?;
        let input = request.input_hash();
        let at = recall.moved(request, input)?;
        recall.claim(at);
        let record = &recall.past.records[at];
        let (outcome, from) = (record.outcome, record.path.clone());
        let (seq, holder) = outcome?;
        self.reused += 1;
        self.entries.push(Entry::Reused { id: request.call, path: request.path.clone(), input, seq });
        self.explain(request, || Why::Moved(from));
        Some(Recalled { at, number: seq, holder })
    }

    /// Feeds what other calls asked that are found nowhere any more; says whether there was anything.
    fn feed_moved(
        &mut self,
        engine: &mut Engine,
        wanted: &mut Wanted,
        told: &mut dyn FnMut(Told<'_>),
    ) -> Result<bool, JournalError> {
        let mut found = Vec::new();
        if self.recall.is_some() {
            for id in wanted.calls() {
                let Some(request) = engine.render(id) else { continue };
                if let Some(known) = self.recalled_elsewhere(&request) {
                    told(Told::Recalled(&request));
                    self.stands(engine, id, known);
                    found.push((known.number, id, known.holder));
                }
            }
        }
        found.sort_unstable();
        for (_, id, holder) in &found {
            wanted.remove(*id);
            engine.deliver(*id, self.fed(*holder)?);
        }
        Ok(!found.is_empty())
    }
}

fn advance(engine: &mut Engine) -> Step {
    loop {
        match engine.step(FUEL) {
            Step::More => {}
            step => return step,
        }
    }
}
