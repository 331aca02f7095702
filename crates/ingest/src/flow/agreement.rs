//! Whatever a log holds, the fast reading gives the rows, counts and rejects of the exact one.

use super::decode::{Way, decode_by};
use crate::{Batch, Content, Input, Keep, Limits, ObjectRef, Part, Stats};
use arrow::array::RecordBatch;
use proptest::prelude::*;

const ALL_29: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action \
    log-status vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id sublocation-type \
    sublocation-id pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path";

/// The rows and counts of an object that is read twice into one batch: the second time all of its texts are known.
fn read(way: Way, limits: Limits, text: &[u8]) -> (Vec<RecordBatch>, Stats, Stats) {
    let mut parts: Vec<Part> = Vec::new();
    let mut sink = |part| parts.push(part);
    let mut batch = Batch::new(limits, Keep::default(), &mut sink);
    let object = ObjectRef { uri: "u", key: "k" };
    let mut decode = || {
        let mut content = Content::open(Input::Whole(text), limits);
        decode_by(way, "vpc_flow", &object, &mut content, &mut batch)
    };
    let (first, second) = (decode(), decode());
    batch.finish().deal(&mut |part| parts.push(part.build()));
    (parts.into_iter().map(|part| part.rows).collect(), first, second)
}

fn agree(text: &[u8]) -> Result<(), TestCaseError> {
    prop_assert_eq!(read(Way::Any, Limits::default(), text), read(Way::Exact, Limits::default(), text));
    Ok(())
}

/// A value of this field: mostly as AWS writes it.
fn value(name: &str) -> BoxedStrategy<String> {
    let usual: BoxedStrategy<String> = match name {
        "version" => Just("5".to_owned()).boxed(),
        "account-id" => prop::sample::select(vec!["123456789012", "unknown"]).prop_map_into().boxed(),
        "srcaddr" | "dstaddr" | "pkt-srcaddr" | "pkt-dstaddr" => {
            let addresses =
                vec!["10.0.0.1", "10.0.0.2", "255.255.255.255", "010.001.0.1", "fd00::1", "FD00:0::1", "::1.2.3.4"];
            prop::sample::select(addresses).prop_map_into().boxed()
        }
        "srcport" | "dstport" => prop::sample::select(vec!["443", "0", "49152", "22", "8080"]).prop_map_into().boxed(),
        "protocol" => prop::sample::select(vec!["6", "17", "1", "255"]).prop_map_into().boxed(),
        "packets" | "bytes" => prop_oneof![
            (0u64..100_000).prop_map(|n| n.to_string()),
            any::<i64>().prop_map(|n| n.unsigned_abs().to_string())
        ]
        .boxed(),
        "start" | "end" => prop_oneof![
            (0u64..9000).prop_map(|s| (1_763_780_000 + s).to_string()),
            Just("1763781000123".to_owned()),
            Just("12".to_owned())
        ]
        .boxed(),
        "action" => prop::sample::select(vec!["ACCEPT", "REJECT", "-"]).prop_map_into().boxed(),
        "log-status" => prop::sample::select(vec!["OK", "OK", "OK", "-", "NODATA", "SKIPDATA"]).prop_map_into().boxed(),
        "tcp-flags" => prop::sample::select(vec!["0", "2", "18", "19", "-"]).prop_map_into().boxed(),
        "traffic-path" => prop::sample::select(vec!["-", "1", "8", "300"]).prop_map_into().boxed(),
        "flow-direction" => prop::sample::select(vec!["ingress", "egress", "-"]).prop_map_into().boxed(),
        "pkt-dst-aws-service" => prop::sample::select(vec!["-", "AMAZON", "S3"]).prop_map_into().boxed(),
        "interface-id" => prop::sample::select(vec!["eni-0a1b2c3d4e5f60718", "eni-0a1b2c3d4e5f60719", "-", "eni-1"])
            .prop_map_into()
            .boxed(),
        _ => prop::sample::select(vec!["-", "a", "version", "start"]).prop_map_into().boxed(),
    };
    let odd = prop_oneof![
        Just("-".to_owned()),
        Just(String::new()),
        "[ -~]{0,12}",
        "[0-9.:]{1,20}",
        "\\PC{1,3}",
        Just("x".repeat(200))
    ];
    prop_oneof![60 => usual, 1 => odd].boxed()
}

/// Names of some columns, in any order.
fn columns() -> impl Strategy<Value = Vec<String>> {
    let all: Vec<String> = ALL_29.split_whitespace().map(str::to_owned).collect();
    let short: Vec<String> =
        "account-id interface-id start end srcaddr dstaddr srcport dstport packets bytes log-status colour"
            .split(' ')
            .map(str::to_owned)
            .collect();
    prop_oneof![
        Just(all.clone()),
        Just(all.get(..14).unwrap_or_default().to_vec()),
        Just(all.clone()).prop_shuffle(),
        Just(short).prop_shuffle(),
        prop::sample::subsequence(all, 4..29),
        Just(
            vec!["srcaddr", "tag", "dstaddr", "colour", "start", "shape", "srcaddr"]
                .into_iter()
                .map(str::to_owned)
                .collect()
        ),
    ]
}

fn line(columns: &[String]) -> impl Strategy<Value = String> + use<> {
    let values: Vec<BoxedStrategy<String>> = columns.iter().map(|name| value(name)).collect();
    let separators =
        prop_oneof![200 => Just(" "), 1 => Just("  "), 1 => Just("\t"), 1 => Just("\r"), 1 => Just("\u{b}")];
    let separators = prop::collection::vec(separators, columns.len());
    let end = prop_oneof![30 => Just("\n"), 1 => Just("\r\n"), 1 => Just(" \n"), 1 => Just("\n\n"), 1 => Just(" ")];
    (values, separators, end).prop_map(|(values, separators, end)| {
        let last = values.len().saturating_sub(1);
        let words = values.iter().zip(separators).enumerate();
        let line: String =
            words.map(|(at, (value, by))| if at < last { format!("{value}{by}") } else { value.clone() }).collect();
        line + end
    })
}

fn log() -> impl Strategy<Value = String> {
    (columns(), prop::bool::weighted(0.9)).prop_flat_map(|(columns, headed)| {
        let header = if headed { columns.join(" ") + "\n" } else { String::new() };
        let again = Just(header.clone());
        let lines = prop::collection::vec(prop_oneof![20 => line(&columns).boxed(), 1 => again.boxed()], 0..150);
        lines.prop_map(move |lines| header.clone() + &lines.concat())
    })
}

/// Packets, bytes and records of all rows.
fn totals(rows: &[RecordBatch]) -> Vec<i128> {
    use arrow::array::AsArray;
    use arrow::datatypes::Int64Type;
    let total = |name| {
        let columns = rows.iter().filter_map(|rows| rows.column_by_name(name));
        columns.flat_map(|column| column.as_primitive::<Int64Type>().values()).map(|value| i128::from(*value)).sum()
    };
    ["packets", "bytes", "records"].map(total).to_vec()
}

proptest! {
    #[test]
    fn on_logs_of_any_format(text in log()) {
        agree(text.as_bytes())?;
    }

    #[test]
    fn on_damaged_logs(text in log(), places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = text.into_bytes();
        bytes.push(b'\n');
        for (place, byte) in places {
            let place = place.index(bytes.len());
            if let Some(at) = bytes.get_mut(place) {
                *at = byte;
            }
        }
        agree(&bytes)?;
    }

    #[test]
    fn on_anything(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        agree(&bytes)?;
    }

    /// Two threads whose rollups are merged give what one thread gives.
    #[test]
    fn of_merged_rollups(one in log(), other in log()) {
        let limits = Limits::default();
        let rollup_of = |texts: &[&String]| {
            let mut sink = |_| ();
            let mut batch = Batch::new(limits, Keep::default(), &mut sink);
            for text in texts {
                let mut content = Content::open(Input::Whole(text.as_bytes()), limits);
                decode_by(Way::Any, "vpc_flow", &ObjectRef { uri: text, key: "k" }, &mut content, &mut batch);
            }
            batch.finish()
        };
        let rows = |mut rollup: crate::Rollups| {
            let mut rows = Vec::new();
            rollup.take(&mut |part| rows.push(part.rows));
            rows
        };
        let (mut merged, mut second) = (rollup_of(&[&one]), rollup_of(&[&other]));
        merged.merge(&mut second);
        prop_assert!(second.is_empty());
        let (merged, single) = (rows(merged), rows(rollup_of(&[&one, &other])));
        let sums = totals(&single);
        prop_assert_eq!(totals(&merged), sums.clone());
        // A sum that would overflow begins another row, sooner or later.
        if sums.iter().all(|sum| *sum <= i128::from(i64::MAX)) {
            prop_assert_eq!(merged, single);
        }
    }

    /// A rollup that begins anew all the time forgets what it told the memos.
    #[test]
    fn within_narrow_limits(text in log(), groups in 1usize..40) {
        let limits = Limits { groups, ..Limits::default() };
        let sums = |rows: &[RecordBatch]| -> Vec<i64> {
            use arrow::array::AsArray;
            use arrow::datatypes::Int64Type;
            ["packets", "bytes", "records"]
                .iter()
                .map(|name| rows.iter().filter_map(|rows| rows.column_by_name(name)).map(|column| {
                    column.as_primitive::<Int64Type>().values().iter().fold(0_i64, |sum, value| sum.wrapping_add(*value))
                }).fold(0, i64::wrapping_add))
                .collect()
        };
        let (narrow, ..) = read(Way::Any, limits, text.as_bytes());
        let (wide, ..) = read(Way::Exact, Limits::default(), text.as_bytes());
        prop_assert_eq!(sums(&narrow), sums(&wide));
    }
}

#[test]
fn lines_that_only_look_known() {
    // A line that is accepted word by word, but whose words stand elsewhere by single spaces, must teach nothing.
    let text = "version account-id interface-id srcaddr dstaddr start\n\
        5  123456789012 eni-1\t10.0.0.1 10.0.0.2 1763781000\n\
        5  123456789012 10.0.0.1 10.0.0.2 1763781000\n\
        5  123456789012 eni-1 10.0.0.1 10.0.0.2\n";
    agree(text.as_bytes()).unwrap();
}

#[test]
fn sums_at_their_limit() {
    let most = i64::MAX;
    let text = format!(
        "srcaddr dstaddr start packets bytes\n{}",
        format!("10.0.0.1 10.0.0.2 1763781000 {most} 7\n").repeat(3)
    );
    let (rows, ..) = read(Way::Any, Limits::default(), text.as_bytes());
    assert_eq!(rows.iter().map(RecordBatch::num_rows).sum::<usize>(), 6, "twice three rows, none of which overflows");
    agree(text.as_bytes()).unwrap();
}
