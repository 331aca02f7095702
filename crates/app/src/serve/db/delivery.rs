//! Notices on their way: what is to be told to whom, how often that was tried, and how it ended.

use super::{Db, instant, maybe_instant, word};
use crate::serve::stamp::Stamp as _;
use jiff::Timestamp;
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::str::FromStr;
use utoipa::ToSchema;

/// Deliveries that ended and are kept.
const KEPT: u32 = 10_000;

/// How a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DeliveryStatus {
    /// It is tried, now or later
    Waiting,
    /// It was taken
    Delivered,
    /// It was refused, or nobody could be reached for too long
    Failed,
}

impl DeliveryStatus {
    /// The word for it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
}

impl FromStr for DeliveryStatus {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = [Self::Waiting, Self::Delivered, Self::Failed].into_iter().find(|status| status.as_str() == text);
        found.ok_or_else(|| format!("`{text}` is no status; use waiting, delivered, failed"))
    }
}

/// A notice for one notification.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Delivery {
    /// Names it, the same each time that it is tried; sorts by time
    pub(crate) id: String,
    /// The notification's name in `sightline.toml`
    pub(crate) notification: String,
    /// `webhook`, `slack`, `sns`, `event_bridge`
    pub(crate) channel: String,
    /// `findings`, `cases`, `coverage` or `test`
    pub(crate) about: String,
    /// What is told
    pub(crate) notice: Value,
    /// How it stands
    pub(crate) status: DeliveryStatus,
    /// How often it was tried
    pub(crate) attempts: u32,
    /// When it is tried next; nothing where it is not
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) next_at: Option<Timestamp>,
    /// Why the last try failed; empty where it did not
    pub(crate) error: String,
    /// When it was written down
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Timestamp,
    /// When it was taken, or given up
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) ended_at: Option<Timestamp>,
}

impl Delivery {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        let notice: String = row.get("notice")?;
        Ok(Self {
            id: row.get("id")?,
            notification: row.get("notification")?,
            channel: row.get("channel")?,
            about: row.get("about")?,
            notice: serde_json::from_str(&notice).unwrap_or(Value::Null),
            status: word(row, "status")?,
            attempts: row.get("attempts")?,
            next_at: maybe_instant(row, "next_at")?,
            error: row.get("error")?,
            created_at: instant(row, "created_at")?,
            ended_at: maybe_instant(row, "ended_at")?,
        })
    }
}

/// Writes one down.
pub(super) fn insert(db: &Connection, delivery: &Delivery) -> rusqlite::Result<()> {
    let sql = "INSERT INTO delivery (id, notification, channel, about, notice, status, attempts, next_at, error, created_at, ended_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    let values = params![
        delivery.id,
        delivery.notification,
        delivery.channel,
        delivery.about,
        delivery.notice.to_string(),
        delivery.status.as_str(),
        delivery.attempts,
        delivery.next_at.map(|at| at.stamp()),
        delivery.error,
        delivery.created_at.stamp(),
        delivery.ended_at.map(|at| at.stamp())
    ];
    db.prepare_cached(sql)?.execute(values).map(drop)
}

impl Db {
    /// Keeps a new delivery.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn add_delivery(&self, delivery: &Delivery) -> anyhow::Result<()> {
        self.with(|db| insert(db, delivery))
    }

    /// Keeps how a try ended, and drops the oldest of those that ended.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn note_delivery(&self, delivery: &Delivery) -> anyhow::Result<()> {
        let sql =
            "UPDATE delivery SET status = ?2, attempts = ?3, next_at = ?4, error = ?5, ended_at = ?6 WHERE id = ?1";
        let prune = "DELETE FROM delivery WHERE status <> 'waiting' AND id NOT IN \
             (SELECT id FROM delivery WHERE status <> 'waiting' ORDER BY id DESC LIMIT ?1)";
        self.with(|db| {
            db.execute(
                sql,
                params![
                    delivery.id,
                    delivery.status.as_str(),
                    delivery.attempts,
                    delivery.next_at.map(|at| at.stamp()),
                    delivery.error,
                    delivery.ended_at.map(|at| at.stamp())
                ],
            )?;
            if delivery.ended_at.is_some() {
                db.prepare_cached(prune)?.execute([KEPT])?;
            }
            Ok(())
        })
    }

    /// Those that are to be tried now, the oldest first.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn due_deliveries(&self, now: Timestamp, most: u32) -> anyhow::Result<Vec<Delivery>> {
        let sql = "SELECT * FROM delivery WHERE status = 'waiting' AND next_at <= ?1 ORDER BY next_at, id LIMIT ?2";
        self.with(|db| {
            let mut statement = db.prepare_cached(sql)?;
            statement.query_map(params![now.stamp(), most], Delivery::of)?.collect()
        })
    }

    /// Deliveries, the newest first, of those before the one of this id.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn deliveries(
        &self,
        before: Option<&str>,
        notification: Option<&str>,
        status: Option<DeliveryStatus>,
        most: u32,
    ) -> anyhow::Result<Vec<Delivery>> {
        let sql = "SELECT * FROM delivery WHERE (?1 IS NULL OR id < ?1) AND (?2 IS NULL OR notification = ?2) \
                   AND (?3 IS NULL OR status = ?3) ORDER BY id DESC LIMIT ?4";
        self.with(|db| {
            let mut statement = db.prepare_cached(sql)?;
            let values = params![before, notification, status.map(DeliveryStatus::as_str), most];
            statement.query_map(values, Delivery::of)?.collect()
        })
    }

    /// How many there are, by notification and status.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn count_deliveries(&self) -> anyhow::Result<Vec<(String, DeliveryStatus, u32)>> {
        let sql = "SELECT notification, status, count(*) AS count FROM delivery GROUP BY 1, 2 ORDER BY 1, 2";
        self.with(|db| {
            let mut statement = db.prepare_cached(sql)?;
            let read = |row: &Row<'_>| Ok((row.get("notification")?, word(row, "status")?, row.get("count")?));
            statement.query_map([], read)?.collect()
        })
    }
}
