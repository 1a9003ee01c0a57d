//! `score answer`

use super::resume::{Prepared, go_on, prepare};
use super::{Answer, Run, refused, shelf};
use crate::backend::asked_of;
use crate::cli::exit::Exit;
use crate::cli::{person, terminal};
use crate::instrument::Request;
use crate::journal::{Inboxed, JournalError, Past, Reader, State};
use crate::session::{Decisions, Foreseen};
use crate::value::{Value, encode};

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
    if past.state == State::Done {
        terminal::note(&format!("The run {name} is over: it asks nothing."));
        return Err(Exit::Usage);
    }
    let Prepared { performance, .. } = prepare(&options.resume, &past, &|kept| reader.find(kept))?;
    let foreseen =
        performance.foresee(Box::new(reader), past, Decisions::default()).map_err(|error| refused(&error))?;
    let mut left = 0;
    for question in chosen(options, &name, &foreseen)? {
        let Some(value) = value(options, question)? else { break };
        let coded = encode(&value).map_err(|error| {
            terminal::note(&format!("{}: {error}", question.path));
            Exit::Usage
        })?;
        match inbox.answer(question.call, &coded.to_string()).map_err(|error| refused(&error))? {
            Inboxed::Left => left += 1,
            Inboxed::Before(at) => {
                let at = jiff::Timestamp::from_millisecond(at).unwrap_or_default().strftime("%F %T UTC");
                terminal::note(&format!(
                    "{} was answered before, at {at}: the first answer counts.",
                    question.path
                ));
            }
        }
    }
    if left == 0 && foreseen.expired.is_empty() {
        return Ok(Exit::Waiting);
    }
    let run = Run::of(&name, options.resume.runs.as_ref());
    match inbox.owner() {
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

/// The questions that are meant.
fn chosen<'f>(options: &Answer, name: &str, foreseen: &'f Foreseen) -> Result<Vec<&'f Request>, Exit> {
    for late in &foreseen.expired {
        terminal::note(&format!("{}: the deadline has passed, and no answer counts any more.", late.path));
    }
    let open = &foreseen.questions;
    let list = || {
        for question in open {
            terminal::note(&format!("  {} asks {}", question.path, question.instrument.name));
        }
    };
    if let Some(path) = &options.path {
        let meant: Vec<&Request> = open.iter().filter(|question| *question.path == **path).collect();
        let late = foreseen.expired.iter().any(|question| *question.path == **path);
        if meant.is_empty() && !late {
            terminal::note(&format!("The run {name} asks nothing at `{path}`. Open are:"));
            list();
            return Err(Exit::Usage);
        }
        return Ok(meant);
    }
    if open.is_empty() && foreseen.expired.is_empty() {
        terminal::note(&format!("The run {name} asks nothing. Go on with: score resume {name}"));
        return Err(Exit::Usage);
    }
    if options.value.is_some() && open.len() > 1 {
        terminal::note("Several questions are open. Say which one is answered, by its path:");
        list();
        return Err(Exit::Usage);
    }
    Ok(open.iter().collect())
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
        terminal::note("Give the answer with --value, or answer in a terminal.");
        return Err(Exit::Usage);
    }
    Ok(person::ask(&asked))
}
