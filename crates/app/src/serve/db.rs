//! What the server keeps beside the lake: tokens, jobs, schedules, notices and the audit log, in one SQLite file. A file of this module is a table.

pub(crate) mod audit;
pub(crate) mod delivery;
pub(crate) mod job;
pub(crate) mod known;
pub(crate) mod schedule;
pub(crate) mod token;

use anyhow::Context as _;
use jiff::Timestamp;
use rusqlite::Connection;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Steps from the empty file on. A step that was shipped is never changed; `user_version` counts those that were done.
const MIGRATIONS: &[&str] = &[include_str!("db/1.sql"), include_str!("db/2.sql"), include_str!("db/3.sql")];

/// How long a statement waits for another process that writes.
const PATIENCE: Duration = Duration::from_secs(5);

/// The file, open.
#[derive(Debug)]
pub(crate) struct Db {
    connection: Mutex<Connection>,
}

impl Db {
    /// Opens the file, or makes it, readable for its owner alone.
    ///
    /// # Errors
    /// It cannot be opened, is no such file, or a newer version wrote it.
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        let told = || format!("cannot open the state file `{}`", path.display());
        own_file(path).with_context(told)?;
        let connection = Connection::open(path).with_context(told)?;
        Self::ready(connection).with_context(told)
    }

    /// One that is gone with the process.
    ///
    /// # Errors
    /// There is no memory for it.
    pub(crate) fn in_memory() -> anyhow::Result<Self> {
        Self::ready(Connection::open_in_memory()?)
    }

    fn ready(mut connection: Connection) -> anyhow::Result<Self> {
        connection.busy_timeout(PATIENCE)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        migrate(&mut connection)?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// Does something with the connection. Statements are small: nobody waits long.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub(crate) fn with<R>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<R>) -> anyhow::Result<R> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        work(&connection).context("the state file cannot be read or written")
    }
}

fn migrate(connection: &mut Connection) -> anyhow::Result<()> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let done: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let done = usize::try_from(done)?;
    anyhow::ensure!(done <= MIGRATIONS.len(), "a newer version of sightline wrote it: upgrade sightline");
    for step in MIGRATIONS.iter().skip(done) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", u32::try_from(MIGRATIONS.len())?)?;
    Ok(transaction.commit()?)
}

/// SQLite gives its other files the mode of this one.
#[cfg(unix)]
fn own_file(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    std::fs::OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path).map(drop)
}

#[cfg(not(unix))]
fn own_file(_: &Path) -> std::io::Result<()> {
    Ok(())
}

/// An instant of a column; one that is none is the error of that column.
fn instant(row: &rusqlite::Row<'_>, column: &str) -> rusqlite::Result<Timestamp> {
    maybe_instant(row, column)?.ok_or_else(|| wrong(format!("`{column}` has no time")))
}

fn maybe_instant(row: &rusqlite::Row<'_>, column: &str) -> rusqlite::Result<Option<Timestamp>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| text.parse().map_err(|_| wrong(format!("`{text}` is no time")))).transpose()
}

/// A value of a column that is written as a word.
fn word<T: std::str::FromStr>(row: &rusqlite::Row<'_>, column: &str) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    text.parse().map_err(|_| wrong(format!("`{text}` is none of the words of `{column}`")))
}

fn wrong(what: String) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, what.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_taken_up_again_and_a_newer_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.db");
        for _ in 0..2 {
            Db::open(&path).unwrap();
        }
        Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
        assert!(format!("{:#}", Db::open(&path).unwrap_err()).contains("newer version"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
