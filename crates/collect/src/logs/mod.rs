//! Reads log objects into the lake, each version of an object once.
//!
//! ```text
//!            feeder (a task)                  workers (threads)                     run
//! list ─► new to the lake? ─► open ─► queue ─► hash, decode ─► stage rows ─► merge rollups ─► commit: claim, apply ─► acknowledge
//! ```
//!
//! The feeder runs ahead as far as memory allows ([`feeder`]); workers take objects until the batch ends, by time or number ([`worker`]);
//! then the batch becomes visible, whole and once ([`commit`]). What is in no batch yet is read again by the next ingest, and
//! leaves nothing but files that no reader sees. Memory is bounded whatever the size, number or content of the objects: by what is open at
//! once, what a worker holds of rows and rollups, and what of a listing is looked up at a time ([`ledger`], [`recent`]).
//!
//! An object that cannot be fetched stops nothing: it is recorded and counted, and tried again next time.

mod address;
mod answer;
mod bucket;
mod cloudwatch;
mod commit;
mod feed;
mod feeder;
mod folder;
mod ledger;
mod notification;
mod object;
mod options;
mod permission;
mod queue;
mod recent;
mod request;
mod run;
mod s3;
mod shard;
mod sidecars;
mod sqs;
mod stdin;
mod store;
mod summary;
mod survey;
#[cfg(test)]
mod tests;
mod unread;
mod walk;
mod worker;
mod writers;

pub use address::{Address, GroupAddress, QueueAddress};
pub use cloudwatch::GroupStore;
pub use folder::FolderStore;
pub use options::{Ahead, IngestOptions, ObjectDone, Progress, Quiet};
pub use permission::Needed;
pub use request::Requests;
pub use s3::S3Store;
pub use shard::Shard;
pub use sqs::{QueueCounts, QueueOptions, QueueStore, QueueTrouble, Trouble};
pub use stdin::StdinStore;
pub use store::{Bounds, Listed, LogStore, Opened, Receipt, Unacknowledged, Unlisted};
pub use summary::{IngestSummary, Place, RejectSample, SourceSummary, Unfetched};
pub use survey::{PRICES_OF, Share, Survey, survey};
pub use unread::{Unread, Why};

use crate::CollectError;
use sightline_lake::Lake;

/// Reads every log object of the store that the lake does not have, or the shard's part of them.
///
/// # Errors
/// When nothing can be listed, when the credentials are missing or expire, when another ingest writes to the lake, when the lake cannot
/// be written. What was written until then stays, and is not read again.
pub async fn ingest(
    store: &LogStore,
    lake: &Lake,
    options: IngestOptions,
    progress: &dyn Progress,
) -> Result<IngestSummary, CollectError> {
    let _lock = lake.lock(&shard::app(options.shard), &format!("since {}", (options.clock)()))?;
    run::Run::begin(store, lake, &options, progress).await?.finish().await
}
