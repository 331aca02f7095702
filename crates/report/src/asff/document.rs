//! The parts of a finding that are used.

use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Finding {
    pub(super) schema_version: &'static str,
    pub(super) id: String,
    pub(super) product_arn: String,
    pub(super) product_name: &'static str,
    pub(super) company_name: &'static str,
    pub(super) generator_id: String,
    pub(super) aws_account_id: String,
    pub(super) types: Vec<String>,
    pub(super) created_at: String,
    pub(super) updated_at: String,
    pub(super) last_observed_at: String,
    pub(super) severity: Severity,
    pub(super) title: String,
    pub(super) description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) remediation: Option<Remediation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source_url: Option<String>,
    pub(super) product_fields: BTreeMap<String, String>,
    pub(super) resources: [Resource; 1],
    pub(super) compliance: Compliance,
    pub(super) workflow: Workflow,
    pub(super) record_state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) note: Option<Note>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Severity {
    pub(super) label: &'static str,
    pub(super) original: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Remediation {
    pub(super) recommendation: Recommendation,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Recommendation {
    pub(super) text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Resource {
    pub(super) r#type: &'static str,
    pub(super) id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) partition: Option<&'static str>,
    pub(super) region: String,
    pub(super) details: Details,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Details {
    pub(super) other: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Compliance {
    pub(super) status: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) related_requirements: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) status_reasons: Vec<StatusReason>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct StatusReason {
    pub(super) reason_code: &'static str,
    pub(super) description: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Workflow {
    pub(super) status: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Note {
    pub(super) text: String,
    pub(super) updated_by: String,
    pub(super) updated_at: String,
}
