//! Data files of tables, wherever the lake is.

use std::io::ErrorKind;

use super::Place;
use crate::LakeError;

impl Place {
    /// How many bytes a table's file has; `None` where it is gone.
    pub(crate) async fn size_of(&self, table: &str, file: &str) -> Result<Option<u64>, LakeError> {
        let Some(root) = self.local() else { return self.size(&format!("{table}/{file}")).await };
        let path = root.join(table).join(file);
        match std::fs::metadata(&path) {
            Ok(found) => Ok(Some(found.len())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(LakeError::io("read", &path)(error)),
        }
    }

    /// Takes a file away that nobody names, where that is possible: an orphan is no harm.
    pub(crate) async fn remove_orphan(&self, table: &str, file: &str) {
        match self.local() {
            Some(root) => drop(std::fs::remove_file(root.join(table).join(file))),
            None => drop(self.delete(&format!("{table}/{file}")).await),
        }
    }
}
