//! The rows of the table above, read from the journal when they are needed: there may be hundreds of thousands.

use super::past::{lines, unreadable};
use super::record::decode;
use serde::Deserialize;
use serde_json::{Map, Value};
use sightline_lake::{Entry, JournalReader, LakeError};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Rows of a job that is done.
#[derive(Clone)]
pub(super) struct Rows {
    pub(super) reader: JournalReader,
    pub(super) entries: Arc<[Entry]>,
    /// the columns that are wanted, `arn` beside them
    pub(super) wanted: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Line {
    arn: String,
    config: Map<String, Value>,
}

impl Rows {
    /// All rows, a record of the journal at a time.
    pub(super) fn each(&self) -> impl Iterator<Item = Result<Map<String, Value>, LakeError>> + Send + '_ {
        self.entries.iter().flat_map(|entry| match self.reader.read(*entry) {
            Ok(record) => {
                self.lines(&record).map_or_else(|error| vec![Err(error)], |rows| rows.into_iter().map(Ok).collect())
            }
            Err(error) => vec![Err(error)],
        })
    }

    fn lines(&self, record: &[u8]) -> Result<Vec<Map<String, Value>>, LakeError> {
        let path = self.reader.path();
        let (_, _, body) = decode(record).ok_or_else(|| unreadable(path, &"of an unknown kind"))?;
        Ok(lines::<Line>(body, path)?.into_iter().map(|line| self.columns(line)).collect())
    }

    fn columns(&self, mut line: Line) -> Map<String, Value> {
        let wanted = self.wanted.iter();
        let columns = wanted.filter_map(|column| Some((column.clone(), line.config.swap_remove(column)?)));
        let mut row: Map<String, Value> = columns.collect();
        row.insert("arn".to_owned(), Value::String(line.arn));
        row
    }
}
