//! Arbitrary bytes as objects of the log source `vpc_flow`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| sightline_fuzz::decode("vpc_flow", bytes));
