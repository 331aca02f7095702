//! `sightline onboard`: what an account needs before Sightline can see it.

mod expected;
mod plan;
mod pods;
mod render;
mod teach;
mod verify;

use crate::exit::Exit;
use clap::{Args, Subcommand};
use sightline_onboard::{Format, Prerequisite};

pub(crate) use expected::Expected;
pub(crate) use teach::prerequisite_text;
pub(crate) use verify::verify;

/// Prepare an account: print what it needs, and verify that it is there. Nothing is changed in the account
#[derive(Debug, Args)]
pub(crate) struct Onboard {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Ask the account what is there, and print what is missing and what to do
    Plan(plan::Plan),
    /// Look whether the account has everything; exits with 0 only if so
    Verify(verify::Verify),
    /// Print Terraform
    Terraform(render::Render),
    /// Print CloudFormation templates
    Cloudformation(render::Render),
    /// Print AWS CLI commands
    Cli(render::Render),
    /// Print the policies alone
    Policy(render::Render),
    /// List the prerequisites
    List,
    /// Tell what a prerequisite is for and what is often got wrong
    Explain {
        /// Its name, such as `log-bucket`
        prerequisite: String,
    },
}

impl Onboard {
    /// Runs the action.
    pub(crate) async fn run(self) -> anyhow::Result<Exit> {
        match self.action {
            Action::Plan(plan) => plan.run().await,
            Action::Verify(verify) => verify.run().await,
            Action::Terraform(render) => render.run(Format::Terraform).await,
            Action::Cloudformation(render) => render.run(Format::CloudFormation).await,
            Action::Cli(render) => render.run(Format::Cli).await,
            Action::Policy(render) => render.run(Format::Policy).await,
            Action::List => teach::list(),
            Action::Explain { prerequisite } => teach::explain(chosen(&[prerequisite])?),
        }
    }
}

pub(crate) fn chosen(names: &[String]) -> anyhow::Result<Vec<&'static dyn Prerequisite>> {
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
