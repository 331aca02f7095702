//! SQL over one state of the lake: read-only, bounded in memory.

mod inventory;
mod names;
mod rules;
mod statement;
mod workspace;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::Arc;

use arrow::array::RecordBatch;
use datafusion::catalog::{CatalogProvider, MemoryCatalogProvider, TableProvider};
use datafusion::config::Dialect;
use datafusion::datasource::MemTable;
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{FairSpillPool, TrackConsumersPool};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::TryStreamExt;
use serde_json::Value;
use sightline_model::{LakeTable, TableSchema, lake_table};

use crate::answer::Answer;
use crate::current::Current;
use crate::place::Place;
use crate::views::Views;
use crate::{Cluster, LakeError, TextFunction, cluster, function, guard, rows};

pub use statement::Statement;
pub use workspace::Workspace;

/// What queries may hold in memory before they spill to disk, in bytes.
const MEMORY: usize = 512 << 20;
/// What an answer may hold, in bytes.
const ANSWER: usize = 512 << 20;
const CATALOG: &str = "sightline";
const SCHEMA: &str = "lake";

/// One state of all tables with their views. It never changes: what is written later needs a new session.
pub struct Session {
    context: SessionContext,
    views: Arc<Views>,
    cluster: Option<Arc<Cluster>>,
}

impl Session {
    pub(crate) fn new(
        tables: BTreeMap<&'static str, Arc<dyn TableProvider>>,
        schemas: &[TableSchema],
        current: Current,
        place: Option<&Place>,
    ) -> Result<Self, LakeError> {
        let views = Arc::new(Views::new(tables, schemas, current));
        let context = context(Arc::clone(&views), place).map_err(|error| LakeError::query(&error))?;
        Ok(Self { context, views, cluster: None })
    }

    /// A session over literal rows, for tests of what is built on SQL. Columns that a row lacks are NULL; a resource is
    /// seen by the typed views only when a row of `scan` finished its scan, as in a lake.
    ///
    /// # Errors
    /// A row that does not fit its table.
    pub fn in_memory(schemas: &[TableSchema], rows: Vec<(&'static LakeTable, Vec<Value>)>) -> Result<Self, LakeError> {
        let current = Current::of_rows(&rows);
        let mut batches: BTreeMap<&'static str, Vec<RecordBatch>> = BTreeMap::new();
        for (table, rows) in rows {
            batches.entry(table.name).or_default().extend(rows::batches(table, &rows)?);
        }
        let mut tables: BTreeMap<&'static str, Arc<dyn TableProvider>> = BTreeMap::new();
        for table in lake_table::ALL {
            let batches = batches.remove(table.name).unwrap_or_default();
            let provider = MemTable::try_new(sightline_columns::schema(table), vec![batches])
                .map_err(|error| LakeError::query(&error))?;
            tables.insert(table.name, Arc::new(provider));
        }
        Self::new(tables, schemas, current, None)
    }

    /// The same state, with a cluster that runs what is worth it; none: all is run here.
    #[must_use]
    pub fn on_cluster(self, cluster: Option<Arc<Cluster>>) -> Self {
        Self { cluster, ..self }
    }

    /// Runs one statement that reads: SELECT, EXPLAIN, DESCRIBE, SHOW.
    ///
    /// # Errors
    /// A statement that does more, or does not parse, or names what does not exist; a failure to read; an answer of more
    /// than 512 MB.
    pub async fn sql(&self, sql: &str) -> Result<Answer, LakeError> {
        answer(self.execute(sql).await?).await
    }

    /// Runs one statement that reads, and hands out its rows some thousands at a time: what is asked for may be larger than
    /// memory.
    ///
    /// # Errors
    /// As [`Session::sql`], but for the size.
    pub async fn parts(&self, sql: &str) -> Result<Parts, LakeError> {
        Ok(Parts { stream: self.execute(sql).await? })
    }

    async fn execute(&self, sql: &str) -> Result<SendableRecordBatchStream, LakeError> {
        let failed = |error| LakeError::query(&error);
        let state = self.context.state();
        let statement = Statement::new(&state, sql)?;
        guard::check_names(&self.views.names(), statement.tables())?;
        let plan = statement.plan(&state).await?;
        let frame = self.context.execute_logical_plan(plan).await.map_err(failed)?;
        let task = Arc::new(frame.task_ctx());
        let (state, plan) = frame.into_parts();
        cluster::run(self.cluster.as_ref(), &state, task, &plan).await
    }

    /// Names of tables and views that the statement reads, as it names them: a view is not taken apart.
    ///
    /// # Errors
    /// As [`Session::sql`] where the statement does not parse or does more than read. Unknown names are no error here.
    pub fn tables_of(&self, sql: &str) -> Result<BTreeSet<String>, LakeError> {
        Ok(Statement::new(&self.context.state(), sql)?.tables().clone())
    }

    /// This state for many small queries, with the functions that were registered. It holds up to `limit` bytes of inventory in
    /// memory, as many of kept answers, and what queries made of the former.
    ///
    /// # Errors
    /// The query engine cannot be set up.
    pub fn workspace(&self, limit: usize) -> Result<Workspace, LakeError> {
        Workspace::new(self.context.state(), Arc::clone(&self.views), self.cluster.clone(), limit)
    }

    /// Gives statements of this session a function `name(text, …) -> text` of `arity` arguments. It must answer the same for
    /// the same arguments, and it is asked from several threads. A function of that name is replaced.
    pub fn register_text_function(&self, name: &str, arity: usize, function: TextFunction) {
        self.context.register_udf(function::of_texts(name, arity, function));
    }

    /// Every table and view, sorted.
    pub fn table_names(&self) -> Vec<String> {
        self.views.names()
    }
}

/// The rows of an answer, part by part.
pub struct Parts {
    stream: SendableRecordBatchStream,
}

impl Parts {
    /// The next rows; `None` when there are no more.
    ///
    /// # Errors
    /// A failure to read.
    pub async fn next(&mut self) -> Result<Option<Answer>, LakeError> {
        let batch = self.stream.try_next().await.map_err(|error| LakeError::query(&error))?;
        batch.map(|batch| Answer::new(&self.stream.schema(), vec![batch])).transpose()
    }
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

/// All rows of a stream, if they fit.
async fn answer(mut stream: SendableRecordBatchStream) -> Result<Answer, LakeError> {
    let schema = stream.schema();
    let (mut batches, mut size) = (vec![], 0);
    while let Some(batch) = stream.try_next().await.map_err(|error| LakeError::query(&error))? {
        size += batch.get_array_memory_size();
        if size > ANSWER {
            return Err(LakeError::TooLarge { limit: ANSWER });
        }
        batches.push(batch);
    }
    Answer::new(&schema, batches)
}

/// How statements are planned and run.
pub(crate) fn config() -> SessionConfig {
    let mut config = SessionConfig::new()
        .with_create_default_catalog_and_schema(false)
        .with_default_catalog_and_schema(CATALOG, SCHEMA)
        .with_information_schema(true)
        // Each batch that spills between operators gets a file of its own. With files of many batches joins of large tables stood still in
        // 2 of 20 runs; apache/datafusion 24883 (a reader waits at an open file, while what it needs is in the next) tells the same.
        .set_usize("datafusion.execution.max_spill_file_size_bytes", 1);
    let options = config.options_mut();
    // In other dialects `a->>'b' = 'c'` means `a->>('b' = 'c')`.
    options.sql_parser.dialect = Dialect::PostgreSQL;
    // The rule fails on plans that read JSON of two joined views: "qualified and unqualified field name … ambiguous".
    options.optimizer.enable_leaf_expression_pushdown = false;
    config
}

fn context(views: Arc<Views>, place: Option<&Place>) -> Result<SessionContext, DataFusionError> {
    let runtime = match place.map(|place| place.state().join("tmp")) {
        // A lake that this user may read and not write answers as long as memory lasts.
        Some(folder) => {
            let spill = DiskManagerMode::Directories(vec![folder]);
            runtime(spill, MEMORY).or_else(|_| runtime(DiskManagerMode::Disabled, MEMORY))
        }
        None => runtime(DiskManagerMode::OsTmpDirectory, MEMORY),
    };
    let runtime = runtime?;
    if let Some(place) = place {
        place.register(&runtime);
    }
    let mut context = SessionContext::new_with_config_rt(config(), runtime);
    let catalog = MemoryCatalogProvider::new();
    catalog.register_schema(SCHEMA, views)?;
    context.register_catalog(CATALOG, Arc::new(catalog));
    datafusion_functions_json::register_all(&mut context)?;
    Ok(context)
}

/// Where rows are held: so many bytes in memory, the rest where `spill` says.
pub(crate) fn runtime(spill: DiskManagerMode, memory: usize) -> Result<Arc<RuntimeEnv>, DataFusionError> {
    // Errors of memory name the largest consumers.
    let named = NonZeroUsize::MIN.saturating_add(2);
    let pool = TrackConsumersPool::new(FairSpillPool::new(memory), named);
    let disk = DiskManagerBuilder::default().with_mode(spill);
    RuntimeEnvBuilder::new().with_memory_pool(Arc::new(pool)).with_disk_manager_builder(disk).build_arc()
}
