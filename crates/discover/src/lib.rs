//! Discovery: calls of models in the logs, joined with inventory and identities, become edges with evidence. Who could make
//! such calls, by what policies say, is [`access`].
//!
//! # How an edge comes to be
//! 1. `sql/model_calls.sql` groups the calls of models in `api_call` by caller, target and path; the module `calls` lists
//!    which calls those are.
//! 2. `attribute` says which workload a caller is, one file a kind; each of its answers names what the join rests on.
//! 3. `model` finds the target in the inventory, by id or ARN as it was called.
//! 4. `path` reads the network path off the VPC endpoint's id and the source address.
//! 5. Groups of one workload, identity, model, path and region are one edge; `control` says which protections it has.
//!
//! What the inventory could not show is never taken for absent: an incomplete table makes a control `unknown`, and an
//! attribution that may have missed something says so.

pub mod access;
mod address;
mod attribute;
mod caller;
mod calls;
mod control;
mod coverage;
mod edges;
mod error;
mod estate;
mod group;
pub mod lineage;
mod model;
mod path;
mod query;
mod self_hosted;

use jiff::Timestamp;
use sightline_lake::Session;
use sightline_model::RunId;
use sightline_model::edge::Edge;

pub use error::DiscoverError;
pub use self_hosted::{self_hosted, unread as self_hosted_unread};

/// The edges that the lake's logs and newest scans prove, sorted by workload, model, path and region. Tables that the
/// session does not have count as not inspected. Calls after `now` are left out: their clocks cannot be trusted.
///
/// # Errors
/// A query fails. That something was not collected is no error.
pub async fn discover(session: &Session, run: RunId, now: Timestamp) -> Result<Vec<Edge>, DiscoverError> {
    let groups = group::read(session, now).await?;
    tracing::debug!(groups = groups.len(), "calls of models");
    if groups.is_empty() {
        return Ok(vec![]);
    }
    let estate = estate::Estate::read(session).await?;
    Ok(edges::of(&run, &groups, &estate))
}
