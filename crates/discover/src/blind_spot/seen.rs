//! What the lake's rows say was read.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use serde::Deserialize;
use sightline_lake::Session;

use super::row::plane;
use crate::calls::{self, Plane};
use crate::query::{Query, query};
use crate::{DiscoverError, Window};

/// From the first record to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) first: Timestamp,
    pub(super) last: Timestamp,
    pub(super) records: i64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Row {
    source: String,
    account_id: String,
    region: String,
    vpc_id: String,
    interface_id: String,
    cluster: String,
    event_source: String,
    event_name: String,
    first_seen: Option<Timestamp>,
    last_seen: Option<Timestamp>,
    records: i64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Interface {
    id: String,
    vpc_id: String,
}

type Place = (String, String);
type Spans<K> = BTreeMap<K, Span>;

/// Spans of everything that was read, by what it is of.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// CloudTrail's events
    pub(super) events: Spans<Place>,
    /// calls of one plane among them
    pub(super) planes: Spans<(Place, &'static str)>,
    pub(super) invocations: Spans<Place>,
    pub(super) captures: Spans<Place>,
    /// by VPC
    pub(super) flows: Spans<(Place, String)>,
    pub(super) names: Spans<(Place, String)>,
    /// by cluster
    pub(super) audits: Spans<(Place, String)>,
    /// interfaces that flow logs have records of
    pub(super) interfaces: BTreeSet<String>,
}

impl Span {
    fn with(self, other: Self) -> Self {
        Self {
            first: self.first.min(other.first),
            last: self.last.max(other.last),
            records: self.records + other.records,
        }
    }
}

impl Row {
    fn span(&self) -> Option<Span> {
        Some(Span { first: self.first_seen?, last: self.last_seen?, records: self.records })
    }

    fn place(&self) -> Place {
        (self.account_id.clone(), self.region.clone())
    }
}

fn add<K: Ord>(spans: &mut Spans<K>, key: K, span: Option<Span>) {
    let Some(span) = span else { return };
    spans.entry(key).and_modify(|known| *known = known.with(span)).or_insert(span);
}

impl Seen {
    pub(super) async fn read(session: &Session, window: &Window) -> Result<Self, DiscoverError> {
        let read = async |query: Query, column: &str| -> Result<Vec<Row>, DiscoverError> {
            let sql =
                query.sql.replace("$window", &window.condition(column)).replace("$model_calls", &calls::condition());
            query.rows_of(session, &sql).await
        };
        let mut seen = Self::default();
        for row in read(query!("blind_spot/seen/call"), "event_time").await? {
            add(&mut seen.events, row.place(), row.span());
            if let Some(plane) = plane_of(&row.event_source, &row.event_name) {
                add(&mut seen.planes, (row.place(), plane), row.span());
            }
        }
        for row in read(query!("blind_spot/seen/invocation"), "event_time").await? {
            let spans = if row.source == "sagemaker_capture" { &mut seen.captures } else { &mut seen.invocations };
            add(spans, row.place(), row.span());
        }
        let interfaces: Vec<Interface> = query!("blind_spot/interface").rows(session).await?;
        let vpc_of: HashMap<String, String> = interfaces.into_iter().map(|row| (row.id, row.vpc_id)).collect();
        for row in read(query!("blind_spot/seen/flow"), "last_seen").await? {
            let known = vpc_of.get(&row.interface_id).cloned().unwrap_or_default();
            let vpc = if row.vpc_id.is_empty() { known } else { row.vpc_id.clone() };
            add(&mut seen.flows, (row.place(), vpc), row.span());
            seen.interfaces.insert(row.interface_id);
        }
        for row in read(query!("blind_spot/seen/name"), "last_seen").await? {
            add(&mut seen.names, (row.place(), row.vpc_id.clone()), row.span());
        }
        for row in read(query!("blind_spot/seen/kubernetes"), "event_time").await? {
            add(&mut seen.audits, (row.place(), row.cluster.clone()), row.span());
        }
        // A log may be read and have nothing to keep: its objects tell how far it goes.
        for row in read(query!("blind_spot/seen/object"), "first_seen").await? {
            match row.source.as_str() {
                "cloudtrail" => add(&mut seen.events, row.place(), row.span()),
                "bedrock_invocation" => add(&mut seen.invocations, row.place(), row.span()),
                "sagemaker_capture" => add(&mut seen.captures, row.place(), row.span()),
                _ => {}
            }
        }
        Ok(seen)
    }

    /// Every account and region that a log is of.
    pub(super) fn places(&self) -> BTreeSet<&Place> {
        let of_vpc =
            [&self.flows, &self.names, &self.audits].into_iter().flat_map(BTreeMap::keys).map(|(place, _)| place);
        [&self.events, &self.invocations, &self.captures].into_iter().flat_map(BTreeMap::keys).chain(of_vpc).collect()
    }

    /// What was read of CloudTrail for this region: trails of all regions are silent where nothing happens.
    pub(super) fn trail(&self, place: &Place) -> Option<Span> {
        let of_account = || {
            let spans = self.events.iter().filter(|((account, _), _)| *account == place.0).map(|(_, span)| *span);
            spans.reduce(Span::with)
        };
        self.events.get(place).copied().or_else(of_account)
    }
}

/// The plane of a call of a model.
fn plane_of(source: &str, name: &str) -> Option<&'static str> {
    if source.is_empty() {
        return None;
    }
    Some(match calls::plane(source, name) {
        Plane::Model => plane::RUNTIME,
        Plane::Endpoint => plane::SAGEMAKER,
        Plane::Mantle => plane::MANTLE,
        Plane::Application if source.starts_with("bedrock-agentcore") => plane::AGENT_CORE,
        Plane::Application => plane::AGENTS,
        Plane::Foreign => return None,
    })
}
