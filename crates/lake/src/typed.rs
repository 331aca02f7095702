//! An inventory table as queries see it: a leaf of their plans, not a query inside them.
//!
//! A table has up to a hundred columns, a query wants five. A plan that held all of them as expressions would be walked by each of
//! the optimizer's rules; this one makes the expressions of the columns that are wanted, once, when it is scanned. What it
//! returns are ordinary operators, which can be serialised and sent to other machines.

mod held;

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{FieldRef, Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{DFSchema, Result};
use datafusion::datasource::TableType;
use datafusion::logical_expr::utils::split_conjunction_owned;
use datafusion::logical_expr::{Expr, ExprSchemable};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::projection::{ProjectionExec, ProjectionExpr};

pub(crate) use held::HeldTable;

/// Rows of a table that pass a filter, as columns that are made of the table's.
#[derive(Debug)]
pub(crate) struct TypedView {
    rows: Arc<dyn TableProvider>,
    filter: Expr,
    columns: Vec<Expr>,
    schema: SchemaRef,
}

impl TypedView {
    /// `filter` and `columns` speak of columns of `rows`.
    pub(crate) fn new(rows: Arc<dyn TableProvider>, filter: Expr, columns: Vec<Expr>) -> Result<Self> {
        let of_rows = DFSchema::try_from(rows.schema())?;
        let field = |column: &Expr| Ok(column.to_field(&of_rows)?.1);
        let fields = columns.iter().map(field).collect::<Result<Vec<FieldRef>>>()?;
        Ok(Self { rows, filter, columns, schema: Arc::new(Schema::new(fields)) })
    }

    /// The same table over rows that were read already, and that pass the filter.
    pub(crate) fn over(self, rows: RecordBatch) -> HeldTable {
        HeldTable::new(rows, self.columns, self.schema)
    }

    /// Places of the stored columns that the filter or one of these columns reads.
    fn needed(&self, wanted: &[&Expr]) -> Vec<usize> {
        let stored = self.rows.schema();
        let read = wanted.iter().copied().chain([&self.filter]).flat_map(Expr::column_refs);
        let places: BTreeSet<usize> = read.filter_map(|column| stored.index_of(&column.name).ok()).collect();
        places.into_iter().collect()
    }
}

#[async_trait]
impl TableProvider for TypedView {
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
        let wanted: Vec<&Expr> = places.iter().filter_map(|place| self.columns.get(*place)).collect();
        let conditions: Vec<Expr> = split_conjunction_owned(self.filter.clone());
        let stored = self.rows.scan(state, Some(&self.needed(&wanted)), &conditions, None).await?;
        let of_stored = DFSchema::try_from(stored.schema())?;
        let filter = state.create_physical_expr(self.filter.clone(), &of_stored)?;
        let filtered = Arc::new(FilterExec::try_new(filter, stored)?);
        let schema = self.schema.project(places)?;
        let made = wanted.into_iter().zip(schema.fields()).map(|(column, field)| {
            let expr = state.create_physical_expr(column.clone().unalias(), &of_stored)?;
            Ok(ProjectionExpr { expr, alias: field.name().clone() })
        });
        let columns = made.collect::<Result<Vec<_>>>()?;
        Ok(Arc::new(ProjectionExec::try_new_with_schema_metadata(columns, filtered, &schema)?))
    }
}
