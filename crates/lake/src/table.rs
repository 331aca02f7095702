//! One Delta table: made when it is first written, read anew before each commit.

use std::fs;
use std::path::{Path, PathBuf};

use deltalake::kernel::StructType;
use deltalake::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake::operations::create::CreateBuilder;
use deltalake::{DeltaTable, DeltaTableError};
use sightline_model::LakeTable;

use crate::LakeError;
use crate::marks::Marks;
use crate::place::Place;
use crate::snapshot::SnapshotTable;

/// After how many commits a table's log is read from its start again.
const FRESH_AFTER: u64 = 16;

/// A table's declaration, its folder, and the newest state that was read.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) declaration: &'static LakeTable,
    pub(crate) place: Place,
    /// as errors name it; of a folder's lake its folder
    pub(crate) folder: PathBuf,
    marks: Marks,
    handle: Option<DeltaTable>,
    /// how many commits of its own the handle has taken in since it read the log from its start
    taken_in: u64,
}

impl Table {
    pub(crate) fn new(declaration: &'static LakeTable, place: &Place, marks: &Marks) -> Self {
        let (folder, place, marks) = (place.of_table(declaration.name), place.clone(), marks.clone());
        Self { declaration, place, folder, marks, handle: None, taken_in: 0 }
    }

    pub(crate) async fn transaction(&mut self, app: &str) -> Result<Option<i64>, LakeError> {
        match self.refreshed().await? {
            Some(table) => self.last_transaction(&table, app).await,
            None => Ok(None),
        }
    }

    pub(crate) async fn snapshot(&mut self) -> Result<SnapshotTable, LakeError> {
        match self.refreshed().await? {
            Some(table) => SnapshotTable::of(self.declaration, &self.place, &table),
            None => Ok(SnapshotTable::empty(self.declaration)),
        }
    }

    pub(crate) async fn last_transaction(&self, table: &DeltaTable, app: &str) -> Result<Option<i64>, LakeError> {
        let snapshot = table.snapshot().map_err(self.failed("read"))?;
        snapshot.transaction_version(&table.log_store(), app).await.map_err(self.failed("read"))
    }

    pub(crate) async fn refreshed_or_created(&mut self) -> Result<DeltaTable, LakeError> {
        match self.refreshed().await? {
            Some(table) => Ok(table),
            None => self.created().await,
        }
    }

    /// Keeps the state after a commit of this process.
    pub(crate) fn keep(&mut self, table: DeltaTable) {
        self.take_in(1);
        self.marks.saw(self.declaration.name, table.version());
        self.handle = Some(table);
    }

    /// The library's state grows with each commit that it takes in, by half a megabyte that the next commit walks through. Read
    /// anew it is a fifth of that.
    fn take_in(&mut self, commits: u64) {
        self.taken_in = self.taken_in.saturating_add(commits);
    }

    /// The table in its newest state, where it exists.
    pub(crate) async fn refreshed(&mut self) -> Result<Option<DeltaTable>, LakeError> {
        if self.taken_in >= FRESH_AFTER {
            self.handle = None;
        }
        if let Some(table) = &mut self.handle {
            let before = table.version();
            table.update_state().await.map_err(failed(self.declaration, &self.folder, "read"))?;
            let commits = table.version().unwrap_or_default() - before.unwrap_or_default();
            self.take_in(commits);
        } else if self.place.local().is_none() || self.folder.join("_delta_log").is_dir() {
            let mut table = DeltaTable::new(self.place.log_store(self.declaration.name)?);
            if table.verify_deltatable_existence().await.map_err(self.failed("open"))? {
                table.load().await.map_err(self.failed("open"))?;
                self.handle = Some(table);
                self.taken_in = 0;
            }
        }
        if let Some(table) = &self.handle {
            self.marks.saw(self.declaration.name, table.version());
        }
        Ok(self.handle.clone())
    }

    async fn created(&mut self) -> Result<DeltaTable, LakeError> {
        if self.place.local().is_some() {
            fs::create_dir_all(&self.folder).map_err(LakeError::io("create", &self.folder))?;
        }
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
        let log_store = self.place.log_store(self.declaration.name);
        let log_store = log_store.map_err(|error| DeltaTableError::InvalidTableLocation(error.to_string()))?;
        let columns: StructType = sightline_columns::schema(self.declaration).as_ref().try_into_kernel()?;
        CreateBuilder::new()
            .with_log_store(log_store)
            .with_table_name(self.declaration.name)
            .with_comment(self.declaration.about)
            .with_columns(columns.fields().cloned())
            .with_partition_columns(self.declaration.partition_by.iter().copied())
            .await
    }

    pub(crate) fn failed(&self, doing: &'static str) -> impl Fn(DeltaTableError) -> LakeError + '_ {
        failed(self.declaration, &self.folder, doing)
    }
}

fn failed<'a>(
    table: &'static LakeTable,
    folder: &'a Path,
    doing: &'static str,
) -> impl Fn(DeltaTableError) -> LakeError + 'a {
    move |error| LakeError::delta(table.name, folder, doing, error)
}
