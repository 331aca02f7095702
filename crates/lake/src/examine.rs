//! A look at a lake that changes nothing: which tables are damaged, and who writes.

use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;

use sightline_model::lake_table;

use crate::lock;
use crate::{Lake, LakeError};

/// A process that has the right to write as a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writer {
    /// such as `scan`
    pub stage: String,
    /// what it says of itself: `pid 4711, since …`
    pub holder: String,
}

impl Lake {
    /// The tables that cannot be read whole, each with the first thing that is wrong with it. The log of each is read, and
    /// its files are looked for; what stands in them is not.
    pub async fn damaged(&self) -> Vec<(&'static str, LakeError)> {
        let mut damaged = Vec::new();
        for table in lake_table::ALL {
            let looked = match self.snapshot(table).await {
                Ok(snapshot) => snapshot.check_files().await,
                Err(error) => Err(error),
            };
            damaged.extend(looked.err().map(|error| (table.name, error)));
        }
        damaged
    }

    /// Who writes to the lake now; of a lake in a bucket, who does so on this machine.
    ///
    /// Each lock is tried and let go at once: a process that wants it in this very moment is told that another one has it.
    ///
    /// # Errors
    /// The folder of the locks cannot be read.
    pub fn writers(&self) -> Result<Vec<Writer>, LakeError> {
        let folder = self.place().state().join(lock::FOLDER);
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(vec![]),
            other => other.map_err(LakeError::io("read", &folder))?,
        };
        let mut writers = Vec::new();
        for entry in entries {
            let path = entry.map_err(LakeError::io("read", &folder))?.path();
            let Some(stage) = path.file_stem().and_then(|stem| stem.to_str()) else { continue };
            let mut file = File::open(&path).map_err(LakeError::io("open", &path))?;
            match file.try_lock_shared() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    writers.push(Writer { stage: stage.to_owned(), holder: lock::holder(&mut file) });
                }
                Err(TryLockError::Error(error)) => return Err(LakeError::io("lock", &path)(error)),
            }
        }
        writers.sort_by(|a, b| a.stage.cmp(&b.stage));
        Ok(writers)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use sightline_model::lake_table;

    use super::*;

    async fn lake_with_a_scan() -> (tempfile::TempDir, Lake) {
        let folder = tempfile::tempdir().unwrap();
        let lake = Lake::create(folder.path()).await.unwrap();
        lake.append(lake_table::SCAN, &[json!({"scan_id": "s-1", "tables": 3})]).await.unwrap();
        (folder, lake)
    }

    #[tokio::test]
    async fn a_lake_that_is_whole_has_nothing_to_tell() {
        let (_folder, lake) = lake_with_a_scan().await;
        assert!(lake.damaged().await.is_empty());
        assert!(lake.writers().unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_file_that_is_gone_or_cut_is_named() {
        let (folder, lake) = lake_with_a_scan().await;
        let files = fs::read_dir(folder.path().join("scan")).unwrap();
        let file = files.map(|entry| entry.unwrap().path()).find(|path| path.extension().is_some()).unwrap();
        File::options().write(true).open(&file).unwrap().set_len(10).unwrap();
        let damaged = lake.damaged().await;
        assert_eq!(damaged.len(), 1);
        assert_eq!(damaged[0].0, "scan");
        assert!(damaged[0].1.to_string().contains("10 bytes"), "{}", damaged[0].1);
        fs::remove_file(&file).unwrap();
        let damaged = lake.damaged().await;
        assert!(damaged[0].1.to_string().contains("is gone"), "{}", damaged[0].1);
    }

    #[tokio::test]
    async fn who_writes_is_told_as_long_as_it_does() {
        let (_folder, lake) = lake_with_a_scan().await;
        let lock = lake.lock("scan", "since noon").unwrap();
        let writers = lake.writers().unwrap();
        assert_eq!(writers.len(), 1);
        assert_eq!(writers[0].stage, "scan");
        assert!(writers[0].holder.contains("since noon"), "{}", writers[0].holder);
        drop(lock);
        assert!(lake.writers().unwrap().is_empty());
        lake.lock("scan", "again").unwrap();
    }
}
