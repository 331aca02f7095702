//! The organization's tree, and which service and resource control policies bind each account.
//!
//! An account learns from `organizations:DescribeOrganization` whether it belongs to an organization. What is attached above it
//! the management account and delegated administrators alone may ask; where none of them was scanned whole, it is unknown.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use sightline_iam::organization::Account;
use sightline_iam::policy::Policy;
use sightline_iam::request::{Layer, Level};
use sightline_lake::Session;

use super::document::Documents;
use super::inspected::Inspected;
use crate::DiscoverError;
use crate::query::query;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Organization {
    viewer: String,
    id: String,
    management: String,
    feature_set: String,
}

/// An account, unit or root, and what is above it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Node {
    viewer: String,
    id: String,
    parent: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Root {
    viewer: String,
    id: String,
    policy_types: Option<Vec<PolicyType>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct PolicyType {
    r#type: String,
    status: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Control {
    viewer: String,
    arn: String,
    name: String,
    kind: String,
    document: Value,
    targets: Option<Vec<Target>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Target {
    target_id: String,
}

/// The two kinds of policies that bind accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Service,
    Resource,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Service => "SERVICE_CONTROL_POLICY",
            Self::Resource => "RESOURCE_CONTROL_POLICY",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Service => "service control policies",
            Self::Resource => "resource control policies",
        }
    }
}

/// Tables that tell what is attached where.
const TABLES: &[&str] = &[
    "aws_organizations_account",
    "aws_organizations_root",
    "aws_organizations_organizational_unit",
    "aws_organizations_policy",
];
/// Deeper than any tree may be.
/// Source: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html>.
const DEEPEST: usize = 12;

/// All that the scans saw of organizations.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    organizations: Vec<Organization>,
    members: Vec<Node>,
    units: Vec<Node>,
    roots: Vec<Root>,
    controls: Vec<Control>,
}

/// What is known of an account's organization.
enum Membership<'t> {
    /// It belongs to none.
    None,
    Of(&'t Organization),
    Unknown(String),
}

impl Tree {
    pub(crate) async fn read(session: &Session) -> Result<Self, DiscoverError> {
        Ok(Self {
            organizations: query!("access/organization").rows(session).await?,
            members: query!("access/member").rows(session).await?,
            units: query!("access/unit").rows(session).await?,
            roots: query!("access/root").rows(session).await?,
            controls: query!("access/control").rows(session).await?,
        })
    }

    /// Every scanned account with the policies that bind it.
    pub(crate) fn accounts(&self, inspected: &Inspected, documents: &mut Documents) -> BTreeMap<String, Account> {
        inspected.accounts().map(|id| (id.to_owned(), self.account(id, inspected, documents))).collect()
    }

    /// The organization that all scanned accounts belong to; none where that is not known or there are several.
    pub(crate) fn id(&self, inspected: &Inspected) -> Option<String> {
        let of = |account| match self.membership(account, inspected) {
            Membership::Of(organization) => Some(organization.id.clone()),
            Membership::None | Membership::Unknown(_) => None,
        };
        let ids: BTreeSet<Option<String>> = inspected.accounts().map(of).collect();
        if ids.len() == 1 { ids.into_iter().next().flatten() } else { None }
    }

    fn membership(&self, account: &str, inspected: &Inspected) -> Membership<'_> {
        let seen_by = |viewer: &str| self.organizations.iter().find(|organization| organization.viewer == viewer);
        if let Some(own) = seen_by(account) {
            return Membership::Of(own);
        }
        let member = self.members.iter().find(|member| member.id == account && member.viewer != account);
        if let Some(organization) = member.and_then(|member| seen_by(&member.viewer)) {
            return Membership::Of(organization);
        }
        match inspected.any_gap(account, "aws_organizations_organization") {
            Some(why) => Membership::Unknown(why),
            None => Membership::None,
        }
    }

    fn account(&self, id: &str, inspected: &Inspected, documents: &mut Documents) -> Account {
        let organization = match self.membership(id, inspected) {
            Membership::None => return Account::default(),
            Membership::Of(organization) if organization.feature_set == "CONSOLIDATED_BILLING" => {
                return Account::default();
            }
            Membership::Of(organization) => organization,
            Membership::Unknown(why) => {
                let layer = |kind| unknown(kind, id, &why, documents);
                let [scp, rcp] = [Kind::Service, Kind::Resource].map(layer);
                return Account { scp, rcp, path: None };
            }
        };
        let above = self.viewer(organization, inspected).and_then(|viewer| Ok((viewer, self.above(viewer, id)?)));
        let path = above.as_ref().ok().map(|(_, above)| path(organization, above));
        // The management account is exempt from both.
        if organization.management == id {
            return Account { path, ..Account::default() };
        }
        let mut layer = |kind| match &above {
            Ok((viewer, above)) => match self.levels(viewer, id, above, kind, documents) {
                Ok(levels) => Layer::Known(levels),
                Err(why) => unknown(kind, id, &why, documents),
            },
            Err(why) => unknown(kind, id, why, documents),
        };
        let [scp, rcp] = [Kind::Service, Kind::Resource].map(&mut layer);
        Account { scp, rcp, path }
    }

    /// A scanned account that saw all of the organization; else why not.
    fn viewer<'t>(&'t self, organization: &Organization, inspected: &Inspected) -> Result<&'t str, String> {
        let viewers = self.organizations.iter().filter(|other| other.id == organization.id);
        let mut why = None;
        for viewer in viewers.map(|other| other.viewer.as_str()) {
            let gap = TABLES.iter().find_map(|table| inspected.gap(viewer, table));
            match gap {
                None if self.roots.iter().any(|root| root.viewer == viewer) => return Ok(viewer),
                None => why = why.or_else(|| Some(format!("{viewer} saw no root"))),
                Some(gap) => why = why.or_else(|| Some(format!("in {viewer}: {gap}"))),
            }
        }
        Err(why.unwrap_or_else(|| "no account saw them".to_owned()))
    }

    /// Ids from the root down to the account.
    fn above(&self, viewer: &str, account: &str) -> Result<Vec<String>, String> {
        let mut ids = vec![account.to_owned()];
        let mut nodes = &self.members;
        while let Some(id) = ids.last().filter(|_| ids.len() <= DEEPEST) {
            if self.roots.iter().any(|root| root.viewer == viewer && root.id == *id) {
                ids.reverse();
                return Ok(ids);
            }
            let node = nodes.iter().find(|node| node.viewer == viewer && node.id == *id);
            match node.map(|node| node.parent.clone()).filter(|parent| !parent.is_empty()) {
                Some(parent) => ids.push(parent),
                None => return Err(format!("what is above `{id}` was not read")),
            }
            nodes = &self.units;
        }
        Err("the tree has no root".to_owned())
    }

    fn levels(
        &self,
        viewer: &str,
        account: &str,
        above: &[String],
        kind: Kind,
        documents: &mut Documents,
    ) -> Result<Vec<Level>, String> {
        let root = self.roots.iter().find(|root| root.viewer == viewer && above.first() == Some(&root.id));
        let types =
            root.and_then(|root| root.policy_types.as_ref()).ok_or("what is switched on at the root was not read")?;
        match types.iter().find(|one| one.r#type == kind.name()).map(|one| one.status.as_str()) {
            None => return Ok(Vec::new()),
            Some("ENABLED") => {}
            Some(status) => return Err(format!("they are {status}")),
        }
        let controls: Vec<&Control> =
            self.controls.iter().filter(|control| control.viewer == viewer && control.kind == kind.name()).collect();
        if let Some(control) = controls.iter().find(|control| control.targets.is_none()) {
            return Err(format!("where `{}` is attached was not read", control.name));
        }
        above.iter().map(|id| level(id, account, &controls, kind, documents)).collect()
    }
}

fn level(
    id: &str,
    account: &str,
    controls: &[&Control],
    kind: Kind,
    documents: &mut Documents,
) -> Result<Level, String> {
    let here = |control: &&&Control| control.targets.iter().flatten().any(|target| target.target_id == id);
    let attached: Vec<&&Control> = controls.iter().filter(here).collect();
    // AWS keeps at least one service control policy attached to every root, unit and account.
    // Source: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_policies_detach.html>.
    if kind == Kind::Service && attached.is_empty() {
        return Err(format!("none of those at `{id}` above {account} was seen"));
    }
    let policies: Vec<Arc<Policy>> =
        attached.iter().map(|one| documents.policy(&one.arn, Some(&one.document))).collect();
    Ok(Level { id: id.to_owned(), policies })
}

fn unknown(kind: Kind, account: &str, why: &str, documents: &mut Documents) -> Layer<Vec<Level>> {
    documents.problem(account, &format!("its {} could not be read ({why})", kind.words()));
    Layer::Unknown(format!("the {} of account {account}, which could not be read ({why}), allow", kind.words()).into())
}

/// `o-…/r-…/ou-…/`, as `aws:PrincipalOrgPaths` has it.
fn path(organization: &Organization, above: &[String]) -> String {
    let units = above.split_last().map(|(_, units)| units).unwrap_or_default();
    let parts = std::iter::once(organization.id.as_str()).chain(units.iter().map(String::as_str));
    parts.map(|part| format!("{part}/")).collect()
}
