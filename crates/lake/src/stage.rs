//! Rows on their way into a table: Parquet files beside its own that no reader sees until a commit names them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use sightline_model::LakeTable;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use crate::LakeError;
use crate::durable;
use crate::parquet_file::ParquetFile;
use crate::place::Place;
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
    pub(crate) async fn new(table: &'static LakeTable, place: &Place, limits: StageLimits) -> Result<Self, LakeError> {
        if !table.partition_by.is_empty() {
            return Err(LakeError::Partitioned { table: table.name });
        }
        Self::of_schema(table, place, sightline_columns::schema(table), limits).await
    }

    /// A stage of files with other columns than the declared ones.
    pub(crate) async fn of_schema(
        table: &'static LakeTable,
        place: &Place,
        schema: SchemaRef,
        limits: StageLimits,
    ) -> Result<Self, LakeError> {
        // On its way into a bucket a file is written here first: it goes up when it is whole, and no memory holds it.
        let folder = place.local().map_or_else(|| place.state().join("tmp"), |root| root.join(table.name));
        tokio::fs::create_dir_all(&folder).await.map_err(LakeError::io("create", &folder))?;
        let (place, runtime) = (place.clone(), Handle::current());
        let files = Files { table, place, runtime, folder, schema, limits, open: None, closed: vec![], kept: false };
        Ok(Self { table, files: Some(files) })
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
    place: Place,
    runtime: Handle,
    /// where files are written
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
            let file = file.close()?;
            if !self.place.is_folder() {
                self.upload(&file)?;
            }
            self.closed.push(file);
        }
        Ok(())
    }

    /// Brings a file into the bucket. This thread may block.
    fn upload(&self, file: &StagedFile) -> Result<(), LakeError> {
        let (path, name) = (self.folder.join(file.name()), format!("{}/{}", self.table.name, file.name()));
        let uploaded = self.runtime.block_on(self.place.upload(&path, &name));
        remove(&path);
        uploaded
    }

    fn finish(mut self) -> Result<Staged, LakeError> {
        self.close()?;
        if !self.closed.is_empty() && self.place.is_folder() {
            durable::sync_folder(&self.folder)?;
        }
        self.kept = true;
        Ok(Staged::new(self.table.name, std::mem::take(&mut self.closed)))
    }
}

/// What was begun and not finished is taken away where that is possible; an orphan is no harm.
impl Drop for Files {
    fn drop(&mut self) {
        if self.kept || self.closed.is_empty() {
            return;
        }
        if self.place.is_folder() {
            self.closed.iter().for_each(|file| remove(&self.folder.join(file.name())));
            return;
        }
        let (place, table, closed) = (self.place.clone(), self.table.name, std::mem::take(&mut self.closed));
        self.runtime.spawn(async move {
            for file in closed {
                place.remove_orphan(table, file.name()).await;
            }
        });
    }
}

pub(crate) fn remove(path: &Path) {
    drop(std::fs::remove_file(path));
}
