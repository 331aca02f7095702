use crate::support::{FLOW_KEY, gzip, read, read_within};
use insta::{assert_json_snapshot, assert_snapshot};
use sightline_ingest::{Limits, Status};
use std::fmt::Write;

const HEADER: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status";

fn rejects(key: &str, text: &[u8]) -> String {
    let (decoded, _) = read(key, text);
    decoded.stats.reject_samples.iter().fold(String::new(), |mut lines, reject| {
        let _ = writeln!(lines, "{}: {}", reject.line, reject.reason);
        lines
    })
}

#[test]
fn connections_fold_into_one_row_a_direction() {
    let text = format!(
        "{HEADER}\n\
        2 123456789012 eni-1 10.0.0.5 10.0.1.9 49152 443 6 10 1000 1763781000 1763781060 ACCEPT OK\n\
        2 123456789012 eni-1 10.0.1.9 10.0.0.5 443 49152 6 20 9000 1763781000 1763781060 ACCEPT OK\n\
        2 123456789012 eni-1 10.0.0.5 10.0.1.9 50000 443 6 1 40 1763781300 1763781360 ACCEPT OK\n\
        2 123456789012 eni-1 10.0.0.5 10.0.1.9 50000 443 6 1 40 1763784700 1763784760 ACCEPT OK\n"
    );
    let (decoded, rows) = read(FLOW_KEY, text.as_bytes());
    assert_eq!((decoded.source, decoded.status(), decoded.stats.records), ("vpc_flow", Status::Read, 4));
    let lines: Vec<String> = rows
        .flows
        .iter()
        .map(|flow| {
            let from = if flow.from_client { "client" } else { "server" };
            format!(
                "{} {} -> {}:{} from {from}: {} records, {} packets, {} bytes, {} to {}, line {}",
                flow.hour,
                flow.client_addr,
                flow.server_addr,
                flow.server_port,
                flow.records,
                flow.packets,
                flow.bytes,
                flow.first_seen,
                flow.last_seen,
                flow.line
            )
        })
        .collect();
    assert_snapshot!(lines.join("\n"), @r#"
    2025-11-22T03:00:00Z 10.0.0.5 -> 10.0.1.9:443 from client: 2 records, 11 packets, 1040 bytes, 2025-11-22T03:10:00Z to 2025-11-22T03:16:00Z, line 2
    2025-11-22T03:00:00Z 10.0.0.5 -> 10.0.1.9:443 from server: 1 records, 20 packets, 9000 bytes, 2025-11-22T03:10:00Z to 2025-11-22T03:11:00Z, line 3
    2025-11-22T04:00:00Z 10.0.0.5 -> 10.0.1.9:443 from client: 1 records, 1 packets, 40 bytes, 2025-11-22T04:11:40Z to 2025-11-22T04:12:40Z, line 5
    "#);
}

#[test]
fn every_field_of_a_row_is_read() {
    let text = "region tcp-flags srcaddr pkt_srcaddr dstaddr pkt_dstaddr srcport dstport pkt_dst_aws_service pkt_src_aws_service \
         traffic_path flow_direction next_hop_interface_type vpc_id subnet_id instance_id account_id interface_id protocol \
         packets bytes start end action log_status instance-tag-2 some-future-field\n\
         eu-west-1 2 010.0.0.5 10.9.9.9 3.3.3.3 3.3.3.3 40001 40000 AMAZON - 8 egress nat_gateway vpc-1 subnet-1 i-1 unknown \
         eni-1 6 7 700 1763781000123 1763781060 REJECT OK version -\n";
    let (_, rows) = read("local.txt", text.as_bytes());
    assert_json_snapshot!(rows.flows, @r#"
    [
      {
        "hour": "2025-11-22T03:00:00Z",
        "account_id": "",
        "region": "eu-west-1",
        "vpc_id": "vpc-1",
        "subnet_id": "subnet-1",
        "interface_id": "eni-1",
        "instance_id": "i-1",
        "client_addr": "10.0.0.5",
        "server_addr": "3.3.3.3",
        "server_port": 40000,
        "protocol": 6,
        "action": "REJECT",
        "direction": "egress",
        "from_client": true,
        "pkt_client_addr": "10.9.9.9",
        "pkt_server_addr": "",
        "server_aws_service": "AMAZON",
        "traffic_path": 8,
        "next_hop_type": "nat_gateway",
        "packets": 7,
        "bytes": 700,
        "records": 1,
        "first_seen": "2025-11-22T03:10:00.123Z",
        "last_seen": "2025-11-22T03:11:00Z",
        "object": "test",
        "line": 2
      }
    ]
    "#);
}

#[test]
fn formats_without_this_or_that() {
    let transit = "version resource-type account-id tgw-id srcaddr dstaddr srcport dstport protocol packets bytes start end log-status\n\
         6 TransitGateway 123456789012 tgw-1 10.0.0.1 10.1.0.1 40000 443 6 1 40 1763781000 1763781060 OK\n";
    let (_, rows) = read(FLOW_KEY, transit.as_bytes());
    assert_eq!((rows.flows[0].interface_id.as_str(), rows.flows[0].region.as_str()), ("", "us-east-1"));

    let packets_only = "pkt-srcaddr pkt-dstaddr end action\n10.0.0.1 fd00::0:1 1763781000 ACCEPT";
    let (_, rows) = read("odd", packets_only.as_bytes());
    assert_eq!((rows.flows[0].server_addr.as_str(), rows.flows[0].pkt_server_addr.as_str()), ("fd00::1", ""));

    assert_snapshot!(rejects("odd", b"srcaddr dstaddr action\n10.0.0.1 10.0.0.2 ACCEPT\n"), @"2: the header lacks the field `start`: add it to the flow log's format");
    assert_snapshot!(rejects(FLOW_KEY, b"PAR1\x15\x04"), @"0: flow logs in Parquet are not read yet: deliver them as text");
}

#[test]
fn the_region_is_in_the_key() {
    let line = b"2 123456789012 eni-1 10.0.0.1 10.0.0.2 1 443 6 1 40 1763781000 1763781060 ACCEPT OK\n";
    for key in [
        "p/AWSLogs/1/vpcflowlogs/eu-west-1/2026/x.log.gz",
        "p/AWSLogs/aws-account-id=1/aws-service=vpcflowlogs/aws-region=eu-west-1/year=2026/x.gz",
        "1_vpcflowlogs_eu-west-1_fl-1_x.log.gz",
    ] {
        assert_eq!(read(key, line).1.flows[0].region, "eu-west-1", "{key}");
    }
}

#[test]
fn a_header_may_come_again_and_differ() {
    let text = "srcaddr dstaddr start log-status\n10.0.0.1 10.0.0.2 1763781000 OK\n\
        log-status start dstaddr srcaddr\nOK 1763781000 10.0.0.2 10.0.0.1\n";
    let (decoded, rows) = read("x", text.as_bytes());
    assert_eq!((decoded.stats.rejects, rows.flows.len(), rows.flows[0].records), (0, 1, 2));
}

#[test]
fn no_data_is_counted_and_skipped_data_is_a_gap() {
    let text = format!(
        "{HEADER}\n2 123456789012 eni-1 - - - - - - - 1763781000 1763781060 - NODATA\n\
        2 unknown eni-2 - - - - - - - 1763781000 1763781060 - SKIPDATA\n"
    );
    let (decoded, rows) = read(FLOW_KEY, text.as_bytes());
    let stats = decoded.stats;
    assert_eq!((stats.records, stats.no_data, stats.gaps, stats.rejects, rows.flows.len()), (2, 1, 1, 0, 0));
    assert_json_snapshot!(rows.gaps, @r#"
    [
      {
        "source": "vpc_flow",
        "account_id": "",
        "region": "us-east-1",
        "subject": "eni-2",
        "reason": "SKIPDATA",
        "first_seen": "2025-11-22T03:10:00Z",
        "last_seen": "2025-11-22T03:11:00Z",
        "object": "test",
        "line": 3
      }
    ]
    "#);
}

#[test]
fn bad_lines_cost_themselves() {
    let good = "2 123456789012 eni-1 10.0.0.1 10.0.0.2 1 443 6 1 40 1763781000 1763781060 ACCEPT OK\n";
    let bad = [
        "2 123456789012 eni-1 10.0.0.1 10.0.0.2 1 443 6 1 40 1763781000 1763781060 ACCEPT\n",
        "2 123456789012 eni-1 10.0.0.1 10.0.0.2 1 443 6 1 40 1763781000 1763781060 ACCEPT OK more\n",
        "2 123456789012 eni-1 34.XXX.XXX.206 10.0.0.2 1 443 6 1 40 1763781000 1763781060 ACCEPT OK\n",
        "2 123456789012 eni-1 10.0.0.1 10.0.0.2 1 70000 6 1 40 1763781000 1763781060 ACCEPT OK\n",
        "2 123456789012 eni-1 10.0.0.1 10.0.0.2 1 443 6 -1 40 1763781000 1763781060 ACCEPT OK\n",
        "2 123456789012 eni-1 10.0.0.1 10.0.0.2 1 443 6 1 99999999999999999999 1763781000 1763781060 ACCEPT OK\n",
        "2 123456789012 eni-1 10.0.0.1 10.0.0.2 1 443 6 1 40 yesterday 1763781060 ACCEPT OK\n",
        "2 123456789012 eni-1 10.0.0.1 10.0.0.2 1 443 6 1 40 999999999999999999 1763781060 ACCEPT OK\n",
        "2 123456789012 eni-1 10.0.0.1 10.0.0.2 1 443 6 1 40 1763781000 1763781060 MAYBE OK\n",
        "2 123456789012 eni-1 10.0.0.1 10.0.0.2 1 443 6 1 40 1763781000 1763781060 ACCEPT FINE\n",
        "2 123456789012 eni-1 - 10.0.0.2 1 443 6 1 40 1763781000 1763781060 ACCEPT OK\n",
    ];
    let text = format!("{HEADER}\n{good}{}\n{good}", bad.concat());
    let (decoded, rows) = read(FLOW_KEY, text.as_bytes());
    assert_eq!(
        (decoded.status(), decoded.stats.records, decoded.stats.rejects),
        (Status::Partial, 2, bad.len() as u64)
    );
    assert_eq!(rows.flows[0].records, 2);
    assert_snapshot!(rejects(FLOW_KEY, text.as_bytes()), @r#"
    3: 13 fields where the header names 14
    4: 15 fields where the header names 14
    5: `34.XXX.XXX.206` is no address
    6: `70000` is more than 65535
    7: `-1` is no number
    8: `99999999999999999999` is no number
    9: `yesterday` is no time
    10: `999999999999999999` is no time between the years 1970 and 9999
    11: `MAYBE` is no action
    12: `FINE` is no log status
    13: an address is missing
    "#);
    assert_snapshot!(rejects(FLOW_KEY, b"\xff\xfe\n\x00\n"), @r#"
    1: the line is not UTF-8
    2: no header came before this line, and it is no record of the default format
    "#);
}

#[test]
fn without_a_header_only_the_default_format_is_read() {
    let text = b"2 123456789012 eni-1 10.0.0.1 10.0.0.2 1 443 6 1 40 1763781000 1763781060 ACCEPT OK\n\
        3 123456789012 eni-1 10.0.0.1 10.0.0.2 1 443 6 1 40 1763781000 1763781060 ACCEPT OK\n\
        10.0.0.1 10.0.0.2\n";
    let (decoded, _) = read("x.txt", text);
    assert_eq!((decoded.stats.records, decoded.stats.rejects), (1, 2));
}

#[test]
fn a_stream_that_is_cut_or_too_large_keeps_what_came_before() {
    let line = "2 123456789012 eni-1 10.0.0.1 10.0.0.2 1 443 6 1 40 1763781000 1763781060 ACCEPT OK\n";
    let whole = gzip(line.repeat(5000).as_bytes());
    let (decoded, rows) = read(FLOW_KEY, &whole[..whole.len() / 2]);
    assert_eq!((decoded.status(), decoded.stats.rejects), (Status::Partial, 1));
    assert!(decoded.stats.error.contains("cut or broken"), "{}", decoded.stats.error);
    assert_eq!(rows.flows[0].records as u64, decoded.stats.records);

    let limits = Limits { decompressed: 1000, ..Limits::default() };
    let (decoded, rows) = read_within(limits, FLOW_KEY, &whole);
    assert_eq!(decoded.stats.bytes, 1000);
    assert_eq!(rows.flows[0].records, 1000 / line.len() as i64);
    assert_snapshot!(decoded.stats.error, @"the content is larger than 1000 bytes: the rest is not read");
}

#[test]
fn an_unfinished_last_line_is_read_only_where_its_end_is_certain() {
    assert_snapshot!(rejects("x", b"srcaddr dstaddr start\n10.0.0.1 10.0.0.2 17637"), @"2: the last line does not end: it may be cut");
    assert_snapshot!(rejects("x", b"srcaddr dstaddr start log-status\n10.0.0.1 10.0.0.2 1763781000 OK"), @"");
}

#[test]
fn empty_and_foreign_objects() {
    assert_eq!(read(FLOW_KEY, b"").0.status(), Status::Read);
    assert_eq!(read(FLOW_KEY, &gzip(b"")).0.status(), Status::Read);
    assert_eq!(read("notes.txt", b"").0.status(), Status::Ignored);
    assert_eq!(read("notes.txt", b"hello world\n").0.status(), Status::Ignored);
    assert_eq!(read(FLOW_KEY, b"hello world\n").0.status(), Status::Unreadable);
}
