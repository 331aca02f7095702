//! Entering an account: its role is assumed, it is asked whether it is the one, and which of its regions there are.

use super::context::{Account, Scan};
use super::record::{By, Chosen, Entered, JobEnd, JobKey, Kind};
use super::summary::JobTally;
use super::visit::{Finished, Visit};
use super::{REGION_TABLE, regions};
use crate::catalogue::{Catalogue, Table};
use crate::kubernetes::Clusters;
use sightline_aws::{Aws, CallError, Caller, Room};
use sightline_model::resource::GLOBAL;
use sightline_model::untrusted::shortened;
use sightline_model::{Coverage, Outcome};
use std::sync::Arc;

/// What is needed to enter accounts.
pub(super) struct Door<'d> {
    /// the caller's own
    pub(super) aws: &'d Aws,
    pub(super) caller: &'d Caller,
    /// places for the requests of all accounts
    pub(super) room: Room,
    /// of them, for the requests of one
    pub(super) places: usize,
    pub(super) session: String,
    pub(super) clusters: Clusters,
    pub(super) catalogue: &'d Catalogue,
    /// the regions that were named
    pub(super) regions: &'d [String],
    pub(super) tables: &'d [&'d Table],
}

/// An account is entered, or not.
pub(super) enum Entry {
    In { account: Arc<Account>, regions: Vec<String>, finished: Option<Finished> },
    Refused { entered: Entered, finished: Finished },
}

impl Door<'_> {
    /// Enters an account; `again` are its regions where an earlier process had entered it. Nothing when the scan was ended meanwhile.
    pub(super) async fn enter(
        &self,
        scan: &Scan,
        number: u32,
        chosen: &Chosen,
        again: Option<Vec<String>>,
    ) -> Option<Entry> {
        let opened = self.open(scan, number, chosen).await;
        if let (Ok(account), Some(regions)) = (&opened, &again) {
            return Some(Entry::In { account: account.clone(), regions: regions.clone(), finished: None });
        }
        if scan.stop.is_cancelled() {
            return None;
        }
        let job = scan.notes.begin(&JobKey { account: number, region: String::new(), table: String::new() });
        // INVARIANT: it counts with the end of this job, so it is noted before that.
        let note = |entered: &Entered| scan.notes.note(Kind::Entered, number, &(job, entered));
        match opened {
            Ok(account) => {
                let (visit, regions) = self.regions(scan, &account, job).await?;
                note(&Entered::In { who: (&account.caller).into(), regions: regions.clone() })?;
                Some(Entry::In { account, regions, finished: Some(visit.finish_incomplete()?) })
            }
            Err(entered) => {
                note(&entered)?;
                let finished = self.refused(scan, job, chosen, &entered)?;
                Some(Entry::Refused { entered, finished })
            }
        }
    }

    /// Connects to an account. It is an account's own word that it is the one that was meant: rows of another one under its name would
    /// be worse than none.
    pub(super) async fn open(&self, scan: &Scan, number: u32, chosen: &Chosen) -> Result<Arc<Account>, Entered> {
        let room = self.room.part(self.places);
        let (aws, caller, clusters) = match &chosen.by {
            By::Nothing(reason) => return Err(refusal(Outcome::Skipped, "NotEntered", reason)),
            By::Own => (self.aws.within(&room), self.caller.clone(), self.clusters.clone()),
            By::Role { arn, external_id } => {
                let aws = self.aws.assume(arn, external_id.as_deref(), &self.session).await;
                let caller = aws.caller().await.map_err(|error| {
                    scan.stop_if_expired(&error);
                    not_assumed(arn, &error)
                })?;
                (aws.within(&room), caller, Clusters::default())
            }
        };
        if caller.account_id != chosen.account_id {
            let message = format!("the credentials are those of account {}", shortened(&caller.account_id, 20));
            return Err(refusal(Outcome::Failed, "OtherAccount", &message));
        }
        Ok(Arc::new(Account { number, aws, caller, clusters }))
    }

    /// The regions to scan: those that are enabled, or of those that were named the ones that the account has not disabled. That they
    /// could not be listed is coverage; that they could is said by [`REGION_TABLE`]'s own visit.
    async fn regions<'s>(&self, scan: &'s Scan, account: &Arc<Account>, job: u32) -> Option<(Visit<'s>, Vec<String>)> {
        let visit = Visit::new(scan, account, job, self.catalogue.table(REGION_TABLE)?, GLOBAL);
        let regions = match self.regions {
            [] => regions::enabled(&visit).await,
            named => regions::not_disabled(&visit, named).await,
        };
        Some((visit, regions))
    }

    /// Notes for every table that nothing of it is known in this account.
    fn refused(&self, scan: &Scan, job: u32, chosen: &Chosen, refused: &Entered) -> Option<Finished> {
        let mut tally = JobTally::default();
        let Entered::Refused { outcome, code, message } = refused else { return None };
        // What nobody meant to read lacks nothing.
        if *outcome != Outcome::Skipped {
            let coverage: Vec<Coverage> = self
                .tables
                .iter()
                .map(|table| Coverage {
                    scan_id: scan.scan_id.clone(),
                    account_id: chosen.account_id.clone(),
                    region: GLOBAL.to_owned(),
                    table_name: table.name.clone(),
                    operation: "sts:AssumeRole".to_owned(),
                    action: "sts:AssumeRole".to_owned(),
                    target: String::new(),
                    outcome: *outcome,
                    error_code: code.clone(),
                    error_message: message.clone(),
                    rows: 0,
                    calls: 0,
                    collected_at: (scan.clock)(),
                })
                .collect();
            tally.add(&coverage);
            scan.notes.coverage(job, &coverage);
        }
        let end = JobEnd::default();
        scan.notes.note(Kind::Done, job, &end)?;
        Some(Finished { end, tally, entries: Vec::new() })
    }
}

fn not_assumed(arn: &str, error: &CallError) -> Entered {
    refusal(error.outcome(), &error.code, &format!("`{arn}` could not be assumed: {}", error.message))
}

fn refusal(outcome: Outcome, code: &str, message: &str) -> Entered {
    Entered::Refused { outcome, code: shortened(code, 100), message: shortened(message, 500) }
}
