//! Plans that other machines run: an Apache Ballista cluster of one scheduler and any number of executors, all of them this product.
//!
//! The client plans: only it knows the lake's tables, and what it makes of them is ordinary scans of named Parquet files. The plan
//! goes to the scheduler, which cuts it into stages; executors run these over files that they open themselves, and the client reads
//! the rows of the last stage from them as they are asked for.
//!
//! # What is run where
//! A plan that reads little is run here: a round trip costs more than it saves. A plan that cannot be sent is run here, too, and is
//! counted with the reason: see [`Runs`]. What is sent must come out of its bytes as it went in, or it counts as one that cannot be.
//!
//! # Trust
//! Ballista's ports ask nobody who they are, and whoever reaches them can have files read that the executor may read. An executor therefore
//! opens nothing outside its lake, and both listen on loopback where nothing else is said.

mod codec;
mod executor;
mod files;
mod fit;
mod functions;
mod http;
mod lost;
mod release;
mod runs;
mod scheduler;
mod size;
mod submit;

use std::sync::Arc;

use datafusion::execution::{SendableRecordBatchStream, SessionState, TaskContext};
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::ExecutionPlan;
use tokio::sync::OnceCell;
use url::Url;

use crate::{LakeError, here};
use codec::Codec;
use runs::Counted;

pub use executor::{ExecutorOptions, run_executor};
pub use files::LakeFiles;
pub use runs::Runs;
pub use scheduler::{Scheduler, SchedulerOptions};

/// This product's version: client, scheduler and executors must have the same one, for plans are no stable format.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What a plan reads at least to be worth a round trip, in bytes: some seconds of one core.
pub const SMALLEST: u64 = 64 << 20;

/// Into how many parts work is cut where nothing else is said.
pub const PARTS: usize = 16;

/// Into how many times as many parts work is cut where a part had too little memory.
const FINER: usize = 8;

/// The largest message of the protocol, in bytes: plans with the names of all their files, and with rows that go along.
const LARGEST_MESSAGE: u32 = 64 << 20;

/// How a cluster is used.
#[derive(Debug, Clone)]
pub struct ClusterOptions {
    /// Where the scheduler is: `http://host:50050`
    pub url: String,
    /// A name that no other client has: executors keep what they learn of files under it
    pub session: String,
    /// What a plan reads at least to be sent, in bytes; with 0 all are
    pub smallest: u64,
    /// Into how many parts work is cut: twice the cores of all executors is a good number
    pub parts: usize,
    /// The version that scheduler and executors must have: [`VERSION`]
    pub version: String,
}

/// A cluster as a client sees it. Sessions share it, and it counts what was run where.
#[derive(Debug)]
pub struct Cluster {
    options: ClusterOptions,
    url: Url,
    codec: Codec,
    counted: Counted,
    answered: OnceCell<()>,
}

impl Cluster {
    /// A cluster at this URL. It is asked when the first plan is sent to it.
    ///
    /// # Errors
    /// The URL is none of a scheduler.
    pub fn new(options: ClusterOptions) -> Result<Self, LakeError> {
        let url = http::scheduler(&options.url).map_err(|reason| unusable(&options.url, reason))?;
        let codec = Codec::new().map_err(|error| LakeError::query(&error))?;
        Ok(Self { options, url, codec, counted: Counted::default(), answered: OnceCell::new() })
    }

    /// Where the scheduler is.
    pub fn url(&self) -> &str {
        self.url.as_str().trim_end_matches('/')
    }

    /// What was run where so far.
    pub fn runs(&self) -> Runs {
        self.counted.runs()
    }

    /// The rows of a statement, from the cluster where that is worth it and can be; `None`: it is to be run here. `here` is the plan of
    /// `statement` for this process.
    async fn stream(
        &self,
        state: &SessionState,
        statement: &LogicalPlan,
        here: &Arc<dyn ExecutionPlan>,
    ) -> Result<Option<SendableRecordBatchStream>, LakeError> {
        let is_small = size::read_by(here) < self.options.smallest || size::is_top_of_table(here);
        if is_about_plans(statement) || is_small {
            self.counted.small();
            return Ok(None);
        }
        self.answered.get_or_try_init(|| self.check()).await?;
        let planner = |parts| submit::planner(state, parts, &self.options.version);
        let usual = planner(self.options.parts);
        let plan = match self.planned(&usual, statement).await {
            Ok(plan) => plan,
            Err(reason) => {
                self.counted.kept_here(reason);
                return Ok(None);
            }
        };
        let rows = match submit::submit(self, &usual, plan, here.schema()).await {
            Err(error) if is_of_memory(&error) => {
                // Of more parts fewer are in memory at a time.
                let finer = planner(self.options.parts.saturating_mul(FINER));
                let Ok(plan) = self.planned(&finer, statement).await else { return Err(error) };
                submit::submit(self, &finer, plan, here.schema()).await?
            }
            rows => rows?,
        };
        self.counted.sent();
        Ok(Some(rows))
    }

    /// The plan of a statement as executors can run it, or why they cannot.
    async fn planned(&self, state: &SessionState, statement: &LogicalPlan) -> Result<Arc<dyn ExecutionPlan>, String> {
        let plan = state.create_physical_plan(statement).await;
        // What is wrong with a statement was found when it was planned for this process.
        let plan = plan.map_err(|error| format!("it cannot be planned for a cluster: {}", error.strip_backtrace()))?;
        let plan = fit::fitted(plan)?;
        self.codec.check(&plan)?;
        Ok(plan)
    }

    /// Whether the scheduler answers and has somebody to give work to.
    async fn check(&self) -> Result<(), LakeError> {
        http::ready(&self.url).await.map_err(|reason| unusable(self.url(), reason))
    }
}

/// The rows of a statement: every query of the lake goes through here.
pub(crate) async fn run(
    cluster: Option<&Arc<Cluster>>,
    state: &SessionState,
    task: Arc<TaskContext>,
    statement: &LogicalPlan,
) -> Result<SendableRecordBatchStream, LakeError> {
    let failed = |error| LakeError::query(&error);
    let plan = state.create_physical_plan(statement).await.map_err(failed)?;
    if let Some(cluster) = cluster
        && let Some(rows) = cluster.stream(state, statement, &plan).await?
    {
        return Ok(rows);
    }
    here::rows(state, task, statement, plan).await.map_err(failed)
}

/// EXPLAIN and the like tell of the plan for this process.
fn is_about_plans(statement: &LogicalPlan) -> bool {
    matches!(statement, LogicalPlan::Explain(_) | LogicalPlan::Analyze(_) | LogicalPlan::DescribeTable(_))
}

/// Whether an executor had too little memory. The scheduler hands on what it said as text.
fn is_of_memory(error: &LakeError) -> bool {
    let told = error.to_string();
    told.contains("Resources exhausted") || told.contains("ResourcesExhausted")
}

fn unusable(url: &str, reason: String) -> LakeError {
    LakeError::Cluster { url: url.to_owned(), reason }
}
