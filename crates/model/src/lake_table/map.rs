//! Tables that discovery and detections write.

use super::LakeTable;
use crate::column::ColumnType::{Float, Int, Json, Text, Time};

/// Workload to model, and other connections, one discovery beside the other.
pub const EDGE: &LakeTable = &LakeTable {
    name: "edge",
    about: "Workload to model, and other connections, one discovery beside the other.",
    columns: &[
        ("run_id", Text),
        ("edge_id", Text),
        ("account_id", Text),
        ("region", Text),
        ("workload_arn", Text),
        ("workload_kind", Text),
        ("workload_title", Text),
        ("identity_arn", Text),
        ("model_arn", Text),
        ("model_kind", Text),
        ("model_title", Text),
        ("path", Text),
        ("path_evidence", Text),
        ("calls", Int),
        ("errors", Int),
        ("first_seen", Time),
        ("last_seen", Time),
        ("confidence", Text),
        ("attribution", Text),
        ("controls", Json),
        ("evidence", Json),
        ("class", Text),
        ("application", Text),
        ("target_arn", Text),
        ("target_kind", Text),
        ("target_title", Text),
        ("target_application", Text),
        ("service", Text),
        ("port", Int),
        ("flows", Int),
        ("bytes_out", Int),
        ("bytes_in", Int),
        ("bytes_shared", Int),
        ("input_tokens", Int),
        ("output_tokens", Int),
        ("cache_read_tokens", Int),
        ("cache_write_tokens", Int),
        ("counted_calls", Int),
        ("cost_usd", Float),
    ],
    partition_by: &["run_id"],
};

/// What each edge rests on: places in logs, and resources.
pub const EDGE_EVIDENCE: &LakeTable = &LakeTable {
    name: "edge_evidence",
    about: "What each edge rests on: places in logs, and resources.",
    columns: &[
        ("run_id", Text),
        ("edge_id", Text),
        ("source", Text),
        ("proves", Text),
        ("object", Text),
        ("line", Int),
        ("event_id", Text),
        ("seen_at", Time),
    ],
    partition_by: &["run_id"],
};

/// The controls of each edge: yes, no or unknown, with the reason and the smallest fix.
pub const CONTROL: &LakeTable = &LakeTable {
    name: "control",
    about: "The controls of each edge: yes, no or unknown, with the reason and the smallest fix.",
    columns: &[
        ("run_id", Text),
        ("edge_id", Text),
        ("account_id", Text),
        ("region", Text),
        ("name", Text),
        ("state", Text),
        ("reason", Text),
        ("fix", Json),
    ],
    partition_by: &["run_id"],
};

/// The workloads of the applications that the user declared.
pub const APPLICATION: &LakeTable = &LakeTable {
    name: "application",
    about: "The workloads of the applications that the user declared.",
    columns: &[
        ("run_id", Text),
        ("name", Text),
        ("workload_arn", Text),
        ("workload_kind", Text),
        ("workload_title", Text),
        ("criterion", Text),
    ],
    partition_by: &["run_id"],
};

/// Which telemetry shows which plane of inference, since when, and what cannot be seen.
pub const BLIND_SPOT: &LakeTable = &LakeTable {
    name: "blind_spot",
    about: "Which telemetry shows which plane of inference, since when, and what cannot be seen.",
    columns: &[
        ("run_id", Text),
        ("spot_id", Text),
        ("account_id", Text),
        ("region", Text),
        ("plane", Text),
        ("telemetry", Text),
        ("subject", Text),
        ("sight", Text),
        ("seen_since", Time),
        ("seen_until", Time),
        ("blind_from", Time),
        ("blind_until", Time),
        ("lost", Text),
        ("reason", Text),
        ("fix", Text),
    ],
    partition_by: &["run_id"],
};

/// What detections saw, put together by identity and time.
pub const CASE: &LakeTable = &LakeTable {
    name: "case",
    about: "What detections saw, put together by identity and time.",
    columns: &[
        ("run_id", Text),
        ("case_id", Text),
        ("account_id", Text),
        ("identity_arn", Text),
        ("workload_arn", Text),
        ("title", Text),
        ("severity", Text),
        ("summary", Text),
        ("first_seen", Time),
        ("last_seen", Time),
        ("regions", Json),
        ("models", Json),
        ("source_ips", Json),
        ("access_key_ids", Json),
        ("events", Int),
        ("signals", Json),
    ],
    partition_by: &["run_id"],
};

/// What discovery made of the logs of one day, kept until logs of that day come.
pub const DAY_GROUP: &LakeTable = &LakeTable {
    name: "day_group",
    about: "What discovery made of the logs of one day, kept until logs of that day come.",
    columns: &[("run_id", Text), ("day", Time), ("kind", Text), ("digest", Text), ("content", Text)],
    partition_by: &["run_id"],
};

/// Runs that made a map or cases, and over which time.
pub const RUN: &LakeTable = &LakeTable {
    name: "run",
    about: "Runs that made a map or cases, and over which time.",
    columns: &[
        ("run_id", Text),
        ("kind", Text),
        ("version", Text),
        ("window_from", Time),
        ("window_until", Time),
        ("rows", Int),
        ("finished_at", Time),
        ("inputs", Text),
        ("inventory", Text),
    ],
    partition_by: &[],
};
