//! A row of an inventory table, as the lake stores it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The region of resources that belong to none.
pub const GLOBAL: &str = "global";

/// One resource as one scan saw it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Resource {
    /// the scan that saw it
    pub scan_id: String,
    /// twelve digits
    pub account_id: String,
    /// `aws`, `aws-cn`, …
    pub partition: String,
    /// the region's name, or [`GLOBAL`]
    pub region: String,
    /// the inventory table, such as `aws_iam_role`
    pub table_name: String,
    /// its ARN; for what has none, an ARN-shaped id made of the table's declaration
    pub arn: String,
    /// the name that people know it by
    pub title: String,
    /// `{key: value}`
    pub tags: Map<String, Value>,
    /// The table's own columns by their snake_case names; what lies deeper keeps the API's names.
    pub config: Map<String, Value>,
    /// when the call answered
    pub collected_at: Timestamp,
}
