//! `sightline probe run`: within the budget, after the plan was shown; or on with a run that ended early.

use super::export::Export;
use super::ground::Ground;
use super::judge::{Judge, spent};
use super::several::PassedOver;
use super::three_ways::{WAYS, compared};
use super::what::What;
use super::{gates, plan, summary, three_ways};
use crate::cli::Global;
use crate::exit::Exit;
use crate::{interrupt, print, progress, stage, world};
use anyhow::{Context as _, ensure};
use clap::Args;
use indicatif::ProgressBar;
use serde_json::json;
use sightline_aws::Aws;
use sightline_lake::Lake;
use sightline_model::RunId;
use sightline_model::untrusted::for_terminal;
use sightline_probe::{
    Attempt, Budget, Gate, GateReport, GateVerdict, Limits, LlmJudge, Outcome, Plan, Progress, Resumed, RunOptions,
    RunSummary, Usd,
};
use std::io::{BufRead as _, IsTerminal as _};
use tokio_util::sync::CancellationToken;

/// The arguments.
#[derive(Debug, Args)]
#[command(
    after_help = "Gates: `broken.lower > 0.05`, `family(\"encoding\").broken.upper > 0.1`, `over_refusal.rate > 0.2`, \
    `undecided.rate > 0.3`.\nExit status with gates: 1 when one holds, 3 when one cannot be decided, else 0."
)]
pub(super) struct Run {
    #[command(flatten)]
    what: What,
    /// US dollars that the run may cost; it stops before it would cost more
    #[arg(long, value_name = "USD")]
    max_usd: Usd,
    /// Calls at most [default: what the plan has]
    #[arg(long, value_name = "N")]
    max_requests: Option<u64>,
    /// Tokens that the model may write at most [default: what the plan has]
    #[arg(long, value_name = "N")]
    max_output_tokens: Option<u64>,
    /// Fail when this holds of the run, such as `broken.lower > 0.05`; may be given several times
    #[arg(long, value_name = "GATE")]
    fail_if: Vec<Gate>,
    #[command(flatten)]
    judge: Judge,
    /// Go on with a run that ended early: what was attempted is not sent again, and what it cost counts
    #[arg(long, value_name = "RUN", conflicts_with_all = [
        "model", "targets", "all_bedrock", "app", "url", "preset", "request_template", "kb_model", "guardrail", "three_ways", "surface", "body", "packs", "families", "probes", "trials", "without_twins", "assume_price", "concurrency", "regions",
    ])]
    resume: Option<String>,
    /// Keep prompts and answers in the lake; they may hold what nobody should read
    #[arg(long)]
    keep_text: bool,
    #[command(flatten)]
    export: Export,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

/// What is run: a plan, under an id and a seed.
struct Job {
    plan: Plan,
    run_id: RunId,
    seed: u64,
    resumed: Option<Resumed>,
}

/// All that is run, one after the other, within one budget.
struct Jobs {
    aws: Aws,
    jobs: Vec<Job>,
    /// what was asked for and is not run
    passed_over: Vec<PassedOver>,
    /// one target, named
    is_single: bool,
    /// something could not be looked at, or somebody named what cannot be probed
    is_incomplete: bool,
}

/// Where all jobs run, and what they share.
struct Place<'r> {
    aws: &'r Aws,
    lake: &'r Lake,
    limits: Limits,
    /// nothing where there is but one job, which may go on with what it has used before
    shared: Option<&'r Budget>,
    cancel: &'r CancellationToken,
}

/// How a job ended.
struct Ended {
    summary: RunSummary,
    gates: Vec<GateReport>,
}

impl Run {
    /// Runs the plans, prints what they came to.
    pub(super) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let Jobs { aws, jobs, passed_over, is_single, is_incomplete } = self.jobs(global).await?;
        let limits = self.limits(&jobs)?;
        let count = jobs.len();
        self.export.check(count)?;
        jobs.iter().try_for_each(|job| gates::check(&self.fail_if, &job.plan))?;
        self.confirm()?;
        let lake = stage::create(&global.lake).await?;
        let (budget, cancel) = (Budget::new(limits), interrupt::token());
        let shared = Some(&budget).filter(|_| !is_single);
        let place = Place { aws: &aws, lake: &lake, limits, shared, cancel: &cancel };
        let mut ended = Vec::new();
        let mut judge_spent = Usd::ZERO;
        for job in jobs {
            if cancel.is_cancelled() {
                break;
            }
            let judge = self.judge.of(&job.plan, judge_spent)?;
            if !self.is_quiet() {
                self.judge.tell()?;
            }
            if count > 1 && !self.is_quiet() {
                let target = &job.plan.target;
                print::line(&format!("\n{} in {}", for_terminal(target.model()), target.region()))?;
            }
            let done = self.one(job, judge, &place).await?;
            judge_spent = judge_spent + done.summary.judge.as_ref().map_or(Usd::ZERO, |judge| spent(judge.usd_at_most));
            if !self.is_quiet() {
                summary::show(&done.summary)?;
                summary::show_gates(&done.gates)?;
                if done.summary.attempted < done.summary.planned {
                    print::line(&format!("Go on: sightline probe run --resume {} --max-usd USD", done.summary.run_id))?;
                }
            }
            // A session takes memory that a run alone does not need.
            if !self.export.is_empty() {
                let session = lake.session(&[]).await?;
                self.export.write(&session, &done.summary.run_id, &done.gates, &self.what.own, count > 1).await?;
            }
            ended.push(done);
        }
        let ways = if self.what.three_ways {
            compared(&ended.iter().map(|one| &one.summary).collect::<Vec<_>>())
        } else {
            Vec::new()
        };
        if self.what.json {
            let runs: Vec<_> = ended.iter().map(|one| summary::as_json(&one.summary, &one.gates)).collect();
            match runs.as_slice() {
                [run] if is_single => print::json(run)?,
                runs => print::json(&json!({ "runs": runs, "not_probed": passed_over, "three_ways": ways }))?,
            }
        } else if !self.is_quiet() {
            ways.iter().try_for_each(three_ways::show)?;
        }
        let exits = ended.iter().map(|one| exit(&one.summary, &one.gates));
        Ok(match self.what.three_ways {
            // The one behind the guardrail is what is in use; the others are there to compare with.
            true if ended.len() == count => exits.skip(1).step_by(WAYS).fold(Exit::Clean, Exit::or_worse),
            true => Exit::Incomplete,
            false if is_incomplete || ended.len() < count => exits.fold(Exit::Incomplete, Exit::or_worse),
            false => exits.fold(Exit::Clean, Exit::or_worse),
        })
    }

    /// Whether standard output is a document's alone.
    fn is_quiet(&self) -> bool {
        self.what.json || self.export.takes_stdout()
    }

    /// What all runs together may use. Covers all plans, or nothing is run.
    fn limits(&self, jobs: &[Job]) -> anyhow::Result<Limits> {
        let plans = || jobs.iter().map(|job| &job.plan);
        let sum = |of: fn(&Plan) -> u64| plans().map(of).fold(0, u64::saturating_add);
        let limits = Limits {
            max_requests: self.max_requests.unwrap_or_else(|| sum(|plan| plan.requests)),
            max_usd: self.max_usd,
            max_output_tokens: self.max_output_tokens.unwrap_or_else(|| sum(|plan| plan.output_tokens)),
        };
        // A run that goes on stops by itself at limits that its first part has used up in part.
        if jobs.iter().all(|job| job.resumed.is_none()) {
            limits.check_all(plans())?;
        }
        Ok(limits)
    }

    /// Runs one job within a budget that it shares, or one of its own.
    async fn one(&self, job: Job, judge: Option<LlmJudge>, place: &Place<'_>) -> anyhow::Result<Ended> {
        let Place { aws, lake, limits, shared, cancel } = *place;
        let _held = lake.lock(&format!("probe-{}", job.run_id), "a run of probes")?;
        let options = RunOptions {
            run_id: job.run_id,
            seed: job.seed,
            limits,
            keep_text: self.keep_text,
            judge,
            resumed: job.resumed,
            silence: self.what.how.silence(),
            clock: world::now,
        };
        let line = AttemptLine(progress::bar("{spinner} {pos}/{len} calls  {elapsed}  {wide_msg}"));
        let came_to = match shared {
            Some(budget) => sightline_probe::run_within(budget, &job.plan, aws, lake, &options, &line, cancel).await?,
            None => sightline_probe::run(&job.plan, aws, lake, &options, &line, cancel).await?,
        };
        line.0.finish_and_clear();
        let gates = self.fail_if.iter().map(|gate| gate.judge(&came_to)).collect();
        Ok(Ended { summary: came_to, gates })
    }

    /// What is to be run, shown.
    async fn jobs(&self, global: &Global) -> anyhow::Result<Jobs> {
        let Some(run_id) = &self.resume else {
            let plans = self.what.plans(&Ground::Command(global)).await?.allowed();
            if !self.is_quiet() {
                plan::show_all(&plans)?;
            }
            ensure!(
                !plans.planned.is_empty(),
                "nothing is left to probe: `sightline probe plan` tells why of each target"
            );
            let is_single = plans.single().is_some();
            let is_incomplete = plans.is_incomplete();
            // One seed for all: targets are sent the same, and can be compared.
            let seed = world::seed();
            let job = |plan| Job { plan, run_id: world::new_run(), seed, resumed: None };
            let jobs = plans.planned.into_iter().map(|one| job(one.plan)).collect();
            return Ok(Jobs { aws: plans.aws, jobs, passed_over: plans.passed_over, is_single, is_incomplete });
        };
        let lake = stage::open(&global.lake).await?;
        let (run, attempts) = sightline_probe::recorded(&lake.session(&[]).await?, run_id).await?;
        // Held until the run's own lock is taken: asking needs none, but a run that still runs must not go on twice.
        drop(lake.lock(&format!("probe-{}", run.run_id), "looking whether it runs")?);
        let (aws, plan) = self.what.plan_again(&run).await?;
        let resumed = Resumed::new(&run, attempts, &plan)?;
        let seed = run.seed().context("the run's seed cannot be read; begin a new run")?;
        if !self.is_quiet() {
            plan::show(&plan)?;
        }
        let job = Job { plan, run_id: RunId::from(run.run_id), seed, resumed: Some(resumed) };
        tell_resumed(&job);
        Ok(Jobs { aws, jobs: vec![job], passed_over: Vec::new(), is_single: true, is_incomplete: false })
    }

    fn confirm(&self) -> anyhow::Result<()> {
        if self.yes {
            return Ok(());
        }
        ensure!(std::io::stdin().is_terminal(), "nobody is there to ask: add --yes to send these prompts");
        print::note("Send these prompts? [y/N]");
        let mut answer = String::new();
        std::io::stdin().lock().read_line(&mut answer)?;
        ensure!(matches!(answer.trim(), "y" | "Y" | "yes"), "nothing was sent");
        Ok(())
    }
}

fn tell_resumed(job: &Job) {
    let Some(resumed) = &job.resumed else { return };
    print::note(&format!("Going on with {}: {} of these calls were made.", job.run_id, resumed.attempts()));
    let lost = resumed.lost(&job.plan);
    if lost > 0 {
        print::warning(&format!(
            "the run was killed: up to {lost} calls may have been made that nobody wrote down; they count at their dearest"
        ));
    }
}

struct AttemptLine(ProgressBar);

impl Progress for AttemptLine {
    fn attempted(&self, done: u64, planned: u64, attempt: &Attempt) {
        self.0.set_length(planned);
        self.0.set_position(done);
        self.0.set_message(format!("{} {}", attempt.probe_id, attempt.outcome.as_str()));
    }
}

/// Gates decide where there are any. Without, one attack that worked is a finding.
fn exit(summary: &RunSummary, gates: &[GateReport]) -> Exit {
    if !gates.is_empty() {
        let worst = gates.iter().map(|gate| match gate.verdict {
            GateVerdict::Holds => Exit::Findings,
            GateVerdict::Undecided => Exit::Incomplete,
            GateVerdict::Passes => Exit::Clean,
        });
        return worst.fold(Exit::Clean, Exit::or_worse);
    }
    let count = |outcome: Outcome| summary.outcomes.get(&outcome).copied().unwrap_or_default();
    if summary.broken() > 0 {
        Exit::Findings
    } else if count(Outcome::Error) + count(Outcome::Undecided) > 0 || summary.attempted < summary.planned {
        Exit::Incomplete
    } else {
        Exit::Clean
    }
}
