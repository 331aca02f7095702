//! Rows of one batch into several tables, exactly once: staged, claimed, committed.

use arrow::array::RecordBatch;
use sightline_model::LakeTable;

use crate::claim::Claims;
use crate::commit::{Appended, Content, Number};
use crate::stage::{Stage, StageLimits, remove};
use crate::staged::{Staged, StagedFile};
use crate::{Lake, LakeError};

impl Lake {
    /// Begins to write rows that no reader sees before [`Lake::commit_staged`]. Takes no lock: many stages may write for
    /// one table at once.
    ///
    /// # Errors
    /// The table's files are parted by a column; its folder cannot be made.
    pub async fn stage(&self, table: &'static LakeTable) -> Result<Stage, LakeError> {
        self.stage_within(table, StageLimits::default()).await
    }

    /// [`Lake::stage`] with other bounds.
    ///
    /// # Errors
    /// As [`Lake::stage`].
    pub async fn stage_within(&self, table: &'static LakeTable, limits: StageLimits) -> Result<Stage, LakeError> {
        Stage::new(table, self.root().join(table.name), limits).await
    }

    /// Makes the staged files of this table its rows, in one commit with the number of `app`; those of other tables are passed
    /// over. Skipped where `app` has committed `seq` or a later number before, so a call may be repeated after any failure.
    /// No files still record the number. Reads no row.
    ///
    /// # Errors
    /// A staged file is gone or has another size: nothing is committed then. Writers that keep committing first; a table
    /// whose columns have other types; a disk that is full or read-only.
    pub async fn commit_staged(
        &self,
        table: &'static LakeTable,
        staged: &[Staged],
        app: &str,
        seq: i64,
    ) -> Result<Appended, LakeError> {
        let of_table = staged.iter().filter(|staged| staged.table() == table.name);
        let files: Vec<&StagedFile> = of_table.flat_map(Staged::files).collect();
        self.table(table)?.lock().await.commit(Content::Files(&files), Some(Number { app, seq })).await
    }

    /// Keeps what was staged for a number, before the number is committed to any table: a process that finds the number in one
    /// table and not in another commits what this names. One that is there already is replaced.
    ///
    /// It is on the disk when the call is back, also after a loss of power. Only who holds the stage's [`Lake::lock`] may call it.
    ///
    /// # Errors
    /// `app` is more than a word; a disk that is full or read-only.
    pub fn save_claim(&self, app: &str, seq: i64, staged: &[Staged]) -> Result<(), LakeError> {
        Claims::of(self.root()).save(app, seq, staged)
    }

    /// What [`Lake::save_claim`] kept for this number; `None` where nothing is kept.
    ///
    /// # Errors
    /// The claim is damaged: the error names its file.
    pub fn load_claim(&self, app: &str, seq: i64) -> Result<Option<Vec<Staged>>, LakeError> {
        Claims::of(self.root()).load(app, seq)
    }

    /// Forgets what was kept for this number, when each table has it. It may be gone already.
    ///
    /// # Errors
    /// The file cannot be removed.
    pub fn drop_claim(&self, app: &str, seq: i64) -> Result<(), LakeError> {
        Claims::of(self.root()).drop(app, seq)
    }

    /// Rows that are at hand. They go the way of a stage where that is possible: what an attempt wrote is not written again
    /// by the next one, and is on the disk before the commit that names it.
    pub(crate) async fn add_rows(
        &self,
        table: &'static LakeTable,
        rows: Vec<RecordBatch>,
        number: Option<Number<'_>>,
    ) -> Result<Appended, LakeError> {
        let handle = self.table(table)?;
        if rows.is_empty() || !table.partition_by.is_empty() {
            return handle.lock().await.commit(Content::of_rows(&rows), number).await;
        }
        let mut stage = self.stage(table).await?;
        for rows in &rows {
            stage.write(rows).await?;
        }
        let staged = stage.finish().await?;
        let files: Vec<&StagedFile> = staged.files().iter().collect();
        let appended = handle.lock().await.commit(Content::Files(&files), number).await;
        // After an error nobody knows whether a commit names them.
        if matches!(appended, Ok(Appended::Skipped)) {
            files.iter().for_each(|file| remove(&self.root().join(table.name).join(file.name())));
        }
        appended
    }
}
