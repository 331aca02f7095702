//! One log source and arbitrary bytes: no panic, bounded memory, every row of its table's schema, and the same rows however the bytes
//! come.

use sightline_ingest::{Batch, Input, Keep, Limits, ObjectRef, Part, Stats, Text, by_name, decode_as};
use std::io::Read;

const LIMITS: Limits = Limits { content: 1 << 20, expansion: 100, groups: 64, table_bytes: 1 << 14 };

/// Decodes the bytes as an object of the source, held whole and as a stream of odd pieces.
///
/// # Panics
/// When the decoder does, when a row does not fit its table, when the two ways differ.
pub fn decode(source: &str, bytes: &[u8]) {
    let keep = match bytes.first().map_or(0, |byte| byte % 3) {
        0 => Keep::default(),
        1 => Keep { raw_flows: true, text: Text::Redacted },
        _ => Keep { raw_flows: false, text: Text::Whole },
    };
    let whole = run(source, keep, Input::Whole(bytes));
    let streamed = run(source, keep, Input::Stream(&mut Pieces(bytes)));
    // A Parquet file that is streamed is refused, and how much of a broken gzip stream can be read depends on its pieces.
    if !bytes.starts_with(b"PAR1") && whole.0.error.is_empty() {
        assert_eq!(whole, streamed);
    }
}

fn run(name: &str, keep: Keep, input: Input<'_>) -> (Stats, u64) {
    let source = by_name(name).expect("a source of this name");
    let mut rows = 0;
    let mut sink = |part: Part| {
        assert_eq!(part.rows.num_columns(), part.table.columns.len());
        rows += part.rows.num_rows() as u64;
    };
    let mut batch = Batch::new(LIMITS, keep, &mut sink);
    let decoded = decode_as(source, &ObjectRef { uri: "uri", key: "key" }, input, &mut batch);
    batch.finish().take(&mut sink);
    assert!(decoded.stats.reject_samples.len() as u64 <= decoded.stats.rejects);
    (decoded.stats, rows)
}

/// Gives seven bytes at a time.
struct Pieces<'a>(&'a [u8]);

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = buffer.len().min(7);
        self.0.read(&mut buffer[..most])
    }
}
