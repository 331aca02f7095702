//! Sends a plan, and hands out the rows that come back.

use std::sync::Arc;

use arrow::array::{RecordBatch, RecordBatchOptions};
use arrow::datatypes::SchemaRef;
use ballista_core::execution_plans::execute_physical_plan;
use ballista_core::extension::SessionConfigExt;
use ballista_core::optimizer::with_ballista_optimizer_rules;
use datafusion::error::DataFusionError;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::execution::{SendableRecordBatchStream, SessionState};
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion_proto::protobuf::PhysicalPlanNode;
use futures::TryStreamExt;

use super::{Cluster, LARGEST_MESSAGE, lost, release};
use crate::{LakeError, here};

/// How often a query is begun at most, where executors are lost.
const BEGUN: u32 = 3;

/// How the scheduler begins to tell that a stage was not tried again.
const FETCH_FAILED: &str = "most recent failure reason";

/// A state that plans for a cluster, in so many parts, what `state` plans for this process: nothing in a plan may rest on memory that its
/// operators share.
pub(super) fn planner(state: &SessionState, parts: usize, version: &str) -> SessionState {
    let mut config = release::planned_by(state.config().clone().upgrade_for_ballista(), version)
        .with_target_partitions(parts.max(1))
        .with_ballista_grpc_client_max_message_size(LARGEST_MESSAGE as usize);
    // The sort that a merge join wants costs more than the hash table, and takes memory as well.
    config.options_mut().optimizer.prefer_hash_join = true;
    let config = lost::noticed_in_seconds(config);
    SessionStateBuilder::new_from_existing(state.clone())
        .with_optimizer_rules(with_ballista_optimizer_rules(state.optimizers()))
        .with_physical_optimizer_rules(PhysicalOptimizer::new().rules)
        .with_config(config)
        .build()
}

/// The rows of this plan, some thousands at a time, with the columns of `schema`.
pub(super) async fn submit(
    cluster: &Cluster,
    state: &SessionState,
    plan: Arc<dyn ExecutionPlan>,
    schema: SchemaRef,
) -> Result<SendableRecordBatchStream, LakeError> {
    let mut begun = 1;
    let rows = loop {
        match answer(cluster, state, Arc::clone(&plan)).await {
            Ok(rows) => break rows,
            Err(Failure { is_of_loss: true, .. }) if begun < BEGUN => {
                // With none left it would wait for one without an end.
                cluster.check().await?;
                begun += 1;
                cluster.counted.begun_again();
            }
            Err(Failure { error, .. }) => return Err(failed(cluster.url(), &error)),
        }
    };
    let (url, columns) = (cluster.url().to_owned(), Arc::clone(&schema));
    let rows = rows.map_err(move |error| DataFusionError::External(Box::new(failed(&url, &error))));
    // What fields say beside name and type gets lost on the way.
    let rows = rows.and_then(move |batch| std::future::ready(with_schema(batch, &columns)));
    Ok(Box::pin(RecordBatchStreamAdapter::new(schema, rows)))
}

/// Why there is no answer.
struct Failure {
    error: DataFusionError,
    /// An executor was lost, or cannot be reached: the next try may do without it.
    is_of_loss: bool,
}

/// The rows, when the first of them are here.
async fn answer(
    cluster: &Cluster,
    state: &SessionState,
    plan: Arc<dyn ExecutionPlan>,
) -> Result<SendableRecordBatchStream, Failure> {
    let config = state.config().clone();
    let asked = execute_physical_plan::<PhysicalPlanNode>(
        cluster.url().to_owned(),
        &config.ballista_config(),
        plan,
        &cluster.codec,
        cluster.options.session.clone(),
        config,
    )
    .await;
    let rows = asked.map_err(|error| Failure { is_of_loss: tells_of_loss(&error), error })?;
    here::with_first(rows).await.map_err(|error| Failure { error, is_of_loss: true })
}

/// Whether a query ended because the scheduler ended it on a loss, or since a stage could not read what an executor had made.
fn tells_of_loss(error: &DataFusionError) -> bool {
    let told = error.strip_backtrace();
    told.ends_with("failed: Cancelled") || told.contains("FetchPartitionError") || told.contains(FETCH_FAILED)
}

fn with_schema(batch: RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, DataFusionError> {
    let count = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    Ok(RecordBatch::try_new_with_options(Arc::clone(schema), batch.columns().to_vec(), &count)?)
}

fn failed(url: &str, error: &DataFusionError) -> LakeError {
    let reason = match LakeError::query(error) {
        LakeError::Query { message } => message,
        other => other.to_string(),
    };
    LakeError::Cluster { url: url.to_owned(), reason: format!("did not give the answer: {reason}") }
}
