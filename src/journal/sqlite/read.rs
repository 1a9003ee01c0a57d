//! Reading a journal: every record is held against the chain of hashes before anything is made of it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, Row};

use super::chain::{Chain, Head, answer_hash};
use super::{glance, schema};
use crate::instrument::{CallId, Outcome};
use crate::journal::coded::{find, hex, kind, read_intent, read_outcome, unhex};
use crate::journal::owner::Lock;
use crate::journal::store::Store;
use crate::journal::{Entry, Intent, Journal, JournalError, Past};
use crate::value::Value;

/// The name of the database in a run's folder.
pub(super) const FILE: &str = "journal.db";

/// A record as it stands in a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its number, from 1.
    pub seq: u64,
    /// When it was recorded, in milliseconds since 1970.
    pub at: i64,
    /// Performing time so far, in milliseconds.
    pub performed: i64,
    /// What it says.
    pub kind: String,
    /// Of which call or timer.
    pub call: Option<CallId>,
    /// Its readable path.
    pub path: Option<String>,
    /// More, as JSON; `None` where that is kept in the store.
    pub body: Option<String>,
    /// The name of the body in the store.
    pub kept: Option<String>,
}

/// An answer that was left for a run, or was there before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inboxed {
    /// It is the first.
    Left,
    /// Another one was left before, at this instant.
    Before(i64),
}

const SELECT: &str = "SELECT seq, at, performed, kind, call, path, body, kept, hash FROM event";

/// A journal, for whoever only looks.
pub struct Reader {
    connection: Connection,
    folder: PathBuf,
    store: Store,
}

impl Reader {
    /// Opens the journal in a run's folder.
    ///
    /// # Errors
    /// If there is none, or it can't be read.
    pub fn open(folder: &Path) -> Result<Self, JournalError> {
        // What may not be written, such as a run that was put away, can be looked at all the same.
        let connection = schema::open(&folder.join(FILE), false).or_else(|error| match error {
            JournalError::NotRead { .. } => glance::lying(folder).ok_or(error),
            error => Err(error),
        })?;
        Ok(Self { connection, folder: folder.to_owned(), store: Store::at(folder.join("store")) })
    }

    /// All that stands in it, checked, one record after another.
    ///
    /// # Errors
    /// If a record is not what was written.
    pub fn events(
        &self,
        each: &mut dyn FnMut(&Event, Option<&str>) -> Option<()>,
    ) -> Result<(), JournalError> {
        let head = Head::read(&self.folder);
        walk(&self.connection, &self.folder, &self.store, head.as_ref(), each).map(|_| ())
    }

    /// What going on with the run needs of it.
    ///
    /// # Errors
    /// If a record is not what was written.
    pub fn past(&self) -> Result<Past, JournalError> {
        let mut past = Past::default();
        self.events(&mut |event, body| past.note(event, body))?;
        Ok(past)
    }

    /// The value that is written so in the journal; `None` where there is none.
    #[must_use]
    pub fn find(&self, kept: &serde_json::Value) -> Option<Value> {
        find(kept, &self.store)
    }

    /// Leaves an answer for whoever performs the run. The first one counts.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn answer(&self, question: CallId, answer: &str) -> Result<Inboxed, JournalError> {
        let (question, at) = (hex(question), jiff::Timestamp::now().as_millisecond());
        let hash = answer_hash(&question, at, answer);
        let left = self.connection.execute(
            "INSERT INTO inbox VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            (&question, at, answer, hash.as_slice()),
        );
        if left.map_err(|error| schema::failed(&error))? == 1 {
            // Nothing counts answers: they leave the log at once, whose end might get lost.
            let moved = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
            return moved.map(|()| Inboxed::Left).map_err(|error| schema::failed(&error));
        }
        let before = self
            .connection
            .query_row("SELECT at FROM inbox WHERE question = ?1", [&question], |row| row.get(0))
            .map_err(|error| schema::trouble(&self.folder.join(FILE), &error))?;
        Ok(Inboxed::Before(before))
    }

    /// Whether it is recorded how this call ended.
    ///
    /// # Errors
    /// If that can't be read.
    pub fn has_ended(&self, call: CallId) -> Result<bool, JournalError> {
        let ended = "SELECT EXISTS (SELECT 1 FROM event WHERE call = ?1 AND kind IN (?2, ?3))";
        let of = (hex(call), kind::DONE, kind::FAILED);
        let found = self.connection.query_row(ended, of, |row| row.get(0));
        found.map_err(|error| schema::trouble(&self.folder.join(FILE), &error))
    }

    /// Who performs the run now; `None`: nobody.
    #[must_use]
    pub fn owner(&self) -> Option<String> {
        Lock::held(&self.folder.join("lock"))
    }

    /// Copies the database to another file.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn copy(&self, to: &Path) -> Result<(), JournalError> {
        let to = to.to_string_lossy().into_owned();
        self.connection.execute("VACUUM INTO ?1", [to]).map(|_| ()).map_err(|error| schema::failed(&error))
    }
}

/// For whoever only looks what going on would come to.
impl Journal for Reader {
    fn append(&mut self, _entries: &[Entry], _performed: Duration) -> Result<(), JournalError> {
        Err(JournalError::not_written("it was opened to be looked at"))
    }

    fn outcome(&mut self, seq: u64) -> Result<Outcome, JournalError> {
        outcome(&self.connection, &self.folder, &self.store, seq)
    }

    fn intent(&mut self, seq: u64) -> Result<Intent, JournalError> {
        intent(&self.connection, &self.folder, &self.store, seq)
    }

    fn lasts(&self) -> bool {
        true
    }
}

fn event(row: &Row<'_>) -> rusqlite::Result<(Event, Vec<u8>)> {
    let call: Option<String> = row.get(4)?;
    let id = match &call {
        Some(text) => Some(unhex(text).filter(|id| hex(*id) == *text).ok_or_else(|| {
            rusqlite::Error::InvalidColumnType(4, String::from("call"), rusqlite::types::Type::Text)
        })?),
        None => None,
    };
    let event = Event {
        seq: u64::try_from(row.get::<_, i64>(0)?).unwrap_or(0),
        at: row.get(1)?,
        performed: row.get(2)?,
        kind: row.get(3)?,
        call: id,
        path: row.get(5)?,
        body: row.get(6)?,
        kept: row.get(7)?,
    };
    Ok((event, row.get(8)?))
}

/// Goes through all records, and gives where the chain ends.
pub(super) fn walk(
    connection: &Connection,
    folder: &Path,
    store: &Store,
    head: Option<&Head>,
    each: &mut dyn FnMut(&Event, Option<&str>) -> Option<()>,
) -> Result<(u64, Chain), JournalError> {
    let path = folder.join(FILE);
    let read = |error: rusqlite::Error| schema::trouble(&path, &error);
    let mut statement = connection.prepare(&format!("{SELECT} ORDER BY seq")).map_err(read)?;
    let mut rows = statement.query([]).map_err(read)?;
    let (mut chain, mut seq) = (Chain::new(), 0);
    while let Some(row) = rows.next().map_err(read)? {
        let (event, hash) = event(row).map_err(read)?;
        seq += 1;
        chain = chain.after(&event);
        if event.seq != seq || hash != chain.bytes() {
            return Err(JournalError::damaged(&path, format!("record {seq} is not what was written")));
        }
        if head.is_some_and(|head| head.seq == seq && head.chain != chain) {
            return Err(JournalError::damaged(&path, format!("record {seq} is not what was written")));
        }
        let kept = match &event.kept {
            Some(name) => Some(text(&path, store.get(name)?)?),
            None => None,
        };
        if each(&event, kept.as_deref().or(event.body.as_deref())).is_none() {
            return Err(JournalError::damaged(&path, format!("record {seq} can't be read")));
        }
    }
    if let Some(head) = head.filter(|head| head.seq > seq) {
        let lost = head.seq - seq;
        return Err(JournalError::damaged(
            &path,
            format!("the last {lost} of {} records are missing", head.seq),
        ));
    }
    Ok((seq, chain))
}

fn text(path: &Path, bytes: Vec<u8>) -> Result<String, JournalError> {
    String::from_utf8(bytes).map_err(|_| JournalError::damaged(path, "a value in the store is no text"))
}

/// One record with its body.
fn one(
    connection: &Connection,
    folder: &Path,
    store: &Store,
    seq: u64,
) -> Result<(Event, serde_json::Value), JournalError> {
    let path = folder.join(FILE);
    let read = |error: rusqlite::Error| schema::trouble(&path, &error);
    let mut statement = connection.prepare_cached(&format!("{SELECT} WHERE seq = ?1")).map_err(read)?;
    let number = i64::try_from(seq).unwrap_or(i64::MAX);
    let found = statement.query_row([number], event).optional().map_err(read)?;
    let wrong = || JournalError::damaged(&path, format!("record {seq} can't be read"));
    let (event, _) = found.ok_or_else(wrong)?;
    let kept = match &event.kept {
        Some(name) => Some(text(&path, store.get(name)?)?),
        None => None,
    };
    let body = kept.as_deref().or(event.body.as_deref()).unwrap_or("null");
    let body = serde_json::from_str(body).map_err(|_| wrong())?;
    Ok((event, body))
}

pub(super) fn outcome(
    connection: &Connection,
    folder: &Path,
    store: &Store,
    seq: u64,
) -> Result<Outcome, JournalError> {
    let (event, body) = one(connection, folder, store, seq)?;
    read_outcome(&event.kind, &body, store)?
        .ok_or_else(|| JournalError::damaged(&folder.join(FILE), format!("record {seq} is no outcome")))
}

pub(super) fn intent(
    connection: &Connection,
    folder: &Path,
    store: &Store,
    seq: u64,
) -> Result<Intent, JournalError> {
    let (event, body) = one(connection, folder, store, seq)?;
    let person = event.kind == kind::ASKED;
    event
        .call
        .and_then(|id| read_intent(id, event.path.as_deref()?, person, &body))
        .ok_or_else(|| JournalError::damaged(&folder.join(FILE), format!("record {seq} is no call")))
}

/// Answers that were left, checked, in the order in which they came.
pub(super) fn inbox(
    connection: &Connection,
    folder: &Path,
) -> Result<Vec<(CallId, i64, String)>, JournalError> {
    let path = folder.join(FILE);
    let read = |error: rusqlite::Error| schema::trouble(&path, &error);
    let mut statement = connection
        .prepare_cached("SELECT question, at, answer, hash FROM inbox ORDER BY at, question")
        .map_err(read)?;
    let mut rows = statement.query([]).map_err(read)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(read)? {
        let (question, at): (String, i64) = (row.get(0).map_err(read)?, row.get(1).map_err(read)?);
        let (answer, hash): (String, Vec<u8>) = (row.get(2).map_err(read)?, row.get(3).map_err(read)?);
        let id = unhex(&question).filter(|_| hash == answer_hash(&question, at, &answer));
        let id = id.ok_or_else(|| JournalError::damaged(&path, "an answer is not what was left"))?;
        found.push((id, at, answer));
    }
    Ok(found)
}
