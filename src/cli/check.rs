//! `score check`

use miette::Diagnostic;

use super::exit::Exit;
use super::options::Check;
use super::terminal;
use crate::load::Disk;
use crate::report::{self, Style};
use crate::session::Parsed;

/// Checks files; all their diagnostics are shown.
pub(super) fn check(options: &Check) -> Exit {
    let mut wrong = 0_usize;
    for file in &options.files {
        let problems = match Parsed::read(&Disk, file).and_then(Parsed::check) {
            Ok(checked) => checked.warnings(),
            Err(problems) => {
                wrong += 1;
                problems
            }
        };
        let shown: Vec<&dyn Diagnostic> = problems.diagnostics().collect();
        let show = |style| report::show(&shown, problems.sources(), style);
        match options.format.as_str() {
            "json" => {
                let _ = terminal::result_part(&report::json(problems.findings(), problems.sources()));
            }
            "short" => terminal::note_part(&show(Style::Short)),
            _ => terminal::note_part(&show(Style::Full(terminal::look()))),
        }
    }
    if wrong > 0 { Exit::Source } else { Exit::Done }
}
