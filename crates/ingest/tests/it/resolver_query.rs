//! Route 53 Resolver query logs: the shapes that AWS documents, and those that were seen.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use crate::support::{gzip, of, read, read_within};
use proptest::prelude::*;
use serde_json::{Value, json};
use sightline_ingest::{Keep, Limits};

const KEY: &str = "AWSLogs/123456789012/vpcdnsquerylogs/vpc-1/2026/11/22/vpc-1_vpcdnsquerylogs_123456789012_x.log";

/// A query with what every record has, and more.
fn query(more: Value) -> Value {
    let mut query = json!({
        "version": "1.100000", "account_id": "123456789012", "region": "eu-west-1", "vpc_id": "vpc-1",
        "query_timestamp": "2026-11-22T03:04:05Z", "query_name": "bedrock-runtime.eu-west-1.amazonaws.com.", "query_type": "A",
        "query_class": "IN", "rcode": "NOERROR", "answers": [{"Rdata": "10.0.1.7", "Type": "A", "Class": "IN"}],
        "srcaddr": "10.0.0.5", "srcport": "54186", "transport": "UDP", "srcids": {"instance": "i-1"},
    });
    query.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    query
}

fn lines(queries: &[Value]) -> Vec<u8> {
    queries.iter().map(|query| format!("{query}\n")).collect::<String>().into_bytes()
}

/// A whole object: the source's name, its key, its bytes. Each record is one row.
pub(crate) fn sample() -> (&'static str, &'static str, Vec<u8>) {
    let queries = ["a.example.com.", "b.example.com.", "c.example.com."].map(|name| query(json!({"query_name": name})));
    ("resolver_query", KEY, lines(&queries))
}

#[test]
fn a_record_of_the_documentation() {
    let (decoded, rows) = read(KEY, &gzip(&lines(&[query(json!({}))])));
    assert_eq!((decoded.source, decoded.stats.records, decoded.stats.rejects), ("resolver_query", 1, 0));
    assert_eq!((decoded.stats.account_id.as_str(), decoded.stats.region.as_str()), ("123456789012", "eu-west-1"));
    assert_eq!(decoded.stats.first_seen, Some(1_795_316_645_000_000));
    insta::assert_json_snapshot!(of(&rows, "dns_answer"), @r#"
    [
      {
        "hour": "2026-11-22T03:00:00Z",
        "account_id": "123456789012",
        "region": "eu-west-1",
        "vpc_id": "vpc-1",
        "client_addr": "10.0.0.5",
        "instance_id": "i-1",
        "query_name": "bedrock-runtime.eu-west-1.amazonaws.com",
        "query_type": "A",
        "response_code": "NOERROR",
        "answer": "10.0.1.7",
        "answer_type": "A",
        "queries": 1,
        "first_seen": "2026-11-22T03:04:05Z",
        "last_seen": "2026-11-22T03:04:05Z",
        "object": "test",
        "line": 1
      }
    ]
    "#);
}

#[test]
fn each_answer_is_a_row_under_the_name_that_was_asked_for() {
    let answers = json!([
        {"Rdata": "vpce-1.Bedrock.example.COM.", "Type": "CNAME", "Class": "IN"},
        {"Rdata": "010.000.001.007", "Type": "A", "Class": "IN"},
        {"Rdata": "2001:DB8:0:0::1", "Type": "AAAA", "Class": "IN"},
        {"Rdata": "\"v=spf1 ".to_owned() + &"x".repeat(300), "Type": "TXT", "Class": "IN"},
        {"Rdata": "34.XXX.XXX.206", "Type": "A"},
    ]);
    let (_, rows) = read(KEY, &lines(&[query(json!({"query_name": "Name.Example.COM.", "answers": answers}))]));
    let rows = of(&rows, "dns_answer");
    assert!(rows.iter().all(|row| row["query_name"] == "name.example.com" && row["queries"] == 1));
    let answers: Vec<&str> = rows.iter().map(|row| row["answer"].as_str().unwrap()).collect();
    assert_eq!(answers[..3], ["vpce-1.bedrock.example.com", "10.0.1.7", "2001:db8::1"]);
    assert_eq!((answers[3].chars().count(), answers[4]), (256, "34.XXX.XXX.206"));
}

#[test]
fn what_may_be_missing() {
    let queries = [
        query(json!({"answers": [], "rcode": "NXDOMAIN", "srcids": {}})),
        query(
            json!({"answers": null, "srcids": {"resolver-endpoint": "rslvr-in-1", "resolver-network-interface": "rni-1"}}),
        ),
        query(json!({"answers": [], "srcids": {"resolver_endpoint": "rslvr-in-2"}})),
        query(json!({"answers": [], "srcids": {"resolver_network_interface": "rni-3"}})),
        query(json!({"answers": [], "srcids": "none", "srcaddr": null, "query_name": "."})),
        query(
            json!({"answers": [], "firewall_rule_action": "BLOCK", "firewall_rule_group_id": "rslvr-frg-1", "firewall_domain_list_id": "rslvr-fdl-1"}),
        ),
    ];
    let (decoded, rows) = read(KEY, &lines(&queries));
    assert_eq!((decoded.stats.records, decoded.stats.rejects), (6, 0));
    let told = |name: &str| -> Vec<&str> {
        of(&rows, "dns_answer").iter().map(|row| row[name].as_str().unwrap_or("")).collect()
    };
    assert_eq!(told("resolver_endpoint_id"), ["", "rslvr-in-1", "rslvr-in-2", "rni-3", "", ""]);
    assert_eq!(told("response_code"), ["NXDOMAIN", "NOERROR", "NOERROR", "NOERROR", "NOERROR", "NOERROR"]);
    assert_eq!(told("firewall_action")[5], "BLOCK");
    assert_eq!(told("firewall_domain_list_id")[5], "rslvr-fdl-1");
    assert_eq!(told("query_name")[4], ".");
    assert!(told("answer").iter().all(|answer| answer.is_empty()));
}

#[test]
fn an_hour_of_one_answer_is_one_row() {
    let at = |time: &str| query(json!({"query_timestamp": time}));
    let queries = [
        at("2026-11-22T03:59:59.999Z"),
        at("2026-11-22T03:00:00Z"),
        at("2026-11-22T04:00:00Z"),
        at("2026-11-22T03:10:00Z"),
    ];
    let (_, rows) = read(KEY, &lines(&queries));
    let rows = of(&rows, "dns_answer");
    let told: Vec<_> = rows
        .iter()
        .map(|row| [&row["hour"], &row["first_seen"], &row["last_seen"], &row["queries"], &row["line"]])
        .collect();
    insta::assert_json_snapshot!(told, @r#"
    [
      [
        "2026-11-22T03:00:00Z",
        "2026-11-22T03:00:00Z",
        "2026-11-22T03:59:59.999Z",
        3,
        1
      ],
      [
        "2026-11-22T04:00:00Z",
        "2026-11-22T04:00:00Z",
        "2026-11-22T04:00:00Z",
        1,
        3
      ]
    ]
    "#);
}

#[test]
fn the_same_records_through_cloudwatch() {
    let (record, text) = (query(json!({})), query(json!({})).to_string());
    let subscription = |records: &[&str]| {
        let events: Vec<Value> =
            records.iter().map(|record| json!({"id": "1", "timestamp": 1, "message": record})).collect();
        json!({"messageType": "DATA_MESSAGE", "owner": "123456789012", "logGroup": "resolver", "logStream": "vpc-1_rqlc",
            "subscriptionFilters": ["f"], "logEvents": events})
        .to_string()
    };
    let (_, plain) = read(KEY, &lines(&[record.clone(), record]));
    for way in [
        subscription(&[&text, &text]),
        subscription(&[&text]) + &subscription(&[&text]),
        format!("2026-11-22T03:04:05.000Z {text}\n2026-11-22T03:04:06.000Z {text}\n"),
        format!("{0}\n{0}\n", json!({"timestamp": 1, "ingestionTime": 2, "logStream": "s", "message": text})),
    ] {
        let (decoded, rows) = read("stream/2026/11/22/03/x", way.as_bytes());
        assert_eq!((decoded.source, decoded.stats.records), ("resolver_query", 2), "{way}");
        assert_eq!(rows, plain, "{way}");
    }
}

#[test]
fn a_bad_record_costs_itself() {
    let text = [
        query(json!({})).to_string(),
        "{\"query_name\":\"cut.".to_owned(),
        query(json!({"query_timestamp": "yesterday"})).to_string(),
        query(json!({"query_name": ""})).to_string(),
        query(json!({"query_timestamp": 7})).to_string(),
        "no json".to_owned(),
        "[]".to_owned(),
        query(json!({"account_id": 123_456_789_012_u64, "srcport": 5, "answers": {"Rdata": "x"}, "new": {"a": [1]}}))
            .to_string(),
    ]
    .join("\n");
    let (decoded, rows) = read(KEY, text.as_bytes());
    assert_eq!((decoded.stats.records, decoded.stats.rejects), (2, 6));
    insta::assert_json_snapshot!(decoded.stats.reject_reasons, @r#"
    {
      "`…` is no time": 2,
      "the record is no JSON: EOF while parsing a string at line … column …": 1,
      "the record is no JSON: expected ident at line … column …": 1,
      "the record lacks `…`": 2
    }
    "#);
    assert_eq!(of(&rows, "dns_answer").len(), 2);
}

#[test]
fn an_answer_of_any_size_is_bounded() {
    let answers: Vec<Value> = (0..200).map(|n| json!({"Rdata": format!("10.0.0.{n}"), "Type": "A"})).collect();
    let (_, rows) = read(KEY, &lines(&[query(json!({"answers": answers, "query_name": "é".repeat(10_000)}))]));
    assert_eq!(of(&rows, "dns_answer").len(), 64);
    assert!(of(&rows, "dns_answer").iter().all(|row| row["query_name"].as_str().unwrap().chars().count() == 256));
}

fn queries(rows: &[Value]) -> i64 {
    rows.iter().map(|row| row["queries"].as_i64().unwrap()).sum()
}

proptest! {
    /// However small the bound, no query is lost; and within it each row is another.
    #[test]
    fn rollups_keep_the_sums(
        asked in prop::collection::vec((0u8..4, 0u8..3, 0i64..10_000), 1..60),
        groups in 1usize..8,
    ) {
        let records: Vec<Value> = asked
            .iter()
            .map(|(name, client, at)| query(json!({
                "query_name": format!("n{name}."), "srcaddr": format!("10.0.0.{client}"),
                "query_timestamp": jiff::Timestamp::from_second(1_795_316_400 + at).unwrap().to_string(),
            })))
            .collect();
        let (decoded, whole) = read(KEY, &lines(&records));
        let limits = Limits { groups, ..Limits::default() };
        let (_, parts) = read_within(limits, Keep::default(), KEY, &lines(&records));
        prop_assert_eq!(decoded.stats.records, asked.len() as u64);
        prop_assert_eq!(queries(of(&whole, "dns_answer")), asked.len() as i64);
        prop_assert_eq!(queries(of(&parts, "dns_answer")), asked.len() as i64);
        let key = |row: &Value| [&row["hour"], &row["query_name"], &row["client_addr"]].map(Value::to_string);
        let keys: std::collections::BTreeSet<_> = of(&whole, "dns_answer").iter().map(key).collect();
        prop_assert_eq!(keys.len(), of(&whole, "dns_answer").len());
    }

    #[test]
    fn arbitrary_members_do_not_panic(name in prop::sample::select(MEMBERS), value in json_value()) {
        let record = query(json!({name: value}));
        let (decoded, _) = read(KEY, &lines(&[record]));
        prop_assert_eq!(decoded.stats.records + decoded.stats.rejects, 1);
    }
}

const MEMBERS: &[&str] = &[
    "account_id",
    "query_timestamp",
    "query_name",
    "query_type",
    "rcode",
    "answers",
    "srcaddr",
    "srcids",
    "region",
    "vpc_id",
];

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("(Rdata|Type|instance|\\PC{0,4})", inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}
