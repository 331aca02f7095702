//! A thread that decodes: it takes objects from the queue until the batch ends, and stages their rows.

use super::ledger::content_id;
use super::object::{duplicate_row, late, read_row, unread_row};
use super::options::IngestOptions;
use super::queue::Queue;
use super::recent::Recent;
use super::sidecars::BesideObjects;
use super::store::{Listed, LogStore, Opened};
use super::unread::{Unread, Why};
use super::writers::Writers;
use crate::CollectError;
use bytes::Bytes;
use jiff::SignedDuration;
use sha2::{Digest, Sha256};
use sightline_ingest::{Batch, Decoded, Input, Limits, ObjectRef, Rollups, Source, Stats, Status};
use sightline_lake::{Lake, Looked, Staged};
use sightline_model::log::LogObject;
use std::fmt::Write as _;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

/// What a thread leaves behind at the end of a batch.
pub(super) struct Output {
    /// rows that wait for those of other threads
    pub(super) rollups: Rollups,
    /// rows that are staged
    pub(super) staged: Vec<Staged>,
}

/// What became of one object.
pub(super) struct Finished {
    pub(super) listed: Listed,
    pub(super) outcome: Outcome,
    pub(super) looked: Arc<Looked>,
}

/// See [`Finished`].
pub(super) enum Outcome {
    /// it was decoded, whole or in part
    Read { row: Box<LogObject>, decoded: Box<Decoded>, late: Option<SignedDuration> },
    /// its content was read before
    Duplicate(Box<LogObject>),
    /// the store broke off; nothing of it is kept
    Unread(Box<LogObject>, Unread),
}

/// A thread's work and where it reports.
pub(super) struct Worker {
    pub(super) store: LogStore,
    pub(super) lake: Lake,
    pub(super) queue: Queue,
    pub(super) recent: Recent,
    pub(super) options: IngestOptions,
    pub(super) finished: mpsc::UnboundedSender<Finished>,
    pub(super) runtime: Handle,
}

impl Worker {
    /// Decodes until the batch ends. Blocks: run it on a thread for blocking work.
    pub(super) fn run(self) -> Result<Output, CollectError> {
        let sidecars = BesideObjects::new(self.store.clone(), self.runtime.clone());
        let mut writers = self.writers();
        let mut sink = |part| writers.write(&part);
        let mut batch = Batch::new(self.limits(), self.options.keep, &mut sink).with_sidecars(&sidecars);
        let mut streamed = Vec::new();
        while let Some(job) = self.queue.next(&self.runtime) {
            sidecars.look_beside(&job.listed);
            let outcome = match job.opened {
                Opened::Whole(bytes) => self.whole(&job.listed, &bytes, &mut batch),
                Opened::Stream(reader) => {
                    let (outcome, output) = self.stream(&job.listed, reader, &sidecars)?;
                    streamed.extend(output);
                    outcome
                }
            };
            // Nobody listens any more only when the ingest is over.
            let _ = self.finished.send(Finished { listed: job.listed, outcome, looked: job.looked });
        }
        let mut rollups = batch.finish();
        let mut staged = writers.finish()?;
        for mut output in streamed {
            rollups.merge(&mut output.rollups);
            staged.extend(output.staged);
        }
        Ok(Output { rollups, staged })
    }

    /// What this thread may hold: two threads each what the options say, more of them no more than that together.
    fn limits(&self) -> Limits {
        let limits = self.options.limits;
        Limits { groups: (limits.groups * 2 / self.options.workers.max(2)).max(1), ..limits }
    }

    fn writers(&self) -> Writers {
        Writers::new(self.lake.clone(), self.runtime.clone())
    }

    fn whole(&self, listed: &Listed, bytes: &Bytes, batch: &mut Batch<'_>) -> Outcome {
        let content = hex(&Sha256::digest(bytes));
        if !bytes.is_empty() && !self.recent.takes_content(content_id(&content)) {
            return Outcome::Duplicate(Box::new(duplicate_row(listed, content)));
        }
        let decoded = self.decode(listed, Input::Whole(bytes), batch);
        self.read(listed, content, decoded)
    }

    fn read(&self, listed: &Listed, content: String, decoded: Decoded) -> Outcome {
        if keeps_nothing(&decoded) {
            self.recent.gives_back(content_id(&content));
        }
        let row = Box::new(read_row(listed, content, &decoded));
        Outcome::Read { row, late: late(listed, &decoded.stats), decoded: Box::new(decoded) }
    }

    /// An object that is too large to be held has stages of its own, so that nothing of it stays when it breaks off.
    fn stream(
        &self,
        listed: &Listed,
        reader: Box<dyn Read + Send>,
        sidecars: &BesideObjects,
    ) -> Result<(Outcome, Option<Output>), CollectError> {
        let mut watched = Watched { reader, hash: Sha256::new(), broken: None };
        let mut writers = self.writers();
        let mut sink = |part| writers.write(&part);
        let mut batch = Batch::new(self.limits(), self.options.keep, &mut sink).with_sidecars(sidecars);
        let decoded = self.decode(listed, Input::Stream(&mut watched), &mut batch);
        let rollups = batch.finish();
        // What the decoder did not want, a bomb's rest or what lies behind the last record, is part of the content still.
        watched.drain(self.options.limits.content);
        if let Some(unread) = watched.broken {
            let row = unread_row(listed, &unread.error);
            return Ok((Outcome::Unread(Box::new(row), unread), None));
        }
        let content = hex(&watched.hash.finalize());
        if !self.recent.takes_content(content_id(&content)) {
            return Ok((Outcome::Duplicate(Box::new(duplicate_row(listed, content))), None));
        }
        Ok((self.read(listed, content, decoded), Some(Output { rollups, staged: writers.finish()? })))
    }

    /// A decoder that stops is a mistake of ours: it costs the rest of this object, is told, and nothing else stops.
    fn decode(&self, listed: &Listed, input: Input<'_>, batch: &mut Batch<'_>) -> Decoded {
        let object = ObjectRef { uri: &listed.uri, key: &listed.key };
        let source = self.options.source.and_then(sightline_ingest::by_name);
        let decode = AssertUnwindSafe(|| match source {
            Some(source) => sightline_ingest::decode_as(source, &object, input, batch),
            None => sightline_ingest::decode(&object, input, batch),
        });
        catch_unwind(decode).unwrap_or_else(|_| stopped(source))
    }
}

fn stopped(source: Option<&'static dyn Source>) -> Decoded {
    let mut stats = Stats::default();
    stats.fault("the decoder stopped on this object, please report it: rows may be missing");
    Decoded { source: source.map_or("unknown", Source::name), stats }
}

/// Whether nothing of an object but its row of `log_object` is in the batch. Agrees with what the lake is asked in [`super::ledger`].
fn keeps_nothing(decoded: &Decoded) -> bool {
    let stats = &decoded.stats;
    match decoded.status() {
        Status::Ignored => true,
        Status::Unreadable => stats.rows == 0 && stats.gaps == 0 && stats.error.is_empty(),
        Status::Read | Status::Partial => false,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A reader that remembers why the store broke off, and what went by.
struct Watched {
    reader: Box<dyn Read + Send>,
    hash: Sha256,
    broken: Option<Unread>,
}

impl Watched {
    /// Reads to the end, or as far as the bound.
    fn drain(&mut self, bound: u64) {
        // A failure is remembered by `read`.
        let _ = std::io::copy(&mut self.take(bound), &mut std::io::sink());
    }
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self.reader.read(buffer) {
            Ok(read) => {
                self.hash.update(buffer.get(..read).unwrap_or_default());
                Ok(read)
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                let unread = Unread::within(&error).cloned();
                self.broken = Some(unread.unwrap_or_else(|| Unread::new(Why::Failed, &error)));
                Err(error)
            }
        }
    }
}
