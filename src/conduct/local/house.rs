//! The house that a test is performed in: files and a clock of its own, and a seat for whoever plays.

use std::collections::BTreeSet;
use std::path::{Component, Path};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use crate::backend;
use crate::base::Name;
use crate::instrument::{Failure, FailureKind, Opening, Reply, Request};
use crate::value::Value;

/// What a test sees of the world.
#[derive(Debug, Default)]
pub struct House {
    /// Chairs in which somebody sits who need be no stand-in.
    pub seated: BTreeSet<Name>,
    /// Whether it has files.
    pub files: bool,
    /// What the clock says when the test begins; `None`: there is none.
    pub clock: Option<Timestamp>,
    /// Time that was waited for, in milliseconds: it passes at once.
    passed: AtomicI64,
}

impl House {
    /// Lets time pass.
    pub fn pass(&self, millis: i64) {
        self.passed.fetch_add(millis, Ordering::Relaxed);
    }

    /// Plays for the world, and refuses whoever has no seat; `None`: the instrument itself plays.
    pub fn play(&self, request: &Request) -> Option<Result<Reply, Failure>> {
        let instrument = &request.instrument;
        match &*instrument.constructor {
            "files" => self.file(request),
            "clock" => Some(self.time(request)),
            // Chance is the same in every performance of a test.
            "random" => Some(Ok(backend::by_seed(request, request.arguments.len() as u64))),
            constructor if backend::is_internal(constructor) => None,
            constructor => {
                let profile = backend::find(constructor)?.profile(instrument, Opening::default());
                let seated = profile.stand_in || self.seated.contains(&instrument.name);
                (!seated).then(|| Err(unseated(request)))
            }
        }
    }

    fn time(&self, request: &Request) -> Result<Reply, Failure> {
        let builtin = &request.part;
        let Some(begun) = self.clock else {
            return Err(denied(format!("`{builtin}()` has no clock in this test"))
                .with_help("give it one: `seat clock = \"2026-01-05T09:00Z\"`"));
        };
        let passed = SignedDuration::from_millis(self.passed.load(Ordering::Relaxed));
        let now = begun.checked_add(passed).unwrap_or(begun);
        Ok(Reply::value(match &**builtin {
            "today" => Value::Date(now.to_zoned(TimeZone::UTC).date()),
            _ => Value::Time(now),
        }))
    }

    /// Files are real ones, in a folder that holds nothing but what the test put there.
    fn file(&self, request: &Request) -> Option<Result<Reply, Failure>> {
        let path = match request.arguments.first() {
            Some((_, Value::Text(path))) => Arc::clone(path),
            _ => Arc::from(""),
        };
        if !self.files {
            let shown = if path.is_empty() { "notes.md" } else { &path };
            let failure = denied(format!("`{}` has no files in this test", request.part));
            let help = if &*request.part == "write" {
                String::from("give it a place to write: `seat files = {}`")
            } else {
                format!("give it some: `seat files = {{\"{shown}\": \"…\"}}`")
            };
            return Some(Err(failure.with_help(help)));
        }
        let leaves = Path::new(&*path)
            .components()
            .any(|part| !matches!(part, Component::Normal(_) | Component::CurDir));
        leaves.then(|| {
            let failure = denied(format!("`{path}` is outside of the files of this test"));
            Err(failure
                .with_help("name a path that `seat files` has, without `..` and without a `/` before it"))
        })
    }
}

fn denied(message: String) -> Failure {
    Failure::new(FailureKind::Denied, message)
}

fn unseated(request: &Request) -> Failure {
    let instrument = &request.instrument;
    if instrument.name == instrument.constructor {
        return denied(format!(
            "`{}` is played by a `{}` that has no seat in this test",
            request.part, instrument.name
        ))
        .with_help(format!("seat somebody for it: `seat part {} = script([…])`", request.part));
    }
    denied(format!("`{}` has no seat in this test, and is asked to play `{}`", instrument.name, request.part))
        .with_help(format!("seat somebody: `seat {} = script([…])`", instrument.name))
}
