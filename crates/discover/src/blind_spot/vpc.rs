//! The networks of which flow logs and Resolver logs are asked for.

use serde::Deserialize;

/// A row of `sql/blind_spot/vpc.sql`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Vpc {
    pub(super) account_id: String,
    pub(super) region: String,
    pub(super) vpc_id: String,
    pub(super) is_default: bool,
    pub(super) interfaces: i64,
}
