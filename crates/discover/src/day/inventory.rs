//! What discoveries rest on, as a digest: whether anything changed since another.

use serde::Deserialize;
use sha2::{Digest, Sha256};
use sightline_lake::Session;

use super::objects::{self, Objects};
use crate::query::query;
use crate::{Criteria, DiscoverError, PublicAi, Window};

/// A row of `sql/day/scans.sql`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Scan {
    scan: String,
    account_id: String,
}

/// 32 hexadecimal digits of the scans and the list of public AI services: what connections are joined with.
///
/// # Errors
/// The lake cannot be read.
pub(crate) async fn inventory(session: &Session, public_ai: &PublicAi) -> Result<String, DiscoverError> {
    let scans: Vec<Scan> = query!("day/scans").rows(session).await?;
    let mut digest = Sha256::new();
    digest.update(env!("CARGO_PKG_VERSION").as_bytes());
    for scan in scans {
        digest.update(format!("{}\0{}\n", scan.scan, scan.account_id).as_bytes());
    }
    public_ai.patterns().for_each(|pattern| digest.update(pattern.as_bytes()));
    Ok(objects::hexadecimal(digest))
}

/// What a discovery rests on: 32 hexadecimal digits each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inputs {
    /// of the scans and the list of public AI services
    pub inventory: String,
    /// of all: scans, logs, what the user declared. Empty where that cannot be told: logs without a list of their objects, or records of
    /// later than the window
    pub all: String,
}

/// What a discovery over this window rests on.
///
/// # Errors
/// The lake cannot be read.
pub async fn inputs(
    session: &Session,
    window: &Window,
    applications: &[Criteria],
    public_ai: &PublicAi,
) -> Result<Inputs, DiscoverError> {
    let inventory = inventory(session, public_ai).await?;
    let objects = Objects::read(session).await?;
    let is_later = |one: &Objects| one.last_seen.is_none_or(|last| last > window.until);
    if objects.is_empty() || objects.iter().any(is_later) {
        return Ok(Inputs { inventory, all: String::new() });
    }
    let beside = format!("{inventory} {:?} {applications:?}", window.from);
    Ok(Inputs { all: objects::digest(&beside, objects.iter()), inventory })
}
