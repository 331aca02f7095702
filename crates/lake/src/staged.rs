//! Files that were staged for a table: what a claim holds and a commit adds.

use deltalake::kernel::Add;
use serde::{Deserialize, Serialize};

/// Files that were written for one table and are no rows of it yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staged {
    table: String,
    files: Vec<StagedFile>,
}

/// One Parquet file in the table's folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StagedFile {
    pub(crate) name: String,
    pub(crate) bytes: u64,
    pub(crate) rows: u64,
    /// since 1970
    pub(crate) modified_ms: i64,
    /// the document that Delta's log keeps of a file: how many rows, the least and greatest values, how many nulls
    pub(crate) statistics: String,
}

impl Staged {
    pub(crate) fn new(table: &str, files: Vec<StagedFile>) -> Self {
        Self { table: table.to_owned(), files }
    }

    /// Name of the table.
    pub fn table(&self) -> &str {
        &self.table
    }

    /// How many rows the files hold.
    pub fn rows(&self) -> u64 {
        self.files.iter().map(|file| file.rows).sum()
    }

    /// How many bytes the files have.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    pub(crate) fn files(&self) -> &[StagedFile] {
        &self.files
    }
}

impl StagedFile {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Whether the name is one that a stage gives: it is joined to a folder, and a claim is a file that anybody may write.
    pub(crate) fn is_plain(&self) -> bool {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
        self.name.len() <= 100 && self.name.starts_with("part-") && self.name.bytes().all(plain)
    }

    pub(crate) fn add(&self) -> Add {
        Add {
            path: self.name.clone(),
            size: i64::try_from(self.bytes).unwrap_or(i64::MAX),
            modification_time: self.modified_ms,
            data_change: true,
            stats: Some(self.statistics.clone()),
            ..Add::default()
        }
    }
}
