//! A bound on the work of one search, whatever is asked.

use std::cell::Cell;

/// What one search may look at: parts of formulas, values of policies, steps of patterns.
const UNITS: usize = 4_000_000;

/// What is left of it.
pub(super) struct Budget(Cell<usize>);

impl Budget {
    pub(super) fn new() -> Self {
        Self(Cell::new(UNITS))
    }

    /// Takes `units` off; false once there are not as many left.
    pub(super) fn spend(&self, units: usize) -> bool {
        let left = self.0.get().checked_sub(units);
        self.0.set(left.unwrap_or(0));
        left.is_some()
    }

    pub(super) fn is_spent(&self) -> bool {
        self.0.get() == 0
    }
}
