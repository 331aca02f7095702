//! What is asked, and of whom: the arguments that a plan and a run share.

use super::super::connection::Connection;
use super::own_packs::OwnPacks;
use anyhow::Context as _;
use clap::Args;
use sightline_aws::Aws;
use sightline_probe::{Guardrail, Pack, Plan, PlanOptions, Price, PriceList, ProbeRun, Target};

#[derive(Debug, Args)]
pub(super) struct What {
    /// The model: an id, an inference profile, or the ARN of either
    #[arg(long)]
    model: Option<String>,
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
    #[arg(long, value_name = "IN,OUT")]
    assume_price: Option<Price>,
    /// Calls at a time
    #[arg(long, default_value_t = 2, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=32))]
    concurrency: u32,
    #[command(flatten)]
    own: OwnPacks,
    #[command(flatten)]
    access: Connection,
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
}

impl What {
    /// The plan of these arguments.
    pub(super) async fn plan(&self) -> anyhow::Result<(Aws, Plan)> {
        let model = self.model.as_deref().context("no model is named: add `--model ID`")?;
        let options = PlanOptions {
            families: self.families.clone(),
            probes: self.probes.clone(),
            trials: self.trials,
            without_twins: self.without_twins,
            assume_price: self.assume_price,
            concurrency: self.concurrency,
        };
        self.planned(model, self.guardrail.as_deref().map(guardrail), &self.own.load(&self.packs)?, &options, None)
            .await
    }

    /// The plan of a run that goes on: all that matters is as it was.
    pub(super) async fn plan_again(&self, run: &ProbeRun) -> anyhow::Result<(Aws, Plan)> {
        let packs: Vec<String> = run.packs.iter().map(|pack| pack.id.clone()).collect();
        let options = run.settings.options();
        self.planned(&run.target, run.guardrail(), &self.own.load(&packs)?, &options, Some(&run.region)).await
    }

    async fn planned(
        &self,
        model: &str,
        guardrail: Option<Guardrail>,
        packs: &[Pack],
        options: &PlanOptions,
        region: Option<&str>,
    ) -> anyhow::Result<(Aws, Plan)> {
        let aws = self.access.connect().await?;
        let account = aws.caller().await?.account_id;
        let first = self.access.regions.first().map_or_else(|| aws.default_region(), String::as_str);
        let target = Target::new(model, region.unwrap_or(first), &account, guardrail)?;
        let plan = sightline_probe::plan(packs, target, options, &PriceList::embedded()?)?;
        Ok((aws, plan))
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

#[cfg(test)]
mod tests {
    use super::guardrail;

    #[test]
    fn guardrails_with_and_without_version() {
        let arn = "arn:aws:bedrock:us-east-1:123456789012:guardrail/abc";
        for (text, id, version) in [("abc", "abc", "DRAFT"), ("abc:3", "abc", "3"), (arn, arn, "DRAFT")] {
            let given = guardrail(text);
            assert_eq!((given.id.as_str(), given.version.as_str()), (id, version));
        }
    }
}
