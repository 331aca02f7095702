//! The table `log_object`: which objects were read, in which batch.
//!
//! A row's `seq` tells what it is:
//! - `n > 0`: the object belongs to batch `n`; its rows are in the other tables once the batch is applied ([`super::commit`]).
//! - `0`: the object could not be fetched; nothing of it is in the lake, and it is tried again.
//!
//! What the lake knows is asked for a chunk of a listing at a time: memory does not grow with the number of objects that were ever read.

use super::store::Listed;
use crate::CollectError;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use sightline_lake::{Lake, Looked, Session};
use sightline_model::lake_table::LOG_OBJECT;
use sightline_model::log::LogObject;
use std::collections::HashSet;
use std::sync::Arc;

/// Objects that are looked up at once.
pub(super) const CHUNK: usize = 1_000;

/// What the lake knows of a chunk of objects.
#[derive(Debug, Default)]
pub(super) struct Known {
    read: HashSet<u128>,
    failed: HashSet<u128>,
    /// of the sizes that occur in the chunk
    contents: HashSet<u128>,
    /// what was asked
    pub(super) looked: Arc<Looked>,
}

#[derive(Deserialize)]
struct Row {
    uri: String,
    version: String,
    error: String,
    seq: i64,
}

#[derive(Deserialize)]
struct Content {
    content: String,
}

impl Known {
    /// Asks the lake's newest state. With a source `forced`, objects that were passed by because no source recognised them are new.
    pub(super) async fn of(lake: &Lake, chunk: &[Listed], forced: Option<&str>) -> Result<Self, CollectError> {
        let mut known = Self::default();
        if chunk.is_empty() {
            return Ok(known);
        }
        let (session, looked) = lake.look_at(LOG_OBJECT).await?;
        known.looked = Arc::new(looked);
        for row in rows(&session, chunk, forced.is_some()).await? {
            match row.seq {
                0 => known.failed.insert(hash(&row.uri, &row.version, &row.error)),
                _ => known.read.insert(identity(&row.uri, &row.version)),
            };
        }
        let new: Vec<&Listed> = chunk.iter().filter(|object| !known.has_read(object)).collect();
        known.contents = contents(&session, &new).await?;
        Ok(known)
    }

    /// Whether this version of the object was read.
    pub(super) fn has_read(&self, object: &Listed) -> bool {
        self.read.contains(&identity(&object.uri, &object.version))
    }

    /// Whether the lake knows of this very failure.
    pub(super) fn has_failed(&self, object: &Listed, error: &str) -> bool {
        self.failed.contains(&hash(&object.uri, &object.version, error))
    }

    /// Contents that were read under any name, of the sizes that occur in the chunk.
    pub(super) fn contents(&self) -> impl Iterator<Item = u128> {
        self.contents.iter().copied()
    }
}

/// The range lets the lake pass over files; the list makes the answer small, whatever lies between.
async fn rows(session: &Session, chunk: &[Listed], forced: bool) -> Result<Vec<Row>, CollectError> {
    let least = chunk.iter().map(|object| object.uri.as_str()).min().unwrap_or_default();
    let most = chunk.iter().map(|object| object.uri.as_str()).max().unwrap_or_default();
    let list: Vec<String> = chunk.iter().map(|object| quoted(&object.uri)).collect();
    let sql = format!(
        "SELECT uri, version, error, seq FROM log_object WHERE uri >= {} AND uri <= {} AND uri IN ({}){}",
        quoted(least),
        quoted(most),
        list.join(","),
        if forced { " AND status <> 'ignored'" } else { "" }
    );
    Ok(session.sql(&sql).await?.rows_as()?)
}

/// Contents of which something was kept: a copy of one that no source understood may have a name that tells which source it is of.
async fn contents(session: &Session, new: &[&Listed]) -> Result<HashSet<u128>, CollectError> {
    let sizes: HashSet<u64> = new.iter().map(|object| object.size).filter(|size| *size > 0).collect();
    if sizes.is_empty() {
        return Ok(HashSet::new());
    }
    let list: Vec<String> = sizes.iter().map(u64::to_string).collect();
    let sql = format!(
        "SELECT DISTINCT content FROM log_object WHERE seq > 0 AND content <> '' AND size IN ({}) \
         AND {KEPT}",
        list.join(",")
    );
    let rows: Vec<Content> = session.sql(&sql).await?.rows_as()?;
    Ok(rows.iter().map(|row| content_id(&row.content)).collect())
}

/// Contents of which something was kept, as [`super::worker`] decides it.
const KEPT: &str =
    "(status IN ('read', 'partial') OR status = 'unreadable' AND (\"rows\" > 0 OR gaps > 0 OR error <> ''))";

/// What must have no answer in what others committed since a batch's objects were looked up: the same version of an object, or the same content.
pub(super) fn questions(batch: &[LogObject], forced: bool) -> Vec<String> {
    let read: Vec<String> =
        batch.iter().filter(|row| row.seq > 0).map(|row| quoted(&format!("{} {}", row.uri, row.version))).collect();
    let kept = batch.iter().filter(|row| row.seq > 0 && !row.content.is_empty() && keeps(row));
    let contents: Vec<String> = kept.map(|row| quoted(&row.content)).collect();
    let again = if forced { " AND status <> 'ignored'" } else { "" };
    let of_objects = read.chunks(CHUNK).map(|list| {
        let list = list.join(",");
        format!("SELECT uri FROM log_object WHERE seq > 0 AND uri || ' ' || version IN ({list}){again} LIMIT 1")
    });
    let of_contents = contents.chunks(CHUNK).map(|list| {
        let list = list.join(",");
        format!("SELECT uri FROM log_object WHERE seq > 0 AND content IN ({list}) AND {KEPT} LIMIT 1")
    });
    of_objects.chain(of_contents).collect()
}

fn keeps(row: &LogObject) -> bool {
    match row.status.as_str() {
        "read" | "partial" => true,
        "unreadable" => row.rows > 0 || row.gaps > 0 || !row.error.is_empty(),
        _ => false,
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Sixteen bytes that stand for a version of an object.
pub(super) fn identity(uri: &str, version: &str) -> u128 {
    hash(uri, version, "")
}

/// Sixteen bytes that stand for a content: the first of its hash, given in hex.
pub(super) fn content_id(content: &str) -> u128 {
    content.get(..32).and_then(|start| u128::from_str_radix(start, 16).ok()).unwrap_or_default()
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
