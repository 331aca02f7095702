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

use super::{Cluster, ClusterOptions, LARGEST_MESSAGE, release};
use crate::LakeError;

/// A state that plans for a cluster what `state` plans for this process: nothing in a plan may rest on memory that its operators share.
pub(super) fn planner(state: &SessionState, options: &ClusterOptions) -> SessionState {
    let mut config = release::planned_by(state.config().clone().upgrade_for_ballista(), &options.version)
        .with_target_partitions(options.parts.max(1))
        .with_ballista_grpc_client_max_message_size(LARGEST_MESSAGE as usize);
    // The sort that a merge join wants costs more than the hash table; as in one process, its size is bounded by memory.
    config.options_mut().optimizer.prefer_hash_join = true;
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
    let config = state.config().clone();
    let rows = execute_physical_plan::<PhysicalPlanNode>(
        cluster.url().to_owned(),
        &config.ballista_config(),
        plan,
        &cluster.codec,
        cluster.options.session.clone(),
        config,
    )
    .await
    .map_err(|error| failed(cluster.url(), &error))?;
    let (url, columns) = (cluster.url().to_owned(), Arc::clone(&schema));
    let rows = rows.map_err(move |error| DataFusionError::External(Box::new(failed(&url, &error))));
    // What fields say beside name and type gets lost on the way.
    let rows = rows.and_then(move |batch| std::future::ready(with_schema(batch, &columns)));
    Ok(Box::pin(RecordBatchStreamAdapter::new(schema, rows)))
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
