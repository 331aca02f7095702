//! Properties that every source of the registry keeps.

use crate::support::{FLOW_KEY, TRAIL_KEY, event, gzip, read, read_within, trail};
use proptest::prelude::*;
use serde_json::json;
use sightline_ingest::{Batch, Limits, ObjectRef, Rows, source};
use sightline_model::log::Flow;

/// A whole object of each source. A source without one fails [`every_source_has_a_sample`].
fn samples() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let flow = "version srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status interface-id\n\
        5 10.0.0.1 10.0.0.2 40000 443 6 3 300 1763781000 1763781060 ACCEPT OK eni-1\n\
        5 10.0.0.2 10.0.0.1 443 40000 6 5 500 1763781000 1763781060 ACCEPT OK eni-1\n\
        5 - - - - - - - 1763781000 1763781060 - SKIPDATA eni-1\n\
        5 10.0.0.1 10.0.0.2 40001 443 6 3 300 1763781000 1763781060 ACCEPT OK eni-12\n";
    let events =
        [event(json!({})), event(json!({"requestParameters": {"modelId": "m", "a": ["}", "\\\""]}})), event(json!({}))];
    vec![("cloudtrail", TRAIL_KEY, trail(&events)), ("vpc_flow", FLOW_KEY, flow.as_bytes().to_vec())]
}

/// Whether the rows come of a part of what the other rows come of.
fn within(part: &Rows, whole: &Rows) -> bool {
    let same = |a: &Flow, b: &Flow| {
        let evens = |flow: &Flow| Flow {
            packets: 0,
            bytes: 0,
            records: 0,
            last_seen: flow.hour,
            first_seen: flow.hour,
            ..flow.clone()
        };
        evens(a) == evens(b) && a.packets <= b.packets && a.bytes <= b.bytes && a.records <= b.records
    };
    part.flows.iter().all(|row| whole.flows.iter().any(|other| same(row, other)))
        && part.api_calls.iter().all(|row| whole.api_calls.contains(row))
        && part.gaps.iter().all(|row| whole.gaps.contains(row))
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
            assert_eq!(decoded.stats.rejects, 0);
            for end in 0..object.len() {
                let (cut, rows) = read(key, &object[..end]);
                assert!(within(&rows, &whole), "{name} cut at {end}: {rows:?}");
                assert!(cut.stats.records <= decoded.stats.records);
            }
        }
    }
}

#[test]
fn rows_do_not_depend_on_the_bound() {
    for (_, key, bytes) in samples() {
        let limits = Limits { weight: 1, ..Limits::default() };
        assert_eq!(read_within(limits, key, &bytes), read(key, &bytes));
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000), packed in any::<bool>()) {
        let bytes = if packed { gzip(&bytes) } else { bytes };
        for source in source::ALL {
            let mut sink = |_| ();
            let mut batch = Batch::new(Limits::default(), &mut sink);
            source.detect("key", &bytes);
            source.decode(&ObjectRef { uri: "u", key: "k" }, &bytes, &mut batch);
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
                let flows: i64 = rows.flows.iter().map(|flow| flow.records).sum();
                let counted = flows as u64 + decoded.stats.no_data + decoded.stats.gaps + rows.api_calls.len() as u64;
                prop_assert_eq!(counted, decoded.stats.records);
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
        let sums = rows.flows.iter().fold((0, 0, 0), |sum, flow| (sum.0 + flow.packets, sum.1 + flow.bytes, sum.2 + flow.records));
        let expected = records.iter().fold((0, 0, 0), |sum, record| (sum.0 + record.4, sum.1 + record.5, sum.2 + 1));
        prop_assert_eq!(sums, expected);
    }
}
