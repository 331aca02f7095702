//! Records as they were written, where the user keeps them.

use super::exact::Exact;
use super::field::Field;
use super::record::{Record, Traffic};
use crate::Batch;
use sightline_model::lake_table::FLOW_RECORD;

/// Writes a record as a row of its own.
pub(crate) fn write(exact: &Exact<'_>, number: i64, record: &Record<'_>, traffic: &Traffic, batch: &mut Batch<'_>) {
    let from_client = traffic.source_is_client();
    let context = record.context(from_client, exact.region);
    let class = record.class(from_client, traffic);
    let own = |address: Option<std::net::IpAddr>| address.map(|address| address.to_string()).unwrap_or_default();
    let mut row = batch.row(FLOW_RECORD);
    row.time("start", traffic.begin * 1000).time("end", traffic.end * 1000).text("account_id", context.account_id);
    row.text("region", context.region).text("vpc_id", context.vpc_id).text("subnet_id", context.subnet_id);
    row.text("interface_id", context.interface_id).text("instance_id", context.instance_id);
    row.text("source_addr", &traffic.source.to_string()).text("destination_addr", &traffic.destination.to_string());
    row.int("source_port", traffic.source_port.into()).int("destination_port", traffic.destination_port.into());
    row.int("protocol", traffic.protocol.into()).int("tcp_flags", traffic.tcp_flags.into());
    row.int("packets", traffic.packets).int("bytes", traffic.bytes).text("action", class.action);
    row.text("direction", class.direction).text("pkt_source_addr", &own(traffic.packet_source));
    row.text("pkt_destination_addr", &own(traffic.packet_destination));
    row.text("source_aws_service", record.text(Field::PktSrcAwsService));
    row.text("destination_aws_service", record.text(Field::PktDstAwsService));
    row.int("traffic_path", class.traffic_path.into()).text("next_hop_type", class.next_hop_type);
    row.text("next_hop_id", class.next_hop_id).text("reject_reason", class.reject_reason);
    row.text("ecs_task_arn", context.ecs_task_arn).text("resource_id", context.resource_id);
    row.text("object", exact.object.uri).int("line", number);
}
