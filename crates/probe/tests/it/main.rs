//! Plans and runs against stand-ins: models that do what a test wants, down to the bytes on the wire.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking"
)]

mod bench;
mod budget;
mod found;
mod gate;
mod import;
mod judge;
mod outcome;
mod packs;
mod resume;
mod scripted;
mod services;
mod shared_budget;
mod spending;
mod statistics;
mod surfaces;
mod three_ways;
