//! Folders and settings of this machine, read from the environment in one place so that tests can give their own.

use std::env;
use std::path::PathBuf;

use super::pinned::ENDPOINT;

/// Where weights may be, and how they may be fetched.
#[derive(Debug, Clone)]
pub(in crate::backend::local) struct Places {
    /// `SCORE_LOCAL_MODEL`: a GGUF file.
    pub model: Option<PathBuf>,
    /// Our own folder; it is made when first written.
    pub own: Option<PathBuf>,
    /// Hugging Face's cache, `hub` folder.
    pub hub: Option<PathBuf>,
    /// Hugging Face's address without a slash at the end (`HF_ENDPOINT` names a mirror).
    pub endpoint: String,
    /// The Python that has pip.
    pub python: String,
}

impl Places {
    /// The places that the environment names.
    pub(in crate::backend::local) fn of_environment() -> Self {
        Self::of(|name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from))
    }

    /// The places that variables name.
    ///
    /// Our own folder is `$SCORE_CACHE_DIR/models`, else `score/models` in the system's cache folder:
    /// `$XDG_CACHE_HOME`, `%LOCALAPPDATA%`, `~/Library/Caches` or `~/.cache`.
    /// The hub is `$HF_HUB_CACHE`, `$HF_HOME/hub`, or `huggingface/hub` under the XDG cache folder, as in the documentation of
    /// `huggingface_hub`.
    pub(super) fn of(variable: impl Fn(&str) -> Option<PathBuf>) -> Self {
        let home = variable("HOME").or_else(|| variable("USERPROFILE"));
        let xdg = variable("XDG_CACHE_HOME").or_else(|| home.as_ref().map(|home| home.join(".cache")));
        let system = if cfg!(windows) {
            variable("LOCALAPPDATA")
        } else if cfg!(target_os = "macos") && variable("XDG_CACHE_HOME").is_none() {
            home.as_ref().map(|home| home.join("Library/Caches"))
        } else {
            xdg.clone()
        };
        let own = variable("SCORE_CACHE_DIR").or_else(|| system.map(|folder| folder.join("score")));
        let hub = variable("HF_HUB_CACHE")
            .or_else(|| variable("HF_HOME").map(|folder| folder.join("hub")))
            .or_else(|| xdg.map(|folder| folder.join("huggingface/hub")));
        let endpoint = variable("HF_ENDPOINT")
            .and_then(|path| path.to_str().map(|s| s.trim_end_matches('/').to_owned()));
        Self {
            model: variable("SCORE_LOCAL_MODEL"),
            own: own.map(|folder| folder.join("models")),
            hub,
            endpoint: endpoint.unwrap_or_else(|| ENDPOINT.to_owned()),
            python: "python3".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(variables: &[(&str, &str)]) -> Places {
        Places::of(|name| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| PathBuf::from(value)))
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_nearest_variable_wins() {
        let home = ("HOME", "/h");
        assert_eq!(places(&[home]).own, Some("/h/.cache/score/models".into()));
        assert_eq!(places(&[home, ("XDG_CACHE_HOME", "/x")]).own, Some("/x/score/models".into()));
        assert_eq!(places(&[home, ("SCORE_CACHE_DIR", "/s")]).own, Some("/s/models".into()));
        assert_eq!(places(&[home]).hub, Some("/h/.cache/huggingface/hub".into()));
        assert_eq!(places(&[home, ("HF_HOME", "/f")]).hub, Some("/f/hub".into()));
        assert_eq!(places(&[home, ("HF_HOME", "/f"), ("HF_HUB_CACHE", "/c")]).hub, Some("/c".into()));
        assert_eq!(places(&[]).own, None);
    }

    #[test]
    fn a_mirror_loses_its_slash() {
        assert_eq!(places(&[("HF_ENDPOINT", "http://m/")]).endpoint, "http://m");
        assert_eq!(places(&[]).endpoint, ENDPOINT);
    }
}
