//! Answers that outlast the runs which got them: each in a file that is called by what was asked.
//!
//! A file that can't be read, or is not what was written, is none. What was not used for the longest time goes first
//! where there is too much.

use std::ffi::OsString;
use std::fs::{self, File, FileTimes};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use super::coded::{kind, read_outcome, write};
use super::store::Store;
use super::{Entry, JournalError, Times};
use crate::base::user_folder;
use crate::instrument::{Cache, CacheKey, CallId, Outcome, Reply};

/// So many bytes are kept.
const MOST: u64 = 1 << 30;

/// A cache on the disk.
#[derive(Debug)]
pub struct DiskCache {
    folder: PathBuf,
    /// Images, sounds and files of the answers.
    store: Store,
    /// Why an answer could not be kept, the first time.
    trouble: Mutex<Option<String>>,
}

impl DiskCache {
    /// The user's cache: in the folder that is given, else in the cache folder of this system.
    ///
    /// # Errors
    /// If there is no such folder, or it can't be written.
    pub fn of_user(
        given: Option<PathBuf>,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, JournalError> {
        let said = || variable("SCORE_CACHE_DIR").filter(|folder| !folder.is_empty()).map(PathBuf::from);
        let system = || Some(user_folder(&variable, "XDG_CACHE_HOME", ".cache")?.join("score"));
        let own = || Some(said().or_else(system)?.join("answers"));
        Self::open(given.or_else(own).ok_or(JournalError::NoCache)?, MOST)
    }

    /// The cache in this folder, of so many bytes at most when it is opened.
    pub(super) fn open(folder: PathBuf, most: u64) -> Result<Self, JournalError> {
        let failed = |error: std::io::Error| JournalError::CacheNotWritten {
            folder: folder.display().to_string(),
            reason: error.to_string(),
        };
        let store = Store::at(folder.join("store"));
        fs::create_dir_all(&folder).map_err(failed)?;
        // One that nobody may write to is found out before anything is asked.
        tempfile::tempfile_in(&folder).map_err(failed)?;
        tidy(&folder, most).map_err(failed)?;
        Ok(Self { folder, store, trouble: Mutex::default() })
    }

    /// Where it is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Why an answer could not be kept, if one could not.
    pub fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn place(&self, key: CacheKey) -> PathBuf {
        let name = format!("{}-{}", key.input, key.nth);
        self.folder.join(&name[..2]).join(name)
    }

    fn find(&self, key: CacheKey) -> Option<Reply> {
        let place = self.place(key);
        let text = fs::read_to_string(&place).ok()?;
        let (check, body) = text.split_once('\n')?;
        if *blake3::hash(body.as_bytes()).to_hex() != *check {
            return None;
        }
        let body = serde_json::from_str(body).ok()?;
        let Ok(Some(Outcome::Done(reply))) = read_outcome(kind::DONE, &body, &self.store) else {
            return None;
        };
        // It was used: whatever of it is in the way goes last. Where that can't be noted, it goes earlier.
        let now = FileTimes::new().set_modified(SystemTime::now());
        let kept = kept_by(&body).into_iter().map(|name| self.folder.join("store").join(name));
        for file in std::iter::once(place).chain(kept) {
            let _ = File::options().append(true).open(file).and_then(|file| file.set_times(now));
        }
        Some(reply)
    }

    fn keep(&self, key: CacheKey, reply: &Reply) -> Result<(), String> {
        let words = |error: std::io::Error| error.to_string();
        let entry =
            Entry::Ended { id: CallId(0), outcome: Outcome::Done(reply.clone()), times: Times::default() };
        let body = write(&entry, &self.store).map_err(|error| error.to_string())?.body;
        let place = self.place(key);
        let folder = place.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder).map_err(words)?;
        let mut file = tempfile::Builder::new().prefix(".").tempfile_in(folder).map_err(words)?;
        let text = format!("{}\n{body}", blake3::hash(body.as_bytes()).to_hex());
        file.write_all(text.as_bytes()).map_err(words)?;
        file.persist(place).map_err(|error| words(error.error)).map(|_| ())
    }
}

impl Cache for DiskCache {
    fn get(&self, key: CacheKey) -> Option<Reply> {
        self.find(key)
    }

    fn put(&self, key: CacheKey, reply: &Reply) {
        if let Err(reason) = self.keep(key, reply) {
            self.trouble.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(reason);
        }
    }
}

/// The names of what an answer has in the store.
fn kept_by(body: &serde_json::Value) -> Vec<&str> {
    match body {
        serde_json::Value::Array(values) => values.iter().flat_map(kept_by).collect(),
        serde_json::Value::Object(fields) => {
            let own = fields.get("stored").and_then(serde_json::Value::as_str);
            own.into_iter().chain(fields.values().flat_map(kept_by)).collect()
        }
        _ => Vec::new(),
    }
}

/// Removes what was not used for the longest time, where there is more than so much: a quarter of that is free then.
fn tidy(folder: &Path, most: u64) -> std::io::Result<()> {
    let mut files = Vec::new();
    for part in fs::read_dir(folder)? {
        let part = part?;
        if !part.file_type()?.is_dir() {
            continue;
        }
        for file in fs::read_dir(part.path())? {
            let file = file?;
            // Another process may be tidying, too.
            let Ok(about) = file.metadata() else { continue };
            let used = about.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            let age = SystemTime::now().duration_since(used).unwrap_or(Duration::ZERO);
            files.push((age, about.len(), file.path()));
        }
    }
    let mut all: u64 = files.iter().map(|(_, length, _)| length).sum();
    if all <= most {
        return Ok(());
    }
    files.sort();
    while let Some((_, length, path)) = files.pop()
        && all > most - most / 4
    {
        match fs::remove_file(path) {
            Ok(()) => all = all.saturating_sub(length),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => all = all.saturating_sub(length),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::instrument::InputHash;
    use crate::value::{Media, MediaKind, Value};

    fn key(input: u128, nth: u32) -> CacheKey {
        CacheKey { input: InputHash(input), nth }
    }

    #[test]
    fn an_answer_is_found_by_whoever_asks_the_same() {
        let place = tempfile::tempdir().unwrap();
        let cache = DiskCache::open(place.path().to_owned(), MOST).unwrap();
        let media = Media {
            kind: MediaKind::Image,
            mime: "image/png".into(),
            name: None,
            bytes: vec![1, 2, 3].into(),
        };
        let image = Reply::value(Value::list([Value::Media(Arc::new(media))]));
        cache.put(key(1, 0), &Reply::text("one"));
        cache.put(key(1, 1), &image);
        let other = DiskCache::open(place.path().to_owned(), MOST).unwrap();
        assert_eq!(other.get(key(1, 0)), Some(Reply::text("one")));
        assert_eq!(other.get(key(1, 1)), Some(image));
        assert_eq!((other.get(key(1, 2)), other.get(key(2, 0))), (None, None));
        assert_eq!(cache.trouble(), None);
    }

    #[test]
    fn what_was_changed_since_is_no_answer() {
        let place = tempfile::tempdir().unwrap();
        let cache = DiskCache::open(place.path().to_owned(), MOST).unwrap();
        cache.put(key(1, 0), &Reply::text("one"));
        let file = cache.place(key(1, 0));
        let text = fs::read_to_string(&file).unwrap();
        for changed in [text.replace("one", "two"), text[..text.len() - 1].to_owned(), String::new()] {
            fs::write(&file, changed).unwrap();
            assert_eq!(cache.get(key(1, 0)), None);
        }
        fs::write(&file, text).unwrap();
        assert_eq!(cache.get(key(1, 0)), Some(Reply::text("one")));
    }

    #[test]
    fn what_was_not_used_for_the_longest_time_goes_first() {
        let place = tempfile::tempdir().unwrap();
        let cache = DiskCache::open(place.path().to_owned(), MOST).unwrap();
        for number in 0..8 {
            cache.put(key(number, 0), &Reply::text("x".repeat(1_000)));
            let age = Duration::from_secs(100 - u64::try_from(number).unwrap());
            let old = FileTimes::new().set_modified(SystemTime::now() - age);
            let file = File::options().append(true).open(cache.place(key(number, 0))).unwrap();
            file.set_times(old).unwrap();
        }
        assert!(cache.get(key(0, 0)).is_some(), "the oldest one is used");
        let small = DiskCache::open(place.path().to_owned(), 6_000).unwrap();
        let left: Vec<u128> = (0..8).filter(|number| small.get(key(*number, 0)).is_some()).collect();
        assert_eq!(left, [0, 5, 6, 7]);
    }

    #[test]
    fn an_answer_that_can_not_be_kept_is_told() {
        let place = tempfile::tempdir().unwrap();
        let cache = DiskCache::open(place.path().join("answers"), MOST).unwrap();
        fs::remove_dir_all(place.path().join("answers")).unwrap();
        fs::write(place.path().join("answers"), "in the way").unwrap();
        cache.put(key(1, 0), &Reply::text("one"));
        assert!(cache.trouble().is_some());
        let refused = DiskCache::open(place.path().join("answers"), MOST);
        assert!(matches!(refused, Err(JournalError::CacheNotWritten { .. })));
    }
}
