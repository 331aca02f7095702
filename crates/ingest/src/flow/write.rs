//! Rows on their way out of the rollup, column by column: each loop does one thing, and two threads may build two parts at once.

use super::address::spell_ipv4;
use super::group::{Class, Context, End, Ends, HOUR, Parts};
use super::groups::Entry;
use super::rollup::Rollup;
use crate::Part;
use arrow::array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, StringBuilder, TimestampMicrosecondArray};
use sightline_columns::{schema, time_type};
use sightline_model::lake_table::FLOW;
use std::fmt::Write;
use std::net::IpAddr;
use std::ops::Range;
use std::sync::Arc;

/// Rows of a part.
const PART: usize = 32_768;
/// Bytes of most addresses.
const ADDRESS: usize = 12;

/// The parts that so many rows make.
pub(crate) fn parts(rows: usize) -> impl Iterator<Item = Range<usize>> {
    (0..rows).step_by(PART).map(move |start| start..rows.min(start + PART))
}

/// Some of the rollup's rows.
pub(crate) fn part(rollup: &Rollup, rows: Range<usize>) -> Part {
    let rows: Vec<(Entry, Parts)> = rollup.groups.entries(rows).map(|entry| (entry, entry.key.parts())).collect();
    let mut columns = Columns { rollup, rows: &rows, arrays: Vec::with_capacity(FLOW.columns.len()) };
    columns.time("hour", |_, parts| i64::from(parts.hour) * HOUR);
    columns.context("account_id", |context| context.account_id).context("region", |context| context.region);
    columns.context("vpc_id", |context| context.vpc_id).context("subnet_id", |context| context.subnet_id);
    columns.context("interface_id", |context| context.interface_id);
    columns.context("instance_id", |context| context.instance_id);
    columns.address("client_addr", |ends| ends.client).address("server_addr", |ends| ends.server);
    columns.int("server_port", |_, parts| parts.server_port.into()).int("protocol", |_, parts| parts.protocol.into());
    columns.class("action", |class| class.action).class("direction", |class| class.direction);
    columns.bool("from_client", |parts| parts.from_client);
    columns.address("pkt_client_addr", |ends| ends.pkt_client).address("pkt_server_addr", |ends| ends.pkt_server);
    columns.class("server_aws_service", |class| class.server_aws_service);
    columns
        .int("traffic_path", |_, parts| rollup.classes.get(parts.class).map_or(0, |class| class.traffic_path).into());
    columns.class("next_hop_type", |class| class.next_hop_type).class("next_hop_id", |class| class.next_hop_id);
    columns.class("reject_reason", |class| class.reject_reason);
    columns.context("ecs_task_arn", |context| context.ecs_task_arn);
    columns.context("resource_id", |context| context.resource_id);
    columns.int("packets", |entry, _| entry.packets.cast_signed()).int("bytes", |entry, _| entry.bytes.cast_signed());
    columns.int("records", |entry, _| entry.records.into());
    columns.time("first_seen", |entry, _| entry.first).time("last_seen", |entry, _| entry.last);
    columns.text("object", |entry, _| entry.object).int("line", |entry, _| entry.line);
    Part { table: FLOW, rows: columns.finish() }
}

/// Columns under construction, in the order of the table's declaration.
struct Columns<'r> {
    rollup: &'r Rollup,
    rows: &'r [(Entry, Parts)],
    arrays: Vec<ArrayRef>,
}

impl Columns<'_> {
    /// Adds the next column, which must have this name.
    fn add(&mut self, name: &str, array: ArrayRef) -> &mut Self {
        let declared = FLOW.columns.get(self.arrays.len()).map_or("", |(name, _)| name);
        assert!(declared == name, "column {} of `flow` is `{declared}`, not `{name}`", self.arrays.len());
        self.arrays.push(array);
        self
    }

    fn int(&mut self, name: &str, value: impl Fn(&Entry, &Parts) -> i64) -> &mut Self {
        let values = self.rows.iter().map(|(entry, parts)| value(entry, parts));
        self.add(name, Arc::new(Int64Array::from_iter_values(values)))
    }

    fn bool(&mut self, name: &str, value: impl Fn(&Parts) -> bool) -> &mut Self {
        let values: Vec<bool> = self.rows.iter().map(|(_, parts)| value(parts)).collect();
        self.add(name, Arc::new(BooleanArray::from(values)))
    }

    /// An instant, given in milliseconds.
    fn time(&mut self, name: &str, value: impl Fn(&Entry, &Parts) -> i64) -> &mut Self {
        let values = self.rows.iter().map(|(entry, parts)| value(entry, parts) * 1000);
        let values = TimestampMicrosecondArray::from_iter_values(values).with_data_type(time_type());
        self.add(name, Arc::new(values))
    }

    /// A text of the rollup, by its number.
    fn text(&mut self, name: &str, number: impl Fn(&Entry, &Parts) -> u32) -> &mut Self {
        let texts = || self.rows.iter().map(|(entry, parts)| self.rollup.texts.get(number(entry, parts)));
        let mut column = StringBuilder::with_capacity(self.rows.len(), texts().map(str::len).sum());
        texts().for_each(|text| column.append_value(text));
        self.add(name, Arc::new(column.finish()))
    }

    fn context(&mut self, name: &str, number: impl Fn(&Context<u32>) -> u32) -> &mut Self {
        let rollup = self.rollup;
        self.text(name, |_, parts| rollup.contexts.get(parts.context).map_or(0, &number))
    }

    fn class(&mut self, name: &str, number: impl Fn(&Class<u32>) -> u32) -> &mut Self {
        let rollup = self.rollup;
        self.text(name, |_, parts| rollup.classes.get(parts.class).map_or(0, &number))
    }

    fn address(&mut self, name: &str, end: impl Fn(&Ends) -> End) -> &mut Self {
        let mut column = StringBuilder::with_capacity(self.rows.len(), self.rows.len() * ADDRESS);
        for (_, parts) in self.rows {
            match end(&parts.ends).address(&self.rollup.addresses) {
                Some(IpAddr::V4(address)) => column.append_value(&*spell_ipv4(address.into())),
                Some(IpAddr::V6(address)) => {
                    // A builder takes all that is written.
                    let _ = write!(column, "{address}");
                    column.append_value("");
                }
                None => column.append_value(""),
            }
        }
        self.add(name, Arc::new(column.finish()))
    }

    fn finish(self) -> RecordBatch {
        let batch = RecordBatch::try_new(schema(FLOW), self.arrays);
        assert!(batch.is_ok(), "a row of `flow` is incomplete: {:?}", batch.err());
        batch.unwrap_or_else(|_| RecordBatch::new_empty(schema(FLOW)))
    }
}
