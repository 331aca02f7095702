//! Small files of a table, put together into larger ones.
//!
//! Not with the library's own operation: of two that rewrite the same files at once its conflict check lets both commit (it passes over
//! removals that do not change rows), and the table has these rows twice.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use datafusion::logical_expr::Expr;
use datafusion::prelude::{SessionConfig, SessionContext};
use deltalake::kernel::transaction::{CommitBuilder, CommitProperties};
use deltalake::kernel::{Action, Add, Remove};
use deltalake::protocol::DeltaOperation;
use deltalake::{DeltaTable, DeltaTableError};
use futures::TryStreamExt;
use serde::Serialize;
use sightline_model::LakeTable;

use crate::commit::ATTEMPTS;
use crate::conflict::another_was_first;
use crate::snapshot::SnapshotTable;
use crate::stage::{Stage, StageLimits};
use crate::staged::Staged;
use crate::sweep::last_part;
use crate::table::Table;
use crate::{Lake, LakeError};

/// Files of at most this size are small, in bytes: many of them make commits and queries slow.
pub(crate) const SMALL: u64 = 16 << 20;

/// What [`Lake::compact`] did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
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
            let replaced = handle.lock().await.replace(&names, &staged, Why::Together(written_at(&staged))).await;
            // After an error nobody knows whether a commit names them.
            if matches!(replaced, Ok(false)) {
                self.take_away(table, &staged).await;
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
        self.rewrite_where(table, files, None).await
    }

    /// The same with the rows alone that pass.
    pub(crate) async fn rewrite_where(
        &self,
        table: &'static LakeTable,
        files: SnapshotTable,
        passes: Option<Expr>,
    ) -> Result<Staged, LakeError> {
        let failed = |error| LakeError::query(&error);
        let schema: SchemaRef = datafusion::catalog::TableProvider::schema(&files);
        let mut stage = Stage::of_schema(table, self.place(), schema, StageLimits::default()).await?;
        let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(1));
        self.place().register(&context.runtime_env());
        let mut rows = context.read_table(Arc::new(files)).map_err(failed)?;
        if let Some(passes) = passes {
            rows = rows.filter(passes).map_err(failed)?;
        }
        let mut rows = rows.execute_stream().await.map_err(failed)?;
        while let Some(rows) = rows.try_next().await.map_err(failed)? {
            stage.write(&rows).await?;
        }
        stage.finish().await
    }
}

/// Why files are replaced, and when that was, in milliseconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Why {
    /// the same rows in larger files
    Together(i64),
    /// without rows that are too old
    Old(i64),
}

impl Why {
    fn changes_rows(self) -> bool {
        matches!(self, Self::Old(_))
    }

    fn now_ms(self) -> i64 {
        match self {
            Self::Together(now) | Self::Old(now) => now,
        }
    }
}

fn written_at(staged: &Staged) -> i64 {
    staged.files().iter().map(|file| file.modified_ms).max().unwrap_or_default()
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
    pub(crate) async fn replace(
        &mut self,
        names: &HashSet<String>,
        staged: &Staged,
        why: Why,
    ) -> Result<bool, LakeError> {
        for _ in 0..ATTEMPTS {
            let table = self.refreshed_or_created().await?;
            let Some(removes) = self.removes(&table, names, why)? else { return Ok(false) };
            match self.commit_replacement(table, removes, staged, why).await {
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

    fn removes(&self, table: &DeltaTable, names: &HashSet<String>, why: Why) -> Result<Option<Vec<Action>>, LakeError> {
        let active = table.snapshot().map_err(self.failed("read"))?.log_data();
        let named = active.iter().filter(|file| names.contains(&last_part(&file.path())));
        let removes: Vec<Action> = named
            .map(|file| {
                Action::Remove(Remove {
                    path: file.path().into_owned(),
                    data_change: why.changes_rows(),
                    deletion_timestamp: Some(why.now_ms()),
                    extended_file_metadata: Some(true),
                    partition_values: Some(file.partition_values_map()),
                    size: Some(file.size()),
                    ..Remove::default()
                })
            })
            .collect();
        Ok((removes.len() == names.len()).then_some(removes))
    }

    /// INVARIANT: the commit follows the state that was looked at, or fails. The library's own check of what others committed
    /// between is not asked: it would let the same file be replaced twice.
    async fn commit_replacement(
        &self,
        mut table: DeltaTable,
        mut actions: Vec<Action>,
        staged: &Staged,
        why: Why,
    ) -> Result<DeltaTable, DeltaTableError> {
        let data_change = why.changes_rows();
        actions.extend(staged.files().iter().map(|file| Action::Add(Add { data_change, ..file.add() })));
        let target_size = i64::try_from(StageLimits::default().file_bytes).unwrap_or(i64::MAX);
        let operation = match why {
            Why::Together(_) => DeltaOperation::Optimize { predicate: None, target_size },
            Why::Old(_) => DeltaOperation::Delete { predicate: Some("retention".to_owned()) },
        };
        let commit = CommitBuilder::from(CommitProperties::default().with_max_retries(0)).with_actions(actions);
        let committed = commit.build(Some(table.snapshot()?), table.log_store(), operation).await?;
        table.state = Some(committed.snapshot);
        Ok(table)
    }
}
