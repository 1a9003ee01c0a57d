//! `score run` and `score rehearse`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ArgMatches;

use super::exit::Exit;
use super::options::{self, Perform};
use super::person::Person;
use super::progress::Progress;
use super::requests::Requests;
use super::{arguments, failure, out, plan, terminal};
use crate::instrument::{Ask, FailureKind, Request};
use crate::load::{Disk, Files as _, OwnPrice, Settings};
use crate::plan::{Kind, MovementId};
use crate::session::{Bill, Ended, Parsed, Performance, Planned, Problems, Recorder, Tally, View};
use crate::value::{Money, Value, json_text, pretty_json_text};

/// How a score is performed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// With its own instruments.
    Real,
    /// With stand-ins.
    Rehearsal,
    /// With stand-ins, showing what the instruments themselves would send.
    Requests,
}

/// A score that is ready, with the exact command line.
pub(super) struct Ready {
    pub(super) planned: Planned,
    pub(super) movement: MovementId,
    pub(super) matches: ArgMatches,
    /// Chairs and parameters with the hidden names of the instruments put there.
    pub(super) seats: Vec<(String, String)>,
    /// What `score.toml` says that models cost.
    pub(super) prices: Vec<OwnPrice>,
}

/// Performs a score.
pub(super) fn run(options: &Perform, manner: Manner) -> Exit {
    let ready = match ready(options) {
        Ok(ready) => ready,
        Err(exit) => return exit,
    };
    if manner == Manner::Real
        && let Err(exit) = all_priced(&ready)
    {
        return exit;
    }
    match perform(&ready, &options.file, manner) {
        Ok(exit) => exit,
        Err(exit) => exit,
    }
}

/// A limit in money can only hold where the most that a call costs is known: refuses the run otherwise, before
/// anything starts.
fn all_priced(ready: &Ready) -> Result<(), Exit> {
    let budget = ready.matches.get_one::<Money>("budget");
    let nodes = ready.planned.plan().bodies.iter().flat_map(|body| &body.nodes);
    let limits =
        nodes.filter(|node| matches!(&node.kind, Kind::Limit(limit) if limit.money.is_some())).count();
    if (budget.is_none() && limits == 0) || ready.matches.get_flag("show-requests") {
        return Ok(());
    }
    let unpriced = plan::outline(ready).map(|outline| outline.unpriced).unwrap_or_default();
    let unpriced: Vec<_> = unpriced.iter().filter(|call| budget.is_some() || call.limited).collect();
    if unpriced.is_empty() {
        return Ok(());
    }
    let what = match budget {
        Some(budget) => format!("the budget of {budget}"),
        None => "a limit in money".to_owned(),
    };
    terminal::note(&format!("Nothing was started: {what} can't hold where prices are not known."));
    for call in &unpriced {
        let who = call.players.join("`, `");
        terminal::note(&format!("  {} on line {}: what `{who}` costs at most", call.path, call.line));
    }
    terminal::note(
        "Say it where the instrument is declared: `price: {input: $1, output: $4}` per million tokens with `max_tokens: 2000`, `price: $0.01` a call, `price: $0`; or in score.toml: `[prices]`. `score models` lists what is known.",
    );
    Err(Exit::Usage)
}

/// Reads, checks and plans a score, then reads the command line exactly.
pub(super) fn ready(options: &Perform) -> Result<Ready, Exit> {
    let text = Disk.source(&options.file).map_err(|error| {
        terminal::problems(&[&error], &crate::base::SourceMap::default());
        Exit::Source
    })?;
    let text: Arc<str> = Arc::from(text);
    for wrong in crate::keys::open(&folder_of(&options.file)) {
        terminal::note(&wrong);
    }
    let (planned, settings) = read_and_plan(&options.file, &text, &[])?;
    let chosen = chosen(options, &planned)?;
    let movement = &planned.plan().movements[chosen.0 as usize];
    let command = arguments::options(options::standard(options.name), movement);
    let matches = options::exactly(command, options.name, &options.rest)?;
    let mut seats = seats(&planned, chosen, &matches)?;
    seated_by_settings(&planned, &settings, &mut seats);
    let prices = settings.prices;
    if seats.is_empty() {
        return Ok(Ready { planned, movement: chosen, matches, seats: Vec::new(), prices });
    }
    let (planned, _) = read_and_plan(&options.file, &text, &seats)?;
    let seats = seats.into_iter().map(|seat| (seat.chair, seat.hidden)).collect();
    let movement = chosen;
    Ok(Ready { planned, movement, matches, seats, prices })
}

/// An instrument given on the command line.
struct Seat {
    chair: String,
    hidden: String,
    origin: String,
    expression: String,
}

fn seats(planned: &Planned, movement: MovementId, matches: &ArgMatches) -> Result<Vec<Seat>, Exit> {
    let mut seats = Vec::new();
    for given in matches.get_many::<String>("with").into_iter().flatten() {
        let Some((chair, expression)) = given.split_once('=') else {
            terminal::note(&format!(
                "--with {given}: write --with NAME=EXPR, such as --with writer='local()'"
            ));
            return Err(Exit::Usage);
        };
        let chair = chair.trim();
        let known: Vec<&str> =
            planned.plan().instruments.iter().map(|instrument| &*instrument.name).collect();
        if !known.contains(&chair) {
            let hint = match crate::base::did_you_mean(chair, known.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("it has {}", list(&known)),
            };
            terminal::note(&format!("--with {given}: the score has no instrument `{chair}`; {hint}"));
            return Err(Exit::Usage);
        }
        seats.push(Seat {
            chair: chair.to_owned(),
            hidden: format!("--with {chair}"),
            origin: format!("<--with {chair}>"),
            expression: expression.to_owned(),
        });
    }
    let movement = &planned.plan().movements[movement.0 as usize];
    for (name, expression) in arguments::instruments(movement, matches) {
        seats.push(Seat {
            hidden: format!("--{name}"),
            origin: format!("<--{name}>"),
            chair: format!("--{name}"),
            expression,
        });
    }
    Ok(seats)
}

/// Adds what `score.toml` puts into chairs that this score has, unless the command line does.
fn seated_by_settings(planned: &Planned, settings: &Settings, seats: &mut Vec<Seat>) {
    for setting in &settings.instruments {
        let has = planned.plan().instruments.iter().any(|instrument| *instrument.name == *setting.name);
        if !has || seats.iter().any(|seat| seat.chair == setting.name) {
            continue;
        }
        seats.push(Seat {
            chair: setting.name.clone(),
            hidden: format!("[instruments] {}", setting.name),
            origin: format!("<{}, [instruments] {}>", settings.path, setting.name),
            expression: setting.value.clone(),
        });
    }
}

fn read_and_plan(file: &str, text: &Arc<str>, seats: &[Seat]) -> Result<(Planned, Settings), Exit> {
    let planned = || -> Result<(Planned, Settings), Problems> {
        let mut parsed = Parsed::with_files(&Disk, file, text.clone());
        let settings = parsed.settings().clone();
        for seat in seats {
            parsed.add_instrument(&seat.hidden, &seat.origin, &seat.expression)?;
        }
        Ok((parsed.check()?.plan()?, settings))
    };
    planned().map_err(|problems| {
        let shown: Vec<&dyn miette::Diagnostic> = problems.diagnostics().collect();
        terminal::problems(&shown, problems.sources());
        Exit::Source
    })
}

/// Which movement is meant.
fn chosen(options: &Perform, planned: &Planned) -> Result<MovementId, Exit> {
    let named = options.movement();
    if let Some(found) = planned.movement(named.as_deref()) {
        return Ok(found);
    }
    let names: Vec<&str> = planned.movements().map(|(_, movement)| &*movement.name).collect();
    let problem = match &named {
        Some(name) => match crate::base::did_you_mean(name, names.iter().copied()) {
            Some(meant) => format!("{} has no movement `{name}`; did you mean `{meant}`?", options.file),
            None => format!("{} has no movement `{name}`; it has {}", options.file, list(&names)),
        },
        None if names.is_empty() => format!("{} has no movement to perform", options.file),
        None => format!(
            "{} has several movements and none is called `main`: say which one after the file name ({})",
            options.file,
            names.join(", ")
        ),
    };
    terminal::note(&problem);
    Err(Exit::Usage)
}

fn list(names: &[&str]) -> String {
    if names.is_empty() { String::from("none") } else { names.join(", ") }
}

fn perform(ready: &Ready, file: &str, manner: Manner) -> Result<Exit, Exit> {
    let planned = &ready.planned;
    let quiet = ready.matches.get_flag("quiet");
    let json = ready.matches.get_flag("json");
    let mut performance = Performance::new(planned, ready.movement);
    let manner = if ready.matches.get_flag("show-requests") { Manner::Requests } else { manner };
    match manner {
        Manner::Real => {}
        Manner::Rehearsal => performance.rehearse(true),
        Manner::Requests => performance.show_requests(),
    }
    let seated = seat_all(ready, &mut performance)?;
    let values = arguments::values(planned, ready.movement, &ready.matches, &seated, performance.given());
    let values = values.map_err(|wrong| {
        for problem in &wrong.0 {
            terminal::note(problem);
        }
        terminal::note(&format!("`score run {file} --help` lists all arguments."));
        Exit::Usage
    })?;
    let progress = Arc::new(Progress::new(quiet, ready.matches.get_flag("no-input")));
    performance.arguments(values);
    performance.prices(ready.prices.clone());
    if manner == Manner::Real
        && let Some(budget) = ready.matches.get_one::<Money>("budget")
    {
        performance.budget(*budget);
    }
    let requests = Arc::new(Requests::new(progress.clone(), json));
    let view: Arc<dyn View> = match manner {
        Manner::Requests => requests.clone(),
        _ => progress.clone(),
    };
    let tally = Arc::new(Tally::new(view));
    performance.view(tally.clone());
    performance.at_once(ready.matches.get_one::<u32>("at-once").map(|n| *n as usize));
    performance.folder(folder_of(file));
    let recorder = recorder(ready, manner)?;
    if let Some((recorder, _)) = &recorder {
        performance.record(Arc::clone(recorder));
    }
    if !ready.matches.get_flag("no-input") && terminal::somebody_there() {
        performance.people(Arc::new(Person::new(progress.clone())) as Arc<dyn Ask>);
    }
    let ended = performance.run();
    let bill = tally.bill();
    progress.finish(&bill.total);
    if manner == Manner::Real && ready.matches.get_flag("bill") {
        show_bill(&bill, json);
    }
    if let Some((recorder, path)) = recorder {
        recorded(&recorder, &path, quiet);
    }
    match ended {
        Ok(Ended::Done(value)) => {
            let value = match manner {
                Manner::Real => with_files(value, ready)?,
                Manner::Rehearsal => value,
                // What stand-ins made up is of no use to anyone here.
                Manner::Requests => return Ok(requests.finish()),
            };
            Ok(finish(&value, json))
        }
        Ok(Ended::Failed(report)) => {
            failure::show(&report, planned.sources());
            Ok(exit_for(report.failure.kind))
        }
        Ok(Ended::Waiting(questions)) => {
            waiting(&questions);
            Ok(Exit::Waiting)
        }
        Ok(Ended::CutOff) => Ok(Exit::Interrupted),
        Err(error) => {
            terminal::problems(&[&*error], planned.sources());
            Ok(Exit::Failed)
        }
    }
}

/// Seats whoever is given in other chairs; those given for parameters are the result.
fn seat_all(ready: &Ready, performance: &mut Performance) -> Result<BTreeMap<String, Value>, Exit> {
    let planned = &ready.planned;
    let mut seated: BTreeMap<String, Value> = BTreeMap::new();
    for (chair, hidden) in &ready.seats {
        match planned.instrument(hidden, performance.given()) {
            Some(Ok(Value::Instrument(instrument))) => match chair.strip_prefix("--") {
                Some(param) => {
                    seated.insert(param.to_owned(), Value::Instrument(instrument));
                }
                None => performance.seat(chair, instrument),
            },
            Some(Err(failed)) => {
                failure::show_failed(&failed, planned.sources());
                return Err(exit_for(failed.failure.kind));
            }
            _ => {}
        }
    }
    Ok(seated)
}

fn show_bill(bill: &Bill, json: bool) {
    let text = if json { serde_json::to_string(bill).unwrap_or_default() } else { bill.show() };
    terminal::note(text.trim_end());
}

/// Who records the run, and into which file.
fn recorder(ready: &Ready, manner: Manner) -> Result<Option<(Arc<Recorder>, PathBuf)>, Exit> {
    let path = if manner == Manner::Real { ready.matches.get_one::<PathBuf>("record") } else { None };
    let Some(path) = path else { return Ok(None) };
    match Recorder::create(path) {
        Ok(recorder) => Ok(Some((Arc::new(recorder), path.clone()))),
        Err(error) => {
            terminal::note(&format!("{} could not be written: {error}.", path.display()));
            Err(Exit::Usage)
        }
    }
}

fn recorded(recorder: &Recorder, path: &Path, quiet: bool) {
    let (calls, lost) = recorder.finish();
    for lost in &lost {
        terminal::note(&format!("not recorded: {lost}"));
    }
    if !quiet {
        terminal::note(&format!("recorded {} calls in {}", calls - lost.len(), path.display()));
    }
}

/// Relative paths in a score are meant from where it stands.
pub(super) fn folder_of(file: &str) -> Arc<Path> {
    let folder = Path::new(file).parent().filter(|folder| !folder.as_os_str().is_empty() && file != "-");
    Arc::from(folder.unwrap_or(Path::new(".")))
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

/// The result with its images, sounds and files written out, and their paths in their places.
fn with_files(value: Value, ready: &Ready) -> Result<Value, Exit> {
    let Some(folder) = ready.matches.get_one::<PathBuf>("out").filter(|_| out::holds_media(&value)) else {
        return Ok(value);
    };
    let name = &ready.planned.plan().movements[ready.movement.0 as usize].name;
    let written = out::write(&value, folder, name).or_else(|(path, error)| {
        // What was made is not lost for want of a folder.
        let instead = out::spare_folder().map_err(|(path, error)| unwritable(&path, &error))?;
        terminal::note(&format!("{} could not be written: {error}.", path.display()));
        terminal::note(&format!("It is written to {} instead.", instead.display()));
        out::write(&value, &instead, name).map_err(|(path, error)| unwritable(&path, &error))
    })?;
    if !ready.matches.get_flag("quiet") {
        for file in &written.files {
            terminal::note(&format!("wrote {} ({}, {} bytes)", file.path.display(), file.mime, file.size));
        }
    }
    Ok(written.value)
}

fn unwritable(path: &Path, error: &std::io::Error) -> Exit {
    terminal::note(&format!("{} could not be written: {error}.", path.display()));
    terminal::note("Name another folder with --out DIR.");
    Exit::Failed
}

fn waiting(questions: &[Request]) {
    let count = questions.len();
    terminal::note(&format!(
        "Waiting for {count} answer{}; everything else is done:",
        if count == 1 { "" } else { "s" }
    ));
    for question in questions {
        terminal::note(&format!("  {} asks {}", question.path, question.instrument.name));
    }
    terminal::note(
        "Run it in a terminal without --no-input to answer, or let a stand-in answer: --with NAME='echo()'",
    );
}

/// Which exit code a kind of failure ends with.
fn exit_for(kind: FailureKind) -> Exit {
    match kind {
        FailureKind::Auth | FailureKind::Denied => Exit::Credentials,
        FailureKind::Budget => Exit::Limit,
        FailureKind::Cancelled => Exit::Interrupted,
        _ => Exit::Failed,
    }
}
