//! A session for many small queries: what they share is read once, and held in memory up to a bound.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use datafusion::catalog::{
    CatalogProvider, CatalogProviderList, MemoryCatalogProvider, MemoryCatalogProviderList, SchemaProvider,
};
use datafusion::datasource::provider_as_source;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::execution::{SendableRecordBatchStream, SessionState, TaskContext};
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder, col, lit};
use futures::TryStreamExt;
use sightline_model::column::STANDARD_COLUMNS;

use super::inventory::{Inventory, TABLE};
use super::names::Names;
use super::statement::Statement;
use super::{CATALOG, SCHEMA, answer, rules};
use crate::answer::Answer;
use crate::error::LakeError;
use crate::views::Views;
use crate::{Cluster, cluster, guard};

/// Many small queries over one state of the lake. They are planned for one core each: run several at a time.
pub struct Workspace {
    state: SessionState,
    task: Arc<TaskContext>,
    names: Arc<Names>,
    cluster: Option<Arc<Cluster>>,
    limit: usize,
    /// bytes of kept answers
    kept: AtomicUsize,
}

impl Workspace {
    pub(super) fn new(
        session: SessionState,
        views: Arc<Views>,
        cluster: Option<Arc<Cluster>>,
        limit: usize,
    ) -> Result<Self, LakeError> {
        let names = Arc::new(Names::new(views));
        let catalog = MemoryCatalogProvider::new();
        let provider: Arc<dyn SchemaProvider> = Arc::clone(&names) as _;
        catalog.register_schema(SCHEMA, provider).map_err(|error| LakeError::query(&error))?;
        let catalogs = MemoryCatalogProviderList::new();
        catalogs.register_catalog(CATALOG.to_owned(), Arc::new(catalog));
        let physical = rules::physical(&session);
        let mut config = session.config().clone().with_target_partitions(1);
        config.options_mut().optimizer.max_passes = rules::PASSES;
        let mut state = SessionStateBuilder::new_from_existing(session)
            .with_config(config)
            .with_catalog_list(Arc::new(catalogs))
            .with_physical_optimizer_rules(physical)
            .build();
        // All queries have one time: it is one run.
        state.mark_start_execution();
        Ok(Self { task: state.task_ctx(), state, names, cluster, limit, kept: AtomicUsize::new(0) })
    }

    /// Reads one statement, to be run later.
    ///
    /// # Errors
    /// It does more than read, or does not parse.
    pub fn statement(&self, sql: &str) -> Result<Statement, LakeError> {
        Statement::new(&self.state, sql)
    }

    /// Reads these inventory tables in one pass, and holds those that fit. Others, and names that are no inventory
    /// table, are read whenever a statement names them.
    ///
    /// # Errors
    /// A failure to read.
    pub async fn hold(&self, tables: &BTreeSet<String>) -> Result<(), LakeError> {
        let typed: BTreeSet<String> =
            tables.iter().filter(|table| self.names.views.is_inventory(table)).cloned().collect();
        if typed.is_empty() || self.limit == 0 {
            return Ok(());
        }
        let mut stream = self.run(&self.stored(&typed).await?).await?;
        let schema = stream.schema();
        let mut inventory = Inventory::new(self.limit);
        while let Some(batch) = stream.try_next().await.map_err(|error| LakeError::query(&error))? {
            inventory.add(&batch).map_err(failed)?;
        }
        for (table, rows) in inventory.of(&typed, &schema).map_err(failed)? {
            self.names.hold_inventory(&table, rows).map_err(|error| LakeError::query(&error))?;
        }
        Ok(())
    }

    /// Runs the statement and holds its answer as a table of this name for later statements. `false`: there is no such table,
    /// since there is not enough room, or since the name is taken by a table or view of the lake, which others mean by it.
    ///
    /// # Errors
    /// As [`Workspace::sql`].
    pub async fn keep(&self, name: &str, statement: Statement) -> Result<bool, LakeError> {
        if self.names.views.table_exist(name) {
            return Ok(false);
        }
        let mut stream = self.execute(statement).await?;
        let (mut batches, mut size) = (vec![], 0);
        while let Some(batch) = stream.try_next().await.map_err(|error| LakeError::query(&error))? {
            size += batch.get_array_memory_size();
            if size > self.limit {
                return Ok(false);
            }
            batches.push(batch);
        }
        let rows: RecordBatch = concat_batches(&stream.schema(), &batches).map_err(failed)?;
        if !self.has_room(rows.get_array_memory_size()) {
            return Ok(false);
        }
        self.names.hold(name, rows).map_err(|error| LakeError::query(&error))?;
        Ok(true)
    }

    /// Whether there is no row under this name for sure.
    pub fn is_empty(&self, name: &str) -> bool {
        self.names.is_empty(name)
    }

    /// Runs one statement.
    ///
    /// # Errors
    /// It names what does not exist; a failure to read; an answer of more than 512 MB.
    pub async fn sql(&self, statement: Statement) -> Result<Answer, LakeError> {
        answer(self.execute(statement).await?).await
    }

    async fn execute(&self, statement: Statement) -> Result<SendableRecordBatchStream, LakeError> {
        if statement.tables().iter().any(|table| !self.names.table_exist(table)) {
            guard::check_names(&self.names.table_names(), statement.tables())?;
        }
        self.run(&statement.plan(&self.state).await?).await
    }

    async fn run(&self, plan: &LogicalPlan) -> Result<SendableRecordBatchStream, LakeError> {
        cluster::run(self.cluster.as_ref(), &self.state, Arc::clone(&self.task), plan).await
    }

    /// The stored columns of these tables' rows of the newest scans.
    async fn stored(&self, tables: &BTreeSet<String>) -> Result<LogicalPlan, LakeError> {
        let failed = |error| LakeError::query(&error);
        let Some(resources) = self.names.views.table("current_resource").await.map_err(failed)? else {
            return Err(LakeError::Query { message: "there is no inventory".to_owned() });
        };
        let columns = STANDARD_COLUMNS.iter().map(|(name, _)| *name).chain(["config", TABLE]);
        LogicalPlanBuilder::scan("current_resource", provider_as_source(resources), None)
            .and_then(|rows| rows.filter(col(TABLE).in_list(tables.iter().map(lit).collect(), false)))
            .and_then(|rows| rows.project(columns.map(col)))
            .and_then(LogicalPlanBuilder::build)
            .map_err(failed)
    }

    fn has_room(&self, size: usize) -> bool {
        let grown = |kept: usize| kept.checked_add(size).filter(|grown| *grown <= self.limit);
        self.kept.fetch_update(Ordering::Relaxed, Ordering::Relaxed, grown).is_ok()
    }
}

fn failed(error: arrow::error::ArrowError) -> LakeError {
    LakeError::Query { message: error.to_string() }
}

impl std::fmt::Debug for Workspace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workspace").finish_non_exhaustive()
    }
}
