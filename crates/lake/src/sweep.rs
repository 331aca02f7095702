//! Files that nobody names any more, taken away.

use std::collections::HashSet;
use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use deltalake::DeltaTable;
use futures::TryStreamExt;
use jiff::Timestamp;
use sightline_model::LakeTable;

use crate::claim::Claims;
use crate::{Lake, LakeError};

/// What [`Lake::sweep`] took away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// how many files
    pub files: u64,
    /// how many bytes they had
    pub bytes: u64,
}

impl Lake {
    /// Removes Parquet files of the table that are older than `older_than` and that neither a state of the table nor a claim
    /// names: what killed processes left, and what was removed from the table longer ago than its log remembers (a week).
    ///
    /// `older_than` must lie further back than any stage lasts, or what is being staged is lost (its commit fails then); a day
    /// is right. Only who holds the stage's [`Lake::lock`] may call it.
    ///
    /// # Errors
    /// The table, its folder or a claim cannot be read: nothing is removed then. A file cannot be removed.
    pub async fn sweep(&self, table: &'static LakeTable, older_than: Timestamp) -> Result<Swept, LakeError> {
        let folder = self.root().join(table.name);
        // INVARIANT: files are listed before claims, and claims before the table. Files move in this direction only, so one that
        // is on its way while this runs is seen at its next place.
        let mut old = vec![];
        list(&folder, older_than, &mut old)?;
        let mut named: HashSet<String> = HashSet::new();
        for staged in Claims::of(self.root()).all()? {
            named.extend(staged.files().iter().map(|file| file.name().to_owned()));
        }
        if let Some(state) = self.table(table)?.lock().await.refreshed().await? {
            named.extend(self.named_by(table, &state).await?);
        }
        let mut swept = Swept::default();
        for (path, bytes) in
            old.into_iter().filter(|(path, _)| !data_file(path).is_some_and(|name| named.contains(name)))
        {
            fs::remove_file(&path).map_err(LakeError::io("remove", &path))?;
            swept.files += 1;
            swept.bytes += bytes;
        }
        Ok(swept)
    }

    /// Names of files that are part of the table, and of those that were, as long as its log remembers them.
    async fn named_by(&self, table: &'static LakeTable, state: &DeltaTable) -> Result<Vec<String>, LakeError> {
        let folder = self.root().join(table.name);
        let failed = |error| LakeError::delta(table.name, &folder, "read", error);
        let (snapshot, log_store) = (state.snapshot().map_err(failed)?, state.log_store());
        let mut names: Vec<String> = snapshot.log_data().iter().map(|file| last_part(&file.path())).collect();
        let mut removed = snapshot.all_tombstones(&log_store);
        while let Some(removed) = removed.try_next().await.map_err(failed)? {
            names.push(last_part(&removed.path()));
        }
        Ok(names)
    }
}

/// Old data files below this folder, with their sizes.
fn list(folder: &Path, older_than: Timestamp, old: &mut Vec<(PathBuf, u64)>) -> Result<(), LakeError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        other => other.map_err(LakeError::io("read", folder))?,
    };
    for entry in entries {
        let entry = entry.map_err(LakeError::io("read", folder))?;
        let path = entry.path();
        // Of the entry itself: a link is followed nowhere.
        let metadata = match entry.metadata() {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            other => other.map_err(LakeError::io("read", &path))?,
        };
        if metadata.is_dir() && entry.file_name() != "_delta_log" {
            list(&path, older_than, old)?;
        } else if metadata.is_file() && data_file(&path).is_some() && is_before(&metadata, older_than) {
            old.push((path, metadata.len()));
        }
    }
    Ok(())
}

/// The name of a data file: `part-….parquet`, also while the library writes it (`part-….parquet#1`).
fn data_file(path: &Path) -> Option<&str> {
    let name = path.file_name()?.to_str()?;
    let whole = name.split_once('#').map_or(name, |(whole, _)| whole);
    (whole.starts_with("part-") && whole.ends_with(".parquet")).then_some(name)
}

/// An age that cannot be told is none.
fn is_before(metadata: &Metadata, time: Timestamp) -> bool {
    let modified = metadata.modified().ok().and_then(|modified| modified.duration_since(UNIX_EPOCH).ok());
    modified.is_some_and(|modified| i128::try_from(modified.as_nanos()).is_ok_and(|at| at < time.as_nanosecond()))
}

/// Names of data files hold an id and are unique without their folder, and no sign that is written in different ways.
fn last_part(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}
