//! What is there to onboard: which regions have workloads, in which VPCs and clusters, and whether there is an organization. It fills the
//! parameters that nobody gave.

use crate::context::{Asked, Context, list, text};
use crate::parameters::Given;
use crate::verdict::Unanswered;
use futures::StreamExt as _;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Regions asked at one time, each with two listings.
const AT_ONCE: usize = 6;

/// What was found, and what could not be asked.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Survey {
    /// regions with network interfaces or EKS clusters, in the order in which they were asked
    pub regions: Vec<String>,
    /// `<region>/vpc-…`: VPCs with network interfaces
    pub vpcs: Vec<String>,
    /// `<region>/<name>`: EKS clusters
    pub clusters: Vec<String>,
    /// the organization, where there is one
    pub organization: Option<Organization>,
    /// what could not be asked, a sentence each: nothing is known there
    pub unanswered: Vec<String>,
}

/// The organization of which the account is.
#[derive(Debug, Clone, Serialize)]
pub struct Organization {
    /// `o-…`
    pub id: String,
    /// twelve digits
    pub management_account: String,
    /// `r-…`; it can be asked for from the management account alone
    pub root: Option<String>,
}

/// What one region has.
#[derive(Debug)]
struct Region {
    name: String,
    vpcs: Asked<BTreeSet<String>>,
    clusters: Asked<Vec<String>>,
}

impl Survey {
    /// Looks into the regions, or into all that the account has enabled where none is given.
    pub async fn take(context: &Context, regions: &[String]) -> Self {
        let mut survey = Self::default();
        let regions = match regions {
            [] => survey.enabled_regions(context).await,
            given => given.to_vec(),
        };
        let looks: Vec<_> = regions.into_iter().map(|region| look(context, region)).collect();
        let mut seen = futures::stream::iter(looks).buffered(AT_ONCE);
        while let Some(region) = seen.next().await {
            survey.add(region);
        }
        survey.organization = survey.organization(context).await;
        survey
    }

    /// The parameters, with what was found wherever nothing was given.
    pub fn fill(&self, given: Given) -> Given {
        let or = |given: Vec<String>, found: &[String]| if given.is_empty() { found.to_vec() } else { given };
        let organization = self.organization.as_ref().filter(|one| one.management_account == given.account_id);
        Given {
            regions: or(given.regions, &self.regions),
            vpc_ids: or(given.vpc_ids, &self.vpcs),
            clusters: or(given.clusters, &self.clusters),
            organization_id: given.organization_id.or_else(|| organization.map(|one| one.id.clone())),
            organizational_units: or(
                given.organizational_units,
                organization.and_then(|one| one.root.clone()).as_slice(),
            ),
            ..given
        }
    }

    async fn enabled_regions(&mut self, context: &Context) -> Vec<String> {
        let home = &context.parameters.home;
        let input = json!({"AllRegions": false});
        match context.ask(home, "ec2", "DescribeRegions", input, "ec2:DescribeRegions").await {
            Ok(answer) => list(&answer, "/Regions").map(|region| text(region, "/RegionName").to_owned()).collect(),
            Err(unanswered) => {
                self.note(&unanswered);
                context.parameters.regions.clone()
            }
        }
    }

    fn add(&mut self, region: Region) {
        let before = (self.vpcs.len(), self.clusters.len());
        let in_region = |name: &String| format!("{}/{name}", region.name);
        match &region.vpcs {
            Ok(vpcs) => self.vpcs.extend(vpcs.iter().map(in_region)),
            Err(unanswered) => self.note(unanswered),
        }
        match &region.clusters {
            Ok(clusters) => self.clusters.extend(clusters.iter().map(in_region)),
            Err(unanswered) => self.note(unanswered),
        }
        if (self.vpcs.len(), self.clusters.len()) != before {
            self.regions.push(region.name);
        }
    }

    async fn organization(&mut self, context: &Context) -> Option<Organization> {
        let home = &context.parameters.home;
        let ask = |operation: &'static str, action| context.ask(home, "organizations", operation, json!({}), action);
        let answer = match ask("DescribeOrganization", "organizations:DescribeOrganization").await {
            Ok(answer) => answer,
            Err(unanswered) if unanswered.error.code == "AWSOrganizationsNotInUseException" => return None,
            Err(unanswered) => {
                self.note(&unanswered);
                return None;
            }
        };
        let management_account = text(&answer, "/Organization/MasterAccountId").to_owned();
        let root = if management_account == context.parameters.account_id {
            match ask("ListRoots", "organizations:ListRoots").await {
                Ok(roots) => list(&roots, "/Roots").next().map(|root| text(root, "/Id").to_owned()),
                Err(unanswered) => {
                    self.note(&unanswered);
                    None
                }
            }
        } else {
            None
        };
        Some(Organization { id: text(&answer, "/Organization/Id").to_owned(), management_account, root })
    }

    fn note(&mut self, unanswered: &Unanswered) {
        let error = &unanswered.error;
        let call = format!("{}:{} in {}", error.service, error.operation, error.region);
        self.unanswered.push(format!("{call} ({}): {}", unanswered.action, error.code));
    }
}

async fn look(context: &Context, name: String) -> Region {
    let ask = |service: &'static str, operation: &'static str, key| {
        context.ask_all(&name, service, operation, json!({}), key)
    };
    let (interfaces, clusters) = futures::join!(
        ask("ec2", "DescribeNetworkInterfaces", ("NetworkInterfaces", "ec2:DescribeNetworkInterfaces")),
        ask("eks", "ListClusters", ("clusters", "eks:ListClusters")),
    );
    let vpcs = interfaces.map(|all| all.iter().map(|one| text(one, "/VpcId").to_owned()).collect());
    let clusters = clusters.map(|all| all.iter().filter_map(Value::as_str).map(str::to_owned).collect());
    Region { name, vpcs, clusters }
}
