//! Which calls were sent: a file beside the journal, written before a call leaves and not waited for.
//!
//! What was written into it is read again by whoever takes the run over, however the process ended, but not after the
//! machine was started anew: then it says nothing, and neither does one that is missing or damaged. A call that is
//! not in it though its instrument says when it sends was never sent. The next owner puts a file of its own in its
//! place: one that was taken over finds that nobody reads its own any more, and sends nothing.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::sync::OnceLock;

use super::JournalError;
use super::coded::{hex, unhex};
use crate::instrument::CallId;

const FILE: &str = "sent";

/// The marks of the process that performs a run.
#[derive(Debug)]
pub struct Marks {
    file: File,
    /// Why a mark could not be written.
    failed: OnceLock<String>,
}

impl Marks {
    /// Begins a file in the place of the one that is there; `None` where starts of the machine can't be told apart.
    pub(super) fn begin(folder: &Path) -> Result<Option<Self>, JournalError> {
        let Some(boot) = boot() else { return Ok(None) };
        let fresh = folder.join("sent.new");
        let made = File::create(&fresh).and_then(|mut file| {
            file.write_all(boot.as_bytes())?;
            fs::rename(&fresh, folder.join(FILE))?;
            Ok(file)
        });
        made.map(|file| Some(Self { file, failed: OnceLock::new() })).map_err(JournalError::not_written)
    }

    /// A call is about to be sent.
    ///
    /// # Errors
    /// If that can't be written, or the run was taken over: then it must not be.
    pub fn mark(&self, id: CallId) -> Result<(), JournalError> {
        if let Err(error) = (&self.file).write_all(format!("{}\n", hex(id)).as_bytes()) {
            let _ = self.failed.set(error.to_string());
        }
        self.check()?;
        if super::sqlite::is_removed(&self.file) { Err(JournalError::Removed) } else { Ok(()) }
    }

    /// Whether all could be written. Where one could not, nothing more may be recorded of the call that was held back.
    pub(super) fn check(&self) -> Result<(), JournalError> {
        self.failed.get().map_or(Ok(()), |reason| Err(JournalError::not_written(reason)))
    }
}

/// The calls that were marked by whoever performed the run last; `None`: nothing is known.
pub(super) fn marked(folder: &Path) -> Option<HashSet<CallId>> {
    let boot = boot()?;
    let text = fs::read_to_string(folder.join(FILE)).ok()?;
    let lines = text.strip_prefix(&*boot)?;
    lines.lines().map(unhex).collect()
}

/// Tells starts of the machine apart: a line.
fn boot() -> Option<String> {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    (!id.trim().is_empty()).then(|| format!("{}\n", id.trim()))
}

#[cfg(test)]
mod tests {
    use super::{Marks, marked};
    use crate::instrument::CallId;

    #[test]
    fn what_is_marked_is_found_and_what_is_damaged_says_nothing() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(marked(folder.path()), None, "there is none");
        let Some(marks) = Marks::begin(folder.path()).unwrap() else { return };
        assert_eq!(marked(folder.path()).unwrap().len(), 0);
        marks.mark(CallId(7)).unwrap();
        marks.mark(CallId(u128::MAX)).unwrap();
        let found = marked(folder.path()).unwrap();
        assert!(found.contains(&CallId(7)) && found.contains(&CallId(u128::MAX)) && found.len() == 2);
        let file = folder.path().join("sent");
        let whole = std::fs::read(&file).unwrap();
        for damaged in [b"another start\n".to_vec(), Vec::new(), [&whole[..], b"nonsense\n"].concat()] {
            std::fs::write(&file, damaged).unwrap();
            assert_eq!(marked(folder.path()), None);
        }
    }

    #[test]
    fn who_was_taken_over_sends_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let Some(before) = Marks::begin(folder.path()).unwrap() else { return };
        before.mark(CallId(1)).unwrap();
        let _after = Marks::begin(folder.path()).unwrap();
        assert!(before.mark(CallId(2)).is_err());
        assert_eq!(marked(folder.path()).unwrap().len(), 0, "they are those of the last owner");
    }
}
