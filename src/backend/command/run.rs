//! Starts a program, feeds it, takes what it writes, and sees to its end.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{ChildStdin, Command};
use tokio::time::{Instant, timeout_at};

use crate::backend::wire::seconds;
use crate::instrument::{Committed, Failure, FailureKind};

use super::group::Group;

/// Most bytes that a program may write to either of its outputs.
const OUTPUT_CAP: usize = 16 << 20;
/// How long what a program left running may go on writing after the program has ended.
const AFTERMATH: Duration = Duration::from_millis(500);

/// A program to be run.
pub(super) struct Job {
    /// The program and its arguments.
    pub(super) arguments: Vec<String>,
    pub(super) folder: PathBuf,
    pub(super) environment: Vec<(String, String)>,
    pub(super) stdin: Option<Vec<u8>>,
    pub(super) timeout: Duration,
}

/// A program that has run to its end.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    pub(super) out: Vec<u8>,
    pub(super) err: Vec<u8>,
}

/// Runs a program to its end. Dropping the future ends it and all that it started.
pub(super) async fn run(job: &Job) -> Result<Ended, Failure> {
    let program = job.arguments.first().map_or("", String::as_str);
    let mut command = Command::new(program);
    command.args(job.arguments.get(1..).unwrap_or_default()).current_dir(&job.folder).env_clear();
    command.envs(job.environment.iter().map(|(name, value)| (name, value)));
    command.stdin(if job.stdin.is_some() { Stdio::piped() } else { Stdio::null() });
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    let deadline = Instant::now() + job.timeout;
    let mut child = command.spawn().map_err(|error| not_started(program, &error))?;
    let group = Group::of(&child);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let work = async {
        let feed = feed(stdin, job.stdin.as_deref());
        let read = async { tokio::try_join!(take(stdout, &mut out), take(stderr, &mut err)) };
        let wait = async {
            let status = child.wait().await;
            tokio::time::sleep(AFTERMATH).await;
            group.end();
            status
        };
        tokio::pin!(wait);
        let fed_and_read = async { tokio::join!(feed, read).1 };
        tokio::pin!(fed_and_read);
        tokio::select! {
            read = &mut fed_and_read => {
                read?;
                // Its outputs are closed: what is left is its end.
                Ok::<_, Trouble>(None)
            }
            status = &mut wait => {
                fed_and_read.await?;
                Ok(Some(status))
            }
        }
    };
    let Ok(ended) = timeout_at(deadline, work).await else {
        return Err(too_slow(program, job.timeout));
    };
    let status = match ended {
        Ok(Some(status)) => status,
        Ok(None) => match timeout_at(deadline, child.wait()).await {
            Ok(status) => status,
            Err(_) => return Err(too_slow(program, job.timeout)),
        },
        Err(Trouble::TooMuch) => {
            let message = format!("`{program}` wrote more than {} MiB and was ended", OUTPUT_CAP >> 20);
            return Err(Failure::new(FailureKind::BadShape, message)
                .with_help("have it write to a file")
                .with_committed(Committed::Unknown));
        }
        Err(Trouble::Broken(error)) => return Err(lost(program, &error)),
    };
    let status = status.map_err(|error| lost(program, &error))?;
    Ok(Ended { status, out, err })
}

enum Trouble {
    TooMuch,
    Broken(std::io::Error),
}

/// Writes what the program reads, as far as it reads.
async fn feed(stdin: Option<ChildStdin>, bytes: Option<&[u8]>) {
    if let (Some(mut stdin), Some(bytes)) = (stdin, bytes) {
        // A program need not read its input to the end.
        let _ = stdin.write_all(bytes).await;
        let _ = stdin.shutdown().await;
    }
}

async fn take(from: Option<impl AsyncRead + Unpin>, into: &mut Vec<u8>) -> Result<(), Trouble> {
    let Some(mut from) = from else { return Ok(()) };
    loop {
        match from.read_buf(into).await {
            Ok(0) => return Ok(()),
            Ok(_) if into.len() > OUTPUT_CAP => return Err(Trouble::TooMuch),
            Ok(_) => {}
            Err(error) => return Err(Trouble::Broken(error)),
        }
    }
}

pub(in crate::backend) fn not_started(program: &str, error: &std::io::Error) -> Failure {
    let (message, help) = match error.kind() {
        ErrorKind::NotFound if program.contains(['/', '\\']) => (
            format!("there is no program at `{program}`"),
            "the path is meant from the folder it runs in (`in:`)".into(),
        ),
        ErrorKind::NotFound => (
            format!("the program `{program}` is not on this machine's PATH"),
            format!(
                "install it, or write the path of the program; the first word of the text is the program: `{program}`"
            ),
        ),
        ErrorKind::PermissionDenied => {
            (format!("`{program}` may not be run"), "make it executable: `chmod +x`".into())
        }
        _ => (
            format!("`{program}` can't be started: {error}"),
            "look at the first word of the part's text".into(),
        ),
    };
    Failure::new(FailureKind::InvalidRequest, message).with_help(help)
}

fn too_slow(program: &str, allowed: Duration) -> Failure {
    Failure::new(
        FailureKind::Timeout,
        format!("`{program}` did not end in {} and was ended", seconds(allowed)),
    )
    .with_help("a longer `timeout:` on the instrument gives it more time")
    .with_committed(Committed::Unknown)
}

fn lost(program: &str, error: &std::io::Error) -> Failure {
    Failure::new(FailureKind::Unavailable, format!("the connection to `{program}` was lost: {error}"))
        .with_committed(Committed::Unknown)
}
