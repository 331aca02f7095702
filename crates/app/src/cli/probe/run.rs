//! `sightline probe run`: within the budget, after the plan was shown; or on with a run that ended early.

use super::what::What;
use super::{plan, summary};
use crate::cli::Global;
use crate::exit::Exit;
use crate::{interrupt, print, progress, stage, world};
use anyhow::{Context as _, bail, ensure};
use clap::Args;
use indicatif::ProgressBar;
use sightline_aws::Aws;
use sightline_lake::Lake;
use sightline_model::RunId;
use sightline_probe::{
    Attempt, Gate, GateReport, GateVerdict, Limits, LlmJudge, Outcome, Plan, Price, PriceList, Progress, Resumed,
    RunOptions, RunSummary, Usd,
};
use std::io::{BufRead as _, IsTerminal as _};

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
    /// Model that judges what nothing else could decide; it is examined with labelled answers first
    #[arg(long, value_name = "MODEL", requires = "judge_max_usd")]
    judge: Option<String>,
    /// US dollars that the judge may cost, beside the run's own
    #[arg(long, value_name = "USD", requires = "judge")]
    judge_max_usd: Option<Usd>,
    /// US dollars for a thousand input and output tokens of the judge, where its price is not known
    #[arg(long, value_name = "IN,OUT", requires = "judge")]
    judge_price: Option<Price>,
    /// Let the probed model judge itself
    #[arg(long, requires = "judge")]
    judge_may_be_target: bool,
    /// Go on with a run that ended early: what was attempted is not sent again, and what it cost counts
    #[arg(long, value_name = "RUN", conflicts_with_all = [
        "model", "guardrail", "packs", "families", "probes", "trials", "without_twins", "assume_price", "concurrency", "regions",
    ])]
    resume: Option<String>,
    /// Keep prompts and answers in the lake; they may hold what nobody should read
    #[arg(long)]
    keep_text: bool,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

/// What is run: a plan, under an id and a seed.
struct Job {
    aws: Aws,
    plan: Plan,
    run_id: RunId,
    seed: u64,
    resumed: Option<Resumed>,
}

impl Run {
    /// Runs the plan, prints what it came to.
    pub(super) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let job = self.job(global).await?;
        let limits = Limits {
            max_requests: self.max_requests.unwrap_or(job.plan.requests),
            max_usd: self.max_usd,
            max_output_tokens: self.max_output_tokens.unwrap_or(job.plan.output_tokens),
        };
        // A run that goes on stops by itself at limits that its first part has used up in part.
        if job.resumed.is_none() {
            job.plan.check(&limits)?;
        }
        self.check_gates(&job.plan)?;
        if !self.what.json {
            plan::show(&job.plan)?;
        }
        let judge = self.judge(&job.plan)?;
        tell_resumed(&job);
        self.confirm()?;
        let lake = Lake::create(&global.lake).await?;
        let _held = lake.lock(&format!("probe-{}", job.run_id), "a run of probes")?;
        let options = RunOptions {
            run_id: job.run_id,
            seed: job.seed,
            limits,
            keep_text: self.keep_text,
            judge,
            resumed: job.resumed,
            clock: world::now,
        };
        let line = AttemptLine(progress::bar("{spinner} {pos}/{len} calls  {elapsed}  {wide_msg}"));
        let came_to = sightline_probe::run(&job.plan, &job.aws, &lake, &options, &line, &interrupt::token()).await?;
        line.0.finish_and_clear();
        let gates: Vec<GateReport> = self.fail_if.iter().map(|gate| gate.judge(&came_to)).collect();
        if self.what.json {
            print::json(&summary::as_json(&came_to, &gates))?;
        } else {
            summary::show(&came_to)?;
            summary::show_gates(&gates)?;
            if came_to.attempted < came_to.planned {
                print::line(&format!("Go on: sightline probe run --resume {} --max-usd USD", came_to.run_id))?;
            }
        }
        Ok(exit(&came_to, &gates))
    }

    async fn job(&self, global: &Global) -> anyhow::Result<Job> {
        let Some(run_id) = &self.resume else {
            let (aws, plan) = self.what.plan().await?;
            return Ok(Job { aws, plan, run_id: world::new_run(), seed: world::seed(), resumed: None });
        };
        let lake = stage::open(&global.lake).await?;
        let (run, attempts) = sightline_probe::recorded(&lake.session(&[]).await?, run_id).await?;
        // Held until the run's own lock is taken: asking needs none, but a run that still runs must not go on twice.
        drop(lake.lock(&format!("probe-{}", run.run_id), "looking whether it runs")?);
        let (aws, plan) = self.what.plan_again(&run).await?;
        let resumed = Resumed::new(&run, attempts, &plan)?;
        let seed = run.seed().context("the run's seed cannot be read; begin a new run")?;
        Ok(Job { aws, plan, run_id: RunId::from(run.run_id), seed, resumed: Some(resumed) })
    }

    fn judge(&self, plan: &Plan) -> anyhow::Result<Option<LlmJudge>> {
        let Some((model, max_usd)) = self.judge.as_deref().zip(self.judge_max_usd) else { return Ok(None) };
        let price = match self.judge_price {
            Some(price) => price,
            None => PriceList::embedded()?
                .of(model)
                .with_context(|| format!("no price is known for the judge `{model}`: add `--judge-price IN,OUT`"))?,
        };
        // Money is what binds it: each attempt may ask once, and the examination comes first.
        let limits = Limits { max_usd, max_requests: u64::MAX, max_output_tokens: u64::MAX };
        if !self.what.json {
            print::line(&format!("Judge: {model}, at most {max_usd} more."))?;
        }
        Ok(Some(LlmJudge::new(model, &plan.target, limits, price, self.judge_may_be_target)?))
    }

    /// A family that is misspelt is found before money is spent.
    fn check_gates(&self, plan: &Plan) -> anyhow::Result<()> {
        let families: std::collections::BTreeSet<&str> =
            plan.probes.iter().map(|probe| probe.family.as_str()).collect();
        for gate in &self.fail_if {
            if let Some(family) = gate.family().filter(|family| !families.contains(family)) {
                let known: Vec<&str> = families.into_iter().collect();
                bail!("`{gate}`: no family `{family}` is planned; there are: {}", known.join(" "));
            }
        }
        Ok(())
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
