//! The front, stage by stage.

use std::collections::HashSet;
use std::sync::Arc;

use miette::Diagnostic;

use super::{Planned, Problems};
use crate::backend;
use crate::base::{Piece, SourceMap, Span};
use crate::check::{self, CheckError};
use crate::load::{self, Files, LoadError, Lock, NoFiles, Program, Settings, UseError};
use crate::plan::Plan;
use crate::resolve;
use crate::syntax::ast::{InstrumentItem, Item, ItemKind};
use crate::syntax::{ParseError, parse};

/// A source, as far as it reads as a score.
pub struct Parsed {
    pub(super) program: Program,
    /// Syntax errors: kept until the rest is checked, so that they hide no other.
    pub(super) broken: Vec<ParseError>,
    /// What is wrong with `use` and `score.toml`.
    pub(super) wrong: Vec<UseError>,
    settings: Settings,
    pub(super) lock: Lock,
}

impl Parsed {
    /// Reads and parses a file, and all that it brings in.
    ///
    /// # Errors
    /// If it can't be read. Its syntax errors are reported by [`Self::check`], with all others.
    pub fn read(files: &dyn Files, path: &str) -> Result<Self, Problems> {
        let text =
            files.source(path).map_err(|error: LoadError| Problems::new(SourceMap::default(), [error]))?;
        Ok(Self::with_files(files, path, text))
    }

    /// Parses a text that stands alone: it brings in the standard library only.
    #[must_use]
    pub fn text(name: &str, text: impl Into<Arc<str>>) -> Self {
        Self::with_files(&NoFiles, name, text)
    }

    /// Parses the text of a file, and all that it brings in.
    #[must_use]
    pub fn with_files(files: &dyn Files, path: &str, text: impl Into<Arc<str>>) -> Self {
        Self::with_entries(files, path, text, &[])
    }

    /// The same, with items that were entered at a prompt since.
    #[must_use]
    pub(super) fn with_entries(
        files: &dyn Files,
        path: &str,
        text: impl Into<Arc<str>>,
        entries: &[Piece],
    ) -> Self {
        let load::Loaded { program, settings, lock, broken, wrong } =
            load::load_entries(files, path, text, entries);
        Self { program, broken, wrong, settings, lock }
    }

    /// What `score.lock` says, where it has MCP instruments.
    #[must_use]
    pub const fn lock(&self) -> &Lock {
        &self.lock
    }

    /// What `score.toml` says of it.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Adds an instrument under a name that no score can write: what `--with` puts in a chair.
    ///
    /// # Errors
    /// If the expression has syntax errors.
    pub fn add_instrument(&mut self, name: &str, origin: &str, expression: &str) -> Result<(), Problems> {
        let source = self.program.sources.add(origin, expression);
        let file = self.program.sources.file(source).clone();
        let (value, errors) = parse::parse_expression(source, &file, &mut self.program.ids);
        let Some(value) = value.filter(|_| errors.is_empty()) else {
            return Err(Problems::new(self.program.sources.clone(), errors));
        };
        let span = file.span();
        let name = crate::syntax::ast::Ident { name: Arc::from(name), span };
        let item = Item {
            id: self.program.ids.fresh(),
            span,
            doc: String::new(),
            kind: ItemKind::Instrument(InstrumentItem { name, params: None, value }),
        };
        if let Some(module) = self.program.modules.first_mut() {
            module.file.items.push(item);
        }
        Ok(())
    }

    /// Resolves and checks it.
    ///
    /// # Errors
    /// If it has errors: all of them.
    pub fn check(self) -> Result<Checked, Problems> {
        let Self { program, broken, wrong, .. } = self;
        let sources = program.sources.clone();
        let whole = broken.is_empty() && wrong.is_empty();
        // Which tools there are is not known where the lock can't be used: that is said already.
        let unlocked = wrong.iter().any(|error| matches!(error, UseError::BadLock { .. }));
        let follows = |error: &CheckError| unlocked && matches!(error, CheckError::Tool(_));
        let lost = if broken.is_empty() { HashSet::new() } else { lost_names(&program) };
        let named =
            |backend: &&&'static dyn crate::instrument::Backend| !backend::is_internal(backend.name());
        let constructors: Vec<_> = backend::all().iter().filter(named).copied().collect();
        let (resolved, unresolved) = resolve::resolve(&program, &constructors);
        let (odd, unresolved): (Vec<_>, Vec<_>) =
            unresolved.into_iter().partition(resolve::ResolveError::is_warning);
        // What other modules are odd in is shown where they are checked themselves. In a broken score
        // nobody knows what is used.
        let odd = odd.into_iter().filter(|error| whole && is_own(error.span(), &sources)).collect();
        let mut problems = Problems::new(sources.clone(), broken);
        problems.add(wrong);
        problems.add(unresolved.into_iter().filter(|error| !names_one_of(error, &lost, &sources)));
        match check::check(program, resolved, &constructors) {
            Ok(checked) if problems.is_empty() => Ok(Checked { checked, odd }),
            Ok(_) => Err(problems),
            Err(errors) => {
                let odd = |span| whole && is_own(span, &sources);
                let errors = errors.into_iter().filter(|error| !follows(error));
                problems.add(errors.filter(|error| !error.is_warning() || odd(error.span())));
                Err(problems)
            }
        }
    }
}

/// Whether a place is in the score itself, not in what it brings in.
fn is_own(span: Span, sources: &SourceMap) -> bool {
    sources.files().first().is_some_and(|file| span.start <= file.span().end)
}

/// Names of items that were written but could not be parsed: that they are unknown is no error of its own.
fn lost_names(program: &Program) -> HashSet<String> {
    const HEADS: [&str; 19] = [
        "part ",
        "movement ",
        "type ",
        "instrument ",
        "function ",
        "def ",
        "fn ",
        "func ",
        "class ",
        "struct ",
        "interface ",
        "enum ",
        "client<llm> ",
        "let ",
        "const ",
        "var ",
        "val ",
        "pub fn ",
        "export function ",
    ];
    let lines = || program.sources.files().iter().flat_map(|file| file.text.lines());
    let imported = lines()
        .filter(|line| line.starts_with("import ") || line.starts_with("from "))
        .flat_map(|line| line.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')))
        .filter(|word| !word.is_empty())
        .map(str::to_owned);
    lines()
        .filter_map(|line| HEADS.iter().find_map(|head| line.strip_prefix(head)))
        .flat_map(|rest| {
            let name: String = rest
                .trim_start()
                .chars()
                .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
                .collect();
            // What is one of a value here may be written with a capital elsewhere.
            [name.to_lowercase(), name]
        })
        .chain(imported)
        .collect()
}

/// Whether a diagnostic is about one of these names.
fn names_one_of(diagnostic: &dyn Diagnostic, names: &HashSet<String>, sources: &SourceMap) -> bool {
    let Some(label) = diagnostic.labels().and_then(|mut labels| labels.next()) else { return false };
    let (Ok(start), Ok(end)) = (u32::try_from(label.offset()), u32::try_from(label.offset() + label.len()))
    else {
        return false;
    };
    names.contains(sources.text(Span::new(start, end)))
}

/// A score without errors.
pub struct Checked {
    pub(super) checked: check::Checked,
    /// What is odd in names.
    odd: Vec<resolve::ResolveError>,
}

impl Checked {
    /// What is worth a look though no error.
    #[must_use]
    pub fn warnings(self) -> Problems {
        let sources = self.checked.program.sources;
        let own = self.checked.warnings.into_iter().filter(|warning| is_own(warning.span(), &sources));
        let mut problems = Problems::new(sources.clone(), own);
        problems.add(self.odd);
        problems
    }

    /// Lowers it to a plan.
    ///
    /// # Errors
    /// Never for what users write; a defect of Score itself is reported as one.
    pub fn plan(self) -> Result<Planned, Problems> {
        match Plan::lower(&self.checked) {
            Ok(plan) => Ok(Planned { plan: Arc::new(plan), program: Arc::new(self.checked.program) }),
            Err(error) => Err(Problems::new(self.checked.program.sources, [error])),
        }
    }
}
