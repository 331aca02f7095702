//! What lies before a scan, printed.

use super::shown::some_of;
use crate::exit::Exit;
use crate::table::{Table, Tone};
use crate::{figures, print};
use sightline_collect::scan::{AccountState, Ahead};
use sightline_model::untrusted::for_terminal;

/// Accounts that are listed; the rest is counted.
const LISTED: usize = 40;

pub(super) fn show(ahead: &Ahead) -> anyhow::Result<()> {
    print::line(&format!("as         {}", for_terminal(&ahead.caller_arn)))?;
    print::line(&format!("tables     {}", ahead.tables.len()))?;
    print::line(&format!(
        "to read    {} of a table in a region, with {} at least\n",
        figures::counted(ahead.pairs, "pair"),
        figures::counted(ahead.calls, "call")
    ))?;
    let mut table = Table::new(&["ACCOUNT", "NAME", "", "REGIONS", "PAIRS", "CALLS AT LEAST"]);
    for account in ahead.accounts.iter().take(LISTED) {
        let entered = account.state == AccountState::Done;
        let regions = if entered { some_of(&account.regions, 3) } else { for_terminal(&account.reason) };
        let name = for_terminal(&account.name);
        table.row([
            (account.account_id.as_str(), Tone::Plain),
            (name.as_str(), Tone::Plain),
            (if entered { "" } else { "not entered" }, Tone::Doubt),
            (regions.as_str(), Tone::Plain),
            (figures::count(account.pairs).as_str(), Tone::Plain),
            (figures::count(account.calls).as_str(), Tone::Plain),
        ]);
    }
    print::line(table.to_string().trim_end())?;
    if ahead.accounts.len() > LISTED {
        print::line(&format!("… and {} more: --json", ahead.accounts.len() - LISTED))?;
    }
    Ok(())
}

/// Whether all accounts that are meant can be entered.
pub(super) fn exit(ahead: &Ahead) -> Exit {
    let refused = |state| matches!(state, AccountState::Denied | AccountState::Failed);
    let incomplete = ahead.accounts.iter().any(|account| refused(account.state));
    if incomplete { Exit::Incomplete } else { Exit::Clean }
}
