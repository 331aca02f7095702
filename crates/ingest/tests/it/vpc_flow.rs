//! Flow logs of VPCs and transit gateways.

use crate::support::{FLOW_KEY, Rows, gzip, of, read, read_from, read_within};
use insta::{assert_json_snapshot, assert_snapshot};
use serde_json::{Value, json};
use sightline_ingest::{Input, Keep, Limits, Status};
use std::fmt::Write;

const HEADER: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status";

fn rejects(key: &str, text: &[u8]) -> String {
    let (decoded, _) = read(key, text);
    decoded.stats.reject_samples.iter().fold(String::new(), |mut lines, reject| {
        let _ = writeln!(lines, "{}: {}", reject.line, reject.reason);
        lines
    })
}

fn flows(rows: &Rows) -> &[Value] {
    of(rows, "flow")
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
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let lines: Vec<String> = flows(&rows)
        .iter()
        .map(|flow| {
            let from = if flow["from_client"] == true { "client" } else { "server" };
            let [hour, client, server, port, records, packets, bytes, first, last, line] = [
                "hour",
                "client_addr",
                "server_addr",
                "server_port",
                "records",
                "packets",
                "bytes",
                "first_seen",
                "last_seen",
                "line",
            ]
            .map(|name| text(&flow[name]));
            format!(
                "{hour} {client} -> {server}:{port} from {from}: {records} records, {packets} packets, {bytes} bytes, \
                 {first} to {last}, line {line}"
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
    assert_json_snapshot!(flows(&rows), @r#"
    [
      {
        "hour": "2025-11-22T03:00:00Z",
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
    assert_eq!((flows(&rows)[0].get("interface_id"), &flows(&rows)[0]["region"]), (None, &json!("us-east-1")));

    let packets_only = "pkt-srcaddr pkt-dstaddr end action\n10.0.0.1 fd00::0:1 1763781000 ACCEPT";
    let (_, rows) = read("odd", packets_only.as_bytes());
    assert_eq!((&flows(&rows)[0]["server_addr"], flows(&rows)[0].get("pkt_server_addr")), (&json!("fd00::1"), None));

    assert_snapshot!(rejects("odd", b"srcaddr dstaddr action\n10.0.0.1 10.0.0.2 ACCEPT\n"), @"2: the header lacks the field `start`: add it to the flow log's format");
}

#[test]
fn the_region_is_in_the_key() {
    let line = b"2 123456789012 eni-1 10.0.0.1 10.0.0.2 1 443 6 1 40 1763781000 1763781060 ACCEPT OK\n";
    for key in [
        "p/AWSLogs/1/vpcflowlogs/eu-west-1/2026/x.log.gz",
        "p/AWSLogs/aws-account-id=1/aws-service=vpcflowlogs/aws-region=eu-west-1/year=2026/x.gz",
        "1_vpcflowlogs_eu-west-1_fl-1_x.log.gz",
    ] {
        assert_eq!(flows(&read(key, line).1)[0]["region"], "eu-west-1", "{key}");
    }
}

#[test]
fn a_header_may_come_again_and_differ() {
    let text = "srcaddr dstaddr start log-status\n10.0.0.1 10.0.0.2 1763781000 OK\n\
        log-status start dstaddr srcaddr\nOK 1763781000 10.0.0.2 10.0.0.1\n";
    let (decoded, rows) = read("x", text.as_bytes());
    assert_eq!((decoded.stats.rejects, flows(&rows).len(), &flows(&rows)[0]["records"]), (0, 1, &json!(2)));
}

#[test]
fn no_data_is_counted_and_skipped_data_is_a_gap() {
    let text = format!(
        "{HEADER}\n2 123456789012 eni-1 - - - - - - - 1763781000 1763781060 - NODATA\n\
        2 unknown eni-2 - - - - - - - 1763781000 1763781060 - SKIPDATA\n"
    );
    let (decoded, rows) = read(FLOW_KEY, text.as_bytes());
    let stats = decoded.stats;
    assert_eq!((stats.records, stats.no_data, stats.gaps, stats.rejects, flows(&rows).len()), (2, 1, 1, 0, 0));
    assert_json_snapshot!(of(&rows, "log_gap"), @r#"
    [
      {
        "source": "vpc_flow",
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
    assert_eq!(flows(&rows)[0]["records"], 2);
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
    assert_eq!(flows(&rows)[0]["records"], decoded.stats.records);

    let limits = Limits { content: 1000, expansion: 0, ..Limits::default() };
    let (decoded, rows) = read_within(limits, Keep::default(), FLOW_KEY, &whole);
    assert_eq!(decoded.stats.bytes, 1000);
    assert_eq!(flows(&rows)[0]["records"], 1000 / line.len());
    assert!(decoded.stats.error.ends_with(" bytes unpack to more than 1000: this is no log, the rest is not read"));
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

#[test]
fn members_and_what_follows_them() {
    let line = "2 123456789012 eni-1 10.0.0.1 10.0.0.2 1 443 6 1 40 1763781000 1763781060 ACCEPT OK\n";
    let member = gzip(line.repeat(10).as_bytes());
    // The same twice: the second member ends with the very bytes that the first one ends with.
    for (object, records, error) in [
        ([&member[..], &member].concat(), 20, ""),
        ([&member[..], &gzip(b""), &gzip(line.as_bytes())].concat(), 11, ""),
        ([&member[..], &member[..30]].concat(), 10, "cut or broken"),
        ([&member[..], b"rubbish"].concat(), 10, "cut or broken"),
    ] {
        let (decoded, _) = read(FLOW_KEY, &object);
        assert_eq!(decoded.stats.records, records);
        assert_eq!(decoded.stats.error.is_empty(), error.is_empty(), "{}", decoded.stats.error);
        assert!(decoded.stats.error.contains(error), "{}", decoded.stats.error);
        let streamed = read_from(Limits::default(), Keep::default(), FLOW_KEY, Input::Stream(&mut &object[..]));
        assert_eq!(streamed, read(FLOW_KEY, &object));
    }
}

#[test]
fn a_checksum_inside_of_a_member_is_no_end() {
    // Stored, not packed, so that the member has its own trailer in its middle.
    let line = "2 123456789012 eni-1 10.0.0.1 10.0.0.2 1 443 6 1 40 1763781000 1763781060 ACCEPT OK\n";
    let stored = |text: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
        std::io::Write::write_all(&mut encoder, text).unwrap();
        encoder.finish().unwrap()
    };
    let inner = stored(line.as_bytes());
    let (decoded, _) = read(FLOW_KEY, &stored(&[line.as_bytes(), &inner, b"\n", line.as_bytes()].concat()));
    assert_eq!((decoded.stats.records, decoded.stats.error.as_str()), (2, ""));
}

#[test]
fn what_the_object_is_of_and_when() {
    let text = format!(
        "{HEADER} region\n\
        2 210987654321 eni-1 10.0.0.1 10.0.0.2 1 443 6 1 40 1763781000 1763781060 ACCEPT OK eu-west-2\n\
        2 210987654321 eni-1 10.0.0.1 10.0.0.2 1 443 6 1 40 1763780000 1763781000 ACCEPT OK eu-west-2\n\
        2 210987654321 eni-1 - - - - - - - 1763781000 1763781090 - NODATA eu-west-2\n"
    );
    let of = |key: &str| {
        let stats = read(key, text.as_bytes()).0.stats;
        (stats.account_id, stats.region, stats.first_seen, stats.last_seen)
    };
    let span = (Some(1_763_780_000_000_000), Some(1_763_781_090_000_000));
    assert_eq!(of("x"), ("210987654321".into(), "eu-west-2".into(), span.0, span.1));
    assert_eq!(of(FLOW_KEY), ("123456789012".into(), "us-east-1".into(), span.0, span.1));
    let hive = "AWSLogs/aws-account-id=345678901234/aws-service=vpcflowlogs/aws-region=eu-west-1/year=2026/x.gz";
    assert_eq!(of(hive).0, "345678901234");
    assert_eq!(of("345678901234_vpcflowlogs_eu-west-1_fl-1_x.log.gz").0, "345678901234");
}

#[test]
fn records_are_kept_where_asked() {
    let text = format!(
        "{HEADER} tcp-flags pkt-srcaddr pkt-src-aws-service\n\
        2 123456789012 eni-1 10.0.0.1 10.0.0.2 443 50000 6 1 40 1763781000 1763781060 ACCEPT OK 19 10.9.0.1 S3\n\
        2 123456789012 eni-1 - - - - - - - 1763781000 1763781060 - NODATA - - -\n"
    );
    let keep = Keep { raw_flows: true, ..Keep::default() };
    let (_, rows) = read_within(Limits::default(), keep, FLOW_KEY, text.as_bytes());
    assert_eq!(flows(&rows), flows(&read(FLOW_KEY, text.as_bytes()).1));
    assert_json_snapshot!(of(&rows, "flow_record"), @r#"
    [
      {
        "start": "2025-11-22T03:10:00Z",
        "end": "2025-11-22T03:11:00Z",
        "account_id": "123456789012",
        "region": "us-east-1",
        "interface_id": "eni-1",
        "source_addr": "10.0.0.1",
        "destination_addr": "10.0.0.2",
        "source_port": 443,
        "destination_port": 50000,
        "protocol": 6,
        "tcp_flags": 19,
        "packets": 1,
        "bytes": 40,
        "action": "ACCEPT",
        "pkt_source_addr": "10.9.0.1",
        "source_aws_service": "S3",
        "traffic_path": 0,
        "object": "test",
        "line": 2
      }
    ]
    "#);
}

#[test]
fn newer_fields() {
    let text = "version account-id interface-id srcaddr dstaddr start action log-status ecs-task-arn reject-reason resource-id \
        encryption-status next-hop-interface-type next-hop-interface-id next-hop-subnet-id\n\
        11 123456789012 - 10.0.0.1 10.0.0.2 1763781000 REJECT OK arn:aws:ecs:us-east-1:123456789012:task/c/1 BPA nat-1 1 \
        nat_gateway eni-9 subnet-9\n";
    let (decoded, rows) = read(FLOW_KEY, text.as_bytes());
    assert_eq!(decoded.stats.rejects, 0, "{:?}", decoded.stats.reject_samples);
    let names = ["ecs_task_arn", "reject_reason", "resource_id", "next_hop_type", "next_hop_id"];
    let values: Vec<&Value> = names.iter().map(|name| &flows(&rows)[0][*name]).collect();
    assert_eq!(
        json!(values),
        json!(["arn:aws:ecs:us-east-1:123456789012:task/c/1", "BPA", "nat-1", "nat_gateway", "eni-9"])
    );
}

#[test]
fn transit_gateways_tell_of_both_ends() {
    let text = "version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id tgw-src-vpc-id \
        tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id \
        srcaddr dstaddr srcport dstport protocol packets bytes start end log-status type packets-lost-no-route \
        packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired tcp-flags region flow-direction \
        pkt-src-aws-service pkt-dst-aws-service\n\
        6 TransitGateway 123456789012 tgw-1 tgw-attach-1 111111111111 222222222222 vpc-1 vpc-2 subnet-1 subnet-2 eni-1 eni-2 az-1 \
        az-2 tgw-attach-2 10.1.0.1 10.2.0.1 40000 443 6 10 1000 1763781000 1763781060 OK IPv4 0 3 0 1 3 us-east-1 ingress - -\n\
        6 TransitGateway 123456789012 tgw-1 tgw-attach-2 222222222222 111111111111 vpc-2 vpc-1 subnet-2 subnet-1 eni-2 eni-1 az-2 \
        az-1 tgw-attach-1 10.2.0.1 10.1.0.1 443 40000 6 20 9000 1763781000 1763781060 OK IPv4 0 0 0 0 19 us-east-1 ingress - -\n\
        6 TransitGateway 123456789012 tgw-1 tgw-attach-2 - - - - - - - - - - - - - - - - - - 1763781000 1763781060 SKIPDATA - - - - - - - - - -\n";
    let (decoded, rows) = read(FLOW_KEY, text.as_bytes());
    assert_eq!(
        (decoded.source, decoded.stats.rejects),
        ("transit_gateway_flow", 0),
        "{:?}",
        decoded.stats.reject_samples
    );
    assert_eq!(of(&rows, "log_gap")[0]["source"], "transit_gateway_flow");
    assert_json_snapshot!(flows(&rows), @r#"
    [
      {
        "hour": "2025-11-22T03:00:00Z",
        "account_id": "111111111111",
        "region": "us-east-1",
        "vpc_id": "vpc-1",
        "subnet_id": "subnet-1",
        "interface_id": "tgw-attach-1",
        "client_addr": "10.1.0.1",
        "server_addr": "10.2.0.1",
        "server_port": 443,
        "protocol": 6,
        "direction": "ingress",
        "from_client": true,
        "traffic_path": 0,
        "next_hop_type": "transit_gateway_attachment",
        "next_hop_id": "tgw-attach-2",
        "reject_reason": "blackhole,ttl-expired",
        "resource_id": "tgw-1",
        "packets": 10,
        "bytes": 1000,
        "records": 1,
        "first_seen": "2025-11-22T03:10:00Z",
        "last_seen": "2025-11-22T03:11:00Z",
        "object": "test",
        "line": 2
      },
      {
        "hour": "2025-11-22T03:00:00Z",
        "account_id": "111111111111",
        "region": "us-east-1",
        "vpc_id": "vpc-1",
        "subnet_id": "subnet-1",
        "interface_id": "tgw-attach-2",
        "client_addr": "10.1.0.1",
        "server_addr": "10.2.0.1",
        "server_port": 443,
        "protocol": 6,
        "direction": "ingress",
        "from_client": false,
        "traffic_path": 0,
        "next_hop_type": "transit_gateway_attachment",
        "next_hop_id": "tgw-attach-1",
        "resource_id": "tgw-1",
        "packets": 20,
        "bytes": 9000,
        "records": 1,
        "first_seen": "2025-11-22T03:10:00Z",
        "last_seen": "2025-11-22T03:11:00Z",
        "object": "test",
        "line": 3
      }
    ]
    "#);
}
