//! What a program wrote, as the answer of the wanted type.

use std::process::ExitStatus;
use std::sync::Arc;

use crate::backend::media::{kind, medium, mime};
use crate::instrument::{Committed, Failure, FailureKind, Reply, Request};
use crate::types::{Type, known};
use crate::value::{MediaKind, Record, Value};

use super::run::{Ended, Job};

/// How much of what a program said of its failure is shown in the message itself.
const TAIL_LINES: usize = 5;

/// The answer. `Ran` takes any exit code; everything else wants 0.
pub(super) fn reply(request: &Request, job: &Job, ended: Ended) -> Result<Reply, Failure> {
    let program = job.arguments.first().map_or("", String::as_str);
    let wanted = request.answer.shape();
    if let Type::Record(shape) = wanted
        && Arc::ptr_eq(shape, &known().ran)
    {
        let out = text(program, "output", ended.out)?;
        let err = text(program, "error output", ended.err)?;
        let values = vec![Value::Int(code(ended.status)), Value::text(&out), Value::text(&err)];
        return Record::new(shape.clone(), values)
            .map(|record| Reply::value(Value::Record(Arc::new(record))))
            .ok_or_else(|| done(FailureKind::BadShape, "`Ran` is not as expected".into()));
    }
    if !ended.status.success() {
        return Err(failed(program, &ended));
    }
    match wanted {
        Type::Nothing => Ok(Reply::value(Value::Nothing)),
        Type::Image | Type::Audio | Type::Video | Type::File => media(request, job, ended.out),
        Type::Text => {
            let out = text(program, "output", ended.out)?;
            Ok(Reply::value(Value::text(out.trim_end_matches(['\n', '\r']))))
        }
        _ => Ok(Reply::text(text(program, "output", ended.out)?)),
    }
}

/// The medium that it made: the file that `from` names, else what it wrote to its output.
fn media(request: &Request, job: &Job, out: Vec<u8>) -> Result<Reply, Failure> {
    let (bytes, name) = match &request.made {
        Some(name) => {
            let path = job.folder.join(&**name);
            let bytes = std::fs::read(&path).map_err(|error| {
                let message = format!("the command made no file `{name}` that can be read: {error}");
                done(FailureKind::BadShape, message)
                    .with_help("`from` names it relative to the folder it runs in")
            })?;
            (bytes, path.file_name().map(|name| name.to_string_lossy().into_owned()))
        }
        None => (out, None),
    };
    if bytes.is_empty() {
        return Err(done(FailureKind::BadShape, format!("the command made an empty {}", request.answer)));
    }
    let mime = mime(&bytes, name.as_deref());
    let wanted = match request.answer.shape() {
        Type::Image => MediaKind::Image,
        Type::Audio => MediaKind::Audio,
        Type::Video => MediaKind::Video,
        _ => MediaKind::File,
    };
    if wanted != MediaKind::File && kind(mime) != wanted {
        let message = format!("the command made something of type {mime}, not {}", wanted.word());
        return Err(done(FailureKind::BadShape, message));
    }
    Ok(Reply::value(Value::Media(medium(wanted, mime, name.as_deref(), bytes))))
}

fn text(program: &str, which: &str, bytes: Vec<u8>) -> Result<String, Failure> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        done(FailureKind::BadShape, format!("the {which} of `{program}` is no UTF-8 text (byte {at})"))
            .with_help("have it write UTF-8, or give the part the type `file`")
    })
}

/// A failure after the command ran to its end.
fn done(kind: FailureKind, message: String) -> Failure {
    Failure::new(kind, message).with_committed(Committed::Yes)
}

fn failed(program: &str, ended: &Ended) -> Failure {
    let said = [&ended.err, &ended.out].map(|bytes| String::from_utf8_lossy(bytes).trim_end().to_owned());
    let said = said.into_iter().find(|said| !said.is_empty()).unwrap_or_default();
    let lines: Vec<&str> = said.lines().collect();
    let tail = lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n");
    let how = match signal(ended.status) {
        Some(signal) => format!("was ended by signal {signal}"),
        None => format!("ended with code {}", code(ended.status)),
    };
    let message =
        if tail.is_empty() { format!("`{program}` {how}") } else { format!("`{program}` {how}: {tail}") };
    done(FailureKind::ExitFailed, message)
        .with_help("a part that gives `Ran {code, out, err}` does not fail on a code other than 0")
        .with_exchange("", &said)
}

/// The exit code; of a program that a signal ended, 128 and the signal, as shells have it.
fn code(status: ExitStatus) -> i64 {
    status.code().or_else(|| signal(status).map(|signal| 128 + signal)).map_or(-1, i64::from)
}

#[cfg(unix)]
fn signal(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
fn signal(_status: ExitStatus) -> Option<i32> {
    None
}
