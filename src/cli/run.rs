//! `score run` and `score rehearse`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ArgMatches;

use super::exit::Exit;
use super::options::{self, Perform};
use super::stage::{Stage, exit_for};
use super::{arguments, failure, kept, plan, terminal};
use crate::journal::Seated;
use crate::load::{Disk, Files, Noting, OwnPrice, Settings};
use crate::plan::MovementId;
use crate::session::{self, Parsed, Performance, Planned, Problems, Recorder, seat};
use crate::value::{Money, Value};

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
    /// Instruments that were put into chairs and parameters.
    pub(super) seats: Vec<Seated>,
    /// All sources that were read, the score itself first.
    pub(super) sources: Vec<(String, String)>,
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
    if (budget.is_none() && !ready.planned.plan().has_limits_in_money())
        || ready.matches.get_flag("show-requests")
    {
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
    let files = Noting::new(Disk);
    let text = source(&files, &options.file)?;
    open_keys(&options.file);
    let (planned, settings) = read_and_plan(&files, &options.file, &text, &[])?;
    let chosen = chosen(options, &planned)?;
    let movement = &planned.plan().movements[chosen.0 as usize];
    let command = arguments::options(options::standard(options.name), movement);
    let matches = options::exactly(command, options.name, &options.rest)?;
    let mut seats = seats(&planned, chosen, &matches)?;
    seated_by_settings(&planned, &settings, &mut seats);
    let planned =
        if seats.is_empty() { planned } else { read_and_plan(&files, &options.file, &text, &seats)?.0 };
    let (prices, sources) = (settings.prices, files.given());
    Ok(Ready { planned, movement: chosen, matches, seats, sources, prices })
}

/// Looks for keys where those of this score are.
pub(super) fn open_keys(file: &str) {
    for wrong in crate::keys::open(&folder_of(file)) {
        terminal::note(&wrong);
    }
}

/// The text of a score.
pub(super) fn source(files: &dyn Files, file: &str) -> Result<Arc<str>, Exit> {
    files.source(file).map(Arc::from).map_err(|error| {
        terminal::problems(&[&error], &crate::base::SourceMap::default());
        Exit::Source
    })
}

fn seats(planned: &Planned, movement: MovementId, matches: &ArgMatches) -> Result<Vec<Seated>, Exit> {
    let given: Vec<String> = matches.get_many::<String>("with").into_iter().flatten().cloned().collect();
    let mut seats = seats_of(planned, &given)?;
    let movement = &planned.plan().movements[movement.0 as usize];
    for (name, expression) in arguments::instruments(movement, matches) {
        seats.push(Seated {
            hidden: format!("--{name}"),
            origin: format!("<--{name}>"),
            chair: format!("--{name}"),
            expression,
        });
    }
    Ok(seats)
}

/// Instruments for chairs, as `--with NAME=EXPR` gives them.
pub(super) fn seats_of(planned: &Planned, with: &[String]) -> Result<Vec<Seated>, Exit> {
    let mut seats = Vec::new();
    for given in with {
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
        seats.push(Seated {
            chair: chair.to_owned(),
            hidden: format!("--with {chair}"),
            origin: format!("<--with {chair}>"),
            expression: expression.to_owned(),
        });
    }
    Ok(seats)
}

/// Adds what `score.toml` puts into chairs that this score has, unless the command line does.
fn seated_by_settings(planned: &Planned, settings: &Settings, seats: &mut Vec<Seated>) {
    for setting in &settings.instruments {
        let has = planned.plan().instruments.iter().any(|instrument| *instrument.name == *setting.name);
        if !has || seats.iter().any(|seat| seat.chair == setting.name) {
            continue;
        }
        seats.push(Seated {
            chair: setting.name.clone(),
            hidden: format!("[instruments] {}", setting.name),
            origin: format!("<{}, [instruments] {}>", settings.path, setting.name),
            expression: setting.value.clone(),
        });
    }
}

/// A score with instruments in its chairs, checked and planned.
pub(super) fn read_and_plan(
    files: &dyn Files,
    file: &str,
    text: &Arc<str>,
    seats: &[Seated],
) -> Result<(Planned, Settings), Exit> {
    let planned = || -> Result<(Planned, Settings), Problems> {
        let mut parsed = Parsed::with_files(files, file, text.clone());
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
    let mut performance = Performance::new(planned, ready.movement);
    let manner = if ready.matches.get_flag("show-requests") { Manner::Requests } else { manner };
    match manner {
        Manner::Real => {}
        Manner::Rehearsal => performance.rehearse(true),
        Manner::Requests => performance.show_requests(),
    }
    let seated = take_seats(planned, &ready.seats, &mut performance)?;
    let values = arguments::values(planned, ready.movement, &ready.matches, &seated, performance.given());
    let values = values.map_err(|wrong| {
        for problem in &wrong.0 {
            terminal::note(problem);
        }
        terminal::note(&format!("`score run {file} --help` lists all arguments."));
        Exit::Usage
    })?;
    performance.arguments(values);
    performance.prices(ready.prices.clone());
    let replayed = replayed(ready)?;
    if manner == Manner::Real && replayed.is_none() && !quiet {
        warn_of_unready(ready, &performance);
    }
    if manner == Manner::Real
        && let Some(budget) = ready.matches.get_one::<Money>("budget")
    {
        performance.budget(*budget);
    }
    performance.folder(folder_of(file));
    let cache = if manner == Manner::Real { ready.matches.get_one::<String>("cache") } else { None };
    let cache = cache.map(|folder| kept::answers(folder)).transpose()?;
    if let Some(cache) = &cache {
        performance.cache(cache.clone());
    }
    let recorder = recorder(ready, manner)?;
    if let Some((recorder, _)) = &recorder {
        performance.record(Arc::clone(recorder));
    }
    let run = match (manner, replayed) {
        (Manner::Real, Some(recording)) => {
            performance.replay(recording);
            None
        }
        (Manner::Real, None) if ready.matches.get_flag("no-journal") => None,
        (Manner::Real, None) => Some(kept::begin(ready, file, &mut performance)?),
        (Manner::Rehearsal | Manner::Requests, _) => None,
    };
    let stage = Stage {
        planned,
        quiet,
        json: ready.matches.get_flag("json"),
        no_input: ready.matches.get_flag("no-input"),
        at_once: ready.matches.get_one::<u32>("at-once").map(|n| *n as usize),
        movement: &planned.plan().movements[ready.movement.0 as usize].name,
        out: if manner == Manner::Real { ready.matches.get_one::<PathBuf>("out") } else { None },
        run: run.as_ref(),
        shows_requests: manner == Manner::Requests,
        bill: manner == Manner::Real && ready.matches.get_flag("bill"),
    };
    let played = stage.perform(performance);
    kept::say_what_was_not_kept(cache.as_ref());
    if let Some((recorder, path)) = recorder {
        recorded(&recorder, &path, quiet);
    }
    stage.conclude(played)
}

/// Says before anything starts which instruments could not play: the run would find out when others have done their
/// work. It goes on all the same, for another may stand behind one.
fn warn_of_unready(ready: &Ready, performance: &Performance) {
    let mut unready = session::unready(&ready.planned, performance.given());
    if unready.is_empty() {
        return;
    }
    let most = plan::outline(ready).map(|outline| outline.most).unwrap_or_default();
    // One of several may be called: `one = echo() or other = local()`.
    let labels: Vec<&str> = most.iter().flat_map(|most| most.player.split(" or ")).collect();
    let plays = |name: &str| labels.iter().any(|label| label.split(" = ").next() == Some(name));
    unready.retain(|(name, _)| plays(name));
    for (_, finding) in unready {
        terminal::note(&format!("! {}: {}", finding.what, finding.found));
        if let Some(mend) = finding.mend {
            terminal::note(&format!("  {mend}"));
        }
    }
}

/// Makes the instruments that were put into chairs, and gives those among the arguments.
pub(super) fn take_seats(
    planned: &Planned,
    seats: &[Seated],
    performance: &mut Performance,
) -> Result<BTreeMap<String, Value>, Exit> {
    let mut arguments = BTreeMap::new();
    for seated in seats {
        match planned.instrument(&seated.hidden, performance.given()) {
            Some(Ok(Value::Instrument(instrument))) => {
                seat(performance, &seated.chair, instrument, &mut arguments);
            }
            Some(Err(failed)) => {
                failure::show_failed(&failed, planned.sources());
                return Err(exit_for(failed.failure.kind));
            }
            _ => {}
        }
    }
    Ok(arguments)
}

/// The recording that is played instead of everybody, with its whole path.
fn replayed(ready: &Ready) -> Result<Option<PathBuf>, Exit> {
    let Some(file) = ready.matches.try_get_one::<PathBuf>("replay").ok().flatten() else { return Ok(None) };
    std::fs::canonicalize(file).map(Some).map_err(|error| {
        terminal::note(&format!("the recording {} can't be read: {error}.", file.display()));
        terminal::note(&format!("Make it: score run FILE --record {}", file.display()));
        Exit::Usage
    })
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
