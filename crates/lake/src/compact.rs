//! Small files of a table, put together into larger ones.
//!
//! Not with the library's own operation: of two that rewrite the same files at once its conflict check lets both commit (it passes over
//! removals that do not change rows), and the table has these rows twice.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use datafusion::prelude::{SessionConfig, SessionContext};
use deltalake::kernel::transaction::{CommitBuilder, CommitProperties};
use deltalake::kernel::{Action, Add, Remove};
use deltalake::protocol::DeltaOperation;
use deltalake::{DeltaTable, DeltaTableError};
use futures::TryStreamExt;
use sightline_model::LakeTable;

use crate::commit::ATTEMPTS;
use crate::conflict::another_was_first;
use crate::snapshot::SnapshotTable;
use crate::stage::{Stage, StageLimits, remove};
use crate::staged::Staged;
use crate::table::Table;
use crate::{Lake, LakeError};

/// Files of at most this size are small, in bytes: many of them make commits and queries slow.
const SMALL: u64 = 16 << 20;

/// What [`Lake::compact`] did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compacted {
    /// how many files were put together
    pub from: usize,
    /// how many they are now
    pub into: usize,
}

impl Lake {
    /// How many small files the table has. With more than a hundred, [`Lake::compact`] is worth its time.
    ///
    /// # Errors
    /// The table cannot be read.
    pub async fn small_files(&self, table: &'static LakeTable) -> Result<usize, LakeError> {
        let snapshot = self.table(table)?.lock().await.snapshot().await?;
        Ok(snapshot.files().filter(|(_, bytes)| *bytes <= SMALL).count())
    }

    /// Puts small files together into larger ones, one commit for each. Rows and numbers stay, and so do the small files, for
    /// readers of the state before; [`Lake::sweep`] takes them away a week later. Others may append or do the same meanwhile.
    ///
    /// # Errors
    /// The table's files are parted by a column; the table cannot be read or written; others keep committing first.
    pub async fn compact(&self, table: &'static LakeTable) -> Result<Compacted, LakeError> {
        if !table.partition_by.is_empty() {
            return Err(LakeError::Partitioned { table: table.name });
        }
        let handle = self.table(table)?;
        // The lock is not held while files are read and written: others would wait for it.
        let snapshot = handle.lock().await.snapshot().await?;
        let mut compacted = Compacted::default();
        for names in bins(&snapshot, StageLimits::default().file_bytes as u64) {
            let staged = self.rewrite(table, snapshot.of_files(&names)).await?;
            let replaced = handle.lock().await.replace(&names, &staged).await;
            // After an error nobody knows whether a commit names them.
            if matches!(replaced, Ok(false)) {
                staged.files().iter().for_each(|file| remove(&self.root().join(table.name).join(file.name())));
            }
            if replaced? {
                compacted.from += names.len();
                compacted.into += staged.files().len();
            }
        }
        Ok(compacted)
    }

    /// Reads the files and writes their rows anew, a row group at a time.
    async fn rewrite(&self, table: &'static LakeTable, files: SnapshotTable) -> Result<Staged, LakeError> {
        let failed = |error| LakeError::query(&error);
        let schema: SchemaRef = datafusion::catalog::TableProvider::schema(&files);
        let mut stage = Stage::of_schema(table, self.root().join(table.name), schema, StageLimits::default());
        let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(1));
        let rows = context.read_table(Arc::new(files)).map_err(failed)?;
        let mut rows = rows.execute_stream().await.map_err(failed)?;
        while let Some(rows) = rows.try_next().await.map_err(failed)? {
            stage.write(&rows).await?;
        }
        stage.finish().await
    }
}

/// Names of small files, in groups that make one large file each. A group of one is none.
fn bins(snapshot: &SnapshotTable, target: u64) -> Vec<HashSet<String>> {
    let mut bins: Vec<(u64, HashSet<String>)> = vec![];
    for (name, bytes) in snapshot.files().filter(|(_, bytes)| *bytes <= SMALL) {
        match bins.last_mut() {
            Some((size, names)) if *size + bytes <= target => {
                *size += bytes;
                names.insert(name.to_owned());
            }
            _ => bins.push((bytes, HashSet::from([name.to_owned()]))),
        }
    }
    bins.into_iter().map(|(_, names)| names).filter(|names| names.len() > 1).collect()
}

impl Table {
    /// Has the staged files stand for those of these names. `false`: one of them is not part of the table any more, because
    /// another process has put it together.
    async fn replace(&mut self, names: &HashSet<String>, staged: &Staged) -> Result<bool, LakeError> {
        for _ in 0..ATTEMPTS {
            let table = self.refreshed_or_created().await?;
            let Some(removes) = self.removes(&table, names, staged)? else { return Ok(false) };
            match self.commit_replacement(table, removes, staged).await {
                Ok(table) => {
                    self.sync_log(&table)?;
                    self.keep(table);
                    return Ok(true);
                }
                Err(error) if another_was_first(&error) => {}
                Err(error) => return Err(self.failed("write")(error)),
            }
        }
        Err(LakeError::Contended { table: self.declaration.name, attempts: ATTEMPTS })
    }

    fn removes(
        &self,
        table: &DeltaTable,
        names: &HashSet<String>,
        staged: &Staged,
    ) -> Result<Option<Vec<Action>>, LakeError> {
        let now = staged.files().iter().map(|file| file.modified_ms).max();
        let active = table.snapshot().map_err(self.failed("read"))?.log_data();
        let paths = active.iter().map(|file| (file.path().into_owned(), file.size()));
        let removes: Vec<Action> =
            paths.filter(|(path, _)| names.contains(path)).map(|(path, size)| remove_action(path, size, now)).collect();
        Ok((removes.len() == names.len()).then_some(removes))
    }

    /// INVARIANT: the commit follows the state that was looked at, or fails. The library's own check of what others committed
    /// between is not asked: it would let the same file be replaced twice.
    async fn commit_replacement(
        &self,
        mut table: DeltaTable,
        mut actions: Vec<Action>,
        staged: &Staged,
    ) -> Result<DeltaTable, DeltaTableError> {
        actions.extend(staged.files().iter().map(|file| Action::Add(Add { data_change: false, ..file.add() })));
        let target_size = i64::try_from(StageLimits::default().file_bytes).unwrap_or(i64::MAX);
        let operation = DeltaOperation::Optimize { predicate: None, target_size };
        let commit = CommitBuilder::from(CommitProperties::default().with_max_retries(0)).with_actions(actions);
        let committed = commit.build(Some(table.snapshot()?), table.log_store(), operation).await?;
        table.state = Some(committed.snapshot);
        Ok(table)
    }
}

fn remove_action(path: String, size: i64, now: Option<i64>) -> Action {
    Action::Remove(Remove {
        path,
        data_change: false,
        deletion_timestamp: now,
        extended_file_metadata: Some(true),
        partition_values: Some(Default::default()),
        size: Some(size),
        ..Remove::default()
    })
}
