//! Memory that is shared out beforehand: an operator that can spill gets its share and no more, however early it comes.

use std::fmt;
use std::sync::Arc;

use datafusion::common::{Result, resources_datafusion_err};
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryLimit, MemoryPool, MemoryReservation};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::{SessionState, TaskContext};
use datafusion::physical_plan::aggregates::AggregateExec;
use datafusion::physical_plan::joins::SortMergeJoinExec;
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::sorts::sort::SortExec;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties};

/// How the engine names what merges sorted runs.
const MERGE: &str = "ExternalSorterMerge";

/// A pool out of which no operator that can spill takes more than its share.
#[derive(Debug)]
struct Shares {
    pool: Arc<dyn MemoryPool>,
    /// in bytes
    share: usize,
}

/// What runs a plan of this state with the same memory, shared out among all parts of all operators that hold rows.
pub(super) fn task(state: &SessionState, plan: &Arc<dyn ExecutionPlan>) -> Result<TaskContext> {
    let runtime = state.runtime_env();
    let pool = Arc::clone(&runtime.memory_pool);
    let task = TaskContext::from(state);
    let MemoryLimit::Finite(limit) = pool.memory_limit() else { return Ok(task) };
    let share = limit / holders(plan).max(1);
    let config = task.session_config().clone().with_sort_spill_reservation_bytes(share / 4);
    let runtime = RuntimeEnvBuilder::from_runtime_env(runtime).with_memory_pool(Arc::new(Shares { pool, share }));
    Ok(task.with_session_config(config).with_runtime(runtime.build_arc()?))
}

/// In how many places rows are held.
fn holders(plan: &Arc<dyn ExecutionPlan>) -> usize {
    let is_holder = plan.is::<SortExec>()
        || plan.is::<SortMergeJoinExec>()
        || plan.is::<AggregateExec>()
        || plan.is::<RepartitionExec>();
    let own = if is_holder { plan.output_partitioning().partition_count() } else { 0 };
    own + plan.children().into_iter().map(holders).sum::<usize>()
}

impl fmt::Display for Shares {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "shares of {} bytes of {}", self.share, self.pool)
    }
}

impl MemoryPool for Shares {
    fn name(&self) -> &'static str {
        "shares"
    }

    fn register(&self, consumer: &MemoryConsumer) {
        self.pool.register(consumer);
    }

    fn unregister(&self, consumer: &MemoryConsumer) {
        self.pool.unregister(consumer);
    }

    fn grow(&self, reservation: &MemoryReservation, additional: usize) {
        self.pool.grow(reservation, additional);
    }

    fn shrink(&self, reservation: &MemoryReservation, shrink: usize) {
        self.pool.shrink(reservation, shrink);
    }

    fn try_grow(&self, reservation: &MemoryReservation, additional: usize) -> Result<()> {
        // What merges sorted runs takes all that it can get, and cannot give it back.
        let is_shared = reservation.consumer().can_spill() || reservation.consumer().name().starts_with(MERGE);
        if is_shared && reservation.size().saturating_add(additional) > self.share {
            let name = reservation.consumer().name();
            return Err(resources_datafusion_err!("{name} has used up its share of {} bytes", self.share));
        }
        self.pool.try_grow(reservation, additional)
    }

    fn reserved(&self) -> usize {
        self.pool.reserved()
    }

    fn memory_limit(&self) -> MemoryLimit {
        self.pool.memory_limit()
    }
}
