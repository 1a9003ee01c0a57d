//! Where keys are found: in the environment; else in `.env` beside the score; else in the file that `score keys`
//! writes. What is in the environment is never overridden, and nothing found elsewhere is put there, so that no
//! program that a score starts inherits it.
//!
//! Like the environment, this is one for the whole process: [`open`] reads the files once, before a run.

mod env_file;
mod store;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

pub use store::{Trouble, location, remove, set};

/// The name of the file beside a score.
pub const ENV_FILE: &str = ".env";

/// Where a key was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    /// The environment.
    Environment,
    /// The `.env` at this path.
    EnvFile(PathBuf),
    /// The file that `score keys` writes, at this path.
    Store(PathBuf),
}

impl std::fmt::Display for From {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Environment => f.write_str("the environment"),
            Self::EnvFile(path) | Self::Store(path) => write!(f, "{}", path.display()),
        }
    }
}

/// A value, and where it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The value.
    pub value: String,
    /// Where.
    pub from: From,
}

/// Names and values of one file.
type Names = BTreeMap<String, String>;

#[derive(Debug, Default)]
struct Files {
    env_file: Option<(PathBuf, Names)>,
    store: Option<(PathBuf, Names)>,
}

static FILES: RwLock<Files> = RwLock::new(Files { env_file: None, store: None });

/// Reads the `.env` in a score's folder, and the file of `score keys`. Gives what is wrong with them, in sentences;
/// what is not wrong counts all the same.
pub fn open(folder: &Path) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut files = Files::default();
    let path = if folder == Path::new(".") { PathBuf::from(ENV_FILE) } else { folder.join(ENV_FILE) };
    match std::fs::read_to_string(&path) {
        Ok(text) => files.env_file = Some((path.clone(), read(&path, &text, &mut wrong))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => wrong.push(format!("{} can't be read: {error}.", path.display())),
    }
    if let Some(path) = location() {
        match store::read(&path) {
            Ok(Some(text)) => files.store = Some((path.clone(), read(&path, &text, &mut wrong))),
            Ok(None) => {}
            Err(trouble) => wrong.push(trouble.to_string()),
        }
    }
    *FILES.write().unwrap_or_else(PoisonError::into_inner) = files;
    wrong
}

fn read(path: &Path, text: &str, wrong: &mut Vec<String>) -> Names {
    let (names, lines) = env_file::read(text);
    wrong.extend(lines.into_iter().map(|(line, why)| format!("{}, line {line}: {why}.", path.display())));
    names
}

/// The `.env` that was read, where others than its owner can read it too.
#[must_use]
pub fn exposed() -> Option<PathBuf> {
    let files = FILES.read().unwrap_or_else(PoisonError::into_inner);
    let (path, _) = files.env_file.as_ref()?;
    std::fs::metadata(path).is_ok_and(|about| store::is_open(&about)).then(|| path.clone())
}

/// The key of this name.
#[must_use]
pub fn find(name: &str) -> Option<Found> {
    variable(name).or_else(|| {
        let files = FILES.read().unwrap_or_else(PoisonError::into_inner);
        let (path, names) = files.store.as_ref()?;
        Some(Found { value: names.get(name)?.clone(), from: From::Store(path.clone()) })
    })
}

/// The variable of this name: a key, or anything else that is set in the environment or in `.env`.
#[must_use]
pub fn variable(name: &str) -> Option<Found> {
    if let Ok(value) = std::env::var(name) {
        return Some(Found { value, from: From::Environment });
    }
    let files = FILES.read().unwrap_or_else(PoisonError::into_inner);
    let (path, names) = files.env_file.as_ref()?;
    Some(Found { value: names.get(name)?.clone(), from: From::EnvFile(path.clone()) })
}

/// The names that the files hold, in order.
#[must_use]
pub fn names() -> Vec<String> {
    let files = FILES.read().unwrap_or_else(PoisonError::into_inner);
    let all = files.env_file.iter().chain(&files.store).flat_map(|(_, names)| names.keys().cloned());
    let mut all: Vec<String> = all.collect();
    all.sort();
    all.dedup();
    all
}

/// Whether a name is one that a shell takes for a variable.
#[must_use]
pub fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
