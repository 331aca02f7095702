//! VPC flow logs as text or Parquet: `prefix/AWSLogs/<account>/vpcflowlogs/<region>/…/*.log.gz`, or with Hive folders
//! (`aws-service=vpcflowlogs/aws-region=<region>/…`). The header line names the fields; their order, number and spelling
//! (hyphens or underscores) are free.
//!
//! Format: <https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html>, layout:
//! <https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html>.

use super::Source;
use crate::flow::columns::Columns;
use crate::flow::decode;
use crate::flow::record;
use crate::object::segments;
use crate::{Batch, Content, ObjectRef, Stats};
use sightline_model::LakeTable;
use sightline_model::lake_table::{FLOW, FLOW_RECORD, LOG_GAP};

/// The unit.
pub static UNIT: VpcFlow = VpcFlow;

/// Flow logs of VPCs, subnets and interfaces.
#[derive(Debug)]
pub struct VpcFlow;

impl Source for VpcFlow {
    fn name(&self) -> &'static str {
        "vpc_flow"
    }

    fn about(&self) -> &'static str {
        "VPC flow logs, versions 2 to 11, any format, as text or Parquet"
    }

    fn tables(&self) -> &'static [&'static LakeTable] {
        &[FLOW, FLOW_RECORD, LOG_GAP]
    }

    fn layouts(&self) -> &'static [&'static str] {
        &[
            "<prefix>/AWSLogs/<account>/vpcflowlogs/<region>/<date>/*.log.gz",
            "<prefix>/AWSLogs/aws-account-id=…/aws-service=vpcflowlogs/…",
        ]
    }

    fn detect(&self, key: &str, head: &[u8]) -> bool {
        let by_key = segments(key).any(|segment| {
            segment == "vpcflowlogs" || segment == "aws-service=vpcflowlogs" || segment.contains("_vpcflowlogs_")
        });
        by_key || first_line(head).is_some_and(|line| Columns::header(line).is_some() || record::is_default(line))
    }

    fn decode(&self, object: &ObjectRef<'_>, content: &mut Content<'_>, batch: &mut Batch<'_>) -> Stats {
        decode::decode(self.name(), object, content, batch)
    }
}

/// The first line that is not empty.
pub(crate) fn first_line(head: &[u8]) -> Option<&str> {
    let line = head.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty())?;
    std::str::from_utf8(line).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recognised_by_key_or_by_first_line() {
        let by_key = [
            "logs/AWSLogs/123456789012/vpcflowlogs/eu-west-1/2026/11/22/x.log.gz",
            "AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=eu-west-1/year=2026/x.log.gz",
            "copy/123456789012_vpcflowlogs_eu-west-1_fl-1_20261122T0300Z_1a2b3c4d.log.gz",
        ];
        assert!(by_key.iter().all(|key| UNIT.detect(key, b"")));
        assert!(UNIT.detect("a.txt", b"version srcaddr dstaddr pkt_srcaddr start"));
        assert!(UNIT.detect(
            "a.txt",
            b"2 123456789012 eni-1 10.0.0.1 10.0.0.2 1 443 6 1 40 1700000000 1700000060 ACCEPT OK\n"
        ));
        for (key, head) in [("a.txt", &b"hello world\n"[..]), ("CloudTrail/a", b"{\"Records\":[]}"), ("", b""), ("", b"\xff\xfe")] {
            assert!(!UNIT.detect(key, head));
        }
    }
}
