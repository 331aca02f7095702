//! Going on with a run that ended early: what was attempted is not attempted again, and what it cost counts.

use crate::attempt::Attempt;
use crate::budget::Cost;
use crate::keeper::unwritten;
use crate::plan::{Plan, PlannedProbe};
use crate::record::{ProbeRun, RunStatus};
use crate::{ProbeError, Usd};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// What is known of the run that goes on.
#[derive(Debug, Clone, PartialEq)]
pub struct Resumed {
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) started_at: Timestamp,
    /// what the run itself says it cost, with what a part of it that was killed may have cost
    recorded: Usd,
    /// it was killed: some calls may have been made that nobody wrote down
    pub(crate) was_killed: bool,
}

impl Resumed {
    /// Of what the lake has, for a plan that must be the same.
    ///
    /// # Errors
    /// When every call was made, or the packs are not what they were.
    pub fn new(run: &ProbeRun, attempts: Vec<Attempt>, plan: &Plan) -> Result<Self, ProbeError> {
        let refused = |reason: String| Err(ProbeError::Resume { run: run.run_id.clone(), reason });
        if run.status == RunStatus::Finished {
            return refused("every planned call was made; begin a new run".into());
        }
        let changed = run.packs.iter().find(|pack| !plan.packs.contains(pack));
        if let Some(pack) = changed {
            return refused(format!(
                "pack `{}` is not what it was: results would not compare; begin a new run",
                pack.id
            ));
        }
        let planned = i64::try_from(plan.requests).unwrap_or(i64::MAX);
        if planned != run.planned {
            return refused(format!("{planned} calls are planned in place of {}; begin a new run", run.planned));
        }
        Ok(Self { was_killed: run.status == RunStatus::Running, ..Self::ended(run, attempts) })
    }

    /// A run of which nothing more is called: it counts in the account of those beside it, see [`Budget::carried`](crate::Budget::carried).
    pub fn ended(run: &ProbeRun, attempts: Vec<Attempt>) -> Self {
        // Rounded up, as in `spent`.
        let recorded = Usd::from_nanos((run.spent_usd.max(0.0) * 1e9).ceil() as u64);
        Self { attempts, started_at: run.started_at, recorded, was_killed: false }
    }

    /// Attempts that were made.
    pub fn attempts(&self) -> usize {
        self.attempts.len()
    }

    /// What the attempts cost.
    pub(crate) fn spent(&self) -> Usd {
        // Rounded up: a sum of floats must not hide a nano-dollar.
        self.attempts.iter().map(|attempt| Usd::from_nanos((attempt.cost_usd.max(0.0) * 1e9).ceil() as u64)).sum()
    }

    /// What the budget must count: the attempts, and of a killed run those that may have been made and were not kept.
    pub(crate) fn cost(&self, plan: &Plan) -> Cost {
        let caps: BTreeMap<(&str, &str), &PlannedProbe> =
            plan.probes.iter().map(|probe| ((probe.pack.as_str(), probe.probe_id.as_str()), probe)).collect();
        let tokens = |attempt: &Attempt| match u64::try_from(attempt.output_tokens).unwrap_or_default() {
            // An answer that was paid for and never seen.
            0 if attempt.cost_usd > 0.0 => caps
                .get(&(attempt.pack.as_str(), attempt.probe_id.as_str()))
                .map_or(0, |probe| probe.reservation().output_tokens),
            known => known,
        };
        let known = Cost {
            requests: self.attempts.len() as u64,
            usd: self.spent().max(self.recorded),
            output_tokens: self.attempts.iter().map(tokens).fold(0, u64::saturating_add),
        };
        if !self.was_killed {
            return known;
        }
        let lost = self.lost(plan);
        plan.probes.iter().map(PlannedProbe::reservation).max_by_key(|cost| cost.usd).into_iter().fold(
            known,
            |sum, most| {
                sum.plus(Cost {
                    requests: lost,
                    usd: most.usd.times(lost),
                    output_tokens: most.output_tokens.saturating_mul(lost),
                })
            },
        )
    }

    /// Attempts that a killed run may have made without keeping them: those on their way to the lake, and the calls under way.
    pub fn lost(&self, plan: &Plan) -> u64 {
        let concurrency = usize::try_from(plan.concurrency.max(1)).unwrap_or(usize::MAX);
        let most = if self.was_killed { unwritten(concurrency).saturating_add(concurrency) as u64 } else { 0 };
        most.min(plan.requests.saturating_sub(self.attempts.len() as u64))
    }

    /// Attempts that were made: pack, probe, trial.
    pub(crate) fn made(&self) -> BTreeSet<(&str, &str, i64)> {
        self.attempts.iter().map(|attempt| (attempt.pack.as_str(), attempt.probe_id.as_str(), attempt.trial)).collect()
    }
}
