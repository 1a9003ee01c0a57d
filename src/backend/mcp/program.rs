//! A server that is a program: started without a shell in a process group of its own, which ends with it.

use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::stdout::Heard;
use crate::backend::command::{Group, environment, folder, not_started};
use crate::backend::settings::Settings;
use crate::backend::wire::Secrets;
use crate::instrument::{Failure, FailureKind};

/// How much of what it writes to its error output is kept.
const KEPT: usize = 4_096;

/// A program that runs.
pub(super) struct Program {
    /// Its command, for people.
    pub(super) shown: String,
    child: Mutex<Child>,
    /// The end of its error output.
    complaints: Arc<Mutex<Vec<u8>>>,
    /// Whether that is all of it.
    complained: Arc<AtomicBool>,
    /// What was seen of its output.
    pub(super) heard: Arc<Mutex<Heard>>,
    secrets: Secrets,
    // Dropped last of all: it ends what is left.
    _group: Group,
}

impl Program {
    /// Starts it; with its input and its output.
    pub(super) fn start(
        words: &[String],
        settings: Settings<'_>,
        base: &Path,
    ) -> Result<(Self, ChildStdin, ChildStdout), Failure> {
        let mut secrets = Secrets::default();
        let program = words.first().map_or("", String::as_str);
        let mut command = Command::new(program);
        command.args(words.get(1..).unwrap_or_default()).current_dir(folder(settings, base)?).env_clear();
        command.envs(environment(settings, &mut secrets));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn().map_err(|error| {
            let failure = not_started(program, &error);
            Failure {
                help: failure.help.map(|_| String::from("the first word of `mcp(\"…\")` is the program")),
                ..failure
            }
        })?;
        let group = Group::of(&child);
        let complaints = Arc::default();
        let complained = Arc::default();
        let (Some(stdin), Some(stdout), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(Failure::new(FailureKind::Unavailable, format!("`{program}` can't be spoken to")));
        };
        tokio::spawn(keep(stderr, Arc::clone(&complaints), Arc::clone(&complained)));
        let started = Self {
            shown: words.join(" "),
            child: Mutex::new(child),
            complaints,
            complained,
            heard: Arc::default(),
            secrets,
            _group: group,
        };
        Ok((started, stdin, stdout))
    }

    /// What can be said of how it is, for a message: how it ended, where it did so by itself, and what it wrote.
    pub(super) async fn state(&self, by_itself: bool) -> String {
        // Its end and its last words come a moment after its output has closed.
        for _ in 0..20 {
            let is_over = || self.ended().is_some() && self.complained.load(Ordering::Acquire);
            if !by_itself || is_over() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        let mut said = Vec::new();
        if let Some(status) = self.ended().filter(|_| by_itself) {
            said.push(format!("it ended with {status}"));
        }
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        if heard.too_long {
            said.push(format!("it wrote a line of more than {} MiB", super::stdout::LINE_CAP >> 20));
        }
        if !heard.strange.is_empty() {
            let line = String::from_utf8_lossy(&heard.strange);
            said.push(format!("it wrote what is no message to its output: `{}`", line.trim_end()));
        }
        self.secrets.redact(&said.join("; "))
    }

    fn ended(&self) -> Option<std::process::ExitStatus> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner).try_wait().ok().flatten()
    }

    /// The end of its error output.
    pub(super) fn complaints(&self) -> String {
        let kept = self.complaints.lock().unwrap_or_else(PoisonError::into_inner);
        self.secrets.redact(String::from_utf8_lossy(&kept).trim())
    }
}

/// Keeps the end of what is written, and says when that is all.
async fn keep(mut from: impl AsyncRead + Unpin, into: Arc<Mutex<Vec<u8>>>, all: Arc<AtomicBool>) {
    let mut buffer = [0; 1_024];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        let mut kept = into.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(&buffer[..count]);
        let over = kept.len().saturating_sub(KEPT);
        kept.drain(..over);
    }
    all.store(true, Ordering::Release);
}
