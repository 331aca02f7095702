//! Arbitrary bytes through every log source: no panic, and every row accounted for.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sightline_ingest::{Batch, Limits, ObjectRef, Rows, source};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { decompressed: 1 << 20, weight: 64 };
    for source in source::ALL {
        source.detect("key", bytes);
        let mut records = 0;
        let mut sink = |rows: Rows| {
            assert!(rows.weight() < limits.weight + 4);
            let flows: i64 = rows.flows.iter().map(|flow| flow.records).sum();
            records += flows.unsigned_abs() + rows.api_calls.len() as u64 + rows.gaps.len() as u64;
        };
        let mut batch = Batch::new(limits, &mut sink);
        let stats = source.decode(&ObjectRef { uri: "uri", key: "key" }, bytes, &mut batch);
        batch.finish();
        assert_eq!(records + stats.no_data, stats.records);
    }
});
