//! Arbitrary bytes as objects of the log source `eks_audit`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| sightline_fuzz::decode("eks_audit", bytes));
