//! Rows that grow while records come: they leave a batch at its end, to be merged with those of other threads.

use crate::Part;
use crate::flow::write;
use crate::{dns, flow};
use std::ops::Range;
use std::sync::Arc;

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

    /// Gives the rows to the sink in parts that are still to be built, by whichever thread has time.
    pub fn deal(self, sink: &mut dyn FnMut(Unbuilt)) {
        let Self { flows, mut answers } = self;
        let flows = Arc::new(flows);
        for rows in write::parts(flows.len()) {
            sink(Unbuilt(Rows::Flows(Arc::clone(&flows), rows)));
        }
        drop(flows);
        answers.take(&mut |part| sink(part.into()));
    }
}

/// A part of bounded size that is still to be built.
#[derive(Debug)]
pub struct Unbuilt(Rows);

#[derive(Debug)]
enum Rows {
    Flows(Arc<flow::rollup::Rollup>, Range<usize>),
    Built(Part),
}

impl Unbuilt {
    /// Builds it.
    pub fn build(self) -> Part {
        match self.0 {
            Rows::Flows(rollup, rows) => write::part(&rollup, rows),
            Rows::Built(part) => part,
        }
    }
}

impl From<Part> for Unbuilt {
    fn from(part: Part) -> Self {
        Self(Rows::Built(part))
    }
}
