//! The files of this machine, for `read`, `read_image`, `read_audio`, `list_files` and `write`.
//!
//! Paths are meant from the score's folder. A file of up to 64 MiB is read. What is written is there whole
//! or not at all, and the folders above it are made.

mod list;

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use crate::instrument::{
    Abilities, Backend, Class, Committed, Failure, FailureKind, Opening, PlayFuture, Profile, Reply, Request,
    Stage,
};
use crate::types::{Signature, Type};
use crate::value::{Instrument, MediaKind, Value};

use super::media::{kind, medium, mime};
use super::said::json;
use super::settings::constructor;

/// The biggest file that is read.
const FILE_CAP: u64 = 64 << 20;

/// The backend.
pub(super) struct Files;

impl Backend for Files {
    fn name(&self) -> &'static str {
        "files"
    }

    fn doc(&self) -> &'static str {
        "The files of this machine: `read`, `read_image`, `read_audio`, `list_files`, `write`."
    }

    fn signature(&self) -> Signature {
        constructor(&[], &[])
    }

    fn abilities(&self, _instrument: &Instrument) -> Abilities {
        Abilities::default()
    }

    /// Of reading; a request to write is one that acts, as its builtin says.
    fn profile(&self, _instrument: &Instrument, _opening: Opening<'_>) -> Profile {
        Class::Reads.profile()
    }

    fn repeatable(&self, request: &Request) -> bool {
        // A file is replaced as a whole.
        &*request.part == "write"
    }

    fn play<'a>(&'a self, request: Request, stage: &'a Stage) -> PlayFuture<'a> {
        let folder = stage.folder.clone();
        Box::pin(async move {
            let acts = request.class == Class::Acts;
            let work = tokio::task::spawn_blocking(move || operate(&request, &folder));
            work.await.unwrap_or_else(|_| {
                let committed = if acts { Committed::Unknown } else { Committed::No };
                Err(Failure::new(FailureKind::Cancelled, "the work on a file was broken off")
                    .with_committed(committed))
            })
        })
    }
}

fn operate(request: &Request, base: &Path) -> Result<Reply, Failure> {
    let argument = |at: usize| request.arguments.get(at).map(|(_, value)| value);
    let shown = match argument(0) {
        Some(Value::Text(path)) => path.clone(),
        None if &*request.part == "list_files" => ".".into(),
        _ => return Err(invalid(format!("`{}` takes the path of a file", request.part))),
    };
    if shown.contains('\0') {
        return Err(invalid("a path holds a NUL character".into()));
    }
    let path = base.join(&*shown);
    let value = match request.part.as_ref() {
        "read" => read_text(&path, &shown)?,
        "read_image" => read_media(&path, &shown, MediaKind::Image)?,
        "read_audio" => read_media(&path, &shown, MediaKind::Audio)?,
        "read_video" => read_media(&path, &shown, MediaKind::Video)?,
        "read_file" => read_media(&path, &shown, MediaKind::File)?,
        "list_files" => list::list(base, &shown)?,
        "write" => {
            let content = argument(1).ok_or_else(|| invalid("`write` takes what is to be written".into()))?;
            write(&path, &shown, content)?;
            return Ok(Reply::value(if *request.answer.shape() == Type::Text {
                Value::Text(shown)
            } else {
                Value::Nothing
            }));
        }
        other => return Err(invalid(format!("files know no `{other}`"))),
    };
    Ok(Reply::value(value))
}

fn invalid(message: String) -> Failure {
    Failure::new(FailureKind::InvalidRequest, message)
}

/// A failure to do something with a path, in words.
fn failed(what: &str, shown: &str, path: &Path, error: &std::io::Error) -> Failure {
    let failure = |message: String| invalid(message);
    match error.kind() {
        ErrorKind::NotFound => {
            let failure = failure(format!("there is no file `{shown}`"));
            match near(path) {
                Some(near) => failure.with_help(format!("did you mean `{near}`?")),
                None => failure.with_help(format!("looked for {}", path.display())),
            }
        }
        ErrorKind::PermissionDenied => failure(format!("`{shown}` may not be {what}: permission denied")),
        ErrorKind::IsADirectory => {
            failure(format!("`{shown}` is a folder")).with_help("`list_files` lists what is in it")
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            failure(format!("`{shown}` can't be {what}: no space is left"))
        }
        _ => failure(format!("`{shown}` can't be {what}: {error}")),
    }
}

/// A file beside the missing one whose name is nearly the same.
fn near(path: &Path) -> Option<String> {
    let wanted = path.file_name()?.to_str()?;
    let names: Vec<String> = fs::read_dir(path.parent()?)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .take(10_000)
        .collect();
    crate::base::did_you_mean(wanted, names.iter().map(String::as_str)).map(str::to_owned)
}

fn read_bytes(path: &Path, shown: &str) -> Result<Vec<u8>, Failure> {
    let failed = |error: std::io::Error| failed("read", shown, path, &error);
    let file = fs::File::open(path).map_err(failed)?;
    let about = file.metadata().map_err(failed)?;
    if about.is_dir() {
        return Err(invalid(format!("`{shown}` is a folder")).with_help("`list_files` lists what is in it"));
    }
    let too_big = || {
        invalid(format!("`{shown}` is bigger than {} MiB", FILE_CAP >> 20))
            .with_help("split it, or have a command read what is needed of it")
    };
    if about.len() > FILE_CAP {
        return Err(too_big());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(about.len()).unwrap_or(0));
    // Files may grow while they are read, and some have no length at all.
    file.take(FILE_CAP + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > FILE_CAP { Err(too_big()) } else { Ok(bytes) }
}

fn read_text(path: &Path, shown: &str) -> Result<Value, Failure> {
    let mut bytes = read_bytes(path, shown)?;
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    String::from_utf8(bytes).map(|text| Value::Text(text.into())).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at].split(|byte| *byte == b'\n').count();
        let failure = invalid(format!("`{shown}` is no UTF-8 text: line {line}, byte {at}"));
        match kind(mime(error.as_bytes(), Some(shown))) {
            MediaKind::Image => failure.with_help("read it with `read_image`"),
            MediaKind::Audio => failure.with_help("read it with `read_audio`"),
            _ => failure.with_help("convert it: `iconv -t UTF-8`"),
        }
    })
}

/// Reads a file as a medium, as `read_image` does.
///
/// # Errors
/// If it can't be read, is too big, or holds something else.
pub fn load_media(path: &Path, wanted: MediaKind) -> Result<Value, Failure> {
    read_media(path, &path.display().to_string(), wanted)
}

fn read_media(path: &Path, shown: &str, wanted: MediaKind) -> Result<Value, Failure> {
    let bytes = read_bytes(path, shown)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let mime = mime(&bytes, name.as_deref());
    if wanted != MediaKind::File && kind(mime) != wanted {
        return Err(invalid(format!("`{shown}` holds no {} but {mime}", wanted.word())));
    }
    Ok(Value::Media(medium(wanted, mime, name.as_deref(), bytes)))
}

/// Writes the whole file beside its place and then puts it there in one step.
fn write(path: &Path, shown: &str, content: &Value) -> Result<(), Failure> {
    let text;
    let bytes: &[u8] = match content {
        Value::Text(text) => text.as_bytes(),
        Value::Media(media) => &media.bytes,
        Value::Secret(secret) => {
            return Err(invalid(format!("the secret {} can't be written to a file", secret.name)));
        }
        other => {
            text = format!("{:#}\n", json(other));
            text.as_bytes()
        }
    };
    let failed = |error: std::io::Error| failed("written", shown, path, &error);
    if path.is_dir() {
        return Err(invalid(format!("`{shown}` is a folder")).with_help("name the file in it"));
    }
    // A link is written through, not replaced.
    let target: PathBuf = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)
        .map_err(|error| invalid(format!("the folder for `{shown}` can't be made: {error}")))?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any new file, within the user's mask; a file that is there keeps what it has.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    if let Ok(about) = fs::metadata(&target) {
        file.as_file().set_permissions(about.permissions()).map_err(failed)?;
    }
    file.as_file().sync_all().map_err(failed)?;
    file.persist(&target).map_err(|error| failed(error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests;
