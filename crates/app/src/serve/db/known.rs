//! What notifications know already, so that nothing is told twice, not even by the next server.

use super::Db;
use super::delivery::{Delivery, insert};
use rusqlite::params;
use std::collections::HashSet;

/// The topic whose keys are those topics that were looked at once: what was there then is no news.
const BEGUN: &str = "begun";

/// Keys that are written at a time, so that nobody waits long.
const AT_A_TIME: usize = 2_000;

/// What changed of one topic.
#[derive(Debug, Default)]
pub(crate) struct Learned {
    pub(crate) topic: &'static str,
    /// known from now on
    pub(crate) added: Vec<String>,
    /// known no more: it is news when it comes again
    pub(crate) forgotten: Vec<String>,
}

impl Db {
    /// Keys of a topic; nothing where the topic was never looked at.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn known(&self, topic: &str) -> anyhow::Result<Option<HashSet<String>>> {
        self.with(|db| {
            let sql = "SELECT EXISTS (SELECT 1 FROM known WHERE topic = ?1 AND key = ?2)";
            let has_begun: bool = db.query_row(sql, [BEGUN, topic], |row| row.get(0))?;
            if !has_begun {
                return Ok(None);
            }
            let mut statement = db.prepare_cached("SELECT key FROM known WHERE topic = ?1")?;
            statement.query_map([topic], |row| row.get(0))?.collect::<Result<_, _>>().map(Some)
        })
    }

    /// What is there when a topic is looked at for the first time. Cut off halfway, it is begun anew.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn begin_topic(&self, topic: &'static str, keys: &[String]) -> anyhow::Result<()> {
        for keys in keys.chunks(AT_A_TIME) {
            self.learn(&Learned { topic, added: keys.to_vec(), forgotten: Vec::new() }, &[])?;
        }
        self.with(|db| db.execute("INSERT OR IGNORE INTO known (topic, key) VALUES (?1, ?2)", [BEGUN, topic])).map(drop)
    }

    /// Keeps what was learned, and what is to be told of it: both, or neither.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn learn(&self, learned: &Learned, told: &[Delivery]) -> anyhow::Result<()> {
        self.with(|db| {
            let transaction = db.unchecked_transaction()?;
            {
                let mut add = transaction.prepare_cached("INSERT OR IGNORE INTO known (topic, key) VALUES (?1, ?2)")?;
                for key in &learned.added {
                    add.execute(params![learned.topic, key])?;
                }
                let mut forget = transaction.prepare_cached("DELETE FROM known WHERE topic = ?1 AND key = ?2")?;
                for key in &learned.forgotten {
                    forget.execute(params![learned.topic, key])?;
                }
            }
            for delivery in told {
                insert(&transaction, delivery)?;
            }
            transaction.commit()
        })
    }
}
