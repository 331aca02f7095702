//! The commit that decides what a batch was made of: serialised, so that of two batches with the same object one fails.
//!
//! # Why an object is never in two batches
//! Who makes a batch has looked up its objects in `log_object` before, and found none. What others commit after that look is what could
//! double an object: the same key by another worker, whatever it was dealt by (a wrong shard, a message that a queue delivered twice), or the
//! same content under another key. So the commit names what it has looked at ([`Looked`]: files of the table), and
//!
//! 1. reads the newest state; where it has files that were not looked at, the caller's questions are asked of these. A row that answers is a
//!    clash: nothing is committed ([`Claiming::Clash`]).
//! 2. commits exactly after that state, without the library's own retry. Where another commit took the version, it begins at 1 again.
//!
//! With that the commits of `log_object` are as if they were made one after the other, each seeing all before it.
//!
//! # Why a batch is never claimed twice
//! One application's batches follow each other: the commit is made only where its last number is `after`, the one that this process knows to be
//! applied. Of two processes that work as the same application, on two machines that cannot see each other's locks, one is fenced
//! ([`Claiming::Fenced`]). Numbers are given once ([`Lake::save_claim`]), so a number in the table tells which claim was committed; and where the
//! answer to a commit was lost, the number tells that it was made.

use std::collections::HashSet;

use deltalake::DeltaTable;
use deltalake::kernel::Transaction;
use deltalake::kernel::transaction::CommitProperties;
use serde::Serialize;
use sightline_model::{LakeTable, lake_table};

use crate::commit::Content;
use crate::conflict::another_was_first;
use crate::session::Session;
use crate::snapshot::SnapshotTable;
use crate::staged::{Staged, StagedFile};
use crate::table::Table;
use crate::{Answer, Lake, LakeError, rows};

/// How often a claim is tried again after another writer was first: with a hundred workers most of them are.
const ATTEMPTS: u32 = 200;

/// Which files of a table somebody has looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looked(HashSet<String>);

impl Looked {
    /// What both have looked at.
    pub fn narrow(&mut self, other: &Self) {
        self.0.retain(|name| other.0.contains(name));
    }
}

/// What became of [`Lake::claim_rows`].
#[derive(Debug)]
pub enum Claiming {
    /// the rows and the number are in the table
    Committed,
    /// somebody else committed rows that answer the questions; nothing was written
    Clash(Vec<Answer>),
    /// somebody else works as this application: its last number is another one; nothing was written
    Fenced(Option<i64>),
}

/// Whose claim it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claimant<'a> {
    /// the application
    pub app: &'a str,
    /// its last number, as this process knows it; 0 where it has none
    pub after: i64,
    /// the number of this claim, from [`Lake::save_claim`]
    pub seq: i64,
}

impl Lake {
    /// A session of one table alone, and what of it is looked at with it.
    ///
    /// # Errors
    /// The table cannot be read.
    pub async fn look_at(&self, table: &'static LakeTable) -> Result<(Session, Looked), LakeError> {
        let snapshot = self.snapshot(table).await?;
        let looked = looked(&snapshot);
        Ok((self.session_of_snapshot(snapshot).await?, looked))
    }

    /// Appends the rows with the claim's number, unless a question finds rows in what was not `looked` at, or the application's last number is not
    /// the one before. A call may be repeated after any failure.
    ///
    /// # Errors
    /// A row that does not fit; a question that cannot be asked; a disk or a bucket that refuses; writers that keep committing first.
    pub async fn claim_rows<T: Serialize>(
        &self,
        table: &'static LakeTable,
        rows: &[T],
        claimant: Claimant<'_>,
        looked: &Looked,
        questions: &[String],
    ) -> Result<Claiming, LakeError> {
        let mut stage = self.stage(table).await?;
        for rows in &rows::batches(table, rows)? {
            stage.write(rows).await?;
        }
        let staged = stage.finish().await?;
        let claiming = self.claim_staged(table, &staged, claimant, looked.clone(), questions).await;
        // After an error nobody knows whether a commit names them.
        if matches!(claiming, Ok(Claiming::Clash(_) | Claiming::Fenced(_))) {
            self.take_away(table, &staged).await;
        }
        claiming
    }

    async fn claim_staged(
        &self,
        table: &'static LakeTable,
        staged: &Staged,
        claimant: Claimant<'_>,
        mut known: Looked,
        questions: &[String],
    ) -> Result<Claiming, LakeError> {
        let handle = self.table(table)?;
        let files: Vec<&StagedFile> = staged.files().iter().collect();
        for _ in 0..ATTEMPTS {
            // Not held while questions are asked: others of this process would wait.
            let (state, snapshot) = handle.lock().await.state().await?;
            let last = handle.lock().await.last_transaction(&state, claimant.app).await?;
            if last == Some(claimant.seq) {
                return Ok(Claiming::Committed);
            }
            if last.unwrap_or_default() != claimant.after {
                return Ok(Claiming::Fenced(last));
            }
            if let Some(unseen) = snapshot.without_files(&known.0) {
                let clashes = self.ask(unseen, questions).await?;
                if !clashes.is_empty() {
                    return Ok(Claiming::Clash(clashes));
                }
                known = looked(&snapshot);
            }
            if handle.lock().await.commit_after(state, &files, claimant).await? {
                return Ok(Claiming::Committed);
            }
        }
        Err(LakeError::Contended { table: table.name, attempts: ATTEMPTS })
    }

    /// The answers that have rows.
    async fn ask(&self, unseen: SnapshotTable, questions: &[String]) -> Result<Vec<Answer>, LakeError> {
        let session = self.session_of_snapshot(unseen).await?;
        let mut found = vec![];
        for question in questions {
            let answer = session.sql(question).await?;
            if answer.row_count() > 0 {
                found.push(answer);
            }
        }
        Ok(found)
    }

    async fn session_of_snapshot(&self, snapshot: SnapshotTable) -> Result<Session, LakeError> {
        let mut snapshots: Vec<SnapshotTable> = vec![];
        let name = snapshot.name();
        snapshots
            .extend(lake_table::ALL.iter().filter(|table| table.name != name).map(|table| SnapshotTable::empty(table)));
        snapshots.push(snapshot);
        self.session_of_snapshots(snapshots, &[], None).await
    }
}

impl Table {
    /// The newest state, with its files.
    async fn state(&mut self) -> Result<(DeltaTable, SnapshotTable), LakeError> {
        let table = self.refreshed_or_created().await?;
        let snapshot = SnapshotTable::of(self.declaration, &self.place, &table)?;
        Ok((table, snapshot))
    }

    /// Commits the files as the version after this state. `false`: another commit took it, or changed what this one needs.
    async fn commit_after(
        &mut self,
        state: DeltaTable,
        files: &[&StagedFile],
        claimant: Claimant<'_>,
    ) -> Result<bool, LakeError> {
        self.check(&state, Content::Files(files)).await?;
        // Columns are added by a commit that others may come before: what is there then has not been looked at.
        if self.lacks_columns(&state).map_err(self.failed("read"))? {
            return match self.with_columns(state).await {
                Ok(_) => Ok(false),
                Err(error) if another_was_first(&error) => Ok(false),
                Err(error) => Err(self.failed("write")(error)),
            };
        }
        let transaction = Transaction::new(claimant.app, claimant.seq);
        let properties = CommitProperties::default().with_max_retries(0).with_application_transaction(transaction);
        match self.add(state, files, properties).await {
            Ok(table) => {
                self.sync_log(&table)?;
                self.keep(table);
                Ok(true)
            }
            Err(error) if another_was_first(&error) => Ok(false),
            Err(error) => Err(self.failed("write")(error)),
        }
    }
}

fn looked(snapshot: &SnapshotTable) -> Looked {
    Looked(snapshot.files().map(|(name, _)| name.to_owned()).collect())
}
