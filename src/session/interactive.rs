//! A session at a prompt: declarations that may be replaced, names with values, and what is entered next.
//!
//! Each entry becomes a movement of the score as it is then, which is checked, planned and performed like any other.
//! Names from earlier entries are its arguments: they keep their values and types; nothing is performed again.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use indexmap::IndexMap;

use super::kept::Kept;
use super::prepared::Prepared;
use super::{Parsed, Planned, Problems, Purse, Symbol};
use crate::base::{Name, NodeIds, Piece, SourceMap};
use crate::engine::{Memories, declared_memory};
use crate::instrument::Cache;
use crate::load::{Files, LoadError};
use crate::syntax::ast;
use crate::syntax::parse::{Entry, parse_entry};

/// The name of the last value.
pub const LAST: &str = "it";

/// A session at a prompt.
pub struct Session {
    pub(super) files: Box<dyn Files>,
    /// The file it began with, or the name of what stands in its place.
    pub(super) path: String,
    pub(super) text: Arc<str>,
    /// What was declared since.
    pub(super) entries: Vec<Piece>,
    pub(super) kept: IndexMap<Name, Kept>,
    /// Chairs and who was put there.
    pub(super) seats: Vec<(String, String)>,
    pub(super) rehearsal: bool,
    /// What all entries may cost.
    pub(super) purse: Option<Purse>,
    pub(super) cache: Arc<dyn Cache>,
    /// What instruments remember.
    pub(super) memories: Arc<Mutex<Memories>>,
    /// The score as it is now.
    pub(super) now: Planned,
    pub(super) runs: u64,
}

/// Why an entry was refused. The session is as it was.
#[derive(Debug)]
pub enum Refused {
    /// It has errors.
    Problems(Problems),
    /// Something else, in a sentence or two.
    Said(String),
}

impl From<Problems> for Refused {
    fn from(problems: Problems) -> Self {
        Self::Problems(problems)
    }
}

/// What an entry is.
pub enum Entered {
    /// Blanks or comments.
    Nothing,
    /// Declarations: they hold from now on.
    Declared(Declared),
    /// Something to be performed.
    Prepared(Box<Prepared>),
}

/// What an entry declared.
#[derive(Debug)]
pub struct Declared {
    /// What each is, and its name; of a `use` its path, of a test the name in it.
    pub items: Vec<(&'static str, String)>,
    /// Which of them took the place of another.
    pub replaced: Vec<Name>,
    /// Names with values that had to give way.
    pub forgotten: Vec<Name>,
    /// What is odd.
    pub warnings: Problems,
    /// The places of its tests among those of the score.
    pub tests: Vec<usize>,
}

impl Session {
    /// A session that begins with nothing but the standard library at hand.
    ///
    /// # Errors
    /// If the `score.toml` around it has errors.
    pub fn new(files: Box<dyn Files>, cache: Arc<dyn Cache>) -> Result<Self, Problems> {
        Self::with_text(files, cache, "-", Arc::from(""))
    }

    /// A session that begins with a score.
    ///
    /// # Errors
    /// If it can't be read or has errors.
    pub fn open(files: Box<dyn Files>, cache: Arc<dyn Cache>, path: &str) -> Result<Self, Problems> {
        let text = read(&*files, path)?;
        Self::with_text(files, cache, path, text)
    }

    fn with_text(
        files: Box<dyn Files>,
        cache: Arc<dyn Cache>,
        path: &str,
        text: Arc<str>,
    ) -> Result<Self, Problems> {
        let now = Parsed::with_entries(&*files, path, Arc::clone(&text), &[]).check()?.plan()?;
        Ok(Self {
            files,
            path: path.to_owned(),
            text,
            entries: Vec::new(),
            kept: IndexMap::new(),
            seats: Vec::new(),
            rehearsal: false,
            purse: None,
            cache,
            memories: Arc::default(),
            now,
            runs: 0,
        })
    }

    /// Puts another score in the place of all declarations; names keep their values unless it declares them.
    ///
    /// # Errors
    /// If it can't be read or has errors: then all is as it was.
    pub fn load(&mut self, path: &str) -> Result<Vec<Name>, Refused> {
        let text = read(&*self.files, path)?;
        self.now = Parsed::with_entries(&*self.files, path, Arc::clone(&text), &[]).check()?.plan()?;
        (self.path, self.text) = (path.to_owned(), text);
        self.entries.clear();
        self.memories.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.seats.retain(|(chair, _)| self.now.plan().instruments.iter().any(|one| *one.name == *chair));
        Ok(self.forget_namesakes())
    }

    /// Reads the score it began with again.
    ///
    /// # Errors
    /// If there is none, it can't be read or has errors.
    pub fn reload(&mut self) -> Result<Vec<Name>, Refused> {
        match self.file().map(str::to_owned) {
            Some(path) => self.load(&path),
            None => Err(Refused::Said(String::from("No file was loaded: `:load FILE` loads one."))),
        }
    }

    /// The score it began with, if it did.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        (self.path != "-").then_some(&*self.path)
    }

    /// The score as it is now.
    #[must_use]
    pub const fn now(&self) -> &Planned {
        &self.now
    }

    /// Names with their values, in the order in which they got them.
    pub fn values(&self) -> impl Iterator<Item = (&Name, &Kept)> {
        self.kept.iter()
    }

    /// Who was put into which chair.
    #[must_use]
    pub fn seats(&self) -> &[(String, String)] {
        &self.seats
    }

    /// Whether stand-ins play.
    #[must_use]
    pub const fn is_rehearsal(&self) -> bool {
        self.rehearsal
    }

    /// Has stand-ins play, or not.
    pub fn rehearse(&mut self, rehearsal: bool) {
        self.rehearsal = rehearsal;
    }

    /// Takes an entry. Declarations hold at once; anything else is made ready to be performed.
    ///
    /// # Errors
    /// If it has errors, or makes others: then all is as it was.
    pub fn enter(&mut self, entry: &Piece) -> Result<Entered, Refused> {
        let mut sources = SourceMap::default();
        let source = sources.add_piece(entry);
        let parsed = parse_entry(source, sources.file(source), &mut NodeIds::default());
        if !parsed.errors.is_empty() {
            return Err(Problems::new(sources, parsed.errors).into());
        }
        match parsed.entry {
            Entry::Items(file) => self.declare(entry, &file).map(Entered::Declared),
            Entry::Statements(statements) if statements.is_empty() => Ok(Entered::Nothing),
            Entry::Statements(_) => self.prepare(entry).map(|prepared| Entered::Prepared(Box::new(prepared))),
        }
    }

    fn declare(&mut self, entry: &Piece, file: &ast::File) -> Result<Declared, Refused> {
        let mut entries = self.entries.clone();
        entries.push(entry.clone());
        let parsed = Parsed::with_entries(&*self.files, &self.path, Arc::clone(&self.text), &entries);
        let place = parsed.place_of(entries.len());
        let checked = parsed.check()?;
        let warnings = checked.odd_in(place);
        let before: Vec<Name> = self.now.names();
        self.now = checked.plan()?;
        self.entries = entries;
        // Who is declared anew has heard nothing yet.
        let mut memories = self.memories.lock().unwrap_or_else(PoisonError::into_inner);
        for name in file.items.iter().filter_map(ast::Item::name) {
            memories.remove(&declared_memory(&name.name));
        }
        drop(memories);
        let tests = self.now.tests().iter().enumerate();
        let tests = tests.filter(|(_, test)| place.contains(test.span)).map(|(at, _)| at).collect();
        let names = file.items.iter().filter_map(|item| item.name().map(|name| Arc::clone(&name.name)));
        Ok(Declared {
            items: file.items.iter().map(item_title).collect(),
            replaced: names.filter(|name| before.contains(name)).collect(),
            forgotten: self.forget_namesakes(),
            warnings,
            tests,
        })
    }

    /// Forgets values whose names are those of items now.
    fn forget_namesakes(&mut self) -> Vec<Name> {
        let items = self.now.names();
        let gone: Vec<Name> = self.kept.keys().filter(|name| items.contains(name)).cloned().collect();
        for name in &gone {
            self.forget(name);
        }
        gone
    }

    /// Forgets a value, and with it functions that use it.
    pub(super) fn forget(&mut self, name: &Name) -> Vec<Name> {
        self.kept.shift_remove(name);
        let users = self
            .kept
            .iter()
            .filter(|(_, kept)| kept.source.as_ref().is_some_and(|(_, uses)| uses.contains(name)));
        let users: Vec<Name> = users.map(|(name, _)| Arc::clone(name)).collect();
        for user in &users {
            self.kept.shift_remove(user);
        }
        users
    }

    /// A declaration as it was written, with its documentation.
    #[must_use]
    pub fn source_of(&self, name: &str) -> Option<String> {
        self.now.source_of(name)
    }

    /// What is in a module that could be brought in here: `std/review`, `./house`.
    #[must_use]
    pub fn members_of(&self, module: &str) -> Vec<Symbol> {
        let entry = Piece { name: "use".into(), text: format!("use {module} as it_").into(), first_line: 1 };
        let parsed = Parsed::with_entries(&*self.files, &self.path, Arc::clone(&self.text), &[entry]);
        parsed.members_of_last_use()
    }

    /// Puts another instrument into a chair.
    ///
    /// # Errors
    /// If there is no such chair, or the expression is no instrument.
    pub fn seat(&mut self, chair: &str, expression: &str) -> Result<(), Refused> {
        let known: Vec<&str> = self.now.plan().instruments.iter().map(|one| &*one.name).collect();
        if !known.contains(&chair) {
            let hint = match crate::base::did_you_mean(chair, known.iter().copied()) {
                Some(meant) => format!("Did you mean `{meant}`?"),
                None if known.is_empty() => String::from("None is declared."),
                None => format!("There is {}.", known.join(", ")),
            };
            return Err(Refused::Said(format!("There is no instrument `{chair}`. {hint}")));
        }
        let before = self.seats.clone();
        self.seats.retain(|(known, _)| known != chair);
        self.seats.push((chair.to_owned(), expression.to_owned()));
        let tried = Piece { name: Arc::from(":with"), text: Arc::from("nothing"), first_line: 1 };
        if let Err(refused) = self.prepare(&tried) {
            self.seats = before;
            return Err(refused);
        }
        Ok(())
    }

    /// Has everybody sit in their own chair again.
    pub fn unseat(&mut self, chair: &str) -> bool {
        let before = self.seats.len();
        self.seats.retain(|(known, _)| known != chair);
        self.seats.len() < before
    }

    /// The folder that relative paths are meant from.
    #[must_use]
    pub fn folder(&self) -> Arc<Path> {
        let folder = Path::new(&self.path).parent().filter(|folder| !folder.as_os_str().is_empty());
        Arc::from(folder.unwrap_or(Path::new(".")))
    }

    /// All declarations as one text: the score it began with, and what was entered since in its place.
    #[must_use]
    pub fn declarations(&self) -> String {
        Parsed::with_entries(&*self.files, &self.path, Arc::clone(&self.text), &self.entries)
            .declarations(&self.text)
    }
}

fn read(files: &dyn Files, path: &str) -> Result<Arc<str>, Problems> {
    let text = files.source(path).map_err(|error: LoadError| Problems::new(SourceMap::default(), [error]))?;
    Ok(Arc::from(text))
}

fn item_title(item: &ast::Item) -> (&'static str, String) {
    let name = item.name().map(|name| name.name.to_string()).unwrap_or_default();
    match &item.kind {
        ast::ItemKind::Use(used) => ("use", used.path.to_string()),
        ast::ItemKind::Type(_) => ("type", name),
        ast::ItemKind::Instrument(_) => ("instrument", name),
        ast::ItemKind::Part(_) => ("part", name),
        ast::ItemKind::Movement(_) => ("movement", name),
        ast::ItemKind::Test(_) => ("test", String::new()),
    }
}
