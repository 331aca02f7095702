//! Discovery: calls of models in the logs, joined with inventory and identities, become edges with evidence. Who could make
//! such calls, by what policies say, is [`access`].
//!
//! # How an edge comes to be
//! 1. `sql/call/groups.sql` groups the calls of models in `api_call` by caller, target and path, a day at a time; the module `calls` lists
//!    which calls those are, and `day` keeps what was made of a day until logs of that day come.
//! 2. `attribute` says which workload a caller is, one file a kind; each of its answers names what the join rests on.
//! 3. `model` finds the target in the inventory, by id or ARN as it was called.
//! 4. `path` reads the network path off the VPC endpoint's id and the source address.
//! 5. `traffic` makes connections of flow logs and names; `joined` gives them to the edges of their workload and service.
//! 6. Groups of one workload, identity, model, path and region are one edge; `control` says which protections it has.
//!
//! What the inventory could not show is never taken for absent: an incomplete table makes a control `unknown`, and an
//! attribution that may have missed something says so.

pub mod access;
mod activity;
mod address;
mod application;
mod applied;
mod attribute;
mod binding;
mod blind_spot;
mod caller;
mod calls;
mod control;
mod coverage;
mod day;
pub mod difference;
mod draft;
mod edges;
mod error;
mod estate;
mod group;
mod issued;
mod joined;
pub mod lineage;
mod model;
mod path;
mod places;
mod pod_name;
pub mod protected;
mod query;
pub mod route;
mod self_hosted;
mod slice;
mod task;
mod traffic;
mod trust;
mod usage;
mod window;

use sightline_lake::Session;
use sightline_model::edge::{Edge, EdgeEvidence};
use sightline_model::{Application, DayGroup, RunId};

pub use activity::each_call;
pub use application::Criteria;
pub use blind_spot::blind_spots;
pub use day::{Inputs, inputs};
pub use edges::sort;
pub use error::DiscoverError;
pub use self_hosted::{self_hosted, unread as self_hosted_unread};
pub use traffic::PublicAi;
pub use window::Window;

/// What a discovery makes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Discovery {
    /// sorted by workload, target, path and region
    pub edges: Vec<Edge>,
    /// what they rest on, in the order of the edges
    pub evidence: Vec<EdgeEvidence>,
    /// the workloads of the declared applications
    pub applications: Vec<Application>,
    /// days that were made anew, to be kept for the next discovery
    pub days: Vec<DayGroup>,
}

/// The edges that the lake's logs and the session's inventory prove. Tables that the session does not have count as not
/// inspected. What is outside of the window is left out: of clocks that run ahead nothing is to be relied on.
///
/// # Errors
/// A query fails. That something was not collected is no error.
pub async fn discover(
    session: &Session,
    run: RunId,
    window: Window,
    applications: &[Criteria],
) -> Result<Discovery, DiscoverError> {
    discover_with(session, run, window, applications, &PublicAi::built_in()?).await
}

/// As [`discover`], with the user's own list of public AI services.
///
/// # Errors
/// As [`discover`].
pub async fn discover_with(
    session: &Session,
    run: RunId,
    window: Window,
    applications: &[Criteria],
    public_ai: &PublicAi,
) -> Result<Discovery, DiscoverError> {
    let applications = application::Applications::read(session, applications).await?;
    let inventory = day::inventory(session, public_ai).await?;
    let mut store = day::Store::open(session, &run, &window, inventory).await?;
    let links = traffic::read(session, &window, public_ai, &mut store).await?;
    let mut estate = estate::Estate::read(session).await?;
    estate.guardrail_calls = applied::read(session, &mut store).await?;
    let drafts = calls_of(session, &mut store, &mut estate).await?;
    let (mut edges, evidence) = drafts.finish(&run, &links, &estate);
    applications.mark(&mut edges);
    Ok(Discovery { applications: applications.rows(&run, &edges), edges, evidence, days: store.into_made() })
}

/// The calls of models, day by day: what a day's log tells need not be held beside another's.
async fn calls_of(
    session: &Session,
    store: &mut day::Store,
    estate: &mut estate::Estate,
) -> Result<edges::Drafts, DiscoverError> {
    let mut drafts = edges::Drafts::default();
    for day in store.days(session, &day::Kind::CALL).await? {
        let mut groups = group::of_day(session, &day, store).await?;
        groups.extend(group::untrailed_of_day(session, &day, store).await?);
        tracing::debug!(day = %day.start, groups = groups.len(), "calls of models");
        if !groups.is_empty() {
            estate.sessions = issued::of_day(session, &day, store).await?;
            let unknown = groups
                .iter()
                .map(|group| &group.caller)
                .filter(|caller| !estate.sessions.contains_key(&caller.access_key_id));
            let names = unknown.map(|caller| caller.session_name.clone()).collect();
            estate.pod_names.add(session, &names).await?;
        }
        drafts.add(groups, estate);
    }
    Ok(drafts)
}
