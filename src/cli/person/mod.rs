//! Asks the person at the terminal. One question at a time, in the form that fits the type of the answer.

mod form;
mod line;

/// Has the person edit a text in `$VISUAL` or `$EDITOR`; `suffix` tells the editor what it is.
///
/// # Errors
/// Why it was not edited, in a sentence.
pub(super) fn edit(draft: &str, suffix: &str) -> Result<String, String> {
    line::in_editor(draft, suffix).map_err(|left| match left {
        line::Left::Broken(reason) => format!("The editor could not be used: {reason}."),
        line::Left::Interrupted | line::Left::Declined => String::from("The editor gave nothing back."),
    })
}

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::Mutex;

use crate::instrument::{Ask, Committed, Failure, FailureKind, Question};
use crate::value::Value;

use super::progress::Progress;
use super::terminal;

/// The person at the terminal.
pub(super) struct Person {
    turn: Mutex<()>,
    progress: Arc<Progress>,
}

impl Person {
    /// Asks here; progress stands still meanwhile.
    pub(super) fn new(progress: Arc<Progress>) -> Self {
        Self { turn: Mutex::new(()), progress }
    }
}

impl Ask for Person {
    fn ask(&self, question: Question) -> Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send + '_>> {
        Box::pin(async move {
            let _turn = self.turn.lock().await;
            let progress = self.progress.clone();
            let asked = tokio::task::spawn_blocking(move || progress.aside(|| form::ask(&question))).await;
            match asked {
                Ok(Ok(value)) => Ok(value),
                Ok(Err(line::Left::Interrupted)) => {
                    Err(left(FailureKind::Cancelled, "the question was interrupted"))
                }
                Ok(Err(line::Left::Declined)) => {
                    Err(left(FailureKind::Declined, "the question was left unanswered"))
                }
                Ok(Err(line::Left::Broken(reason))) => {
                    Err(left(FailureKind::Unavailable, &format!("the terminal could not be read: {reason}")))
                }
                Err(_) => Err(left(FailureKind::Unavailable, "the terminal could not be read")),
            }
        })
    }
}

/// Asks the person at the terminal; `None`: there is no answer, and it was said why.
pub(super) fn ask(question: &Question) -> Option<Value> {
    match form::ask(question) {
        Ok(value) => Some(value),
        Err(line::Left::Interrupted | line::Left::Declined) => {
            terminal::note("The question stays open.");
            None
        }
        Err(line::Left::Broken(reason)) => {
            terminal::note(&format!("The terminal could not be read: {reason}"));
            None
        }
    }
}

/// An answer that was given as a text, in the form that the question wants.
pub(super) fn read(question: &Question, text: &str) -> Result<Value, String> {
    form::read(question, text)
}

fn left(kind: FailureKind, message: &str) -> Failure {
    Failure::new(kind, message).with_committed(Committed::No)
}
