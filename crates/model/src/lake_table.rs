//! The lake's tables: a few wide ones. Each has one declaration here; the lake makes Arrow and Delta schemas of it, the
//! catalogue its page. A row type of this crate with the same field names is what a stage writes.

mod log;
mod map;

pub use log::{
    API_CALL, DNS_ANSWER, FLOW, FLOW_RECORD, KUBERNETES_CALL, LOG_GAP, LOG_OBJECT, LOG_TARGETS, MODEL_INVOCATION,
};

pub use map::{APPLICATION, BLIND_SPOT, CASE, CONTROL, DAY_GROUP, EDGE, EDGE_EVIDENCE, RUN};

use crate::column::{Column, ColumnType};

/// One Delta table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LakeTable {
    /// its name in SQL and its folder in the lake
    pub name: &'static str,
    /// one sentence
    pub about: &'static str,
    /// name and type of each column, in order
    pub columns: &'static [(&'static str, ColumnType)],
    /// columns whose values part the files; each holds few values
    pub partition_by: &'static [&'static str],
}

impl LakeTable {
    /// The columns as owned values.
    pub fn schema(&self) -> Vec<Column> {
        self.columns.iter().map(|(name, kind)| Column::new(*name, *kind)).collect()
    }

    /// The table of this name.
    pub fn by_name(name: &str) -> Option<&'static LakeTable> {
        ALL.iter().copied().find(|table| table.name == name)
    }
}

use ColumnType::{Bool, Float, Int, Json, Text, Time};

/// What each scan saw: one row a resource.
pub const RESOURCE: &LakeTable = &LakeTable {
    name: "resource",
    about: "What each scan saw: one row a resource.",
    columns: &[
        ("scan_id", Text),
        ("account_id", Text),
        ("partition", Text),
        ("region", Text),
        ("table_name", Text),
        ("arn", Text),
        ("title", Text),
        ("tags", Json),
        ("config", Json),
        ("collected_at", Time),
    ],
    partition_by: &["scan_id"],
};

/// What each scan could and could not inspect.
pub const COVERAGE: &LakeTable = &LakeTable {
    name: "coverage",
    about: "What each scan could and could not inspect.",
    columns: &[
        ("scan_id", Text),
        ("account_id", Text),
        ("region", Text),
        ("table_name", Text),
        ("operation", Text),
        ("action", Text),
        ("target", Text),
        ("outcome", Text),
        ("error_code", Text),
        ("error_message", Text),
        ("rows", Int),
        ("calls", Int),
        ("collected_at", Time),
    ],
    partition_by: &["scan_id"],
};

/// Answers of the checks, one evaluation beside the other.
pub const FINDING: &LakeTable = &LakeTable {
    name: "finding",
    about: "Answers of the checks, one evaluation beside the other.",
    columns: &[
        ("run_id", Text),
        ("scan_id", Text),
        ("check_id", Text),
        ("title", Text),
        ("status", Text),
        ("severity", Text),
        ("account_id", Text),
        ("region", Text),
        ("resource", Text),
        ("resource_title", Text),
        ("reason", Text),
        ("missing_actions", Json),
        ("fingerprint", Text),
        ("evaluated_at", Time),
        ("fix_values", Json),
    ],
    partition_by: &["run_id"],
};

/// Scans that ran to their end; a scan without a row here was cut off and is not looked at.
pub const SCAN: &LakeTable = &LakeTable {
    name: "scan",
    about: "Scans that ran to their end; a scan without a row here was cut off and is not looked at.",
    columns: &[
        ("scan_id", Text),
        ("account_id", Text),
        ("partition", Text),
        ("caller_arn", Text),
        ("regions", Json),
        ("version", Text),
        ("started_at", Time),
        ("finished_at", Time),
        ("tables", Int),
        ("resources", Int),
        ("calls", Int),
        ("incomplete", Int),
    ],
    partition_by: &[],
};

/// What resources are to each other, one discovery beside the other.
pub const RELATION: &LakeTable = &LakeTable {
    name: "relation",
    about: "What resources are to each other, as tables declare it, one discovery beside the other.",
    columns: &[
        ("run_id", Text),
        ("scan_id", Text),
        ("account_id", Text),
        ("region", Text),
        ("from_arn", Text),
        ("from_table", Text),
        ("kind", Text),
        ("to_arn", Text),
        ("to_table", Text),
        ("column", Text),
        ("dangling", Bool),
    ],
    partition_by: &["run_id"],
};

/// Who may use which AI, one evaluation beside the other; what is denied has no row.
pub const MODEL_ACCESS: &LakeTable = &LakeTable {
    name: "model_access",
    about: "Who may use which AI, one evaluation beside the other; what is denied has no row.",
    columns: &[
        ("run_id", Text),
        ("account_id", Text),
        ("principal_arn", Text),
        ("principal_kind", Text),
        ("workload_arn", Text),
        ("workload_kind", Text),
        ("action", Text),
        ("resource_arn", Text),
        ("resource_account_id", Text),
        ("resource_kind", Text),
        ("decision", Text),
        ("residual", Text),
        ("residual_ways", Json),
        ("hops", Int),
        ("witness", Json),
        ("evaluated_at", Time),
    ],
    partition_by: &["run_id"],
};

/// What models answered to probes, and how it was judged.
pub const PROBE_ATTEMPT: &LakeTable = &LakeTable {
    name: "probe_attempt",
    about: "What models answered to probes, and how it was judged.",
    columns: &[
        ("run_id", Text),
        ("account_id", Text),
        ("region", Text),
        ("target", Text),
        ("guardrail_id", Text),
        ("pack", Text),
        ("pack_version", Text),
        ("probe_id", Text),
        ("family", Text),
        ("trial", Int),
        ("outcome", Text),
        ("oracle", Text),
        ("reason", Text),
        ("stop_reason", Text),
        ("error_code", Text),
        ("input_tokens", Int),
        ("output_tokens", Int),
        ("cost_usd", Float),
        ("latency_ms", Int),
        ("prompt", Text),
        ("completion", Text),
        ("attempted_at", Time),
    ],
    partition_by: &["run_id"],
};

/// Runs of probes: a row when one begins, and another when it ends.
pub const PROBE_RUN: &LakeTable = &LakeTable {
    name: "probe_run",
    about: "Runs of probes: a row when one begins, and another when it ends; the newest of a run counts.",
    columns: &[
        ("run_id", Text),
        ("status", Text),
        ("account_id", Text),
        ("region", Text),
        ("inference_region", Text),
        ("target", Text),
        ("guardrail_id", Text),
        ("guardrail_version", Text),
        ("packs", Json),
        ("settings", Json),
        ("seed", Text),
        ("max_requests", Int),
        ("max_usd", Float),
        ("max_output_tokens", Int),
        ("planned", Int),
        ("done", Int),
        ("spent_usd", Float),
        ("stopped", Text),
        ("judge", Text),
        ("judge_usd", Float),
        ("price_source", Text),
        ("started_at", Time),
        ("finished_at", Time),
        ("recorded_at", Time),
    ],
    partition_by: &[],
};

/// Workloads that serve models themselves, one discovery beside the other.
pub const SELF_HOSTED_MODEL: &LakeTable = &LakeTable {
    name: "self_hosted_model",
    about: "Workloads that serve models themselves, and what tells it, one discovery beside the other.",
    columns: &[
        ("run_id", Text),
        ("account_id", Text),
        ("region", Text),
        ("cluster_arn", Text),
        ("workload_arn", Text),
        ("workload_kind", Text),
        ("workload_title", Text),
        ("container", Text),
        ("image", Text),
        ("engine", Text),
        ("model", Text),
        ("certainty", Text),
        ("pods", Int),
        ("gpus", Json),
        ("ports", Json),
        ("role_arn", Text),
        ("evidence", Json),
    ],
    partition_by: &["run_id"],
};

/// All of them, by name.
pub const ALL: &[&LakeTable] = &[
    API_CALL,
    APPLICATION,
    BLIND_SPOT,
    CASE,
    CONTROL,
    COVERAGE,
    DAY_GROUP,
    DNS_ANSWER,
    EDGE,
    EDGE_EVIDENCE,
    FINDING,
    FLOW,
    FLOW_RECORD,
    KUBERNETES_CALL,
    LOG_GAP,
    LOG_OBJECT,
    MODEL_ACCESS,
    MODEL_INVOCATION,
    PROBE_ATTEMPT,
    PROBE_RUN,
    RELATION,
    RESOURCE,
    RUN,
    SCAN,
    SELF_HOSTED_MODEL,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted() {
        assert!(ALL.is_sorted_by_key(|table| table.name));
    }

    #[test]
    fn partition_columns_exist() {
        for table in ALL {
            for column in table.partition_by {
                assert!(table.columns.iter().any(|(name, _)| name == column), "{}.{column}", table.name);
            }
        }
    }
}
