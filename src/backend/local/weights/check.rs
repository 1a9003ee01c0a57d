//! Checksums of files, and writing a file so that nobody sees half of it.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::super::error::LocalError;
use super::pinned::Pinned;

/// Bytes read at a time.
const CHUNK: usize = 1 << 20;

/// sha256 of a file, hex.
pub(super) fn sha256_of(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut digest = Sha256::new();
    let mut buffer = vec![0; CHUNK];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(&digest.finalize())),
            count => digest.update(&buffer[..count]),
        }
    }
}

/// Checks size, then checksum.
///
/// # Errors
/// `Damaged` where they differ, `File` where the file can't be read.
pub(super) fn check(path: &Path, pinned: &Pinned) -> Result<(), LocalError> {
    let size = fs::metadata(path).map_err(LocalError::file(path))?.len();
    let found = if size == pinned.size {
        sha256_of(path).map_err(LocalError::file(path))?
    } else {
        format!("of another file ({size} bytes where {} are expected)", pinned.size)
    };
    if found == pinned.sha256 {
        return Ok(());
    }
    Err(LocalError::Damaged { path: path.to_path_buf(), expected: pinned.sha256.to_owned(), found })
}

/// Lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _infallible = write!(out, "{byte:02x}");
        out
    })
}

/// A file being written under another name (`NAME.part`), removed unless it is finished.
#[derive(Debug)]
pub(super) struct Part {
    target: PathBuf,
    path: PathBuf,
    file: File,
    finished: bool,
}

impl Part {
    /// Starts a file that will be `target`, in the same folder.
    pub(super) fn create(target: &Path) -> Result<Self, LocalError> {
        let mut name = target.file_name().unwrap_or_default().to_os_string();
        name.push(".part");
        let path = target.with_file_name(name);
        let file = File::options().read(true).write(true).create(true).truncate(true).open(&path);
        let file = file.map_err(LocalError::file(&path))?;
        Ok(Self { target: target.to_path_buf(), path, file, finished: false })
    }

    /// Where it is for now.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The open file.
    pub(super) fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Makes what was written durable and gives it its name, in one step.
    pub(super) fn finish(mut self) -> Result<(), LocalError> {
        self.file.flush().and_then(|()| self.file.sync_all()).map_err(LocalError::file(&self.path))?;
        fs::rename(&self.path, &self.target).map_err(LocalError::file(&self.target))?;
        self.finished = true;
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.finished {
            let _best_effort = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// "score" and its sha256.
    pub(in super::super) const SMALL: Pinned = Pinned {
        file: "small.gguf",
        size: 5,
        sha256: "a575b79868a2336db378ac89cb6c7d93272b4bb8e74d1096e8630765cf480ef5",
        ..super::super::pinned::DEFAULT
    };

    #[test]
    fn a_checksum_is_compared_after_the_size() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("small.gguf");
        fs::write(&path, "score").unwrap();
        check(&path, &SMALL).unwrap();
        fs::write(&path, "scorn").unwrap();
        let error = check(&path, &SMALL).unwrap_err().to_string();
        assert!(error.contains("is damaged"), "{error}");
        fs::write(&path, "sco").unwrap();
        let error = check(&path, &SMALL).unwrap_err().to_string();
        assert!(error.contains("3 bytes where 5 are expected"), "{error}");
    }

    #[test]
    fn an_unfinished_part_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a");
        let mut part = Part::create(&target).unwrap();
        part.file().write_all(b"half").unwrap();
        drop(part);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        let mut part = Part::create(&target).unwrap();
        part.file().write_all(b"whole").unwrap();
        part.finish().unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"whole");
    }
}
