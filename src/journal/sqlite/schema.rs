//! The tables of a journal, and how an older one becomes a newer one.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::journal::JournalError;

/// Marks a database as a journal of Score (`file` and `PRAGMA application_id` show it).
const APPLICATION: i64 = 0x5363_6f72;

/// Each step makes the format of its number out of the one before.
const MIGRATIONS: &[&str] = &["
CREATE TABLE event (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  performed INTEGER NOT NULL,
  kind TEXT NOT NULL,
  call TEXT,
  path TEXT,
  body TEXT,
  kept TEXT,
  hash BLOB NOT NULL
) STRICT;
CREATE TABLE inbox (
  question TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  answer TEXT NOT NULL,
  hash BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE owner (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  epoch INTEGER NOT NULL,
  who TEXT NOT NULL
) STRICT;
INSERT INTO owner VALUES (1, 0, '');
CREATE VIEW calls AS
  SELECT i.seq AS seq, i.path AS path, i.body ->> 'part' AS part, i.body ->> 'instrument' AS instrument,
         i.body ->> 'class' AS class, coalesce(e.kind, 'open') AS ended, e.at - i.at AS millis,
         coalesce(e.body ->> '$.answer.text', e.body -> '$.answer.value', e.body ->> 'message') AS answer
  FROM event i LEFT JOIN event e ON e.call = i.call AND e.seq > i.seq AND e.kind IN ('done', 'failed')
  WHERE i.kind IN ('intended', 'asked');
"];

/// The newest format that this version knows.
fn newest() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// Opens a database and makes it a journal of the newest format; `create` where there is none yet.
pub(super) fn open(path: &Path, create: bool) -> Result<Connection, JournalError> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if create {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let read = |error: rusqlite::Error| trouble(path, &error);
    let mut connection = Connection::open_with_flags(path, flags).map_err(read)?;
    connection.busy_timeout(Duration::from_secs(10)).map_err(read)?;
    connection
        .execute_batch("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA foreign_keys=ON;")
        .map_err(read)?;
    let pragma = |connection: &Connection, name: &str| {
        connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0)).map_err(read)
    };
    let format = pragma(&connection, "user_version")?;
    let application = pragma(&connection, "application_id")?;
    let empty = format == 0 && application == 0 && pragma(&connection, "page_count")? <= 1;
    if application != APPLICATION && !(empty && create) {
        return Err(JournalError::NotAJournal { path: path.display().to_string() });
    }
    if format > newest() {
        return Err(JournalError::Newer { path: path.display().to_string(), found: format, known: newest() });
    }
    connection.execute_batch("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;").map_err(read)?;
    if format < newest() {
        migrate(&mut connection).map_err(|error| failed(&error))?;
    }
    Ok(connection)
}

/// Whether a database is a journal of the newest format, by what it says of itself.
pub(super) fn is_of_today(connection: &Connection) -> bool {
    let pragma =
        |name: &str| connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0)).ok();
    pragma("application_id") == Some(APPLICATION) && pragma("user_version") == Some(newest())
}

/// Takes the steps that are left. Another process may have taken them since it was looked which those are.
fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let change = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let format: i64 = change.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    for step in MIGRATIONS.iter().skip(usize::try_from(format).unwrap_or(0)) {
        change.execute_batch(step)?;
    }
    change
        .execute_batch(&format!("PRAGMA application_id={APPLICATION}; PRAGMA user_version={}", newest()))?;
    change.commit()
}

/// A failure to read, named by what it is.
pub(super) fn trouble(path: &Path, error: &rusqlite::Error) -> JournalError {
    use rusqlite::ErrorCode;
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => JournalError::NotAJournal { path: path.display().to_string() },
        Some(
            ErrorCode::CannotOpen
            | ErrorCode::PermissionDenied
            | ErrorCode::ReadOnly
            | ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::SystemIoFailure
            | ErrorCode::DiskFull
            | ErrorCode::OutOfMemory,
        ) => JournalError::not_read(path, error),
        _ => JournalError::damaged(path, error),
    }
}

/// A failure to write.
pub(super) fn failed(error: &rusqlite::Error) -> JournalError {
    JournalError::not_written(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_comes_second_has_nothing_left_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        let mut one = Connection::open(&path).unwrap();
        let mut other = Connection::open(&path).unwrap();
        migrate(&mut one).unwrap();
        migrate(&mut other).unwrap();
        assert!(is_of_today(&other));
    }
}
