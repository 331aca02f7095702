//! What lies before a scan: nothing is read for it but which accounts and regions there are.

use super::record::{By, Chosen};
use super::{AccountState, ScanOptions, members, plan, regions};
use crate::CollectError;
use crate::catalogue::{Scope, Source, Table, catalogue};
use futures::{StreamExt, stream};
use serde::Serialize;
use sightline_aws::{Aws, Caller};

/// Accounts that are asked at once.
const AT_ONCE: usize = 8;

/// What a scan would read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ahead {
    /// who would scan
    pub caller_arn: String,
    /// every account that is chosen
    pub accounts: Vec<AccountAhead>,
    /// the tables, by name
    pub tables: Vec<String>,
    /// pairs of table and region of all accounts
    pub pairs: u64,
    /// calls at the least: lists with one page each, and nothing in them
    pub calls: u64,
}

/// What of one account a scan would read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountAhead {
    /// twelve digits
    pub account_id: String,
    /// as the organization names it; empty without one
    pub name: String,
    /// [`AccountState::Done`] where it can be entered
    pub state: AccountState,
    /// why it would not be read, for people
    pub reason: String,
    /// the regions that would be scanned
    pub regions: Vec<String>,
    /// pairs of table and region
    pub pairs: u64,
    /// calls at the least
    pub calls: u64,
}

/// Tells what a scan with these options would read. Each account is entered and asked for its regions.
///
/// # Errors
/// As a scan, before its first table.
pub async fn ahead(aws: &Aws, options: &ScanOptions) -> Result<Ahead, CollectError> {
    let catalogue = catalogue()?;
    let tables = plan::tables(&catalogue, &options.include, &options.exclude)?;
    plan::check_regions(&options.regions)?;
    let caller = aws.caller().await.map_err(|error| CollectError::Caller { source: Box::new(error) })?;
    let chosen = members::choose(aws, &caller, options.members.as_ref()).await?;
    let accounts = stream::iter(&chosen).map(|chosen| account(aws, &caller, chosen, options, &tables));
    let accounts: Vec<AccountAhead> = accounts.buffered(AT_ONCE).collect().await;
    Ok(Ahead {
        caller_arn: caller.arn,
        tables: tables.iter().map(|table| table.name.clone()).collect(),
        pairs: accounts.iter().map(|account| account.pairs).sum(),
        calls: accounts.iter().map(|account| account.calls).sum(),
        accounts,
    })
}

async fn account(
    aws: &Aws,
    caller: &Caller,
    chosen: &Chosen,
    options: &ScanOptions,
    tables: &[&Table],
) -> AccountAhead {
    let none = |state, reason: String| AccountAhead {
        account_id: chosen.account_id.clone(),
        name: chosen.name.clone(),
        state,
        reason,
        regions: Vec::new(),
        pairs: 0,
        calls: 0,
    };
    let aws = match &chosen.by {
        By::Nothing(reason) => return none(AccountState::Skipped, reason.clone()),
        By::Own => aws.clone(),
        By::Role { arn, external_id } => {
            let member = aws.assume(arn, external_id.as_deref(), "sightline-plan").await;
            match member.caller().await {
                Ok(_) => member,
                Err(error) => {
                    let denied = error.outcome() == sightline_model::Outcome::Denied;
                    let state = if denied { AccountState::Denied } else { AccountState::Failed };
                    return none(state, format!("`{arn}` could not be assumed: {}", error.message));
                }
            }
        }
    };
    let regions = match options.regions.as_slice() {
        [] => regions::of_account(&aws, &caller.partition).await,
        named => named.to_vec(),
    };
    let places = |table: &Table| if table.scope == Scope::Global { 1 } else { regions.len() as u64 };
    let pairs = tables.iter().map(|table| places(table)).sum();
    let roots = tables.iter().filter(|table| table.parent().is_none());
    let calls = roots.map(|table| places(table) * lists(table)).sum();
    AccountAhead { regions: regions.clone(), pairs, calls, ..none(AccountState::Done, String::new()) }
}

/// How many calls list a table in one place.
fn lists(table: &Table) -> u64 {
    match &table.source {
        Source::Declared(declared) => declared.list.inputs.len() as u64,
        Source::Special(_) => 1,
    }
}
