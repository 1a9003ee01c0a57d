//! `shell(…)` and `sh(…)`: programs of this machine.
//!
//! `shell` splits the part's text into words and starts the program named by the first: no shell is
//! involved, each hole is part of one word, whatever it holds. `sh` has the text run by `sh`, its holes
//! passed as positional arguments. Media in holes become temporary files.
//!
//! A program sees of the environment [`INHERITED`] and what `env:` gives it. It and all that it starts
//! end with the call. It may take an hour (`timeout:`) and write 16 MiB.

mod group;
mod output;
mod run;
mod script;
mod words;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::instrument::{
    Abilities, Backend, Class, Failure, FailureKind, Needs, Opening, PlayFuture, Profile, Reply, Request,
    Stage,
};
use crate::types::{Signature, Type};
use crate::value::{Instrument, Value};

use super::said::{json, question, words as said};
use super::settings::{Row, Settings, constructor};
use super::wire::{Secrets, gate};

pub(super) use group::Group;
pub(super) use run::not_started;
pub(super) use words::split;

/// What a program sees of the environment.
pub(super) const INHERITED: &[&str] = &[
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "TMPDIR",
    "TMP",
    "TEMP",
    "USER",
    "LOGNAME",
    "SHELL",
    "TERM",
    "SYSTEMROOT",
    "PATHEXT",
    "COMSPEC",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
];

const LONGEST: Duration = Duration::from_hours(1);

/// Programs started without a shell.
pub(super) struct Shell;

/// Scripts run by `sh`.
pub(super) struct Sh;

impl Backend for Shell {
    fn tells_when_sent(&self) -> bool {
        true
    }

    fn name(&self) -> &'static str {
        "shell"
    }

    fn doc(&self) -> &'static str {
        "Runs a program without a shell: the text is split into words, each hole is part of one word."
    }

    fn signature(&self) -> Signature {
        constructor(&[], &rows())
    }

    fn abilities(&self, _instrument: &Instrument) -> Abilities {
        ABILITIES
    }

    fn profile(&self, _instrument: &Instrument, _opening: Opening<'_>) -> Profile {
        Class::Acts.profile()
    }

    fn needs(&self, _instrument: &Instrument, opening: Opening<'_>) -> Needs {
        let program =
            opening.words.split_whitespace().next().map(|word| word.trim_matches(['"', '\'']).to_owned());
        Needs { programs: program.into_iter().collect(), ..Needs::default() }
    }

    fn play<'a>(&'a self, request: Request, stage: &'a Stage) -> PlayFuture<'a> {
        Box::pin(play(request, stage, words::command))
    }
}

impl Backend for Sh {
    fn tells_when_sent(&self) -> bool {
        true
    }

    fn name(&self) -> &'static str {
        "sh"
    }

    fn doc(&self) -> &'static str {
        "Has the text run by `sh`; holes are passed as arguments, never as part of the script."
    }

    fn signature(&self) -> Signature {
        constructor(&[], &rows())
    }

    fn abilities(&self, _instrument: &Instrument) -> Abilities {
        ABILITIES
    }

    fn profile(&self, _instrument: &Instrument, _opening: Opening<'_>) -> Profile {
        Class::Acts.profile()
    }

    fn needs(&self, _instrument: &Instrument, _opening: Opening<'_>) -> Needs {
        Needs { programs: vec!["sh".to_owned()], ..Needs::default() }
    }

    fn play<'a>(&'a self, request: Request, stage: &'a Stage) -> PlayFuture<'a> {
        Box::pin(play(request, stage, script::command))
    }
}

const ABILITIES: Abilities = Abilities {
    chat: true,
    json: true,
    tools: false,
    images_in: true,
    images_out: true,
    audio_in: true,
    audio_out: true,
    streams: false,
};

fn rows() -> [Row; 5] {
    [
        ("in", Type::Text, "The folder it runs in (the score's own)."),
        ("env", Type::Unknown, "More of the environment, such as `{CI: \"1\"}`; secrets may stand in it."),
        ("timeout", Type::Duration, "How long it may take (1h)."),
        ("at_once", Type::Int, "How many may run at once (no bound)."),
        ("price", Type::Unknown, "What a run costs."),
    ]
}

/// Words of a command, ready to be started.
pub(super) type Arguments = Vec<String>;

async fn play(
    request: Request,
    stage: &Stage,
    command: fn(&[crate::instrument::Piece], &mut Holes) -> Result<Arguments, Failure>,
) -> Result<Reply, Failure> {
    let settings = Settings::of(&request.instrument);
    let folder = folder(settings, &stage.folder)?;
    let (pieces, _) = question(&request);
    let mut holes = Holes { files: None, count: 0 };
    let arguments = command(pieces, &mut holes)?;
    let mut secrets = Secrets::default();
    let job = run::Job {
        arguments,
        folder,
        environment: environment(settings, &mut secrets),
        stdin: stdin(&request),
        timeout: timeout(settings, &request),
    };
    let at_once = settings.count("at_once");
    let gate = gate(&["command", &request.instrument.name, &job.folder.to_string_lossy()], at_once, None);
    let _pass = gate.turn(&*stage.watch).await?;
    let ended = run::run(&job).await;
    let reply = ended.and_then(|ended| output::reply(&request, &job, ended));
    drop(holes);
    reply.map_err(|failure| clean(failure, &secrets, &job.arguments))
}

fn clean(failure: Failure, secrets: &Secrets, arguments: &[String]) -> Failure {
    let received = secrets.redact(&failure.received);
    let message = secrets.redact(&failure.message);
    Failure { message, ..failure }.with_exchange(&secrets.redact(&arguments.join(" ")), &received)
}

pub(super) fn folder(settings: Settings<'_>, base: &Path) -> Result<PathBuf, Failure> {
    let folder = settings.text("in").map_or_else(|| base.to_owned(), |folder| base.join(folder));
    if folder.is_dir() {
        return Ok(folder);
    }
    let message = format!("the folder it is to run in is not there: {}", folder.display());
    Err(Failure::new(FailureKind::InvalidRequest, message)
        .with_help("make it, or change `in:` of the instrument"))
}

pub(super) fn environment(settings: Settings<'_>, secrets: &mut Secrets) -> Vec<(String, String)> {
    let inherited = INHERITED.iter().filter_map(|name| Some(((*name).to_owned(), std::env::var(name).ok()?)));
    let mut environment: Vec<_> = inherited.collect();
    for (name, value) in settings.named("env") {
        let value = match value {
            Value::Secret(secret) => {
                let revealed = secret.reveal().to_owned();
                secrets.add(secret);
                revealed
            }
            other => said(&other).into_owned(),
        };
        environment.push((name, value));
    }
    environment
}

fn stdin(request: &Request) -> Option<Vec<u8>> {
    Some(match request.stdin.as_ref()? {
        Value::Nothing => return None,
        Value::Text(text) => text.as_bytes().to_vec(),
        Value::Media(media) => media.bytes.to_vec(),
        other => json(other).to_string().into_bytes(),
    })
}

fn timeout(settings: Settings<'_>, request: &Request) -> Duration {
    let timeout = settings.duration("timeout").unwrap_or(LONGEST);
    let within = request.within.and_then(|left| u64::try_from(left.max(0)).ok()).map(Duration::from_millis);
    within.map_or(timeout, |within| timeout.min(within))
}

/// Turns values in holes into words; keeps the temporary files of media until the command has ended.
pub(super) struct Holes {
    files: Option<tempfile::TempDir>,
    count: usize,
}

impl Holes {
    /// The word for a value: a text as it is, a medium as the path of a file, the rest as it reads.
    pub(super) fn word(&mut self, value: &Value) -> Result<String, Failure> {
        let word = match value {
            Value::Media(media) => self.file(media)?,
            Value::List(_) | Value::Record(_) | Value::Map(_) => json(value).to_string(),
            Value::Secret(secret) => {
                let message = format!("the secret {} can't stand in a command", secret.name);
                return Err(Failure::new(FailureKind::InvalidRequest, message)
                    .with_help("give it to the instrument: `shell(env: {NAME: secret(\"NAME\")})`"));
            }
            other => said(other).into_owned(),
        };
        if word.contains('\0') {
            let message = "a word of a command holds a NUL character, which none can";
            return Err(Failure::new(FailureKind::InvalidRequest, message));
        }
        Ok(word)
    }

    fn file(&mut self, media: &Arc<crate::value::Media>) -> Result<String, Failure> {
        let failed = |error: std::io::Error| {
            Failure::new(FailureKind::InvalidRequest, format!("a temporary file can't be made: {error}"))
        };
        let folder = match self.files.take() {
            Some(folder) => folder,
            None => tempfile::tempdir().map_err(failed)?,
        };
        self.count += 1;
        let path = folder.path().join(format!("{}.{}", self.count, super::media::extension(&media.mime)));
        std::fs::write(&path, &media.bytes).map_err(failed)?;
        self.files = Some(folder);
        path.into_os_string().into_string().map_err(|_| {
            Failure::new(
                FailureKind::InvalidRequest,
                "the folder for temporary files has a name that is no text",
            )
        })
    }
}

#[cfg(test)]
mod tests;
