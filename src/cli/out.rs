//! Images, sounds, films and files of a result: written to a folder, and named in the result by their paths.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::backend;
use crate::base::Name;
use crate::value::{Map, Media, Record, Value};

/// What was written, and the result with paths in the places of its media.
pub(super) struct Written {
    pub(super) value: Value,
    pub(super) files: Vec<File>,
}

/// A file that was written.
pub(super) struct File {
    pub(super) path: PathBuf,
    pub(super) mime: Name,
    /// In bytes.
    pub(super) size: usize,
}

/// Writes all media of a result to `folder`, which is made where it is missing. A file is named by the name
/// its medium has, else by where it stands in the result, `stem` first: `campaign-2-picture.png`. A file of
/// that name that holds something else is left as it is, and the new one gets a number.
///
/// # Errors
/// The path that could not be written, and why.
pub(super) fn write(value: &Value, folder: &Path, stem: &str) -> Result<Written, (PathBuf, io::Error)> {
    let mut writer = Writer { folder, files: Vec::new() };
    let value = writer.value(value, stem)?;
    Ok(Written { value, files: writer.files })
}

/// A new folder among the system's temporary ones.
///
/// # Errors
/// Where it should have been, and why it is not.
pub(super) fn spare_folder() -> Result<PathBuf, (PathBuf, io::Error)> {
    let made = tempfile::Builder::new().prefix("score-out-").tempdir();
    made.map(tempfile::TempDir::keep).map_err(|error| (std::env::temp_dir(), error))
}

struct Writer<'a> {
    folder: &'a Path,
    files: Vec<File>,
}

impl Writer<'_> {
    fn value(&mut self, value: &Value, place: &str) -> Result<Value, (PathBuf, io::Error)> {
        if !holds_media(value) {
            return Ok(value.clone());
        }
        Ok(match value {
            Value::Media(media) => {
                let path = self.medium(media, place)?;
                Value::text(&path.to_string_lossy())
            }
            Value::List(elements) => {
                let numbered = elements.iter().enumerate();
                let written: Result<Vec<Value>, _> = numbered
                    .map(|(at, element)| self.value(element, &format!("{place}-{}", at + 1)))
                    .collect();
                Value::list(written?)
            }
            Value::Record(record) => self.fields(record, place)?,
            Value::Map(map) => {
                let mut written = Map::new();
                for (key, value) in &**map {
                    written.insert(key.clone(), self.value(value, &format!("{place}-{key}"))?);
                }
                Value::Map(written.into())
            }
            other => other.clone(),
        })
    }

    /// Paths are texts, which the record's type does not admit: what is shown is a map.
    fn fields(&mut self, record: &Record, place: &str) -> Result<Value, (PathBuf, io::Error)> {
        let mut written = Map::new();
        for (name, value) in record.entries() {
            written.insert(name.into(), self.value(value, &format!("{place}-{name}"))?);
        }
        Ok(Value::Map(written.into()))
    }

    fn medium(&mut self, media: &Media, place: &str) -> Result<PathBuf, (PathBuf, io::Error)> {
        let named = media
            .name
            .as_deref()
            .map_or_else(|| format!("{place}.{}", backend::extension(&media.mime)), str::to_owned);
        let path = self.place(&plain(&named), &media.bytes)?;
        let file = File { path: path.clone(), mime: media.mime.clone(), size: media.bytes.len() };
        if !self.files.iter().any(|known| known.path == path) {
            self.files.push(file);
        }
        Ok(path)
    }

    /// The first free name, or one that holds these very bytes.
    fn place(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, (PathBuf, io::Error)> {
        std::fs::create_dir_all(self.folder).map_err(|error| (self.folder.to_owned(), error))?;
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        let dot = if extension.is_empty() { "" } else { "." };
        let mut number = 1_u32;
        loop {
            let counted = if number == 1 { String::new() } else { format!("-{number}") };
            let path = self.folder.join(format!("{stem}{counted}{dot}{extension}"));
            match std::fs::File::create_new(&path) {
                Ok(mut file) => {
                    file.write_all(bytes).map_err(|error| (path.clone(), error))?;
                    return Ok(path);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    if std::fs::read(&path).is_ok_and(|known| known == bytes) {
                        return Ok(path);
                    }
                }
                Err(error) => return Err((path, error)),
            }
            number += 1;
        }
    }
}

/// Whether there is anything to write.
pub(super) fn holds_media(value: &Value) -> bool {
    match value {
        Value::Media(_) => true,
        Value::List(elements) => elements.iter().any(holds_media),
        Value::Record(record) => record.entries().any(|(_, value)| holds_media(value)),
        Value::Map(map) => map.values().any(holds_media),
        _ => false,
    }
}

/// A file name without anything that leads to another folder or that shells stumble over.
fn plain(name: &str) -> String {
    let safe = |letter: char| {
        if letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_') { letter } else { '-' }
    };
    let name: String = name.chars().map(safe).collect();
    let name = name.trim_start_matches('.');
    if name.is_empty() { String::from("file") } else { name.chars().take(120).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::MediaKind;

    fn picture(name: Option<&str>, bytes: &[u8]) -> Value {
        Value::Media(std::sync::Arc::new(Media {
            kind: MediaKind::Image,
            mime: "image/png".into(),
            name: name.map(Into::into),
            bytes: bytes.into(),
        }))
    }

    #[test]
    fn media_are_named_by_their_place_or_their_name_and_nothing_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let value = Value::list(vec![picture(None, b"a"), picture(Some("../tide.png"), b"b"), Value::Int(1)]);
        let written =
            write(&value, &out, "paint").unwrap_or_else(|(path, error)| panic!("{path:?}: {error}"));
        let names: Vec<String> = written
            .files
            .iter()
            .map(|file| file.path.file_name().unwrap().to_string_lossy().into())
            .collect();
        assert_eq!(names, ["paint-1.png", "-tide.png"]);
        // The same again is the same file; another of the name gets a number.
        let again =
            write(&picture(None, b"a"), &out, "paint-1").unwrap_or_else(|(path, _)| panic!("{path:?}"));
        assert_eq!(again.value, Value::text(&out.join("paint-1.png").to_string_lossy()));
        let other =
            write(&picture(None, b"c"), &out, "paint-1").unwrap_or_else(|(path, _)| panic!("{path:?}"));
        assert_eq!(other.value, Value::text(&out.join("paint-1-2.png").to_string_lossy()));
        assert_eq!(std::fs::read(out.join("paint-1.png")).unwrap(), b"a");
    }
}
