//! Whether several processes can run a plan, or what in it they cannot.
//!
//! In one process the parts of an operator share memory; on a cluster each task has some of the parts and shares nothing. The operators
//! that are known to be right in both are listed; what is not listed is not sent. Ballista's planner looks after hash joins.

use std::sync::Arc;

use datafusion::common::JoinType;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::physical_plan::FileScanConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::aggregates::AggregateExec;
use datafusion::physical_plan::joins::NestedLoopJoinExec;
use datafusion::physical_plan::union::UnionExec;

/// Operators that give the same rows when their parts are run by several processes. `SortExec(TopK)` is not among them: its parts share what
/// they have found so far, and an executor that has only some of them ends with a panic.
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
    "SortMergeJoinExec",
    "SortPreservingMergeExec",
    "UnionExec",
    "UnnestExec",
    "WindowAggExec",
];

/// Aggregates whose parts several processes can make. What keeps an order (`string_agg`, `array_agg`, `first_value`) came back with values
/// twice, or ended the executor.
const KNOWN_AGGREGATES: &[&str] = &["avg", "bool_and", "bool_or", "count", "max", "min", "sum"];

/// The plan as several processes can run it, or why they cannot.
pub(super) fn fitted(plan: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>, String> {
    check(&plan, false)?;
    Ok(plan)
}

fn check(plan: &Arc<dyn ExecutionPlan>, in_union: bool) -> Result<(), String> {
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
    if let Some(aggregate) = plan.downcast_ref::<AggregateExec>() {
        let names = aggregate.aggr_expr().iter().map(|expression| expression.fun().name());
        if let Some(unknown) = names.into_iter().find(|name| !KNOWN_AGGREGATES.contains(name)) {
            return Err(format!("`{unknown}` is not known to give the same rows on a cluster"));
        }
    }
    // Tasks that each see a part of one side would each find the same rows unmatched, and the scheduler may swap the sides.
    if plan.downcast_ref::<NestedLoopJoinExec>().is_some_and(|join| *join.join_type() != JoinType::Inner) {
        return Err(
            "a join without equal columns that tells what does not match sees all rows in one process alone".to_owned()
        );
    }
    // The scheduler never ends a union with a part that reads nothing.
    if in_union && matches!(plan.name(), "PlaceholderRowExec" | "EmptyExec") {
        return Err("a union has a part that reads no table".to_owned());
    }
    // Rows without columns get lost between stages.
    if plan.schema().fields().is_empty() && !plan.is::<DataSourceExec>() {
        return Err("rows without columns cannot be sent between stages".to_owned());
    }
    let in_union = in_union || plan.is::<UnionExec>();
    plan.children().into_iter().try_for_each(|child| check(child, in_union))
}
