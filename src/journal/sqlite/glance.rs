//! What a list of runs says of one: read from a few rows, which are not held against the chain of hashes.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension as _};

use super::read::FILE;
use super::schema;
use crate::journal::coded::kind;
use crate::journal::store::Store;
use crate::journal::{Beginning, JournalError, State};

/// What can be seen of a run at a glance.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Glance {
    /// When it began, in milliseconds since 1970; `None` where nothing is recorded of it.
    pub began: Option<i64>,
    /// When something was last recorded.
    pub touched: i64,
    /// How far it is.
    pub state: State,
    /// How many calls there were.
    pub calls: u64,
    /// What it was when it last went on.
    pub latest: Beginning,
}

/// What can be seen of the run in this folder.
pub(in crate::journal) fn glance(folder: &Path) -> Result<Glance, JournalError> {
    looking(folder, |connection| {
        let file = folder.join(FILE);
        let seen = look(connection, folder).map_err(|error| schema::trouble(&file, &error))?;
        seen.ok_or_else(|| JournalError::damaged(&file, "how far it is can't be read"))
    })
}

/// When the run in this folder began; `None` where nothing is recorded of it.
pub(in crate::journal) fn began(folder: &Path) -> Option<i64> {
    looking(folder, |connection| {
        first(connection, folder).map_err(|error| schema::trouble(&folder.join(FILE), &error))
    })
    .ok()?
}

/// Looks into a journal. One that nobody writes and that has no log beside it is read as it lies there, which leaves
/// out all locks; where that does not do, it is opened as ever.
fn looking<T>(
    folder: &Path,
    look: impl Fn(&Connection) -> Result<T, JournalError>,
) -> Result<T, JournalError> {
    if let Some(seen) = lying(folder).and_then(|connection| look(&connection).ok()) {
        return Ok(seen);
    }
    look(&schema::open(&folder.join(FILE), false)?)
}

/// A journal that nobody writes, opened as it lies there.
pub(super) fn lying(folder: &Path) -> Option<Connection> {
    let log = std::fs::metadata(folder.join(format!("{FILE}-wal")));
    if log.is_ok_and(|log| log.len() > 0) {
        return None;
    }
    let path = std::path::absolute(folder.join(FILE)).ok()?;
    let address = url::Url::from_file_path(path).ok()?;
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(format!("{address}?immutable=1"), flags).ok()?;
    connection.execute_batch("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;").ok()?;
    schema::is_of_today(&connection).then_some(connection)
}

/// When a run began; a copy begins when it is made. A journal that begins with the run that it ends with is looked
/// through no further.
fn first(connection: &Connection, folder: &Path) -> rusqlite::Result<Option<i64>> {
    let store = Store::at(folder.join("store"));
    let begins = |sql: &str| {
        let mut found = connection.prepare(&format!("SELECT at, body ->> 'run', kept FROM event {sql}"))?;
        let read = |row: &rusqlite::Row<'_>| {
            let (run, kept): (Option<String>, Option<String>) = (row.get(1)?, row.get(2)?);
            let stored = || serde_json::from_slice::<Beginning>(&store.get(&kept?).ok()?).ok();
            Ok((row.get::<_, i64>(0)?, run.or_else(|| Some(stored()?.run))))
        };
        let rows = found.query_map([], read)?.collect::<rusqlite::Result<Vec<_>>>();
        rows
    };
    let Some((at, run)) = begins("WHERE seq = 1")?.pop() else { return Ok(None) };
    if run.is_some_and(|run| folder.ends_with(run)) {
        return Ok(Some(at));
    }
    let all = begins("WHERE kind = 'began' ORDER BY seq")?;
    let own = all.last().map(|(_, run)| run.clone());
    Ok(all.into_iter().find(|(_, run)| Some(run) == own.as_ref()).map(|(at, _)| at))
}

/// Kinds of records that say how far a run is.
const STATES: [&str; 5] = [kind::BEGAN, kind::WAITING, kind::INTERRUPTED, kind::RUN_FAILED, kind::RUN_DONE];

type Row = (String, Option<String>, Option<String>, Option<String>);

fn look(connection: &Connection, folder: &Path) -> rusqlite::Result<Option<Glance>> {
    let Some(began) = first(connection, folder)? else { return Ok(Some(Glance::default())) };
    let store = Store::at(folder.join("store"));
    let last = "SELECT at FROM event ORDER BY seq DESC LIMIT 1";
    let touched = connection.query_row(last, [], |row| row.get(0))?;
    let calls = "SELECT count(DISTINCT call) FROM event WHERE kind IN (?1, ?2)";
    let calls: i64 = connection.query_row(calls, [kind::INTENDED, kind::ASKED], |row| row.get(0))?;
    let row = |sql: &str, kinds: &[&str]| -> rusqlite::Result<Option<Row>> {
        let sql =
            format!("SELECT kind, path, body, kept FROM event WHERE kind {sql} ORDER BY seq DESC LIMIT 1");
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
        connection.query_row(&sql, rusqlite::params_from_iter(kinds), read).optional()
    };
    let latest = row("= ?1", &[kind::BEGAN])?;
    let stop = row("IN (?1, ?2, ?3, ?4, ?5)", &STATES)?;
    let read = || {
        let body = |(_, _, body, kept): &Row| match kept {
            Some(name) => store.get(name).ok(),
            None => body.clone().map(String::into_bytes),
        };
        let latest = serde_json::from_slice(&body(latest.as_ref()?)?).ok()?;
        let stop = stop.as_ref()?;
        let state = match &*stop.0 {
            kind::BEGAN => State::Underway,
            kind::WAITING => State::Waiting,
            kind::INTERRUPTED => State::Interrupted,
            kind::RUN_DONE => State::Done,
            _ => {
                let body: serde_json::Value = serde_json::from_slice(&body(stop)?).ok()?;
                State::Failed(body["message"].as_str()?.to_owned(), stop.1.clone().unwrap_or_default())
            }
        };
        let calls = u64::try_from(calls).ok()?;
        Some(Glance { began: Some(began), touched, state, calls, latest })
    };
    Ok(read())
}
