//! `score answer`

use std::time::Duration;

use super::resume::{Prepared, go_on, go_on_with, prepare};
use super::{Answer, Run, refused, shelf};
use crate::backend::asked_of;
use crate::cli::exit::Exit;
use crate::cli::{person, terminal};
use crate::instrument::{CallId, Request};
use crate::journal::{Entry, Inboxed, Journal as _, JournalError, Past, Reader, Shelf, Sqlite, State};
use crate::session::{Decisions, Foreseen};
use crate::types::admits_text;
use crate::value::{Value, encode};

/// How often it is looked whether the owner of a run has taken an answer, who looks for them twice a second.
const LOOKS: u32 = 30;
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// Answers what a run asks.
pub(in crate::cli) fn answer(options: &Answer) -> Exit {
    answered(options).unwrap_or_else(|exit| exit)
}

fn answered(options: &Answer) -> Result<Exit, Exit> {
    let shelf = shelf(options.resume.runs.as_ref())?;
    let name = shelf.find(&options.resume.run).map_err(|error| refused(&error))?;
    let folder = shelf.folder(&name);
    let read = || -> Result<(Reader, Reader, Past), JournalError> {
        let reader = Reader::open(&folder)?;
        let past = reader.past()?;
        Ok((reader, Reader::open(&folder)?, past))
    };
    let (reader, inbox, past) = read().map_err(|error| refused(&error))?;
    if past.state == State::Done && !options.late {
        terminal::note(&format!("The run {name} is over: it asks nothing."));
        return Err(Exit::Usage);
    }
    if options.late {
        return answered_late(options, &shelf, &name, &past);
    }
    let Prepared { performance, .. } = prepare(&options.resume, &past, &|kept| reader.find(kept))?;
    let foreseen =
        performance.foresee(Box::new(reader), past, Decisions::default()).map_err(|error| refused(&error))?;
    let questions = chosen(options, &name, &foreseen)?;
    if options.decline {
        return declined(options, &inbox, &questions);
    }
    let mut given = Vec::new();
    for question in questions {
        let Some(value) = value(options, question)? else { break };
        match inbox.answer(question.call, &coded(question, &value)?).map_err(|error| refused(&error))? {
            Inboxed::Left => given.push(question.call),
            Inboxed::Before(at) => {
                let at = jiff::Timestamp::from_millisecond(at).unwrap_or_default().strftime("%F %T UTC");
                terminal::note(&format!(
                    "{} was answered before, at {at}: the first answer counts.",
                    question.path
                ));
            }
        }
    }
    if given.is_empty() && foreseen.expired.is_empty() {
        return Ok(Exit::Waiting);
    }
    let run = Run::of(&name, options.resume.runs.as_ref());
    match taken(&inbox, &given).map_err(|error| refused(&error))? {
        Some(owner) => {
            terminal::note(&format!("The answer is there; {owner} goes on with the run."));
            Ok(Exit::Done)
        }
        None if options.only => {
            terminal::note(&format!("The answer is there. Go on with: score resume {run}"));
            Ok(Exit::Done)
        }
        None => go_on(&options.resume),
    }
}

/// Goes on with the run without an answer to these questions. Nothing is left for whoever performs it now: where that
/// is not handled the run fails, and asks again when it goes on.
fn declined(options: &Answer, inbox: &Reader, questions: &[&Request]) -> Result<Exit, Exit> {
    if let Some(owner) = inbox.owner() {
        terminal::note(&format!(
            "The run is being performed by {owner}. Decline when it has ended and waits for the answer."
        ));
        return Err(Exit::Usage);
    }
    let mut resume = options.resume.clone();
    resume.decisions.declined = questions.iter().map(|question| question.call).collect();
    go_on(&resume)
}

/// A question whose deadline has passed, and the timer of that where it was acted upon.
type Late = (Request, Option<CallId>);

/// The questions whose deadline has passed. One that was acted upon is found by going back to before that.
fn late(options: &Answer, shelf: &Shelf, name: &str, past: &Past) -> Result<Vec<Late>, Exit> {
    let mut late = Vec::new();
    for timer in std::iter::once(None).chain(past.passed().into_iter().map(Some)) {
        let mut past = past.clone();
        if let Some(timer) = timer {
            past.unfire(timer);
        }
        let reader = Reader::open(&shelf.folder(name)).map_err(|error| refused(&error))?;
        let Prepared { performance, .. } = prepare(&options.resume, &past, &|kept| reader.find(kept))?;
        let foreseen = performance.foresee(Box::new(reader), past, Decisions::default());
        let Foreseen { expired, .. } = foreseen.map_err(|error| refused(&error))?;
        let fresh = expired
            .into_iter()
            .filter(|(question, _)| late.iter().all(|(known, _): &Late| known.call != question.call));
        let fresh: Vec<Late> = fresh.map(|(question, _)| (question, timer)).collect();
        late.extend(fresh);
    }
    Ok(late)
}

/// Takes answers to questions whose deadline has passed, in a copy of the run: there it has not passed.
fn answered_late(options: &Answer, shelf: &Shelf, name: &str, past: &Past) -> Result<Exit, Exit> {
    let late = late(options, shelf, name, past)?;
    let meant: Vec<&Late> = late.iter().filter(|(question, _)| is_meant(options, question)).collect();
    if meant.is_empty() {
        terminal::note(&format!("--late: the run {name} has no such question whose deadline has passed."));
        list(&late.iter().map(|(question, _)| question).collect::<Vec<_>>());
        return Err(Exit::Usage);
    }
    one_of_them(options, &meant.iter().map(|(question, _)| question).collect::<Vec<_>>())?;
    let mut answers = Vec::new();
    for (question, timer) in meant {
        let Some(value) = value(options, question)? else { return Ok(Exit::Waiting) };
        answers.push((question.call, coded(question, &value)?, *timer));
    }
    let left = || -> Result<String, JournalError> {
        let copy = shelf.fork(name, "")?;
        let folder = shelf.folder(&copy);
        let back = answers.iter().filter_map(|(.., timer)| timer.map(|id| Entry::Late { id }));
        let back: Vec<Entry> = back.collect();
        let (mut journal, past) = Sqlite::take(&folder, &copy)?;
        journal.append(&back, past.performed)?;
        drop(journal);
        let inbox = Reader::open(&folder)?;
        for (question, answer, _) in &answers {
            inbox.answer(*question, answer)?;
        }
        Ok(copy)
    };
    let copy = left().map_err(|error| refused(&error))?;
    let run = Run::of(&copy, options.resume.runs.as_ref());
    terminal::note(&format!(
        "The deadline holds in the run {name}; the answer counts in a copy of it, {run}."
    ));
    if options.only {
        terminal::note(&format!("Go on with: score resume {run}"));
        return Ok(Exit::Done);
    }
    go_on_with(&options.resume, shelf, copy, Some(name.to_owned()))
}

/// An answer as it is left.
fn coded(question: &Request, value: &Value) -> Result<String, Exit> {
    encode(value).map(|coded| coded.to_string()).map_err(|error| {
        terminal::note(&format!("{}: {error}", question.path));
        Exit::Usage
    })
}

/// Who performs the run and takes the answers; `None`: nobody, or somebody who was just about to stop.
fn taken(inbox: &Reader, given: &[CallId]) -> Result<Option<String>, JournalError> {
    let mut looks = 0;
    while let Some(owner) = inbox.owner() {
        let all = given.iter().try_fold(true, |all, call| Ok(all && inbox.has_ended(*call)?))?;
        if all || looks == LOOKS {
            return Ok(Some(owner));
        }
        looks += 1;
        std::thread::sleep(BETWEEN_LOOKS);
    }
    Ok(None)
}

/// The questions that are meant.
fn chosen<'f>(options: &Answer, name: &str, foreseen: &'f Foreseen) -> Result<Vec<&'f Request>, Exit> {
    for (late, until) in &foreseen.expired {
        let at = jiff::Timestamp::from_millisecond(*until).unwrap_or_default().strftime("%F %T UTC");
        terminal::note(&format!(
            "{}: the deadline has passed, at {at}, and no answer counts any more.",
            late.path
        ));
    }
    let is_meant = |question: &&Request| is_meant(options, question);
    let open: Vec<&Request> = foreseen.questions.iter().collect();
    let meant: Vec<&Request> = open.iter().copied().filter(is_meant).collect();
    let late = foreseen.expired.iter().any(|(question, _)| is_meant(&question));
    if meant.is_empty() && !late {
        if open.is_empty() {
            terminal::note(&format!("The run {name} asks nothing. Go on with: score resume {name}"));
        } else {
            let path = options.path.as_ref().map(|path| format!(" at `{path}`")).unwrap_or_default();
            let who = options.who.as_ref().map(|who| format!(" of `{who}`")).unwrap_or_default();
            terminal::note(&format!("The run {name} asks nothing{who}{path}. Open are:"));
            list(&open);
        }
        return Err(Exit::Usage);
    }
    one_of_them(options, &meant)?;
    Ok(meant)
}

/// Whether a question is the one that the command line names, as far as it names one.
fn is_meant(options: &Answer, question: &Request) -> bool {
    options.path.as_ref().is_none_or(|path| *question.path == **path)
        && options.who.as_ref().is_none_or(|who| *question.instrument.name == **who)
}

/// Refuses one answer to several questions.
fn one_of_them(options: &Answer, meant: &[&Request]) -> Result<(), Exit> {
    if options.value.is_none() && !options.decline || meant.len() <= 1 {
        return Ok(());
    }
    let paths = meant.iter().any(|question| question.path != meant[0].path);
    terminal::note(if paths {
        "Several questions are open. Say which one is answered, by its path:"
    } else {
        "Several are asked. Say who answers, with --as NAME:"
    });
    list(meant);
    Err(Exit::Usage)
}

fn list(questions: &[&Request]) {
    for question in questions {
        terminal::note(&format!("  {} asks {}", question.path, question.instrument.name));
    }
}

/// The answer to a question: as it was given, or as it is given now.
fn value(options: &Answer, question: &Request) -> Result<Option<Value>, Exit> {
    let asked = asked_of(question);
    if let Some(text) = &options.value {
        return person::read(&asked, text).map(Some).map_err(|problem| {
            terminal::note(&format!("{}: {problem}", question.path));
            Exit::Usage
        });
    }
    if !terminal::somebody_there() {
        terminal::note(&format!("{} asks {}:", question.path, question.instrument.name));
        terminal::note(&asked.text);
        if !admits_text(&asked.answer) && asked.choices.is_none() {
            terminal::note(&format!("The answer is to be `{}`.", asked.answer));
        }
        terminal::note("Give the answer with --value, or answer in a terminal.");
        return Err(Exit::Usage);
    }
    Ok(person::ask(&asked))
}
