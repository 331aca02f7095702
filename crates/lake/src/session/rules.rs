//! How plans over rows in memory are made. A rule costs time in every plan, whether it finds something or not, and to plan a
//! small query costs more than to run it.

use std::sync::Arc;

use datafusion::execution::SessionState;
use datafusion::physical_optimizer::PhysicalOptimizerRule;

/// How often the logical rules run. What a second pass would find is worth less than the pass.
pub(super) const PASSES: usize = 1;

/// It moves projections towards files; they are cheap where the rows are in memory.
const LEFT_OUT: &[&str] = &["ProjectionPushdown"];

/// The session's rules without those that are not worth their time.
pub(super) fn physical(session: &SessionState) -> Vec<Arc<dyn PhysicalOptimizerRule + Send + Sync>> {
    session.physical_optimizers().iter().filter(|rule| !LEFT_OUT.contains(&rule.name())).cloned().collect()
}

#[cfg(test)]
mod tests {
    use datafusion::prelude::SessionContext;

    use super::*;

    #[test]
    fn what_is_left_out_is_known_by_its_name() {
        let session = SessionContext::new().state();
        let named = |name: &&str| session.physical_optimizers().iter().any(|rule| rule.name() == *name);
        assert!(LEFT_OUT.iter().all(named));
    }
}
