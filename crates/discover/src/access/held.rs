//! What users, roles and groups hold, as the inventory has it.

use serde::Deserialize;
use serde_json::{Map, Value};

/// A row of `sql/access/user.sql`, `role.sql` or of `unused/`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Held {
    pub(super) account_id: String,
    pub(super) arn: String,
    pub(super) tags: Map<String, Value>,
    pub(super) inline_policies: Vec<Inline>,
    pub(super) attached_policies: Vec<Attached>,
    pub(super) groups: Vec<String>,
    pub(super) boundary: String,
    pub(super) trust: Value,
}

/// A row of `sql/access/group.sql`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Group {
    pub(super) account_id: String,
    pub(super) arn: String,
    pub(super) name: String,
    pub(super) inline_policies: Vec<Inline>,
    pub(super) attached_policies: Vec<Attached>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Inline {
    pub(super) policy_name: String,
    pub(super) policy_document: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Attached {
    pub(super) policy_arn: String,
}

/// A row of `sql/access/policy.sql`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Managed {
    pub(super) arn: String,
    pub(super) document: Value,
}
