//! Rows on their way into a table: Parquet files in its folder that no reader sees until a commit names them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use sightline_model::LakeTable;
use tokio::task::spawn_blocking;

use crate::LakeError;
use crate::durable;
use crate::parquet_file::ParquetFile;
use crate::staged::{Staged, StagedFile};

/// Bounds of a [`Stage`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StageLimits {
    /// a file is closed when it has about this size, in bytes as stored
    pub file_bytes: usize,
    /// a row group is written out when it has about this size, in bytes as stored: what a stage holds in memory is about
    /// this, and a page and a dictionary of each column
    pub row_group_bytes: usize,
}

impl Default for StageLimits {
    fn default() -> Self {
        Self { file_bytes: 64 << 20, row_group_bytes: 8 << 20 }
    }
}

/// Writes rows of one table into files that no reader sees; [`crate::Lake::commit_staged`] makes them rows of the table.
///
/// Many stages may write for one table at once: no lock is held. A stage that is dropped before its end takes its files
/// away; those of a killed process stay until [`crate::Lake::sweep`]. When a call fails or is cancelled, the stage is over.
#[derive(Debug)]
pub struct Stage {
    table: &'static LakeTable,
    /// `None` when a call failed or was cancelled
    files: Option<Files>,
}

impl Stage {
    pub(crate) async fn new(
        table: &'static LakeTable,
        folder: PathBuf,
        limits: StageLimits,
    ) -> Result<Self, LakeError> {
        if !table.partition_by.is_empty() {
            return Err(LakeError::Partitioned { table: table.name });
        }
        tokio::fs::create_dir_all(&folder).await.map_err(LakeError::io("create", &folder))?;
        Ok(Self::of_schema(table, folder, sightline_columns::schema(table), limits))
    }

    /// A stage of files with other columns than the declared ones, in a folder that exists.
    pub(crate) fn of_schema(
        table: &'static LakeTable,
        folder: PathBuf,
        schema: SchemaRef,
        limits: StageLimits,
    ) -> Self {
        let files = Files { table, folder, schema, limits, open: None, closed: vec![], kept: false };
        Self { table, files: Some(files) }
    }

    /// Encodes the rows and writes what fills a row group, on a thread for blocking work.
    ///
    /// # Errors
    /// Columns that are not the table's declared ones, in order; a file that cannot be written; a call before failed.
    pub async fn write(&mut self, rows: &RecordBatch) -> Result<(), LakeError> {
        let rows = rows.clone();
        let files = self.on_a_thread(move |mut files| files.write(&rows).map(|()| files)).await?;
        self.files = Some(files);
        Ok(())
    }

    /// Closes the last file. What the answer names is on the disk, also after a loss of power; no rows, no files.
    ///
    /// # Errors
    /// A file that cannot be written; a call before failed.
    pub async fn finish(mut self) -> Result<Staged, LakeError> {
        self.on_a_thread(Files::finish).await
    }

    /// [`Stage::write`] on the thread that calls, which may block: what just made the rows has them in its cache.
    ///
    /// # Errors
    /// Those of [`Stage::write`].
    pub fn write_here(&mut self, rows: &RecordBatch) -> Result<(), LakeError> {
        let mut files = self.take()?;
        files.write(rows)?;
        self.files = Some(files);
        Ok(())
    }

    /// [`Stage::finish`] on the thread that calls, which may block.
    ///
    /// # Errors
    /// Those of [`Stage::finish`].
    pub fn finish_here(mut self) -> Result<Staged, LakeError> {
        self.take()?.finish()
    }

    /// The files. Where they are not put back, the stage is over.
    fn take(&mut self) -> Result<Files, LakeError> {
        self.files.take().ok_or(LakeError::StageEnded { table: self.table.name })
    }

    async fn on_a_thread<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(Files) -> Result<T, LakeError> + Send + 'static,
    ) -> Result<T, LakeError> {
        let files = self.take()?;
        match spawn_blocking(move || work(files)).await {
            Ok(result) => result,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Err(LakeError::StageEnded { table: self.table.name }),
        }
    }
}

/// The files of a stage: some closed, at most one open.
#[derive(Debug)]
struct Files {
    table: &'static LakeTable,
    folder: PathBuf,
    schema: SchemaRef,
    limits: StageLimits,
    open: Option<ParquetFile>,
    closed: Vec<StagedFile>,
    kept: bool,
}

impl Files {
    fn write(&mut self, rows: &RecordBatch) -> Result<(), LakeError> {
        if rows.schema_ref().fields() != self.schema.fields() {
            return Err(LakeError::Batch { table: self.table.name, reason: "its columns are not the declared ones" });
        }
        if rows.num_rows() == 0 {
            return Ok(());
        }
        let file = match &mut self.open {
            Some(file) => file,
            none => none.insert(ParquetFile::create(&self.folder, Arc::clone(&self.schema), self.limits)?),
        };
        file.write(rows)?;
        if file.size() >= self.limits.file_bytes { self.close() } else { Ok(()) }
    }

    fn close(&mut self) -> Result<(), LakeError> {
        if let Some(file) = self.open.take() {
            self.closed.push(file.close()?);
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Staged, LakeError> {
        self.close()?;
        if !self.closed.is_empty() {
            durable::sync_folder(&self.folder)?;
        }
        self.kept = true;
        Ok(Staged::new(self.table.name, std::mem::take(&mut self.closed)))
    }
}

/// What was begun and not finished is taken away where that is possible; an orphan is no harm.
impl Drop for Files {
    fn drop(&mut self) {
        let names = self.closed.iter().map(StagedFile::name);
        for path in names.map(|name| self.folder.join(name)).filter(|_| !self.kept) {
            remove(&path);
        }
    }
}

pub(crate) fn remove(path: &Path) {
    drop(std::fs::remove_file(path));
}
