//! What the newest scans inspected: the difference between "there is none" and "nobody looked".

use std::collections::BTreeMap;

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
pub(crate) struct Coverage(BTreeMap<(String, String, String), String>);

impl Coverage {
    pub(crate) async fn read(session: &Session) -> Result<Self, DiscoverError> {
        let rows: Vec<Row> = query!("coverage").rows(session).await?;
        Ok(Self(rows.into_iter().map(|row| ((row.account_id, row.region, row.table_name), row.gap)).collect()))
    }

    /// Why an answer drawn from this table may be wrong, as the end of a sentence. Nothing where the table is whole.
    pub(crate) fn gap(&self, table: &str, account: &str, region: &str) -> Option<String> {
        self.why(table, account, region).map(|why| format!("{table} {why}"))
    }

    /// What is wrong with the table, as what is said of it.
    pub(crate) fn why(&self, table: &str, account: &str, region: &str) -> Option<String> {
        let of = |region: &str| self.0.get(&(account.to_owned(), region.to_owned(), table.to_owned()));
        match of(region).or_else(|| of(GLOBAL)) {
            Some(gap) if gap.is_empty() => None,
            Some(gap) => Some(format!("could not be read ({gap})")),
            None => Some(format!("was not read in {region}")),
        }
    }

    /// What is wrong with the table in any region of the account, as what is said of it.
    pub(crate) fn why_anywhere(&self, table: &str, account: &str) -> Option<String> {
        let rows: Vec<_> = self.0.iter().filter(|((of, _, name), _)| of == account && name == table).collect();
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

    /// The accounts that were scanned.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(|(account, ..)| account.as_str())
    }

    /// Which of these tables were looked at and not read whole. A table that no scan of this account knows says nothing.
    pub(crate) fn gaps(&self, tables: &[&str], account: &str) -> Vec<String> {
        let of_account = self
            .0
            .iter()
            .filter(|((of, _, table), gap)| of == account && !gap.is_empty() && tables.contains(&table.as_str()));
        of_account.map(|((_, region, table), gap)| format!("{table} in {region} ({gap})")).collect()
    }
}
