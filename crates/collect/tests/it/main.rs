//! Integration tests of the collectors.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, says what it skips, and reads the machine that it runs on"
)]

mod catalogue;
mod emulators;
mod fake;
mod faults;
mod kubernetes;
mod relation;
mod stores;
