//! What is new against findings that were written down before.

use super::muted::{Told, is_open};
use anyhow::{Context as _, bail};
use serde::Deserialize;
use sightline_check::Check;
use sightline_model::Status;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// The kind and version of the documents that are read.
const SCHEMA: (&str, u32) = ("sightline-report", 1);

/// Findings as a report had them.
pub(crate) struct Baseline {
    rows: BTreeMap<String, Row>,
}

/// What became of the baseline's failures and undecided ones, in numbers.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    /// the same now
    pub unchanged: usize,
    /// looked at now, and no failure any more
    pub fixed: usize,
    /// not looked at now: the check or the account is not part of this run
    pub out_of_sight: usize,
}

#[derive(Deserialize)]
struct Document {
    schema: String,
    schema_version: u32,
    findings: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    fingerprint: String,
    status: Status,
    check_id: String,
    account_id: String,
}

impl Baseline {
    /// Reads a report that `findings -o json` wrote.
    ///
    /// # Errors
    /// The file cannot be read, or is something else.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let name = path.display();
        let file = File::open(path).with_context(|| format!("cannot read the baseline `{name}`"))?;
        let help = format!("write one with `sightline findings -o json={name}`");
        let document: Document = match serde_json::from_reader(BufReader::new(file)) {
            Ok(document) => document,
            Err(error) => bail!("`{name}` is no baseline: {error}; {help}"),
        };
        if (document.schema.as_str(), document.schema_version) != SCHEMA {
            bail!(
                "`{name}` is no baseline of this version: it is `{}` {}, and `{}` {} is read; {help}",
                document.schema,
                document.schema_version,
                SCHEMA.0,
                SCHEMA.1
            );
        }
        Ok(Self { rows: document.findings.into_iter().map(|row| (row.fingerprint.clone(), row)).collect() })
    }

    /// Whether a finding is not in the baseline with the same answer.
    pub(crate) fn is_new(&self, told: &Told) -> bool {
        let finding = &told.finding;
        self.rows.get(&finding.fingerprint).is_none_or(|row| row.status != finding.status)
    }

    /// What became of what was open in the baseline, by the findings of these checks now.
    pub(crate) fn changes(&self, now: &[Told], checks: &[Check]) -> Changes {
        let statuses: BTreeMap<&str, Status> =
            now.iter().map(|told| (told.finding.fingerprint.as_str(), told.finding.status)).collect();
        let accounts: BTreeSet<&str> = now.iter().map(|told| told.finding.account_id.as_str()).collect();
        let ran: BTreeSet<&str> = checks.iter().map(|check| check.id.as_str()).collect();
        let mut changes = Changes::default();
        for row in self.rows.values().filter(|row| is_open(row.status)) {
            let looked = ran.contains(row.check_id.as_str()) && accounts.contains(row.account_id.as_str());
            match statuses.get(row.fingerprint.as_str()) {
                Some(status) if *status == row.status => changes.unchanged += 1,
                // It is new with its other answer.
                Some(status) if is_open(*status) => {}
                Some(_) => changes.fixed += 1,
                None if looked => changes.fixed += 1,
                None => changes.out_of_sight += 1,
            }
        }
        changes
    }
}
