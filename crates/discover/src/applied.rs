//! Guardrails that identities run beside their calls.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sightline_lake::Session;

use crate::DiscoverError;
use crate::day::{Kind, Store};
use crate::query::query;

/// A row of `sql/call/applied.sql`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Applied {
    region: String,
    identity_arn: String,
    calls: i64,
}

/// Region and identity → calls of `ApplyGuardrail` in the window.
pub(crate) async fn read(
    session: &Session,
    store: &mut Store,
) -> Result<BTreeMap<(String, String), i64>, DiscoverError> {
    let mut calls = BTreeMap::new();
    for day in store.days(session, &Kind::APPLIED).await? {
        let rows = match store.kept(session, &day, &Kind::APPLIED).await? {
            Some(kept) => kept,
            None => {
                let query = query!("call/applied");
                let sql = query.sql.replace("$day", &day.condition("event_time"));
                let rows: Vec<Applied> = query.rows_of(session, &sql).await?;
                store.keep(&day, &Kind::APPLIED, &rows)?;
                rows
            }
        };
        for row in rows {
            *calls.entry((row.region, row.identity_arn)).or_default() += row.calls;
        }
    }
    Ok(calls)
}
