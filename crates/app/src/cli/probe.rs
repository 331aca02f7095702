//! `sightline probe`: ask a model hostile questions, within a budget.

use super::Global;
use super::connection::Connection;
use crate::exit::Exit;
use crate::table::{Table, Tone};
use crate::{interrupt, print, progress, world};
use anyhow::{bail, ensure};
use clap::{Args, Subcommand};
use indicatif::ProgressBar;
use serde_json::json;
use sightline_aws::Aws;
use sightline_lake::Lake;
use sightline_probe::{
    Attempt, Guardrail, Limits, Outcome, Pack, Plan, PlanOptions, Price, PriceList, Progress, RunOptions, RunSummary,
    Target, Usd,
};
use std::io::{BufRead as _, IsTerminal as _};

/// Test a model with prompts that attack it. Nothing is sent that `plan` does not show, nor beyond the budget
#[derive(Debug, Args)]
pub(crate) struct Probe {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show what a run would send and what it can cost at most; no model is called
    Plan(What),
    /// Run it: shows the plan and asks first
    Run(Run),
    /// List the packs and their probes
    List,
}

#[derive(Debug, Args)]
struct What {
    /// The model: an id, an inference profile, or the ARN of either
    #[arg(long)]
    model: String,
    /// Guardrail to put on each call: `ID` or `ID:VERSION`
    #[arg(long, value_name = "ID[:VERSION]")]
    guardrail: Option<String>,
    /// Packs to send [default: all]
    #[arg(long = "pack", value_name = "PACK")]
    packs: Vec<String>,
    /// Families to send [default: all]
    #[arg(long = "family", value_name = "FAMILY")]
    families: Vec<String>,
    /// Probes to send [default: all]
    #[arg(long = "probe", value_name = "ID")]
    probes: Vec<String>,
    /// Times each prompt is sent [default: what the probe says]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    trials: Option<u32>,
    /// Leave out the benign twins that tell over-blocking
    #[arg(long)]
    without_twins: bool,
    /// US dollars for a thousand input and output tokens, for a model whose price is not known
    #[arg(long, value_name = "IN,OUT", value_parser = price)]
    assume_price: Option<Price>,
    /// Calls at a time
    #[arg(long, default_value_t = 2, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=32))]
    concurrency: u32,
    #[command(flatten)]
    access: Connection,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Run {
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
    /// Keep prompts and answers in the lake; they may hold what nobody should read
    #[arg(long)]
    keep_text: bool,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

impl Probe {
    /// Runs the action.
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        match self.action {
            Action::List => list(),
            Action::Plan(what) => {
                let (_, plan) = what.plan().await?;
                if what.json {
                    print::json(&plan_json(&plan))?
                } else {
                    show_plan(&plan)?
                }
                Ok(Exit::Clean)
            }
            Action::Run(run) => run.run(global).await,
        }
    }
}

impl What {
    async fn plan(&self) -> anyhow::Result<(Aws, Plan)> {
        let aws = self.access.connect().await?;
        let account = aws.caller().await?.account_id;
        let region = self.access.regions.first().cloned().unwrap_or_else(|| aws.default_region().to_owned());
        let target = Target::new(&self.model, &region, &account, self.guardrail.as_deref().map(guardrail))?;
        let options = PlanOptions {
            families: self.families.clone(),
            probes: self.probes.clone(),
            trials: self.trials,
            without_twins: self.without_twins,
            assume_price: self.assume_price,
            concurrency: self.concurrency,
        };
        let plan = sightline_probe::plan(&chosen(&self.packs)?, target, &options, &PriceList::embedded()?)?;
        Ok((aws, plan))
    }
}

impl Run {
    async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let (aws, plan) = self.what.plan().await?;
        let limits = Limits {
            max_requests: self.max_requests.unwrap_or(plan.requests),
            max_usd: self.max_usd,
            max_output_tokens: self.max_output_tokens.unwrap_or(plan.output_tokens),
        };
        plan.check(&limits)?;
        if !self.what.json {
            show_plan(&plan)?;
        }
        self.confirm()?;
        let lake = Lake::create(&global.lake).await?;
        let options = RunOptions {
            run_id: world::new_run(),
            seed: world::seed(),
            limits,
            keep_text: self.keep_text,
            clock: world::now,
        };
        let line = AttemptLine(progress::bar("{spinner} {pos}/{len} calls  {elapsed}  {wide_msg}"));
        let summary = sightline_probe::run(&plan, &aws, &lake, &options, &line, &interrupt::token()).await?;
        line.0.finish_and_clear();
        if self.what.json {
            print::json(&summary_json(&summary))?
        } else {
            show_summary(&summary)?
        }
        Ok(exit(&summary))
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

struct AttemptLine(ProgressBar);

impl Progress for AttemptLine {
    fn attempted(&self, done: u64, planned: u64, attempt: &Attempt) {
        self.0.set_length(planned);
        self.0.set_position(done);
        self.0.set_message(format!("{} {}", attempt.probe_id, attempt.outcome.as_str()));
    }
}

fn exit(summary: &RunSummary) -> Exit {
    let count = |outcome: Outcome| summary.outcomes.get(&outcome).copied().unwrap_or_default();
    if count(Outcome::Broken) > 0 {
        Exit::Findings
    } else if count(Outcome::Error) + count(Outcome::Undecided) > 0 || summary.attempted < summary.planned {
        Exit::Incomplete
    } else {
        Exit::Clean
    }
}

/// `ID`, `ID:VERSION`, an ARN, or an ARN and a version.
fn guardrail(text: &str) -> Guardrail {
    let versioned = text.rsplit_once(':').filter(|(_, version)| {
        *version == "DRAFT" || (!version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit()))
    });
    match versioned {
        Some((id, version)) => Guardrail { id: id.to_owned(), version: version.to_owned() },
        None => Guardrail { id: text.to_owned(), version: "DRAFT".to_owned() },
    }
}

fn price(text: &str) -> Result<Price, String> {
    let (input, output) =
        text.split_once(',').ok_or_else(|| format!("`{text}` is no pair of prices such as `0.003,0.015`"))?;
    let amount = |text: &str| text.trim().parse::<Usd>().map_err(|error| error.to_string());
    Ok(Price { input: amount(input)?, output: amount(output)? })
}

fn chosen(names: &[String]) -> anyhow::Result<Vec<Pack>> {
    let packs = sightline_probe::packs()?;
    if let Some(name) = names.iter().find(|name| !packs.iter().any(|pack| pack.about.id == **name)) {
        let known: Vec<&str> = packs.iter().map(|pack| pack.about.id.as_str()).collect();
        bail!("no pack is named `{name}`; there are: {}", known.join(" "));
    }
    Ok(packs.into_iter().filter(|pack| names.is_empty() || names.contains(&pack.about.id)).collect())
}

fn list() -> anyhow::Result<Exit> {
    for pack in sightline_probe::packs()? {
        print::line(&format!("{} {}: {}\n", pack.about.id, pack.about.version, pack.about.title))?;
        for probe in &pack.probes {
            let line = format!("{} ({}, {})", probe.title, probe.family, probe.severity);
            print::line(&format!("{}\n      {line}", probe.id))?;
        }
    }
    Ok(Exit::Clean)
}

fn show_plan(plan: &Plan) -> anyhow::Result<()> {
    let guard = plan
        .target
        .guardrail()
        .map_or("no guardrail".to_owned(), |guard| format!("guardrail {}:{}", guard.id, guard.version));
    print::line(&format!("{} in {}, {guard}\n", plan.target.model(), plan.target.region()))?;
    let mut table = Table::new(&["PROBE", "FAMILY", "TRIALS", "USD AT MOST"]);
    table.align_right(2);
    table.align_right(3);
    for probe in &plan.probes {
        let (trials, usd) = (probe.trials.to_string(), probe.usd.times(probe.trials.into()).to_string());
        table.row([
            (probe.probe_id.as_str(), Tone::Plain),
            (probe.family.as_str(), Tone::Plain),
            (trials.as_str(), Tone::Plain),
            (usd.trim_end_matches(" USD"), Tone::Plain),
        ]);
    }
    print::line(table.to_string().trim_end())?;
    print::line(&format!(
        "\nAt most {} calls, {} tokens in, {} tokens out, {}.\nPrice: {}; `sightline probe list` tells what each tries.",
        plan.requests, plan.input_tokens, plan.output_tokens, plan.usd, plan.price_source
    ))?;
    Ok(())
}

fn plan_json(plan: &Plan) -> serde_json::Value {
    let probes: Vec<_> = plan
        .probes
        .iter()
        .map(|probe| json!({ "id": probe.probe_id, "pack": probe.pack, "family": probe.family, "trials": probe.trials, "usd_at_most": probe.usd.as_f64() }))
        .collect();
    json!({
        "model": plan.target.model(),
        "region": plan.target.region(),
        "guardrail": plan.target.guardrail().map(|guard| format!("{}:{}", guard.id, guard.version)),
        "requests": plan.requests,
        "input_tokens_at_most": plan.input_tokens,
        "output_tokens_at_most": plan.output_tokens,
        "usd_at_most": plan.usd.as_f64(),
        "price_source": plan.price_source,
        "probes": probes,
    })
}

fn summary_json(summary: &RunSummary) -> serde_json::Value {
    json!({
        "run_id": summary.run_id,
        "planned": summary.planned,
        "attempted": summary.attempted,
        "outcomes": summary.outcomes,
        "families": summary.families,
        "usd_at_most": summary.spent.as_f64(),
        "stopped": summary.stopped,
    })
}

fn show_summary(summary: &RunSummary) -> anyhow::Result<()> {
    let mut table = Table::new(&["FAMILY", "HELD", "BROKEN", "BLOCKED", "UNDECIDED", "ERROR", "FAILURE RATE"]);
    for column in 1..6 {
        table.align_right(column);
    }
    for family in &summary.families {
        let count = |outcome: Outcome| family.outcomes.get(&outcome).copied().unwrap_or_default().to_string();
        let rate = match family.decided {
            0 => "nothing was decided".to_owned(),
            decided => {
                format!("{:.0}–{:.0} % of {decided}", family.failure_rate.low * 100.0, family.failure_rate.high * 100.0)
            }
        };
        let tone = if count(Outcome::Broken) == "0" { Tone::Plain } else { Tone::Bad };
        table.row([
            (family.family.as_str(), Tone::Plain),
            (count(Outcome::Held).as_str(), Tone::Plain),
            (count(Outcome::Broken).as_str(), tone),
            (count(Outcome::BlockedByGuardrail).as_str(), Tone::Plain),
            (count(Outcome::Undecided).as_str(), Tone::Plain),
            (count(Outcome::Error).as_str(), Tone::Plain),
            (rate.as_str(), Tone::Plain),
        ]);
    }
    print::line(table.to_string().trim_end())?;
    print::line(&format!(
        "\n{} of {} calls, at most {}. Errors and undecided answers never\ncount as held; the failure rate is a 95 % interval of what was decided.",
        summary.attempted, summary.planned, summary.spent
    ))?;
    if let Some(reason) = &summary.stopped {
        print::line(&format!("Stopped early: {}", sightline_model::untrusted::for_terminal(reason)))?;
    }
    let query = format!("SELECT probe_id, outcome, reason FROM probe_attempt WHERE run_id = '{}'", summary.run_id);
    print::line(&format!("Each attempt: sightline query \"{query}\""))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{guardrail, price};

    #[test]
    fn guardrails_with_and_without_version() {
        let arn = "arn:aws:bedrock:us-east-1:123456789012:guardrail/abc";
        for (text, id, version) in [("abc", "abc", "DRAFT"), ("abc:3", "abc", "3"), (arn, arn, "DRAFT")] {
            let given = guardrail(text);
            assert_eq!((given.id.as_str(), given.version.as_str()), (id, version));
        }
    }

    #[test]
    fn prices_are_pairs() {
        assert!(price("0.003,0.015").is_ok());
        assert!(price("0.003").is_err());
        assert!(price("-1,2").is_err());
    }
}
