//! Tests of the lake over real folders.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests")]

mod bucket;
mod claims;
mod cluster;
mod duck;
mod exactly_once;
mod fixture;
mod folder;
mod function;
mod lock;
mod maintenance;
mod moment;
mod older;
mod outside;
mod pod;
mod pruning;
mod read_only;
mod retention;
mod round_trip;
mod slt;
mod staging;
mod workspace;
