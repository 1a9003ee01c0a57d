//! The folder in which runs are kept: a folder for each, called by its name.

use std::collections::hash_map::RandomState;
use std::ffi::OsString;
use std::fs;
use std::hash::{BuildHasher as _, Hasher as _};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::store::sync_folder;
use super::{Glance, JournalError, Reader, sqlite};
use crate::base::{did_you_mean, user_folder};

/// The run that began last.
pub(super) const LAST: &str = "@last";

/// The folder in which runs are kept.
#[derive(Clone, Debug)]
pub struct Shelf {
    root: PathBuf,
}

/// A run that was found.
#[derive(Debug)]
pub struct Found {
    /// Its name.
    pub name: String,
    /// What can be seen of it at a glance, or why nothing can.
    pub glance: Result<Glance, JournalError>,
    /// Who performs it now.
    pub owner: Option<String>,
}

impl Shelf {
    /// The runs in this folder.
    #[must_use]
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The runs of the user: in the folder that is given, else in the state folder of this system.
    ///
    /// # Errors
    /// If there is no such folder: neither it nor HOME is known.
    pub fn of_user(
        given: Option<PathBuf>,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, JournalError> {
        let state = || user_folder(&variable, "XDG_STATE_HOME", ".local/state");
        let root = given.or_else(|| Some(state()?.join("score/runs"))).ok_or(JournalError::NoPlace)?;
        Ok(Self { root })
    }

    /// Where it is.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of a run.
    #[must_use]
    pub fn folder(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Makes a place for a new run of this score, under a name of its own.
    ///
    /// # Errors
    /// If it can't be made.
    pub fn fresh(&self, score: &str) -> Result<String, JournalError> {
        let stem = Path::new(score).file_stem().and_then(|stem| stem.to_str()).unwrap_or("score");
        let stem: String =
            stem.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect();
        let stem = if stem.is_empty() { "score" } else { &stem[..stem.len().min(40)] };
        loop {
            let chance = RandomState::new().build_hasher().finish() & 0xffff;
            let name = format!("{stem}-{}-{chance:04x}", Timestamp::now().strftime("%Y%m%d-%H%M%S"));
            if self.make(&name)? {
                return Ok(name);
            }
        }
    }

    /// Makes a place for a run of this name, unless it is there; says whether it is new.
    ///
    /// # Errors
    /// If the name can't be one, or the folder can't be made.
    pub fn place(&self, name: &str) -> Result<bool, JournalError> {
        if !is_name(name) {
            return Err(JournalError::BadName { run: name.to_owned() });
        }
        self.make(name)
    }

    fn make(&self, name: &str) -> Result<bool, JournalError> {
        let failed = |error: std::io::Error| {
            JournalError::not_written(format!("{} can't be made: {error}", self.folder(name).display()))
        };
        fs::create_dir_all(&self.root).map_err(failed)?;
        match fs::create_dir(self.folder(name)) {
            Ok(()) => sync_folder(&self.root).map_err(failed).map(|()| true),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(failed(error)),
        }
    }

    /// The names of all runs, sorted.
    ///
    /// # Errors
    /// If the folder can't be read. One that is not there holds none.
    pub fn names(&self) -> Result<Vec<String>, JournalError> {
        let entries = match fs::read_dir(&self.root) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(JournalError::not_read(&self.root, error)),
        };
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| is_name(name) && self.folder(name).join("lock").exists())
            .collect();
        names.sort();
        Ok(names)
    }

    /// The run that is meant by a name or `@last`.
    ///
    /// # Errors
    /// If there is none.
    pub fn find(&self, meant: &str) -> Result<String, JournalError> {
        if meant == LAST {
            let began = |name: &String| sqlite::began(&self.folder(name));
            let last = self.names()?.into_iter().filter_map(|name| Some((began(&name)?, name))).max();
            return last.map(|(_, name)| name).ok_or_else(|| self.unknown(meant, None));
        }
        let names = self.names()?;
        if names.iter().any(|name| name == meant) {
            return Ok(meant.to_owned());
        }
        let near = did_you_mean(meant, names.iter().map(String::as_str)).map(str::to_owned);
        Err(self.unknown(meant, near))
    }

    fn unknown(&self, run: &str, meant: Option<String>) -> JournalError {
        JournalError::UnknownRun { run: run.to_owned(), meant, place: self.root.display().to_string() }
    }

    /// All runs, the one that began last first; those that can't be read come after. Nothing is held against the chain
    /// of hashes for it.
    ///
    /// # Errors
    /// If the folder can't be read.
    pub fn all(&self) -> Result<Vec<Found>, JournalError> {
        let mut all: Vec<Found> = self.names()?.into_iter().map(|name| self.look(name)).collect();
        all.sort_by_key(|found| std::cmp::Reverse(found.glance.as_ref().map_or(None, |seen| seen.began)));
        Ok(all)
    }

    fn look(&self, name: String) -> Found {
        let folder = self.folder(&name);
        let owner = super::owner::Lock::held(&folder.join("lock"));
        let glance = match sqlite::glance(&folder) {
            // It is just being made, or whoever was about to make it died.
            Err(JournalError::NotAJournal { .. } | JournalError::NotRead { .. })
                if owner.is_some() || is_unwritten(&folder) =>
            {
                Ok(Glance::default())
            }
            seen => seen,
        };
        Found { name, glance, owner }
    }

    /// Copies a run, under a name of its own where none is given.
    ///
    /// # Errors
    /// If there is a run of this name, or the copy can't be made.
    pub fn fork(&self, name: &str, copy: &str) -> Result<String, JournalError> {
        let from = self.folder(name);
        let reader = Reader::open(&from)?;
        let past = reader.past()?;
        let copy = if copy.is_empty() {
            self.fresh(&past.latest.score)?
        } else if self.place(copy)? {
            copy.to_owned()
        } else {
            let what = format!("`{}` of {}", past.latest.movement, past.latest.score);
            return Err(JournalError::NameTaken { run: copy.to_owned(), what });
        };
        reader.copy(&self.folder(&copy).join("journal.db"))?;
        copy_folder(&from.join("store"), &self.folder(&copy).join("store"))
            .map_err(JournalError::not_written)?;
        Ok(copy)
    }

    /// Removes a run that nobody performs.
    ///
    /// # Errors
    /// If somebody performs it, or it can't be removed.
    pub fn remove(&self, name: &str) -> Result<(), JournalError> {
        let folder = self.folder(name);
        let _lock = super::owner::Lock::take(&folder.join("lock"), name)?;
        fs::remove_dir_all(&folder).map_err(|error| {
            JournalError::not_written(format!("{} can't be removed: {error}", folder.display()))
        })
    }
}

/// Copies the files of a folder, if it is there.
fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    let entries = match fs::read_dir(from) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    fs::create_dir_all(to)?;
    for entry in entries {
        let entry = entry?;
        let place = to.join(entry.file_name());
        // They never change: the same file will do where the system can.
        fs::hard_link(entry.path(), &place).or_else(|_| fs::copy(entry.path(), &place).map(|_| ()))?;
    }
    sync_folder(to)
}

/// Whether nothing was ever recorded in a run's folder.
fn is_unwritten(folder: &Path) -> bool {
    let is_empty = |name: &str| {
        fs::metadata(folder.join(name))
            .map_or_else(|error| error.kind() == ErrorKind::NotFound, |about| about.len() == 0)
    };
    is_empty("journal.db") && is_empty("head")
}

fn is_name(name: &str) -> bool {
    name.len() <= 100
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        && name.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric)
}
