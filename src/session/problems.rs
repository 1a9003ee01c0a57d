//! Diagnostics together with the texts they point into.

use miette::Diagnostic;

use crate::base::SourceMap;
use crate::report::Finding;

/// Everything that a stage found, in source order.
pub struct Problems {
    sources: SourceMap,
    found: Vec<Box<dyn Finding>>,
}

impl Problems {
    /// These diagnostics over these texts.
    pub(super) fn new<D>(sources: SourceMap, found: impl IntoIterator<Item = D>) -> Self
    where
        D: Finding + 'static,
    {
        let found = found.into_iter().map(|one| Box::new(one) as Box<dyn Finding>).collect();
        Self { sources, found }
    }

    /// Adds diagnostics, each at its place in the source.
    pub(super) fn add<D>(&mut self, more: impl IntoIterator<Item = D>)
    where
        D: Finding + 'static,
    {
        self.found.extend(more.into_iter().map(|one| Box::new(one) as Box<dyn Finding>));
        self.found.sort_by_cached_key(|one| place(&**one));
    }

    /// The diagnostics.
    pub fn diagnostics(&self) -> impl Iterator<Item = &dyn Diagnostic> {
        self.found.iter().map(|one| &**one as &dyn Diagnostic)
    }

    /// The same, with the edits that mend them.
    pub fn findings(&self) -> impl Iterator<Item = &dyn Finding> {
        self.found.iter().map(|one| &**one)
    }

    /// The texts they point into.
    #[must_use]
    pub const fn sources(&self) -> &SourceMap {
        &self.sources
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

/// Where a diagnostic stands; those without a place come first.
fn place(diagnostic: &dyn Diagnostic) -> Option<usize> {
    diagnostic.labels().and_then(|mut labels| labels.next()).map(|label| label.offset())
}

impl std::fmt::Debug for Problems {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(&self.found).finish()
    }
}
