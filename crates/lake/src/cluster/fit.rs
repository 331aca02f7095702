//! Whether several processes can run a plan, or what in it they cannot.
//!
//! In one process the parts of an operator share memory; on a cluster each task has some of the parts and shares nothing. The operators
//! that are known to be right in both are listed; what is not listed is not sent. Ballista's planner looks after hash joins.

use std::sync::Arc;

use datafusion::common::JoinType;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::physical_plan::FileScanConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_plan::coalesce_partitions::CoalescePartitionsExec;
use datafusion::physical_plan::joins::NestedLoopJoinExec;
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::sorts::sort::SortExec;
use datafusion::physical_plan::sorts::sort_preserving_merge::SortPreservingMergeExec;
use datafusion::physical_plan::union::UnionExec;
use datafusion::physical_plan::{ExecutionPlan, Partitioning};

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
    check(&plan, Above::default())?;
    Ok(plan)
}

/// What stands above an operator.
#[derive(Clone, Copy, Default)]
struct Above {
    /// somewhere
    has_union: bool,
    /// The scheduler plans the sorts of this stage anew: it does so where rows leave it by their hash, or for a single task.
    is_planned_anew: bool,
    /// in this stage
    has_order: bool,
}

fn check(plan: &Arc<dyn ExecutionPlan>, above: Above) -> Result<(), String> {
    check_operator(plan)?;
    // Sorts move below a union then, when it is already settled which tasks have which of its parts: each task would read all of them.
    if plan.is::<UnionExec>() && above.is_planned_anew && above.has_order {
        return Err("rows of a union are wanted in an order".to_owned());
    }
    // The scheduler never ends a union with a part that reads nothing.
    if above.has_union && matches!(plan.name(), "PlaceholderRowExec" | "EmptyExec") {
        return Err("a union has a part that reads no table".to_owned());
    }
    // Rows without columns get lost between stages.
    let is_between = above.has_union || plan.is::<RepartitionExec>() || plan.is::<CoalescePartitionsExec>();
    if is_between && plan.schema().fields().is_empty() {
        return Err("rows without columns cannot be sent between stages".to_owned());
    }
    let above = below(plan.as_ref(), above);
    plan.children().into_iter().try_for_each(|child| check(child, above))
}

fn check_operator(plan: &Arc<dyn ExecutionPlan>) -> Result<(), String> {
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
    // Tasks that each see a part of one side would each find the same rows unmatched, and the scheduler may swap the sides.
    if plan.downcast_ref::<NestedLoopJoinExec>().is_some_and(|join| *join.join_type() != JoinType::Inner) {
        return Err(
            "a join without equal columns that tells what does not match sees all rows in one process alone".to_owned()
        );
    }
    Ok(())
}

/// What stands above the children of an operator.
fn below(plan: &dyn ExecutionPlan, above: Above) -> Above {
    let has_union = above.has_union || plan.is::<UnionExec>();
    let is_by_hash = |rows: &RepartitionExec| matches!(rows.partitioning(), Partitioning::Hash(..));
    if plan.downcast_ref::<RepartitionExec>().is_some_and(is_by_hash) || plan.is::<CoalescePartitionsExec>() {
        return Above { has_union, is_planned_anew: true, has_order: false };
    }
    if plan.is::<SortPreservingMergeExec>() {
        return Above { has_union, is_planned_anew: false, has_order: false };
    }
    let wants_order = plan.is::<SortExec>() || plan.required_input_ordering().iter().any(Option::is_some);
    Above { has_union, has_order: above.has_order || wants_order, ..above }
}
