//! Rows of one batch into several tables, exactly once: staged, claimed, committed.

use arrow::array::RecordBatch;
use sightline_model::LakeTable;

use crate::claim::{Claimed, Claims};
use crate::commit::{Appended, Content, Number};
use crate::stage::{Stage, StageLimits};
use crate::staged::{Staged, StagedFile};
use crate::{Lake, LakeError};

/// Claims of one application that were left by killed processes before anything of them was committed, at most.
const CLAIMS_LEFT: u32 = 10_000;

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
        Stage::new(table, self.place(), limits).await
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

    /// Keeps what was staged, before anything of it is committed to any table, under the first free number after `after`, and answers that number: a
    /// process that finds the number in one table and not in another commits what this names.
    ///
    /// It is durable when the call is back, also after a loss of power. No number is given twice, whoever asks, and what is kept under one never
    /// changes.
    ///
    /// # Errors
    /// `app` is more than a word; a disk that is full or read-only; a bucket that refuses.
    pub async fn save_claim(&self, app: &str, after: i64, staged: &[Staged]) -> Result<i64, LakeError> {
        let claims = Claims::of(self.place());
        let mut seq = after;
        for _ in 0..CLAIMS_LEFT {
            seq = seq.saturating_add(1);
            if claims.create(app, seq, staged).await? {
                return Ok(seq);
            }
        }
        Err(LakeError::Damaged {
            path: self.root().join("claims"),
            reason: format!("it holds more than {CLAIMS_LEFT} claims of `{app}` that were never committed"),
        })
    }

    /// What [`Lake::save_claim`] kept under this number; `None` where nothing is kept.
    ///
    /// # Errors
    /// The claim is damaged: the error names its file.
    pub async fn load_claim(&self, app: &str, seq: i64) -> Result<Option<Vec<Staged>>, LakeError> {
        Claims::of(self.place()).load(app, seq).await
    }

    /// Forgets what was kept under this number: when each table has it, or when it can be committed no more. It may be gone already.
    ///
    /// # Errors
    /// The file cannot be removed.
    pub async fn drop_claim(&self, app: &str, seq: i64) -> Result<(), LakeError> {
        Claims::of(self.place()).drop(app, seq).await
    }

    /// All claims that are kept, sorted.
    ///
    /// # Errors
    /// They cannot be listed.
    pub async fn claims(&self) -> Result<Vec<Claimed>, LakeError> {
        Claims::of(self.place()).list().await
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
            self.take_away(table, &staged).await;
        }
        appended
    }

    /// Removes staged files that no commit names and none will, as far as that is possible.
    pub(crate) async fn take_away(&self, table: &'static LakeTable, staged: &Staged) {
        for file in staged.files() {
            self.place().remove_orphan(table.name, file.name()).await;
        }
    }

    /// Forgets rows that were staged and will not be committed.
    pub async fn forget_staged(&self, staged: &[Staged]) {
        for staged in staged {
            if let Some(table) = LakeTable::by_name(staged.table()) {
                self.take_away(table, staged).await;
            }
        }
    }
}
