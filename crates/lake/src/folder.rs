//! A lake: its place, its tables, and what says which version wrote it.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use futures::StreamExt;
use futures::stream;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sightline_model::lake_table;
use sightline_model::{LakeTable, TableSchema};
use tokio::sync::Mutex;

use crate::commit::{Appended, Number};
use crate::current::Current;
use crate::lock::{self, LakeLock};
use crate::marks::Marks;
use crate::place::{Place, check_path};
use crate::session::Session;
use crate::snapshot::SnapshotTable;
use crate::table::Table;
use crate::{Cluster, LakeError, rows};

/// The newest format that this version reads and the one that it writes.
pub const FORMAT: u64 = 1;

const MARKER: &str = "lake.json";

/// Tables that are looked at together.
const TABLES_AT_ONCE: usize = 16;

/// Content of `lake.json`.
#[derive(Debug, Serialize, Deserialize)]
struct Marker {
    format: u64,
    #[serde(default)]
    written_by: String,
}

/// A lake: Delta tables in a folder or in a bucket. Clones are the same lake; all methods take `&self` and may run at once.
#[derive(Debug, Clone)]
pub struct Lake {
    place: Place,
    /// who runs large queries
    cluster: Option<Arc<Cluster>>,
    marks: Marks,
    /// One handle a table: writers of this process take turns, and none reads the log from its start again.
    tables: HashMap<&'static str, Arc<Mutex<Table>>>,
}

impl Lake {
    /// Opens the lake in this folder, or makes one.
    ///
    /// # Errors
    /// The folder cannot be made or written, or a newer version wrote it.
    pub async fn create(root: &Path) -> Result<Self, LakeError> {
        check_path(root)?;
        fs::create_dir_all(root).map_err(LakeError::io("create", root))?;
        Self::create_at(Place::folder(root)?).await
    }

    /// Opens the lake in this folder. Tables are opened when they are first used.
    ///
    /// # Errors
    /// There is none, or a newer version wrote it.
    pub async fn open(root: &Path) -> Result<Self, LakeError> {
        Self::open_at(Place::folder(root)?).await
    }

    /// Opens the lake at this place, or makes one.
    ///
    /// # Errors
    /// The place cannot be read or written, or a newer version wrote it.
    pub async fn create_at(place: Place) -> Result<Self, LakeError> {
        if read_marker(&place).await?.is_none() {
            write_marker(&place).await?;
        }
        Self::open_at(place).await
    }

    /// Opens the lake at this place.
    ///
    /// # Errors
    /// There is none, or a newer version wrote it.
    pub async fn open_at(place: Place) -> Result<Self, LakeError> {
        let missing = || LakeError::Missing { path: place.shown().to_owned() };
        let marker = read_marker(&place).await?.ok_or_else(missing)?;
        if marker.format > FORMAT {
            return Err(LakeError::Newer {
                path: place.shown().to_owned(),
                found: marker.format,
                known: FORMAT,
                written_by: marker.written_by,
            });
        }
        if !place.is_folder() {
            fs::create_dir_all(place.state()).map_err(LakeError::io("create", place.state()))?;
        }
        let marks = Marks::default();
        let table = |table: &'static LakeTable| Table::new(table, &place, &marks);
        let tables = lake_table::ALL.iter().map(|one| (one.name, Arc::new(Mutex::new(table(one))))).collect();
        Ok(Self { place, cluster: None, marks, tables })
    }

    /// The same lake, whose sessions give large queries to this cluster; none: all is run in this process.
    #[must_use]
    pub fn on_cluster(self, cluster: Option<Arc<Cluster>>) -> Self {
        Self { cluster, ..self }
    }

    /// The lake's folder, or `s3://bucket/prefix`: what it is called.
    pub fn root(&self) -> &Path {
        self.place.shown()
    }

    /// Where the lake is.
    pub fn place(&self) -> &Place {
        &self.place
    }

    pub(crate) fn marks(&self) -> &Marks {
        &self.marks
    }

    /// The right to write as `stage` (`scan`, `ingest`, …), for one process at a time. `detail` tells others since when
    /// and for what it is held.
    ///
    /// # Errors
    /// Somebody has it: the error names the holder. Or the lock's file cannot be made, or `stage` is more than a word.
    pub fn lock(&self, stage: &str, detail: &str) -> Result<LakeLock, LakeError> {
        lock::take(self.place.state(), stage, detail)
    }

    /// Appends the rows in one commit: all of them or none. No rows, no commit.
    ///
    /// # Errors
    /// A row that does not fit; a disk that is full or read-only; writers that keep committing first.
    pub async fn append<T: Serialize>(&self, table: &'static LakeTable, rows: &[T]) -> Result<(), LakeError> {
        if rows.is_empty() {
            return Ok(());
        }
        self.add_rows(table, rows::batches(table, rows)?, None).await.map(drop)
    }

    /// Appends the rows unless `app` has already committed `seq` or a later number to this table. Rows and number are one
    /// commit, so a call may be repeated after any failure. No rows still record the number.
    ///
    /// # Errors
    /// As [`Lake::append`].
    pub async fn append_once<T: Serialize>(
        &self,
        table: &'static LakeTable,
        rows: &[T],
        app: &str,
        seq: i64,
    ) -> Result<Appended, LakeError> {
        self.add_rows(table, rows::batches(table, rows)?, Some(Number { app, seq })).await
    }

    /// The last number that `app` committed to this table.
    ///
    /// # Errors
    /// The table cannot be read.
    pub async fn transaction(&self, table: &'static LakeTable, app: &str) -> Result<Option<i64>, LakeError> {
        self.table(table)?.lock().await.transaction(app).await
    }

    /// The newest state of all tables, and a typed view for each schema. What is written later is not seen.
    ///
    /// # Errors
    /// A table cannot be read, or holds other types than this version's.
    pub async fn session(&self, schemas: &[TableSchema]) -> Result<Session, LakeError> {
        self.session_of(schemas, None).await
    }

    /// As [`Lake::session`], with the inventory as it was known at that moment: the newest scan of each account that had
    /// ended by then, and its first where none had. Logs are all there; who reads them says up to when.
    ///
    /// # Errors
    /// As [`Lake::session`].
    pub async fn session_at(&self, schemas: &[TableSchema], at: Timestamp) -> Result<Session, LakeError> {
        self.session_of(schemas, Some(at)).await
    }

    async fn session_of(&self, schemas: &[TableSchema], at: Option<Timestamp>) -> Result<Session, LakeError> {
        let mut looked = Vec::with_capacity(lake_table::ALL.len());
        for table in lake_table::ALL {
            looked.push(self.snapshot(table));
        }
        // A bucket answers in tens of milliseconds: tables are asked for together.
        let mut answers = stream::iter(looked).buffered(TABLES_AT_ONCE);
        let mut snapshots = Vec::with_capacity(lake_table::ALL.len());
        while let Some(snapshot) = answers.next().await {
            snapshots.push(snapshot?);
        }
        self.session_of_snapshots(snapshots, schemas, at).await
    }

    pub(crate) async fn session_of_snapshots(
        &self,
        snapshots: Vec<SnapshotTable>,
        schemas: &[TableSchema],
        at: Option<Timestamp>,
    ) -> Result<Session, LakeError> {
        let current = Current::of_snapshots(&snapshots, at).await?;
        let tables = snapshots.into_iter().map(|snapshot| (snapshot.name(), Arc::new(snapshot) as _)).collect();
        Ok(Session::new(tables, schemas, current, Some(&self.place))?.on_cluster(self.cluster.clone()))
    }

    pub(crate) async fn snapshot(&self, table: &'static LakeTable) -> Result<SnapshotTable, LakeError> {
        self.table(table)?.lock().await.snapshot().await
    }

    pub(crate) fn table(&self, table: &'static LakeTable) -> Result<Arc<Mutex<Table>>, LakeError> {
        let handle = self
            .tables
            .get(table.name)
            .ok_or_else(|| LakeError::UnknownTable { name: table.name.to_owned(), near: vec![] });
        handle.map(Arc::clone)
    }
}

async fn read_marker(place: &Place) -> Result<Option<Marker>, LakeError> {
    let path = place.shown().join(MARKER);
    let found = match place.local() {
        None => place.get(MARKER).await?,
        Some(_) => match fs::read(&path) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(LakeError::io("read", &path)(error)),
        },
    };
    let Some(bytes) = found else { return Ok(None) };
    match serde_json::from_slice(&bytes) {
        Ok(marker) => Ok(Some(marker)),
        Err(error) => Err(LakeError::Damaged { path, reason: error.to_string() }),
    }
}

/// In a folder written beside its place and moved there, so that no one reads half of it.
async fn write_marker(place: &Place) -> Result<(), LakeError> {
    let path = place.shown().join(MARKER);
    let marker = Marker { format: FORMAT, written_by: env!("CARGO_PKG_VERSION").to_owned() };
    let text = serde_json::to_string(&marker)
        .map_err(|error| LakeError::Damaged { path: path.clone(), reason: error.to_string() })?;
    if place.local().is_none() {
        // Where another process was first, its marker is as good.
        return place.create(MARKER, text.into_bytes()).await.map(drop);
    }
    let beside = place.shown().join(format!("{MARKER}.{}", std::process::id()));
    fs::write(&beside, text).map_err(LakeError::io("write", &path))?;
    fs::rename(&beside, &path).map_err(LakeError::io("write", &path))
}
