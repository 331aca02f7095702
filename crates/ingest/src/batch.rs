//! Rows on their way out: a bounded buffer that hands them to a sink when it is full.

use crate::flow::rollup::{Observation, Rollup};
use sightline_model::log::{ApiCall, Flow, LogGap};

/// An event takes as much memory as so many flows.
const CALL: usize = 4;

/// What one object may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// bytes after decompression; what is beyond is not read, and counted as a reject
    pub decompressed: u64,
    /// weight of the rows that are held before they go to the sink, see [`Rows::weight`]
    pub weight: usize,
}

impl Default for Limits {
    /// 1 GiB, and a weight of 50,000. AWS ends a flow-log file at 75 MB and a CloudTrail file at 50 MB.
    fn default() -> Self {
        Self { decompressed: 1 << 30, weight: 50_000 }
    }
}

/// Rows of the log tables.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rows {
    /// for `flow`
    pub flows: Vec<Flow>,
    /// for `api_call`
    pub api_calls: Vec<ApiCall>,
    /// for `log_gap`
    pub gaps: Vec<LogGap>,
}

impl Rows {
    /// How many rows there are in all.
    pub fn len(&self) -> usize {
        self.flows.len() + self.api_calls.len() + self.gaps.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What the rows weigh in memory: a flow 1 (less than a kilobyte), an event 4.
    pub fn weight(&self) -> usize {
        weight(self.flows.len(), self.api_calls.len(), self.gaps.len())
    }
}

fn weight(flows: usize, api_calls: usize, gaps: usize) -> usize {
    flows + gaps + CALL * api_calls
}

/// Collects the rows of one object and gives them to the sink, each time as many as the limit allows, the rest at the end.
///
/// INVARIANT: never holds more than the limit and one row; each row reaches the sink once.
pub struct Batch<'s> {
    limits: Limits,
    flows: Rollup,
    api_calls: Vec<ApiCall>,
    gaps: Vec<LogGap>,
    sink: &'s mut dyn FnMut(Rows),
}

impl<'s> Batch<'s> {
    /// An empty batch before its sink.
    pub fn new(limits: Limits, sink: &'s mut dyn FnMut(Rows)) -> Self {
        Self { limits, flows: Rollup::default(), api_calls: Vec::new(), gaps: Vec::new(), sink }
    }

    /// The limits that a source keeps to.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Adds one flow record to the rollup.
    pub(crate) fn flow(&mut self, observation: &Observation<'_>) {
        self.flows.add(observation);
        self.spill_when_full();
    }

    /// Adds one event.
    pub fn api_call(&mut self, call: ApiCall) {
        self.api_calls.push(call);
        self.spill_when_full();
    }

    /// Adds one gap.
    pub fn gap(&mut self, gap: LogGap) {
        self.gaps.push(gap);
        self.spill_when_full();
    }

    /// Gives what is left to the sink.
    pub fn finish(mut self) {
        self.spill();
    }

    fn spill_when_full(&mut self) {
        if weight(self.flows.len(), self.api_calls.len(), self.gaps.len()) >= self.limits.weight {
            self.spill();
        }
    }

    fn spill(&mut self) {
        let rows = Rows {
            flows: self.flows.take(),
            api_calls: std::mem::take(&mut self.api_calls),
            gaps: std::mem::take(&mut self.gaps),
        };
        if !rows.is_empty() {
            (self.sink)(rows);
        }
    }
}
