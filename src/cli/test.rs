//! `score test`

mod junit;

use std::time::{Duration, Instant};

use miette::Diagnostic;

use super::exit::Exit;
use super::options::Test;
use super::{failure, scores, terminal};
use crate::base::SourceMap;
use crate::load::Disk;
use crate::report::{self, Style};
use crate::session::{Flaw, Parsed, Planned, Problems};

/// What came of one test.
struct Result {
    file: String,
    name: String,
    took: Duration,
    /// What is said of it where it failed.
    flaw: Option<String>,
}

/// Performs the tests of all scores that are named or lie in folders that are.
pub(super) fn test(options: &Test) -> Exit {
    let files = match scores::files(&options.paths) {
        Ok(files) => files,
        Err(missing) => {
            terminal::note(&format!("{missing} is not there."));
            return Exit::Usage;
        }
    };
    let lines = options.report != "junit";
    let mut results = Vec::new();
    let mut broken = 0_usize;
    for file in &files {
        match planned(file) {
            Ok(planned) => perform(file, &planned, options.filter.as_deref(), lines, &mut results),
            Err(problems) => {
                broken += 1;
                let shown: Vec<&dyn Diagnostic> = problems.diagnostics().collect();
                terminal::problems(&shown, problems.sources());
            }
        }
    }
    if !lines && terminal::result(&junit::page(&results)).is_err() {
        return Exit::Failed;
    }
    conclude(&results, broken, options)
}

fn planned(file: &str) -> std::result::Result<Planned, Problems> {
    Parsed::read(&Disk, file)?.check()?.plan()
}

fn perform(file: &str, planned: &Planned, filter: Option<&str>, lines: bool, results: &mut Vec<Result>) {
    for test in planned.tests() {
        if filter.is_some_and(|filter| !test.name.contains(filter)) {
            continue;
        }
        let begun = Instant::now();
        let flaw = planned.test(test, &super::run::folder_of(file)).err();
        let took = begun.elapsed();
        let said = flaw.map(|flaw| said(&flaw, planned.sources()));
        if lines {
            let word = if said.is_some() { "FAILED" } else { "ok" };
            let _ = terminal::result(&format!("{file}: {} … {word}", test.name));
        }
        if let Some(said) = &said {
            terminal::note_part(said);
        }
        results.push(Result { file: file.to_owned(), name: test.name.to_string(), took, flaw: said });
    }
}

fn said(flaw: &Flaw, sources: &SourceMap) -> String {
    let show =
        |diagnostic: &dyn Diagnostic| report::show(&[diagnostic], sources, Style::Full(terminal::look()));
    match flaw {
        Flaw::Failed(found) => show(&**found),
        Flaw::Seats(failed) => failure::with_plain(failed, show),
        Flaw::CutOff => String::from("The test was cut off.\n"),
    }
}

fn conclude(results: &[Result], broken: usize, options: &Test) -> Exit {
    let failed = results.iter().filter(|result| result.flaw.is_some()).count();
    let passed = results.len() - failed;
    if broken > 0 {
        terminal::note(&format!(
            "{broken} score{} could not be checked.",
            if broken == 1 { "" } else { "s" }
        ));
    }
    if results.is_empty() && broken == 0 {
        terminal::note(&match &options.filter {
            Some(filter) => format!("No test has `{filter}` in its name."),
            None => String::from(
                "There are no tests here. A score has them as items: test \"it greets\" { expect hello(\"you\") != \"\" }",
            ),
        });
        return if options.filter.is_some() { Exit::Usage } else { Exit::Done };
    }
    terminal::note(&format!("{passed} passed, {failed} failed."));
    match (broken, failed) {
        (0, 0) => Exit::Done,
        (0, _) => Exit::Failed,
        _ => Exit::Source,
    }
}
