//! What earlier processes of a scan have done, read from its journal.

use super::context::Seen;
use super::record::{Begun, Closed, Entered, JobEnd, JobKey, Kind, decode};
use super::summary::{JobTally, Tally};
use crate::CollectError;
use crate::catalogue::{Catalogue, Source};
use serde::de::DeserializeOwned;
use sightline_lake::{Entry, Journal, Lake, LakeError};
use sightline_model::{Coverage, Outcome, Resource};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

/// What is known of a scan that goes on; nothing, of one that begins.
#[derive(Default)]
pub(super) struct Past {
    /// by place in the list of accounts
    pub(super) entered: BTreeMap<u32, Entered>,
    pub(super) done: HashMap<JobKey, PastJob>,
    pub(super) tally: Tally,
    pub(super) closed: Option<Closed>,
    pub(super) seen: Seen,
    /// how many jobs were begun
    pub(super) jobs: u32,
}

/// A job that is done.
#[derive(Default)]
pub(super) struct PastJob {
    pub(super) failure: Option<(Outcome, String)>,
    /// where its rows are; kept for tables that others are below
    pub(super) entries: Vec<Entry>,
}

/// A job whose end was not read yet.
struct Open {
    key: JobKey,
    entries: Vec<Entry>,
    tally: JobTally,
}

/// The first record of a journal.
pub(super) fn begun(lake: &Lake, name: &str) -> Result<Option<Begun>, CollectError> {
    let mut records = lake.open_journal(name)?;
    let first = records.next_record()?;
    Ok(first.and_then(|(_, record)| match decode(&record) {
        Some((Kind::Begun, _, body)) => serde_json::from_slice(body).ok(),
        _ => None,
    }))
}

/// Reads a journal, to go on with it.
pub(super) fn read(lake: &Lake, name: &str, catalogue: &Catalogue) -> Result<(Journal, Past), CollectError> {
    let mut records = lake.open_journal(name)?;
    let path = records.path().to_owned();
    let mut reading = Reading { catalogue, past: Past::default(), entering: HashMap::new(), open: HashMap::new() };
    while let Some((entry, record)) = records.next_record()? {
        let read = decode(&record).and_then(|(kind, number, body)| reading.record(kind, number, body, entry));
        read.ok_or_else(|| unreadable(&path, &"it does not follow from those before it"))?;
    }
    let journal = records.go_on()?;
    let mut past = reading.past;
    past.remember(&journal, catalogue)?;
    Ok((journal, past))
}

/// The numbers of all jobs that are done.
pub(super) fn numbers(lake: &Lake, name: &str) -> Result<BTreeSet<u32>, LakeError> {
    let mut records = lake.open_journal(name)?;
    let mut numbers = BTreeSet::new();
    while let Some((_, record)) = records.next_record()? {
        if let Some((Kind::Done, number, _)) = decode(&record) {
            numbers.insert(number);
        }
    }
    Ok(numbers)
}

struct Reading<'c> {
    catalogue: &'c Catalogue,
    past: Past,
    /// by job: what counts with its end
    entering: HashMap<u32, (u32, Entered)>,
    open: HashMap<u32, Open>,
}

impl Reading<'_> {
    fn record(&mut self, kind: Kind, number: u32, body: &[u8], entry: Entry) -> Option<()> {
        match kind {
            Kind::Begun => {}
            Kind::Entered => {
                let (job, entered) = json(body)?;
                self.entering.insert(job, (number, entered));
            }
            Kind::Job => {
                self.past.jobs = self.past.jobs.max(number.saturating_add(1));
                let open = Open { key: json(body)?, entries: Vec::new(), tally: JobTally::default() };
                self.open.insert(number, open);
            }
            Kind::Rows => {
                let open = self.open.get_mut(&number)?;
                if is_wanted_again(self.catalogue, &open.key.table) {
                    open.entries.push(entry);
                }
            }
            Kind::Coverage => {
                let rows: Vec<Coverage> = json(body)?;
                self.open.get_mut(&number)?.tally.add(&rows);
            }
            Kind::Done => self.done(number, &json(body)?)?,
            Kind::Closed => self.past.closed = Some(json(body)?),
        }
        Some(())
    }

    fn done(&mut self, number: u32, end: &JobEnd) -> Option<()> {
        let Open { key, entries, tally } = self.open.remove(&number)?;
        self.past.tally.add(key.account, &key.table, end, tally);
        self.past.entered.extend(self.entering.remove(&number));
        self.past.done.insert(key, PastJob { failure: end.failure.clone(), entries });
        Some(())
    }
}

impl Past {
    /// Remembers which resources jobs that are done have brought, where several may bring the same.
    fn remember(&mut self, journal: &Journal, catalogue: &Catalogue) -> Result<(), LakeError> {
        let reader = journal.reader()?;
        for (key, job) in self.done.iter().filter(|(key, _)| is_unique(catalogue, &key.table)) {
            for entry in &job.entries {
                let record = reader.read(*entry)?;
                let (_, _, body) = decode(&record).ok_or_else(|| unreadable(reader.path(), &"of an unknown kind"))?;
                for row in lines::<Resource>(body, reader.path())? {
                    self.seen.first(key.account, &key.table, &row.arn);
                }
            }
        }
        Ok(())
    }
}

/// The rows of a record. One that cannot be read damages the whole: a resource that is left out would look like one that is not there.
pub(super) fn lines<T: DeserializeOwned>(body: &[u8], path: &Path) -> Result<Vec<T>, LakeError> {
    let lines = body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).map_err(|error| unreadable(path, &error))).collect()
}

/// A record that this version did not write.
pub(super) fn unreadable(path: &Path, reason: &dyn std::fmt::Display) -> LakeError {
    LakeError::Damaged {
        path: path.to_owned(),
        reason: format!("a record of it is none that this version writes: {reason}"),
    }
}

fn json<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    serde_json::from_slice(body).ok()
}

fn is_wanted_again(catalogue: &Catalogue, table: &str) -> bool {
    is_unique(catalogue, table) || catalogue.children(table).next().is_some()
}

fn is_unique(catalogue: &Catalogue, table: &str) -> bool {
    let source = catalogue.table(table).map(|table| &table.source);
    matches!(source, Some(Source::Declared(declared)) if declared.row.unique)
}
