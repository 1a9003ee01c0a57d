//! How a failed run is shown: at the call in the source, with what was sent and what came back.

use std::fmt;

use miette::{Diagnostic, LabeledSpan};

use super::terminal;
use crate::base::SourceMap;
use crate::engine::Report;
use crate::engine::evaluate::Failed;

/// Shows why a run failed.
pub(super) fn show(report: &Report, sources: &SourceMap) {
    terminal::problems(&[report as &dyn Diagnostic], sources);
}

/// Shows why something could not even be computed before the run.
pub(super) fn show_failed(failed: &Failed, sources: &SourceMap) {
    terminal::problems(&[&Plain(failed) as &dyn Diagnostic], sources);
}

/// Shows it with the given function.
pub(super) fn with_plain(failed: &Failed, show: impl FnOnce(&dyn Diagnostic) -> String) -> String {
    show(&Plain(failed))
}

/// A failure with a place and nothing else.
struct Plain<'a>(&'a Failed);

impl fmt::Debug for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0, f)
    }
}

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.failure.message)
    }
}

impl std::error::Error for Plain<'_> {}

impl Diagnostic for Plain<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(format!("score::run::{}", self.0.failure.kind)))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.0.failure.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(std::iter::once(LabeledSpan::new_primary_with_span(None, self.0.span))))
    }
}
