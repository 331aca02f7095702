//! What is asked, and of whom: the arguments that a plan and a run share.

use super::super::connection::Connection;
use super::ground::Ground;
use super::how::How;
use super::own_packs::OwnPacks;
use super::served::Served;
use super::several::{Plans, Shared};
use super::targets::Targets;
use clap::Args;
use sightline_aws::Aws;
use sightline_probe::{Guardrail, Plan, PlanOptions, Price, PriceList, ProbeRun, Target};

#[derive(Debug, Args)]
pub(crate) struct What {
    #[command(flatten)]
    pub(crate) targets: Targets,
    #[command(flatten)]
    pub(crate) how: How,
    /// Guardrail to put on each call: `ID` or `ID:VERSION`
    #[arg(long, value_name = "ID[:VERSION]")]
    pub(crate) guardrail: Option<String>,
    /// Ask three ways with the same prompts: the model without the guardrail, with it, and the guardrail alone; then compare
    #[arg(long, requires = "guardrail")]
    pub(crate) three_ways: bool,
    /// Packs to send [default: all]
    #[arg(long = "pack", value_name = "PACK")]
    pub(crate) packs: Vec<String>,
    /// Families to send [default: all]
    #[arg(long = "family", value_name = "FAMILY")]
    pub(crate) families: Vec<String>,
    /// Probes to send [default: all]
    #[arg(long = "probe", value_name = "ID")]
    pub(crate) probes: Vec<String>,
    /// Times each prompt is sent [default: what the probe says]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) trials: Option<u32>,
    /// Leave out the benign twins that tell over-blocking
    #[arg(long)]
    pub(crate) without_twins: bool,
    /// US dollars for a thousand input and output tokens, for a model whose price is not known
    #[arg(long, value_name = "IN,OUT")]
    pub(crate) assume_price: Option<Price>,
    /// Calls at a time
    #[arg(long, default_value_t = 2, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=32))]
    pub(crate) concurrency: u32,
    #[command(flatten)]
    pub(crate) served: Served,
    #[command(flatten)]
    pub(crate) own: OwnPacks,
    #[command(flatten)]
    pub(crate) access: Connection,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

impl What {
    /// The plans of these arguments.
    ///
    /// # Errors
    /// What is named cannot be probed, or nobody can tell what there is.
    pub(crate) async fn plans(&self, ground: &Ground<'_>) -> anyhow::Result<Plans> {
        let guardrail = self.guardrail.as_deref().map(guardrail);
        let choice = match self.how.guardrail_alone(guardrail.as_ref().map(|guardrail| guardrail.id.as_str()))? {
            Some(choice) => choice,
            None => self.targets.choose(ground, &self.access.regions, self.served.server()).await?,
        };
        let packs = self.own.load(&self.packs)?;
        let options = PlanOptions {
            families: self.families.clone(),
            probes: self.probes.clone(),
            trials: self.trials,
            without_twins: self.without_twins,
            assume_price: self.assume_price,
            concurrency: self.concurrency,
            ..PlanOptions::default()
        };
        let (aws, account) = self.account().await?;
        let shared = Shared {
            account,
            guardrail,
            three_ways: self.three_ways,
            how: &self.how,
            served: &self.served,
            token: self.served.token()?,
            packs: &packs,
            options: &options,
            prices: PriceList::embedded()?,
            agreement_exists: self.targets.agreement_exists,
            regions: &self.access.regions,
            default_region: aws.default_region().to_owned(),
        };
        Plans::make(aws, choice, &shared).await
    }

    /// The plan of a run that goes on: all that matters is as it was.
    ///
    /// # Errors
    /// Its packs are gone, or the account cannot be asked.
    pub(crate) async fn plan_again(&self, run: &ProbeRun) -> anyhow::Result<(Aws, Plan)> {
        let names: Vec<String> = run.packs.iter().map(|pack| pack.id.clone()).collect();
        let packs = self.own.load(&names)?;
        let (aws, account) = self.account().await?;
        let surface = run.settings.surface.clone();
        let target = Target::of(surface, &run.target, &run.region, &account, run.guardrail())?;
        let target = target.with_token(self.served.token()?);
        let plan = sightline_probe::plan(&packs, target, &run.settings.options(), &PriceList::embedded()?)?;
        Ok((aws, plan))
    }

    async fn account(&self) -> anyhow::Result<(Aws, String)> {
        let aws = self.access.connect().await?;
        let account = aws.caller().await?.account_id;
        Ok((aws, account))
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
