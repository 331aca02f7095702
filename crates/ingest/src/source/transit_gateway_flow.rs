//! Transit-gateway flow logs: the same places, header and forms as those of VPCs (see [`super::vpc_flow`]), with fields named `tgw-…`.
//!
//! A record tells of both VPCs that the gateway joins. In rows of `flow`, `interface_id` is the gateway's attachment, `resource_id` the
//! gateway, `next_hop_id` the attachment on the other side, and account, VPC and subnet are those of the client's end. Packets that the
//! gateway lost are in no sum, because the log does not tell their bytes; why it lost them is in `reject_reason` (`no-route`,
//! `blackhole`, `mtu-exceeded`, `ttl-expired`, several with commas), and `action` is empty: what was not lost went through.
//!
//! A large Parquet file does not begin with its columns' names; it is taken for a VPC's log, which gives the same rows.
//!
//! Format: <https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-logs.html>.

use super::Source;
use super::vpc_flow::first_line;
use crate::flow::columns::Columns;
use crate::flow::decode;
use crate::{Batch, Content, ObjectRef, Stats};
use memchr::memmem;
use sightline_model::LakeTable;
use sightline_model::lake_table::{FLOW, FLOW_RECORD, LOG_GAP};

/// The unit.
pub static UNIT: TransitGatewayFlow = TransitGatewayFlow;

/// Flow logs of transit gateways.
#[derive(Debug)]
pub struct TransitGatewayFlow;

impl Source for TransitGatewayFlow {
    fn name(&self) -> &'static str {
        "transit_gateway_flow"
    }

    fn about(&self) -> &'static str {
        "transit-gateway flow logs, any format, as text or Parquet"
    }

    fn tables(&self) -> &'static [&'static LakeTable] {
        &[FLOW, FLOW_RECORD, LOG_GAP]
    }

    fn layouts(&self) -> &'static [&'static str] {
        &["<prefix>/AWSLogs/<account>/vpcflowlogs/<region>/<date>/*.log.gz"]
    }

    fn detect(&self, _key: &str, head: &[u8]) -> bool {
        if head.starts_with(b"PAR1") {
            return [&b"tgw_"[..], b"tgw-"].iter().any(|prefix| memmem::find(head, prefix).is_some());
        }
        let header = first_line(head).and_then(Columns::header);
        header.is_some_and(|columns| columns.of_transit_gateway())
    }

    fn decode(&self, object: &ObjectRef<'_>, content: &mut Content<'_>, batch: &mut Batch<'_>) -> Stats {
        decode::decode(self.name(), object, content, batch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recognised_by_its_header() {
        let header = b"version resource-type account-id tgw-id tgw-attachment-id srcaddr dstaddr start log-status\n";
        assert!(UNIT.detect("AWSLogs/123456789012/vpcflowlogs/eu-west-1/x.log.gz", header));
        assert!(UNIT.detect("a.parquet", b"PAR1\x15\x04tgw_attachment_id"));
        assert!(!UNIT.detect("AWSLogs/123456789012/vpcflowlogs/eu-west-1/x.log.gz", b"version srcaddr dstaddr start\n"));
        assert!(!UNIT.detect("tgw-1", b""));
    }
}
