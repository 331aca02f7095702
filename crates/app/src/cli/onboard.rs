//! `sightline onboard`: what an account needs before Sightline can see it.

use super::connection::Connection;
use crate::exit::Exit;
use crate::stage::catalogue;
use crate::table::{self, Table, Tone};
use crate::{print, world};
use clap::{Args, Subcommand};
use sightline_aws::Aws;
use sightline_model::untrusted::for_terminal;
use sightline_onboard::{Context, Format, Given, Parameters, Prerequisite, State, Verdict};

/// Prepare an account: print what it needs, and verify that it is there. Nothing is changed in the account
#[derive(Debug, Args)]
pub(crate) struct Onboard {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Look whether the account has everything; exits with 0 only if so
    Verify(Verify),
    /// Print Terraform
    Terraform(Render),
    /// Print CloudFormation templates
    Cloudformation(Render),
    /// Print AWS CLI commands
    Cli(Render),
    /// Print the policies alone
    Policy(Render),
    /// List the prerequisites
    List,
    /// Tell what a prerequisite is for and what is often got wrong
    Explain {
        /// Its name, such as `log-bucket`
        prerequisite: String,
    },
}

#[derive(Debug, Args)]
struct Verify {
    /// Verify these only [default: all]
    prerequisites: Vec<String>,
    #[command(flatten)]
    access: Connection,
    #[command(flatten)]
    expected: Expected,
    /// Print the verdicts as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Render {
    /// Render these only [default: all]
    prerequisites: Vec<String>,
    /// The account [default: the one that the credentials belong to]
    #[arg(long, value_name = "DIGITS")]
    account_id: Option<String>,
    #[command(flatten)]
    access: Connection,
    #[command(flatten)]
    expected: Expected,
}

/// What the account should have.
#[derive(Debug, Args)]
#[command(next_help_heading = "What the account should have")]
struct Expected {
    /// The log bucket [default: sightline-logs-ACCOUNT-REGION]
    #[arg(long)]
    bucket: Option<String>,
    /// Folder in the bucket under which the logs lie
    #[arg(long)]
    prefix: Option<String>,
    /// The trail [default: sightline]
    #[arg(long)]
    trail: Option<String>,
    /// The scanner's role [default: sightline-scanner]
    #[arg(long = "scanner-role", value_name = "NAME")]
    role: Option<String>,
    /// Who may assume the scanner's role: an account, or the ARN of a role or user
    #[arg(long)]
    principal: Option<String>,
    /// The external id that assuming the scanner's role must take
    #[arg(long = "scanner-external-id", value_name = "ID")]
    scanner_external_id: Option<String>,
    /// The organisation, if the trail is to be the organisation's
    #[arg(long, value_name = "o-ID")]
    organization_id: Option<String>,
    /// KMS key of the logs [default: the bucket's own encryption]
    #[arg(long, value_name = "ARN")]
    kms_key_arn: Option<String>,
    /// VPC to log, `vpc-…` or `REGION/vpc-…`; may be given several times
    #[arg(long = "vpc-id", value_name = "VPC")]
    vpc_ids: Vec<String>,
    /// Let the scanner's role have AWS's SecurityAudit as well
    #[arg(long)]
    security_audit: bool,
    /// Let the trail record data events of agents, knowledge bases and endpoints: they cost by the event
    #[arg(long)]
    data_events: bool,
    /// Days that logs are kept [default: 400]
    #[arg(long, value_name = "DAYS")]
    retention_days: Option<u32>,
}

impl Onboard {
    /// Runs the action.
    pub(crate) async fn run(self) -> anyhow::Result<Exit> {
        match self.action {
            Action::Verify(verify) => verify.run().await,
            Action::Terraform(render) => render.run(Format::Terraform).await,
            Action::Cloudformation(render) => render.run(Format::CloudFormation).await,
            Action::Cli(render) => render.run(Format::Cli).await,
            Action::Policy(render) => render.run(Format::Policy).await,
            Action::List => list(),
            Action::Explain { prerequisite } => explain(chosen(&[prerequisite])?),
        }
    }
}

impl Expected {
    fn parameters(
        self,
        account_id: String,
        partition: Option<String>,
        regions: Vec<String>,
    ) -> anyhow::Result<Parameters> {
        Ok(Parameters::check(Given {
            account_id,
            partition,
            regions,
            bucket: self.bucket,
            prefix: self.prefix,
            trail: self.trail,
            role: self.role,
            organization_id: self.organization_id,
            principal: self.principal,
            external_id: self.scanner_external_id,
            kms_key_arn: self.kms_key_arn,
            vpc_ids: self.vpc_ids,
            actions: catalogue()?.actions(),
            security_audit: self.security_audit,
            data_events: self.data_events,
            retention_days: self.retention_days,
        })?)
    }
}

impl Render {
    async fn run(self, format: Format) -> anyhow::Result<Exit> {
        let units = chosen(&self.prerequisites)?;
        let (account_id, partition) = match self.account_id {
            Some(account_id) => (account_id, None),
            None => {
                let caller = self.access.connect().await?.caller().await?;
                (caller.account_id, Some(caller.partition))
            }
        };
        let parameters = self.expected.parameters(account_id, partition, self.access.regions)?;
        for unit in units {
            print::line(unit.render(&parameters, format)?.trim_end())?;
            print::line("")?;
        }
        Ok(Exit::Clean)
    }
}

impl Verify {
    async fn run(self) -> anyhow::Result<Exit> {
        let units = chosen(&self.prerequisites)?;
        let aws = self.access.connect().await?;
        let caller = aws.caller().await?;
        let regions = regions(&aws, &self.access);
        let parameters = self.expected.parameters(caller.account_id, Some(caller.partition), regions)?;
        let context = Context { aws, parameters, now: world::now() };
        let verified = futures::future::join_all(units.iter().map(|unit| unit.verify(&context))).await;
        let verdicts: Vec<Verdict> = verified.into_iter().flatten().collect();
        if self.json {
            print::json(&verdicts)?
        } else {
            show(&verdicts)?
        }
        Ok(verdicts.iter().map(|verdict| exit(verdict.status)).fold(Exit::Clean, Exit::or_worse))
    }
}

fn regions(aws: &Aws, access: &Connection) -> Vec<String> {
    if access.regions.is_empty() { vec![aws.default_region().to_owned()] } else { access.regions.clone() }
}

fn exit(state: State) -> Exit {
    match state {
        State::Ok => Exit::Clean,
        State::Missing | State::Wrong => Exit::Findings,
        State::CannotTell => Exit::Incomplete,
    }
}

fn show(verdicts: &[Verdict]) -> anyhow::Result<()> {
    let mut last = ("", "");
    for verdict in verdicts {
        let about = (verdict.prerequisite.as_str(), verdict.target.as_str());
        if about != last {
            print::line(&format!(
                "{}{}  {}",
                if last.0.is_empty() { "" } else { "\n" },
                about.0,
                for_terminal(about.1)
            ))?;
            last = about;
        }
        print::line(&table::entry(verdict.status.as_str(), tone(verdict.status), 13, &verdict.reason))?;
    }
    let count = |state: State| verdicts.iter().filter(|verdict| verdict.status == state).count();
    print::line(&format!(
        "\n{} ok, {} missing, {} wrong, {} cannot tell. `--json` has the fix of each; nothing was changed.",
        count(State::Ok),
        count(State::Missing),
        count(State::Wrong),
        count(State::CannotTell)
    ))?;
    Ok(())
}

fn tone(state: State) -> Tone {
    match state {
        State::Ok => Tone::Good,
        State::Missing | State::Wrong => Tone::Bad,
        State::CannotTell => Tone::Doubt,
    }
}

fn list() -> anyhow::Result<Exit> {
    let mut table = Table::new(&["PREREQUISITE", "WHAT IT IS"]);
    for unit in sightline_onboard::ALL {
        table.row([(unit.id(), Tone::Plain), (unit.title(), Tone::Plain)]);
    }
    print::line(table.to_string().trim_end())?;
    Ok(Exit::Clean)
}

fn explain(units: Vec<&'static dyn Prerequisite>) -> anyhow::Result<Exit> {
    for unit in units {
        print::line(&prerequisite_text(unit))?;
    }
    Ok(Exit::Clean)
}

/// What a prerequisite is, for a terminal.
pub(crate) fn prerequisite_text(unit: &dyn Prerequisite) -> String {
    let parameters: String =
        unit.parameters().iter().map(|parameter| format!("\n  --{:18} {}", parameter.name, parameter.about)).collect();
    let permissions: String = unit
        .permissions()
        .iter()
        .map(|permission| format!("\n  {:42} {}", permission.action, permission.why))
        .collect();
    for_terminal_lines(&format!(
        "{} ({})\n\n{}\n\nParameters:{parameters}\n\nVerifying it takes:{permissions}",
        unit.title(),
        unit.id(),
        unit.about()
    ))
}

fn for_terminal_lines(text: &str) -> String {
    text.lines().map(for_terminal).collect::<Vec<_>>().join("\n")
}

fn chosen(names: &[String]) -> anyhow::Result<Vec<&'static dyn Prerequisite>> {
    if names.is_empty() {
        return Ok(sightline_onboard::ALL.to_vec());
    }
    let find = |name: &String| {
        sightline_onboard::find(name).ok_or_else(|| {
            let known: Vec<&str> = sightline_onboard::ALL.iter().map(|unit| unit.id()).collect();
            anyhow::anyhow!("no prerequisite is named `{name}`; there are: {}", known.join(" "))
        })
    };
    names.iter().map(find).collect()
}
