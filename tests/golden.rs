//! The goldens: small programs that say what Score does. A newcomer can read them as the specification.
//!
//! `tests/golden/<phase>/<topic>.score` is parsed, checked, planned and, under `run`, performed. A comment
//! `// error: CODE` (or `// warning: CODE`) asserts that a diagnostic with this code begins on the next line
//! that is no such comment; nothing may be reported that is not asserted. What is printed stands beside it in
//! `<topic>.expected`: the diagnostics as shown; of a performance what happened, in order, and the result;
//! under `test` what came of its tests; under `plan` the plan itself, under `outline` what `score plan` says of it.
//!
//! `SCORE_BLESS=1 cargo test --test golden` rewrites what is expected; read the diff before you keep it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use libtest_mimic::{Arguments, Failed, Trial};
use miette::Diagnostic;
use score_lang::backend;
use score_lang::base::SourceMap;
use score_lang::engine::Note;
use score_lang::instrument::CallId;
use score_lang::load::{Disk, Files, LoadError};
use score_lang::models::Prices;
use score_lang::plan::{Casting, Outline};
use score_lang::report::{Look, Style, show};
use score_lang::session::{Began, Ended, Flaw, Parsed, Performance, Planned, Problems, Seen, View};
use score_lang::value::to_json;

fn main() {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut trials = Vec::new();
    for phase in folders(&root) {
        for file in scores(&root.join(&phase)) {
            let name = format!("{phase}/{}", file.file_stem().unwrap_or_default().to_string_lossy());
            let phase = phase.clone();
            trials.push(Trial::test(name, move || golden(&phase, &file).map_err(Failed::from)));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn folders(root: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(root)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().filter(|entry| entry.path().is_dir())?.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

fn scores(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "score"))
        .collect();
    files.sort();
    files
}

fn golden(phase: &str, path: &Path) -> Result<(), String> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut out = String::new();
    let folder = Folder(path.parent().unwrap_or(Path::new(".")).to_owned());
    let mut sources = SourceMap::default();
    let found = match front(&folder, &name, &text) {
        Ok((planned, warnings)) => {
            sources.clone_from(warnings.sources());
            let found = diagnosed(&warnings, &mut out);
            let defects = planned.plan().defects();
            if !defects.is_empty() {
                return Err(format!("the plan is not sound: {defects:#?}\n{}", planned.plan().dump()));
            }
            match phase {
                "run" => perform(&planned, &mut out),
                "test" => test(&planned, &mut out),
                "plan" => out.push_str(&planned.plan().dump()),
                "outline" => outline(&planned, &mut out)?,
                _ => {}
            }
            found
        }
        Err(problems) => {
            sources.clone_from(problems.sources());
            diagnosed(&problems, &mut out)
        }
    };
    let wanted = wanted(&sources);
    if found != wanted {
        let missing: Vec<&String> = wanted.difference(&found).collect();
        let extra: Vec<&String> = found.difference(&wanted).collect();
        return Err(format!(
            "asserted but not reported: {missing:#?}\nreported but not asserted: {extra:#?}\n{out}"
        ));
    }
    compare(&path.with_extension("expected"), &out)
}

/// What `score plan` and `score plan --order` say of `main`, or of the only movement.
fn outline(planned: &Planned, out: &mut String) -> Result<(), String> {
    let seats = BTreeMap::new();
    let casting = Casting { backends: backend::all(), seats: &seats, prices: &Prices::default() };
    let movement = planned.movement(None).ok_or("no movement is the one to outline")?;
    let outline = Outline::of(planned.plan(), movement, casting, planned.sources()).ok_or("no outline")?;
    serde_json::to_string(&outline).map_err(|error| error.to_string())?;
    write!(out, "{}\n{}", outline.show(), outline.show_order()).map_err(|error| error.to_string())
}

fn front(folder: &Folder, name: &str, text: &str) -> Result<(Planned, Problems), Problems> {
    let warnings = Parsed::with_files(folder, name, text).check()?.warnings();
    let planned = Parsed::with_files(folder, name, text).check()?.plan()?;
    Ok((planned, warnings))
}

/// The folder of a golden. Modules that goldens bring in stand in folders of their own in it; the `score.toml`
/// of `topic.score` is `topic.toml`.
struct Folder(PathBuf);

impl Files for Folder {
    fn source(&self, path: &str) -> Result<String, LoadError> {
        Disk.source(&self.0.join(path).to_string_lossy()).map_err(|error| match error {
            LoadError::Missing { help, .. } => LoadError::Missing { path: path.to_owned(), help },
            LoadError::Empty { .. } => LoadError::Empty { path: path.to_owned() },
            other => other,
        })
    }

    fn nearby(&self, folder: &str) -> Vec<String> {
        Disk.nearby(&self.0.join(folder).to_string_lossy())
    }

    fn settings(&self, path: &str) -> Option<String> {
        let path = Path::new(path).with_extension("toml");
        self.0.join(&path).is_file().then(|| path.to_string_lossy().into_owned())
    }
}

/// `line: severity: code` of each diagnostic; what they look like is added to `out`.
fn diagnosed(problems: &Problems, out: &mut String) -> BTreeSet<String> {
    let all: Vec<&dyn Diagnostic> = problems.diagnostics().collect();
    out.push_str(&show(&all, problems.sources(), Style::Full(Look::PLAIN)));
    all.iter().map(|one| line_of(*one, problems.sources())).collect()
}

fn line_of(diagnostic: &dyn Diagnostic, sources: &SourceMap) -> String {
    let word = match diagnostic.severity() {
        Some(miette::Severity::Warning) => "warning",
        _ => "error",
    };
    let code = diagnostic.code().map(|code| code.to_string()).unwrap_or_default();
    let line = diagnostic.labels().and_then(|mut labels| labels.next()).and_then(|label| {
        let offset = u32::try_from(label.offset()).ok()?;
        let file = sources.file_at(offset)?;
        Some(format!("{}:{}", file.name, file.line_column(offset).0))
    });
    format!("{}: {word}: {code}", line.unwrap_or_else(|| "-".into()))
}

/// What all sources of a program assert.
fn wanted(sources: &SourceMap) -> BTreeSet<String> {
    sources.files().iter().flat_map(|file| asserted(&file.name, &file.text)).collect()
}

fn asserted(name: &str, text: &str) -> BTreeSet<String> {
    let mut pending: Vec<(&str, &str)> = Vec::new();
    let mut wanted = BTreeSet::new();
    for (at, line) in text.lines().enumerate() {
        let note = line.trim_start().strip_prefix("// ").or(line.strip_prefix("# "));
        let assertion = note
            .and_then(|note| note.split_once(": "))
            .filter(|(word, code)| (*word == "error" || *word == "warning") && code.starts_with("score::"));
        match assertion {
            Some((word, code)) => pending.push((word, code.trim())),
            None => wanted
                .extend(pending.drain(..).map(|(word, code)| format!("{name}:{}: {word}: {code}", at + 1))),
        }
    }
    wanted
}

/// What happens in a performance, a line each. Calls are named by where they stand.
#[derive(Default)]
struct Log(Mutex<Lines>);

#[derive(Default)]
struct Lines {
    paths: BTreeMap<CallId, Arc<str>>,
    lines: Vec<String>,
}

impl View for Log {
    fn see(&self, seen: Seen) {
        let Ok(mut log) = self.0.lock() else { return };
        let line = match seen {
            Seen::Began(Began { id, path, instrument, attempt, .. }) => {
                log.paths.insert(id, path.clone());
                let word = if attempt == 0 { "begins" } else { "again" };
                format!("{word} {path}, played by {instrument}")
            }
            Seen::Note(Note::Finished { id, .. }) => format!("done {}", log.path(id)),
            Seen::Note(Note::Called { id, tool, arguments, wrong }) => {
                let wrong = wrong.map_or(String::new(), |wrong| format!(": {wrong}"));
                format!("{} calls {tool} {arguments}{wrong}", log.path(id))
            }
            Seen::Note(Note::Tried { id, complaint, .. }) => format!("not {}: {complaint}", log.path(id)),
            Seen::Note(Note::Failed { id, failure, .. }) => {
                format!("failed {}: {}", log.path(id), failure.kind)
            }
            Seen::Note(Note::FellOver { id, failure, next }) => {
                format!("fell over {}: {}, {next} plays instead", log.path(id), failure.kind)
            }
            Seen::Note(Note::Cancelled { id }) => format!("cancelled {}", log.path(id)),
            Seen::Note(Note::MayCost { id, .. }) => format!("may cost {}", log.path(id)),
            Seen::Note(Note::Settled { id, .. }) => format!("settled {}", log.path(id)),
            Seen::Note(Note::Caught { report, .. }) => format!("caught {}: {report}", report.failure.kind),
            Seen::Note(Note::Said { text, .. }) => format!("said {text}"),
            Seen::Ending(acts) => format!("{acts} acts are let end"),
            Seen::Note(Note::Started { .. }) | Seen::Event(..) | Seen::Before(_) | Seen::GoesOn(_) => return,
        };
        log.lines.push(line);
    }

    fn live(&self) -> bool {
        false
    }
}

impl Lines {
    fn path(&self, id: CallId) -> Arc<str> {
        self.paths.get(&id).cloned().unwrap_or_else(|| "what never began".into())
    }
}

/// What comes of the tests of a score.
fn test(planned: &Planned, out: &mut String) {
    for test in planned.tests() {
        let word = match planned.test(test, Path::new("tests/golden/test")) {
            Ok(()) => String::from("ok\n"),
            Err(Flaw::Failed(report)) => {
                show(&[&*report as &dyn Diagnostic], planned.sources(), Style::Full(Look::PLAIN))
            }
            Err(Flaw::Seats(failed)) => format!("{}\n", failed.failure.message),
            Err(Flaw::CutOff) => String::from("cut off\n"),
        };
        let _ = write!(out, "test {}: {word}", test.name);
    }
}

fn perform(planned: &Planned, out: &mut String) {
    let Some(movement) = planned.movement(None) else {
        out.push_str("no movement\n");
        return;
    };
    let log = Arc::new(Log::default());
    let mut performance = Performance::new(planned, movement);
    performance.view(log.clone());
    let ended = performance.run();
    for line in log.0.lock().map(|log| log.lines.clone()).unwrap_or_default() {
        let _ = writeln!(out, "{line}");
    }
    match ended {
        Ok(Ended::Done(value)) => {
            let _ = writeln!(out, "= {}", to_json(&value));
        }
        Ok(Ended::Failed(report)) => {
            out.push_str(&show(&[&*report], planned.sources(), Style::Full(Look::PLAIN)));
        }
        Ok(Ended::Waiting(questions, _)) => {
            for question in questions {
                let _ = writeln!(out, "waiting for {} at {}", question.instrument.name, question.path);
            }
        }
        Ok(Ended::CutOff) => out.push_str("cut off\n"),
        Err(error) => {
            let _ = writeln!(out, "{error}");
        }
    }
}

fn compare(expected: &Path, out: &str) -> Result<(), String> {
    if std::env::var_os("SCORE_BLESS").is_some() {
        if out.is_empty() {
            let _ = fs::remove_file(expected);
            return Ok(());
        }
        return fs::write(expected, out).map_err(|error| error.to_string());
    }
    let wanted = fs::read_to_string(expected).unwrap_or_default();
    if wanted == out {
        return Ok(());
    }
    Err(format!("--- expected\n{wanted}\n--- found\n{out}\n(SCORE_BLESS=1 rewrites what is expected)"))
}
