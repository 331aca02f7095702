//! Plans and runs against a stand-in for Converse: no emulator answers it, so each answer is written by hand.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking"
)]

mod bench;
mod budget;
mod gate;
mod import;
mod judge;
mod outcome;
mod packs;
mod resume;
mod statistics;
