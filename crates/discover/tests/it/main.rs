//! Discovery over literal rows: each kind of workload, each path, each state of each control.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

mod control;
mod edge;
mod model;
mod path;
mod workload;
mod world;
