//! Discovery over the lake: the edges of the map, the relations of resources and the models that workloads serve themselves, made
//! anew and kept.

use crate::world;
use sightline_lake::Lake;
use sightline_model::edge::Edge;
use sightline_model::{SelfHostedModel, lake_table};

/// Makes the edges from what the lake holds, and keeps them as the newest map.
///
/// # Errors
/// The lake cannot be read or written.
pub(crate) async fn discover(lake: &Lake) -> anyhow::Result<Vec<Edge>> {
    Ok(discover_all(lake).await?.edges)
}

/// What a discovery makes.
pub(crate) struct Discovered {
    pub(crate) edges: Vec<Edge>,
    pub(crate) self_hosted: Vec<SelfHostedModel>,
    /// where such models may be, and nobody looked
    pub(crate) self_hosted_unread: Vec<String>,
}

/// As [`discover`], with the models that workloads serve themselves.
///
/// # Errors
/// As [`discover`].
pub(crate) async fn discover_all(lake: &Lake) -> anyhow::Result<Discovered> {
    let session = super::session(lake).await?;
    let run = world::new_run();
    let relations = super::lineage::relations(&session, &run).await?;
    let self_hosted = sightline_discover::self_hosted(&session, &run).await?;
    let self_hosted_unread = sightline_discover::self_hosted_unread(&session).await?;
    let edges = sightline_discover::discover(&session, run, world::now()).await?;
    lake.append(lake_table::SELF_HOSTED_MODEL, &self_hosted).await?;
    lake.append(lake_table::RELATION, &relations).await?;
    lake.append(lake_table::EDGE, &edges).await?;
    Ok(Discovered { edges, self_hosted, self_hosted_unread })
}
