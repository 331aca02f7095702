//! What the logs show that a principal did.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Deserialize;
use sightline_iam::catalogue::actions_of_event;
use sightline_lake::Session;

use super::{ByName, Period, quoted};
use crate::DiscoverError;
use crate::model::Models;
use crate::query::query;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Row {
    event_source: String,
    event_name: String,
    region: String,
    model_id: String,
    /// A list as text: grouping loses that the column is JSON.
    resources: String,
    calls: i64,
    last_seen: Option<Timestamp>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Days {
    first_seen: Option<Timestamp>,
    last_seen: Option<Timestamp>,
    days: i64,
    span: f64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Unread {
    objects: i64,
}

/// Calls of one action, or of one service.
#[derive(Debug, Default)]
pub(super) struct Calls {
    pub(super) count: i64,
    pub(super) last: Option<Timestamp>,
    resources: BTreeSet<String>,
    /// Some call did not tell on what.
    is_silent: bool,
}

/// Resources that are listed one by one.
const MOST: usize = 50;

impl Calls {
    fn add(&mut self, row: &Row, resources: &[String]) {
        self.count += row.calls;
        self.last = self.last.max(row.last_seen);
        self.is_silent |= resources.is_empty();
        self.resources.extend(resources.iter().cloned());
    }

    /// On what, where every call told and it is not too much.
    pub(super) fn on(&self) -> Option<Vec<String>> {
        (!self.is_silent && self.resources.len() <= MOST).then(|| self.resources.iter().cloned().collect())
    }
}

/// What was seen.
#[derive(Debug, Default)]
pub(super) struct Used {
    actions: ByName<Calls>,
    services: ByName<Calls>,
}

impl Used {
    pub(super) async fn read(session: &Session, principal: &str) -> Result<Self, DiscoverError> {
        let query = query!("access/unused/calls");
        let rows: Vec<Row> = query.rows_of(session, &query.sql.replace("$principal", &quoted(principal))).await?;
        let models = Models::read(session).await?;
        let mut out = Self::default();
        for row in &rows {
            let resources = resources(row, &models);
            for action in actions_of_event(&row.event_source, &row.event_name) {
                let service = action.split_once(':').map_or("", |(service, _)| service).to_owned();
                out.services.entry(service).or_default().add(row, &[]);
                out.actions.entry(action).or_default().add(row, &resources);
            }
        }
        Ok(out)
    }

    pub(super) fn action(&self, action: &str) -> Option<&Calls> {
        self.actions.get(action)
    }

    pub(super) fn service(&self, service: &str) -> Option<&Calls> {
        self.services.get(service)
    }

    pub(super) fn services(&self) -> impl Iterator<Item = String> {
        self.services.keys().cloned()
    }

    /// Actions of a service that were seen.
    pub(super) fn actions_of(&self, service: &str) -> impl Iterator<Item = &str> {
        self.actions
            .keys()
            .map(String::as_str)
            .filter(move |action| action.split_once(':').is_some_and(|(own, _)| own == service))
    }
}

/// What a call was on, as policies name it.
fn resources(row: &Row, models: &Models) -> Vec<String> {
    let listed: Vec<String> = serde_json::from_str(&row.resources).unwrap_or_default();
    let mut out: BTreeSet<String> = listed.into_iter().filter(|arn| arn.starts_with("arn:")).collect();
    let called = models.resolve(&row.model_id, &row.region).arn;
    if called.starts_with("arn:") {
        out.insert(called);
    }
    out.into_iter().collect()
}

/// The time that the logs of an account cover.
pub(super) async fn period(session: &Session, account: &str) -> Result<Option<Period>, DiscoverError> {
    let query = query!("access/unused/period");
    let days: Vec<Days> = query.rows_of(session, &query.sql.replace("$account", &quoted(account))).await?;
    let unread: Vec<Unread> = query!("access/unused/unread").rows(session).await?;
    let Some(days) = days.into_iter().next() else { return Ok(None) };
    let (Some(first), Some(last)) = (days.first_seen, days.last_seen) else { return Ok(None) };
    #[expect(clippy::cast_possible_truncation, reason = "days between two instants that fit")]
    let span = days.span as i64;
    let unread_objects = unread.first().map_or(0, |unread| unread.objects);
    Ok(Some(Period { first, last, empty_days: (span - days.days).max(0), unread_objects }))
}
