//! Takes one entry after another.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use miette::Diagnostic;

use super::colour::FAINT;
use super::command::{self, Command};
use super::desk::{Attendants, Desk, End};
use super::display;
use super::tally::{Tally, Watch};
use super::why::{self, Input, Origin};
use crate::base::{Name, Piece};
use crate::instrument::{FailureKind, Request};
use crate::plan::MadeFrom;
use crate::session::{
    self, Bill, Declared, Ended, Entered, Flaw, LAST, Outcome, Prepared, Problems, Refused, Session,
    asked_to_terminate, split,
};
use crate::value::{Value, json_text};

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Went {
    /// It was taken.
    Well,
    /// It was not, or failed.
    Wrong(End),
    /// The session is to be left.
    Off,
}

/// A session with those who take part in it.
pub struct Sitting<'d> {
    pub session: Rc<RefCell<Session>>,
    pub desk: &'d dyn Desk,
    /// What all entries took.
    pub total: Tally,
    /// The same by part.
    pub bill: Bill,
    /// What the last one took, and came from.
    pub last: Last,
    /// What the names with values came from.
    pub origins: HashMap<Name, Origin>,
    /// How many entries there were.
    entries: usize,
}

/// The last entry that was performed, and the last text that was entered.
#[derive(Default)]
pub struct Last {
    pub tally: Tally,
    pub text: String,
    /// What it came from.
    pub origin: Option<Origin>,
}

impl<'d> Sitting<'d> {
    pub fn new(session: Session, desk: &'d dyn Desk) -> Self {
        Self {
            session: Rc::new(RefCell::new(session)),
            desk,
            total: Tally::default(),
            bill: Bill::default(),
            last: Last::default(),
            origins: HashMap::new(),
            entries: 0,
        }
    }

    /// Takes what was typed or pasted at once: one entry or several. Behind one that goes wrong nothing is entered.
    pub fn take(&mut self, text: &str) -> Went {
        let went = self.take_all(text);
        if asked_to_terminate() { Went::Off } else { went }
    }

    fn take_all(&mut self, text: &str) -> Went {
        self.entries += 1;
        let name: Arc<str> = Arc::from(format!("entry {}", self.entries));
        let entries = split(text);
        let count = entries.len();
        for (at, (line, entry)) in entries.into_iter().enumerate() {
            let went = self.one(&name, line, entry);
            if went != Went::Well {
                if let (Went::Wrong(_), 1..) = (went, count - at - 1) {
                    self.desk.note("What stands below it was not entered.");
                }
                return went;
            }
        }
        Went::Well
    }

    /// Takes one entry that begins on this line of its input.
    pub fn one(&mut self, input: &Arc<str>, line: usize, text: &str) -> Went {
        if let Some(line) = command::meant(text) {
            return match command::read(&line) {
                Ok((command, rest)) => self.command(command, rest),
                Err(said) => self.said(&said),
            };
        }
        let text = text.trim_end();
        text.clone_into(&mut self.last.text);
        let piece = Piece { name: Arc::clone(input), text: Arc::from(text), first_line: line };
        let entered = self.session.borrow_mut().enter(&piece);
        match entered {
            Ok(Entered::Nothing) => Went::Well,
            Ok(Entered::Declared(declared)) => self.declared(&declared),
            Ok(Entered::Prepared(prepared)) => self.perform(*prepared, text),
            Err(refused) => self.refused(&refused),
        }
    }

    fn command(&mut self, command: Command, rest: &str) -> Went {
        match command {
            Command::Quit => return Went::Off,
            Command::Edit => return self.edit(rest),
            Command::Load => return self.load(rest),
            Command::Reload => return self.reload(),
            Command::Save => return self.save(rest),
            Command::With => return self.with(rest),
            Command::Type => return self.type_of(rest),
            Command::Plan => return self.plan(rest),
            Command::Doc => return self.doc(rest),
            Command::Rehearse => return self.rehearse(rest),
            Command::Help => self.help(),
            Command::Vars => self.vars(),
            Command::Instruments => self.instruments(),
            Command::Budget => return self.budget(rest),
            Command::Cost => self.cost(),
            Command::Time => self.time(),
            Command::Why => return self.why(rest),
        }
        Went::Well
    }

    /// Says why something was not done.
    pub fn said(&self, said: &str) -> Went {
        self.desk.note(said);
        Went::Wrong(End::Failed)
    }

    /// Says why an entry was refused.
    pub fn refused(&self, refused: &Refused) -> Went {
        match refused {
            Refused::Said(said) => {
                self.desk.note(said);
                Went::Wrong(End::Source)
            }
            Refused::Problems(problems) => {
                self.problems(problems);
                Went::Wrong(End::Source)
            }
        }
    }

    fn problems(&self, problems: &Problems) {
        let shown: Vec<&dyn Diagnostic> = problems.diagnostics().collect();
        if !shown.is_empty() {
            self.desk.problems(&shown, problems.sources());
        }
    }

    /// A line that a person sees, and nobody else.
    pub fn aside(&self, line: &str) {
        if self.desk.is_watched() {
            self.desk.note(&display::styled(line, FAINT, self.desk.look().colour));
        }
    }

    fn declared(&self, declared: &Declared) -> Went {
        self.problems(&declared.warnings);
        for (word, name) in declared.items.iter().filter(|(word, _)| *word != "test") {
            let again = declared.replaced.iter().any(|replaced| **replaced == **name);
            let again = if again { " replaced" } else { "" };
            self.aside(&format!("{word} {name}{again}"));
        }
        self.forgotten(&declared.forgotten);
        let mut went = Went::Well;
        for test in &declared.tests {
            if !self.test(*test) {
                went = Went::Wrong(End::Failed);
            }
        }
        went
    }

    pub fn forgotten(&self, names: &[Name]) {
        for name in names {
            self.desk.note(&format!("The value of `{name}` is gone: the name is that of a declaration now."));
        }
    }

    /// Performs a test that was entered, and says whether it passed.
    fn test(&self, at: usize) -> bool {
        let session = self.session.borrow();
        let Some(test) = session.now().tests().get(at) else { return true };
        let flaw = session.now().test(test, &session.folder()).err();
        let word = if flaw.is_some() { "FAILED" } else { "ok" };
        self.desk.note(&format!("test {} … {word}", test.name));
        match flaw {
            None => return true,
            Some(Flaw::Failed(report)) => self.desk.problems(&[&*report], session.now().sources()),
            Some(Flaw::Seats(failed)) => self.desk.note(&failed.failure.message),
            Some(Flaw::CutOff) => self.desk.note("The test was cut off."),
        }
        false
    }

    fn perform(&mut self, mut prepared: Prepared, text: &str) -> Went {
        if let Some(warnings) = prepared.take_warnings() {
            self.problems(&warnings);
        }
        let Attendants { view, people, leave } = self.desk.attend();
        let watch = Arc::new(Watch::new(view));
        let mut performance = self.session.borrow_mut().performance(&prepared);
        let counted = Arc::new(session::Tally::new(watch.clone()));
        performance.view(counted.clone());
        if let Some(people) = people {
            performance.people(people);
        }
        let ended = performance.run();
        leave();
        let tally = watch.tally();
        self.total.add(&tally);
        let bill = counted.bill();
        self.session.borrow_mut().spend(&bill);
        self.bill.add(&bill);
        self.last.tally = tally;
        let done = matches!(ended, Ok(Ended::Done(_)));
        self.remember_origins(&prepared, text, done);
        match ended {
            Ok(Ended::Done(value)) => {
                let called = !self.last.tally.calls.is_empty();
                let outcome = self.session.borrow_mut().keep(prepared, &Ended::Done(value), called);
                self.done(&outcome)
            }
            Ok(ended) => self.unfinished(&ended, &prepared),
            Err(error) => {
                self.desk.problems(&[&*error], prepared.sources());
                Went::Wrong(End::Failed)
            }
        }
    }

    /// Notes what an entry's values came from, before they take the places of others.
    fn remember_origins(&mut self, prepared: &Prepared, text: &str, done: bool) {
        let calls = &self.last.tally.calls;
        let outline = if calls.is_empty() { None } else { prepared.outline() };
        let session = self.session.borrow();
        let inputs = prepared.uses().iter().filter_map(|name| {
            let (_, kept) = session.values().find(|(known, _)| *known == name)?;
            let shown = display::line(&kept.value, 60);
            Some((name.to_string(), Input { shown, origin: self.origins.get(name).cloned() }))
        });
        let entry = Arc::new(why::Entry::new(text, outline.as_ref(), calls, inputs.collect()));
        drop(session);
        let of = |at: usize| match outline.as_ref().and_then(|outline| outline.made.get(at)) {
            Some(made) => made.clone(),
            None => MadeFrom { calls: Vec::new(), inputs: entry.names() },
        };
        let origin = |made: MadeFrom| Origin { entry: Arc::clone(&entry), made };
        if !done {
            self.last.origin = Some(origin(entry.whole()));
            return;
        }
        let names: Vec<_> = prepared.names().collect();
        let last = if prepared.gives_result() { names.len() } else { names.len().saturating_sub(1) };
        let made = if names.is_empty() && !prepared.gives_result() { entry.whole() } else { of(last) };
        let shown = origin(made);
        for (at, name) in names.into_iter().enumerate() {
            if let Some(name) = name {
                self.origins.insert(name.clone(), origin(of(at)));
            }
        }
        self.origins.insert(Name::from(LAST), shown.clone());
        self.last.origin = Some(shown);
    }

    fn done(&self, outcome: &Outcome) -> Went {
        let watched = self.desk.is_watched();
        if let Some((name, value, _)) = &outcome.shown {
            let written = match (watched, name, value) {
                // To a pipe goes what was asked for, not what was named for later.
                (false, Some(_), _) | (false, None, Value::Nothing) => Ok(()),
                (false, None, Value::Text(text)) => self.desk.result(text),
                (false, None, value) => self.desk.result(&json_text(value)),
                (true, Some(name), value) => self.desk.result(&named(name, value)),
                (true, None, value) => self.desk.result(&display::value(value)),
            };
            if written.is_err() {
                return Went::Wrong(End::Broken);
            }
        }
        let bill = self.last.tally.show();
        match &outcome.shown {
            Some((_, _, ty)) => self.aside(&format!("{ty} · {bill}")),
            None if self.last.tally.calls.is_empty() => {}
            None => self.aside(&bill),
        }
        for (name, why) in &outcome.lost {
            self.desk.note(&format!("`{name}` is not kept: {why}."));
        }
        Went::Well
    }

    fn unfinished(&self, ended: &Ended, prepared: &Prepared) -> Went {
        let end = match ended {
            Ended::Failed(report) if report.failure.kind == FailureKind::Cancelled => {
                self.desk.note("Cancelled.");
                End::Interrupted
            }
            Ended::Failed(report) => {
                self.desk.problems(&[&**report], prepared.sources());
                End::Failed
            }
            Ended::Waiting(questions, _) => {
                self.waiting(questions);
                End::Failed
            }
            Ended::CutOff => {
                self.desk.note("Cut off: what was being done may have been done, or not.");
                End::Interrupted
            }
            Ended::Done(_) => End::Done,
        };
        if !self.last.tally.calls.is_empty() {
            self.aside(&self.last.tally.show());
        }
        Went::Wrong(end)
    }

    fn waiting(&self, questions: &[Request]) {
        for question in questions {
            self.desk.note(&format!(
                "{} asks {}, and nobody is here to answer.",
                question.path, question.instrument.name
            ));
        }
        self.desk.note("Let a stand-in answer: `:with NAME=echo()`, or `:rehearse on`.");
    }
}

/// A value with its name: `x = 3`, below each other where it has several lines.
fn named(name: &str, value: &Value) -> String {
    let shown = display::value(value);
    if shown.contains('\n') { format!("{name} =\n{shown}") } else { format!("{name} = {shown}") }
}
