//! `score repl`

use std::sync::Arc;

use miette::Diagnostic;

use super::exit::Exit;
use super::options::Repl;
use super::person::{self, Person};
use super::progress::Progress;
use super::terminal;
use crate::base::SourceMap;
use crate::instrument::Ask;
use crate::repl::{self, Attendants, Desk, End};
use crate::report::Look;

/// Runs a session at this terminal.
pub(super) fn repl(options: &Repl) -> Exit {
    for wrong in crate::keys::open(&super::run::folder_of(options.file.as_deref().unwrap_or("-"))) {
        terminal::note(&wrong);
    }
    match repl::run(&Terminal, options.file.as_deref()) {
        End::Done => Exit::Done,
        End::Failed | End::Broken => Exit::Failed,
        End::Source => Exit::Source,
        End::Interrupted => Exit::Interrupted,
    }
}

/// This terminal.
struct Terminal;

impl Desk for Terminal {
    fn is_watched(&self) -> bool {
        terminal::somebody_there()
    }

    fn look(&self) -> Look {
        terminal::look()
    }

    fn result(&self, text: &str) -> std::io::Result<()> {
        terminal::result(text)
    }

    fn note(&self, line: &str) {
        terminal::note(line);
    }

    fn problems(&self, problems: &[&dyn Diagnostic], sources: &SourceMap) {
        terminal::problems(problems, sources);
    }

    fn edit(&self, draft: &str) -> Result<String, String> {
        person::edit(draft, ".score")
    }

    fn attend(&self) -> Attendants {
        let progress = Arc::new(Progress::new(false, false));
        let person =
            terminal::somebody_there().then(|| Arc::new(Person::new(progress.clone())) as Arc<dyn Ask>);
        let over = progress.clone();
        Attendants { view: progress, people: person, leave: Box::new(move || over.clear_all()) }
    }
}
