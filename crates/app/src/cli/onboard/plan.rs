//! `sightline onboard plan`: what is there, what is missing, and what to do about it.

use super::expected::Expected;
use super::pods::OfClusters;
use super::verify::{exit, tone};
use crate::cli::connection::Connection;
use crate::exit::Exit;
use crate::table::{self, Table, Tone};
use crate::{print, world};
use clap::Args;
use serde::Serialize;
use sightline_model::untrusted::for_terminal;
use sightline_onboard::{ALL, Context, Format, Given, OnboardError, Parameters, State, Survey, Verdict, verify_all};
use std::sync::Arc;

/// The arguments of `plan`.
#[derive(Debug, Args)]
pub(super) struct Plan {
    #[command(flatten)]
    access: Connection,
    #[command(flatten)]
    expected: Expected,
    /// Print the plan as JSON
    #[arg(long)]
    json: bool,
}

/// The plan.
#[derive(Serialize)]
struct Planned {
    account_id: String,
    found: Survey,
    verdicts: Vec<Verdict>,
    /// parameters that only a person can give
    decide: Vec<Decision>,
    /// prints what is to be made
    render: String,
    /// tells whether it was
    verify: String,
}

/// A parameter without which a prerequisite cannot be written down.
#[derive(Serialize)]
struct Decision {
    parameter: &'static str,
    about: &'static str,
    /// which cannot be written down without it
    prerequisites: Vec<&'static str>,
}

impl Plan {
    /// Asks the account, and prints.
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        let aws = self.access.connect().await?;
        let caller = aws.caller().await?;
        let default = vec![aws.default_region().to_owned()];
        let given =
            self.expected.given(caller.account_id.clone(), Some(caller.partition), self.access.regions.clone())?;
        let start = Given {
            regions: if given.regions.is_empty() { default.clone() } else { given.regions.clone() },
            ..given.clone()
        };
        let pods = Some(Arc::new(OfClusters) as _);
        let mut context = Context { aws, parameters: Parameters::check(start)?, now: world::now(), pods };
        let found = Survey::take(&context, &given.regions).await;
        let mut filled = found.fill(given);
        if filled.regions.is_empty() {
            filled.regions = default;
        }
        context.parameters = Parameters::check(filled.clone())?;
        let options = options(&filled);
        let verdicts = verify_all(&context).await;
        let planned = Planned {
            account_id: caller.account_id,
            decide: decisions(&filled, &verdicts)?,
            verdicts,
            render: format!(
                "sightline onboard terraform discovery-iac --account-id {}{options}",
                context.parameters.account_id()
            ),
            verify: format!("sightline onboard verify{options}"),
            found,
        };
        if self.json {
            print::json(&planned)?
        } else {
            planned.show()?
        }
        Ok(planned.exit())
    }
}

impl Planned {
    fn exit(&self) -> Exit {
        let unseen = if self.found.unanswered.is_empty() { Exit::Clean } else { Exit::Incomplete };
        self.verdicts.iter().map(|verdict| exit(verdict.status)).fold(unseen, Exit::or_worse)
    }

    fn show(&self) -> anyhow::Result<()> {
        self.show_found()?;
        let mut table = Table::new(&["PREREQUISITE", "STATUS", "WHAT WAS SEEN"]);
        for unit in ALL.iter().filter(|unit| !unit.is_composition()) {
            let of_unit: Vec<&Verdict> =
                self.verdicts.iter().filter(|verdict| verdict.prerequisite == unit.id()).collect();
            let Some(worst) = of_unit.iter().max_by_key(|verdict| urgency(verdict.status)) else { continue };
            let alike = of_unit.iter().filter(|verdict| verdict.status == worst.status).count() - 1;
            let more = if alike > 0 { format!(" (and {alike} more)") } else { String::new() };
            let told = for_terminal(&format!("{}{more}", worst.reason));
            table.row([(unit.id(), Tone::Plain), (worst.status.as_str(), tone(worst.status)), (&told, Tone::Plain)]);
        }
        print::line(table.to_string().trim_end())?;
        if self.exit() == Exit::Clean {
            print::line("\nNothing is left to do.")?;
            return Ok(());
        }
        self.show_steps()
    }

    fn show_found(&self) -> anyhow::Result<()> {
        let Survey { regions, vpcs, clusters, organization, unanswered } = &self.found;
        print::line(&format!("account {}", self.account_id))?;
        let organization = organization.iter().map(|one| format!("{} (managed by {})", one.id, one.management_account));
        for (what, names) in [
            ("regions", regions.clone()),
            ("VPCs", vpcs.clone()),
            ("clusters", clusters.clone()),
            ("organization", organization.collect()),
        ] {
            let told = if names.is_empty() { "none with workloads".to_owned() } else { names.join(" ") };
            let told = if what == "organization" && names.is_empty() { "none".to_owned() } else { told };
            print::line(&table::entry(what, Tone::Plain, 16, &told))?;
        }
        for unanswered in unanswered {
            print::line(&table::entry("could not ask", Tone::Doubt, 16, unanswered))?;
        }
        Ok(print::line("")?)
    }

    fn show_steps(&self) -> anyhow::Result<()> {
        print::line("\nWhat to do:")?;
        if !self.decide.is_empty() {
            print::line("  Decide on these, and give them to both commands; what lacks one is left out.")?;
            for Decision { parameter, about, prerequisites } in &self.decide {
                let told = format!("{about} [{}]", prerequisites.join(", "));
                print::line(&table::entry(&format!("--{parameter}"), Tone::Plain, 26, &told))?;
            }
        }
        print::line("  Print what is to be made, have it approved, and apply it with your own tools:")?;
        print::line(&format!("    {}", self.render))?;
        print::line("  Then look whether all of it is there:")?;
        Ok(print::line(&format!("    {}", self.verify))?)
    }
}

fn urgency(state: State) -> u8 {
    match state {
        State::Ok => 0,
        State::CannotTell => 1,
        State::Wrong => 2,
        State::Missing => 3,
    }
}

/// What the renderings of everything that is not there yet still need.
fn decisions(given: &Given, verdicts: &[Verdict]) -> anyhow::Result<Vec<Decision>> {
    let mut decisions: Vec<Decision> = Vec::new();
    // A rendering names the first parameter that it lacks: whoever gives the principal is then asked for the external id.
    let with_principal =
        Given { principal: given.principal.clone().or_else(|| Some(given.account_id.clone())), ..given.clone() };
    for given in [given.clone(), with_principal] {
        let parameters = Parameters::check(given)?;
        for unit in ALL.iter().filter(|unit| !unit.is_composition() && is_open(unit.id(), verdicts)) {
            if let Err(OnboardError::Needed { prerequisite, parameter, about }) =
                unit.render(&parameters, Format::Terraform)
            {
                match decisions.iter_mut().find(|known| known.parameter == parameter) {
                    Some(known) if known.prerequisites.contains(&prerequisite) => {}
                    Some(known) => known.prerequisites.push(prerequisite),
                    None => decisions.push(Decision { parameter, about, prerequisites: vec![prerequisite] }),
                }
            }
        }
    }
    Ok(decisions)
}

/// Whether something is left to do for a prerequisite.
fn is_open(id: &str, verdicts: &[Verdict]) -> bool {
    verdicts.iter().any(|verdict| verdict.prerequisite == id && verdict.status != State::Ok)
}

/// The parameters that the account told, as they are given on the command line. They were checked: none needs quoting.
fn options(given: &Given) -> String {
    let several = [
        ("region", &given.regions),
        ("vpc-id", &given.vpc_ids),
        ("eks-cluster", &given.clusters),
        ("model", &given.models),
        ("scanner-cidr", &given.scanner_cidrs),
        ("organizational-unit", &given.organizational_units),
    ];
    let single = [
        ("bucket", &given.bucket),
        ("bucket-account", &given.bucket_account),
        ("prefix", &given.prefix),
        ("trail", &given.trail),
        ("scanner-role", &given.role),
        ("principal", &given.principal),
        ("organization-id", &given.organization_id),
        ("kms-key-arn", &given.kms_key_arn),
        ("guardrail", &given.guardrail),
    ];
    let several = several.into_iter().flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
    let single = single.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
    several.chain(single).map(|(name, value)| format!(" --{name} {value}")).collect()
}
