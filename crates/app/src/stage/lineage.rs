//! Relations of resources, as tables declare them, and the path of data around one.

use super::names::{OFFERED, offer};
use crate::world;
use anyhow::bail;
use sightline_discover::lineage::{self, Lineage, TableRelations, Wanted};
use sightline_lake::{Lake, Session};
use sightline_model::untrusted::shortened;
use sightline_model::{Relation, RunId};

/// What all tables declare.
fn declared() -> anyhow::Result<Vec<TableRelations>> {
    let catalogue = super::catalogue()?;
    let of = catalogue.tables().filter(|table| !table.relations.is_empty());
    Ok(of.map(|table| TableRelations { table: table.name.clone(), rules: table.relations.clone() }).collect())
}

/// The relations that the newest scans show.
///
/// # Errors
/// The lake cannot be read.
pub(crate) async fn relations(session: &Session, run: &RunId) -> anyhow::Result<Vec<Relation>> {
    Ok(lineage::relations(session, run, &declared()?).await?)
}

/// The path of data around the resource of this name: an ARN, a title, the end of an ARN.
///
/// # Errors
/// None or several have the name; the lake cannot be read.
pub(crate) async fn of(lake: &Lake, name: &str, wanted: Wanted) -> anyhow::Result<Lineage> {
    let session = super::session(lake).await?;
    let declared = declared()?;
    let relations = lineage::relations(&session, &world::new_run(), &declared).await?;
    let found = lineage::find(&session, name, &relations).await?;
    let shown = shortened(name, 200);
    match found.as_slice() {
        [] => bail!(
            "no scan saw a resource `{shown}`, and none names it: give an ARN, a name or the end of an ARN; \
             `sightline query \"SELECT arn, title FROM current_resource\"` lists all"
        ),
        [one] => Ok(lineage::lineage(&session, one, &relations, &declared, wanted).await?),
        several => {
            let arns: Vec<String> = several.iter().take(OFFERED).map(|one| one.arn.clone()).collect();
            bail!("`{shown}` is the name of {} resources{}", several.len(), offer(&arns))
        }
    }
}
