//! Diagnostics, shown: for people in a terminal, one line each for editors, JSON for programs. The only
//! place that uses miette's printer.

pub mod catalogue;
mod excerpt;
mod json;
mod short;
mod terminal;

use miette::{Diagnostic, LabeledSpan, Severity, SourceCode};

use crate::base::{Edit, SourceMap};

pub use terminal::Look;

/// A diagnostic that may know the edits that mend what it reports.
pub trait Finding: Diagnostic + Send + Sync {
    /// The edits; none where it is not sure what is meant.
    fn edits(&self) -> Vec<Edit> {
        Vec::new()
    }
}

/// How diagnostics are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// With the source around, for people.
    Full(Look),
    /// `file:line:column: error[code]: message`, one line each.
    Short,
}

/// Shows diagnostics in the order given, each ending in a line break.
#[must_use]
pub fn show(diagnostics: &[&dyn Diagnostic], sources: &SourceMap, style: Style) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        match style {
            Style::Full(look) => terminal::show(*diagnostic, sources, look, &mut out),
            Style::Short => short::show(*diagnostic, sources, &mut out),
        }
    }
    out
}

/// Findings as JSON, one object a line: for editors and programs, with the edits that mend them.
#[must_use]
pub fn json<'a>(findings: impl IntoIterator<Item = &'a dyn Finding>, sources: &SourceMap) -> String {
    findings.into_iter().fold(String::new(), |mut out, finding| {
        json::show(finding, sources, &mut out);
        out
    })
}

/// The word for how bad it is.
fn severity_word(diagnostic: &dyn Diagnostic) -> &'static str {
    match diagnostic.severity() {
        Some(Severity::Advice) => "advice",
        Some(Severity::Warning) => "warning",
        Some(Severity::Error) | None => "error",
    }
}

/// The labels of a diagnostic, the primary one first.
fn labels(diagnostic: &dyn Diagnostic) -> Vec<LabeledSpan> {
    let mut labels: Vec<LabeledSpan> = diagnostic.labels().into_iter().flatten().collect();
    if let Some(primary) = labels.iter().position(LabeledSpan::primary) {
        labels.swap(0, primary);
    }
    labels
}

/// A diagnostic together with the texts it points into.
struct Sourced<'a> {
    diagnostic: &'a dyn Diagnostic,
    sources: excerpt::Excerpt<'a>,
}

impl std::fmt::Debug for Sourced<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(self.diagnostic, f)
    }
}

impl std::fmt::Display for Sourced<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.diagnostic, f)
    }
}

impl std::error::Error for Sourced<'_> {}

impl Diagnostic for Sourced<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        self.diagnostic.code()
    }

    fn severity(&self) -> Option<Severity> {
        self.diagnostic.severity()
    }

    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        self.diagnostic.help()
    }

    fn url<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        self.diagnostic.url()
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.sources)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let labels = self.diagnostic.labels()?;
        Some(Box::new(labels.map(|label| excerpt::narrowed(label, self.sources.0))))
    }
}
