//! Arbitrary bytes as objects of the log source `resolver_query`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| sightline_fuzz::decode("resolver_query", bytes));
