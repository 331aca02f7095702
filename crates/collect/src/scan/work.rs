//! The queue of what is to be read: tables in regions of accounts, those below a table once its rows are there.
//!
//! A few accounts are open at once and take turns, so that none waits for another one's throttles; the next is entered when one is
//! done, so that the memory does not grow with their number.

use super::above::Rows;
use super::context::{Account, Scan};
use super::enter::{Door, Entry as Opened};
use super::ledger::Failure;
use super::past::Past;
use super::record::{Chosen, Entered, JobKey};
use super::summary::Tally;
use super::visit::{Finished, Visit};
use super::{AccountDone, Progress, TableDone, count, declared};
use crate::catalogue::{Catalogue, Scope, Source, Table};
use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use sightline_lake::Entry;
use sightline_model::Outcome;
use sightline_model::resource::GLOBAL;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// What bounds the work at once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// accounts that are open
    pub(super) accounts: usize,
    /// jobs of one account
    pub(super) account_jobs: usize,
    /// jobs of all
    pub(super) jobs: usize,
}

/// All that one scan reads.
pub(super) struct Work<'w> {
    scan: &'w Scan,
    door: &'w Door<'w>,
    chosen: &'w [Chosen],
    tables: BTreeMap<&'w str, &'w Table>,
    past: Past,
    waiting: VecDeque<u32>,
    open: Vec<Open<'w>>,
    /// whose turn it is, by place in `open`
    turn: usize,
    jobs: usize,
    pub(super) outcome: Read,
}

/// What was read.
#[derive(Default)]
pub(super) struct Read {
    pub(super) tally: Tally,
    pub(super) entered: BTreeMap<u32, Entered>,
    /// Calls and retries by account, of this process.
    pub(super) usage: BTreeMap<u32, (u64, u64)>,
    /// Accounts that were read to their end.
    pub(super) done: std::collections::BTreeSet<u32>,
}

/// An account that is being read.
struct Open<'w> {
    account: Arc<Account>,
    queue: VecDeque<Job<'w>>,
    under_way: usize,
}

/// One table in one region of one account.
struct Job<'w> {
    account: Arc<Account>,
    table: &'w Table,
    region: String,
    above: Option<Above>,
}

/// What is known of the table above.
#[derive(Clone)]
struct Above {
    entries: Arc<[Entry]>,
    /// how its own listing failed where it did not come to its end
    failure: Option<(Outcome, String)>,
}

/// What has happened.
enum Event<'w> {
    Entered(u32, Option<Box<Opened>>),
    Done(Box<Done<'w>>),
}

/// A job that is over; nothing is finished when the scan was ended.
struct Done<'w> {
    account: Arc<Account>,
    table: &'w Table,
    region: String,
    finished: Option<Finished>,
}

impl<'w> Work<'w> {
    pub(super) fn new(
        scan: &'w Scan,
        door: &'w Door<'w>,
        chosen: &'w [Chosen],
        catalogue: &'w Catalogue,
        mut past: Past,
    ) -> Self {
        let tables = door.tables.iter().filter_map(|table| Some((table.name.as_str(), catalogue.table(&table.name)?)));
        let outcome = Read {
            tally: std::mem::take(&mut past.tally),
            entered: std::mem::take(&mut past.entered),
            ..Read::default()
        };
        Self {
            scan,
            door,
            chosen,
            tables: tables.collect(),
            past,
            waiting: (0..).take(chosen.len()).collect(),
            open: Vec::new(),
            turn: 0,
            jobs: 0,
            outcome,
        }
    }

    /// Reads everything, or as much as there is time for until the scan is ended.
    pub(super) async fn run(&mut self, bounds: Bounds, progress: &dyn Progress) {
        let mut under_way: FuturesUnordered<BoxFuture<'w, Event<'w>>> = FuturesUnordered::new();
        let mut entering = 0;
        loop {
            while self.open.len() + entering < bounds.accounts
                && let Some(number) = self.waiting.pop_front()
            {
                if let Some(entry) = self.entry(number, progress) {
                    entering += 1;
                    under_way.push(entry);
                }
            }
            while self.jobs < bounds.jobs
                && let Some(job) = self.next(bounds)
            {
                let below = self.below(job.table);
                self.jobs += 1;
                under_way.push(Box::pin(job.run(self.scan, !below.is_empty())));
            }
            let event = tokio::select! {
                biased;
                () = self.scan.stop.cancelled() => break,
                event = under_way.next() => event,
            };
            match event {
                None => break,
                Some(Event::Entered(number, opened)) => {
                    entering -= 1;
                    self.entered(number, opened, progress);
                }
                Some(Event::Done(done)) => {
                    self.jobs -= 1;
                    self.done(*done, progress);
                }
            }
        }
        // What is under way is dropped: its notes count only with its end.
        drop(under_way);
        for open in std::mem::take(&mut self.open) {
            self.note_usage(&open.account);
        }
    }

    /// All accounts were done with before.
    pub(super) fn told_all(&mut self) {
        let entered = self.outcome.entered.iter().filter(|(_, entered)| matches!(entered, Entered::In { .. }));
        self.outcome.done = entered.map(|(number, _)| *number).collect();
    }

    /// The entering of an account, unless it was done with before.
    fn entry(&mut self, number: u32, progress: &dyn Progress) -> Option<BoxFuture<'w, Event<'w>>> {
        let (scan, door) = (self.scan, self.door);
        let chosen = self.chosen.get(usize::try_from(number).ok()?)?;
        let again = match self.outcome.entered.get(&number) {
            None => None,
            Some(Entered::Refused { .. }) => {
                self.told(number, progress);
                return None;
            }
            Some(Entered::In { regions, .. }) if self.is_done(number, regions) => {
                self.outcome.done.insert(number);
                self.told(number, progress);
                return None;
            }
            Some(Entered::In { regions, .. }) => Some(regions.clone()),
        };
        Some(Box::pin(async move {
            let opened = door.enter(scan, number, chosen, again).await;
            Event::Entered(number, opened.map(Box::new))
        }))
    }

    fn entered(&mut self, number: u32, opened: Option<Box<Opened>>, progress: &dyn Progress) {
        let Some(opened) = opened else { return };
        match *opened {
            Opened::In { account, regions, finished } => {
                if let Some(finished) = finished {
                    self.outcome.tally.add(number, "", &finished.end, finished.tally);
                    let who = (&account.caller).into();
                    self.outcome.entered.insert(number, Entered::In { who, regions: regions.clone() });
                }
                let (total, left) = (self.pairs(&regions), self.left(number, &regions));
                let queue = self.queue(&account, &regions);
                progress.account_entered(&account.caller.account_id, &regions, total, total - left);
                self.open.push(Open { account, queue, under_way: 0 });
                self.close_if_done(number, progress);
            }
            Opened::Refused { entered, finished } => {
                self.outcome.tally.add(number, "", &finished.end, finished.tally);
                self.outcome.entered.insert(number, entered);
                self.told(number, progress);
            }
        }
    }

    fn told(&self, number: u32, progress: &dyn Progress) {
        if let Some(chosen) = usize::try_from(number).ok().and_then(|number| self.chosen.get(number)) {
            progress.account_done(&AccountDone {
                account_id: chosen.account_id.clone(),
                entered: matches!(self.outcome.entered.get(&number), Some(Entered::In { .. })),
            });
        }
    }

    /// The next job: the accounts take turns.
    fn next(&mut self, bounds: Bounds) -> Option<Job<'w>> {
        for step in 0..self.open.len() {
            let place = (self.turn + step) % self.open.len();
            let Some(open) = self.open.get_mut(place) else { continue };
            if open.under_way < bounds.account_jobs
                && let Some(job) = open.queue.pop_front()
            {
                open.under_way += 1;
                self.turn = place + 1;
                return Some(job);
            }
        }
        None
    }

    fn done(&mut self, done: Done<'w>, progress: &dyn Progress) {
        let Done { account, table, region, finished } = done;
        let Some(finished) = finished else { return };
        progress.table_done(&TableDone {
            account_id: account.caller.account_id.clone(),
            table: table.name.clone(),
            region: region.clone(),
            rows: finished.end.rows,
            incomplete: finished.tally.incomplete(),
        });
        self.outcome.tally.add(account.number, &table.name, &finished.end, finished.tally);
        let above = Above { entries: finished.entries.into(), failure: finished.end.failure };
        let below = self.below(table);
        let jobs = below.into_iter().map(|table| Job {
            account: account.clone(),
            table,
            region: region.clone(),
            above: Some(above.clone()),
        });
        let jobs: Vec<Job<'w>> = jobs.collect();
        if let Some(open) = self.open.iter_mut().find(|open| open.account.number == account.number) {
            open.under_way -= 1;
            open.queue.extend(jobs);
        }
        self.close_if_done(account.number, progress);
    }

    fn close_if_done(&mut self, number: u32, progress: &dyn Progress) {
        let is_done = |open: &Open<'_>| open.account.number == number && open.under_way == 0 && open.queue.is_empty();
        if let Some(place) = self.open.iter().position(is_done) {
            let open = self.open.swap_remove(place);
            self.note_usage(&open.account);
            self.outcome.done.insert(number);
            self.told(number, progress);
        }
    }

    fn note_usage(&mut self, account: &Account) {
        let usage = account.aws.usage();
        self.outcome.usage.insert(account.number, (usage.calls, usage.retries));
    }

    fn below(&self, table: &Table) -> Vec<&'w Table> {
        self.tables.values().copied().filter(|below| below.parent() == Some(table.name.as_str())).collect()
    }

    fn regions_of<'r>(&self, table: &Table, regions: &'r [String]) -> Vec<&'r str> {
        match table.scope {
            Scope::Global => vec![GLOBAL],
            Scope::Regional => regions.iter().map(String::as_str).collect(),
        }
    }

    /// How many pairs of table and region an account has.
    fn pairs(&self, regions: &[String]) -> usize {
        self.tables.values().map(|table| self.regions_of(table, regions).len()).sum()
    }

    fn left(&self, number: u32, regions: &[String]) -> usize {
        let is_left = |table: &Table, region: &str| !self.past.done.contains_key(&key(number, table, region));
        let of_table =
            |table: &Table| self.regions_of(table, regions).into_iter().filter(|region| is_left(table, region)).count();
        self.tables.values().map(|table| of_table(table)).sum()
    }

    fn is_done(&self, number: u32, regions: &[String]) -> bool {
        self.left(number, regions) == 0
    }

    /// What is left to do of an account: tables without one above, and those whose table above is done.
    fn queue(&mut self, account: &Arc<Account>, regions: &[String]) -> VecDeque<Job<'w>> {
        account.clusters.tell_regions(regions);
        let mut queue = VecDeque::new();
        let roots: Vec<&'w Table> = self.tables.values().copied().filter(|table| table.parent().is_none()).collect();
        for table in roots {
            for region in self.regions_of(table, regions) {
                self.left_of(account, table, region, None, &mut queue);
            }
        }
        queue
    }

    fn left_of(
        &mut self,
        account: &Arc<Account>,
        table: &'w Table,
        region: &str,
        above: Option<Above>,
        queue: &mut VecDeque<Job<'w>>,
    ) {
        let Some(past) = self.past.done.remove(&key(account.number, table, region)) else {
            queue.push_back(Job { account: account.clone(), table, region: region.to_owned(), above });
            return;
        };
        let above = Above { entries: past.entries.into(), failure: past.failure };
        for below in self.below(table) {
            self.left_of(account, below, region, Some(above.clone()), queue);
        }
    }
}

fn key(account: u32, table: &Table, region: &str) -> JobKey {
    JobKey { account, region: region.to_owned(), table: table.name.clone() }
}

impl<'w> Job<'w> {
    async fn run(self, scan: &'w Scan, has_below: bool) -> Event<'w> {
        let Self { account, table, region, above } = self;
        let key = key(account.number, table, &region);
        let visit = Visit::new(scan, &account, scan.notes.begin(&key), table, &region);
        if let Some(above) = &above {
            above.note(&visit, table);
        }
        let rows = above.map(|above| Rows {
            reader: scan.notes.reader().clone(),
            entries: above.entries,
            wanted: table.wanted_above().into_iter().collect(),
        });
        match &table.source {
            Source::Declared(declared) => declared::collect(&visit, declared, rows.as_ref()).await,
            Source::Special(special) => {
                visit.set_above(rows.iter().flat_map(Rows::each).filter_map(Result::ok).collect());
                special.collect(&visit).await;
            }
        }
        let failure = table.listing_calls().find_map(|list| visit.list_failure(list));
        let mut finished = visit.finish(failure);
        if let Some(finished) = finished.as_mut().filter(|_| !has_below) {
            finished.entries = Vec::new();
        }
        Event::Done(Box::new(Done { account, table, region, finished }))
    }
}

impl Above {
    /// What is not known of the rows above is coverage of the table below.
    fn note(&self, visit: &Visit<'_>, table: &Table) {
        let Some((outcome, message)) = &self.failure else { return };
        let outcome = if *outcome == Outcome::Unsupported { *outcome } else { Outcome::Skipped };
        let parent = table.parent().unwrap_or_default();
        let message = format!("not asked: `{parent}` could not be listed: {message}");
        if let Some(list) = table.calls().first() {
            visit.failed(list, Failure::without_call(outcome, "", &message, ""));
        }
    }
}

/// Jobs that an earlier process had done.
pub(super) fn resumed(past: &Past) -> u64 {
    count(past.done.keys().filter(|key| !key.table.is_empty()).count())
}
