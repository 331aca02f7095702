//! What a scan could not see, as far as one check is concerned.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use sightline_lake::Session;
use sightline_model::Outcome;
use sightline_model::resource::GLOBAL;

use crate::CheckError;

/// One finished scan: the newest of its account.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Scan {
    pub(crate) scan_id: String,
    pub(crate) account_id: String,
    pub(crate) partition: String,
    #[serde(default)]
    regions: serde_json::Value,
}

impl Scan {
    /// The regions that were scanned; the column may come as a document or as its text.
    fn regions(&self) -> Vec<String> {
        let parsed = match &self.regions {
            serde_json::Value::String(text) => serde_json::from_str(text).unwrap_or_default(),
            other => other.clone(),
        };
        serde_json::from_value(parsed).unwrap_or_default()
    }
}

/// A row of `current_coverage`, the columns that matter here.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Covered {
    pub(crate) account_id: String,
    pub(crate) region: String,
    pub(crate) table_name: String,
    pub(crate) operation: String,
    pub(crate) action: String,
    pub(crate) target: String,
    pub(crate) outcome: Outcome,
    pub(crate) error_code: String,
}

/// The newest scans and what they covered.
#[derive(Debug)]
pub(crate) struct Inspected {
    pub(crate) scans: Vec<Scan>,
    /// (account, table) → rows
    covered: BTreeMap<(String, String), Vec<Covered>>,
}

/// Something that a check needed and that was not seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gap {
    pub(crate) account_id: String,
    /// a region's name, or [`GLOBAL`]
    pub(crate) region: String,
    pub(crate) table: String,
    /// the one resource whose detail is missing; empty when the whole list is in doubt
    pub(crate) target: String,
    /// IAM actions to grant; empty when a grant would not help
    pub(crate) actions: Vec<String>,
    /// what happened, in a few words
    pub(crate) cause: String,
    /// the operation does not exist there: nothing was refused, and there is nothing to grant
    pub(crate) absent: bool,
}

impl Inspected {
    pub(crate) async fn read(session: &Session) -> Result<Self, CheckError> {
        let scans: Vec<Scan> =
            session.sql("select scan_id, account_id, partition, regions from current_scan").await?.rows_as()?;
        if scans.is_empty() {
            return Err(CheckError::NoScan);
        }
        let rows: Vec<Covered> = session
            .sql(
                "select account_id, region, table_name, operation, action, target, outcome, error_code \
                 from current_coverage",
            )
            .await?
            .rows_as()?;
        Ok(Self::of(scans, rows))
    }

    pub(crate) fn of(scans: Vec<Scan>, rows: Vec<Covered>) -> Self {
        let mut covered: BTreeMap<(String, String), Vec<Covered>> = BTreeMap::new();
        for row in rows {
            covered.entry((row.account_id.clone(), row.table_name.clone())).or_default().push(row);
        }
        Self { scans, covered }
    }

    /// Everything that was not seen of these tables. `actions_of` names the actions that collecting a table needs; it
    /// is asked for tables of which the scan has no word.
    pub(crate) fn gaps(&self, tables: &BTreeSet<String>, actions_of: &dyn Fn(&str) -> Vec<String>) -> Vec<Gap> {
        let mut gaps = Vec::new();
        for scan in &self.scans {
            for table in tables {
                let rows = self.rows(&scan.account_id, table);
                gaps.extend(rows.iter().filter(|row| row.outcome != Outcome::Ok).map(Covered::gap));
                let never = |region: String| Gap {
                    account_id: scan.account_id.clone(),
                    cause: format!("`{table}` was not collected{}", in_region(&region)),
                    region,
                    table: table.clone(),
                    target: String::new(),
                    actions: actions_of(table),
                    absent: false,
                };
                gaps.extend(unseen_regions(rows, scan).into_iter().map(never));
            }
        }
        gaps
    }

    /// Whether the account's every call for this table was answered with "no such thing here".
    pub(crate) fn is_unsupported(&self, account_id: &str, table: &str) -> bool {
        let rows = self.rows(account_id, table);
        !rows.is_empty() && rows.iter().all(|row| row.outcome == Outcome::Unsupported)
    }

    fn rows(&self, account_id: &str, table: &str) -> &[Covered] {
        self.covered.get(&(account_id.to_owned(), table.to_owned())).map_or(&[], Vec::as_slice)
    }
}

/// Regions of the scan of which a table's coverage says nothing. A table of which it says nothing at all is missing as a whole.
fn unseen_regions(rows: &[Covered], scan: &Scan) -> Vec<String> {
    if rows.is_empty() {
        return vec![GLOBAL.to_owned()];
    }
    if rows.iter().any(|row| row.region == GLOBAL) {
        return Vec::new();
    }
    let seen: BTreeSet<&str> = rows.iter().map(|row| row.region.as_str()).collect();
    scan.regions().into_iter().filter(|region| region != GLOBAL && !seen.contains(region.as_str())).collect()
}

impl Covered {
    fn gap(&self) -> Gap {
        let what = match self.outcome {
            Outcome::Denied => "was denied",
            Outcome::Throttled => "was throttled",
            Outcome::Skipped => "was not asked",
            Outcome::Unsupported => "does not exist",
            _ => "failed",
        };
        let code = if self.error_code.is_empty() { String::new() } else { format!(" ({})", self.error_code) };
        let denied = self.outcome == Outcome::Denied && !self.action.is_empty();
        Gap {
            account_id: self.account_id.clone(),
            region: self.region.clone(),
            table: self.table_name.clone(),
            target: self.target.clone(),
            actions: if denied { vec![self.action.clone()] } else { Vec::new() },
            cause: format!("`{}` {what}{}{code}", self.operation, in_region(&self.region)),
            absent: self.outcome == Outcome::Unsupported,
        }
    }
}

fn in_region(region: &str) -> String {
    if region == GLOBAL { String::new() } else { format!(" in {region}") }
}
