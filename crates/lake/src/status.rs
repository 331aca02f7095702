//! How large a table is, and whether it wants to be put together.

use sightline_model::LakeTable;

use crate::{Lake, LakeError};

/// A table at its newest version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TableStatus {
    /// of the newest commit
    pub version: u64,
    /// files of the table
    pub files: u64,
    /// of them, small ones
    pub small: u64,
    /// their bytes
    pub bytes: u64,
    /// rows, as far as the log tells them
    pub rows: u64,
}

impl Lake {
    /// The table's size; `None` where it was never written. Reads no row.
    ///
    /// # Errors
    /// The table cannot be read.
    pub async fn table_status(&self, table: &'static LakeTable) -> Result<Option<TableStatus>, LakeError> {
        let Some(state) = self.table(table)?.lock().await.refreshed().await? else { return Ok(None) };
        let folder = self.place().of_table(table.name);
        let snapshot = state.snapshot().map_err(|error| LakeError::delta(table.name, &folder, "read", error))?;
        let mut status = TableStatus { version: state.version().unwrap_or_default(), ..TableStatus::default() };
        for file in snapshot.log_data().iter() {
            let bytes = file.size().unsigned_abs();
            status.files += 1;
            status.small += u64::from(bytes <= crate::compact::SMALL);
            status.bytes += bytes;
            status.rows += file.num_records().unwrap_or_default() as u64;
        }
        Ok(Some(status))
    }
}
