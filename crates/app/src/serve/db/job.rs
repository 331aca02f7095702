//! Jobs: what was started, by whom, how far it came and how it ended.

use super::{Db, instant, maybe_instant, word};
use crate::serve::stamp::Stamp as _;
use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::str::FromStr;
use utoipa::ToSchema;

/// How a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum JobStatus {
    /// It runs
    Running,
    /// It ended, and saw all that it was to see
    Succeeded,
    /// It ended, and something could not be seen or done
    Incomplete,
    /// It could not run, or not to its end
    Failed,
    /// Somebody ended it
    Cancelled,
    /// The server ended before it did; it can be resumed
    Interrupted,
}

impl JobStatus {
    /// The word for it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Incomplete => "incomplete",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
        }
    }

    /// Whether it stopped before its end, so that it may go on.
    pub(crate) fn may_go_on(self) -> bool {
        matches!(self, Self::Failed | Self::Cancelled | Self::Interrupted)
    }
}

impl FromStr for JobStatus {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let all = [Self::Running, Self::Succeeded, Self::Incomplete, Self::Failed, Self::Cancelled, Self::Interrupted];
        let found = all.into_iter().find(|status| status.as_str() == text);
        found.ok_or_else(|| {
            format!("`{text}` is no status; use running, succeeded, incomplete, failed, cancelled, interrupted")
        })
    }
}

/// How far a job is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct JobProgress {
    /// What it does
    pub(crate) stage: String,
    /// How much is done
    pub(crate) done: u64,
    /// Of how much; 0 where that is not known
    pub(crate) total: u64,
    /// The run of the lake that it makes, such as a scan's id; empty where it makes none
    pub(crate) run_id: String,
    /// The runs of probes that it began, in order: a job that goes on takes them up
    pub(crate) runs: Vec<String>,
}

/// A job.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Job {
    /// Sorts by the time it began
    pub(crate) id: String,
    /// `scan`, `ingest`, `map` …
    pub(crate) kind: String,
    /// What was asked, without what is secret
    pub(crate) arguments: Value,
    /// Whose credentials it uses: one job of a kind and of the same runs at a time
    pub(crate) account: String,
    /// How it stands
    pub(crate) status: JobStatus,
    /// How far it is
    pub(crate) progress: JobProgress,
    /// What it came to; `null` until it ends
    pub(crate) result: Value,
    /// Why it failed; empty where it did not
    pub(crate) error: String,
    /// The job that it goes on with
    pub(crate) resumes: Option<String>,
    /// The token's id, or the schedule
    pub(crate) requested_by: String,
    /// When it was asked for
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Timestamp,
    /// When it ended
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) finished_at: Option<Timestamp>,
}

impl Job {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        let json = |column: &str| -> rusqlite::Result<Value> {
            let text: String = row.get(column)?;
            Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
        };
        Ok(Self {
            id: row.get("id")?,
            kind: row.get("kind")?,
            arguments: json("arguments")?,
            account: row.get("account")?,
            status: word(row, "status")?,
            progress: serde_json::from_value(json("progress")?).unwrap_or_default(),
            result: json("result")?,
            error: row.get("error")?,
            resumes: row.get("resumes")?,
            requested_by: row.get("requested_by")?,
            created_at: instant(row, "created_at")?,
            finished_at: maybe_instant(row, "finished_at")?,
        })
    }
}

impl Db {
    /// Keeps a job that begins. `arguments` may hold what the job that is shown does not.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn begin_job(&self, job: &Job, arguments: &Value) -> anyhow::Result<()> {
        let sql = "INSERT INTO job (id, kind, arguments, account, status, progress, result, error, resumes, requested_by, created_at, started_at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'null', '', ?7, ?8, ?9, ?9)";
        let progress = serde_json::to_string(&job.progress)?;
        self.with(|db| {
            db.execute(
                sql,
                params![
                    job.id,
                    job.kind,
                    arguments.to_string(),
                    job.account,
                    job.status.as_str(),
                    progress,
                    job.resumes,
                    job.requested_by,
                    job.created_at.stamp()
                ],
            )
        })
        .map(drop)
    }

    /// Keeps how far a job is.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn note_progress(&self, id: &str, progress: &JobProgress) -> anyhow::Result<()> {
        let text = serde_json::to_string(progress)?;
        self.with(|db| db.execute("UPDATE job SET progress = ?2 WHERE id = ?1", params![id, text])).map(drop)
    }

    /// Keeps how a job ended.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn end_job(
        &self,
        id: &str,
        status: JobStatus,
        result: &Value,
        error: &str,
        now: Timestamp,
    ) -> anyhow::Result<()> {
        let sql = "UPDATE job SET status = ?2, result = ?3, error = ?4, finished_at = ?5 WHERE id = ?1";
        self.with(|db| db.execute(sql, params![id, status.as_str(), result.to_string(), error, now.stamp()])).map(drop)
    }

    /// Jobs that ran when the server ended are interrupted; how many.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn interrupt_jobs(&self, now: Timestamp) -> anyhow::Result<usize> {
        let sql = "UPDATE job SET status = 'interrupted', finished_at = ?1, \
                   error = 'the server ended before the job did: resume it' WHERE status = 'running'";
        self.with(|db| db.execute(sql, [now.stamp()]))
    }

    /// Jobs, the newest first, of those that began before the one of this id.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn jobs(
        &self,
        before: Option<&str>,
        kind: Option<&str>,
        status: Option<JobStatus>,
        most: u32,
    ) -> anyhow::Result<Vec<Job>> {
        let sql = "SELECT * FROM job WHERE (?1 IS NULL OR id < ?1) AND (?2 IS NULL OR kind = ?2) \
                   AND (?3 IS NULL OR status = ?3) ORDER BY id DESC LIMIT ?4";
        self.with(|db| {
            let mut statement = db.prepare_cached(sql)?;
            let rows = statement.query_map(params![before, kind, status.map(JobStatus::as_str), most], Job::of)?;
            rows.collect()
        })
    }

    /// One job; nothing where none has this id.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn job(&self, id: &str) -> anyhow::Result<Option<Job>> {
        self.with(|db| db.query_row("SELECT * FROM job WHERE id = ?1", [id], Job::of).optional())
    }
}
