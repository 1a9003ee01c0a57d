//! Performs the tests of a score, each in a house of its own.

use std::path::Path;
use std::sync::Arc;

use super::planned::given;
use super::{Ended, Performance, Planned};
use crate::base::{Name, Span};
use crate::conduct::local::House;
use crate::engine::Report;
use crate::engine::evaluate::{Failed, Given};
use crate::instrument::{Failure, FailureKind};
use crate::plan::{Expr, TestCase};
use crate::value::{Instrument, Value};

/// Why a test failed.
#[derive(Debug)]
pub enum Flaw {
    /// What it performed failed, or did not give what was expected.
    Failed(Box<Report>),
    /// Its seats could not be set up.
    Seats(Failed),
    /// It was cut off.
    CutOff,
}

impl Planned {
    /// The tests of the score, in written order.
    #[must_use]
    pub fn tests(&self) -> &[TestCase] {
        &self.plan.tests
    }

    /// Performs a test of a score that stands in this folder.
    ///
    /// # Errors
    /// Why it failed.
    pub fn test(&self, test: &TestCase, home: &Path) -> Result<(), Flaw> {
        let given = given(&self.plan);
        let seated = self.seat(test, &given, home).map_err(Flaw::Seats)?;
        let ended = seated.run().map_err(|error| Flaw::Seats(unready(test.span, &error.to_string())))?;
        match ended {
            Ended::Done(_) => Ok(()),
            Ended::Failed(report) => Err(Flaw::Failed(report)),
            Ended::Waiting(..) | Ended::CutOff => Err(Flaw::CutOff),
        }
    }

    /// A test, ready to be performed.
    fn seat(&self, test: &TestCase, given: &Given, home: &Path) -> Result<Performance, Failed> {
        let (plan, chairs) = self.plan.seated(test);
        let planned = Self { plan: Arc::new(plan), program: Arc::clone(&self.program) };
        let mut performance = Performance::new(&planned, test.movement);
        let mut house = House::default();
        house.files = test.files.is_some();
        for (seat, chair) in test.seats.iter().zip(chairs) {
            let Value::Instrument(instrument) = self.constant(&seat.value, given)? else { continue };
            // Only what was seated as it is may be something real.
            house.seated.insert(Name::clone(&chair));
            let moved = test.files.is_some();
            performance.seat(&chair, if moved { at_home(instrument, home) } else { instrument });
        }
        if let Some(clock) = &test.clock
            && let Value::Text(text) = self.constant(clock, given)?
        {
            let read =
                text.parse().map_err(|error| unready(clock.span, &format!("`{text}` is no time: {error}")));
            house.clock = Some(read?);
        }
        let folder = match &test.files {
            Some(files) => Some(folder(&self.constant(files, given)?, files)?),
            None => None,
        };
        performance.folder(Arc::from(home));
        performance.in_house(house, folder);
        Ok(performance)
    }
}

/// A recording stands beside the score, also where a test has files of its own.
fn at_home(instrument: Arc<Instrument>, home: &Path) -> Arc<Instrument> {
    match (&*instrument.constructor, instrument.setting("file")) {
        ("replay", Some(Value::Text(file))) => {
            let place = std::path::absolute(home.join(&**file)).unwrap_or_else(|_| home.join(&**file));
            let mut settings = instrument.settings.clone();
            settings.insert(Arc::from("file"), Value::text(&place.to_string_lossy()));
            Arc::new(Instrument { settings, ..(*instrument).clone() })
        }
        _ => instrument,
    }
}

/// A folder with these files.
fn folder(files: &Value, written: &Expr) -> Result<tempfile::TempDir, Failed> {
    let failed = |error: std::io::Error| unready(written.span, &format!("its files can't be made: {error}"));
    let folder = tempfile::tempdir().map_err(failed)?;
    let Value::Map(files) = files else { return Ok(folder) };
    for (path, content) in files.iter() {
        let place = folder.path().join(&**path);
        if !place.starts_with(folder.path()) || path.split('/').any(|step| step == "..") {
            return Err(unready(written.span, &format!("`{path}` is outside of the files of this test")));
        }
        if let Some(above) = place.parent() {
            std::fs::create_dir_all(above).map_err(failed)?;
        }
        if let Value::Text(text) = content {
            std::fs::write(&place, text.as_bytes()).map_err(failed)?;
        }
    }
    Ok(folder)
}

fn unready(span: Span, message: &str) -> Failed {
    Failed { failure: Failure::new(FailureKind::InvalidRequest, message), span }
}
