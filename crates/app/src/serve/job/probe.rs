//! Runs probes, within a budget that whoever asks for them names.

mod begun;
mod ran;
mod steps;

use super::{Came, Desk, Told};
use crate::cli::probe::ground::Ground;
use crate::cli::probe::judge::{Judge, spent};
use crate::cli::probe::several::Plans;
use crate::cli::probe::three_ways::compared;
use crate::cli::probe::{gates, what::What};
use crate::serve::probing::{AssumedPrice, NotProbed, ProbeAsked, as_members, usd};
use crate::serve::state::App;
use crate::world;
use anyhow::{anyhow, ensure};
use begun::Begun;
use futures::FutureExt as _;
use ran::{Ran, is_whole};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sightline_probe::{Attempt, Budget, Gate, Limits, Plan, Progress, RunOptions, RunSummary, Usd, run_within};
use std::sync::Arc;
use steps::{Step, steps};
use utoipa::ToSchema;

/// What is probed, and what that may cost. Nothing is asked of a model that the plan does not have, nor beyond the budget; a job whose plan
/// could cost more does not begin.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ProbeJob)]
pub(crate) struct Probe {
    /// What `POST /api/v1/probe-plans` takes
    pub(super) plan: ProbeAsked,
    /// US dollars that all runs together may cost: at least the plan's `budget.usd`
    #[schema(minimum = 0, maximum = 1_000_000)]
    max_usd: f64,
    /// Calls at most; what the plan has where nothing is said
    #[serde(default)]
    max_requests: Option<u64>,
    /// Tokens that models may write at most; what the plan has where nothing is said
    #[serde(default)]
    max_output_tokens: Option<u64>,
    /// Keep prompts and answers in the lake; they may hold what nobody should read
    #[serde(default)]
    keep_text: bool,
    /// Gates that each run is held against, such as `broken.lower > 0.05`
    #[serde(default)]
    #[schema(max_items = 50)]
    fail_if: Vec<String>,
    /// The model that judges what nothing else could decide
    #[serde(default)]
    judge: Option<ProbeJudge>,
}

/// A model that judges, with a budget of its own.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProbeJudge {
    /// Its id
    model: String,
    /// US dollars that it may cost, beside the runs' own
    #[schema(minimum = 0, maximum = 1_000_000)]
    max_usd: f64,
    /// What it costs, where its price is not known
    #[serde(default)]
    price: Option<AssumedPrice>,
    /// Let the probed model judge itself
    #[serde(default)]
    may_be_target: bool,
}

impl Probe {
    /// What is wrong with it that can be told without asking anybody.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        self.plan.what()?;
        self.max_usd()?;
        self.gates()?;
        self.judge().map(drop)
    }

    /// Plans it, and refuses what does not fit. No model is called.
    ///
    /// # Errors
    /// It cannot be planned, somebody named what cannot be probed, or the budget does not cover it.
    pub(super) async fn admit(&self, app: &App) -> anyhow::Result<()> {
        let (_, plans) = self.plans(app).await?;
        let planned: Vec<&Plan> = plans.planned.iter().map(|one| &one.plan).collect();
        self.limits(&planned, true)?.check_all(planned.iter().copied()).map_err(told)?;
        for plan in planned {
            gates::check(&self.gates()?, plan)?;
            self.judge()?.of(plan, Usd::ZERO).map_err(|error| anyhow!(as_members(&format!("{error:#}"))))?;
        }
        Ok(())
    }

    /// What is to be run, and nothing that may not.
    async fn plans(&self, app: &App) -> anyhow::Result<(What, Plans)> {
        let what = self.plan.what()?;
        let held = app.held();
        let ground = Ground::Held { session: &held.session, config: &held.config };
        let plans = what.plans(&ground).await.map_err(|error| anyhow!(as_members(&format!("{error:#}"))))?.allowed();
        let named = plans.passed_over.iter().map(NotProbed::of).filter(|one| one.named);
        let refused: Vec<String> = named.map(|one| one.line()).collect();
        ensure!(refused.is_empty(), "not all that is named can be probed: {}", refused.join("; "));
        ensure!(
            !plans.planned.is_empty(),
            "nothing is left to probe: `POST /api/v1/probe-plans` tells why of each target"
        );
        Ok((what, plans))
    }

    pub(super) async fn run(&self, desk: &Desk) -> anyhow::Result<Came> {
        desk.told.tell(|told| told.stage = "planning".to_owned());
        let before = Begun::read(desk).await?;
        let (what, plans) = self.plans(&desk.app).boxed().await?;
        let not_probed: Vec<NotProbed> = plans.passed_over.iter().map(NotProbed::of).collect();
        let is_incomplete = plans.is_incomplete();
        let is_new = before.is_empty();
        let aws = plans.aws.clone();
        let steps = steps(plans.planned, before, &what).await?;
        let planned: Vec<&Plan> = steps.iter().map(Step::plan).collect();
        let limits = self.limits(&planned, is_new)?;
        if is_new {
            limits.check_all(planned.iter().copied()).map_err(told)?;
        }
        for plan in &planned {
            gates::check(&self.gates()?, plan)?;
        }
        let budget = Budget::carried(limits, steps.iter().filter_map(Step::carried));
        let total = planned.iter().map(|plan| plan.requests).fold(0, u64::saturating_add);
        desk.told.tell(|told| told.total = total);
        let line = Line::new(&desk.told);
        let (gates, mut ran, mut judged) = (self.gates()?, Vec::new(), Usd::ZERO);
        let count = steps.len();
        for step in steps {
            if desk.cancel.is_cancelled() {
                break;
            }
            let (plan, run_id, seed, resumed) = match step {
                Step::Ended { plan, summary, .. } => {
                    line.pass(plan.requests);
                    ran.push(Ran::of(&plan, *summary, &gates));
                    continue;
                }
                Step::GoesOn { plan, run_id, seed, resumed } => (plan, run_id, seed, Some(resumed)),
                Step::New { plan, seed } => (plan, world::new_run(), seed, None),
            };
            let _held = desk.app.lake().lock(&format!("probe-{run_id}"), "a run of probes of the server")?;
            desk.told.tell(|told| {
                told.stage = format!("probing {}", plan.target.model());
                told.run_id = run_id.to_string();
                if !told.runs.contains(&told.run_id) {
                    told.runs.push(told.run_id.clone());
                }
            });
            // Written down before the first call is made: a server that is killed then knows what to go on with.
            desk.note()?;
            let options = RunOptions {
                run_id,
                seed,
                limits,
                keep_text: self.keep_text,
                judge: self.judge()?.of(&plan, judged)?,
                resumed,
                silence: what.how.silence(),
                clock: world::now,
            };
            let summary = run_within(&budget, &plan, &aws, desk.app.lake(), &options, &line, &desk.cancel).await?;
            judged = judged + summary.judge.as_ref().map_or(Usd::ZERO, |judge| spent(judge.usd_at_most));
            line.pass(plan.requests);
            ran.push(Ran::of(&plan, summary, &gates));
        }
        let summaries: Vec<&RunSummary> = ran.iter().map(Ran::summary).collect();
        let ways = if self.plan.three_ways { compared(&summaries) } else { Vec::new() };
        let whole = ran.len() == count && summaries.iter().all(|summary| is_whole(summary));
        let told = json!({ "runs": ran, "not_probed": not_probed, "three_ways": ways });
        Came::to(&told, is_incomplete || !whole)
    }

    /// What all runs together may use. Of a run that was killed, calls count that nobody wrote down: where it goes on, money and what is named
    /// are the bounds, for no call of the plan is made twice that was kept.
    fn limits(&self, plans: &[&Plan], is_new: bool) -> anyhow::Result<Limits> {
        let sum = |of: fn(&Plan) -> u64| match is_new {
            true => plans.iter().map(|plan| of(plan)).fold(0, u64::saturating_add),
            false => u64::MAX,
        };
        Ok(Limits {
            max_requests: self.max_requests.unwrap_or_else(|| sum(|plan| plan.requests)),
            max_usd: self.max_usd()?,
            max_output_tokens: self.max_output_tokens.unwrap_or_else(|| sum(|plan| plan.output_tokens)),
        })
    }

    fn max_usd(&self) -> anyhow::Result<Usd> {
        usd("max_usd", self.max_usd)
    }

    fn gates(&self) -> anyhow::Result<Vec<Gate>> {
        ensure!(self.fail_if.len() <= 50, "`fail_if` has at most 50 gates");
        self.fail_if.iter().map(|gate| Ok(gate.parse::<Gate>()?)).collect()
    }

    fn judge(&self) -> anyhow::Result<Judge> {
        let Some(judge) = &self.judge else { return Ok(Judge::default()) };
        Ok(Judge {
            model: Some(judge.model.clone()),
            max_usd: Some(usd("judge.max_usd", judge.max_usd)?),
            price: judge.price.map(AssumedPrice::price).transpose()?,
            may_be_target: judge.may_be_target,
        })
    }
}

/// What the stage says, in the words of the API.
fn told(error: sightline_probe::ProbeError) -> anyhow::Error {
    anyhow!(as_members(&error.to_string()))
}

/// Counts calls over all runs.
struct Line {
    told: Arc<Told>,
    /// calls of the runs before
    passed: std::sync::atomic::AtomicU64,
}

impl Line {
    fn new(told: &Arc<Told>) -> Self {
        Self { told: Arc::clone(told), passed: Default::default() }
    }

    /// A run has ended that had so many calls.
    fn pass(&self, calls: u64) {
        let before = self.passed.fetch_add(calls, std::sync::atomic::Ordering::Relaxed);
        self.told.tell(|told| told.done = before.saturating_add(calls));
    }
}

impl Progress for Line {
    fn attempted(&self, done: u64, _: u64, _: &Attempt) {
        let before = self.passed.load(std::sync::atomic::Ordering::Relaxed);
        self.told.tell(|told| told.done = before.saturating_add(done));
    }
}
