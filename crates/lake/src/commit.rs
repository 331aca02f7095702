//! Commits to one table. Each is tried again while others are first, and is on the disk when the call is back.

use arrow::array::RecordBatch;
use deltalake::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake::kernel::transaction::{CommitBuilder, CommitProperties};
use deltalake::kernel::{StructType, Transaction};
use deltalake::operations::write::SchemaMode;
use deltalake::protocol::{DeltaOperation, SaveMode};
use deltalake::{DeltaTable, DeltaTableError};

use crate::LakeError;
use crate::conflict::another_was_first;
use crate::durable;
use crate::snapshot::check_types;
use crate::staged::StagedFile;
use crate::table::Table;

/// How often a commit is tried again after another writer was first.
pub(crate) const ATTEMPTS: u32 = 20;

/// What became of [`crate::Lake::append_once`] and [`crate::Lake::commit_staged`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// the rows and the number are in the table now
    Committed,
    /// they were there before; nothing was written
    Skipped,
}

/// An application and the number that it gives to a commit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Number<'a> {
    pub(crate) app: &'a str,
    pub(crate) seq: i64,
}

/// What a commit adds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Content<'a> {
    /// Rows of a table whose files are parted: the library parts them.
    Rows(&'a [RecordBatch]),
    /// Files that are in the folder already.
    Files(&'a [&'a StagedFile]),
}

impl<'a> Content<'a> {
    /// The library's writer wants rows: a number alone is a commit of no files.
    pub(crate) fn of_rows(rows: &'a [RecordBatch]) -> Self {
        if rows.is_empty() { Self::Files(&[]) } else { Self::Rows(rows) }
    }
}

impl Table {
    /// Adds the content, unless the table has the number already.
    ///
    /// INVARIANT: Delta rejects a transaction only when a commit that this handle has not seen holds the same `app`; it never
    /// skips one. So the number is read from the newest state before each attempt.
    pub(crate) async fn commit(
        &mut self,
        content: Content<'_>,
        number: Option<Number<'_>>,
    ) -> Result<Appended, LakeError> {
        for _ in 0..ATTEMPTS {
            let table = self.refreshed_or_created().await?;
            let mut properties = CommitProperties::default();
            if let Some(Number { app, seq }) = number {
                if self.last_transaction(&table, app).await?.is_some_and(|last| last >= seq) {
                    return Ok(Appended::Skipped);
                }
                properties = properties.with_application_transaction(Transaction::new(app, seq));
            }
            self.check(&table, content).await?;
            let result = match content {
                Content::Rows(rows) => self.write(table, rows.to_vec(), properties).await,
                Content::Files(files) => self.add(table, files, properties).await,
            };
            match result {
                Ok(table) => {
                    self.sync_log(&table)?;
                    self.keep(table);
                    return Ok(Appended::Committed);
                }
                Err(error) if another_was_first(&error) => {}
                Err(error) => return Err(self.failed("write")(error)),
            }
        }
        Err(LakeError::Contended { table: self.declaration.name, attempts: ATTEMPTS })
    }

    async fn write(
        &self,
        table: DeltaTable,
        rows: Vec<RecordBatch>,
        properties: CommitProperties,
    ) -> Result<DeltaTable, DeltaTableError> {
        let lacks_columns = self.lacks_columns(&table)?;
        let write = table.write(rows).with_save_mode(SaveMode::Append).with_commit_properties(properties);
        if lacks_columns { write.with_schema_mode(SchemaMode::Merge).await } else { write.await }
    }

    pub(crate) async fn add(
        &self,
        mut table: DeltaTable,
        files: &[&StagedFile],
        properties: CommitProperties,
    ) -> Result<DeltaTable, DeltaTableError> {
        if !files.is_empty() && self.lacks_columns(&table)? {
            table = self.with_columns(table).await?;
        }
        let operation = DeltaOperation::Write { mode: SaveMode::Append, partition_by: None, predicate: None };
        let commit = CommitBuilder::from(properties).with_actions(files.iter().map(|file| file.add().into()).collect());
        let committed = commit.build(Some(table.snapshot()?), table.log_store(), operation).await?;
        table.state = Some(committed.snapshot);
        Ok(table)
    }

    /// Adds the columns that the declaration has and the table lacks, in a commit of its own.
    pub(crate) async fn with_columns(&self, table: DeltaTable) -> Result<DeltaTable, DeltaTableError> {
        let columns: StructType = sightline_columns::schema(self.declaration).as_ref().try_into_kernel()?;
        let fields: Vec<_> = columns.fields().cloned().collect();
        table.add_columns().with_fields(fields).await
    }

    /// Whether an older version made the table. Columns of a newer one stay as they are, and are NULL for rows of this one.
    pub(crate) fn lacks_columns(&self, table: &DeltaTable) -> Result<bool, DeltaTableError> {
        let stored = table.snapshot()?.snapshot().arrow_schema();
        Ok(self.declaration.columns.iter().any(|(name, _)| stored.index_of(name).is_err()))
    }

    /// INVARIANT: no commit names a file that is not whole or that holds other types: the table could never be read again.
    pub(crate) async fn check(&self, table: &DeltaTable, content: Content<'_>) -> Result<(), LakeError> {
        let Content::Files(files) = content else { return Ok(()) };
        if files.is_empty() {
            return Ok(());
        }
        if !self.declaration.partition_by.is_empty() {
            return Err(LakeError::Partitioned { table: self.declaration.name });
        }
        let stored = table.snapshot().map_err(self.failed("read"))?.snapshot().arrow_schema();
        check_types(self.declaration, &stored)
            .map_err(|reason| LakeError::Damaged { path: self.folder.clone(), reason })?;
        for file in files {
            self.check_file(file).await?;
        }
        Ok(())
    }

    async fn check_file(&self, file: &StagedFile) -> Result<(), LakeError> {
        let lost = |path, reason| Err(LakeError::StagedLost { table: self.declaration.name, path, reason });
        if !file.is_plain() {
            return lost(self.folder.clone(), "has a name that no stage gives".to_owned());
        }
        match self.place.size_of(self.declaration.name, file.name()).await? {
            Some(found) if found == file.bytes => Ok(()),
            Some(found) => lost(self.folder.join(file.name()), format!("has {found} bytes and had {}", file.bytes)),
            None => lost(self.folder.join(file.name()), "is gone".to_owned()),
        }
    }

    /// The library leaves commits in the memory of the file system. A caller goes on to forget what it would need to repeat
    /// this one, so it must be on the disk first.
    pub(crate) fn sync_log(&self, table: &DeltaTable) -> Result<(), LakeError> {
        if self.place.local().is_none() {
            return Ok(());
        }
        let log = self.folder.join("_delta_log");
        if let Some(version) = table.version() {
            durable::sync(&log.join(format!("{version:020}.json")))?;
        }
        durable::sync_folder(&log)
    }
}
