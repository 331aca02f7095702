//! `sightline permissions`: what the scanner must be allowed to do.

mod notify;

use super::Global;
use crate::config::Config;
use crate::exit::Exit;
use crate::print;
use crate::stage::catalogue;
use anyhow::Context as _;
use clap::Args;
use sightline_collect::permissions;
use sightline_iam::audit;
use std::collections::BTreeSet;

/// Print the least-privilege policies of a scan: the actions that its tables declare, and no others
///
/// There is a policy for each family of services, by name, each small enough for a managed policy. Attach all of them:
/// `sightline onboard terraform scanner-identity` writes the role with its policies.
#[derive(Debug, Args)]
pub(crate) struct Permissions {
    /// Print this policy's document alone, such as `inventory-models`; `notify` lets the server tell the topics and event buses of `[[notification]]`
    #[arg(long, value_name = "NAME", conflicts_with_all = ["tables", "actions"])]
    policy: Option<String>,
    /// List the tables and the actions of each, not policies
    #[arg(long)]
    tables: bool,
    /// List the actions, one a line
    #[arg(long, conflicts_with = "tables")]
    actions: bool,
    /// Leave out what AWS's managed policy `SecurityAudit` allows: for a role that has it
    #[arg(long, conflicts_with = "tables")]
    with_security_audit: bool,
}

impl Permissions {
    /// Prints the policies, each small enough for a managed policy.
    pub(crate) fn run(self, global: &Global) -> anyhow::Result<Exit> {
        if self.policy.as_deref() == Some(notify::NAME) {
            let config = Config::load(global.config.as_deref())?;
            print::json(&notify::policy(&config.notifications)?)?;
            return Ok(Exit::Clean);
        }
        let catalogue = catalogue()?;
        let mut actions: BTreeSet<String> = catalogue.actions();
        if self.with_security_audit {
            actions = permissions::beyond_security_audit(&actions);
            print::note(&format!("beside SecurityAudit as of {}; AWS may have changed it since", audit::version()));
        }
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
            let policies = permissions::policies(&actions);
            match &self.policy {
                None => print::json(&policies)?,
                Some(name) => print::json(policies.get(name).with_context(|| {
                    let names = policies.keys().map(String::as_str).collect::<Vec<_>>().join(" ");
                    format!("no policy is named `{name}`; use one of: {names} {}", notify::NAME)
                })?)?,
            }
        }
        Ok(Exit::Clean)
    }
}
