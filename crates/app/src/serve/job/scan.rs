//! Reads the accounts' inventory.

use super::{Came, Credentials, Desk, Told};
use crate::world;
use serde::{Deserialize, Serialize};
use sightline_collect::scan::{self, AccountDone, Progress, Resume, ScanOptions, ScanSummary, TableDone};
use utoipa::ToSchema;

/// What is scanned.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = ScanJob)]
pub(crate) struct Scan {
    /// As whom
    pub(super) credentials: Credentials,
    /// These tables only, `*` for any text
    tables: Vec<String>,
    /// Leave these tables out
    skip_tables: Vec<String>,
}

impl Scan {
    pub(super) async fn run(&self, desk: &Desk) -> anyhow::Result<Came> {
        let aws = self.credentials.connection().connect().await?;
        let run = world::new_run();
        let id = desk.resumed_run().unwrap_or_else(|| run.as_str().to_owned());
        desk.told.tell(|told| told.run_id = id);
        let options = ScanOptions {
            regions: self.credentials.regions.clone(),
            include: self.tables.clone(),
            exclude: self.skip_tables.clone(),
            resume: desk.resumed_run().map(Resume::Id),
            cancel: desk.cancel.clone(),
            ..ScanOptions::new(run, world::clock(), env!("CARGO_PKG_VERSION"))
        };
        let summary = scan::scan(&aws, desk.app.lake(), options, &*desk.told).await?;
        Came::to(&summary, summary.incomplete() > 0)
    }
}

impl Progress for Told {
    fn started(&self, accounts: usize) {
        self.tell(|told| told.stage = format!("entering {accounts} accounts"));
    }

    fn account_entered(&self, _: &str, _: &[String], total: usize, done: usize) {
        self.tell(|told| {
            told.stage = "reading tables".to_owned();
            told.total += total as u64;
            told.done += done as u64;
        });
    }

    fn table_done(&self, _: &TableDone) {
        self.tell(|told| told.done += 1);
    }

    fn account_done(&self, _: &AccountDone) {}

    fn writing(&self) {
        self.tell(|told| told.stage = "writing to the lake".to_owned());
    }

    fn finished(&self, _: &ScanSummary) {}
}
