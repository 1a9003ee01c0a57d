//! A folder with scores in it, and the command line in that folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;

pub struct Place(TempDir);

impl Place {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        fs::write(self.path().join(name), content).expect("written");
        self
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).expect("readable")
    }

    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_score"));
        command.args(words).current_dir(self.path()).stdin(Stdio::null());
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path());
        command
    }

    #[track_caller]
    pub fn score(&self, words: &[&str]) -> Ran {
        Ran::of(&self.command(words).output().expect("it starts"))
    }
}

#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn of(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    #[track_caller]
    pub fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        assert!(self.err.contains(words), "{words:?} is missing: {self:#?}");
        self
    }

    #[track_caller]
    pub fn never_says(self, words: &str) -> Self {
        assert!(!self.err.contains(words), "{words:?} is said: {self:#?}");
        self
    }

    #[track_caller]
    pub fn gives(self, out: &str) -> Self {
        assert_eq!(self.out, out, "{self:#?}");
        self
    }
}

/// How many libraries were made.
static MADE: AtomicUsize = AtomicUsize::new(0);

/// A library to be loaded before the C library, made of a source in `tests` by the C compiler of this machine; `None`
/// where there is none.
pub fn preloaded(source: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let name = source.rsplit('/').next().unwrap_or(source);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    let made = folder.join(format!("{name}-{}-{number}.so", std::process::id()));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(source);
    let mut cc = Command::new("cc");
    let built = cc.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&made).arg(&source).arg("-ldl").status();
    if built.is_ok_and(|status| status.success()) {
        return Some(made);
    }
    println!("skipped: there is no C compiler here that makes {name} into a library");
    None
}
