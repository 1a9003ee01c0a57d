//! The file that `score keys` writes: in the user's folder of settings, for the user alone.

use std::fmt;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::env_file;

/// Why the file of keys can't be used.
#[derive(Debug)]
pub enum Trouble {
    /// Others can read it.
    Open(PathBuf),
    /// There is no folder for it.
    Nowhere,
    /// The system says no.
    Failed(PathBuf, io::Error),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(path) => {
                let path = path.display();
                write!(f, "{path} can be read by others, so its keys are not used: `chmod 600 {path}`.")
            }
            Self::Nowhere => write!(
                f,
                "there is no folder for keys: set HOME, or SCORE_CONFIG_DIR to a folder that is yours alone."
            ),
            Self::Failed(path, error) => write!(f, "{} can't be used: {error}.", path.display()),
        }
    }
}

impl std::error::Error for Trouble {}

/// Where the file is, or would be: `$SCORE_CONFIG_DIR/keys`, else `score/keys` in the system's folder of settings.
#[must_use]
pub fn location() -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let own = variable("SCORE_CONFIG_DIR").or_else(|| {
        let system = if cfg!(windows) {
            variable("APPDATA")
        } else {
            variable("XDG_CONFIG_HOME").or_else(|| variable("HOME").map(|home| home.join(".config")))
        };
        system.map(|folder| folder.join("score"))
    });
    own.map(|folder| folder.join("keys"))
}

/// The file's text; `None` where there is none.
pub(super) fn read(path: &Path) -> Result<Option<String>, Trouble> {
    let failed = |error| Trouble::Failed(path.to_owned(), error);
    match std::fs::metadata(path) {
        Ok(about) if is_open(&about) => return Err(Trouble::Open(path.to_owned())),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    }
    std::fs::read_to_string(path).map(Some).map_err(failed)
}

/// Whether others than its owner can read a file.
#[cfg(unix)]
pub(super) fn is_open(about: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    about.permissions().mode() & 0o077 != 0
}

/// A user's folder of settings is closed to others there.
#[cfg(not(unix))]
pub(super) fn is_open(_about: &std::fs::Metadata) -> bool {
    false
}

/// Puts a key into the file, in the place of one of the same name, and gives where the file is.
///
/// # Errors
/// If the file can't be read or written.
pub fn set(name: &str, value: &str) -> Result<PathBuf, Trouble> {
    change(|names| {
        names.insert(name.to_owned(), value.to_owned());
        true
    })
    .map(|(path, _)| path)
}

/// Takes a key out of the file; whether it was there, and where the file is.
///
/// # Errors
/// If the file can't be read or written.
pub fn remove(name: &str) -> Result<(PathBuf, bool), Trouble> {
    change(|names| names.remove(name).is_some())
}

/// Changes the file as a whole: it is the old one or the new one at any time.
fn change(act: impl FnOnce(&mut super::Names) -> bool) -> Result<(PathBuf, bool), Trouble> {
    let path = location().ok_or(Trouble::Nowhere)?;
    let text = read(&path)?.unwrap_or_default();
    let (mut names, _) = env_file::read(&text);
    if !act(&mut names) {
        return Ok((path, false));
    }
    let lines: String = names.iter().map(|(name, value)| env_file::line(name, value)).collect();
    let folder = path.parent().unwrap_or(Path::new("."));
    let written = make_folder(folder).and_then(|()| {
        // Made for its owner alone, as temporary files are.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(lines.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(&path).map(|_| ()).map_err(|error| error.error)
    });
    match written {
        Ok(()) => Ok((path, true)),
        Err(error) => Err(Trouble::Failed(path, error)),
    }
}

/// The folder, made for its owner alone where it isn't there.
fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder)
}
