//! A journal in an SQLite file: a write-ahead log that is synced at each commit, one transaction for all that
//! is recorded at a time, a chain of hashes over the records. See `docs/runs.md` for its tables.

mod chain;
mod glance;
mod read;
mod schema;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use chain::{Chain, Head};
pub use glance::Glance;
pub(super) use glance::{began, glance};
pub use read::{Event, Inboxed, Reader};

use super::coded::{find, keep, write};
use super::owner::Lock;
use super::store::Store;
use super::{Entry, Intent, Journal, JournalError, Past};
use crate::instrument::{CallId, Outcome};
use crate::value::Value;

/// Longer bodies are kept in the store: so much in a row costs one sync, beside it a second one.
const LONG: usize = 64 * 1024;

const INSERT: &str = "INSERT INTO event VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

/// The journal of a run that this process performs.
pub struct Sqlite {
    connection: Connection,
    folder: PathBuf,
    store: Store,
    head: File,
    seq: u64,
    chain: Chain,
    epoch: i64,
    /// Answers that were given out.
    seen: HashSet<CallId>,
    /// The last state of the database that the inbox was looked at in.
    version: i64,
    _lock: Lock,
}

impl Sqlite {
    /// Takes the run in this folder over, and gives what stands in its journal; that is made where there is none.
    ///
    /// # Errors
    /// If another process performs the run, or the journal can't be read or made.
    pub fn take(folder: &Path, run: &str) -> Result<(Self, Past), JournalError> {
        let lock = Lock::take(&folder.join("lock"), run)?;
        let head = Head::read(folder);
        // Where something was recorded before, a missing journal is a damage and no new run.
        let mut connection = schema::open(&folder.join(read::FILE), head.is_none())?;
        let store = Store::at(folder.join("store"));
        let mut past = Past::default();
        let (seq, chain) = read::walk(&connection, folder, &store, head.as_ref(), &mut |event, body| {
            past.note(event, body)
        })?;
        let epoch = take_over(&mut connection, &lock.who).map_err(|error| schema::failed(&error))?;
        let journal = Self {
            connection,
            store,
            head: Head::file(folder)?,
            folder: folder.to_owned(),
            seq,
            chain,
            epoch,
            seen: HashSet::new(),
            version: -1,
            _lock: lock,
        };
        Ok((journal, past))
    }

    /// A value as it is written in the journal, with its media in the store.
    ///
    /// # Errors
    /// If it is no data, or the store can't be written.
    pub fn keep(&self, value: &Value) -> Result<serde_json::Value, JournalError> {
        keep(value, &self.store)
    }

    /// The value that is written so; `None` where there is none.
    #[must_use]
    pub fn find(&self, kept: &serde_json::Value) -> Option<Value> {
        find(kept, &self.store)
    }

    fn events(&self, entries: &[Entry], performed: Duration) -> Result<Vec<Event>, JournalError> {
        let at = jiff::Timestamp::now().as_millisecond();
        let performed = i64::try_from(performed.as_millis()).unwrap_or(i64::MAX);
        let mut events = Vec::with_capacity(entries.len());
        for (entry, seq) in entries.iter().zip(self.seq + 1..) {
            let written = write(entry, &self.store)?;
            let (body, kept) = if written.body.len() > LONG {
                (None, Some(self.store.put(written.body.as_bytes())?))
            } else {
                (Some(written.body), None)
            };
            events.push(Event {
                seq,
                at,
                performed,
                kind: written.kind.to_owned(),
                call: written.call,
                path: written.path.map(str::to_owned),
                body,
                kept,
            });
        }
        Ok(events)
    }

    /// Writes records in one transaction, unless another process has taken the run over.
    fn commit(&mut self, events: &[Event]) -> Result<Chain, JournalError> {
        let failed = |error: rusqlite::Error| schema::failed(&error);
        let change =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        let mut chain = self.chain;
        {
            let mut owner =
                change.prepare_cached("SELECT epoch, who FROM owner WHERE one = 1").map_err(failed)?;
            let found = owner.query_row([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)));
            let (epoch, owner) = found.map_err(failed)?;
            if epoch != self.epoch {
                return Err(JournalError::TakenOver { owner });
            }
            let mut insert = change.prepare_cached(INSERT).map_err(failed)?;
            for event in events {
                chain = chain.after(event);
                let call = event.call.map(super::coded::hex);
                insert
                    .execute(rusqlite::params![
                        i64::try_from(event.seq).unwrap_or(i64::MAX),
                        event.at,
                        event.performed,
                        event.kind,
                        call,
                        event.path,
                        event.body,
                        event.kept,
                        chain.bytes().as_slice(),
                    ])
                    .map_err(failed)?;
            }
        }
        change.commit().map_err(failed)?;
        Ok(chain)
    }
}

/// Writes down who performs the run now, and gives how often it was taken over. The row that `RETURNING` gives comes
/// before the change is durable, so that it says nothing.
fn take_over(connection: &mut Connection, who: &str) -> rusqlite::Result<i64> {
    let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    change.execute("UPDATE owner SET epoch = epoch + 1, who = ?1 WHERE one = 1", [who])?;
    let epoch = change.query_row("SELECT epoch FROM owner WHERE one = 1", [], |row| row.get(0))?;
    change.commit()?;
    Ok(epoch)
}

impl Journal for Sqlite {
    fn append(&mut self, entries: &[Entry], performed: Duration) -> Result<(), JournalError> {
        let events = self.events(entries, performed)?;
        let Some(last) = events.last() else { return Ok(()) };
        self.chain = self.commit(&events)?;
        self.seq = last.seq;
        Head { seq: self.seq, chain: self.chain }.write(&mut self.head)
    }

    fn outcome(&mut self, seq: u64) -> Result<Outcome, JournalError> {
        read::outcome(&self.connection, &self.folder, &self.store, seq)
    }

    fn intent(&mut self, seq: u64) -> Result<Intent, JournalError> {
        read::intent(&self.connection, &self.folder, &self.store, seq)
    }

    fn answers(&mut self) -> Result<Vec<(CallId, String)>, JournalError> {
        let version = self.connection.query_row("PRAGMA data_version", [], |row| row.get(0));
        let version = version.map_err(|error| schema::trouble(&self.folder.join(read::FILE), &error))?;
        if std::mem::replace(&mut self.version, version) == version {
            return Ok(Vec::new());
        }
        let left = read::inbox(&self.connection, &self.folder)?;
        let fresh = left.into_iter().filter(|(id, ..)| self.seen.insert(*id));
        Ok(fresh.map(|(id, _, answer)| (id, answer)).collect())
    }

    fn lasts(&self) -> bool {
        true
    }
}
