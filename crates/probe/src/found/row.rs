//! Rows of the inventory, whatever the table.

use super::Hindrance;
use serde::Deserialize;
use serde_json::Value;
use sightline_lake::{LakeError, Session};
use std::collections::BTreeMap;

/// A resource of the newest scan.
#[derive(Debug, Deserialize)]
pub(super) struct Row {
    table_name: String,
    pub(super) arn: String,
    pub(super) title: String,
    pub(super) account_id: String,
    pub(super) region: String,
    #[serde(default)]
    config: Value,
}

/// Resources by table, sorted by ARN.
#[derive(Debug, Default)]
pub(super) struct Rows(BTreeMap<String, Vec<Row>>);

impl Rows {
    pub(super) async fn read(session: &Session, tables: &[&str]) -> Result<Self, LakeError> {
        let sql = format!(
            "SELECT table_name, arn, coalesce(title, '') AS title, account_id, region, config FROM current_resource \
             WHERE table_name IN ({}) ORDER BY arn",
            quoted(tables)
        );
        let mut by_table: BTreeMap<String, Vec<Row>> = BTreeMap::new();
        for mut row in session.sql(&sql).await?.rows_as::<Row>()? {
            if let Value::String(text) = &row.config {
                row.config = serde_json::from_str(text).unwrap_or_default();
            }
            by_table.entry(row.table_name.clone()).or_default().push(row);
        }
        Ok(Self(by_table))
    }

    pub(super) fn of(&self, table: &str) -> &[Row] {
        self.0.get(table).map_or(&[], Vec::as_slice)
    }
}

impl Row {
    /// Text at a JSON pointer without its first slash; empty where there is none.
    pub(super) fn text(&self, path: &str) -> &str {
        self.value(path).and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn value(&self, path: &str) -> Option<&Value> {
        self.config.pointer(&format!("/{path}")).filter(|value| !value.is_null())
    }

    pub(super) fn list(&self, path: &str) -> impl Iterator<Item = &Value> {
        self.value(path).and_then(Value::as_array).into_iter().flatten()
    }

    /// Whether a list names this word; `None` where the list is not there.
    pub(super) fn names(&self, path: &str, word: &str) -> Option<bool> {
        Some(self.value(path)?.as_array()?.iter().any(|item| item == word))
    }

    /// Why a status is not the one in which calls are answered.
    pub(super) fn unless(&self, path: &str, ready: &str) -> Option<Hindrance> {
        match self.text(path) {
            status if status == ready => None,
            "" => Some(Hindrance::Doubt("its status could not be read".to_owned())),
            status => Hindrance::sure(format!("its status is {status}, not {ready}")),
        }
    }

    /// Whether two resources stand in one account and region.
    pub(super) fn is_beside(&self, other: &Row) -> bool {
        (&self.account_id, &self.region) == (&other.account_id, &other.region)
    }
}

#[derive(Deserialize)]
struct Gap {
    table_name: String,
    place: String,
    reason: String,
}

/// Where the newest scans could not look.
pub(super) async fn unread(session: &Session, tables: &[&str]) -> Result<Vec<String>, LakeError> {
    let sql = format!(
        "SELECT DISTINCT table_name, coalesce(nullif(target, ''), region) AS place, coalesce(nullif(error_code, ''), outcome) AS reason \
         FROM current_coverage WHERE table_name IN ({}) AND outcome NOT IN ('ok', 'unsupported') ORDER BY table_name, place, reason",
        quoted(tables)
    );
    let gaps: Vec<Gap> = session.sql(&sql).await?.rows_as()?;
    Ok(gaps.iter().map(|gap| format!("{} of {} ({})", gap.table_name, gap.place, gap.reason)).collect())
}

/// Names of tables are snake_case: they cannot leave their quotes.
fn quoted(tables: &[&str]) -> String {
    tables.iter().map(|table| format!("'{table}'")).collect::<Vec<_>>().join(", ")
}
