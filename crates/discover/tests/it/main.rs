//! Discovery over literal rows: each kind of workload, each path, each state of each control.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests")]

mod access;
mod application;
mod blind_spot;
mod control;
mod day;
mod edge;
mod identity;
mod lineage;
mod model;
mod path;
mod route;
mod self_hosted;
mod traffic;
mod usage;
mod workload;
mod world;
