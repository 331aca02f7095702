//! The table `log_object`: which objects were read, in which batch.
//!
//! A row's `seq` tells what it is:
//! - `n > 0`: the object belongs to batch `n`; its rows are in the other tables once their transaction has reached `n`.
//! - `0`: the object could not be fetched; nothing of it is in the lake, and it is tried again.
//! - `-n`: the object was released from batch `n`: an ingest was cut off before it wrote the batch, and the object could
//!   not be read again when the next one completed the batch. It is open, as if it had never been claimed.

use super::write::first_part;
use crate::CollectError;
use jiff::Timestamp;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use sightline_lake::{Lake, Session};
use sightline_model::LakeTable;
use sightline_model::lake_table::{API_CALL, FLOW, LOG_GAP, LOG_OBJECT};
use sightline_model::log::LogObject;
use std::collections::HashSet;

/// The writer's name in the lake's transactions. There is one writer a lake, kept so by the lake's lock.
pub(super) const SHARD: &str = "ingest";
/// The writer's name for the parts of objects with more rows than are held.
pub(super) const PARTS: &str = "ingest-part";
/// Tables that rows of logs go to, in the order in which they are written.
pub(super) const TARGETS: [&LakeTable; 3] = [FLOW, API_CALL, LOG_GAP];

/// What the lake knows of objects. Each is kept as sixteen bytes of its hash: millions of them fit into memory.
#[derive(Debug, Default)]
pub(super) struct Known {
    claimed: HashSet<u128>,
    failed: HashSet<u128>,
}

/// A batch that was claimed and perhaps not written.
#[derive(Debug)]
pub(super) struct Unfinished {
    pub(super) seq: i64,
    /// in the batch's order
    pub(super) objects: Vec<LogObject>,
    /// nothing of the batch is in any table
    pub(super) untouched: bool,
}

impl Known {
    /// Reads what the lake knows.
    pub(super) async fn load(lake: &Lake) -> Result<Self, CollectError> {
        let session = lake.session(&[]).await?;
        let claimed = "SELECT uri, version, '' AS error FROM log_object GROUP BY uri, version \
             HAVING sum(CASE WHEN seq > 0 THEN 1 WHEN seq < 0 THEN -1 ELSE 0 END) > 0";
        let failed = "SELECT DISTINCT uri, version, error FROM log_object WHERE seq = 0";
        Ok(Self { claimed: hashes(&session, claimed).await?, failed: hashes(&session, failed).await? })
    }

    /// Whether this version of the object was never read. From then on it counts as read: overlapping prefixes list it twice.
    pub(super) fn is_new(&mut self, uri: &str, version: &str) -> bool {
        self.claimed.insert(hash(uri, version, ""))
    }

    /// Remembers a failure. `false`: the lake knows it already.
    pub(super) fn fails(&mut self, row: &LogObject) -> bool {
        self.failed.insert(hash(&row.uri, &row.version, &row.error))
    }
}

async fn hashes(session: &Session, sql: &str) -> Result<HashSet<u128>, CollectError> {
    #[derive(Deserialize)]
    struct Row {
        uri: String,
        version: String,
        error: String,
    }
    let rows = session.sql(sql).await?.rows_as::<Row>()?;
    Ok(rows.iter().map(|row| hash(&row.uri, &row.version, &row.error)).collect())
}

fn hash(uri: &str, version: &str, error: &str) -> u128 {
    let digest = Sha256::new()
        .chain_update(uri)
        .chain_update([0])
        .chain_update(version)
        .chain_update([0])
        .chain_update(error)
        .finalize();
    digest.iter().take(16).fold(0, |hash, byte| hash << 8 | u128::from(*byte))
}

/// The last batch that was claimed; 0 when there was none.
pub(super) async fn last_claim(lake: &Lake) -> Result<i64, CollectError> {
    Ok(lake.transaction(LOG_OBJECT, SHARD).await?.unwrap_or_default())
}

/// Claims a batch: from here on its objects count as read, and whoever comes next completes it. Rows of objects that could not be
/// fetched go with it.
pub(super) async fn claim(
    lake: &Lake,
    seq: i64,
    now: Timestamp,
    objects: &[LogObject],
    failed: &[LogObject],
) -> Result<(), CollectError> {
    let claimed = objects.iter().map(|row| LogObject { seq, ..row.clone() });
    let signed = |row| LogObject { shard: SHARD.to_owned(), ingested_at: now, ..row };
    let rows: Vec<LogObject> = claimed.chain(failed.iter().cloned()).map(signed).collect();
    if objects.is_empty() {
        lake.append(LOG_OBJECT, &rows).await?;
    } else {
        lake.append_once(LOG_OBJECT, &rows, SHARD, seq).await?;
    }
    Ok(())
}

/// The last batch, if a table may lack rows of it. Those before are written, or it would not have been claimed.
pub(super) async fn unfinished(lake: &Lake) -> Result<Option<Unfinished>, CollectError> {
    let seq = last_claim(lake).await?;
    let (mut least, mut most, mut part) = (i64::MAX, 0, 0);
    for table in TARGETS {
        let written = lake.transaction(table, SHARD).await?.unwrap_or_default();
        least = least.min(written);
        most = most.max(written);
        part = part.max(lake.transaction(table, PARTS).await?.unwrap_or_default());
    }
    if least >= seq {
        return Ok(None);
    }
    let objects = objects_of(&lake.session(&[]).await?, seq).await?;
    Ok(Some(Unfinished { seq, objects, untouched: most < seq && part < first_part(seq) }))
}

/// The objects of a batch, in its order: by URI and version. Those that were released from it keep their place, because it numbers the
/// parts of large ones, and have the batch's number with a minus.
async fn objects_of(session: &Session, seq: i64) -> Result<Vec<LogObject>, CollectError> {
    let sql = format!("SELECT * FROM log_object WHERE shard = '{SHARD}' AND (seq = {seq} OR seq = -{seq})");
    let (mut claimed, released): (Vec<LogObject>, Vec<LogObject>) =
        session.sql(&sql).await?.rows_as::<LogObject>()?.into_iter().partition(|row| row.seq > 0);
    let identity = |row: &LogObject| (row.uri.clone(), row.version.clone());
    let released: HashSet<_> = released.iter().map(identity).collect();
    for row in &mut claimed {
        if released.contains(&identity(row)) {
            row.seq = -seq;
        }
    }
    claimed.sort_by_key(identity);
    Ok(claimed)
}
