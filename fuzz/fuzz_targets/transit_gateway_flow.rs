//! Arbitrary bytes as objects of the log source `transit_gateway_flow`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| sightline_fuzz::decode("transit_gateway_flow", bytes));
