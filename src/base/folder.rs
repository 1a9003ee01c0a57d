//! Where users keep what programs leave behind.

use std::ffi::OsString;
use std::path::PathBuf;

/// The user's folder of one kind: the one that `xdg` names where that is a whole path, else the one below the home
/// folder, else that of Windows. See the XDG Base Directory Specification.
pub fn user_folder(
    variable: &dyn Fn(&str) -> Option<OsString>,
    xdg: &str,
    below_home: &str,
) -> Option<PathBuf> {
    let named = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    named(xdg)
        .filter(|path| path.is_absolute())
        .or_else(|| named("HOME").map(|home| home.join(below_home)))
        .or_else(|| named("LOCALAPPDATA"))
}
