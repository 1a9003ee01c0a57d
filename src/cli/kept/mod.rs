//! Runs that are kept: where they are, how one begins, goes on, is answered and looked at.

mod answer;
mod options;
mod resume;
mod runs;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::exit::Exit;
use super::run::Ready;
use super::terminal;
use crate::journal::{Beginning, DiskCache, JournalError, Shelf, Sqlite};
use crate::session::{Decisions, Origin, Performance};
use crate::value::Money;

pub(super) use answer::answer;
pub(super) use options::{cache, commands, folder, name, none};
pub(super) use resume::resume;
pub(super) use runs::runs;

/// `score resume`
#[derive(Clone)]
pub(super) struct Resume {
    run: String,
    runs: Option<PathBuf>,
    as_recorded: bool,
    explain: bool,
    /// The name of the copy, which may be empty.
    fork: Option<String>,
    with: Vec<String>,
    /// A file of arguments for a copy.
    args: Option<String>,
    decisions: Decisions,
    json: bool,
    quiet: bool,
    no_input: bool,
    at_once: Option<usize>,
    budget: Option<Money>,
    bill: bool,
    /// The folder of answers of earlier runs; empty where it is the user's.
    cache: Option<String>,
    out: Option<PathBuf>,
}

/// `score answer`
pub(super) struct Answer {
    path: Option<String>,
    /// Who answers.
    who: Option<String>,
    value: Option<String>,
    /// Whether there is to be no answer.
    decline: bool,
    only: bool,
    /// Whether it comes after the deadline, and is meant for a copy.
    late: bool,
    resume: Resume,
}

/// `score runs`
pub(super) struct Runs {
    runs: Option<PathBuf>,
    what: What,
}

/// What is wanted of runs.
enum What {
    List { json: bool },
    Show { run: String, json: bool },
    Diff { run: String, other: String },
    Export { run: String },
    Remove { runs: Vec<String> },
}

/// A run by name, as it is written behind a command.
#[derive(Clone, Debug)]
pub(super) struct Run {
    name: String,
    /// The folder, where it is not where one would look.
    runs: Option<PathBuf>,
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        match &self.runs {
            Some(runs) => write!(f, " --runs {}", runs.display()),
            None => Ok(()),
        }
    }
}

impl Run {
    fn of(name: &str, runs: Option<&PathBuf>) -> Self {
        // What the environment says is said there to the next command as well.
        let here = runs.filter(|runs| std::env::var_os("SCORE_RUNS").is_none_or(|known| *known != ***runs));
        Self { name: name.to_owned(), runs: here.cloned() }
    }
}

/// Where runs are kept.
fn shelf(runs: Option<&PathBuf>) -> Result<Shelf, Exit> {
    Shelf::of_user(runs.cloned(), |name| std::env::var_os(name)).map_err(|error| refused(&error))
}

/// The answers of earlier runs, in this folder or, where that is empty, in the user's.
pub(super) fn answers(folder: &str) -> Result<Arc<DiskCache>, Exit> {
    let given = (!folder.is_empty()).then(|| PathBuf::from(folder));
    let cache = DiskCache::of_user(given, |name| std::env::var_os(name));
    cache.map(Arc::new).map_err(|error| refused(&error))
}

/// Says if answers could not be kept.
pub(super) fn say_what_was_not_kept(cache: Option<&Arc<DiskCache>>) {
    if let Some((cache, reason)) = cache.and_then(|cache| Some((cache, cache.trouble()?))) {
        let folder = cache.folder().display();
        terminal::note(&format!("Not all answers could be kept in the cache {folder}: {reason}."));
    }
}

/// Shows what is wrong with a journal.
fn refused(error: &JournalError) -> Exit {
    terminal::problems(&[error], &crate::base::SourceMap::default());
    match error {
        JournalError::UnknownRun { .. }
        | JournalError::NameTaken { .. }
        | JournalError::BadName { .. }
        | JournalError::NoPlace
        | JournalError::NoCache => Exit::Usage,
        _ => Exit::Failed,
    }
}

/// Begins a run of a score, or goes on with the one of this name.
pub(super) fn begin(ready: &Ready, file: &str, performance: &mut Performance) -> Result<Run, Exit> {
    let runs = ready.matches.get_one::<PathBuf>("runs");
    let shelf = shelf(runs)?;
    let mut kept = || -> Result<String, JournalError> {
        let name = match ready.matches.get_one::<String>("run") {
            Some(name) => {
                shelf.place(name)?;
                name.clone()
            }
            None => shelf.fresh(file)?,
        };
        let (journal, past) = Sqlite::take(&shelf.folder(&name), &name)?;
        if !past.is_empty() {
            performance.environment(&past.latest.env);
            performance.hold_prices(past.prices());
            if let (None, Some(budget)) = (ready.matches.get_one::<Money>("budget"), past.latest.budget()) {
                performance.budget(budget);
            }
        }
        let origin = Origin {
            run: name.clone(),
            forked_from: None,
            score: whole_path(file),
            sources: ready.sources.clone(),
            seats: ready.seats.clone(),
        };
        let beginning = performance.beginning(&ready.planned, origin, &journal)?;
        if !past.is_empty() && !is_same(&past.latest, &beginning) {
            let Beginning { score, movement, .. } = &past.latest;
            return Err(JournalError::NameTaken { run: name, what: described(score, movement, file) });
        }
        performance.keep(Box::new(journal), beginning, past, Decisions::default());
        Ok(name)
    };
    kept().map(|name| Run::of(&name, runs)).map_err(|error| refused(&error))
}

/// Whether two runs perform the same with the same arguments.
fn is_same(one: &Beginning, other: &Beginning) -> bool {
    one.program == other.program
        && one.movement == other.movement
        && one.arguments == other.arguments
        && one.seats == other.seats
}

fn described(score: &str, movement: &str, file: &str) -> String {
    if *score == whole_path(file) {
        return format!("`{movement}` of {score} with other arguments, or of another state of it");
    }
    format!("`{movement}` of {score}")
}

fn whole_path(file: &str) -> String {
    if file == "-" {
        return file.to_owned();
    }
    std::path::absolute(Path::new(file)).map_or_else(|_| file.to_owned(), |path| path.display().to_string())
}
