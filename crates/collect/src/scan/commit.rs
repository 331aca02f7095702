//! From the journal into the lake: what the jobs that are done have noted becomes rows, and with the scan's own rows, written last, all of
//! it is to be seen. Each step may be repeated: it is there once.

use super::past::{lines, unreadable};
use super::record::{Closed, Kind, decode};
use crate::CollectError;
use serde::Serialize;
use sightline_lake::Lake;
use sightline_model::lake_table::{COVERAGE, RESOURCE, SCAN};
use sightline_model::{Coverage, LakeTable, Resource};
use std::collections::BTreeSet;

/// About how many bytes of notes become one commit.
pub(super) const BATCH_BYTES: usize = 4 * 1024 * 1024;

/// How many rows become one commit at most.
pub(super) const BATCH_ROWS: usize = 8_000;

/// Rows on their way into one table.
struct Batches<'l, T> {
    lake: &'l Lake,
    table: &'static LakeTable,
    app: String,
    closed: &'l Closed,
    rows: Vec<T>,
    bytes: usize,
    sequence: i64,
}

impl<'l, T: Serialize> Batches<'l, T> {
    fn new(lake: &'l Lake, table: &'static LakeTable, scan_id: &str, closed: &'l Closed) -> Self {
        Self { lake, table, app: app(scan_id), closed, rows: Vec::new(), bytes: 0, sequence: 0 }
    }

    async fn add(&mut self, rows: Vec<T>, bytes: usize) -> Result<(), CollectError> {
        for row in rows {
            self.rows.push(row);
            if self.rows.len() >= self.closed.batch_rows {
                self.commit().await?;
            }
        }
        self.bytes += bytes;
        if self.bytes >= self.closed.batch_bytes { self.commit().await } else { Ok(()) }
    }

    async fn commit(&mut self) -> Result<(), CollectError> {
        self.sequence += 1;
        self.lake.append_once(self.table, &self.rows, &self.app, self.sequence).await?;
        self.rows.clear();
        self.bytes = 0;
        Ok(())
    }
}

/// Brings a closed scan into the lake. `numbers` are the jobs that count, `scans` the rows of `scan`.
pub(super) async fn commit<S: Serialize>(
    lake: &Lake,
    scan_id: &str,
    closed: &Closed,
    numbers: &BTreeSet<u32>,
    scans: &[S],
) -> Result<(), CollectError> {
    let mut resources: Batches<'_, Resource> = Batches::new(lake, RESOURCE, scan_id, closed);
    let mut coverage: Batches<'_, Coverage> = Batches::new(lake, COVERAGE, scan_id, closed);
    let mut records = lake.open_journal(scan_id)?;
    while let Some((_, record)) = records.next_record()? {
        let path = records.path();
        let (kind, number, body) = decode(&record).ok_or_else(|| unreadable(path, &"of an unknown kind"))?;
        match kind {
            _ if !numbers.contains(&number) => {}
            Kind::Rows => resources.add(lines(body, path)?, body.len()).await?,
            Kind::Coverage => {
                let rows: Vec<Coverage> = serde_json::from_slice(body).map_err(|error| unreadable(path, &error))?;
                coverage.add(rows, body.len()).await?;
            }
            _ => {}
        }
    }
    resources.commit().await?;
    coverage.commit().await?;
    // INVARIANT: last, for with these rows the others are to be seen.
    lake.append_once(SCAN, scans, &app(scan_id), 1).await?;
    Ok(())
}

fn app(scan_id: &str) -> String {
    format!("scan-{scan_id}")
}
