//! `sightline onboard terraform|cloudformation|cli|policy`.

use super::chosen;
use super::expected::Expected;
use crate::cli::connection::Connection;
use crate::exit::Exit;
use crate::print;
use anyhow::Context as _;
use clap::Args;
use sightline_onboard::{Format, Given, OnboardError, Parameters, Prerequisite};
use std::fs;
use std::path::{Path, PathBuf};

/// The arguments of a rendering.
#[derive(Debug, Args)]
pub(super) struct Render {
    /// Render these only [default: all]
    prerequisites: Vec<String>,
    /// The account [default: the one that the credentials belong to]
    #[arg(long, value_name = "DIGITS")]
    account_id: Option<String>,
    /// Render what the common guides ask for, to the letter, and say what is wrong with it
    #[arg(long)]
    as_documented: bool,
    /// Write a file for each prerequisite into this folder instead of printing them
    #[arg(short, long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    #[command(flatten)]
    access: Connection,
    #[command(flatten)]
    expected: Expected,
}

impl Render {
    /// Prints the renderings. Those that were not named and cannot be made, for want of a parameter, are left out, and said.
    pub(super) async fn run(self, format: Format) -> anyhow::Result<Exit> {
        let units = chosen(&self.prerequisites)?;
        let (account_id, partition) = match self.account_id {
            Some(account_id) => (account_id, None),
            None => {
                let caller = self.access.connect().await?.caller().await?;
                (caller.account_id, Some(caller.partition))
            }
        };
        let given = self.expected.given(account_id, partition, self.access.regions)?;
        let parameters = Parameters::check(Given { as_documented: self.as_documented, ..given })?;
        let is_named = !self.prerequisites.is_empty();
        let mut exit = Exit::Clean;
        // What is made of the others would say everything twice.
        for unit in units.into_iter().filter(|unit| is_named || !unit.is_composition()) {
            match unit.render(&parameters, format) {
                Ok(text) => hand_over(self.out.as_deref(), unit, format, &text)?,
                Err(error @ OnboardError::NoForm { .. }) if !is_named => print::note(&format!("left out: {error}")),
                Err(error @ OnboardError::Needed { .. }) if !is_named => {
                    print::note(&format!("left out: {error}"));
                    exit = exit.or_worse(Exit::Incomplete);
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(exit)
    }
}

fn hand_over(folder: Option<&Path>, unit: &dyn Prerequisite, format: Format, text: &str) -> anyhow::Result<()> {
    let Some(folder) = folder else { return Ok(print::line(&format!("{}\n", text.trim_end()))?) };
    let path = folder.join(format!("{}.{}", unit.id(), format.extension()));
    fs::create_dir_all(folder).and_then(|()| fs::write(&path, text)).with_context(|| path.display().to_string())?;
    print::note(&format!("wrote {}", path.display()));
    Ok(())
}
