//! What a job does, one run after the other: of one that goes on, the runs that ended stay as they are, those that were cut short are
//! completed, and the others begin.

use super::begun::Begun;
use crate::cli::probe::several::Planned;
use crate::cli::probe::what::What;
use crate::world;
use anyhow::Context as _;
use sightline_model::RunId;
use sightline_probe::{Plan, ProbeRun, Resumed, RunStatus, RunSummary};

/// One run.
pub(super) enum Step {
    /// every call was made
    Ended { plan: Plan, resumed: Resumed, summary: Box<RunSummary> },
    /// it was cut short
    GoesOn { plan: Plan, run_id: RunId, seed: u64, resumed: Resumed },
    /// it was not begun
    New { plan: Plan, seed: u64 },
}

impl Step {
    pub(super) fn plan(&self) -> &Plan {
        match self {
            Self::Ended { plan, .. } | Self::GoesOn { plan, .. } | Self::New { plan, .. } => plan,
        }
    }

    /// What it has used already.
    pub(super) fn carried(&self) -> Option<(&Resumed, &Plan)> {
        match self {
            Self::Ended { plan, resumed, .. } | Self::GoesOn { plan, resumed, .. } => Some((resumed, plan)),
            Self::New { .. } => None,
        }
    }
}

/// The steps in the order of the plans. A run whose target is planned no more, for the lake was written since, is completed last.
///
/// # Errors
/// A run cannot go on: its packs are not what they were.
pub(super) async fn steps(planned: Vec<Planned>, mut begun: Vec<Begun>, what: &What) -> anyhow::Result<Vec<Step>> {
    // One seed for all: targets are sent the same, and can be compared.
    let seed = match begun.first() {
        Some(first) => seed_of(&first.run)?,
        None => world::seed(),
    };
    let mut steps = Vec::new();
    for Planned { plan, .. } in planned {
        match begun.iter().position(|one| is_of(&one.run, &plan)) {
            Some(at) => steps.push(taken_up(begun.remove(at), what).await?),
            None => steps.push(Step::New { plan, seed }),
        }
    }
    for one in begun {
        steps.push(taken_up(one, what).await?);
    }
    Ok(steps)
}

fn seed_of(run: &ProbeRun) -> anyhow::Result<u64> {
    run.seed().context("the run's seed cannot be read; begin a new job")
}

async fn taken_up(begun: Begun, what: &What) -> anyhow::Result<Step> {
    let Begun { run, attempts } = begun;
    let (_, plan) = what.plan_again(&run).await?;
    if run.status == RunStatus::Finished {
        let summary = Box::new(run.summary(&attempts));
        return Ok(Step::Ended { plan, resumed: Resumed::ended(&run, attempts), summary });
    }
    let seed = seed_of(&run)?;
    let resumed = Resumed::new(&run, attempts, &plan)?;
    Ok(Step::GoesOn { plan, run_id: RunId::from(run.run_id), seed, resumed })
}

/// Whether a run is of this plan: the same target, asked in the same way.
fn is_of(run: &ProbeRun, plan: &Plan) -> bool {
    run.target == plan.target.model()
        && run.region == plan.target.region()
        && run.settings.surface == *plan.target.surface()
        && run.guardrail().as_ref() == plan.target.guardrail()
}
