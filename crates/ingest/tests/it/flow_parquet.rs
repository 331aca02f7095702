//! Flow logs in Parquet give what the same records give as text.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use crate::support::{FLOW_KEY, of, read, read_from};
use arrow::array::{ArrayRef, Int32Array, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, GzipLevel, ZstdLevel};
use parquet::file::properties::{WriterProperties, WriterVersion};
use proptest::prelude::*;
use sightline_ingest::{Input, Keep, Limits, Status};
use std::sync::Arc;

const NAMES: [&str; 14] = [
    "version",
    "account-id",
    "interface-id",
    "srcaddr",
    "dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "start",
    "end",
    "action",
    "log-status",
];

/// Records as AWS writes them, one that has no data, one that is skipped and one that nobody can read.
fn records() -> Vec<[&'static str; 14]> {
    vec![
        [
            "2",
            "123456789012",
            "eni-1",
            "10.0.0.5",
            "10.0.1.9",
            "49152",
            "443",
            "6",
            "10",
            "1000",
            "1763781000",
            "1763781060",
            "ACCEPT",
            "OK",
        ],
        [
            "2",
            "123456789012",
            "eni-1",
            "10.0.1.9",
            "10.0.0.5",
            "443",
            "49152",
            "6",
            "20",
            "9000",
            "1763781000",
            "1763781060",
            "ACCEPT",
            "OK",
        ],
        [
            "2",
            "123456789012",
            "eni-2",
            "fd00::1",
            "fd00::2",
            "0",
            "0",
            "58",
            "1",
            "64",
            "1763781300",
            "1763781360",
            "REJECT",
            "OK",
        ],
        ["2", "123456789012", "eni-1", "-", "-", "-", "-", "-", "-", "-", "1763781000", "1763781060", "-", "NODATA"],
        ["2", "123456789012", "eni-1", "-", "-", "-", "-", "-", "-", "-", "1763781000", "1763781060", "-", "SKIPDATA"],
        [
            "2",
            "123456789012",
            "eni-1",
            "10.0.0.5",
            "10.0.1.9",
            "70000",
            "443",
            "6",
            "1",
            "1",
            "1763781000",
            "1763781060",
            "ACCEPT",
            "OK",
        ],
    ]
}

fn column(name: &str, texts: &[&str], dictionary: bool) -> ArrayRef {
    let known = texts.iter().map(|text| (*text != "-").then_some(*text));
    match name {
        "version" | "srcport" | "dstport" | "protocol" => {
            Arc::new(known.map(|text| text.map(|text| text.parse().unwrap())).collect::<Int32Array>())
        }
        "packets" | "bytes" | "start" | "end" => {
            Arc::new(known.map(|text| text.map(|text| text.parse().unwrap())).collect::<Int64Array>())
        }
        _ => {
            // Half of the writers have NULL for what is missing, the others a hyphen.
            let texts: StringArray =
                if dictionary { known.collect() } else { texts.iter().copied().map(Some).collect() };
            let kind = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
            if dictionary { cast(&texts, &kind).unwrap() } else { Arc::new(texts) }
        }
    }
}

fn file(records: &[[&str; 14]], underscores: bool, properties: WriterProperties) -> Vec<u8> {
    let name = |name: &str| if underscores { name.replace('-', "_") } else { name.to_owned() };
    let column = |place: usize| {
        let texts: Vec<&str> = records.iter().map(|record| record[place]).collect();
        (name(NAMES[place]), column(NAMES[place], &texts, underscores))
    };
    // The order of columns is free, and so are columns that nobody knows.
    let more = ("colour".to_owned(), Arc::new(Int64Array::from(vec![7; records.len()])) as ArrayRef);
    let rows = RecordBatch::try_from_iter((0..14).rev().map(column).chain([more])).unwrap();
    let mut writer = ArrowWriter::try_new(Vec::new(), rows.schema(), Some(properties)).unwrap();
    writer.write(&rows).unwrap();
    writer.into_inner().unwrap()
}

fn text(records: &[[&str; 14]]) -> String {
    let lines: Vec<String> = records.iter().map(|record| record.join(" ")).collect();
    format!("{}\n{}\n", NAMES.join(" "), lines.join("\n"))
}

fn packed(compression: Compression, version: WriterVersion) -> WriterProperties {
    WriterProperties::builder()
        .set_compression(compression)
        .set_writer_version(version)
        .set_max_row_group_row_count(Some(2))
        .build()
}

#[test]
fn the_same_as_text() {
    let records = records();
    let (as_text, mut expected) = read(FLOW_KEY, text(&records).as_bytes());
    // Lines count the header.
    for row in expected.values_mut().flatten() {
        row["line"] = (row["line"].as_i64().unwrap() - 1).into();
    }
    let gzip = Compression::GZIP(GzipLevel::default());
    for compression in [Compression::UNCOMPRESSED, Compression::SNAPPY, gzip] {
        for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
            for underscores in [false, true] {
                let (decoded, rows) = read(FLOW_KEY, &file(&records, underscores, packed(compression, version)));
                assert_eq!(decoded.stats.error, "");
                assert_eq!(rows, expected, "{compression:?} {version:?} {underscores}");
                assert_eq!(decoded.stats.reject_reasons, as_text.stats.reject_reasons);
                let counts = |stats: &sightline_ingest::Stats| {
                    (stats.records, stats.no_data, stats.gaps, stats.first_seen, stats.last_seen)
                };
                assert_eq!(counts(&decoded.stats), counts(&as_text.stats));
            }
        }
    }
    assert_eq!(of(&expected, "flow").len(), 3);
}

#[test]
fn what_cannot_be_read_says_so() {
    let whole = file(&records(), true, packed(Compression::SNAPPY, WriterVersion::PARQUET_1_0));
    let streamed = read_from(Limits::default(), Keep::default(), FLOW_KEY, Input::Stream(&mut &whole[..])).0;
    assert_eq!(streamed.status(), Status::Unreadable);
    assert_eq!(
        streamed.stats.error,
        "the Parquet file is too large to be read: deliver flow logs in smaller files, or as text"
    );

    let zstd = file(&records(), true, packed(Compression::ZSTD(ZstdLevel::default()), WriterVersion::PARQUET_1_0));
    let error = read(FLOW_KEY, &zstd).0.stats.error;
    assert!(
        error.ends_with("is packed in a way that flow logs are not: write the file with gzip or snappy"),
        "{error}"
    );

    let rows = RecordBatch::try_from_iter([("colour", Arc::new(Int64Array::from(vec![7])) as ArrayRef)]).unwrap();
    let mut writer = ArrowWriter::try_new(Vec::new(), rows.schema(), None).unwrap();
    writer.write(&rows).unwrap();
    let error = read(FLOW_KEY, &writer.into_inner().unwrap()).0.stats.error;
    assert_eq!(error, "the header lacks the field `srcaddr`: add it to the flow log's format");
}

proptest! {
    /// A damaged file is at fault, or gives other values; it neither panics nor takes memory.
    #[test]
    fn damaged_files(places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6), cut in any::<prop::sample::Index>()) {
        let gzip = Compression::GZIP(GzipLevel::default());
        for compression in [Compression::UNCOMPRESSED, Compression::SNAPPY, gzip] {
            let mut bytes = file(&records(), true, packed(compression, WriterVersion::PARQUET_1_0));
            let short = bytes[..cut.index(bytes.len())].to_vec();
            for (place, byte) in &places {
                let place = place.index(bytes.len());
                bytes[place] = *byte;
            }
            for file in [bytes, short] {
                let (decoded, rows) = read(FLOW_KEY, &file);
                let flows: i64 = of(&rows, "flow").iter().map(|flow| flow["records"].as_i64().unwrap()).sum();
                prop_assert_eq!(flows as u64 + decoded.stats.no_data + decoded.stats.gaps, decoded.stats.records);
            }
        }
    }
}
