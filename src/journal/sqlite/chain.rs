//! The chain of hashes over the records of a journal, and the note beside it that says how long it is.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;

use super::read::Event;
use crate::journal::JournalError;

/// The hash of a record and of all before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chain([u8; 32]);

impl Chain {
    /// Before the first record.
    pub(super) fn new() -> Self {
        Self(*blake3::hash(b"score/journal/1").as_bytes())
    }

    /// With one more record.
    pub(super) fn after(self, event: &Event) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.0);
        hasher.update(&event.seq.to_le_bytes());
        hasher.update(&event.at.to_le_bytes());
        hasher.update(&event.performed.to_le_bytes());
        hasher.update(&event.call.map_or([0; 16], |id| id.0.to_le_bytes()));
        hasher.update(&[u8::from(event.call.is_some())]);
        for text in [Some(&event.kind), event.path.as_ref(), event.body.as_ref(), event.kept.as_ref()] {
            let length = text.map_or(u64::MAX, |text| text.len() as u64);
            hasher.update(&length.to_le_bytes());
            hasher.update(text.map_or(&[][..], |text| text.as_bytes()));
        }
        Self(*hasher.finalize().as_bytes())
    }

    pub(super) const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The hash of an answer in the inbox.
pub(super) fn answer_hash(question: &str, at: i64, answer: &str) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(question.as_bytes()).update(&at.to_le_bytes()).update(answer.as_bytes());
    *hasher.finalize().as_bytes()
}

const HEAD: &str = "head";

/// No note is longer.
const LENGTH: u64 = 256;

/// What the note says: that there were so many records, and the hash of the last.
///
/// A write-ahead log that is damaged in the middle ends there, as one that was cut off does. The note is
/// written after each commit, without waiting for the disk, so that the journal is never behind it.
pub(super) struct Head {
    pub(super) seq: u64,
    pub(super) chain: Chain,
}

impl Head {
    /// The note in a run's folder. One that can't be read says nothing: the chain speaks for itself.
    pub(super) fn read(folder: &Path) -> Option<Self> {
        let mut text = String::new();
        File::open(folder.join(HEAD)).ok()?.take(LENGTH).read_to_string(&mut text).ok()?;
        let (said, check) = text.trim_end().rsplit_once(' ')?;
        if blake3::hash(said.as_bytes()).to_hex()[..16] != *check {
            return None;
        }
        let (seq, chain) = said.split_once(' ')?;
        let chain = blake3::Hash::from_hex(chain).ok()?;
        Some(Self { seq: seq.parse().ok()?, chain: Chain(*chain.as_bytes()) })
    }

    /// Opens the note for writing.
    pub(super) fn file(folder: &Path) -> Result<File, JournalError> {
        let opened = OpenOptions::new().write(true).create(true).truncate(false).open(folder.join(HEAD));
        opened.map_err(JournalError::not_written)
    }

    /// Writes the note, always of the same length.
    pub(super) fn write(&self, file: &mut File) -> Result<(), JournalError> {
        let said = format!("{:020} {}", self.seq, blake3::Hash::from(self.chain.0).to_hex());
        let check = &blake3::hash(said.as_bytes()).to_hex()[..16];
        let written = file.rewind().and_then(|()| file.write_all(format!("{said} {check}\n").as_bytes()));
        written.map_err(JournalError::not_written)?;
        if is_removed(file) { Err(JournalError::Removed) } else { Ok(()) }
    }
}

/// Whether nobody can find a file any more that is open: what is written into it is written for nobody.
#[cfg(unix)]
fn is_removed(file: &File) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    file.metadata().is_ok_and(|about| about.nlink() == 0)
}

/// Elsewhere what is open can't be removed.
#[cfg(not(unix))]
fn is_removed(_file: &File) -> bool {
    false
}
