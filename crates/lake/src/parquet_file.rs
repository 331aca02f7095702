//! One Parquet file while it is written.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;
use uuid::Uuid;

use crate::LakeError;
use crate::stage::{StageLimits, remove};
use crate::staged::StagedFile;
use crate::statistics::statistics;

/// Rows of a row group at most: a scan skips row groups and shares them out among its threads.
const ROW_GROUP_ROWS: usize = 256 << 10;

/// Bytes of a page, and of a column's dictionary, before compression. Of wide tables a stage holds these for each column; and values that do
/// not repeat are noticed early.
const PAGE_BYTES: usize = 256 << 10;

/// A file under a name that was never used before. It is removed when it is dropped before it is closed.
pub(crate) struct ParquetFile {
    path: PathBuf,
    name: String,
    /// beside the writer's, for what writers cannot do
    file: File,
    /// `None` when it is closed
    writer: Option<ArrowWriter<File>>,
}

impl ParquetFile {
    pub(crate) fn create(folder: &Path, schema: SchemaRef, limits: StageLimits) -> Result<Self, LakeError> {
        let name = format!("part-{}.snappy.parquet", unique());
        let path = folder.join(&name);
        let file = File::create_new(&path).map_err(LakeError::io("create", &path))?;
        let beside = file.try_clone().map_err(LakeError::io("open", &path))?;
        let properties = properties(&schema, limits);
        let writer = ArrowWriter::try_new(beside, schema, Some(properties));
        let writer = Some(writer.map_err(|error| failed(&path, error))?);
        Ok(Self { path, name, file, writer })
    }

    pub(crate) fn write(&mut self, rows: &RecordBatch) -> Result<(), LakeError> {
        let written = self.writer.as_mut().map_or(Ok(()), |writer| writer.write(rows));
        written.map_err(|error| failed(&self.path, error))
    }

    /// About how many bytes the file will have, when it is closed now.
    pub(crate) fn size(&self) -> usize {
        self.writer.as_ref().map_or(0, |writer| writer.bytes_written() + writer.in_progress_size())
    }

    /// Writes the rest, and waits until the disk has it.
    pub(crate) fn close(mut self) -> Result<StagedFile, LakeError> {
        let failed_here = |error| failed(&self.path, error);
        let Some(writer) = &mut self.writer else { return Err(failed_here(ParquetError::General("closed".into()))) };
        let metadata = writer.finish().map_err(failed_here)?;
        self.file.sync_all().map_err(LakeError::io("write", &self.path))?;
        let stored = self.file.metadata().map_err(LakeError::io("read", &self.path))?;
        let modified = stored.modified().map_err(LakeError::io("read", &self.path))?;
        let age = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
        let file = StagedFile {
            name: std::mem::take(&mut self.name),
            bytes: stored.len(),
            rows: metadata.file_metadata().num_rows().unsigned_abs(),
            modified_ms: i64::try_from(age.as_millis()).unwrap_or(i64::MAX),
            statistics: statistics(&metadata),
        };
        self.writer = None;
        Ok(file)
    }
}

impl Drop for ParquetFile {
    fn drop(&mut self) {
        if self.writer.is_some() {
            remove(&self.path);
        }
    }
}

impl std::fmt::Debug for ParquetFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParquetFile").field("path", &self.path).finish_non_exhaustive()
    }
}

/// Numbers and times that hardly repeat: a dictionary of them would be filled, found too large and given up, in each row group anew.
const NUMBERS_THAT_DIFFER: [&str; 6] = ["bytes", "event_time", "first_seen", "last_seen", "line", "packets"];

/// Likewise texts.
const TEXTS_THAT_DIFFER: [&str; 4] = ["event_id", "request_id", "request_parameters", "resources"];

/// Texts without any order in them: compressed, they are hardly smaller.
const RANDOM: [&str; 2] = ["event_id", "request_id"];

/// Texts whose bounds are kept: rows of one account and region, and gaps of one source and subject, lie together. Ids, names and addresses are
/// spread over every file, so that their bounds exclude none, and to find them takes as long as to write all else.
const BOUNDED_TEXTS: [&str; 4] = ["account_id", "region", "source", "subject"];

/// Snappy, as the table's other writes have it.
pub(crate) fn properties(schema: &Schema, limits: StageLimits) -> WriterProperties {
    let columns = schema.fields().iter();
    columns
        .fold(WriterProperties::builder(), |builder, field| column(builder, field))
        .set_created_by(concat!("sightline ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::SNAPPY)
        .set_data_page_size_limit(PAGE_BYTES)
        .set_dictionary_page_size_limit(PAGE_BYTES)
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_max_row_group_bytes(Some(limits.row_group_bytes))
        .build()
}

/// How a column is written: whatever costs much and gives little is left out.
fn column(mut builder: WriterPropertiesBuilder, field: &Field) -> WriterPropertiesBuilder {
    let name = field.name().as_str();
    let path = || ColumnPath::from(name);
    match field.data_type() {
        DataType::Int64 | DataType::Timestamp(..) if NUMBERS_THAT_DIFFER.contains(&name) => {
            builder = builder.set_column_dictionary_enabled(path(), false);
            builder = builder.set_column_encoding(path(), Encoding::DELTA_BINARY_PACKED);
        }
        DataType::Utf8 => {
            if TEXTS_THAT_DIFFER.contains(&name) {
                builder = builder.set_column_dictionary_enabled(path(), false);
            }
            if RANDOM.contains(&name) {
                builder = builder.set_column_compression(path(), Compression::UNCOMPRESSED);
            }
            if !BOUNDED_TEXTS.contains(&name) {
                builder = builder.set_column_statistics_enabled(path(), EnabledStatistics::None);
            }
        }
        _ => {}
    }
    builder
}

#[expect(
    clippy::disallowed_methods,
    reason = "a file's name must be new in the whole history of its table, and nothing depends on what it is"
)]
fn unique() -> Uuid {
    Uuid::new_v4()
}

fn failed(path: &Path, error: ParquetError) -> LakeError {
    match error {
        ParquetError::External(cause) => match cause.downcast::<std::io::Error>() {
            Ok(cause) => LakeError::io("write", path)(*cause),
            Err(cause) => LakeError::io("write", path)(std::io::Error::other(cause)),
        },
        other => LakeError::io("write", path)(std::io::Error::other(other.to_string())),
    }
}
