//! An inventory table whose rows are in memory. A column is made of them when a query first wants it, and kept: to read JSON
//! is most of what a small table costs, and many queries want the same few columns.

use std::sync::{Arc, OnceLock};

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{DFSchema, Result};
use datafusion::datasource::TableType;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::ExecutionPlan;

/// The rows of one table, and those of its columns that were wanted so far.
#[derive(Debug)]
pub(crate) struct HeldTable {
    rows: RecordBatch,
    columns: Vec<Expr>,
    made: Vec<OnceLock<ArrayRef>>,
    schema: SchemaRef,
}

impl HeldTable {
    /// `columns` speak of columns of `rows`; `schema` is theirs.
    pub(super) fn new(rows: RecordBatch, columns: Vec<Expr>, schema: SchemaRef) -> Self {
        let made = columns.iter().map(|_| OnceLock::new()).collect();
        Self { rows, columns, made, schema }
    }

    /// Two queries may make the same column at the same time: one of both is kept.
    fn column(&self, state: &dyn Session, column: &Expr, made: &OnceLock<ArrayRef>) -> Result<ArrayRef> {
        if let Some(made) = made.get() {
            return Ok(Arc::clone(made));
        }
        let of_rows = DFSchema::try_from(self.rows.schema())?;
        let expr = state.create_physical_expr(column.clone().unalias(), &of_rows)?;
        let array = expr.evaluate(&self.rows)?.into_array(self.rows.num_rows())?;
        Ok(Arc::clone(made.get_or_init(|| array)))
    }
}

#[async_trait]
impl TableProvider for HeldTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let all: Vec<usize> = (0..self.columns.len()).collect();
        let places = projection.unwrap_or(&all);
        let known = |place: &usize| Some((self.columns.get(*place)?, self.made.get(*place)?));
        let arrays = places.iter().filter_map(known).map(|(column, made)| self.column(state, column, made));
        let arrays = arrays.collect::<Result<Vec<_>>>()?;
        let schema = Arc::new(self.schema.project(places)?);
        let count = RecordBatchOptions::new().with_row_count(Some(self.rows.num_rows()));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&schema), arrays, &count)?;
        Ok(MemorySourceConfig::try_new_exec(&[vec![batch]], schema, None)?)
    }
}
