//! One Delta table: made when it is first written, read anew before each commit.

use std::fs;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use deltalake::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake::kernel::transaction::{CommitBuilder, CommitProperties};
use deltalake::kernel::{StructType, Transaction};
use deltalake::operations::write::SchemaMode;
use deltalake::protocol::{DeltaOperation, SaveMode};
use deltalake::{DeltaTable, DeltaTableBuilder, DeltaTableError};
use sightline_model::LakeTable;
use url::Url;

use crate::conflict::another_was_first;
use crate::snapshot::SnapshotTable;
use crate::{LakeError, schema};

/// How often a commit is tried again after another writer was first.
const ATTEMPTS: u32 = 20;

/// What became of [`crate::Lake::append_once`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// the rows and the number are in the table now
    Committed,
    /// they were there before; nothing was written
    Skipped,
}

/// A table's declaration, its folder, and the newest state that was read.
#[derive(Debug)]
pub(crate) struct Table {
    declaration: &'static LakeTable,
    folder: PathBuf,
    handle: Option<DeltaTable>,
}

impl Table {
    pub(crate) fn new(declaration: &'static LakeTable, root: &Path) -> Self {
        Self { declaration, folder: root.join(declaration.name), handle: None }
    }

    pub(crate) async fn append(&mut self, batches: Vec<RecordBatch>) -> Result<(), LakeError> {
        for _ in 0..ATTEMPTS {
            let table = self.refreshed_or_created().await?;
            if self.commit(table, batches.clone(), CommitProperties::default()).await? {
                return Ok(());
            }
        }
        Err(self.contended())
    }

    /// INVARIANT: Delta rejects a transaction only when a commit that this handle has not seen holds the same `app`; it never
    /// skips one. So the number is read from the newest state before each attempt.
    pub(crate) async fn append_once(
        &mut self,
        batches: Vec<RecordBatch>,
        app: &str,
        seq: i64,
    ) -> Result<Appended, LakeError> {
        for _ in 0..ATTEMPTS {
            let table = self.refreshed_or_created().await?;
            if self.last_transaction(&table, app).await?.is_some_and(|last| last >= seq) {
                return Ok(Appended::Skipped);
            }
            let once = CommitProperties::default().with_application_transaction(Transaction::new(app, seq));
            if self.commit(table, batches.clone(), once).await? {
                return Ok(Appended::Committed);
            }
        }
        Err(self.contended())
    }

    pub(crate) async fn transaction(&mut self, app: &str) -> Result<Option<i64>, LakeError> {
        match self.refreshed().await? {
            Some(table) => self.last_transaction(&table, app).await,
            None => Ok(None),
        }
    }

    pub(crate) async fn snapshot(&mut self) -> Result<SnapshotTable, LakeError> {
        match self.refreshed().await? {
            Some(table) => SnapshotTable::of(self.declaration, &self.folder, &table),
            None => Ok(SnapshotTable::empty(self.declaration)),
        }
    }

    /// One attempt. `false`: another writer was first, and what this attempt wrote is an orphan that no reader sees.
    async fn commit(
        &mut self,
        table: DeltaTable,
        batches: Vec<RecordBatch>,
        properties: CommitProperties,
    ) -> Result<bool, LakeError> {
        let result = if batches.is_empty() {
            self.commit_nothing(table, properties).await
        } else {
            let write =
                table.clone().write(batches).with_save_mode(SaveMode::Append).with_commit_properties(properties);
            match self.has_other_columns(&table) {
                Ok(true) => write.with_schema_mode(SchemaMode::Merge).await,
                Ok(false) => write.await,
                Err(error) => Err(error),
            }
        };
        match result {
            Ok(table) => {
                self.handle = Some(table);
                Ok(true)
            }
            Err(error) if another_was_first(&error) => Ok(false),
            Err(error) => Err(self.failed("write")(error)),
        }
    }

    /// A commit of a transaction's number alone: the library's writer wants rows.
    async fn commit_nothing(
        &self,
        mut table: DeltaTable,
        properties: CommitProperties,
    ) -> Result<DeltaTable, DeltaTableError> {
        let operation = DeltaOperation::Write { mode: SaveMode::Append, partition_by: None, predicate: None };
        CommitBuilder::from(properties).build(Some(table.snapshot()?), table.log_store(), operation).await?;
        table.update_state().await?;
        Ok(table)
    }

    fn has_other_columns(&self, table: &DeltaTable) -> Result<bool, DeltaTableError> {
        let stored = table.snapshot()?.snapshot().arrow_schema();
        let declared = self.declaration.columns;
        Ok(stored.fields().len() != declared.len() || declared.iter().any(|(name, _)| stored.index_of(name).is_err()))
    }

    async fn last_transaction(&self, table: &DeltaTable, app: &str) -> Result<Option<i64>, LakeError> {
        let snapshot = table.snapshot().map_err(self.failed("read"))?;
        snapshot.transaction_version(&table.log_store(), app).await.map_err(self.failed("read"))
    }

    async fn refreshed_or_created(&mut self) -> Result<DeltaTable, LakeError> {
        match self.refreshed().await? {
            Some(table) => Ok(table),
            None => self.created().await,
        }
    }

    /// The table in its newest state, where it exists.
    async fn refreshed(&mut self) -> Result<Option<DeltaTable>, LakeError> {
        if let Some(table) = &mut self.handle {
            table.update_state().await.map_err(failed(self.declaration, &self.folder, "read"))?;
        } else if self.folder.join("_delta_log").is_dir() {
            let builder = DeltaTableBuilder::from_url(self.url()?).map_err(self.failed("open"))?;
            let mut table = builder.build().map_err(self.failed("open"))?;
            if table.verify_deltatable_existence().await.map_err(self.failed("open"))? {
                table.load().await.map_err(self.failed("open"))?;
                self.handle = Some(table);
            }
        }
        Ok(self.handle.clone())
    }

    async fn created(&mut self) -> Result<DeltaTable, LakeError> {
        fs::create_dir_all(&self.folder).map_err(LakeError::io("create", &self.folder))?;
        match self.try_create().await {
            Ok(table) => {
                self.handle = Some(table.clone());
                Ok(table)
            }
            // Another process may have made it between the look and the attempt.
            Err(error) => self.refreshed().await?.ok_or_else(|| self.failed("create")(error)),
        }
    }

    async fn try_create(&self) -> Result<DeltaTable, DeltaTableError> {
        let url = Url::from_directory_path(&self.folder)
            .map_err(|()| DeltaTableError::InvalidTableLocation(self.folder.display().to_string()))?;
        let columns: StructType = schema::of_table(self.declaration).as_ref().try_into_kernel()?;
        let create = DeltaTable::try_from_url(url).await?.create();
        create
            .with_table_name(self.declaration.name)
            .with_comment(self.declaration.about)
            .with_columns(columns.fields().cloned())
            .with_partition_columns(self.declaration.partition_by.iter().copied())
            .await
    }

    fn url(&self) -> Result<Url, LakeError> {
        Url::from_directory_path(&self.folder).map_err(|()| LakeError::Table {
            table: self.declaration.name,
            path: self.folder.clone(),
            message: "the path is not absolute".to_owned(),
        })
    }

    fn failed(&self, doing: &'static str) -> impl Fn(DeltaTableError) -> LakeError + '_ {
        failed(self.declaration, &self.folder, doing)
    }

    fn contended(&self) -> LakeError {
        LakeError::Contended { table: self.declaration.name, attempts: ATTEMPTS }
    }
}

fn failed<'a>(
    table: &'static LakeTable,
    folder: &'a Path,
    doing: &'static str,
) -> impl Fn(DeltaTableError) -> LakeError + 'a {
    move |error| LakeError::delta(table.name, folder, doing, error)
}
