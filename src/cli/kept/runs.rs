//! `score runs`

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use super::{Runs, What, refused, shelf};
use crate::cli::exit::Exit;
use crate::cli::terminal;
use crate::journal::{Event, Found, Glance, JournalError, Past, Reader, Shelf, State};

/// Sees to the runs that are kept.
pub(in crate::cli) fn runs(options: &Runs) -> Exit {
    let shelf = match shelf(options.runs.as_ref()) {
        Ok(shelf) => shelf,
        Err(exit) => return exit,
    };
    let text = match &options.what {
        What::List { json } => list(&shelf, *json),
        What::Show { run, json } => show(&shelf, run, *json),
        What::Diff { run, other } => diff(&shelf, run, other),
        What::Export { run } => export(&shelf, run),
        What::Remove { runs } => remove(&shelf, runs),
    };
    match text {
        Ok(text) if text.is_empty() => Exit::Done,
        Ok(text) => {
            if terminal::result(&text).is_ok() {
                Exit::Done
            } else {
                Exit::Failed
            }
        }
        Err(error) => refused(&error),
    }
}

fn remove(shelf: &Shelf, runs: &[String]) -> Result<String, JournalError> {
    for run in runs {
        let name = shelf.find(run)?;
        shelf.remove(&name)?;
        terminal::note(&format!("removed {name}"));
    }
    Ok(String::new())
}

fn list(shelf: &Shelf, json: bool) -> Result<String, JournalError> {
    let all = shelf.all()?;
    if json {
        let all: Vec<Json> = all.iter().map(as_json).collect();
        return Ok(serde_json::to_string_pretty(&all).unwrap_or_default());
    }
    if all.is_empty() {
        terminal::note(&format!("There are no runs in {}.", shelf.root().display()));
    }
    let width = all.iter().map(|found| found.name.len()).max().unwrap_or(0);
    let line = |found: &Found| match &found.glance {
        Ok(Glance { began: None, .. }) => {
            let how = if found.owner.is_some() { "running" } else { "empty" };
            format!("{:width$}  {how:11}  nothing is recorded of it", found.name)
        }
        Ok(Glance { began: Some(began), state: how, calls, latest, .. }) => format!(
            "{:width$}  {:11}  {}  {calls} {}  {} {}",
            found.name,
            state(how, found.owner.as_deref()),
            time(*began),
            if *calls == 1 { "call" } else { "calls" },
            latest.score,
            latest.movement
        ),
        Err(error) => format!("{:width$}  {:11}  {error}", found.name, "unreadable"),
    };
    Ok(all.iter().map(line).collect::<Vec<_>>().join("\n"))
}

fn as_json(found: &Found) -> Json {
    match &found.glance {
        Ok(Glance { began: None, .. }) => {
            let how = if found.owner.is_some() { "running" } else { "empty" };
            json!({ "run": found.name, "state": how, "owner": found.owner })
        }
        Ok(Glance { began: Some(began), touched, state: how, calls, latest }) => json!({
            "run": found.name, "state": state(how, found.owner.as_deref()), "began": time(*began),
            "touched": time(*touched), "calls": calls, "score": latest.score,
            "movement": latest.movement, "owner": found.owner,
        }),
        Err(error) => json!({ "run": found.name, "state": "unreadable", "error": error.to_string() }),
    }
}

/// How far a run is, in a word.
fn state(state: &State, owner: Option<&str>) -> &'static str {
    match (state, owner) {
        (_, Some(_)) => "running",
        (State::Underway, None) => "died",
        (State::Waiting, None) => "waiting",
        (State::Interrupted, None) => "interrupted",
        (State::Failed(..), None) => "failed",
        (State::Done, None) => "done",
    }
}

fn time(millis: i64) -> String {
    jiff::Timestamp::from_millisecond(millis).unwrap_or_default().strftime("%F %T UTC").to_string()
}

/// A call as it is shown: by its last record.
struct Call {
    path: String,
    /// Whether a person was asked.
    asked: bool,
    about: Json,
    begun: i64,
    ended: Option<(String, i64, Json)>,
    /// Whether it waits for its turn, and was not sent.
    unsent: bool,
}

/// The calls of a run, in the order in which they were begun.
fn calls(reader: &Reader) -> Result<(Past, Vec<Call>), JournalError> {
    let past = reader.past()?;
    let mut calls: Vec<Call> = Vec::new();
    let mut places = BTreeMap::new();
    reader.events(&mut |event: &Event, body| {
        let body = || -> Json { serde_json::from_str(body.unwrap_or("null")).unwrap_or_default() };
        match (&*event.kind, event.call) {
            ("intended" | "asked", Some(id)) => {
                let path = event.path.clone().unwrap_or_default();
                places.insert(id, calls.len());
                let asked = event.kind == "asked";
                calls.push(Call { path, asked, about: body(), begun: event.at, ended: None, unsent: false });
            }
            ("done" | "failed", Some(id)) => {
                if let Some(call) = places.get(&id).and_then(|at| calls.get_mut(*at)) {
                    call.ended = Some((event.kind.clone(), event.at, body()));
                }
            }
            ("queued" | "sent", Some(id)) => {
                if let Some(call) = places.get(&id).and_then(|at| calls.get_mut(*at)) {
                    call.unsent = event.kind == "queued";
                }
            }
            _ => {}
        }
        Some(())
    })?;
    Ok((past, calls))
}

fn open(shelf: &Shelf, run: &str) -> Result<(String, Reader), JournalError> {
    let name = shelf.find(run)?;
    let reader = Reader::open(&shelf.folder(&name))?;
    Ok((name, reader))
}

fn show(shelf: &Shelf, run: &str, json: bool) -> Result<String, JournalError> {
    let (name, reader) = open(shelf, run)?;
    if json {
        return events(&reader).map(|all| serde_json::to_string_pretty(&all).unwrap_or_default());
    }
    let (past, calls) = calls(&reader)?;
    let owner = reader.owner();
    let mut lines = vec![
        format!("{name}: {} of {}", past.latest.movement, past.latest.score),
        format!("began {}, last recorded {}", time(past.began), time(past.touched)),
    ];
    lines.push(match (&past.state, &owner) {
        (_, Some(owner)) => format!("being performed by {owner}"),
        (State::Failed(message, path), None) => format!("failed at {path}: {message}"),
        (_, None) => state(&past.state, None).to_owned(),
    });
    for (name, value) in &past.latest.arguments {
        lines.push(format!("  {name}: {}", short(&value.to_string())));
    }
    let state = if owner.is_some() { State::Underway } else { past.state };
    lines.extend(calls.iter().map(|call| shown(call, &state, owner.is_some())));
    lines.push(format!("journal: {}", shelf.folder(&name).join("journal.db").display()));
    Ok(lines.join("\n"))
}

/// What became of a call that has no end, in a run that is so far.
fn unended(call: &Call, state: &State, performed: bool) -> &'static str {
    match (call.asked, state) {
        _ if performed => "open",
        _ if call.unsent => "was not sent",
        (true, State::Done | State::Failed(..)) => "withdrawn",
        (true, _) => "open",
        (false, _) if call.about["class"] == "acts" => "nobody knows how it ended",
        (false, _) => "cut off",
    }
}

fn shown(call: &Call, state: &State, performed: bool) -> String {
    let who = call.about["instrument"].as_str().unwrap_or_default();
    let (sign, took, said) = match &call.ended {
        None => ("…", String::new(), unended(call, state, performed).to_owned()),
        Some((kind, at, body)) => {
            let sign = if kind == "done" { "✓" } else { "✗" };
            let said = if kind == "done" {
                answer(body)
            } else {
                body["message"].as_str().unwrap_or_default().to_owned()
            };
            (sign, format!("  {} ms", at - call.begun), said)
        }
    };
    format!("{sign} {}  {who}{took}  {}", call.path, short(&said))
}

/// What was answered, or which tools were called instead.
fn answer(body: &Json) -> String {
    let said = |answer: &Json| match answer["text"].as_str() {
        Some(text) => text.to_owned(),
        None => match &answer["value"] {
            Json::String(text) => text.clone(),
            other => other.to_string(),
        },
    };
    let call = |call: &Json| {
        let arguments = said(&call["arguments"]);
        format!("{} {}", call["tool"].as_str().unwrap_or_default(), arguments.trim()).trim_end().to_owned()
    };
    match body["calls"].as_array() {
        Some(calls) => format!("calls {}", calls.iter().map(call).collect::<Vec<_>>().join(", ")),
        None => said(&body["answer"]),
    }
}

/// The first line of a text, cut to what fits.
fn short(text: &str) -> String {
    const KEPT: usize = 80;
    let line = text.lines().next().unwrap_or_default();
    let whole = line.len() == text.trim_end().len();
    match line.char_indices().nth(KEPT) {
        Some((cut, _)) => format!("{}…", &line[..cut]),
        None if whole => line.to_owned(),
        None => format!("{line}…"),
    }
}

/// What the attempts at each call of a run gave, in order, by its path.
fn attempts(shelf: &Shelf, run: &str) -> Result<(String, BTreeMap<String, Vec<String>>), JournalError> {
    let (name, reader) = open(shelf, run)?;
    let (_, calls) = calls(&reader)?;
    let mut all = BTreeMap::<String, Vec<String>>::new();
    for call in calls {
        let said = match &call.ended {
            None => String::from("open"),
            Some((kind, _, body)) if kind == "done" => answer(body),
            Some((_, _, body)) => format!("failed: {}", body["message"].as_str().unwrap_or_default()),
        };
        all.entry(call.path).or_default().push(said);
    }
    Ok((name, all))
}

fn diff(shelf: &Shelf, run: &str, other: &str) -> Result<String, JournalError> {
    let ((one, mut first), (two, mut second)) = (attempts(shelf, run)?, attempts(shelf, other)?);
    let paths: BTreeSet<String> = first.keys().chain(second.keys()).cloned().collect();
    let mut lines = Vec::new();
    for path in paths {
        let (before, after) =
            (first.remove(&path).unwrap_or_default(), second.remove(&path).unwrap_or_default());
        if before != after {
            lines.push(path);
            lines.extend(before.iter().map(|said| format!("  - {}", short(said))));
            lines.extend(after.iter().map(|said| format!("  + {}", short(said))));
        }
    }
    if lines.is_empty() {
        terminal::note(&format!("{one} and {two} made the same calls and got the same answers."));
    }
    Ok(lines.join("\n"))
}

/// All that is recorded, with long bodies in their places.
fn events(reader: &Reader) -> Result<Vec<Json>, JournalError> {
    let mut all = Vec::new();
    reader.events(&mut |event, body| {
        all.push(json!({
            "seq": event.seq, "at": event.at, "performed": event.performed, "kind": event.kind,
            "call": event.call.map(|id| format!("{id:?}")), "path": event.path,
            "body": serde_json::from_str::<Json>(body.unwrap_or("null")).unwrap_or_default(),
        }));
        Some(())
    })?;
    Ok(all)
}

fn export(shelf: &Shelf, run: &str) -> Result<String, JournalError> {
    let (_, reader) = open(shelf, run)?;
    Ok(events(&reader)?.iter().map(Json::to_string).collect::<Vec<_>>().join("\n"))
}
