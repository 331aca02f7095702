//! A claimed batch, written to its tables, each once however often it is tried.
//!
//! The rows of all objects that were held are one commit a table, under the batch's number. An object with more rows than are held is decoded
//! again and written part by part before that, each part under a number of its own. A table that the batch has no rows for is left
//! alone, and so may lag behind: [`settle`] ends that, and until then completing the batch again does nothing but read.

use super::ledger::{PARTS, SHARD, TARGETS};
use super::read::{Content, decode_into};
use super::store::Listed;
use crate::CollectError;
use bytes::Bytes;
use serde::Serialize;
use sightline_ingest::{Limits, Rollup, Rows};
use sightline_lake::Lake;
use sightline_model::LakeTable;
use sightline_model::lake_table::{API_CALL, FLOW, LOG_GAP};
use sightline_model::log::{ApiCall, LogGap};
use tokio::sync::mpsc;

/// Objects of a batch that can be numbered, and parts of an object.
const OBJECTS: i64 = 1 << 12;
const PARTS_OF_OBJECT: i64 = 1 << 20;

/// An object at its place in the batch.
pub(super) struct Placed {
    /// from 0, by URI and version
    pub(super) place: usize,
    pub(super) listed: Listed,
    pub(super) content: Content,
}

/// Writes the batch. `objects` are in the batch's order.
pub(super) async fn write(lake: &Lake, seq: i64, objects: Vec<Placed>, limits: Limits) -> Result<(), CollectError> {
    let mut flows = Rollup::default();
    let mut calls: Vec<ApiCall> = Vec::new();
    let mut gaps: Vec<LogGap> = Vec::new();
    for object in objects {
        match object.content {
            Content::Large(bytes) => {
                write_large(lake, first_part_of(seq, object.place), object.listed, bytes, limits).await?
            }
            Content::Rows(rows) => {
                rows.flows.iter().for_each(|flow| flows.merge(flow));
                calls.extend(rows.api_calls);
                gaps.extend(rows.gaps);
            }
        }
    }
    let rows = Rows { flows: flows.take(), api_calls: calls, gaps };
    commit(lake, &rows, SHARD, seq).await
}

/// Gives every table the number of the last batch, so that the next ingest has nothing to complete.
pub(super) async fn settle(lake: &Lake, seq: i64) -> Result<(), CollectError> {
    for table in TARGETS {
        if lake.transaction(table, SHARD).await?.unwrap_or_default() < seq {
            lake.append_once::<()>(table, &[], SHARD, seq).await?;
        }
    }
    Ok(())
}

/// The least number that a part of this batch can have.
pub(super) fn first_part(seq: i64) -> i64 {
    first_part_of(seq, 0)
}

fn first_part_of(seq: i64, place: usize) -> i64 {
    let place = i64::try_from(place).unwrap_or(OBJECTS).min(OBJECTS - 1);
    seq.saturating_mul(OBJECTS).saturating_add(place).saturating_mul(PARTS_OF_OBJECT)
}

async fn write_large(
    lake: &Lake,
    first: i64,
    listed: Listed,
    bytes: Bytes,
    limits: Limits,
) -> Result<(), CollectError> {
    let (sender, mut parts) = mpsc::channel(1);
    let decoding = tokio::task::spawn_blocking(move || {
        // The receiver is gone only when writing failed: then there is nobody to decode for.
        decode_into(&listed, &bytes, limits, &mut |rows| drop(sender.blocking_send(rows)))
    });
    let mut number = first;
    while let Some(rows) = parts.recv().await {
        commit(lake, &rows, PARTS, number).await?;
        number += 1;
    }
    match decoding.await {
        Ok(_) => Ok(()),
        Err(error) => Err(CollectError::LogDecoder { reason: error.to_string() }),
    }
}

async fn commit(lake: &Lake, rows: &Rows, app: &str, number: i64) -> Result<(), CollectError> {
    commit_table(lake, FLOW, &rows.flows, app, number).await?;
    commit_table(lake, API_CALL, &rows.api_calls, app, number).await?;
    commit_table(lake, LOG_GAP, &rows.gaps, app, number).await
}

async fn commit_table<T: Serialize>(
    lake: &Lake,
    table: &'static LakeTable,
    rows: &[T],
    app: &str,
    number: i64,
) -> Result<(), CollectError> {
    if !rows.is_empty() {
        lake.append_once(table, rows, app, number).await?;
    }
    Ok(())
}
