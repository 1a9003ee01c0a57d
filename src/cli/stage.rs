//! A performance at the terminal: who watches, who is asked, and what is shown of how it ended.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::exit::Exit;
use super::kept::Run;
use super::person::Person;
use super::progress::Progress;
use super::requests::Requests;
use super::{failure, out, terminal};
use crate::instrument::{Ask, FailureKind, Request};
use crate::journal::JournalError;
use crate::session::{Bill, Doubtful, Ended, Performance, Planned, Tally, View};
use crate::value::{Value, json_text, pretty_json_text};

/// What a performance is shown with.
pub(super) struct Stage<'a> {
    pub(super) planned: &'a Planned,
    pub(super) quiet: bool,
    pub(super) json: bool,
    pub(super) no_input: bool,
    pub(super) at_once: Option<usize>,
    /// The movement's name.
    pub(super) movement: &'a str,
    /// Where media of the result are written; `None`: nowhere.
    pub(super) out: Option<&'a PathBuf>,
    /// The run, if it is kept.
    pub(super) run: Option<&'a Run>,
    /// Whether what would be sent is the result.
    pub(super) shows_requests: bool,
    /// Whether the bill is shown.
    pub(super) bill: bool,
}

/// What a performance came to.
pub(super) struct Played {
    ended: Result<Ended, Box<JournalError>>,
    /// What would have been sent, where that was wanted.
    requests: Option<Arc<Requests>>,
}

impl Stage<'_> {
    /// Performs, watched from the terminal, with whoever sits there to be asked.
    pub(super) fn perform(&self, mut performance: Performance) -> Played {
        let progress = Arc::new(Progress::new(self.quiet, self.no_input));
        let requests = self.shows_requests.then(|| Arc::new(Requests::new(progress.clone(), self.json)));
        let view: Arc<dyn View> = match &requests {
            Some(requests) => requests.clone(),
            None => progress.clone(),
        };
        let tally = Arc::new(Tally::new(view));
        performance.view(tally.clone());
        performance.at_once(self.at_once);
        if !self.no_input && terminal::somebody_there() {
            performance.people(Arc::new(Person::new(progress.clone())) as Arc<dyn Ask>);
        }
        let ended = performance.run();
        let bill = tally.bill();
        progress.finish(&bill.total);
        if self.bill {
            show_bill(&tally.whole_bill(), self.json);
        }
        Played { ended, requests }
    }

    /// Shows how it ended.
    pub(super) fn conclude(&self, played: Played) -> Result<Exit, Exit> {
        match played.ended {
            // What stand-ins made up is of no use to anyone where requests are shown.
            Ok(Ended::Done(value)) => match &played.requests {
                Some(requests) => Ok(requests.finish()),
                None => Ok(finish(&self.with_files(value)?, self.json)),
            },
            Ok(Ended::Failed(report)) => {
                failure::show(&report, self.planned.sources());
                self.say_how_to_go_on();
                Ok(exit_for(report.failure.kind))
            }
            Ok(Ended::Waiting(questions, doubts)) => {
                self.waiting(&questions, &doubts);
                Ok(Exit::Waiting)
            }
            Ok(Ended::CutOff) => {
                self.say_how_to_go_on();
                Ok(Exit::Interrupted)
            }
            Err(error) => {
                terminal::problems(&[&*error], self.planned.sources());
                if matches!(*error, JournalError::NotWritten { .. }) {
                    self.say_how_to_go_on();
                }
                Ok(Exit::Failed)
            }
        }
    }

    fn say_how_to_go_on(&self) {
        if let Some(run) = self.run {
            terminal::note(&format!("What was done is kept. Go on with: score resume {run}"));
        }
    }

    fn waiting(&self, questions: &[Request], doubts: &[Doubtful]) {
        if !questions.is_empty() {
            let plural = if questions.len() == 1 { "" } else { "s" };
            terminal::note(&format!(
                "Waiting for {} answer{plural}; everything else is done:",
                questions.len()
            ));
        }
        for question in questions {
            terminal::note(&format!("  {} asks {}", question.path, question.instrument.name));
        }
        match (self.run, questions) {
            (Some(run), [_, ..]) => terminal::note(&format!("Answer with: score answer {run}")),
            (None, [_, ..]) => terminal::note(
                "Run it in a terminal without --no-input to answer, or let a stand-in answer: --with NAME='echo()'",
            ),
            _ => {}
        }
        for doubt in doubts {
            doubtful(doubt);
        }
        let Some(run) = self.run else { return };
        let mut unknown = doubts.iter().filter(|doubt| doubt.before.is_none()).peekable();
        if unknown.peek().is_some() {
            let skip = if unknown.any(|doubt| doubt.may_skip) { "|skip" } else { "" };
            terminal::note(&format!(
                "Decide with: score resume {run} --in-doubt retry{skip}|fail, or PATH=… for one, or PATH=JSON for what it gave"
            ));
        }
        if doubts.iter().any(|doubt| doubt.before.is_some()) {
            terminal::note(&format!(
                "Decide with: score resume {run} --changed-acts again|keep|fail, or PATH=… for one"
            ));
        }
    }

    /// The result with its images, sounds and files written out, and their paths in their places.
    fn with_files(&self, value: Value) -> Result<Value, Exit> {
        let Some(folder) = self.out.filter(|_| out::holds_media(&value)) else { return Ok(value) };
        let name = self.movement;
        let written = out::write(&value, folder, name).or_else(|(path, error)| {
            // What was made is not lost for want of a folder.
            let instead = out::spare_folder().map_err(|(path, error)| unwritable(&path, &error))?;
            terminal::note(&format!("{} could not be written: {error}.", path.display()));
            terminal::note(&format!("It is written to {} instead.", instead.display()));
            out::write(&value, &instead, name).map_err(|(path, error)| unwritable(&path, &error))
        })?;
        if !self.quiet {
            for file in &written.files {
                terminal::note(&format!(
                    "wrote {} ({}, {} bytes)",
                    file.path.display(),
                    file.mime,
                    file.size
                ));
            }
        }
        Ok(written.value)
    }
}

/// Shows an act that somebody must decide about.
fn doubtful(doubt: &Doubtful) {
    let at = jiff::Timestamp::from_millisecond(doubt.at).unwrap_or_default().strftime("%F %T UTC");
    let indented = |text: &str| text.replace('\n', "\n      ");
    match &doubt.before {
        None => {
            terminal::note(&format!(
                "{} may have been done: {} was begun on {} at {at}, and nobody knows how it ended.",
                doubt.path, doubt.part, doubt.instrument
            ));
            terminal::note(&format!("      {}", indented(&doubt.now)));
            if doubt.was_skipped {
                terminal::note(&format!(
                    "      It can't be skipped: what it gives is used, and its type has no room for `nothing`. Say what it gave: --in-doubt {}=JSON",
                    doubt.path
                ));
            }
        }
        Some((path, before)) => {
            terminal::note(&format!(
                "{} was done in another form at {at} (as {path}), and is not done again unasked.",
                doubt.path
            ));
            terminal::note(&format!("  then: {}", indented(before)));
            terminal::note(&format!("  now:  {}", indented(&doubt.now)));
        }
    }
}

fn show_bill(bill: &Bill, json: bool) {
    let text = if json { serde_json::to_string(bill).unwrap_or_default() } else { bill.show() };
    terminal::note(text.trim_end());
}

fn finish(value: &Value, json: bool) -> Exit {
    let text = match value {
        Value::Nothing if !json => return Exit::Done,
        Value::Text(text) if !json => text.to_string(),
        _ if terminal::result_is_read() => pretty_json_text(value),
        _ => json_text(value),
    };
    if terminal::result(&text).is_ok() { Exit::Done } else { Exit::Failed }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Exit {
    terminal::note(&format!("{} could not be written: {error}.", path.display()));
    terminal::note("Name another folder with --out DIR.");
    Exit::Failed
}

/// Which exit code a kind of failure ends with.
pub(super) fn exit_for(kind: FailureKind) -> Exit {
    match kind {
        FailureKind::Auth | FailureKind::Denied => Exit::Credentials,
        FailureKind::Budget => Exit::Limit,
        FailureKind::Cancelled => Exit::Interrupted,
        _ => Exit::Failed,
    }
}
