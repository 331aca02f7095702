//! An ingest from its first batch to its last.

use super::commit::{Ready, commit, last_claim, record, recover, tidy};
use super::feeder::{Feeder, WAITING};
use super::ledger::{content_id, identity};
use super::object::{DUPLICATE, late_gaps};
use super::options::{IngestOptions, ObjectDone, Progress};
use super::queue::Queue;
use super::recent::Recent;
use super::shard;
use super::store::{Listed, LogStore};
use super::summary::IngestSummary;
use super::worker::{Finished, Outcome, Output, Worker};
use super::writers::Writers;
use crate::CollectError;
use jiff::SignedDuration;
use sightline_ingest::{Decoded, Part, Rollups, Unbuilt};
use sightline_lake::{Lake, Looked, Staged};
use sightline_model::log::LogObject;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// State of an ingest between two batches.
pub(super) struct Run<'r> {
    store: &'r LogStore,
    lake: &'r Lake,
    options: &'r IngestOptions,
    progress: &'r dyn Progress,
    recent: Recent,
    queue: Queue,
    feeder: Feeder,
    feeding: JoinHandle<()>,
    /// who this ingest is in the lake's transactions
    app: String,
    /// the last batch that is in the lake
    seq: i64,
    /// objects of batches that were refused
    again: Vec<Listed>,
    summary: IngestSummary,
}

/// A batch on its way into the lake.
#[derive(Default)]
pub(super) struct Batch {
    rows: Vec<LogObject>,
    late: Vec<(usize, SignedDuration)>,
    /// objects that need not be given again once the batch is in the lake
    settled: Vec<Listed>,
    outputs: Vec<Output>,
    /// what all its objects were looked up in; `None` as long as there are none
    looked: Option<Looked>,
    /// the same of the last object: many share it
    last_looked: Option<Arc<Looked>>,
    /// the summary without it
    before: IngestSummary,
}

impl Batch {
    fn looked_in(&mut self, looked: Arc<Looked>) {
        if self.last_looked.as_ref().is_some_and(|last| Arc::ptr_eq(last, &looked)) {
            return;
        }
        match &mut self.looked {
            Some(all) => all.narrow(&looked),
            none => *none = Some(Looked::clone(&looked)),
        }
        self.last_looked = Some(looked);
    }
}

impl<'r> Run<'r> {
    /// Completes what an earlier ingest began, and starts to list.
    pub(super) async fn begin(
        store: &'r LogStore,
        lake: &'r Lake,
        options: &'r IngestOptions,
        progress: &'r dyn Progress,
    ) -> Result<Self, CollectError> {
        let app = shard::app(options.shard);
        let summary = IngestSummary { recovered: recover(lake, &app).await?, ..IngestSummary::default() };
        let seq = last_claim(lake, &app).await?;
        let (sender, jobs) = mpsc::channel(WAITING);
        let recent = Recent::default();
        let feeder = Feeder::new(store.clone(), lake.clone(), options.clone(), recent.clone());
        let feeding = tokio::spawn(feeder.clone().run(sender));
        let (queue, again) = (Queue::new(jobs), vec![]);
        Ok(Self { store, lake, options, progress, recent, queue, feeder, feeding, app, seq, again, summary })
    }

    /// Reads batch after batch until there is nothing left.
    pub(super) async fn finish(mut self) -> Result<IngestSummary, CollectError> {
        let ended = self.batches().await;
        self.feeding.abort();
        ended?;
        self.summary.cancelled = self.options.cancel.is_cancelled();
        self.summary.requests = self.store.requests();
        self.progress.finished(&self.summary);
        Ok(self.summary)
    }

    async fn batches(&mut self) -> Result<(), CollectError> {
        self.round().await?;
        while !self.again.is_empty() && !self.options.cancel.is_cancelled() {
            let (sender, jobs) = mpsc::channel(WAITING);
            self.queue = Queue::new(jobs);
            self.feeding = tokio::spawn(self.feeder.clone().run_again(std::mem::take(&mut self.again), sender));
            self.round().await?;
        }
        match self.summary.unlisted.first() {
            // A message that is not understood is told and stays; the queue was read.
            Some(place) if self.summary.has_seen_nothing() && !self.has_messages() => {
                Err(CollectError::LogList { place: place.place.clone(), reason: place.error.clone() })
            }
            _ => Ok(()),
        }
    }

    fn has_messages(&self) -> bool {
        self.store.queue_counts().is_some_and(|counts| counts.messages > 0)
    }

    /// Batches until the feeder has no more.
    async fn round(&mut self) -> Result<(), CollectError> {
        let mut over = false;
        while !over {
            let batch = self.batch().await?;
            over = self.queue.is_over();
            self.settle(batch).await?;
        }
        // A feeder that stopped without its end left a hole.
        let reason = |error: tokio::task::JoinError| error.to_string();
        (&mut self.feeding)
            .await
            .map_err(|error| CollectError::LogList { place: self.store.place(), reason: reason(error) })
    }

    /// Lets the threads decode until the batch's time is over, it has enough objects, or there are no more.
    pub(super) async fn batch(&mut self) -> Result<Batch, CollectError> {
        self.queue.begin_batch(self.options.batch_objects);
        let (sender, mut finished) = mpsc::unbounded_channel();
        let threads: Vec<_> = (0..self.options.workers.max(1)).map(|_| self.thread(sender.clone())).collect();
        drop(sender);
        let mut batch = Batch { before: self.summary.clone(), ..Batch::default() };
        let time = tokio::time::sleep(self.options.batch_time);
        tokio::pin!(time);
        loop {
            tokio::select! {
                object = finished.recv() => match object {
                    Some(object) => self.take(object, &mut batch),
                    None => break,
                },
                () = &mut time, if !time.is_elapsed() => self.queue.end_batch(),
            }
        }
        for thread in threads {
            let output = thread.await.map_err(|error| CollectError::LogDecoder { reason: error.to_string() })?;
            batch.outputs.push(output?);
        }
        Ok(batch)
    }

    fn thread(&self, finished: mpsc::UnboundedSender<Finished>) -> JoinHandle<Result<Output, CollectError>> {
        let worker = Worker {
            store: self.store.clone(),
            lake: self.lake.clone(),
            queue: self.queue.clone(),
            recent: self.recent.clone(),
            options: self.options.clone(),
            finished,
            runtime: Handle::current(),
        };
        tokio::task::spawn_blocking(|| worker.run())
    }

    fn take(&mut self, finished: Finished, batch: &mut Batch) {
        self.progress.ahead(self.feeder.ahead());
        batch.looked_in(finished.looked);
        match finished.outcome {
            Outcome::Read { row, decoded, late } => {
                self.progress.object_done(&ObjectDone::of(&finished.listed, &decoded));
                self.summary.object(&row, &decoded.stats);
                if let Some(lag) = late {
                    self.summary.late += 1;
                    batch.late.push((batch.rows.len(), lag));
                }
                batch.rows.push(*row);
                batch.settled.push(finished.listed);
            }
            Outcome::Duplicate(row) => {
                self.progress.object_done(&ObjectDone::of(&finished.listed, &Decoded::default()));
                self.summary.duplicates += 1;
                batch.rows.push(*row);
                batch.settled.push(finished.listed);
            }
            Outcome::Unread(row, unread) => {
                self.progress.object_done(&ObjectDone::of(&finished.listed, &Decoded::default()));
                self.summary.unfetched(&row.uri, &unread);
                batch.rows.push(*row);
            }
        }
    }

    /// Brings the batch into the lake, and what the feeder saw with it.
    async fn settle(&mut self, mut batch: Batch) -> Result<(), CollectError> {
        let mut seen = self.feeder.seen();
        let unread = std::mem::take(&mut seen.unread);
        batch.rows.extend(unread.iter().filter(|(_, _, is_new)| *is_new).map(|(row, ..)| row.clone()));
        seen.unread = unread;
        let mut settled = self.commit(&mut batch).await?;
        seen.count(&mut self.summary);
        settled.append(&mut seen.settled);
        if let Err(unacknowledged) = self.store.acknowledge(&settled).await {
            self.summary.unacknowledged(&unacknowledged);
        }
        self.progress.written(&self.summary);
        seen.fatal.map_or(Ok(()), Err)
    }

    /// The objects that need not be given again.
    async fn commit(&mut self, batch: &mut Batch) -> Result<Vec<Listed>, CollectError> {
        let (mut rows, staged) = self.prepare(batch).await?;
        if rows.iter().all(|row| row.seq == 0) {
            record(self.lake, &rows).await?;
            return Ok(std::mem::take(&mut batch.settled));
        }
        let (looked, forced) = (batch.looked.take().unwrap_or_default(), self.options.source.is_some());
        let ready = Ready { app: &self.app, after: self.seq, looked: &looked, forced };
        let Some(seq) = commit(self.lake, ready, &mut rows, &staged).await? else {
            self.refused(batch, rows).await?;
            return Ok(vec![]);
        };
        self.seq = seq;
        tracing::debug!(seq, objects = rows.len(), app = self.app, "a batch is in the lake");
        self.recent.forget_versions(batch.settled.iter().map(|object| identity(&object.uri, &object.version)));
        self.recent.forget_contents(rows.iter().map(|row| content_id(&row.content)).collect());
        tidy(self.lake, self.options.shard.map_or(0, shard::Shard::place)).await?;
        Ok(std::mem::take(&mut batch.settled))
    }

    /// Another worker has read one of the batch's objects: all of them are looked up again, and what is still new is read again.
    async fn refused(&mut self, batch: &mut Batch, rows: Vec<LogObject>) -> Result<(), CollectError> {
        tracing::info!(app = self.app, objects = rows.len(), "another worker was first with objects of this batch");
        self.recent.forget_versions(batch.settled.iter().map(|object| identity(&object.uri, &object.version)));
        // The content of a copy stays taken: what it is a copy of may be in the lake.
        let own = rows.iter().filter(|row| row.status != DUPLICATE);
        own.for_each(|row| self.recent.gives_back(content_id(&row.content)));
        self.again.append(&mut batch.settled);
        self.summary = std::mem::take(&mut batch.before);
        self.summary.clashes += 1;
        let unread: Vec<LogObject> = rows.into_iter().filter(|row| row.seq == 0).collect();
        record(self.lake, &unread).await
    }

    /// The batch's rows of `log_object`, and all other rows of it, staged. Their number is any but 0 as long as it is not known.
    pub(super) async fn prepare(&self, batch: &mut Batch) -> Result<(Vec<LogObject>, Vec<Staged>), CollectError> {
        let now = (self.options.clock)();
        for row in &mut batch.rows {
            row.ingested_at = now;
            row.shard.clone_from(&self.app);
            row.seq = if row.status == "unreadable" && row.content.is_empty() { 0 } else { 1 };
        }
        let late = late_gaps(batch.late.iter().filter_map(|(place, lag)| Some((batch.rows.get(*place)?, *lag))));
        let staged = self.stage(std::mem::take(&mut batch.outputs), late).await?;
        Ok((std::mem::take(&mut batch.rows), staged))
    }

    /// Stages what the threads left: their rollups, merged, and the gaps that the driver itself found.
    async fn stage(&self, outputs: Vec<Output>, late: Option<Part>) -> Result<Vec<Staged>, CollectError> {
        let (mut staged, mut rollups) = (Vec::new(), Vec::new());
        for output in outputs {
            staged.extend(output.staged);
            rollups.push(output.rollups);
        }
        let (sender, parts) = crossing(self.options.workers);
        let merging = tokio::task::spawn_blocking(move || merge(rollups, late, &sender));
        let writing: Vec<_> = parts
            .into_iter()
            .map(|mut parts| {
                let mut writers = Writers::new(self.lake.clone(), Handle::current());
                tokio::task::spawn_blocking(move || {
                    while let Some(part) = parts.blocking_recv() {
                        writers.write(&part.build());
                    }
                    writers.finish()
                })
            })
            .collect();
        let stopped = |error: tokio::task::JoinError| CollectError::LogDecoder { reason: error.to_string() };
        for thread in writing {
            staged.extend(thread.await.map_err(stopped)??);
        }
        merging.await.map_err(stopped)?;
        Ok(staged)
    }
}

/// Channels to the threads that write, one each, with room for one part.
fn crossing(threads: usize) -> (Vec<mpsc::Sender<Unbuilt>>, Vec<mpsc::Receiver<Unbuilt>>) {
    (0..threads.max(1)).map(|_| mpsc::channel(1)).unzip()
}

/// Merges the rollups into the largest and deals its rows out.
fn merge(mut rollups: Vec<Rollups>, late: Option<Part>, writers: &[mpsc::Sender<Unbuilt>]) {
    rollups.sort_by_key(|rollups| std::cmp::Reverse(rollups.len()));
    let mut turn = writers.iter().cycle();
    // A writer is gone only when it failed, and says so itself.
    let mut deal = |part| drop(turn.next().map(|writer| writer.blocking_send(part)));
    let mut rest = rollups.into_iter();
    if let Some(mut all) = rest.next() {
        rest.for_each(|mut rollups| all.merge(&mut rollups));
        all.deal(&mut deal);
    }
    if let Some(part) = late {
        deal(part.into());
    }
}
