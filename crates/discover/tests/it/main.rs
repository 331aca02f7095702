//! Discovery over literal rows: each kind of workload, each path, each state of each control.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod access;
mod control;
mod edge;
mod lineage;
mod model;
mod path;
mod self_hosted;
mod workload;
mod world;
