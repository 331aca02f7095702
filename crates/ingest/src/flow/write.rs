//! Rows on their way out of the rollup.

use super::address::spell_ipv4;
use super::group::{Class, Context, End, HOUR, Parts};
use super::groups::Entry;
use super::rollup::Rollup;
use crate::Part;
use sightline_columns::{Row, TableBuilder};
use sightline_model::lake_table::FLOW;
use std::fmt::Write;
use std::net::IpAddr;

/// Rows of a part.
const PART: usize = 32_768;

/// Gives all rows to the sink.
pub(crate) fn rows(rollup: &Rollup, sink: &mut dyn FnMut(Part)) {
    let mut builder = TableBuilder::new(FLOW);
    let mut spelled = [const { String::new() }; 4];
    for entry in rollup.groups.entries() {
        row(rollup, &entry, &mut spelled, builder.row());
        if builder.rows() >= PART {
            give(&mut builder, sink);
        }
    }
    give(&mut builder, sink);
}

fn give(builder: &mut TableBuilder, sink: &mut dyn FnMut(Part)) {
    if let Some(rows) = builder.take() {
        sink(Part { table: FLOW, rows });
    }
}

fn row(rollup: &Rollup, entry: &Entry, spelled: &mut [String; 4], mut row: Row<'_>) {
    let Parts { ends, context, class, hour, server_port, protocol, from_client } = entry.key.parts();
    let context: Context<u32> = rollup.contexts.get(context).copied().unwrap_or_default();
    let class: Class<u32> = rollup.classes.get(class).copied().unwrap_or_default();
    let text = |number: u32| rollup.texts.get(number);
    let [client, server, pkt_client, pkt_server] = spelled;
    let addresses = [(ends.client, &mut *client), (ends.server, &mut *server)];
    let own = [(ends.pkt_client, &mut *pkt_client), (ends.pkt_server, &mut *pkt_server)];
    for (end, spelled) in addresses.into_iter().chain(own) {
        spell(rollup, end, spelled);
    }
    row.time("hour", i64::from(hour) * HOUR * 1000).text("account_id", text(context.account_id));
    row.text("region", text(context.region)).text("vpc_id", text(context.vpc_id));
    row.text("subnet_id", text(context.subnet_id)).text("interface_id", text(context.interface_id));
    row.text("instance_id", text(context.instance_id)).text("client_addr", client).text("server_addr", server);
    row.int("server_port", server_port.into()).int("protocol", protocol.into()).text("action", text(class.action));
    row.text("direction", text(class.direction)).bool("from_client", from_client);
    row.text("pkt_client_addr", pkt_client).text("pkt_server_addr", pkt_server);
    row.text("server_aws_service", text(class.server_aws_service)).int("traffic_path", class.traffic_path.into());
    row.text("next_hop_type", text(class.next_hop_type)).text("next_hop_id", text(class.next_hop_id));
    row.text("reject_reason", text(class.reject_reason)).text("ecs_task_arn", text(context.ecs_task_arn));
    row.text("resource_id", text(context.resource_id)).int("packets", entry.packets.cast_signed());
    row.int("bytes", entry.bytes.cast_signed()).int("records", entry.records.into());
    row.time("first_seen", entry.first * 1000).time("last_seen", entry.last * 1000);
    row.text("object", text(entry.object)).int("line", entry.line);
}

fn spell(rollup: &Rollup, end: End, spelled: &mut String) {
    spelled.clear();
    match end.address(&rollup.addresses) {
        Some(IpAddr::V4(address)) => spell_ipv4(address.into(), spelled),
        Some(IpAddr::V6(address)) => write!(spelled, "{address}").unwrap_or_default(),
        None => {}
    }
}
