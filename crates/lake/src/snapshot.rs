//! The state of one Delta table as an ordinary scan of Parquet files.
//!
//! The plan holds no node of Delta's: it can be serialised and sent to other machines as it is. That is right as long as
//! files are read whole and by their own column names, so a table with deletion vectors or column mapping is refused.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, RecordBatch, RecordBatchOptions};
use arrow::datatypes::{FieldRef, Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{DFSchema, DataFusionError, Result, ScalarValue};
use datafusion::datasource::TableType;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::physical_plan::ExecutionPlan;
use deltalake::DeltaTable;
use futures::{StreamExt, stream};
use object_store::ObjectStoreExt;
use object_store::path::Path as StorePath;
use sightline_model::LakeTable;

use crate::LakeError;
use crate::place::Place;

/// Files that are looked for at once.
const LOOKS_AT_ONCE: usize = 16;

/// Active files of a table at one version, with the declared columns first and in order.
#[derive(Debug, Clone)]
pub(crate) struct SnapshotTable {
    name: &'static str,
    schema: SchemaRef,
    /// Columns in the files, and columns whose values the log keeps.
    layout: TableSchema,
    /// Place of each column of `schema` in `layout`.
    order: Vec<usize>,
    files: Vec<ActiveFile>,
    /// `None` of a table without files
    place: Option<Place>,
}

#[derive(Debug, Clone)]
struct ActiveFile {
    path: StorePath,
    size: u64,
    partition: Vec<ScalarValue>,
}

impl SnapshotTable {
    /// A table that has not been written yet.
    pub(crate) fn empty(declaration: &'static LakeTable) -> Self {
        Self::with(
            declaration,
            &Schema::empty(),
            vec![],
            declaration.partition_by.iter().map(|name| (*name).to_owned()).collect(),
        )
    }

    /// The table as the handle has last read it.
    pub(crate) fn of(
        declaration: &'static LakeTable,
        place: &Place,
        table: &DeltaTable,
    ) -> std::result::Result<Self, LakeError> {
        let folder = place.of_table(declaration.name);
        let failed = |error| LakeError::delta(declaration.name, &folder, "read", error);
        let damaged = |reason: String| LakeError::Damaged { path: folder.clone(), reason };
        let state = table.snapshot().map_err(failed)?;
        if state.metadata().configuration().get("delta.columnMapping.mode").is_some_and(|mode| mode != "none") {
            return Err(damaged(
                "the table uses column mapping, which sightline never writes and does not read".into(),
            ));
        }
        let stored = state.snapshot().arrow_schema();
        check_types(declaration, &stored).map_err(damaged)?;
        let partition_by = state.metadata().partition_columns().to_vec();
        let base = place.path(declaration.name);
        let mut files = Vec::new();
        for file in state.log_data().iter() {
            if file.deletion_vector_descriptor().is_some() {
                return Err(damaged(
                    "the table uses deletion vectors, which sightline never writes and does not read".into(),
                ));
            }
            let path = StorePath::from_iter(base.parts().chain(file.object_store_path().parts()));
            let values = file.partition_values_map();
            let partition =
                partition_by.iter().map(|column| ScalarValue::Utf8(values.get(column).cloned().flatten())).collect();
            files.push(ActiveFile { path, size: file.size().unsigned_abs(), partition });
        }
        Ok(Self { place: Some(place.clone()), ..Self::with(declaration, &stored, files, partition_by) })
    }

    /// Declared columns come first, those that only the stored table has after them.
    fn with(
        declaration: &'static LakeTable,
        stored: &Schema,
        files: Vec<ActiveFile>,
        partition_by: Vec<String>,
    ) -> Self {
        let declared = sightline_columns::schema(declaration);
        let extra = stored.fields().iter().filter(|field| declared.index_of(field.name()).is_err());
        let fields: Vec<FieldRef> = declared.fields().iter().chain(extra).cloned().collect();
        let (parts, in_files): (Vec<_>, Vec<_>) =
            fields.iter().cloned().partition(|field| partition_by.contains(field.name()));
        let parts: Vec<FieldRef> =
            partition_by.iter().filter_map(|name| parts.iter().find(|field| field.name() == name).cloned()).collect();
        let layout = TableSchema::builder(Arc::new(Schema::new(in_files))).with_table_partition_cols(parts).build();
        let order = fields.iter().filter_map(|field| layout.table_schema().index_of(field.name()).ok()).collect();
        Self { name: declaration.name, schema: Arc::new(Schema::new(fields)), layout, order, files, place: None }
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// The greatest value of a partition column: the newest run, since ids of runs sort by time. Reads no file.
    pub(crate) fn greatest(&self, column: &str) -> Option<String> {
        let index = self.layout.table_partition_cols().iter().position(|field| field.name() == column)?;
        let values = self.files.iter().filter_map(|file| match file.partition.get(index) {
            Some(ScalarValue::Utf8(value)) => value.clone(),
            _ => None,
        });
        values.max()
    }

    /// Name and size of each file.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, u64)> {
        self.files.iter().filter_map(|file| Some((file.path.filename()?, file.size)))
    }

    /// Looks for each file, and at its size.
    pub(crate) async fn check_files(&self) -> std::result::Result<(), LakeError> {
        let Some(place) = &self.place else { return Ok(()) };
        let store = place.store();
        let looks = self.files.iter().map(|file| {
            let store = &store;
            async move { (file, store.head(&file.path).await) }
        });
        let mut looks = stream::iter(looks.collect::<Vec<_>>()).buffer_unordered(LOOKS_AT_ONCE);
        while let Some((file, found)) = looks.next().await {
            let path = place.of_table(self.name).join(file.path.filename().unwrap_or_default());
            let reason = match found {
                Ok(found) if found.size == file.size => continue,
                Ok(found) => format!("it has {} bytes, {} were written", found.size, file.size),
                Err(object_store::Error::NotFound { .. }) => "it is gone, and its rows with it".to_owned(),
                Err(error) => return Err(place.failed("look at", self.name, error)),
            };
            return Err(LakeError::Damaged { path, reason });
        }
        Ok(())
    }

    /// Lets an engine read the table's files.
    pub(crate) fn register(&self, runtime: &RuntimeEnv) {
        if let Some(place) = &self.place {
            place.register(runtime);
        }
    }

    /// The table as if it had only the files that are not of these names; `None` where that is none.
    pub(crate) fn without_files(&self, names: &HashSet<String>) -> Option<Self> {
        let other = |file: &&ActiveFile| file.path.filename().is_some_and(|name| !names.contains(name));
        let files: Vec<ActiveFile> = self.files.iter().filter(other).cloned().collect();
        (!files.is_empty()).then(|| Self { files, ..self.clone() })
    }

    /// The table as if it had only the files of these names.
    pub(crate) fn of_files(&self, names: &HashSet<String>) -> Self {
        let named = |file: &&ActiveFile| file.path.filename().is_some_and(|name| names.contains(name));
        Self { files: self.files.iter().filter(named).cloned().collect(), ..self.clone() }
    }

    /// Files that can hold rows which pass the filters, told by the values of the partition columns alone.
    fn matching(&self, state: &dyn Session, filters: &[Expr]) -> Result<Vec<&ActiveFile>> {
        let parts = self.layout.table_partition_cols();
        let decidable: Vec<&Expr> = filters
            .iter()
            .filter(|filter| filter.column_refs().iter().all(|column| parts.find(&column.name).is_some()))
            .collect();
        if decidable.is_empty() || self.files.is_empty() {
            return Ok(self.files.iter().collect());
        }
        let columns = (0..parts.len())
            .map(|index| {
                ScalarValue::iter_to_array(self.files.iter().filter_map(|file| file.partition.get(index).cloned()))
            })
            .collect::<Result<Vec<ArrayRef>>>()?;
        // The number of rows is told: a table that is not parted has no column, and a filter may ask for none, such as `true`.
        let rows = RecordBatchOptions::new().with_row_count(Some(self.files.len()));
        let values = RecordBatch::try_new_with_options(Arc::new(Schema::new(parts.clone())), columns, &rows)?;
        let schema = DFSchema::try_from(values.schema())?;
        let mut keep = vec![true; self.files.len()];
        for filter in decidable {
            let passed = state
                .create_physical_expr(filter.clone(), &schema)?
                .evaluate(&values)?
                .into_array(values.num_rows())?;
            let Some(passed) = passed.as_boolean_opt() else { continue };
            for (keep, passed) in keep.iter_mut().zip(passed) {
                *keep &= passed == Some(true);
            }
        }
        Ok(self.files.iter().zip(keep).filter_map(|(file, keep)| keep.then_some(file)).collect())
    }
}

#[async_trait]
impl TableProvider for SnapshotTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    /// Inexact: files are skipped by partition and statistics; the filter itself stays in the plan.
    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let files = self.matching(state, filters)?;
        let groups = balanced(&files, state.config().target_partitions());
        let columns: Vec<usize> = match projection {
            Some(wanted) => wanted.iter().filter_map(|index| self.order.get(*index).copied()).collect(),
            None => self.order.clone(),
        };
        let source = Arc::new(ParquetSource::new(self.layout.clone()));
        let store_url =
            self.place.as_ref().map_or_else(ObjectStoreUrl::local_filesystem, |place| place.store_url().clone());
        let scan = FileScanConfigBuilder::new(store_url, source)
            .with_file_groups(groups)
            .with_projection_indices(Some(columns))?
            .with_limit(limit)
            .build();
        Ok(DataSourceExec::from_data_source(scan))
    }
}

/// The files in at most `count` groups of about the same size, the largest file first.
fn balanced(files: &[&ActiveFile], count: usize) -> Vec<FileGroup> {
    let mut groups: Vec<(u64, Vec<PartitionedFile>)> = vec![(0, vec![]); count.clamp(1, files.len().max(1))];
    let mut largest_first = files.to_vec();
    largest_first.sort_by_key(|file| std::cmp::Reverse(file.size));
    for file in largest_first {
        if let Some((size, group)) = groups.iter_mut().min_by_key(|(size, _)| *size) {
            *size += file.size;
            // From the path's parts, not its text: the text of a path is already encoded.
            let mut scanned =
                PartitionedFile::new(String::new(), file.size).with_partition_values(file.partition.clone());
            scanned.object_meta.location = file.path.clone();
            group.push(scanned);
        }
    }
    groups.into_iter().map(|(_, files)| FileGroup::new(files)).collect()
}

/// Columns that both have must have the same type.
pub(crate) fn check_types(declaration: &LakeTable, stored: &Schema) -> std::result::Result<(), String> {
    for field in sightline_columns::schema(declaration).fields() {
        if let Ok(found) = stored.field_with_name(field.name())
            && found.data_type() != field.data_type()
        {
            return Err(format!(
                "column `{}` is stored as {}, this version wants {}",
                field.name(),
                found.data_type(),
                field.data_type()
            ));
        }
    }
    Ok(())
}

impl From<LakeError> for DataFusionError {
    fn from(error: LakeError) -> Self {
        Self::External(Box::new(error))
    }
}
