//! The lake's tables: a few wide ones. Each has one declaration here; the lake makes Arrow and Delta schemas of it, the
//! catalogue its page. A row type of this crate with the same field names is what a stage writes.

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

/// VPC flow records, rolled up by hour.
pub const FLOW: &LakeTable = &LakeTable {
    name: "flow",
    about: "VPC flow records, rolled up by hour.",
    columns: &[
        ("hour", Time),
        ("account_id", Text),
        ("region", Text),
        ("vpc_id", Text),
        ("subnet_id", Text),
        ("interface_id", Text),
        ("instance_id", Text),
        ("client_addr", Text),
        ("server_addr", Text),
        ("server_port", Int),
        ("protocol", Int),
        ("action", Text),
        ("direction", Text),
        ("from_client", Bool),
        ("pkt_client_addr", Text),
        ("pkt_server_addr", Text),
        ("server_aws_service", Text),
        ("traffic_path", Int),
        ("next_hop_type", Text),
        ("packets", Int),
        ("bytes", Int),
        ("records", Int),
        ("first_seen", Time),
        ("last_seen", Time),
        ("object", Text),
        ("line", Int),
    ],
    partition_by: &[],
};

/// CloudTrail events.
pub const API_CALL: &LakeTable = &LakeTable {
    name: "api_call",
    about: "CloudTrail events.",
    columns: &[
        ("event_id", Text),
        ("event_time", Time),
        ("account_id", Text),
        ("region", Text),
        ("event_source", Text),
        ("event_name", Text),
        ("event_category", Text),
        ("read_only", Bool),
        ("identity_type", Text),
        ("identity_arn", Text),
        ("identity_account_id", Text),
        ("principal_id", Text),
        ("user_name", Text),
        ("issuer_arn", Text),
        ("session_name", Text),
        ("access_key_id", Text),
        ("ec2_role_delivery", Text),
        ("invoked_by", Text),
        ("source_ip", Text),
        ("user_agent", Text),
        ("vpc_endpoint_id", Text),
        ("host", Text),
        ("model_id", Text),
        ("guardrail_id", Text),
        ("inference_region", Text),
        ("bearer_token", Bool),
        ("error_code", Text),
        ("error_message", Text),
        ("request_id", Text),
        ("assumed_role_arn", Text),
        ("issued_access_key_id", Text),
        ("session_tags", Json),
        ("resources", Json),
        ("request_parameters", Json),
        ("object", Text),
        ("line", Int),
    ],
    partition_by: &[],
};

/// Log objects that were read, each once.
pub const LOG_OBJECT: &LakeTable = &LakeTable {
    name: "log_object",
    about: "Log objects that were read, each once.",
    columns: &[
        ("uri", Text),
        ("version", Text),
        ("size", Int),
        ("source", Text),
        ("last_modified", Time),
        ("status", Text),
        ("records", Int),
        ("rejects", Int),
        ("reject_samples", Json),
        ("error", Text),
        ("shard", Text),
        ("seq", Int),
        ("ingested_at", Time),
    ],
    partition_by: &[],
};

/// What the logs themselves say is missing.
pub const LOG_GAP: &LakeTable = &LakeTable {
    name: "log_gap",
    about: "What the logs themselves say is missing.",
    columns: &[
        ("source", Text),
        ("account_id", Text),
        ("region", Text),
        ("subject", Text),
        ("reason", Text),
        ("first_seen", Time),
        ("last_seen", Time),
        ("object", Text),
        ("line", Int),
    ],
    partition_by: &[],
};

/// Workload to model, one discovery beside the other.
pub const EDGE: &LakeTable = &LakeTable {
    name: "edge",
    about: "Workload to model, one discovery beside the other.",
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
    ],
    partition_by: &["run_id"],
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

/// All of them, by name.
pub const ALL: &[&LakeTable] =
    &[API_CALL, COVERAGE, EDGE, FINDING, FLOW, LOG_GAP, LOG_OBJECT, MODEL_ACCESS, PROBE_ATTEMPT, RESOURCE, SCAN];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partition_columns_exist() {
        for table in ALL {
            for column in table.partition_by {
                assert!(table.columns.iter().any(|(name, _)| name == column), "{}.{column}", table.name);
            }
        }
    }
}
