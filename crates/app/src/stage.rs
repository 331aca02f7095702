//! What commands share: the lake opened with the inventory's views, and the stages that run over it without AWS.

pub(crate) mod access;
pub(crate) mod baseline;
pub(crate) mod checks;
pub(crate) mod cluster;
pub(crate) mod detect;
pub(crate) mod discover;
pub(crate) mod evaluate;
pub(crate) mod gaps;
pub(crate) mod lineage;
pub(crate) mod log_places;
pub(crate) mod models;
pub(crate) mod muted;
pub(crate) mod names;
pub(crate) mod narrowed;
pub(crate) mod probed;
pub(crate) mod reported;
pub(crate) mod upkeep;

use crate::lake_place;
use anyhow::Context as _;
use sightline_collect::catalogue::{self, Catalogue};
use sightline_lake::{Lake, Session};
use std::path::Path;

/// The catalogue of inventory tables.
///
/// # Errors
/// A declaration is broken; tests keep that from being shipped.
pub(crate) fn catalogue() -> anyhow::Result<Catalogue> {
    catalogue::catalogue().context("the inventory's catalogue is broken: please report this")
}

/// A session over an existing lake.
///
/// # Errors
/// There is no lake, or it cannot be read.
pub(crate) async fn session(lake: &Lake) -> anyhow::Result<Session> {
    Ok(lake.session(&catalogue()?.schemas()).await?)
}

/// Opens an existing lake: a folder, or `s3://bucket/prefix`.
///
/// # Errors
/// There is none, or it cannot be read.
pub(crate) async fn open(lake: &Path) -> anyhow::Result<Lake> {
    Ok(lake_place::open(lake).await?.on_cluster(cluster::of_this_run()))
}

/// The same; where there is none, one is made.
///
/// # Errors
/// It cannot be made, read or written.
pub(crate) async fn create(lake: &Path) -> anyhow::Result<Lake> {
    Ok(lake_place::create(lake).await?.on_cluster(cluster::of_this_run()))
}
