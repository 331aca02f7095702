//! What the formats are given: rows of the lake as they are, beside the few facts that the lake does not hold.

use crate::ProbedRun;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sightline_model::edge::Edge;
use sightline_model::log::LogGap;
use sightline_model::{Coverage, Finding, Mute, Relation, SelfHostedModel, Severity};
use std::collections::BTreeMap;

/// Everything that a report tells. Formats read it and change nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// when the report is made
    pub generated_at: Timestamp,
    /// the product's version
    pub version: String,
    /// the newest finished scan of each account
    pub scans: Vec<Scan>,
    /// rows of `current_coverage`, the complete ones too
    pub coverage: Vec<Coverage>,
    /// the checks that the findings are from, by id
    pub checks: BTreeMap<String, Check>,
    /// rows of `current_finding`, passes too
    pub findings: Vec<ReportedFinding>,
    /// rows of `current_edge`
    pub edges: Vec<Edge>,
    /// the logs behind the edges
    pub logs: Logs,
    /// the models that there are, and what they are made from
    pub models: Models,
    /// the newest run of probes of each target
    pub probes: Vec<ProbedRun>,
}

/// What a bill of materials is made of, beside the edges.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Models {
    /// rows of `current_resource` of the tables that [`model_tables`](crate::model_tables) names
    pub resources: Vec<ModelResource>,
    /// rows of `current_relation`
    pub relations: Vec<Relation>,
    /// rows of `current_self_hosted_model`
    pub self_hosted: Vec<SelfHostedModel>,
    /// image as a workload names it → `sha256:…`, where a registry of the inventory has it
    pub image_digests: BTreeMap<String, String>,
}

/// One resource that infers, or that models are told by.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelResource {
    /// the inventory table
    pub table_name: String,
    /// its ARN
    pub arn: String,
    /// its name for people
    pub title: String,
    /// twelve digits
    pub account_id: String,
    /// the region's name
    pub region: String,
    /// its columns
    pub config: Map<String, Value>,
}

/// One row of the lake's `scan`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scan {
    /// the scan
    pub scan_id: String,
    /// twelve digits
    pub account_id: String,
    /// `aws`, `aws-cn`, …
    pub partition: String,
    /// who asked
    pub caller_arn: String,
    /// the regions that were asked
    pub regions: Vec<String>,
    /// the product's version at that time
    pub version: String,
    /// when it began
    pub started_at: Timestamp,
    /// when it ended
    pub finished_at: Timestamp,
    /// inventory tables that were asked for
    pub tables: i64,
    /// rows that were found
    pub resources: i64,
    /// calls that were made
    pub calls: i64,
    /// coverage rows that are not complete
    pub incomplete: i64,
}

/// What the catalogue says of a check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// the check's id
    pub id: String,
    /// one line
    pub title: String,
    /// how much a failure matters
    pub severity: Severity,
    /// why it matters, a short paragraph of plain text; may be empty
    pub rationale: String,
    /// requirements it serves: framework → their ids
    pub frameworks: BTreeMap<String, Vec<String>>,
    /// pages to read; only `https` ones become links
    pub references: Vec<String>,
}

/// A finding with its fix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportedFinding {
    /// the row
    #[serde(flatten)]
    pub finding: Finding,
    /// the fix for this resource, ready to read or paste; empty for what is not a failure
    pub fix: Vec<FixBlock>,
    /// why it does not count, where it does not
    #[serde(default)]
    pub mute: Option<Mute>,
}

/// One block of a fix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FixBlock {
    /// `text`, `hcl`, `bash`, `json`, …
    pub language: String,
    /// the text
    pub text: String,
}

/// What was read of the logs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Logs {
    /// by log source
    pub sources: Vec<LogSource>,
    /// objects of which something, or all, could not be read
    pub problems: Vec<LogProblem>,
    /// what the logs themselves say is missing
    pub gaps: Vec<LogGap>,
}

/// The objects of one log source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogSource {
    /// such as `vpc_flow`; empty for objects that no source recognised
    pub source: String,
    /// objects seen
    pub objects: i64,
    /// bytes as stored
    pub bytes: i64,
    /// records read
    pub records: i64,
    /// records rejected
    pub rejects: i64,
}

/// An object that was not read whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogProblem {
    /// `s3://bucket/key` or `file:///path`
    pub uri: String,
    /// the log source; empty when none recognised it
    pub source: String,
    /// `partial` or `unreadable`
    pub status: String,
    /// records rejected
    pub rejects: i64,
    /// what stopped the reading, or the first reject's reason
    pub error: String,
}
