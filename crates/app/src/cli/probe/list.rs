//! `sightline probe list`: the packs and their probes.

use super::own_packs::OwnPacks;
use crate::exit::Exit;
use crate::print;
use clap::Args;
use sightline_model::untrusted::for_terminal;

/// The arguments.
#[derive(Debug, Args)]
pub(super) struct List {
    /// Packs to list [default: all]
    #[arg(long = "pack", value_name = "PACK")]
    packs: Vec<String>,
    #[command(flatten)]
    own: OwnPacks,
}

impl List {
    /// Prints them.
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        for pack in self.own.load(&self.packs)? {
            let about = &pack.about;
            print::line(&format!("{} {}: {}\n", about.id, about.version, for_terminal(&about.title)))?;
            for probe in &pack.probes {
                let line =
                    format!("{} ({}, {})", for_terminal(&probe.title), for_terminal(&probe.family), probe.severity);
                print::line(&format!("{}\n      {line}", probe.id))?;
            }
        }
        Ok(Exit::Clean)
    }
}
