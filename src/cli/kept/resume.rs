//! `score resume`

use std::sync::Arc;

use super::{Resume, Run, answers, refused, say_what_was_not_kept, shelf};
use crate::cli::arguments::read_arguments;
use crate::cli::exit::Exit;
use crate::cli::run::{folder_of, open_keys, read_and_plan, seats_of, source, take_seats};
use crate::cli::stage::Stage;
use crate::cli::terminal;
use crate::journal::{Beginning, JournalError, Past, Reader, Seated, Shelf, Sqlite};
use crate::load::{Disk, Files, Noted, Noting};
use crate::plan::MovementId;
use crate::session::{Explained, Origin, Performance, Planned, Why, is_below, recorded_arguments};
use crate::value::{Value, encode, from_json};

/// A run that is ready to go on.
pub(super) struct Prepared {
    pub(super) planned: Planned,
    pub(super) performance: Performance,
    pub(super) movement: Arc<str>,
    sources: Vec<(String, String)>,
    seats: Vec<Seated>,
}

/// Goes on with a run.
pub(in crate::cli) fn resume(options: &Resume) -> Exit {
    go_on(options).unwrap_or_else(|exit| exit)
}

pub(super) fn go_on(options: &Resume) -> Result<Exit, Exit> {
    let shelf = shelf(options.runs.as_ref())?;
    let name = shelf.find(&options.run).map_err(|error| refused(&error))?;
    if options.explain {
        return explain(options, &shelf, &name);
    }
    match &options.fork {
        Some(copy) => {
            let copy = shelf.fork(&name, copy).map_err(|error| refused(&error))?;
            go_on_with(options, &shelf, copy, Some(name))
        }
        None => go_on_with(options, &shelf, name, None),
    }
}

/// Goes on with the run of this name, which may be a new copy of another one.
pub(super) fn go_on_with(
    options: &Resume,
    shelf: &Shelf,
    name: String,
    forked_from: Option<String>,
) -> Result<Exit, Exit> {
    let (journal, past) = Sqlite::take(&shelf.folder(&name), &name).map_err(|error| refused(&error))?;
    check_from(options, &past, &name)?;
    let Prepared { planned, mut performance, movement, sources, seats } =
        prepare(options, &past, &|kept| journal.find(kept))?;
    let origin = Origin { run: name.clone(), forked_from, score: past.latest.score.clone(), sources, seats };
    let beginning = performance.beginning(&planned, origin, &journal).map_err(|error| refused(&error))?;
    performance.keep(Box::new(journal), beginning, past, options.decisions.clone());
    say_changed_prices(&performance);
    let run = Run::of(&name, options.runs.as_ref());
    let stage = Stage {
        planned: &planned,
        quiet: options.quiet,
        json: options.json,
        no_input: options.no_input,
        at_once: options.at_once,
        movement: &movement,
        out: options.out.as_ref(),
        run: Some(&run),
        shows_requests: false,
        bill: options.bill,
    };
    let cache = options.cache.as_ref().map(|folder| answers(folder)).transpose()?;
    if let Some(cache) = &cache {
        performance.cache(cache.clone());
    }
    let played = stage.perform(performance);
    say_what_was_not_kept(cache.as_ref());
    stage.conclude(played)
}

/// Sets a run up again from what is recorded of it.
pub(super) fn prepare(
    options: &Resume,
    past: &Past,
    find: &dyn Fn(&serde_json::Value) -> Option<Value>,
) -> Result<Prepared, Exit> {
    if past.is_empty() {
        terminal::note("Nothing is recorded of this run: start the score again with `score run`.");
        return Err(Exit::Failed);
    }
    let beginning = &past.latest;
    let recorded = options.as_recorded || beginning.score == "-";
    let noted = Noted(beginning.sources.clone());
    let disk = Noting::new(Disk);
    let (files, file): (&dyn Files, &str) = match beginning.sources.first() {
        Some((file, _)) if recorded => (&noted, file),
        _ => (&disk, &beginning.score),
    };
    let text = source(files, file).inspect_err(|_| {
        terminal::note("Go on with the score as it was: --as-recorded");
    })?;
    open_keys(&beginning.score);
    let (unseated, settings) = read_and_plan(files, file, &text, &beginning.seats)?;
    let mut seats = beginning.seats.clone();
    let planned = if options.with.is_empty() {
        unseated
    } else {
        for seated in seats_of(&unseated, &options.with)? {
            seats.retain(|known| known.chair != seated.chair);
            seats.push(seated);
        }
        read_and_plan(files, file, &text, &seats)?.0
    };
    let Some(movement) = planned.movement(Some(&beginning.movement)) else {
        terminal::note(&format!("{file} has no movement `{}` any more.", beginning.movement));
        terminal::note("Go on with the score as it was: --as-recorded");
        return Err(Exit::Usage);
    };
    let mut performance = Performance::new(&planned, movement);
    performance.environment(&beginning.env);
    performance.prices(settings.prices);
    if options.fork.is_none() {
        performance.hold_prices(past.prices());
    }
    if let Some(budget) = options.budget.or_else(|| beginning.budget()) {
        performance.budget(budget);
    }
    let seated = take_seats(&planned, &seats, &mut performance)?;
    let given = rearranged(options, beginning, &planned, movement)?;
    let values = recorded_arguments(&planned, movement, &given, find, &seated, performance.given());
    performance.arguments(values.map_err(|problem| {
        terminal::note(&format!("The run can't go on with the score as it is now: {problem}."));
        terminal::note("Go on with the score as it was: --as-recorded");
        Exit::Usage
    })?);
    performance.folder(folder_of(&beginning.score));
    let sources = if recorded { beginning.sources.clone() } else { disk.given() };
    let movement = planned.plan().movements[movement.0 as usize].name.clone();
    Ok(Prepared { planned, performance, movement, sources, seats })
}

/// Refuses to make calls again where there are none.
fn check_from(options: &Resume, past: &Past, name: &str) -> Result<(), Exit> {
    let Some(from) = &options.decisions.from else { return Ok(()) };
    if past.records.iter().any(|record| is_below(&record.path, from)) {
        return Ok(());
    }
    terminal::note(&format!(
        "--from {from}: the run {name} has no call there. `score runs show {name}` lists them."
    ));
    Err(Exit::Usage)
}

/// Says which prices have changed since the run began.
fn say_changed_prices(performance: &Performance) {
    let changed = performance.changed_prices();
    if !changed.is_empty() {
        let which = changed.join(", ");
        terminal::note(&format!(
            "{which}: the price has changed since the run began. What held then goes on holding; a fork takes what holds now (--fork)."
        ));
    }
}

/// What the run was given, with the arguments that a copy of it is given instead.
fn rearranged(
    options: &Resume,
    beginning: &Beginning,
    planned: &Planned,
    movement: MovementId,
) -> Result<Beginning, Exit> {
    let mut given = beginning.clone();
    let Some(file) = &options.args else { return Ok(given) };
    let refused = |problem: &str| {
        terminal::note(problem);
        Exit::Usage
    };
    if options.fork.is_none() {
        return Err(refused(
            "What a run was asked for holds for all of it. A copy can be asked for something else: add --fork.",
        ));
    }
    let movement = &planned.plan().movements[movement.0 as usize];
    for (name, value) in read_arguments(file).map_err(|problem| refused(&problem))? {
        if !movement.params.iter().any(|param| *param.name == *name) {
            let known: Vec<&str> = movement.params.iter().map(|param| &*param.name).collect();
            let known = known.join(", ");
            return Err(refused(&format!("--args: `{name}` is no parameter of {} ({known})", movement.name)));
        }
        let coded =
            encode(&from_json(value)).map_err(|error| refused(&format!("--args: {name}: {error}")))?;
        given.arguments.retain(|(known, _)| *known != name);
        given.arguments.push((name, coded));
    }
    Ok(given)
}

/// Says what going on would come to.
fn explain(options: &Resume, shelf: &Shelf, name: &str) -> Result<Exit, Exit> {
    let read = || -> Result<(Reader, Past), JournalError> {
        let reader = Reader::open(&shelf.folder(name))?;
        let past = reader.past()?;
        Ok((reader, past))
    };
    let (reader, past) = read().map_err(|error| refused(&error))?;
    check_from(options, &past, name)?;
    let Prepared { planned, performance, sources, .. } = prepare(options, &past, &|kept| reader.find(kept))?;
    for line in differences(&past.latest, &sources) {
        terminal::note(&line);
    }
    say_changed_prices(&performance);
    let decisions = options.decisions.clone();
    let foreseen = performance.foresee(Box::new(reader), past, decisions).map_err(|error| refused(&error))?;
    let line = |call: &Explained| format!("{}: {}{}", call.path, words(&call.why), place(&planned, call));
    let lines: Vec<String> = foreseen.explained.iter().map(line).collect();
    if lines.is_empty() {
        terminal::note("Nothing was recorded that could stand for a call, and nothing is to be called.");
        return Ok(Exit::Done);
    }
    Ok(if terminal::result(&lines.join("\n")).is_ok() { Exit::Done } else { Exit::Failed })
}

/// Which sources are not what they were.
fn differences(beginning: &Beginning, now: &[(String, String)]) -> Vec<String> {
    let texts = |sources: &[(String, String)]| -> Vec<String> {
        sources.iter().map(|(_, text)| text.clone()).collect()
    };
    if texts(&beginning.sources) == texts(now) {
        return vec![String::from("The score is what it was when the run last went on.")];
    }
    let changed = now.iter().filter(|(_, text)| !beginning.sources.iter().any(|(_, old)| old == text));
    changed.map(|(name, _)| format!("{name} has changed since the run last went on.")).collect()
}

/// Where the words stand that have changed: the part's line.
fn place(planned: &Planned, call: &Explained) -> String {
    let words = |pieces: &Vec<String>| pieces.iter().any(|piece| piece == "the prompt");
    if !matches!(&call.why, Why::Changed(pieces) if words(pieces)) {
        return String::new();
    }
    let Some(part) = planned.plan().parts.iter().find(|part| part.name == call.part) else {
        return String::new();
    };
    let file = planned.sources().file_at(part.span.start);
    file.map_or_else(String::new, |file| format!(" (line {})", file.line_column(part.span.start).0))
}

fn words(why: &Why) -> String {
    match why {
        Why::Same => String::from("reused"),
        Why::Moved(path) => format!("reused: it asks what {path} asked"),
        Why::Changed(pieces) if pieces.is_empty() => String::from("made again: what it asks has changed"),
        Why::Changed(pieces) => {
            let verb = if pieces.len() == 1 { "has" } else { "have" };
            format!("made again: {} {verb} changed", pieces.join(", "))
        }
        Why::New => String::from("made: it was not made before"),
        Why::Failed => String::from("made again: it failed the run"),
        Why::Open => String::from("is asked: nobody has answered"),
        Why::CutOff => String::from("made again: it was cut off"),
        Why::Unsent => String::from("made: it had not been sent yet"),
        Why::Asking => String::from("made again: it asked something that nobody was there to answer"),
        Why::Again => String::from("made again: as --from says"),
        Why::InDoubt => String::from("may have been done: decide with --in-doubt"),
        Why::Differs => String::from("was done in another form: decide with --changed-acts"),
    }
}
