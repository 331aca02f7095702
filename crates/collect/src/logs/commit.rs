//! A batch goes into the lake: all of it, once.
//!
//! No transaction of the lake spans two tables. So the batch's rows are first staged in files that no reader sees; a claim names them, under a
//! number that no other claim of this application ever has; then one commit to `log_object` decides: it names the objects and the number, and
//! from then on they count as read. After that the files are added to their tables under the same number, which a table takes once, and the claim
//! is dropped. Whoever finds a claim whose number is the application's last ([`recover`]) finishes what it says, be it another worker on another
//! machine. Nothing is read again for that: it does not matter whether the objects still exist.
//!
//! # Many workers, and queues that deliver twice
//! Workers of different shards are different applications and never wait for each other but for the version of a commit. That an object is in one
//! batch alone does not rest on how the work was dealt out: the commit to `log_object` is made only after everything that was committed since the
//! batch's objects were looked up has been asked for the same objects and the same contents ([`Lake::claim_rows`]). So
//! - a message that SQS delivers to two workers is read by both, committed by the one that is first, and refused to the other: it drops what it
//!   staged, looks its objects up again, and finds that one read;
//! - workers that were told overlapping places, or another number of shards than others, lose time and no rows;
//! - a copy of an object under another key, which may be another shard's, is noticed as it is within one ingest;
//! - a message is removed from its queue only after the commit, by the worker that made it or that found the object read. A worker that is killed
//!   before leaves it to be delivered again.
//!
//! Of two processes that were told to be the same shard, the one whose last number is not the table's is refused, and stops.

use super::ledger::{CHUNK, questions};
use super::shard::is_ingest;
use crate::CollectError;
use sightline_lake::{Appended, Claimant, Claiming, Lake, Looked, Staged};
use sightline_model::lake_table::{LOG_OBJECT, LOG_TARGETS};
use sightline_model::log::LogObject;

/// Small files of a table from which on they are written together.
const SMALL_FILES: usize = 100;

/// How many more each further shard waits for: the others leave that work to the first.
const MORE_FILES: usize = 25;

/// The last batch that was claimed; 0 when there was none.
pub(super) async fn last_claim(lake: &Lake, app: &str) -> Result<i64, CollectError> {
    Ok(lake.transaction(LOG_OBJECT, app).await?.unwrap_or_default())
}

/// A batch that is ready to be claimed.
pub(super) struct Ready<'b> {
    pub(super) app: &'b str,
    /// the batch before
    pub(super) after: i64,
    pub(super) looked: &'b Looked,
    /// whether objects that no source recognised before are read again
    pub(super) forced: bool,
}

/// Claims and applies a batch. Returns its number; `None`: somebody else has read one of its objects since, and nothing of it is in the lake.
pub(super) async fn commit(
    lake: &Lake,
    ready: Ready<'_>,
    rows: &mut [LogObject],
    staged: &[Staged],
) -> Result<Option<i64>, CollectError> {
    let Ready { app, after, looked, forced } = ready;
    let seq = lake.save_claim(app, after, staged).await?;
    rows.iter_mut().filter(|row| row.seq > 0).for_each(|row| row.seq = seq);
    let claimant = Claimant { app, after, seq };
    let outcome = lake.claim_rows(LOG_OBJECT, rows, claimant, looked, &questions(rows, forced)).await?;
    if matches!(outcome, Claiming::Committed) {
        apply(lake, app, seq, staged).await?;
        return Ok(Some(seq));
    }
    lake.drop_claim(app, seq).await?;
    lake.forget_staged(staged).await;
    match outcome {
        Claiming::Fenced(_) => Err(CollectError::Fenced { app: app.to_owned() }),
        _ => Ok(None),
    }
}

/// Records objects that could not be fetched, where there is no batch to do it with.
pub(super) async fn record(lake: &Lake, rows: &[LogObject]) -> Result<(), CollectError> {
    for chunk in rows.chunks(CHUNK) {
        lake.append(LOG_OBJECT, chunk).await?;
    }
    Ok(())
}

/// Finishes the batches that ingests claimed and did not apply to all tables, because they were cut off in between. Returns how many objects they have.
///
/// Whose batch it is does not matter, nor whether its ingest lives: a table takes a number once. `app` is that of the caller, who holds its lock.
pub(super) async fn recover(lake: &Lake, app: &str) -> Result<u64, CollectError> {
    let mut objects = 0;
    for claim in lake.claims().await?.into_iter().filter(|claim| is_ingest(&claim.app)) {
        let last = last_claim(lake, &claim.app).await?;
        if claim.seq == last {
            objects += finish(lake, &claim.app, claim.seq).await?;
        } else if claim.seq < last {
            // Numbers only grow: it is applied, or can be committed no more.
            lake.drop_claim(&claim.app, claim.seq).await?;
        } else if claim.app == app && lake.place().is_folder() {
            // Written and not committed, by a process that is gone: its objects are open, and its files are nobody's. In a bucket another machine
            // may be about to commit it; it goes with the next number.
            let staged = lake.load_claim(app, claim.seq).await?;
            lake.drop_claim(app, claim.seq).await?;
            lake.forget_staged(&staged.unwrap_or_default()).await;
        }
    }
    Ok(objects)
}

async fn finish(lake: &Lake, app: &str, seq: i64) -> Result<u64, CollectError> {
    let Some(staged) = lake.load_claim(app, seq).await? else { return Ok(0) };
    tracing::info!(app, seq, "completing the batch of an ingest that was cut off");
    if apply(lake, app, seq, &staged).await? { objects_of(lake, app, seq).await } else { Ok(0) }
}

/// Adds the files to their tables. Returns whether any table lacked them.
async fn apply(lake: &Lake, app: &str, seq: i64, staged: &[Staged]) -> Result<bool, CollectError> {
    let mut lacked = false;
    for table in LOG_TARGETS {
        let files: Vec<Staged> = staged.iter().filter(|staged| staged.table() == table.name).cloned().collect();
        if files.iter().any(|files| files.rows() > 0) {
            lacked |= lake.commit_staged(table, &files, app, seq).await? == Appended::Committed;
        }
    }
    lake.drop_claim(app, seq).await?;
    Ok(lacked)
}

async fn objects_of(lake: &Lake, app: &str, seq: i64) -> Result<u64, CollectError> {
    #[derive(serde::Deserialize)]
    struct Count {
        objects: u64,
    }
    let sql = format!("SELECT count(*) AS objects FROM log_object WHERE shard = '{app}' AND seq = {seq}");
    let counts: Vec<Count> = lake.look_at(LOG_OBJECT).await?.0.sql(&sql).await?.rows_as()?;
    Ok(counts.first().map_or(0, |count| count.objects))
}

/// Writes small files together where a table has many of them: readers and commits get slower with each.
pub(super) async fn tidy(lake: &Lake, place: usize) -> Result<(), CollectError> {
    for table in LOG_TARGETS.into_iter().chain([LOG_OBJECT]) {
        if lake.small_files(table).await? > SMALL_FILES + place.min(16) * MORE_FILES {
            lake.compact(table).await?;
        }
    }
    Ok(())
}
