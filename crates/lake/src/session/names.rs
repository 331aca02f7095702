//! The names that statements of a workspace read: what it holds in memory, then what the lake has.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{SchemaProvider, TableProvider};
use datafusion::common::{Result, ToDFSchema};
use datafusion::datasource::{MemTable, TableType, ViewTable};
use datafusion::logical_expr::{EmptyRelation, LogicalPlan};

use crate::views::Views;

/// What is in memory by its name, over the lake's tables and views.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) views: Arc<Views>,
    held: RwLock<BTreeMap<String, Held>>,
}

#[derive(Debug, Clone)]
struct Held {
    rows: usize,
    table: Arc<dyn TableProvider>,
}

impl Names {
    pub(super) fn new(views: Arc<Views>) -> Self {
        Self { views, held: RwLock::default() }
    }

    /// Holds the rows of an inventory table: those of the newest scans, with the stored columns.
    pub(super) fn hold_inventory(&self, name: &str, rows: RecordBatch) -> Result<()> {
        let Some(view) = self.views.typed_view(name)? else { return Ok(()) };
        let count = rows.num_rows();
        let table = if count == 0 { nothing(&view.schema())? } else { Arc::new(view.over(rows)) };
        self.put(name, Held { rows: count, table });
        Ok(())
    }

    /// Holds rows under a name of their own.
    pub(super) fn hold(&self, name: &str, rows: RecordBatch) -> Result<()> {
        let (schema, count) = (rows.schema(), rows.num_rows());
        let table: Arc<dyn TableProvider> =
            if count == 0 { nothing(&schema)? } else { Arc::new(MemTable::try_new(schema, vec![vec![rows]])?) };
        self.put(name, Held { rows: count, table });
        Ok(())
    }

    /// Whether there is no row under this name for sure.
    pub(super) fn is_empty(&self, name: &str) -> bool {
        self.held(name).map_or_else(|| self.views.is_unwritten(name), |held| held.rows == 0)
    }

    fn put(&self, name: &str, held: Held) {
        self.held.write().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), held);
    }

    fn held(&self, name: &str) -> Option<Held> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }
}

/// A table that the planner knows to be empty: what is joined with it falls out of the plan.
fn nothing(schema: &SchemaRef) -> Result<Arc<dyn TableProvider>> {
    let schema = Arc::clone(schema).to_dfschema_ref()?;
    let plan = LogicalPlan::EmptyRelation(EmptyRelation { produce_one_row: false, schema });
    Ok(Arc::new(ViewTable::new(plan, None)))
}

#[async_trait]
impl SchemaProvider for Names {
    fn table_names(&self) -> Vec<String> {
        self.views.names()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        match self.held(name) {
            Some(held) => Ok(Some(held.table)),
            None => self.views.table(name).await,
        }
    }

    fn table_exist(&self, name: &str) -> bool {
        self.held(name).is_some() || self.views.table_exist(name)
    }

    async fn table_type(&self, name: &str) -> Result<Option<TableType>> {
        match self.held(name) {
            Some(held) => Ok(Some(held.table.table_type())),
            None => self.views.table_type(name).await,
        }
    }
}
