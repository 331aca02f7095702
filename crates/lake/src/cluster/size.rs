//! How much a plan reads.

use std::sync::Arc;

use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::physical_plan::FileScanConfig;
use datafusion::datasource::source::{DataSource, DataSourceExec};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::sorts::sort::SortExec;

/// Bytes of the files, and of the rows in memory, that a plan reads at most.
pub(super) fn read_by(plan: &Arc<dyn ExecutionPlan>) -> u64 {
    let own = plan.downcast_ref::<DataSourceExec>().map_or(0, |scan| read_from(scan.data_source().as_ref()));
    plan.children().into_iter().fold(own, |sum, child| sum.saturating_add(read_by(child)))
}

/// Whether a plan wants the first rows of one table in an order. One process learns from the rows that it has which files it need not
/// read; the tasks of a cluster do not tell each other.
pub(super) fn is_top_of_table(plan: &Arc<dyn ExecutionPlan>) -> bool {
    let is_top = plan.downcast_ref::<SortExec>().is_some_and(|sort| sort.fetch().is_some());
    let children = plan.children();
    let [below] = children.as_slice() else { return false };
    if is_top { is_of_table(below) } else { is_top_of_table(below) }
}

/// Whether rows come from a scan, one by one.
fn is_of_table(plan: &Arc<dyn ExecutionPlan>) -> bool {
    let is_row_by_row = plan.is::<ProjectionExec>() || plan.is::<FilterExec>() || plan.is::<RepartitionExec>();
    plan.is::<DataSourceExec>() || (is_row_by_row && plan.children().into_iter().all(is_of_table))
}

fn read_from(source: &dyn DataSource) -> u64 {
    if let Some(files) = source.downcast_ref::<FileScanConfig>() {
        return files.file_groups.iter().flat_map(|group| group.files()).map(part).sum();
    }
    let rows = source.downcast_ref::<MemorySourceConfig>().map(MemorySourceConfig::partitions).unwrap_or_default();
    rows.iter().flatten().map(|batch| batch.get_array_memory_size() as u64).sum()
}

/// A large file is read in several parts.
fn part(file: &PartitionedFile) -> u64 {
    file.range.as_ref().map_or(file.object_meta.size, |range| range.end.abs_diff(range.start))
}
