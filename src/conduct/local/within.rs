//! Questions in the middle of a call: an MCP server wants to know something before it goes on. Where nobody is
//! there, the question is recorded and the call is given up; it is made again when the answer has come, and given
//! that when the server asks the same.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;

use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

use super::Seen;
use super::perform::Performance;
use super::turns::Saying;
use crate::conduct::scribe::question_within;
use crate::engine::{IdHasher, Note};
use crate::instrument::{Ask, CallId, Class, Failure, FailureKind, Outcome, Question, Reply, Request, Usage};
use crate::journal::{JournalError, Times};
use crate::value::Value;

/// A question that a call asks.
pub(super) struct Asked {
    call: CallId,
    question: Question,
    back: Back,
}

type Answer = Result<Value, Failure>;
type Back = oneshot::Sender<Answer>;

/// How a call asks.
pub(super) struct Asking {
    call: CallId,
    says: UnboundedSender<Saying>,
}

impl Asking {
    pub(super) const fn new(call: CallId, says: UnboundedSender<Saying>) -> Self {
        Self { call, says }
    }
}

impl Ask for Asking {
    fn ask(&self, question: Question) -> Pin<Box<dyn Future<Output = Answer> + Send + '_>> {
        let (back, answer) = oneshot::channel();
        let sent = self.says.send(Saying::Asks(Asked { call: self.call, question, back }));
        Box::pin(async move {
            let given_up = || Failure::new(FailureKind::Cancelled, "the question was given up");
            if sent.is_err() {
                return Err(given_up());
            }
            answer.await.unwrap_or_else(|_| Err(given_up()))
        })
    }
}

/// The questions of calls that are under way or given up.
#[derive(Default)]
pub(super) struct Within {
    /// How often a call has asked each question since it began.
    times: HashMap<CallId, HashMap<String, u32>, IdHasher>,
    /// Being asked, by their ids: of which call, and who waits for the answer.
    open: HashMap<CallId, (CallId, Back, AbortHandle), IdHasher>,
    /// Recorded for later, by their ids, with the call that was given up for each.
    held: HashMap<CallId, CallId, IdHasher>,
    /// What was answered to calls that are still to be made again.
    given: HashMap<CallId, Value, IdHasher>,
    /// Answers that are told once they are recorded.
    told: Vec<(Back, Answer)>,
}

impl Within {
    /// A call begins, perhaps once more.
    pub(super) fn begin(&mut self, call: CallId) {
        self.times.remove(&call);
    }

    /// Tells the answers that are recorded by now.
    pub(super) fn tell(&mut self) {
        for (back, answer) in self.told.drain(..) {
            // A server that waits no more has said so to nobody.
            let _ = back.send(answer);
        }
    }

    /// A call is over: its questions are asked no more. Those that were recorded for later are given back.
    fn forget(&mut self, call: CallId) -> Vec<CallId> {
        self.times.remove(&call);
        let open: Vec<CallId> =
            self.open.iter().filter(|(_, (of, ..))| *of == call).map(|(id, _)| *id).collect();
        for id in open {
            if let Some((_, _, task)) = self.open.remove(&id) {
                task.abort();
            }
        }
        let held: Vec<CallId> = self.held.iter().filter(|(_, of)| **of == call).map(|(id, _)| *id).collect();
        for id in &held {
            self.held.remove(id);
        }
        held
    }

    /// The question as a request of its own: the same each time that the call asks it.
    fn request(&mut self, call: CallId, path: &str, question: &Question) -> Request {
        let said = format!("{}\n{}", question.text, question.answer);
        let times = self.times.entry(call).or_default().entry(said).or_default();
        *times += 1;
        question_within(call, *times, path, question)
    }
}

impl Drop for Within {
    fn drop(&mut self) {
        for (_, _, task) in self.open.values() {
            task.abort();
        }
    }
}

impl Performance {
    /// A call under way asks something.
    pub(super) fn ask_within(&mut self, asked: Asked) -> Result<(), JournalError> {
        let Asked { call, question, back } = asked;
        let path = self.engine.path(call).filter(|_| self.playing.contains_key(&call));
        let Some(path) = path else { return Ok(()) };
        let request = self.within.request(call, &path, &question);
        let id = request.call;
        if let Some(value) = self.within.given.get(&id) {
            self.within.told.push((back, Ok(value.clone())));
            return Ok(());
        }
        if let Some(outcome) = self.setting.scribe.answered_before(&request)? {
            self.within.told.push((back, answer(&outcome)));
            return Ok(());
        }
        self.setting.scribe.intend_within(&request, call);
        if let Some(outcome) = self.setting.scribe.answer(id) {
            self.setting.scribe.end(id, &outcome);
            self.within.told.push((back, answer(&outcome)));
            return Ok(());
        }
        let Some(people) = self.setting.people.clone() else { return self.give_up(call, request) };
        self.setting.scribe.commit(self.clocks.performed())?;
        let ends = self.ends.clone();
        let task = tokio::spawn(async move {
            let outcome = match people.ask(question).await {
                Ok(value) => Outcome::Done(Reply::value(value)),
                Err(failure) => Outcome::Failed(failure),
            };
            let _ = ends.send((id, outcome, Times::default()));
        });
        self.within.open.insert(id, (call, back, task.abort_handle()));
        Ok(())
    }

    /// Nobody is there: the call is given up until there is an answer.
    fn give_up(&mut self, call: CallId, question: Request) -> Result<(), JournalError> {
        if let Some(task) = self.playing.remove(&call) {
            task.abort();
        }
        self.real.remove(&call);
        self.turns.over(call);
        self.setting.scribe.withdraw(call);
        self.setting.scribe.commit(self.clocks.performed())?;
        self.setting.view.see(Seen::Note(Note::Cancelled { id: call }));
        self.within.held.insert(question.call, call);
        self.parked.push(question);
        Ok(())
    }

    /// Whether this is a question of a call, whose end is taken then.
    pub(super) fn end_within(&mut self, id: CallId, outcome: &Outcome) -> bool {
        let Some((call, back, _)) = self.within.open.remove(&id) else { return false };
        match outcome {
            Outcome::Failed(failure) if failure.kind == FailureKind::Cancelled => {
                self.broken_off(call, failure);
            }
            outcome => {
                self.setting.scribe.end(id, outcome);
                self.within.told.push((back, answer(outcome)));
            }
        }
        true
    }

    /// Whoever was asked breaks off: the run ends here. Its call asks again when the run goes on.
    fn broken_off(&mut self, call: CallId, failure: &Failure) {
        if let Some(task) = self.playing.remove(&call) {
            task.abort();
        }
        self.setting.scribe.withdraw(call);
        self.engine.interrupt(&failure.message);
        // Not recorded: nothing came of it.
        self.engine.deliver(call, Outcome::Failed(failure.clone()));
    }

    /// Whether this is a question that a call was given up for. It is made again, with the answer.
    pub(super) fn answer_within(&mut self, id: CallId, outcome: &Outcome) -> Result<bool, JournalError> {
        let Some(call) = self.within.held.remove(&id) else { return Ok(false) };
        self.parked.retain(|parked| parked.call != id);
        self.setting.scribe.end(id, outcome);
        if let Ok(value) = answer(outcome) {
            self.within.given.insert(id, value);
        }
        if let Some(request) = self.engine.render(call) {
            let repeatable = request.class == Class::Acts && self.setting.orchestra.repeatable(&request);
            self.setting.scribe.intend(&request, false, repeatable, &self.engine);
            self.setting.scribe.commit(self.clocks.performed())?;
            self.start(request);
        }
        Ok(true)
    }

    /// Whether a call that is cancelled had been given up for an answer, which nobody needs any more.
    pub(super) fn cancel_within(&mut self, call: CallId) -> bool {
        let held = self.within.forget(call);
        if held.is_empty() {
            return false;
        }
        self.parked.retain(|parked| !held.contains(&parked.call));
        if self.engine.owes(call) {
            self.deliver(call, Outcome::Settled(Usage::NOTHING));
        }
        true
    }

    /// A call is over.
    pub(super) fn over_within(&mut self, call: CallId) {
        self.within.forget(call);
    }
}

fn answer(outcome: &Outcome) -> Answer {
    match outcome {
        Outcome::Done(reply) => Ok(match &reply.answer {
            crate::instrument::Answer::Value(value) => value.clone(),
            crate::instrument::Answer::Text(text) => Value::text(text),
        }),
        Outcome::Failed(failure) => Err(failure.clone()),
        _ => Err(Failure::new(FailureKind::Cancelled, "the question was given up")),
    }
}
