//! The resource that a person means.

use std::collections::BTreeMap;

use serde::Deserialize;
use sightline_lake::Session;
use sightline_model::Relation;

use super::callers::over;
use super::graph::Node;
use crate::DiscoverError;
use crate::query::{Query, query};

/// A resource of the inventory, or what resources name and no scan saw.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Found {
    /// its ARN
    pub arn: String,
    /// its table
    pub table: String,
    /// its name for people
    pub title: String,
    /// twelve digits
    pub account_id: String,
    /// the region's name, or `global`
    pub region: String,
    /// the inventory does not have it
    #[serde(skip)]
    pub dangling: bool,
}

impl Found {
    pub(super) fn node(&self) -> Node {
        Node {
            arn: self.arn.clone(),
            table: self.table.clone(),
            title: self.title.clone(),
            account_id: self.account_id.clone(),
            region: self.region.clone(),
            dangling: self.dangling,
            ..Node::default()
        }
    }
}

/// The resources of this ARN, or else those with this title or end of an ARN; at most a hundred. What no scan saw is found by
/// the name that others have for it.
///
/// # Errors
/// A query fails.
pub async fn find(session: &Session, name: &str, relations: &[Relation]) -> Result<Vec<Found>, DiscoverError> {
    let literal = format!("'{}'", name.replace('\'', "''"));
    let of = async |query: Query| query.rows_of::<Found>(session, &query.sql.replace("$name", &literal)).await;
    let mut found = of(query!("lineage/named")).await?;
    if found.is_empty() {
        found = of(query!("lineage/named_caller")).await?;
    }
    if let Some(exact) = found.iter().position(|one| one.arn == name) {
        return Ok(vec![found.swap_remove(exact)]);
    }
    if found.is_empty()
        && let Some(relation) = relations.iter().find(|relation| relation.dangling && relation.to_arn == name)
    {
        found.push(Found {
            arn: relation.to_arn.clone(),
            table: relation.to_table.clone(),
            title: relation.to_arn.clone(),
            account_id: relation.account_id.clone(),
            region: relation.region.clone(),
            dangling: true,
        });
    }
    Ok(found)
}

/// Puts names, accounts and regions of the inventory in place.
pub(super) async fn describe(session: &Session, nodes: &mut BTreeMap<String, Node>) -> Result<(), DiscoverError> {
    let arns: Vec<String> = nodes.values().filter(|node| !node.dangling).map(|node| node.arn.clone()).collect();
    let rows: Vec<Found> = over(session, query!("lineage/described"), &arns).await?;
    for row in rows {
        if let Some(node) = nodes.get_mut(&row.arn) {
            *node = Node { unseen: std::mem::take(&mut node.unseen), more_callers: node.more_callers, ..row.node() };
        }
    }
    Ok(())
}
