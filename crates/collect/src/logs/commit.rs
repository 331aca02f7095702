//! A batch goes into the lake: all of it, once.
//!
//! No transaction of the lake spans two tables. So the batch's rows are first staged in files that no reader sees; a claim file names
//! them; then one commit to `log_object` decides: it names the objects, and from then on they count as read. After that the files are
//! added to their tables under the batch's number, which a table takes once, and the claim file is dropped. Whoever finds a claim file
//! ([`recover`]) finishes what it says. Nothing is read again for that: it does not matter whether the objects still exist.

use super::ledger::CHUNK;
use crate::CollectError;
use sightline_lake::{Appended, Lake, Staged};
use sightline_model::lake_table::{LOG_OBJECT, LOG_TARGETS};
use sightline_model::log::LogObject;

/// The writer's name in the lake's transactions. There is one writer a lake, kept so by the lake's lock.
pub(super) const SHARD: &str = "ingest";

/// Small files of a table from which on they are written together.
const SMALL_FILES: usize = 100;

/// The last batch that was claimed; 0 when there was none.
pub(super) async fn last_claim(lake: &Lake) -> Result<i64, CollectError> {
    Ok(lake.transaction(LOG_OBJECT, SHARD).await?.unwrap_or_default())
}

/// Claims and applies a batch.
pub(super) async fn commit(lake: &Lake, seq: i64, rows: &[LogObject], staged: &[Staged]) -> Result<(), CollectError> {
    lake.save_claim(SHARD, seq, staged)?;
    lake.append_once(LOG_OBJECT, rows, SHARD, seq).await?;
    apply(lake, seq, staged).await?;
    Ok(())
}

/// Records objects that could not be fetched, where there is no batch to do it with.
pub(super) async fn record(lake: &Lake, rows: &[LogObject]) -> Result<(), CollectError> {
    for chunk in rows.chunks(CHUNK) {
        lake.append(LOG_OBJECT, chunk).await?;
    }
    Ok(())
}

/// Finishes the batch that an ingest claimed and did not apply to all tables, because it was cut off in between. Returns how many objects it has.
pub(super) async fn recover(lake: &Lake) -> Result<u64, CollectError> {
    let seq = last_claim(lake).await?;
    let mut objects = 0;
    if let Some(staged) = lake.load_claim(SHARD, seq)? {
        tracing::info!(seq, "completing the batch of an ingest that was cut off");
        if apply(lake, seq, &staged).await? {
            objects = objects_of(lake, seq).await?;
        }
    }
    // A claim that was written and not committed: its objects are open, and its files are nobody's.
    lake.drop_claim(SHARD, seq + 1)?;
    Ok(objects)
}

/// Adds the files to their tables. Returns whether any table lacked them.
async fn apply(lake: &Lake, seq: i64, staged: &[Staged]) -> Result<bool, CollectError> {
    let mut lacked = false;
    for table in LOG_TARGETS {
        let files: Vec<Staged> = staged.iter().filter(|staged| staged.table() == table.name).cloned().collect();
        if files.iter().any(|files| files.rows() > 0) {
            lacked |= lake.commit_staged(table, &files, SHARD, seq).await? == Appended::Committed;
        }
    }
    lake.drop_claim(SHARD, seq)?;
    Ok(lacked)
}

async fn objects_of(lake: &Lake, seq: i64) -> Result<u64, CollectError> {
    #[derive(serde::Deserialize)]
    struct Count {
        objects: u64,
    }
    let sql = format!("SELECT count(*) AS objects FROM log_object WHERE shard = '{SHARD}' AND seq = {seq}");
    let counts: Vec<Count> = lake.session(&[]).await?.sql(&sql).await?.rows_as()?;
    Ok(counts.first().map_or(0, |count| count.objects))
}

/// Writes small files together where a table has many of them: readers and commits get slower with each.
pub(super) async fn tidy(lake: &Lake) -> Result<(), CollectError> {
    for table in LOG_TARGETS.into_iter().chain([LOG_OBJECT]) {
        if lake.small_files(table).await? > SMALL_FILES {
            lake.compact(table).await?;
        }
    }
    Ok(())
}
