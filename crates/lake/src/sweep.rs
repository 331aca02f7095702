//! Files that nobody names any more, taken away.

use std::collections::HashSet;
use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use deltalake::DeltaTable;
use futures::TryStreamExt;
use jiff::Timestamp;
use serde::Serialize;
use sightline_model::LakeTable;

use crate::claim::Claims;
use crate::{Lake, LakeError};

/// What [`Lake::sweep`] took away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Swept {
    /// how many files
    pub files: u64,
    /// how many bytes they had
    pub bytes: u64,
}

/// A data file that was found.
#[derive(Debug)]
enum Found {
    File(PathBuf),
    /// by its name in the lake
    Object(String),
}

impl Found {
    fn name(&self) -> Option<&str> {
        match self {
            Self::File(path) => path.file_name()?.to_str(),
            Self::Object(name) => name.rsplit('/').next(),
        }
    }
}

impl Lake {
    /// Removes Parquet files of the table that are older than `older_than` and that neither a state of the table nor a claim
    /// names: what killed processes left, and what was removed from the table longer ago than its log remembers (a week).
    ///
    /// `older_than` must lie further back than any stage lasts, or what is being staged is lost (its commit fails then); a day
    /// is right.
    ///
    /// # Errors
    /// The table, its files or a claim cannot be read: nothing is removed then. A file cannot be removed.
    pub async fn sweep(&self, table: &'static LakeTable, older_than: Timestamp) -> Result<Swept, LakeError> {
        let mut swept = Swept::default();
        if !self.place().is_folder() {
            swept = sweep_folder(&self.place().state().join("tmp"), older_than)?;
        }
        for (file, bytes) in self.orphans(table, older_than).await? {
            match file {
                Found::File(path) => fs::remove_file(&path).map_err(LakeError::io("remove", &path))?,
                Found::Object(name) => self.place().delete(&name).await?,
            }
            swept.files += 1;
            swept.bytes += bytes;
        }
        Ok(swept)
    }

    /// What [`Lake::sweep`] would take away.
    ///
    /// # Errors
    /// As [`Lake::sweep`].
    pub async fn would_sweep(&self, table: &'static LakeTable, older_than: Timestamp) -> Result<Swept, LakeError> {
        let orphans = self.orphans(table, older_than).await?;
        Ok(Swept { files: orphans.len() as u64, bytes: orphans.iter().map(|(_, bytes)| bytes).sum() })
    }

    /// INVARIANT: files are listed before claims, and claims before the table. Files move in this direction only, so one that is on its way
    /// while this runs is seen at its next place.
    async fn orphans(&self, table: &'static LakeTable, older_than: Timestamp) -> Result<Vec<(Found, u64)>, LakeError> {
        let mut old = vec![];
        match self.place().local() {
            Some(root) => list(&root.join(table.name), older_than, &mut old)?,
            None => old = self.listed(table, older_than).await?,
        }
        let mut named: HashSet<String> = HashSet::new();
        for staged in Claims::of(self.place()).all().await? {
            named.extend(staged.files().iter().map(|file| file.name().to_owned()));
        }
        if let Some(state) = self.table(table)?.lock().await.refreshed().await? {
            named.extend(self.named_by(table, &state).await?);
        }
        old.retain(|(found, _)| !found.name().and_then(data_file).is_some_and(|name| named.contains(name)));
        Ok(old)
    }

    /// Old data files of a table in a bucket, with their sizes.
    async fn listed(&self, table: &LakeTable, older_than: Timestamp) -> Result<Vec<(Found, u64)>, LakeError> {
        let listed = self.place().list(table.name).await?.into_iter();
        let old = listed.filter(|one| one.last_modified.timestamp() < older_than.as_second());
        let base = self.place().base();
        let data = old.filter_map(|one| {
            let parts: Vec<_> = one.location.prefix_match(base)?.map(|part| part.as_ref().to_owned()).collect();
            let is_log = parts.get(1).is_some_and(|part| part == "_delta_log");
            (!is_log && data_file(one.location.filename()?).is_some())
                .then(|| (Found::Object(parts.join("/")), one.size))
        });
        Ok(data.collect())
    }

    /// Names of files that are part of the table, and of those that were, as long as its log remembers them.
    async fn named_by(&self, table: &'static LakeTable, state: &DeltaTable) -> Result<Vec<String>, LakeError> {
        let folder = self.place().of_table(table.name);
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

/// What killed processes left on its way into a bucket.
fn sweep_folder(folder: &Path, older_than: Timestamp) -> Result<Swept, LakeError> {
    let (mut old, mut swept) = (vec![], Swept::default());
    list(folder, older_than, &mut old)?;
    for (found, bytes) in old {
        if let Found::File(path) = found {
            fs::remove_file(&path).map_err(LakeError::io("remove", &path))?;
            swept.files += 1;
            swept.bytes += bytes;
        }
    }
    Ok(swept)
}

/// Old data files below this folder, with their sizes.
fn list(folder: &Path, older_than: Timestamp, old: &mut Vec<(Found, u64)>) -> Result<(), LakeError> {
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
        } else if metadata.is_file()
            && path.file_name().and_then(|name| data_file(name.to_str()?)).is_some()
            && is_before(&metadata, older_than)
        {
            old.push((Found::File(path), metadata.len()));
        }
    }
    Ok(())
}

/// The name, where it is one of a data file: `part-….parquet`, also while the library writes it (`part-….parquet#1`).
fn data_file(name: &str) -> Option<&str> {
    let whole = name.split_once('#').map_or(name, |(whole, _)| whole);
    (whole.starts_with("part-") && whole.ends_with(".parquet")).then_some(name)
}

/// An age that cannot be told is none.
fn is_before(metadata: &Metadata, time: Timestamp) -> bool {
    let modified = metadata.modified().ok().and_then(|modified| modified.duration_since(UNIX_EPOCH).ok());
    modified.is_some_and(|modified| i128::try_from(modified.as_nanos()).is_ok_and(|at| at < time.as_nanosecond()))
}

/// Names of data files hold an id and are unique without their folder, and no sign that is written in different ways.
pub(crate) fn last_part(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}
