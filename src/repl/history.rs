//! Where the lines that were entered are kept.

use std::path::PathBuf;

/// The file of the history, its folder made; none where there is no place for it.
pub fn file() -> Option<PathBuf> {
    let folder = place(|name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from))?;
    std::fs::create_dir_all(&folder).ok()?;
    Some(folder.join("history"))
}

/// `$XDG_STATE_HOME/score`, else `~/.local/state/score`; on Windows `%LOCALAPPDATA%\score`.
fn place(variable: impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    let state = variable("XDG_STATE_HOME").filter(|path| path.is_absolute());
    let home = || variable("HOME").map(|home| home.join(".local").join("state"));
    let local = || variable("LOCALAPPDATA").filter(|_| cfg!(windows));
    Some(state.or_else(local).or_else(home)?.join("score"))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::place;

    #[test]
    fn it_stands_in_the_state_folder_or_nowhere() {
        let with = |set: &'static [(&str, &str)]| {
            place(move |name| {
                set.iter().find(|(known, _)| *known == name).map(|(_, value)| PathBuf::from(value))
            })
        };
        assert_eq!(with(&[]), None);
        assert_eq!(with(&[("HOME", "/h")]), Some(PathBuf::from("/h/.local/state/score")));
        assert_eq!(with(&[("HOME", "/h"), ("XDG_STATE_HOME", "/s")]), Some(PathBuf::from("/s/score")));
        // A relative path is to be ignored.
        assert_eq!(
            with(&[("HOME", "/h"), ("XDG_STATE_HOME", "s")]),
            Some(PathBuf::from("/h/.local/state/score"))
        );
    }
}
