//! Rows that grow while records come: they leave a batch at its end, to be merged with those of other threads.

use crate::Part;
use crate::{dns, flow};

/// The rollups of a batch.
#[derive(Debug, Default)]
pub struct Rollups {
    pub(crate) flows: flow::rollup::Rollup,
    pub(crate) answers: dns::rollup::Rollup,
}

impl Rollups {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.flows.len() + self.answers.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds the rows of other rollups, such as those of another thread, and leaves these empty.
    pub fn merge(&mut self, other: &mut Self) {
        self.flows.merge(&mut other.flows);
        self.answers.merge(&mut other.answers);
    }

    /// Gives the rows to the sink, in parts of bounded size, and begins anew.
    pub fn take(&mut self, sink: &mut dyn FnMut(Part)) {
        self.flows.take(sink);
        self.answers.take(sink);
    }
}
