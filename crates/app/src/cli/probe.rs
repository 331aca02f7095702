//! `sightline probe`: ask a model hostile questions, within a budget.

mod compare;
mod export;
pub(crate) mod gates;
pub(crate) mod ground;
pub(crate) mod how;
mod import;
pub(crate) mod judge;
mod list;
pub(crate) mod own_packs;
mod plan;
mod promptfoo;
mod recorded;
mod run;
pub(crate) mod served;
pub(crate) mod several;
mod show;
mod summary;
pub(crate) mod targets;
pub(crate) mod three_ways;
pub(crate) mod what;

use super::Global;
use crate::exit::Exit;
use clap::{Args, Subcommand};

/// Test a model with prompts that attack it. Nothing is sent that `plan` does not show, nor beyond the budget
#[derive(Debug, Args)]
pub(crate) struct Probe {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show what a run would send and what it can cost at most; no model is called
    Plan(Box<plan::Plan>),
    /// Run it: shows the plan and asks first
    Run(Box<run::Run>),
    /// List the packs and their probes
    List(list::List),
    /// Make a pack of prompts that another tool has: a garak report, PyRIT seeds, a table
    Import(import::Import),
    /// Write configurations of promptfoo, one for each endpoint that the lake knows
    Promptfoo(promptfoo::Promptfoo),
    /// List the runs
    Runs(recorded::Runs),
    /// Show a run: its families, and the prompts that did worst
    Show(show::Show),
    /// Compare two runs prompt by prompt: without and with a guardrail, or before and after a change
    Compare(compare::Compare),
}

impl Probe {
    /// Runs the action.
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        match self.action {
            Action::Plan(plan) => plan.run(global).await,
            Action::Run(run) => run.run(global).await,
            Action::List(list) => list.run(),
            Action::Import(import) => import.run(),
            Action::Promptfoo(promptfoo) => promptfoo.run(global).await,
            Action::Runs(runs) => runs.run(global).await,
            Action::Show(show) => show.run(global).await,
            Action::Compare(compare) => compare.run(global).await,
        }
    }
}
