//! Runs a plan in this process, within the memory that it may have.

mod shares;

use std::sync::Arc;

use datafusion::error::DataFusionError;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::execution::{SendableRecordBatchStream, SessionState, TaskContext};
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::joins::HashJoinExec;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use futures::{StreamExt, TryStreamExt, stream};

/// Into how many parts joins that sort are cut: with one the planner knows hash joins alone, and each sort of each part sets memory
/// aside that it cannot give back.
const PARTS: usize = 2;

/// The rows of a statement with its plan. Hash tables of joins cannot be put on disk: where they do not fit into memory, the
/// statement is begun again with joins that sort, which can.
pub(crate) async fn rows(
    state: &SessionState,
    task: Arc<TaskContext>,
    statement: &LogicalPlan,
    plan: Arc<dyn ExecutionPlan>,
) -> Result<SendableRecordBatchStream, DataFusionError> {
    match begun(Arc::clone(&plan), Arc::clone(&task)).await {
        Err(error) if is_of_memory(&error) && has_hash_join(&plan) => {
            let state = with_joins_that_sort(state);
            let plan = state.create_physical_plan(statement).await?;
            let task = Arc::new(shares::task(&state, &plan)?);
            begun(plan, task).await
        }
        rows => rows,
    }
}

/// The rows, when the first of them are here. By then most plans have built all their hash tables; where one is built later, as in
/// the second part of a union, and does not fit, the query fails.
async fn begun(
    plan: Arc<dyn ExecutionPlan>,
    task: Arc<TaskContext>,
) -> Result<SendableRecordBatchStream, DataFusionError> {
    with_first(execute_stream(plan, task)?).await
}

/// The same rows, when the first of them are here.
pub(crate) async fn with_first(
    mut rows: SendableRecordBatchStream,
) -> Result<SendableRecordBatchStream, DataFusionError> {
    let first = rows.try_next().await?;
    let schema = rows.schema();
    let rows = stream::iter(first.map(Ok)).chain(rows);
    Ok(Box::pin(RecordBatchStreamAdapter::new(schema, rows)))
}

fn is_of_memory(error: &DataFusionError) -> bool {
    matches!(error.find_root(), DataFusionError::ResourcesExhausted(_))
}

fn has_hash_join(plan: &Arc<dyn ExecutionPlan>) -> bool {
    plan.is::<HashJoinExec>() || plan.children().into_iter().any(has_hash_join)
}

fn with_joins_that_sort(state: &SessionState) -> SessionState {
    let mut config = state.config().clone().with_target_partitions(PARTS);
    config.options_mut().optimizer.prefer_hash_join = false;
    SessionStateBuilder::new_from_existing(state.clone()).with_config(config).build()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use datafusion::execution::disk_manager::DiskManagerMode;
    use datafusion::physical_plan::common::collect;
    use datafusion::prelude::SessionContext;

    use super::*;
    use crate::session;

    const JOINED: &str = "SELECT count(*) AS n, sum(a.v) AS total, max(b.text) AS last \
        FROM (SELECT value AS v, repeat('x', 100) || value AS text FROM generate_series(1, 400000)) a \
        JOIN (SELECT value + 1 AS v, repeat('y', 100) || value AS text FROM generate_series(1, 400000)) b \
        ON a.v = b.v AND a.text <> b.text";

    /// The rows as text, with so many bytes of memory.
    async fn asked(sql: &str, memory: usize) -> Result<String, DataFusionError> {
        let config = session::config().with_target_partitions(4).with_batch_size(1 << 10);
        let runtime = session::runtime(DiskManagerMode::OsTmpDirectory, memory)?;
        let context = SessionContext::new_with_config_rt(config, runtime);
        let frame = context.sql(sql).await?;
        let task = Arc::new(frame.task_ctx());
        let (state, statement) = frame.into_parts();
        let plan = state.create_physical_plan(&statement).await?;
        let batches = collect(rows(&state, task, &statement, plan).await?).await?;
        Ok(arrow::util::pretty::pretty_format_batches(&batches)?.to_string())
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn a_join_that_is_larger_than_memory_comes_to_an_end_with_the_same_rows() {
        let expected = asked(JOINED, 1 << 30).await.unwrap();
        assert!(expected.contains("399999"), "{expected}");
        for megabytes in (24..48).step_by(2) {
            let given = tokio::time::timeout(Duration::from_mins(1), asked(JOINED, megabytes << 20)).await;
            let given = given.unwrap_or_else(|_| panic!("with {megabytes} MB it stands still"));
            assert_eq!(given.unwrap(), expected, "{megabytes} MB");
        }
    }
}
