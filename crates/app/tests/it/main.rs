//! Tests of the whole: the workspace's shape, and the binary as a user runs it.

// `cfg(test)` tells clippy that helper functions are tests too.
#[cfg(test)]
mod access;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod bill_of_materials;
#[cfg(test)]
mod blindspots;
#[cfg(unix)]
#[cfg(test)]
mod cluster;
#[cfg(test)]
mod detect;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod events;
#[cfg(test)]
mod floors;
#[cfg(test)]
mod generated;
#[cfg(test)]
mod iam;
#[cfg(test)]
mod ingest;
#[cfg(all(test, unix))]
mod ingest_faults;
#[cfg(unix)]
#[cfg(test)]
mod ingest_follow;
#[cfg(all(test, unix))]
mod ingest_shards;
#[cfg(test)]
mod interrupted;
#[cfg(test)]
mod lineage;
#[cfg(test)]
mod logs;
#[cfg(test)]
mod map;
#[cfg(unix)]
#[cfg(test)]
mod mcp;
#[cfg(unix)]
#[cfg(test)]
mod notify;
#[cfg(all(test, unix))]
mod organization;
#[cfg(test)]
mod posture;
#[cfg(test)]
mod probe_model;
#[cfg(test)]
mod probe_reports;
#[cfg(test)]
mod probe_runs;
#[cfg(test)]
mod probe_targets;
#[cfg(test)]
mod scan_faults;
#[cfg(unix)]
#[cfg(test)]
mod serve;
#[cfg(unix)]
#[cfg(test)]
mod serve_probes;
#[cfg(unix)]
#[cfg(test)]
mod serve_upkeep;
#[cfg(unix)]
#[cfg(test)]
mod served;
#[cfg(test)]
mod shape;
#[cfg(test)]
mod support;

#[cfg(test)]
use std::path::PathBuf;

/// The repository's root.
#[cfg(test)]
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}
