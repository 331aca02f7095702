//! What the newest scans inspected: the difference between "there is none" and "nobody looked".

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use sightline_lake::Session;
use sightline_model::resource::GLOBAL;

use crate::DiscoverError;
use crate::query::query;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Row {
    account_id: String,
    region: String,
    table_name: String,
    gap: String,
}

/// Account, region and table → what is missing; empty where all was read.
#[derive(Debug, Default)]
pub(crate) struct Coverage {
    gaps: BTreeMap<(String, String, String), String>,
    accounts: BTreeSet<String>,
    /// account → region, table and gap of what was looked at and not read whole: asked for by every caller
    faults: BTreeMap<String, Vec<(String, String, String)>>,
}

impl Coverage {
    pub(crate) async fn read(session: &Session) -> Result<Self, DiscoverError> {
        let rows: Vec<Row> = query!("coverage").rows(session).await?;
        let accounts = rows.iter().map(|row| row.account_id.clone()).collect();
        let gaps: BTreeMap<_, _> =
            rows.into_iter().map(|row| ((row.account_id, row.region, row.table_name), row.gap)).collect();
        let mut faults: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for ((account, region, table), gap) in gaps.iter().filter(|(_, gap)| !gap.is_empty()) {
            faults.entry(account.clone()).or_default().push((region.clone(), table.clone(), gap.clone()));
        }
        Ok(Self { gaps, accounts, faults })
    }

    /// What is said of these tables alone.
    pub(crate) fn only(mut self, tables: &[&str]) -> Self {
        self.gaps.retain(|(_, _, table), _| tables.contains(&table.as_str()));
        for faults in self.faults.values_mut() {
            faults.retain(|(_, table, _)| tables.contains(&table.as_str()));
        }
        self
    }

    /// Why an answer drawn from this table may be wrong, as the end of a sentence. Nothing where the table is whole.
    pub(crate) fn gap(&self, table: &str, account: &str, region: &str) -> Option<String> {
        self.why(table, account, region).map(|why| format!("{table} {why}"))
    }

    /// What is wrong with the table, as what is said of it.
    pub(crate) fn why(&self, table: &str, account: &str, region: &str) -> Option<String> {
        let of = |region: &str| self.gaps.get(&(account.to_owned(), region.to_owned(), table.to_owned()));
        match of(region).or_else(|| of(GLOBAL)) {
            Some(gap) if gap.is_empty() => None,
            Some(gap) => Some(format!("could not be read ({gap})")),
            None => Some(format!("was not read in {region}")),
        }
    }

    /// What is wrong with the table in any region of the account, as what is said of it.
    pub(crate) fn why_anywhere(&self, table: &str, account: &str) -> Option<String> {
        let rows: Vec<_> = self.gaps.iter().filter(|((of, _, name), _)| of == account && name == table).collect();
        let mut gaps = rows.iter().filter(|(_, gap)| !gap.is_empty());
        match (rows.is_empty(), gaps.next()) {
            (true, _) => Some("was not read".to_owned()),
            (false, None) => None,
            (false, Some(((_, region, _), gap))) => {
                let others = match gaps.count() {
                    0 => String::new(),
                    several => format!(", nor in {several} other regions"),
                };
                Some(format!("could not be read in {region} ({gap}){others}"))
            }
        }
    }

    /// Whether the account was scanned.
    pub(crate) fn knows(&self, account: &str) -> bool {
        self.accounts.contains(account)
    }

    /// The accounts that were scanned.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = &str> {
        self.accounts.iter().map(String::as_str)
    }

    /// Which of these tables were looked at and not read whole. A table that no scan of this account knows says nothing.
    pub(crate) fn gaps(&self, tables: &[&str], account: &str) -> Vec<String> {
        let faults = self.faults.get(account).into_iter().flatten();
        let of_tables = faults.filter(|(_, table, _)| tables.contains(&table.as_str()));
        of_tables.map(|(region, table, gap)| format!("{table} in {region} ({gap})")).collect()
    }
}
