//! Loads a program: the score that was asked for, and every module that it brings in, each once.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::path::{folder, join};
use super::settings::{self, Settings};
use super::{Files, LOCK, LoadError, Lock, Module, Program, UseError, library, library_names, tools};
use crate::base::{Piece, Span, did_you_mean};
use crate::syntax::ast::{Ident, Item, ItemKind, Use};
use crate::syntax::{ParseError, parse};

/// A program with what is wrong with its texts.
#[derive(Debug, Default)]
pub struct Loaded {
    /// What could be loaded.
    pub program: Program,
    /// What the `score.toml` of the first module says.
    pub settings: Settings,
    /// Syntax errors of all modules.
    pub broken: Vec<ParseError>,
    /// What `score.lock` says, where MCP instruments need it.
    pub lock: Lock,
    /// What is wrong with `use`, `score.toml` and `score.lock`.
    pub wrong: Vec<UseError>,
}

/// Loads a score whose text is known, and all that it brings in.
#[must_use]
pub fn load(files: &dyn Files, path: &str, text: impl Into<Arc<str>>) -> Loaded {
    load_entries(files, path, text, &[])
}

/// Loads a score whose text is known, with what was entered at a prompt since: items that take the places of those
/// with the same names.
#[must_use]
pub fn load_entries(files: &dyn Files, path: &str, text: impl Into<Arc<str>>, entries: &[Piece]) -> Loaded {
    let mut loader = Loader {
        entries,
        files,
        loaded: Loaded::default(),
        homes: Vec::new(),
        known: HashMap::new(),
        settings: HashMap::new(),
        open: Vec::new(),
    };
    let home = if path == "-" { "./-" } else { path };
    loader.known.insert(files.identity(path), 0);
    loader.module(path, Home::Folder(home.to_owned()), text.into());
    if let Some(settings) = loader.settings_for(home) {
        loader.loaded.settings = settings;
    }
    loader.lock(home);
    loader.loaded
}

/// Where a module comes from.
#[derive(Clone)]
enum Home {
    /// A file with this path.
    Folder(String),
    /// The standard library.
    Library,
}

struct Loader<'f> {
    files: &'f dyn Files,
    /// What was entered at a prompt, for the first module.
    entries: &'f [Piece],
    loaded: Loaded,
    /// By module.
    homes: Vec<Home>,
    /// Modules by what tells them apart.
    known: HashMap<String, usize>,
    /// What was read of `score.toml`s, by path.
    settings: HashMap<String, Settings>,
    /// Modules that are being loaded, outermost first.
    open: Vec<usize>,
}

impl Loader<'_> {
    /// Parses a module, then loads those that it brings in.
    fn module(&mut self, name: &str, home: Home, text: Arc<str>) -> usize {
        let program = &mut self.loaded.program;
        let source = program.sources.add(name, text);
        let mut parsed = parse::parse(source, program.sources.file(source), &mut program.ids);
        let at = program.modules.len();
        if at == 0 {
            for entry in self.entries {
                let source = program.sources.add_piece(entry);
                let entry = parse::parse(source, program.sources.file(source), &mut program.ids);
                self.loaded.broken.extend(entry.errors);
                replace(&mut parsed.file.items, entry.file.items);
            }
        }
        self.loaded.broken.extend(parsed.errors);
        let uses: Vec<_> = parsed
            .file
            .items
            .iter()
            .filter_map(|item| match &item.kind {
                ItemKind::Use(used) => Some((item.id, used.clone())),
                _ => None,
            })
            .collect();
        program.modules.push(Module { name: Arc::from(name), file: parsed.file, uses: HashMap::new() });
        self.homes.push(home);
        self.open.push(at);
        for (id, used) in uses {
            if let Some(target) = self.used(at, &used) {
                self.loaded.program.modules[at].uses.insert(id, target);
            }
        }
        self.open.pop();
        at
    }

    /// The module that a `use` names.
    fn used(&mut self, at: usize, used: &Use) -> Option<usize> {
        let path = &*used.path;
        let span = used.path_span;
        if let Some(name) = path.strip_prefix("std/") {
            return self.from_library(path, name, span);
        }
        match self.homes[at].clone() {
            Home::Library => self.from_library(path, path.trim_start_matches("./"), span),
            Home::Folder(home) if path.starts_with("./") || path.starts_with("../") => {
                self.from_file(path, &join(folder(&home), &format!("{path}.score")), span)
            }
            Home::Folder(home) => self.from_package(&home, path, span),
        }
    }

    fn from_library(&mut self, path: &str, name: &str, span: Span) -> Option<usize> {
        let Some(text) = library(name) else {
            let help = match did_you_mean(name, library_names()) {
                Some(meant) => format!("Did you mean `std/{meant}`?"),
                None => {
                    format!("The standard library has {}.", library_names().collect::<Vec<_>>().join(", "))
                }
            };
            self.loaded.wrong.push(UseError::UnknownModule { path: path.to_owned(), help, span });
            return None;
        };
        let shown = format!("std/{name}.score");
        self.once(format!("std:{name}"), span, |loader| {
            Some(loader.module(&shown, Home::Library, Arc::from(text)))
        })
    }

    fn from_file(&mut self, path: &str, file: &str, span: Span) -> Option<usize> {
        self.once(self.files.identity(file), span, |loader| match loader.files.source(file) {
            Ok(text) => Some(loader.module(file, Home::Folder(file.to_owned()), Arc::from(text))),
            Err(error) => {
                let error = loader.unreadable(path, file, span, &error);
                loader.loaded.wrong.push(error);
                None
            }
        })
    }

    fn unreadable(&self, path: &str, file: &str, span: Span, error: &LoadError) -> UseError {
        use miette::Diagnostic as _;

        let path = path.to_owned();
        if !matches!(error, LoadError::Missing { .. }) {
            let help = error.help().map(|help| help.to_string()).unwrap_or_default();
            return UseError::UnreadableModule { path, reason: error.to_string(), help, span };
        }
        let near = self.files.nearby(folder(file));
        let steps = path.rfind('/').map_or("", |at| &path[..=at]);
        let names: Vec<&str> = near.iter().map(|name| super::stem(name)).collect();
        let wanted = super::stem(file);
        let help = match did_you_mean(wanted, names.iter().copied()) {
            Some(meant) => format!("Did you mean `{steps}{meant}`?"),
            None if library(wanted).is_some() => format!("Did you mean `std/{wanted}`?"),
            None if names.is_empty() => {
                format!("There is no file {file}; paths are meant from the file they stand in.")
            }
            None => format!("There is no file {file}; beside it there is {}.", super::files::some(&near)),
        };
        UseError::UnknownModule { path, help, span }
    }

    fn from_package(&mut self, home: &str, path: &str, span: Span) -> Option<usize> {
        let (name, rest) = path.split_once('/').unwrap_or((path, ""));
        let settings = self.settings_for(home).unwrap_or_default();
        let Some(package) = settings.dependencies.iter().find(|package| package.name == name) else {
            // A package that is named, but not well, was complained of where it stands.
            if !self.complained_of(name) {
                let help = self.package_help(home, path, name, &settings);
                self.loaded.wrong.push(UseError::UnknownPackage { name: name.to_owned(), help, span });
            }
            return None;
        };
        let place = join(folder(&settings.path), &package.value);
        if rest.is_empty() {
            let near = self.files.nearby(&place);
            let module = near.first().map_or("MODULE", |first| super::stem(first));
            let help = format!("Name a module of the package: `use {name}/{module}`.");
            self.loaded.wrong.push(UseError::UnknownModule { path: path.to_owned(), help, span });
            return None;
        }
        self.from_file(path, &join(&place, &format!("{rest}.score")), span)
    }

    fn complained_of(&self, package: &str) -> bool {
        self.loaded.wrong.iter().any(|error| match error {
            UseError::RemotePackage { name, .. } => name == package,
            UseError::BadToml { .. } => true,
            _ => false,
        })
    }

    fn package_help(&self, home: &str, path: &str, name: &str, settings: &Settings) -> String {
        let file = format!("{}.score", path.rsplit('/').next().unwrap_or(path));
        if let Some(meant) = did_you_mean(name, settings.dependencies.iter().map(|one| &*one.name)) {
            return format!("Did you mean `{}`?", path.replacen(name, meant, 1));
        }
        if !path.contains('/') && self.files.nearby(folder(home)).contains(&file) {
            return format!("For the file beside this one write `use ./{path}`.");
        }
        if library(name).is_some() {
            return format!("The module of the standard library is `std/{name}`.");
        }
        format!(
            "A file beside this one is `./{name}`; a module of the standard library is `std/…`. A package stands in `score.toml`:\n\n[dependencies]\n{name} = {{ path = \"../{name}\" }}"
        )
    }

    /// Loads what is not loaded yet; what is being loaded goes in a circle.
    fn once(
        &mut self,
        identity: String,
        span: Span,
        make: impl FnOnce(&mut Self) -> Option<usize>,
    ) -> Option<usize> {
        if let Some(at) = self.known.get(&identity).copied() {
            let Some(begins) = self.open.iter().position(|open| *open == at) else { return Some(at) };
            let modules = &self.loaded.program.modules;
            let names: Vec<&str> =
                self.open[begins..].iter().chain([&at]).map(|at| &*modules[*at].name).collect();
            let path = names.join(" uses ");
            self.loaded.wrong.push(UseError::Cycle { path, span });
            return None;
        }
        // It is known from before its own inside is looked at: its number is the next.
        self.known.insert(identity.clone(), self.loaded.program.modules.len());
        let made = make(self);
        if made.is_none() {
            self.known.remove(&identity);
        }
        made
    }

    /// Reads the `score.lock` beside a score, if it has MCP instruments, and adds their tools.
    fn lock(&mut self, home: &str) {
        if tools::servers(&self.loaded.program).is_empty() {
            return;
        }
        let path = join(folder(home), LOCK);
        let found = self.files.source(&path);
        self.loaded.program.is_locked = !matches!(found, Err(LoadError::Missing { .. }));
        let (text, unreadable) = match found {
            Ok(text) => (text, None),
            Err(LoadError::Missing { .. } | LoadError::Empty { .. }) => (String::new(), None),
            Err(error) => (String::new(), Some(error.to_string())),
        };
        let source = self.loaded.program.sources.add(&*path, text);
        let file = self.loaded.program.sources.file(source).clone();
        self.loaded.lock = Lock::read(&file, &mut self.loaded.wrong);
        if let Some(reason) = unreadable {
            self.loaded.wrong.push(UseError::BadLock { reason, span: file.span() });
        }
        tools::serve(&mut self.loaded.program, &self.loaded.lock, source);
    }

    /// What `score.toml` says to a file.
    fn settings_for(&mut self, home: &str) -> Option<Settings> {
        let path = self.files.settings(home)?;
        if let Some(known) = self.settings.get(&path) {
            return Some(known.clone());
        }
        let read = match self.files.source(&path) {
            Ok(text) => {
                let source = self.loaded.program.sources.add(&*path, text);
                let file = self.loaded.program.sources.file(source).clone();
                let mut wrong = Vec::new();
                let read = settings::read(&file, &mut wrong);
                self.loaded.wrong.append(&mut wrong);
                read
            }
            Err(LoadError::Empty { .. }) => Settings { path: path.clone(), ..Settings::default() },
            Err(error) => {
                let source = self.loaded.program.sources.add(&*path, "");
                let span = self.loaded.program.sources.file(source).span();
                self.loaded.wrong.push(UseError::BadToml { reason: error.to_string(), span });
                Settings { path: path.clone(), ..Settings::default() }
            }
        };
        self.settings.insert(path, read.clone());
        Some(read)
    }
}

/// Adds items; those with the same names give way.
fn replace(items: &mut Vec<Item>, new: Vec<Item>) {
    items.retain(|item| !new.iter().any(|new| takes_place(new, item)));
    items.extend(new);
}

/// Whether an item that is entered takes the place of one that is there.
fn takes_place(new: &Item, old: &Item) -> bool {
    match (new.name(), old.name(), &new.kind, &old.kind) {
        (Some(new), Some(old), ..) => new.name == old.name,
        (_, _, ItemKind::Use(new), ItemKind::Use(old)) => {
            let named = |name: &Ident, shown: &Option<Ident>| {
                new.names.iter().any(|(other, as_other)| {
                    other.name == name.name
                        && as_other.as_ref().map(|name| &name.name) == shown.as_ref().map(|name| &name.name)
                })
            };
            let alias = |used: &Use| used.alias.as_ref().map(|alias| Arc::clone(&alias.name));
            new.path == old.path
                && alias(new) == alias(old)
                && old.names.iter().all(|(name, shown)| named(name, shown))
        }
        _ => false,
    }
}

/// The parts of a path that name a module twice are told apart by their whole path.
#[must_use]
pub fn module_names(program: &Program) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut twice = HashSet::new();
    for module in &program.modules {
        let stem = super::stem(&module.name);
        if !seen.insert(stem) {
            twice.insert(stem);
        }
    }
    let name = |module: &Module| {
        let stem = super::stem(&module.name);
        if twice.contains(stem) {
            module.name.strip_suffix(".score").unwrap_or(&module.name).to_owned()
        } else {
            stem.to_owned()
        }
    };
    program.modules.iter().map(name).collect()
}
