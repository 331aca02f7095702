//! What a run came to, as the job's result tells it; the run itself is among the runs of probes.

use crate::serve::probing::guardrail;
use serde::Serialize;
use sightline_probe::{Gate, GateReport, Outcome, Plan, RunSummary};
use std::collections::BTreeMap;

/// A run.
#[derive(Serialize)]
pub(super) struct Ran {
    run_id: String,
    target: String,
    region: String,
    surface: String,
    guardrail: Option<String>,
    planned: u64,
    attempted: u64,
    outcomes: BTreeMap<Outcome, u64>,
    usd_at_most: f64,
    stopped: Option<String>,
    gates: Vec<GateReport>,
    #[serde(skip)]
    summary: RunSummary,
}

impl Ran {
    pub(super) fn of(plan: &Plan, summary: RunSummary, gates: &[Gate]) -> Self {
        Self {
            run_id: summary.run_id.clone(),
            target: plan.target.model().to_owned(),
            region: plan.target.region().to_owned(),
            surface: plan.target.surface().to_string(),
            guardrail: plan.target.guardrail().map(guardrail),
            planned: summary.planned,
            attempted: summary.attempted,
            outcomes: summary.outcomes.clone(),
            usd_at_most: summary.spent.as_f64(),
            stopped: summary.stopped.clone(),
            gates: gates.iter().map(|gate| gate.judge(&summary)).collect(),
            summary,
        }
    }

    pub(super) fn summary(&self) -> &RunSummary {
        &self.summary
    }
}

/// Whether every call was made and every answer settles something.
pub(super) fn is_whole(summary: &RunSummary) -> bool {
    let count = |outcome: Outcome| summary.outcomes.get(&outcome).copied().unwrap_or_default();
    summary.attempted >= summary.planned && count(Outcome::Error) + count(Outcome::Undecided) == 0
}
