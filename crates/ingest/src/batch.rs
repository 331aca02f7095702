//! Rows on their way out: bounded buffers that hand Arrow batches to a sink when they are full.

use crate::Stats;
use crate::content::Unpacker;
use crate::dns;
use crate::flow::columns::Columns;
use crate::flow::known::Known;
use crate::flow::rollup::Rollup;
use crate::flow::{self, Entry};
use crate::rollups::Rollups;
use crate::sidecar::{NoSidecars, Sidecar, Sidecars};
use arrow::array::RecordBatch;
use sightline_columns::{Row, TableBuilder};
use sightline_model::LakeTable;

/// What reading may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// bytes of content that every object may have, however small it is as stored
    pub content: u64,
    /// bytes of content beyond that, for each byte as stored; what is larger is a bomb: the rest is not read
    pub expansion: u64,
    /// rows that a rollup holds before it gives them to the sink
    pub groups: usize,
    /// bytes of the rows of a table that are held before they go to the sink
    pub table_bytes: usize,
}

impl Limits {
    /// Bytes of content that an object of so many bytes as stored may have.
    pub(crate) fn of(&self, stored: u64) -> u64 {
        self.content.saturating_add(self.expansion.saturating_mul(stored))
    }
}

impl Default for Limits {
    /// 1 GiB or two hundred times what is stored; 300,000 groups (about 30 MB); 1 MiB a table.
    fn default() -> Self {
        Self { content: 1 << 30, expansion: 200, groups: 300_000, table_bytes: 1 << 20 }
    }
}

/// What is kept of logs beyond what is needed to answer who called what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Keep {
    /// each flow record as a row of `flow_record`
    pub raw_flows: bool,
    /// prompts and completions
    pub text: Text,
}

/// What is kept of prompts and completions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Text {
    /// nothing but counts
    #[default]
    None,
    /// the text, with secrets and personal data masked
    Redacted,
    /// the text as it is
    Whole,
}

/// Formats that a batch remembers: a header's, and what holds before it, for a few regions.
const FORMATS: usize = 4;

/// Some rows of one table.
#[derive(Debug, Clone)]
pub struct Part {
    /// the table
    pub table: &'static LakeTable,
    /// its rows, in the table's schema
    pub rows: RecordBatch,
}

/// Collects the rows of many objects, one after the other, and gives them to the sink when there are many. One thread has one batch.
///
/// INVARIANT: never holds more than the limits and one object's last row; each row reaches the sink once.
pub struct Batch<'s> {
    limits: Limits,
    keep: Keep,
    rollups: Rollups,
    /// formats of flow logs, the one used last at the end
    formats: Vec<Known>,
    unpacker: Option<Unpacker>,
    tables: Vec<TableBuilder>,
    /// rows that were begun
    rows: u64,
    sidecars: &'s dyn Sidecars,
    sink: &'s mut dyn FnMut(Part),
}

impl<'s> Batch<'s> {
    /// An empty batch before its sink.
    pub fn new(limits: Limits, keep: Keep, sink: &'s mut dyn FnMut(Part)) -> Self {
        Self {
            limits,
            keep,
            rollups: Rollups::default(),
            formats: Vec::new(),
            unpacker: None,
            tables: Vec::new(),
            rows: 0,
            sidecars: &NoSidecars,
            sink,
        }
    }

    /// Lets sources ask for bodies that lie beside the log's objects.
    #[must_use]
    pub fn with_sidecars(self, sidecars: &'s dyn Sidecars) -> Self {
        Self { sidecars, ..self }
    }

    /// The limits that a source keeps to.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// What is kept.
    pub fn keep(&self) -> Keep {
        self.keep
    }

    /// A body that lies beside the log's objects.
    pub fn sidecar(&self, uri: &str) -> Sidecar {
        self.sidecars.fetch(uri)
    }

    /// The rollup of flow records, to number what they have in common.
    pub(crate) fn rollup(&mut self) -> &mut Rollup {
        &mut self.rollups.flows
    }

    /// Adds flow records of one object to the rollup, which may begin anew then.
    pub(crate) fn flows(&mut self, entries: &[Entry], stats: &mut Stats) {
        flow::name_owner(stats, entries, &self.rollups.flows);
        self.rollups.flows.add(entries);
        if self.rollups.flows.is_full(self.limits.groups) {
            self.rollups.flows.take(self.sink);
        }
    }

    /// Adds to the rollup of answers, which may begin anew before.
    pub(crate) fn answers(&mut self) -> &mut dns::rollup::Rollup {
        if self.rollups.answers.is_full(self.limits.groups) {
            self.rollups.answers.take(self.sink);
        }
        &mut self.rollups.answers
    }

    /// What is known of a format of flow logs.
    pub(crate) fn recall(&mut self, columns: Columns, named: bool, region: &str) -> Known {
        match self.formats.iter().position(|known| known.is_of(&columns, named, region)) {
            Some(place) => self.formats.remove(place),
            None => Known::new(columns, named, region),
        }
    }

    /// Keeps what is known of a format for the next object.
    pub(crate) fn learn(&mut self, known: Known) {
        if self.formats.len() >= FORMATS {
            self.formats.remove(0);
        }
        self.formats.push(known);
    }

    /// Memory for the next object's content.
    pub(crate) fn unpacker(&mut self) -> &mut Option<Unpacker> {
        &mut self.unpacker
    }

    /// Rows that were begun so far; those of rollups are not.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// Begins a row of this table; the rows before it may go to the sink now.
    pub(crate) fn row(&mut self, table: &'static LakeTable) -> Row<'_> {
        let Self { limits, tables, rows, sink, .. } = self;
        *rows += 1;
        let builder = builder(tables, table);
        if builder.bytes() >= limits.table_bytes {
            give(builder, sink);
        }
        builder.row()
    }

    /// Gives the rows that are no rollups to the sink, and the rollups back, to be merged with those of other threads.
    pub fn finish(mut self) -> Rollups {
        for builder in &mut self.tables {
            give(builder, self.sink);
        }
        self.rollups
    }
}

fn builder<'t>(tables: &'t mut Vec<TableBuilder>, table: &'static LakeTable) -> &'t mut TableBuilder {
    let place = tables.iter().position(|builder| builder.table().name == table.name);
    let place = place.unwrap_or_else(|| {
        tables.push(TableBuilder::new(table));
        tables.len() - 1
    });
    #[expect(clippy::indexing_slicing, reason = "the place was just found or made")]
    &mut tables[place]
}

fn give(builder: &mut TableBuilder, sink: &mut dyn FnMut(Part)) {
    let table = builder.table();
    if let Some(rows) = builder.take() {
        sink(Part { table, rows });
    }
}
