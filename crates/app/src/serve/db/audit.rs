//! Every change, and who made it.

use super::{Db, instant, word};
use crate::serve::auth::Role;
use crate::serve::stamp::Stamp as _;
use jiff::Timestamp;
use rusqlite::params;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A change that is to be kept.
pub(crate) struct Change {
    /// The token's id, or `command line`, or a schedule
    pub(crate) actor: String,
    pub(crate) role: Role,
    /// Such as `finding.mute`
    pub(crate) action: String,
    /// What was changed
    pub(crate) subject: String,
    /// How; never a secret
    pub(crate) detail: Value,
    pub(crate) request_id: String,
}

/// A change as it was kept.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditEntry {
    /// Counts up
    pub(crate) id: i64,
    /// When
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The token's id, `command line`, or the schedule
    actor: String,
    /// Its role then
    role: Role,
    /// Such as `finding.mute`
    action: String,
    /// What was changed
    subject: String,
    /// How
    detail: Value,
    /// The request
    request_id: String,
}

impl Db {
    /// Keeps a change.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn record(&self, change: &Change, now: Timestamp) -> anyhow::Result<()> {
        let Change { actor, role, action, subject, detail, request_id } = change;
        let sql = "INSERT INTO audit (at, actor, role, action, subject, detail, request_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let values = params![now.stamp(), actor, role.as_str(), action, subject, detail.to_string(), request_id];
        self.with(|db| db.execute(sql, values)).map(drop)
    }

    /// Changes, the newest first, older than the one of this id.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn audit(&self, before: Option<i64>, most: u32) -> anyhow::Result<Vec<AuditEntry>> {
        self.with(|db| {
            let mut statement = db.prepare_cached("SELECT * FROM audit WHERE id < ?1 ORDER BY id DESC LIMIT ?2")?;
            let read = |row: &rusqlite::Row<'_>| {
                let detail: String = row.get("detail")?;
                Ok(AuditEntry {
                    id: row.get("id")?,
                    at: instant(row, "at")?,
                    actor: row.get("actor")?,
                    role: word(row, "role")?,
                    action: row.get("action")?,
                    subject: row.get("subject")?,
                    detail: serde_json::from_str(&detail).unwrap_or(Value::String(detail)),
                    request_id: row.get("request_id")?,
                })
            };
            let rows = statement.query_map(params![before.unwrap_or(i64::MAX), most], read)?;
            rows.collect()
        })
    }
}
