//! The organization's tree: units below the root, units below units. No call lists them all, so the tree is walked.
//! Limits: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html>.

use super::Special;
use crate::catalogue::{Call, Scope};
use crate::scan::{Found, Missed, Visit};
use futures::future::BoxFuture;
use serde_json::{Map, Value, json};
use sightline_model::{Column, ColumnType};
use std::collections::{BTreeSet, VecDeque};
use std::sync::LazyLock;

/// The table `aws_organizations_organizational_unit`.
pub struct OrganizationalUnit;

/// See [`OrganizationalUnit`].
pub static UNIT: OrganizationalUnit = OrganizationalUnit;

/// Whoever may not list roots may not list units: the call that fails first is the table's own.
static CALLS: LazyLock<[Call; 2]> = LazyLock::new(|| ["ListRoots", "ListOrganizationalUnitsForParent"].map(call));

fn call(operation: &str) -> Call {
    Call {
        service: "organizations".to_owned(),
        operation: operation.to_owned(),
        action: format!("organizations:{operation}"),
    }
}

impl Special for OrganizationalUnit {
    fn table(&self) -> &'static str {
        "aws_organizations_organizational_unit"
    }

    fn about(&self) -> &'static str {
        "Organizational units with the unit or root above each."
    }

    fn scope(&self) -> Scope {
        Scope::Global
    }

    fn columns(&self) -> Vec<Column> {
        ["id", "name", "parent_id", "path"].map(|name| Column::new(name, ColumnType::Text)).into()
    }

    fn calls(&self) -> &[Call] {
        &*CALLS
    }

    fn collect<'v>(&'v self, visit: &'v Visit<'v>) -> BoxFuture<'v, ()> {
        // A refusal is in the coverage already.
        Box::pin(async move {
            let _ = walk(visit).await;
        })
    }
}

/// A root or unit whose units are to be listed.
struct Above {
    id: String,
    arn: String,
}

async fn walk(visit: &Visit<'_>) -> Result<(), Missed> {
    let [roots, units] = &*CALLS;
    let mut seen = BTreeSet::new();
    let mut queue: VecDeque<Above> = VecDeque::new();
    let listed = visit.call_pages(roots, visit.call_region(), json!({}), "", &[NOT_IN_USE]).await?;
    queue.extend(elements(&listed, "Roots").filter_map(above));
    while let Some(parent) = queue.pop_front() {
        // A unit that cannot be looked into hides what is below it, not its neighbours.
        let input = json!({ "ParentId": parent.id });
        let Ok(pages) = visit.call_pages(units, visit.call_region(), input, &parent.arn, &[]).await else { continue };
        for unit in elements(&pages, "OrganizationalUnits") {
            let Some(next) = above(unit) else { continue };
            // INVARIANT: each unit is entered once, whatever the answers say, so that the walk ends.
            if seen.insert(next.id.clone()) {
                visit.emit(units, found(unit, &next, &parent)).await;
                queue.push_back(next);
            }
        }
    }
    Ok(())
}

/// The account belongs to no organization: there is nothing to list.
const NOT_IN_USE: &str = "AWSOrganizationsNotInUseException";

fn elements<'p>(pages: &'p [Value], list: &'p str) -> impl Iterator<Item = &'p Value> {
    pages.iter().filter_map(move |page| page.get(list)?.as_array()).flatten()
}

fn text(value: &Value, member: &str) -> Option<String> {
    value.get(member).and_then(Value::as_str).map(str::to_owned)
}

fn above(value: &Value) -> Option<Above> {
    Some(Above { id: text(value, "Id")?, arn: text(value, "Arn")? })
}

fn found(unit: &Value, own: &Above, parent: &Above) -> Found {
    let columns = [
        ("id", Some(own.id.clone())),
        ("name", text(unit, "Name")),
        ("parent_id", Some(parent.id.clone())),
        ("path", text(unit, "Path")),
    ];
    let config: Map<String, Value> =
        columns.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into()))).collect();
    let title = text(unit, "Name").unwrap_or_else(|| own.id.clone());
    Found { arn: own.arn.clone(), title, config, ..Found::default() }
}
