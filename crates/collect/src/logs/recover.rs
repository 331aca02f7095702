//! Completes the batch that an ingest claimed and did not write to all tables, because it was cut off in between.

use super::ledger::{SHARD, Unfinished, unfinished};
use super::options::IngestOptions;
use super::read::{limits, read, unread_row};
use super::store::{Listed, LogStore, Unread, Why};
use super::summary::IngestSummary;
use super::write::{Placed, write};
use crate::CollectError;
use futures::{StreamExt, stream};
use sightline_lake::Lake;
use sightline_model::lake_table::LOG_OBJECT;
use sightline_model::log::LogObject;

/// Reads the objects of the last batch again, in the versions that were claimed, and writes what is missing. An object that cannot be
/// read again is recorded: it is open again where nothing of its batch was written, else its rows may be missing for good.
pub(super) async fn recover(
    store: &LogStore,
    lake: &Lake,
    options: &IngestOptions,
    summary: &mut IngestSummary,
) -> Result<(), CollectError> {
    let Some(batch) = unfinished(lake).await? else { return Ok(()) };
    tracing::info!(
        seq = batch.seq,
        objects = batch.objects.len(),
        "completing the batch of an ingest that was cut off"
    );
    complete(store, lake, options, batch, summary).await
}

async fn complete(
    store: &LogStore,
    lake: &Lake,
    options: &IngestOptions,
    batch: Unfinished,
    summary: &mut IngestSummary,
) -> Result<(), CollectError> {
    let open = batch.objects.iter().enumerate().filter(|(_, row)| row.seq > 0 && !row.source.is_empty());
    let mut reading = stream::iter(open)
        .map(|(place, row)| async move { (place, row, again(store, options, row).await) })
        .buffered(options.concurrency.max(1));
    let mut objects = Vec::new();
    let mut lost = Vec::new();
    while let Some((place, row, result)) = reading.next().await {
        match result {
            Ok(read) => {
                summary.recovered += 1;
                objects.push(Placed { place, listed: read.listed, content: read.content });
            }
            Err(unread) if unread.why == Why::Credentials => {
                return Err(CollectError::LogCredentials { reason: unread.error });
            }
            Err(unread) => {
                summary.unfetched(&row.uri, &unread);
                lost.push(lost_row(row, &unread, batch.untouched, options));
            }
        }
    }
    // Before the write: released objects must not be taken for written ones.
    lake.append(LOG_OBJECT, &lost).await?;
    write(lake, batch.seq, objects, limits(options)).await
}

async fn again(store: &LogStore, options: &IngestOptions, row: &LogObject) -> Result<super::read::Read, Unread> {
    let elsewhere =
        || Unread { why: Why::Failed, error: "it lies in another place than the one that is read now".to_owned() };
    let listed = store.recall(row).ok_or_else(elsewhere)?;
    read(store.clone(), listed, limits(options), options.largest_object).await.map_err(|(_, unread)| unread)
}

fn lost_row(row: &LogObject, unread: &Unread, untouched: bool, options: &IngestOptions) -> LogObject {
    let listed = Listed {
        uri: row.uri.clone(),
        key: String::new(),
        version: row.version.clone(),
        size: u64::try_from(row.size).unwrap_or_default(),
        last_modified: row.last_modified,
    };
    let missing = if untouched { "nothing of it is written" } else { "some of its rows may be missing" };
    let error = format!("an ingest was cut off and the object cannot be read again, {missing}: {}", unread.error);
    LogObject {
        shard: SHARD.to_owned(),
        seq: if untouched { -row.seq } else { 0 },
        ingested_at: (options.clock)(),
        ..unread_row(&listed, &error)
    }
}
