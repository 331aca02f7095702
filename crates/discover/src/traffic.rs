//! Connections out of flow logs and names: which workload talked to which service, workload or address.
//!
//! ```text
//! resource, kubernetes_call ─► owner: whose is an address, when ─┐
//! dns_answer ────────────────► name: what was it called, when ───┼─► fold ─► link
//! flow, row by row ──────────► flow: whose interface wrote it ───┘     a day at a time, kept
//!                                                                       └─► together: the window
//! ```
//!
//! # What is told, and what is not
//! - An address belongs to whoever had it at the time of the record. A row of `flow` is of an hour: where two workloads had the
//!   address in its time, the link is of the address, names both, and is `inferred`.
//! - Outside of the network the nodes of a cluster stand before their pods: the end is the node, and the pods that may be meant
//!   are in [`Link::behind`]. So are those that had one address in turn.
//! - Services of AWS that do not infer are left out: each workload talks to a dozen. So are look-ups of names, time, metadata and
//!   protocols without ports. How much it was is logged.
//! - Names are those of Resolver's log. What a connection named itself in its TLS greeting is not in flow logs, and logs of Network Firewall are
//!   not read: a program that asks another resolver has addresses without a name.

mod ends;
mod flow;
mod fold;
mod link;
mod name;
mod owner;
mod path;
mod public_ai;
mod self_hosted;
mod service;
mod target;
mod texts;
mod together;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sightline_lake::Session;
use sightline_model::edge::{Confidence, PathClass, TrafficClass};

use crate::day::{Day, Kind, Store};
use crate::group::Place;
use crate::query::query;
use crate::{DiscoverError, Window};
pub(crate) use ends::word;
pub use public_ai::PublicAi;

/// A connection between two ends, as flow logs and names tell.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Link {
    pub(crate) class: TrafficClass,
    pub(crate) from: End,
    pub(crate) to: End,
    /// the host name that was called; empty where nothing tells
    pub(crate) service: String,
    /// the plane of inference of AWS that was called, one of [`service::PLANES`]; empty for all else
    pub(crate) plane: String,
    /// the region that was called; the flow log's where the target has none
    pub(crate) region: String,
    /// 0 where there are too many to be told apart
    pub(crate) port: i64,
    pub(crate) path: PathClass,
    pub(crate) path_evidence: String,
    pub(crate) confidence: Confidence,
    pub(crate) attribution: String,
    /// ARNs of the workloads that may have been `from`, sorted: pods of a node, several that had the address in this time
    pub(crate) behind: Vec<String>,
    pub(crate) first_seen: Timestamp,
    pub(crate) last_seen: Timestamp,
    /// from the client, as the side counted that saw most
    pub(crate) bytes_out: i64,
    pub(crate) bytes_in: i64,
    pub(crate) flows: i64,
    pub(crate) rejected: i64,
    pub(crate) places: Vec<Place>,
}

/// One end of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct End {
    /// an ARN; a host name or an address where there is none
    pub(crate) arn: String,
    /// a kind of workload, or `service`, `internet`, `public-ai`, `self-hosted`, `on-premises`
    pub(crate) kind: String,
    pub(crate) title: String,
    pub(crate) account_id: String,
    pub(crate) region: String,
    pub(crate) vpc_id: String,
    pub(crate) subnet_id: String,
    pub(crate) interface_id: String,
    /// one of several, where the workload has several
    pub(crate) address: String,
}

impl End {
    /// Stands for the rest of the internet, where a workload talks to too many.
    fn others() -> Self {
        let name = "other addresses".to_owned();
        Self { arn: name.clone(), kind: word::INTERNET.to_owned(), title: name, ..Self::default() }
    }
}

/// The connections of the window, sorted by class, ends, service, port, path and region; each once.
pub(crate) async fn read(
    session: &Session,
    window: &Window,
    public_ai: &PublicAi,
    store: &mut Store,
) -> Result<Vec<Link>, DiscoverError> {
    let mut together = together::Together::default();
    // Who had which address is asked only where a day must be made.
    let mut owners = None;
    for day in store.days(session, &Kind::LINK).await? {
        let links = match store.kept(session, &day, &Kind::LINK).await? {
            Some(kept) => kept,
            None => {
                let owners = match &mut owners {
                    Some(owners) => owners,
                    None => owners.insert(owner::Owners::read(session, window).await?),
                };
                let links = of_day(session, &day, public_ai, owners).await?;
                store.keep(&day, &Kind::LINK, &links)?;
                links
            }
        };
        together.add(links);
    }
    Ok(together.links())
}

/// The connections of a day. `flow` is read row by row and never held.
async fn of_day(
    session: &Session,
    day: &Day,
    public_ai: &PublicAi,
    owners: &mut owner::Owners,
) -> Result<Vec<Link>, DiscoverError> {
    let query = query!("traffic/flow");
    let failed = |source| DiscoverError::Query { query: query.name, source };
    // INVARIANT: what is told of a day does not depend on the days before.
    owners.forget();
    let names = name::Names::read(session, day, owners).await?;
    let mut fold = fold::Fold::default();
    let mut parts = session.parts(&query.sql.replace("$window", &hours(day))).await.map_err(failed)?;
    while let Some(part) = parts.next().await.map_err(failed)? {
        let columns = flow::Columns::of(&part).map_err(failed)?;
        for flow in (0..columns.len()).filter_map(|row| columns.flow(row)) {
            fold.add(&flow, owners, &names, public_ai);
        }
    }
    tracing::debug!(day = %day.start, connections = fold.drafts.len(), left_out = ?fold.left_out, "flow logs");
    Ok(link::all(fold, owners))
}

/// The rows of a day: those whose hour it has, and where it is cut, those that reach into what is left.
fn hours(day: &Day) -> String {
    let until = format!("hour < TIMESTAMP '{0}' AND first_seen < TIMESTAMP '{0}'", day.until);
    let from = if day.from > day.start {
        let hour_before = day.from.checked_sub(jiff::SignedDuration::from_hours(1)).unwrap_or(day.from);
        format!("hour >= TIMESTAMP '{hour_before}' AND last_seen >= TIMESTAMP '{}'", day.from)
    } else {
        format!("hour >= TIMESTAMP '{}'", day.start)
    };
    format!("{from} AND {until}")
}
