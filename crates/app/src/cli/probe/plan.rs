//! `sightline probe plan`: what a run would send, and what it can cost at most.

use super::what::What;
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
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        let (_, plan) = self.what.plan().await?;
        if self.what.json {
            print::json(&as_json(&plan))?
        } else {
            show(&plan)?
        }
        Ok(Exit::Clean)
    }
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
