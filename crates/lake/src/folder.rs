//! The lake's folder and what says which version wrote it.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sightline_model::lake_table;
use sightline_model::{LakeTable, TableSchema};
use tokio::sync::Mutex;

use crate::commit::{Appended, Number};
use crate::current::Current;
use crate::lock::{self, LakeLock};
use crate::session::Session;
use crate::snapshot::SnapshotTable;
use crate::table::Table;
use crate::{LakeError, rows};

/// The newest format that this version reads and the one that it writes.
pub const FORMAT: u64 = 1;

const MARKER: &str = "lake.json";

/// Content of `lake.json`.
#[derive(Debug, Serialize, Deserialize)]
struct Marker {
    format: u64,
    #[serde(default)]
    written_by: String,
}

/// A lake: a folder of Delta tables. Clones are the same lake; all methods take `&self` and may run at once.
#[derive(Debug, Clone)]
pub struct Lake {
    root: PathBuf,
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
        if read_marker(root)?.is_none() {
            write_marker(root)?;
        }
        Self::open(root).await
    }

    /// Opens the lake in this folder. Tables are opened when they are first used.
    ///
    /// # Errors
    /// There is none, or a newer version wrote it.
    pub async fn open(root: &Path) -> Result<Self, LakeError> {
        let root = match root.canonicalize() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(LakeError::Missing { path: root.to_owned() });
            }
            other => other.map_err(LakeError::io("open", root))?,
        };
        check_path(&root)?;
        let marker = read_marker(&root)?.ok_or_else(|| LakeError::Missing { path: root.clone() })?;
        if marker.format > FORMAT {
            return Err(LakeError::Newer {
                path: root,
                found: marker.format,
                known: FORMAT,
                written_by: marker.written_by,
            });
        }
        let tables =
            lake_table::ALL.iter().map(|table| (table.name, Arc::new(Mutex::new(Table::new(table, &root))))).collect();
        Ok(Self { root, tables })
    }

    /// The lake's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The right to write as `stage` (`scan`, `ingest`, …), for one process at a time. `detail` tells others since when
    /// and for what it is held.
    ///
    /// # Errors
    /// Somebody has it: the error names the holder. Or the lock's file cannot be made, or `stage` is more than a word.
    pub fn lock(&self, stage: &str, detail: &str) -> Result<LakeLock, LakeError> {
        lock::take(&self.root, stage, detail)
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
        let mut snapshots = Vec::with_capacity(lake_table::ALL.len());
        for table in lake_table::ALL {
            snapshots.push(self.snapshot(table).await?);
        }
        let current = Current::of_snapshots(&snapshots, at).await?;
        let tables = snapshots.into_iter().map(|snapshot| (snapshot.name(), Arc::new(snapshot) as _)).collect();
        Session::new(tables, schemas, current, Some(self.root.join("tmp")))
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

/// Paths pass through URLs, and Delta's library decodes them once too often.
fn check_path(root: &Path) -> Result<(), LakeError> {
    let refused = |reason| Err(LakeError::Folder { path: root.to_owned(), reason });
    match root.to_str() {
        None => refused("is not UTF-8"),
        Some(text) if text.contains('%') => refused("holds a `%`"),
        Some(_) => Ok(()),
    }
}

fn read_marker(root: &Path) -> Result<Option<Marker>, LakeError> {
    let path = root.join(MARKER);
    match fs::read(&path) {
        Ok(bytes) => match serde_json::from_slice(&bytes) {
            Ok(marker) => Ok(Some(marker)),
            Err(error) => Err(LakeError::Damaged { path, reason: error.to_string() }),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(LakeError::io("read", &path)(error)),
    }
}

/// Written beside its place and moved there, so that no one reads half of it.
fn write_marker(root: &Path) -> Result<(), LakeError> {
    let path = root.join(MARKER);
    let beside = root.join(format!("{MARKER}.{}", std::process::id()));
    let marker = Marker { format: FORMAT, written_by: env!("CARGO_PKG_VERSION").to_owned() };
    let text = serde_json::to_string(&marker)
        .map_err(|error| LakeError::Damaged { path: path.clone(), reason: error.to_string() })?;
    fs::write(&beside, text).map_err(LakeError::io("write", &path))?;
    fs::rename(&beside, &path).map_err(LakeError::io("write", &path))
}
