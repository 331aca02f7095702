//! Arguments that say which accounts beside the caller's own are scanned.

use clap::Args;
use sightline_collect::scan::{DEFAULT_MEMBER_ROLE, Members};

/// The accounts of a scan, and the role to enter them by.
#[derive(Debug, Args)]
#[command(next_help_heading = "Accounts")]
#[group(id = "members", multiple = true)]
pub(crate) struct MemberArguments {
    /// Scan all accounts of the organization; suspended ones are told
    #[arg(long)]
    org: bool,
    /// Scan this account; may be given several times
    #[arg(long = "account", value_name = "ID")]
    accounts: Vec<String>,
    /// Leave this account out
    #[arg(long = "exclude-account", value_name = "ID")]
    exclude_accounts: Vec<String>,
    /// Scan the organization's accounts below this organizational unit or root
    #[arg(long = "ou", value_name = "ID")]
    units: Vec<String>,
    /// Leave out the accounts below this organizational unit
    #[arg(long = "exclude-ou", value_name = "ID")]
    exclude_units: Vec<String>,
    /// Name of the role to assume in each account, with its path where it has one; `--external-id` is given to it [default: sightline-scanner]
    #[arg(long, value_name = "NAME")]
    member_role: Option<String>,
}

impl MemberArguments {
    /// Whether other accounts than the caller's own may be meant.
    pub(crate) fn is_given(&self) -> bool {
        self.org
            || [&self.accounts, &self.exclude_accounts, &self.units, &self.exclude_units]
                .iter()
                .any(|ids| !ids.is_empty())
    }

    /// Which accounts to scan; none for the caller's own alone.
    pub(crate) fn members(&self, external_id: Option<&str>) -> Option<Members> {
        self.is_given().then(|| Members {
            organization: self.org || self.accounts.is_empty(),
            accounts: self.accounts.clone(),
            exclude_accounts: self.exclude_accounts.clone(),
            units: self.units.clone(),
            exclude_units: self.exclude_units.clone(),
            role: self.member_role.clone().unwrap_or_else(|| DEFAULT_MEMBER_ROLE.to_owned()),
            external_id: external_id.map(str::to_owned),
        })
    }
}
