//! Makes a plan fit for several processes, or says what in it does not fit.
//!
//! In one process the parts of an operator share memory; on a cluster each task has some of the parts and shares nothing. The operators
//! that are known to be right in both are listed; what is not listed is not sent. Ballista's planner looks after hash joins.

use std::sync::Arc;

use datafusion::common::JoinType;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::physical_plan::FileScanConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::Result;
use datafusion::physical_plan::coalesce_partitions::CoalescePartitionsExec;
use datafusion::physical_plan::joins::NestedLoopJoinExec;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties, replace_children_if_necessary};

/// Operators that give the same rows when their parts are run by several processes.
const KNOWN: &[&str] = &[
    "AggregateExec",
    "BoundedWindowAggExec",
    "CoalesceBatchesExec",
    "CoalescePartitionsExec",
    "CooperativeExec",
    "CrossJoinExec",
    "EmptyExec",
    "FilterExec",
    "GlobalLimitExec",
    "HashJoinExec",
    "LocalLimitExec",
    "NestedLoopJoinExec",
    "PlaceholderRowExec",
    "ProjectionExec",
    "RepartitionExec",
    "SortExec",
    "SortExec(TopK)",
    "SortMergeJoinExec",
    "SortPreservingMergeExec",
    "UnionExec",
    "UnnestExec",
    "WindowAggExec",
];

/// The plan as several processes can run it, or why they cannot.
pub(super) fn fitted(plan: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>, String> {
    check(&plan)?;
    plan.transform_up(whole_right).data().map_err(|error| error.strip_backtrace())
}

fn check(plan: &Arc<dyn ExecutionPlan>) -> Result<(), String> {
    let is_known = match plan.downcast_ref::<DataSourceExec>() {
        Some(scan) => {
            let source = scan.data_source();
            source.is::<FileScanConfig>() || source.is::<MemorySourceConfig>()
        }
        None => KNOWN.contains(&plan.name()),
    };
    if !is_known {
        return Err(format!("`{}` is not known to give the same rows on a cluster", plan.name()));
    }
    plan.children().into_iter().try_for_each(check)
}

/// A nested loop join that gives rows for what did *not* match on its left must see all of its right: tasks that each see a part
/// would each find the same rows unmatched.
fn whole_right(plan: Arc<dyn ExecutionPlan>) -> Result<Transformed<Arc<dyn ExecutionPlan>>> {
    let Some(join) = plan.downcast_ref::<NestedLoopJoinExec>() else { return Ok(Transformed::no(plan)) };
    let is_told_by_the_right = matches!(
        join.join_type(),
        JoinType::Inner | JoinType::Right | JoinType::RightSemi | JoinType::RightAnti | JoinType::RightMark
    );
    if is_told_by_the_right || join.right().output_partitioning().partition_count() == 1 {
        return Ok(Transformed::no(plan));
    }
    let whole = Arc::new(CoalescePartitionsExec::new(Arc::clone(join.right())));
    let left = Arc::clone(join.left());
    replace_children_if_necessary(plan, vec![left, whole]).map(Transformed::yes)
}
