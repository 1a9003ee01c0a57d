//! Who performs a run: one process at a time. The lock is the system's and goes when its process does.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use super::JournalError;

/// How often it is looked who holds a lock, and how long it takes from one look to the next.
const LOOKS: u32 = 25;
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// How often a lock is tried again before it counts as held.
const TRIES: u32 = 3;

/// The lock of a run, held as long as this lives.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
    /// Who holds it, in words.
    pub(super) who: String,
}

impl Lock {
    /// Takes the lock of a run.
    pub(super) fn take(path: &Path, run: &str) -> Result<Self, JournalError> {
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let mut file = opened.map_err(|error| JournalError::not_read(path, error))?;
        let mut tries = 0;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                // Whoever looks who holds it has it for a moment.
                Err(TryLockError::WouldBlock) if tries < TRIES => {
                    tries += 1;
                    std::thread::sleep(BETWEEN_LOOKS);
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(JournalError::Owned { run: run.to_owned(), owner: holder(&mut file) });
                }
                Err(TryLockError::Error(error)) => return Err(JournalError::not_read(path, error)),
            }
        }
        let who = format!("process {} since {}", std::process::id(), Timestamp::now().strftime("%F %T UTC"));
        let written = file.set_len(0).and_then(|()| file.write_all(who.as_bytes()));
        written.map_err(JournalError::not_written)?;
        Ok(Self { _file: file, who })
    }

    /// Who holds the lock of a run; `None`: nobody.
    pub(super) fn held(path: &Path) -> Option<String> {
        let mut file = OpenOptions::new().read(true).write(true).open(path).ok()?;
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => Some(holder(&mut file)),
            _ => None,
        }
    }
}

/// What the holder wrote into it. One that has just taken the lock may be about to: it is waited for a little.
fn holder(file: &mut File) -> String {
    for _ in 0..LOOKS {
        let mut who = String::new();
        let read = file.rewind().and_then(|()| file.read_to_string(&mut who));
        if read.is_ok() && !who.is_empty() {
            return who;
        }
        std::thread::sleep(BETWEEN_LOOKS);
    }
    String::from("another process")
}
