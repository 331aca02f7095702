//! Properties that every source of the registry keeps.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use crate::support::{FLOW_KEY, Rows, TRAIL_KEY, event, gzip, of, read, read_from, read_within, trail};
use crate::{bedrock_invocation, eks_audit, resolver_query, sagemaker_capture};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use sightline_ingest::{Batch, Input, Keep, Limits, ObjectRef, decode_as, source};
use std::collections::BTreeMap;
use std::io::Read;

/// Source, key and content of a whole object without a fault.
type Sample = (&'static str, &'static str, Vec<u8>);

/// A sample of each source, in the order of their names. A source without one fails [`every_source_has_a_sample`]: add it here, best as
/// a function `sample` of the source's own tests.
fn samples() -> Vec<Sample> {
    vec![
        bedrock_invocation::sample(),
        cloudtrail(),
        eks_audit::sample(),
        resolver_query::sample(),
        sagemaker_capture::sample(),
        transit_gateway_flow(),
        vpc_flow(),
    ]
}

fn cloudtrail() -> Sample {
    let events =
        [event(json!({})), event(json!({"requestParameters": {"modelId": "m", "a": ["}", "\\\""]}})), event(json!({}))];
    ("cloudtrail", TRAIL_KEY, trail(&events))
}

fn vpc_flow() -> Sample {
    let flow = "version srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status interface-id\n\
        5 10.0.0.1 10.0.0.2 40000 443 6 3 300 1763781000 1763781060 ACCEPT OK eni-1\n\
        5 10.0.0.2 10.0.0.1 443 40000 6 5 500 1763781000 1763781060 ACCEPT OK eni-1\n\
        5 - - - - - - - 1763781000 1763781060 - SKIPDATA eni-1\n\
        5 10.0.0.1 10.0.0.2 40001 443 6 3 300 1763781000 1763781060 ACCEPT OK eni-12\n";
    ("vpc_flow", FLOW_KEY, flow.as_bytes().to_vec())
}

fn transit_gateway_flow() -> Sample {
    let flow = "version tgw-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end log-status\n\
        6 tgw-attach-1 10.0.0.1 10.1.0.2 40000 443 6 3 300 1763781000 1763781060 OK\n\
        6 tgw-attach-1 10.1.0.2 10.0.0.1 443 40000 6 5 500 1763781000 1763781060 OK\n";
    ("transit_gateway_flow", FLOW_KEY, flow.as_bytes().to_vec())
}

/// Tables whose rows are made of several records, and the columns that are summed there.
const ROLLUPS: [(&str, &[&str]); 2] = [("flow", &["packets", "bytes", "records"]), ("dns_answer", &["queries"])];
/// Columns of theirs that tell of the first or last record.
const SPANS: [&str; 3] = ["first_seen", "last_seen", "line"];

/// How often each row is there; for rollups, the sums of each.
fn summed(rows: &Rows) -> BTreeMap<(String, String), Vec<i64>> {
    let mut sums = BTreeMap::new();
    for (table, row) in rows.iter().flat_map(|(table, rows)| rows.iter().map(move |row| (table, row))) {
        let columns = ROLLUPS.iter().find(|(rollup, _)| rollup == table).map(|(_, columns)| *columns);
        let (key, values) = match columns {
            None => (row.to_string(), vec![1]),
            Some(columns) => {
                let mut key: Map<String, Value> = row.as_object().unwrap().clone();
                key.retain(|name, _| !columns.contains(&name.as_str()) && !SPANS.contains(&name.as_str()));
                let values = columns.iter().map(|name| row[name].as_i64().unwrap_or_default()).collect();
                (Value::Object(key).to_string(), values)
            }
        };
        let sums: &mut Vec<i64> = sums.entry(((*table).to_owned(), key)).or_insert_with(|| vec![0; values.len()]);
        sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
    }
    sums
}

/// Whether the rows come of a part of what the other rows come of.
fn within(part: &Rows, whole: &Rows) -> bool {
    let (part, whole) = (summed(part), summed(whole));
    let at_most = |some: &[i64], all: &[i64]| some.iter().zip(all).all(|(some, all)| some <= all);
    part.iter().all(|(key, sums)| whole.get(key).is_some_and(|all| at_most(sums, all)))
}

#[test]
fn every_source_has_a_sample() {
    let names: Vec<_> = source::ALL.iter().map(|source| source.name()).collect();
    let sampled: Vec<_> = samples().iter().map(|(name, ..)| *name).collect();
    assert_eq!(names, sampled);
    for (name, key, bytes) in samples() {
        assert_eq!(read(key, &bytes).0.source, name);
        assert_eq!(read("copied/elsewhere", &bytes).0.source, name, "content alone must tell it");
        assert_eq!(read("copied/elsewhere.gz", &gzip(&bytes)).0.source, name);
    }
}

#[test]
fn a_cut_object_gives_no_other_rows() {
    for (name, key, bytes) in samples() {
        for object in [bytes.clone(), gzip(&bytes)] {
            let (decoded, whole) = read(key, &object);
            assert_eq!(decoded.stats.rejects, 0, "{name}");
            for end in 0..object.len() {
                let (cut, rows) = read(key, &object[..end]);
                assert!(within(&rows, &whole), "{name} cut at {end}: {rows:?}");
                assert!(cut.stats.records <= decoded.stats.records);
            }
        }
    }
}

#[test]
fn rows_do_not_depend_on_the_bounds() {
    for (name, key, bytes) in samples() {
        let limits = Limits { groups: 1, table_bytes: 1, ..Limits::default() };
        let (narrow, wide) = (read_within(limits, Keep::default(), key, &bytes), read(key, &bytes));
        assert_eq!((narrow.0, summed(&narrow.1)), (wide.0, summed(&wide.1)), "{name}");
    }
}

/// Gives few bytes at once.
struct Trickle<'a>(&'a [u8]);

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let few = buffer.len().min(7);
        self.0.read(&mut buffer[..few])
    }
}

#[test]
fn a_stream_gives_what_the_whole_gives() {
    for (name, key, bytes) in samples() {
        let twice = [gzip(&bytes[..9]), gzip(&bytes[9..])].concat();
        for object in [bytes.clone(), gzip(&bytes), twice] {
            let mut stream = Trickle(&object);
            let streamed = read_from(Limits::default(), Keep::default(), key, Input::Stream(&mut stream));
            assert_eq!(streamed, read(key, &object), "{name}");
            assert_eq!(streamed, read(key, &bytes), "{name}");
        }
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000), packed in any::<bool>()) {
        let bytes = if packed { gzip(&bytes) } else { bytes };
        for source in source::ALL {
            let mut sink = |_| ();
            let mut batch = Batch::new(Limits::default(), Keep::default(), &mut sink);
            source.detect("key", &bytes);
            decode_as(*source, &ObjectRef { uri: "u", key: "k" }, Input::Whole(&bytes), &mut batch);
            batch.finish();
        }
    }

    #[test]
    fn damaged_objects_do_not_panic(places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        for (_, key, bytes) in samples() {
            for mut object in [bytes.clone(), gzip(&bytes)] {
                for (place, byte) in &places {
                    let place = place.index(object.len());
                    object[place] = *byte;
                }
                let (decoded, rows) = read(key, &object);
                let flows: i64 = of(&rows, "flow").iter().map(|flow| flow["records"].as_i64().unwrap()).sum();
                if decoded.source.ends_with("_flow") {
                    prop_assert_eq!(flows as u64 + decoded.stats.no_data + decoded.stats.gaps, decoded.stats.records);
                }
            }
        }
    }

    /// Whatever the order of the columns, and whatever stands in between, the rollup is the same; and nothing is lost in it.
    #[test]
    fn columns_in_any_order(
        records in prop::collection::vec((0u8..3, 0u8..3, 0u16.., 0u16.., 0i64..1 << 40, 0i64..1 << 40, 0i64..7200), 1..40),
        order in Just((0usize..9).collect::<Vec<_>>()).prop_shuffle(),
        underscores in any::<bool>(),
    ) {
        let names = ["srcaddr", "dstaddr", "srcport", "dstport", "packets", "bytes", "start", "log-status", "some-tag"];
        let values: Vec<Vec<String>> = records
            .iter()
            .map(|(a, b, sport, dport, packets, bytes, at)| {
                vec![
                    format!("10.0.0.{a}"), format!("10.0.1.{b}"), sport.to_string(), dport.to_string(), packets.to_string(),
                    bytes.to_string(), (1_763_780_400 + at).to_string(), "OK".into(), "tag".into(),
                ]
            })
            .collect();
        let names: Vec<String> = names.iter().map(|name| if underscores { name.replace('-', "_") } else { name.to_string() }).collect();
        let text = |order: &[usize]| {
            let line = |words: &[String]| order.iter().map(|place| words[*place].as_str()).collect::<Vec<_>>().join(" ") + "\n";
            line(&names) + &values.iter().map(|words| line(words)).collect::<String>()
        };
        let (decoded, rows) = read("x", text(&order).as_bytes());
        let plain: Vec<usize> = (0..9).collect();
        prop_assert_eq!(&rows, &read("x", text(&plain).as_bytes()).1);
        prop_assert_eq!(decoded.stats.rejects, 0);
        let sum = |name: &str| of(&rows, "flow").iter().map(|flow| flow[name].as_i64().unwrap()).sum::<i64>();
        let sums = (sum("packets"), sum("bytes"), sum("records"));
        let expected = records.iter().fold((0, 0, 0), |sum, record| (sum.0 + record.4, sum.1 + record.5, sum.2 + 1));
        prop_assert_eq!(sums, expected);
    }
}
