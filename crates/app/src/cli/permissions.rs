//! `sightline permissions`: what the scanner must be allowed to do.

use crate::exit::Exit;
use crate::print;
use crate::stage::catalogue;
use clap::Args;
use serde_json::json;
use std::collections::BTreeSet;

/// Print the least-privilege policy of a scan: the actions that its tables declare, and no others
#[derive(Debug, Args)]
pub(crate) struct Permissions {
    /// List the tables and the actions of each, not policies
    #[arg(long)]
    tables: bool,
    /// List the actions, one a line
    #[arg(long, conflicts_with = "tables")]
    actions: bool,
}

impl Permissions {
    /// Prints the policies, each small enough for a managed policy.
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        let catalogue = catalogue()?;
        let actions: BTreeSet<String> = catalogue.actions();
        if self.tables {
            for schema in catalogue.schemas() {
                let needed = catalogue.actions_of(&schema.name);
                print::line(&format!("{}: {}", schema.name, needed.into_iter().collect::<Vec<_>>().join(" ")))?;
            }
        } else if self.actions {
            for action in &actions {
                print::line(action)?;
            }
        } else {
            let documents = sightline_collect::permissions::documents(&actions);
            match documents.as_slice() {
                [one] => print::json(one)?,
                several => print::json(&json!(several))?,
            }
        }
        Ok(Exit::Clean)
    }
}
