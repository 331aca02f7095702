//! Discovery over the lake: the edges of the map, made anew and kept.

use crate::world;
use sightline_lake::Lake;
use sightline_model::edge::Edge;
use sightline_model::lake_table;

/// Makes the edges from what the lake holds, and keeps them as the newest map.
///
/// # Errors
/// The lake cannot be read or written.
pub(crate) async fn discover(lake: &Lake) -> anyhow::Result<Vec<Edge>> {
    let session = super::session(lake).await?;
    let edges = sightline_discover::discover(&session, world::new_run(), world::now()).await?;
    lake.append(lake_table::EDGE, &edges).await?;
    Ok(edges)
}
