//! What a session needs of the terminal it runs in.

use std::sync::Arc;

use miette::Diagnostic;

use crate::base::SourceMap;
use crate::instrument::Ask;
use crate::report::Look;
use crate::session::View;

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It was left.
    Done,
    /// What was entered failed.
    Failed,
    /// What was entered has errors.
    Source,
    /// It was interrupted.
    Interrupted,
    /// Its input could not be read.
    Broken,
}

/// The terminal, or what stands in its place.
pub trait Desk {
    /// Whether a person types: else all input is there already.
    fn is_watched(&self) -> bool;

    /// What it can show.
    fn look(&self) -> Look;

    /// Writes a result, and nothing else, to where results go.
    ///
    /// # Errors
    /// If it can't be written.
    fn result(&self, text: &str) -> std::io::Result<()>;

    /// Writes a line for the person.
    fn note(&self, line: &str);

    /// Shows diagnostics.
    fn problems(&self, problems: &[&dyn Diagnostic], sources: &SourceMap);

    /// Has the person edit a text.
    ///
    /// # Errors
    /// Why it was not edited, in a sentence.
    fn edit(&self, draft: &str) -> Result<String, String>;

    /// Who watches the next performance, and who is asked.
    fn attend(&self) -> Attendants;
}

/// Who is there while something is performed.
pub struct Attendants {
    /// Who watches.
    pub view: Arc<dyn View>,
    /// Who is asked, if anybody can be.
    pub people: Option<Arc<dyn Ask>>,
    /// What is to be done when it is over.
    pub leave: Box<dyn FnOnce()>,
}
