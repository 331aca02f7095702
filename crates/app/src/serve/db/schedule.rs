//! Jobs that begin by themselves.

use super::{Db, instant, maybe_instant};
use crate::serve::stamp::Stamp as _;
use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row, params};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A schedule.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Schedule {
    /// Names it
    pub(crate) id: String,
    /// Its name for people
    pub(crate) name: String,
    /// The job that it begins, as `POST /api/v1/jobs` takes it
    pub(crate) job: Value,
    /// When: minute, hour, day of the month, month, day of the week, in UTC
    pub(crate) cron: String,
    /// Whether it begins jobs now
    pub(crate) enabled: bool,
    /// The token's id
    pub(crate) created_by: String,
    /// When it was made
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Timestamp,
    /// When it begins the next job; nothing where it does not
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) next_at: Option<Timestamp>,
    /// The job that it began last
    pub(crate) last_job: Option<String>,
    /// Why it could not begin the last one; empty where it could
    pub(crate) last_error: String,
}

impl Schedule {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        let job: String = row.get("arguments")?;
        Ok(Self {
            id: row.get("id")?,
            name: row.get("name")?,
            job: serde_json::from_str(&job).unwrap_or(Value::Null),
            cron: row.get("cron")?,
            enabled: row.get("enabled")?,
            created_by: row.get("created_by")?,
            created_at: instant(row, "created_at")?,
            next_at: maybe_instant(row, "next_at")?,
            last_job: row.get("last_job")?,
            last_error: row.get("last_error")?,
        })
    }
}

impl Db {
    /// Keeps a schedule, new or changed.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn keep_schedule(&self, schedule: &Schedule) -> anyhow::Result<()> {
        let sql = "INSERT INTO schedule (id, name, kind, arguments, cron, enabled, created_by, created_at, next_at, last_job, last_error) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) \
             ON CONFLICT (id) DO UPDATE SET name = ?2, kind = ?3, arguments = ?4, cron = ?5, enabled = ?6, next_at = ?9, last_job = ?10, last_error = ?11";
        let kind = schedule.job.get("kind").and_then(Value::as_str).unwrap_or_default();
        self.with(|db| {
            db.execute(
                sql,
                params![
                    schedule.id,
                    schedule.name,
                    kind,
                    schedule.job.to_string(),
                    schedule.cron,
                    schedule.enabled,
                    schedule.created_by,
                    schedule.created_at.stamp(),
                    schedule.next_at.map(|at| at.stamp()),
                    schedule.last_job,
                    schedule.last_error
                ],
            )
        })
        .map(drop)
    }

    /// All schedules, by name.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn schedules(&self) -> anyhow::Result<Vec<Schedule>> {
        self.with(|db| {
            let mut statement = db.prepare_cached("SELECT * FROM schedule ORDER BY name, id")?;
            statement.query_map([], Schedule::of)?.collect()
        })
    }

    /// One schedule; nothing where none has this id.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn schedule(&self, id: &str) -> anyhow::Result<Option<Schedule>> {
        self.with(|db| db.query_row("SELECT * FROM schedule WHERE id = ?1", [id], Schedule::of).optional())
    }

    /// Drops a schedule; whether there was one.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn drop_schedule(&self, id: &str) -> anyhow::Result<bool> {
        Ok(self.with(|db| db.execute("DELETE FROM schedule WHERE id = ?1", [id]))? > 0)
    }
}
