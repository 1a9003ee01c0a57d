//! Where source texts come from.

use std::io::{ErrorKind, Read as _};
use std::path::Path;

use super::LoadError;
use crate::base::did_you_mean;

/// The most bytes that a source may have.
pub const MAX_SOURCE: u64 = 64 * 1024 * 1024;

/// Gives source texts. The only way in which the front sees files.
pub trait Files {
    /// The text of a source.
    ///
    /// # Errors
    /// If there is none, or it is no UTF-8 text of a bearable size.
    fn source(&self, path: &str) -> Result<String, LoadError>;

    /// What tells a file apart from all others, however its path is written.
    fn identity(&self, path: &str) -> String {
        path.to_owned()
    }

    /// The names of scores in a folder, for guesses at what was meant.
    fn nearby(&self, folder: &str) -> Vec<String>;

    /// The path of the `score.toml` that holds for a score: beside it, or in the nearest folder above.
    fn settings(&self, path: &str) -> Option<String>;
}

/// No files at all: for texts that stand alone. The standard library is there all the same.
#[derive(Debug, Default, Clone, Copy)]
pub struct NoFiles;

impl Files for NoFiles {
    fn source(&self, path: &str) -> Result<String, LoadError> {
        let help = String::from("This text stands alone: save it as a file to bring in others.");
        Err(LoadError::Missing { path: path.to_owned(), help })
    }

    fn nearby(&self, _folder: &str) -> Vec<String> {
        Vec::new()
    }

    fn settings(&self, _path: &str) -> Option<String> {
        None
    }
}

/// The files of this machine; `-` is the standard input.
#[derive(Debug, Default, Clone, Copy)]
pub struct Disk;

impl Files for Disk {
    fn source(&self, path: &str) -> Result<String, LoadError> {
        let bytes = if path == "-" { read_all(&mut std::io::stdin().lock(), path)? } else { open(path)? };
        let text = String::from_utf8(bytes).map_err(|error| {
            let offset = error.utf8_error().valid_up_to();
            let before = String::from_utf8_lossy(&error.as_bytes()[..offset]);
            let line = before.matches('\n').count() + 1;
            LoadError::NotUtf8 { path: path.to_owned(), offset, line }
        })?;
        if text.trim().is_empty() {
            return Err(LoadError::Empty { path: path.to_owned() });
        }
        Ok(text)
    }

    fn identity(&self, path: &str) -> String {
        std::fs::canonicalize(path).map_or_else(|_| path.to_owned(), |path| path.display().to_string())
    }

    fn nearby(&self, folder: &str) -> Vec<String> {
        scores_in(Path::new(folder))
    }

    fn settings(&self, path: &str) -> Option<String> {
        let folder = std::path::absolute(super::path::folder(path)).ok()?;
        let folder = std::fs::canonicalize(&folder).unwrap_or(folder);
        let found = folder.ancestors().map(|folder| folder.join("score.toml")).find(|file| file.is_file())?;
        Some(from_here(&found))
    }
}

/// A path as it is written from the folder that the command runs in.
fn from_here(path: &Path) -> String {
    let Some(here) = std::env::current_dir().ok().and_then(|here| std::fs::canonicalize(here).ok()) else {
        return path.display().to_string();
    };
    for (up, above) in here.ancestors().enumerate() {
        // Above all folders of one's own the whole path is the clearer one.
        if above.parent().is_none() {
            break;
        }
        if let Ok(rest) = path.strip_prefix(above) {
            return format!("{}{}", "../".repeat(up), rest.display());
        }
    }
    path.display().to_string()
}

fn open(path: &str) -> Result<Vec<u8>, LoadError> {
    let place = Path::new(path);
    if place.is_dir() {
        let help = match scores_in(place).as_slice() {
            [] => format!("Name a file in it: {path}/NAME.score"),
            found => format!("In it there is {}.", some(found)),
        };
        return Err(LoadError::Directory { path: path.to_owned(), help });
    }
    let mut file = std::fs::File::open(place).map_err(|error| match error.kind() {
        ErrorKind::NotFound => missing(place),
        _ => LoadError::Unreadable { path: path.to_owned(), reason: error.to_string() },
    })?;
    read_all(&mut file, path)
}

fn read_all(from: &mut dyn std::io::Read, path: &str) -> Result<Vec<u8>, LoadError> {
    let mut bytes = Vec::new();
    from.take(MAX_SOURCE + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| LoadError::Unreadable { path: path.to_owned(), reason: error.to_string() })?;
    if bytes.len() as u64 > MAX_SOURCE {
        return Err(LoadError::TooBig { path: path.to_owned(), bytes: bytes.len() as u64 });
    }
    Ok(bytes)
}

fn missing(place: &Path) -> LoadError {
    let path = place.display().to_string();
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let near = scores_in(folder);
    let name = place.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let help = match did_you_mean(&name, near.iter().map(String::as_str)) {
        Some(meant) => format!("Did you mean {}?", folder.join(meant).display()),
        None if near.is_empty() => format!("There is no .score file in {}.", folder.display()),
        None => format!("In {} there is {}.", folder.display(), some(&near)),
    };
    LoadError::Missing { path, help }
}

/// The score files of a folder, sorted.
fn scores_in(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "score"))
        .collect();
    names.sort();
    names
}

/// The first eight of some names, for a message.
pub(super) fn some(names: &[String]) -> String {
    let shown = names[..names.len().min(8)].join(", ");
    if names.len() > 8 { format!("{shown} and more") } else { shown }
}
