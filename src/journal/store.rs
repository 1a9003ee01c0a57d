//! Big values beside a journal, each in a file that is called by the hash of its content.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::JournalError;

/// The folder that holds them.
#[derive(Clone, Debug)]
pub(super) struct Store {
    folder: PathBuf,
}

impl Store {
    /// The store in this folder, which need not be there yet.
    pub(super) fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Keeps these bytes, and says by which name. They are durable when this returns.
    pub(super) fn put(&self, bytes: &[u8]) -> Result<String, JournalError> {
        let name = blake3::hash(bytes).to_hex().to_string();
        let place = self.folder.join(&name);
        let there = fs::metadata(&place).is_ok_and(|about| about.len() == bytes.len() as u64);
        if !there {
            self.write(&place, bytes).map_err(JournalError::not_written)?;
        }
        Ok(name)
    }

    fn write(&self, place: &Path, bytes: &[u8]) -> std::io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let mut file = tempfile::Builder::new().prefix(".").suffix(".part").tempfile_in(&self.folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(place).map_err(|error| error.error)?;
        sync_folder(&self.folder)
    }

    /// What is kept by this name.
    pub(super) fn get(&self, name: &str) -> Result<Vec<u8>, JournalError> {
        let plain = name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !plain {
            return Err(JournalError::damaged(&self.folder, "a record names a value that can't be there"));
        }
        let place = self.folder.join(name);
        let bytes = fs::read(&place).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => JournalError::damaged(&place, "the file is missing"),
            _ => JournalError::not_read(&place, error),
        })?;
        if *blake3::hash(&bytes).to_hex() != *name {
            return Err(JournalError::damaged(&place, "its content is not what was written"));
        }
        Ok(bytes)
    }
}

/// Makes the names in a folder durable.
pub(super) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}
