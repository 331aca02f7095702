//! A scan's summary, printed: short, whatever the number of accounts, regions and tables.

use crate::table::{Table, Tone};
use crate::{figures, print};
use sightline_collect::scan::{AccountState, NotSeen, ScanSummary};
use sightline_model::Outcome;
use sightline_model::untrusted::{for_terminal, shortened};
use std::collections::{BTreeMap, BTreeSet};

/// Causes of missing coverage, and accounts, that are listed; the rest is counted.
const LISTED: usize = 15;

pub(super) fn show(summary: &ScanSummary) -> anyhow::Result<()> {
    let seconds = (summary.finished_at - summary.started_at).total(jiff::Unit::Second).unwrap_or_default();
    print::line(&format!("account    {} as {}", summary.account_id, for_terminal(&summary.caller_arn)))?;
    if summary.accounts.len() > 1 {
        print::line(&format!("accounts   {}", accounts(summary)))?;
    }
    print::line(&format!("regions    {}", some_of(&summary.regions, 6)))?;
    print::line(&format!(
        "seen       {} resources in {} tables, {} calls in {seconds:.1} s",
        summary.resources, summary.tables, summary.calls
    ))?;
    let count = |outcome: Outcome| summary.outcomes.get(&outcome).copied().unwrap_or_default();
    let (whole, absent) = (count(Outcome::Ok), count(Outcome::Unsupported));
    print::line(&format!(
        "coverage   {whole} reads whole, {absent} not offered in their region, {} incomplete",
        summary.incomplete()
    ))?;
    if let Some(reason) = &summary.stopped_by {
        print::line(&format!("stopped    {}", for_terminal(reason)))?;
    } else if summary.cancelled {
        print::line("stopped    before its end: nothing of it is in the lake yet")?;
    }
    print::line(&format!("scan       {}", summary.scan_id))?;
    not_entered(summary)?;
    not_seen(summary)
}

/// `58 done, 1 denied, 1 skipped`
fn accounts(summary: &ScanSummary) -> String {
    let states = [
        (AccountState::Done, "done"),
        (AccountState::Denied, "denied"),
        (AccountState::Failed, "failed"),
        (AccountState::Skipped, "skipped"),
        (AccountState::Unfinished, "unfinished"),
    ];
    let told = states.map(|(state, word)| (summary.accounts_in(state), word));
    let told: Vec<String> =
        told.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{number} {word}")).collect();
    told.join(", ")
}

/// Accounts that were not read, each with its reason: none is lost.
fn not_entered(summary: &ScanSummary) -> anyhow::Result<()> {
    let words = |state| match state {
        AccountState::Denied => Some(("denied", Tone::Doubt)),
        AccountState::Failed => Some(("failed", Tone::Doubt)),
        AccountState::Skipped => Some(("skipped", Tone::Plain)),
        AccountState::Done | AccountState::Unfinished => None,
    };
    let not_read: Vec<_> =
        summary.accounts.iter().filter_map(|account| Some((account, words(account.state)?))).collect();
    if not_read.is_empty() {
        return Ok(());
    }
    print::line("\nAccounts that were not read:\n")?;
    let mut table = Table::new(&["ACCOUNT", "NAME", "", "WHY"]);
    for (account, word) in not_read.iter().take(LISTED) {
        let (name, reason) = (for_terminal(&account.name), for_terminal(&shortened(&account.reason, 160)));
        let cells = [(account.account_id.as_str(), Tone::Plain), (name.as_str(), Tone::Plain), *word];
        table.row(cells.into_iter().chain([(reason.as_str(), Tone::Plain)]));
    }
    print::line(table.to_string().trim_end())?;
    if not_read.len() > LISTED {
        print::line(&format!("… and {} more: --json", not_read.len() - LISTED))?;
    }
    Ok(())
}

/// What one error kept from being seen.
#[derive(Default)]
struct Cause<'s> {
    actions: BTreeSet<&'s str>,
    accounts: BTreeSet<&'s str>,
    regions: BTreeSet<&'s str>,
    message: &'s str,
    count: u64,
}

fn not_seen(summary: &ScanSummary) -> anyhow::Result<()> {
    let causes = by_cause(&summary.not_seen);
    if causes.is_empty() {
        return Ok(());
    }
    print::line("\nWhat could not be seen (every answer that rests on it will be `unknown`):\n")?;
    let many = summary.accounts.len() > 1;
    let mut titles = vec!["OUTCOME", "TIMES", "IAM ACTIONS", "REGIONS", "ERROR"];
    if many {
        titles.insert(3, "ACCOUNTS");
    }
    let mut table = Table::new(&titles);
    for ((outcome, code), cause) in causes.iter().take(LISTED) {
        let times = figures::count(cause.count);
        let (actions, regions, accounts) =
            (set(&cause.actions, 2), set(&cause.regions, 2), cause.accounts.len().to_string());
        let error = for_terminal(&format!("{code}: {}", shortened(cause.message, 80)));
        let mut cells = vec![
            (outcome.as_str(), Tone::Doubt),
            (times.as_str(), Tone::Plain),
            (actions.as_str(), Tone::Plain),
            (regions.as_str(), Tone::Plain),
            (error.as_str(), Tone::Plain),
        ];
        if many {
            cells.insert(3, (accounts.as_str(), Tone::Plain));
        }
        table.row(cells);
    }
    print::line(table.to_string().trim_end())?;
    if causes.len() > LISTED {
        print::line(&format!("… and {} more", causes.len() - LISTED))?;
    }
    print::line(
        "\nAll of it: sightline query \"SELECT * FROM current_coverage WHERE outcome NOT IN ('ok', 'unsupported')\"",
    )?;
    if !summary.denied_actions.is_empty() {
        print::line(&format!(
            "{} denied; `sightline permissions` prints the policy that allows them.",
            figures::counted(summary.denied_actions.len() as u64, "action")
        ))?;
    }
    Ok(())
}

/// One entry for each outcome and error code, the most frequent first.
fn by_cause(not_seen: &[NotSeen]) -> Vec<((Outcome, &str), Cause<'_>)> {
    let mut causes: BTreeMap<(Outcome, &str), Cause<'_>> = BTreeMap::new();
    for one in not_seen.iter().filter(|one| !one.outcome.is_complete()) {
        let cause = causes.entry((one.outcome, one.error_code.as_str())).or_default();
        cause.actions.insert(&one.action);
        cause.accounts.extend(one.accounts.iter().map(String::as_str));
        cause.regions.extend(one.regions.iter().map(String::as_str));
        cause.count += one.count;
        if cause.message.is_empty() {
            cause.message = &one.error_message;
        }
    }
    let mut causes: Vec<_> = causes.into_iter().collect();
    causes.sort_by_key(|(_, cause)| std::cmp::Reverse(cause.count));
    causes
}

fn set(names: &BTreeSet<&str>, limit: usize) -> String {
    some_of(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(), limit)
}

pub(super) fn some_of(names: &[String], limit: usize) -> String {
    let shown = names.iter().take(limit).cloned().collect::<Vec<_>>().join(" ");
    match names.len().saturating_sub(limit) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
