//! `sightline probe plan`: what a run would send, and what it can cost at most.

use super::ground::Ground;
use super::several::{PassedOver, Plans};
use super::what::What;
use crate::cli::Global;
use crate::exit::Exit;
use crate::print;
use crate::table::{Table, Tone};
use clap::Args;
use serde_json::json;

/// The arguments.
#[derive(Debug, Args)]
pub(super) struct Plan {
    #[command(flatten)]
    what: What,
}

impl Plan {
    /// Prints the plan.
    pub(super) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let plans = self.what.plans(&Ground::Command(global)).await?;
        if self.what.json {
            match plans.single() {
                Some(plan) => print::json(&as_json(plan))?,
                None => print::json(&all_as_json(&plans))?,
            }
        } else {
            show_all(&plans)?;
        }
        Ok(if plans.is_incomplete() { Exit::Incomplete } else { Exit::Clean })
    }
}

/// One plan with its probes, or a table of the targets.
pub(super) fn show_all(plans: &Plans) -> anyhow::Result<()> {
    if let Some(plan) = plans.single() {
        return show(plan);
    }
    if !plans.planned.is_empty() {
        show_targets(plans)?;
    }
    if !plans.passed_over.is_empty() {
        let mut table = Table::new(&["NOT PROBED", "KIND", "WHY"]);
        for PassedOver { target, kind, why, .. } in &plans.passed_over {
            table.row([(target.as_str(), Tone::Plain), (kind.as_str(), Tone::Plain), (why.as_str(), Tone::Doubt)]);
        }
        print::line(&format!("{}\n", table.to_string().trim_end()))?;
    }
    if plans.left_out > 0 {
        print::line(&format!(
            "{} more are offered by AWS, not called, and not known to be allowed to anybody (`sightline access` tells): name one with `--target`.",
            plans.left_out
        ))?;
    }
    for note in &plans.unknown {
        print::warning(note);
    }
    for gap in &plans.unread {
        print::warning(&format!("could not be read, there may be more targets: {gap}"));
    }
    let total = plans.total();
    print::line(&format!(
        "Targets: {}. Together at most {} calls, {} tokens in, {} tokens out, {}.",
        plans.planned.len(),
        total.requests,
        total.input_tokens,
        total.output_tokens,
        total.usd
    ))?;
    Ok(())
}

fn show_targets(plans: &Plans) -> anyhow::Result<()> {
    let mut table = Table::new(&["TARGET", "KIND", "SEEN", "CALLS", "TOKENS", "USD AT MOST", "RUNS"]);
    for column in 2..6 {
        table.align_right(column);
    }
    for one in &plans.planned {
        let plan = &one.plan;
        let target = format!("{}, {}", plan.target.model(), plan.target.region());
        let tokens = plan.input_tokens.saturating_add(plan.output_tokens).to_string();
        let usd = plan.usd.to_string();
        table.row([
            (target.as_str(), Tone::Plain),
            (one.kind.as_str(), Tone::Plain),
            (one.calls.to_string().as_str(), Tone::Plain),
            (plan.requests.to_string().as_str(), Tone::Plain),
            (tokens.as_str(), Tone::Plain),
            (usd.trim_end_matches(" USD"), Tone::Plain),
            if one.may_run { ("yes", Tone::Plain) } else { ("not allowed", Tone::Doubt) },
        ]);
    }
    print::line(&format!("{}\n", table.to_string().trim_end()))?;
    if plans.planned.iter().any(|one| !one.may_run) {
        print::line(
            "What is not allowed does not run: name it with `--target`, or add it to `[probe] allow` in sightline.toml.\n",
        )?;
    }
    let mut sources: Vec<&str> = plans.planned.iter().map(|one| one.plan.price_source.as_str()).collect();
    sources.sort_unstable();
    sources.dedup();
    print::line(&format!("Prices: {}.", sources.join("; ")))?;
    Ok(())
}

/// A table of the probes, and what they come to.
pub(super) fn show(plan: &sightline_probe::Plan) -> anyhow::Result<()> {
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

pub(super) fn all_as_json(plans: &Plans) -> serde_json::Value {
    let total = plans.total();
    let targets: Vec<_> = plans
        .planned
        .iter()
        .map(
            |one| json!({ "kind": one.kind, "calls_seen": one.calls, "runs": one.may_run, "plan": as_json(&one.plan) }),
        )
        .collect();
    json!({
        "targets": targets,
        "not_probed": plans.passed_over,
        "left_out": plans.left_out,
        "unread": plans.unread,
        "unknown": plans.unknown,
        "requests": total.requests,
        "input_tokens_at_most": total.input_tokens,
        "output_tokens_at_most": total.output_tokens,
        "usd_at_most": total.usd.as_f64(),
    })
}

fn as_json(plan: &sightline_probe::Plan) -> serde_json::Value {
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
