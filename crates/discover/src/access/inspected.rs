//! What the newest scans saw of the tables that access rests on, down to the single resource.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use sightline_lake::Session;
use sightline_model::Outcome;

use crate::DiscoverError;
use crate::query::query;

/// Scanned accounts, and what became of the calls for each table.
#[derive(Debug, Default)]
pub(crate) struct Inspected {
    accounts: BTreeSet<String>,
    /// account → table → calls
    calls: BTreeMap<String, BTreeMap<String, Vec<Covered>>>,
}

/// A row of `sql/access/coverage.sql`.
#[derive(Debug, Deserialize)]
pub(crate) struct Covered {
    account_id: String,
    table_name: String,
    /// a region's name, or `global`
    pub(crate) region: String,
    /// `service:Operation`
    pub(crate) operation: String,
    action: String,
    /// the resource that a call was about; empty: the table as a whole
    pub(crate) target: String,
    outcome: Outcome,
}

#[derive(Debug, Deserialize)]
struct Scan {
    account_id: String,
}

impl Inspected {
    pub(crate) async fn read(session: &Session) -> Result<Self, DiscoverError> {
        let scans: Vec<Scan> = query!("access/scans").rows(session).await?;
        let rows: Vec<Covered> = query!("access/coverage").rows(session).await?;
        let mut calls: BTreeMap<String, BTreeMap<String, Vec<Covered>>> = BTreeMap::new();
        for row in rows {
            calls.entry(row.account_id.clone()).or_default().entry(row.table_name.clone()).or_default().push(row);
        }
        Ok(Self { accounts: scans.into_iter().map(|scan| scan.account_id).collect(), calls })
    }

    /// The accounts that have a finished scan.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = &str> {
        self.accounts.iter().map(String::as_str)
    }

    fn calls(&self, account: &str, table: &str) -> &[Covered] {
        self.calls.get(account).and_then(|tables| tables.get(table)).map_or(&[], Vec::as_slice)
    }

    /// Why the table may lack rows of the account, as `denied: service:Action`; none where all of it was listed.
    pub(crate) fn gap(&self, account: &str, table: &str) -> Option<String> {
        let calls = self.calls(account, table);
        if calls.is_empty() {
            return Some(format!("{table} was not collected"));
        }
        let whole = calls.iter().filter(|call| call.target.is_empty() && !call.outcome.is_complete());
        let causes: BTreeSet<String> = whole.map(Covered::cause).collect();
        (!causes.is_empty()).then(|| causes.into_iter().collect::<Vec<_>>().join(", "))
    }

    /// As [`Inspected::gap`] for any call, also one about a single resource.
    pub(crate) fn any_gap(&self, account: &str, table: &str) -> Option<String> {
        let single = || Some(self.missed(account, table).next()?.cause());
        self.gap(account, table).or_else(single)
    }

    /// Regions in which the table was listed to its end.
    pub(crate) fn listed_in(&self, account: &str, table: &str) -> BTreeSet<String> {
        let calls = self.calls(account, table);
        let cut = |region: &str| {
            calls.iter().any(|call| call.region == region && call.target.is_empty() && !call.outcome.is_complete())
        };
        let regions: BTreeSet<String> = calls.iter().map(|call| call.region.clone()).collect();
        regions.into_iter().filter(|region| !cut(region)).collect()
    }

    /// Calls about single resources that brought nothing.
    pub(crate) fn missed(&self, account: &str, table: &str) -> impl Iterator<Item = &Covered> {
        self.calls(account, table).iter().filter(|call| !call.target.is_empty() && !call.outcome.is_complete())
    }
}

impl Covered {
    /// `denied: lambda:GetPolicy`
    pub(crate) fn cause(&self) -> String {
        let action = if self.action.is_empty() { &self.operation } else { &self.action };
        format!("{}: {action}", self.outcome)
    }
}
